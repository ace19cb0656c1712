"""What a rule is, what it gets to see, and what it yields: findings, or notes of what it could not check."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Callable, Iterable, Iterator, Mapping, NamedTuple, Sequence, Union

from shapely.geometry.base import BaseGeometry

from village_planner.base import Feedback, Message
from village_planner.checks.names import Names
from village_planner.checks.shared import Shared
from village_planner.checks.subjects import Subjects
from village_planner.plan.data import PlanData
from village_planner.plan.index import PlanIndex
from village_planner.plan.layers import Layers
from village_planner.standards import Profile, RuleSetting

NAMED = 5
"""How many of many a note names."""
_ONLY_TOLD = ("optional_layers", "optional_kinds", "no_quota", "no_list", "no_limit", "no_boundaries", "no_slope", "no_level")


@dataclass(frozen=True)
class Finding:
    """One thing that a rule found.

    facts and names together are the message's parameters (JSON values): facts say what was found, names only who is
    meant, so that a renaming leaves a waiver alive. severity: None is the rule's own. other_*: None where there is no
    other party. measure and limit in `unit` (m2, m, households, persons, persons/household, share); None where there is
    nothing to measure. geom: the ground that was found,
    in the plan's CRS; place: only where to look, used without geom.
    """

    subject_kind: str
    subject_code: str
    message_code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)
    severity: str | None = None
    village_code: str | None = None
    other_kind: str | None = None
    other_code: str | None = None
    measure: float | None = None
    limit: float | None = None
    unit: str | None = None
    geom: BaseGeometry | None = None
    place: BaseGeometry | None = None


class Each(NamedTuple):
    """One of the things of which a note tells: kind and code as of a finding's subject, and what the note calls it."""

    kind: str
    code: str
    name: str


@dataclass(frozen=True)
class NotChecked:
    """What a rule could not check, and why: never to be taken for passed.

    each: the things that it is about, in the order of the plan's tables; empty where it is about the whole plan. listed: the
    message's parameter that names them, '' where it is about one alone. named: how many it names; None: all.
    """

    rule: str
    message: Message
    each: tuple[Each, ...] = ()
    listed: str = ""
    named: int | None = None

    @property
    def holds_up(self) -> bool:
        """Whether a formal package waits for it where the rule is severe: what a county need not have is only told."""
        return holds_up(self.message.code)

    def about(self, each: Sequence[Each]) -> NotChecked:
        """The same note of other things; only for a note that lists."""
        listed = "、".join(thing.name for thing in each[: self.named])
        params = {**self.message.params, "count": len(each), self.listed: listed}
        return replace(self, message=Message(self.message.code, params), each=tuple(each))


def holds_up(code: str) -> bool:
    """`NotChecked.holds_up` of a note that was kept: by the code of its message."""
    return code.rpartition(".")[2] not in _ONLY_TOLD


@dataclass(frozen=True)
class Context:
    """What a rule sees: the plan, its layers, the profile with the rule's own setting, and the scenario.

    formal: whether the plan is checked for a formal package, which allows no unphased moves. subjects: the villages, sites
    and patches that are judged, with what the scenario decides. A rule of local reach judges those alone, and may look up
    everything else in index and names. shared: what other rules of the run ask for too.
    """

    data: PlanData
    layers: Layers
    profile: Profile
    scenario: str
    formal: bool
    setting: RuleSetting
    feedback: Feedback
    names: Names
    subjects: Subjects
    shared: Shared

    @property
    def index(self) -> PlanIndex:
        """The plan's rows by key and by what they refer to."""
        return self.subjects.index

    def limit(self, name: str) -> Any:
        """A limit or severity of the rule from the profile."""
        return self.setting.values[name]

    def not_checked(self, why: str, **params: Any) -> NotChecked:
        """A note of this rule with the message `checks.not_checked.<why>`."""
        return NotChecked(self.setting.id, Message(f"checks.not_checked.{why}", params))

    def not_checked_of(self, why: str, kind: str, code: str, **params: Any) -> NotChecked:
        """A note of this rule about one thing alone; the message names it by its code."""
        return NotChecked(self.setting.id, Message(f"checks.not_checked.{why}", {"code": code, **params}), (Each(kind, code, code),))

    def tally(self, why: str, listed: str, each: Iterable[Each], named: int | None = NAMED) -> Iterator[NotChecked]:
        """The note that counts things and names the first of them in the parameter `listed`; nothing where there are none."""
        things = list(dict.fromkeys(each))
        if things:
            yield NotChecked(self.setting.id, Message(f"checks.not_checked.{why}"), (), listed, named).about(things)

    def title(self, kind: str) -> str:
        """What a kind of control layer is called."""
        return self.profile.code_list("control_kind").name(kind) or kind

    def without_layers(self, kinds: Iterable[str]) -> NotChecked:
        """The note that layers of `kinds` are missing."""
        return self.not_checked("layers", layers="、".join(map(self.title, kinds)))

    def without_polygon(self, items: Iterable[tuple[str, str]]) -> list[NotChecked]:
        """The note that patches or sites (kind, code) could not be looked at, because they are not drawn; nothing where there are none."""
        return list(self.tally("undrawn", "codes", (Each(kind, code, code) for kind, code in items)))


Outcome = Union[Finding, NotChecked]


class Reach(str, Enum):
    """How far an edit of the plan reaches into what a rule finds."""

    LAYERS = "layers"  # no edit: it compares control layers alone
    LOCAL = "local"  # only findings and notes of the villages, sites and patches that `reach.scope_of` gives
    PLAN = "plan"  # all of them: it sums or counts over the plan


@dataclass(frozen=True)
class Rule:
    """A rule of the catalogue; severity, limits, title and whether it is on stand in the profile under its id.

    tables, layers: what it reads: a change of anything else cannot change its findings. needs: the layer kinds without
    which it cannot run at all. find: yields findings and notes. documented: only a waiver with evidence excuses.
    reach: a rule of local reach judges `Context.subjects` alone.
    """

    id: str
    tables: tuple[str, ...]
    find: Callable[[Context], Iterable[Outcome]]
    layers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    documented: bool = False
    reach: Reach = Reach.PLAN
