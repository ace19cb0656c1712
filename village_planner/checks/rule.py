"""What a rule is, what it gets to see, and what it yields: findings, or notes of what it could not check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping, Union

import pandas as pd
from shapely.geometry.base import BaseGeometry

from village_planner.base import Feedback, Message
from village_planner.checks.names import Names
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers
from village_planner.standards import Profile, RuleSetting

NAMED = 5
"""How many of many a note names."""
_ONLY_TOLD = ("optional_layers", "optional_kinds", "no_quota", "no_list", "no_limit")


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


@dataclass(frozen=True)
class NotChecked:
    """What a rule could not check, and why: never to be taken for passed."""

    rule: str
    message: Message

    @property
    def holds_up(self) -> bool:
        """Whether a formal package waits for it where the rule is severe: what a county need not have is only told."""
        return holds_up(self.message.code)


def holds_up(code: str) -> bool:
    """`NotChecked.holds_up` of a note that was kept: by the code of its message."""
    return code.rpartition(".")[2] not in _ONLY_TOLD


@dataclass(frozen=True)
class Context:
    """What a rule sees: the plan, its layers, the profile with the rule's own setting, and the scenario.

    formal: whether the plan is checked for a formal package, which allows no unphased moves. hamlets:
    `accounts.hamlet_frame` of the scenario, indexed by hamlet code, a code that occurs twice only once. moves: those of
    the scenario whose hamlet exists.
    """

    data: PlanData
    layers: Layers
    profile: Profile
    scenario: str
    formal: bool
    setting: RuleSetting
    feedback: Feedback
    names: Names
    hamlets: pd.DataFrame
    moves: pd.DataFrame

    def limit(self, name: str) -> Any:
        """A limit or severity of the rule from the profile."""
        return self.setting.values[name]

    def not_checked(self, why: str, **params: Any) -> NotChecked:
        """A note of this rule with the message `checks.not_checked.<why>`."""
        return NotChecked(self.setting.id, Message(f"checks.not_checked.{why}", params))

    def title(self, kind: str) -> str:
        """What a kind of control layer is called."""
        return self.profile.code_list("control_kind").name(kind) or kind

    def without_layers(self, kinds: Iterable[str]) -> NotChecked:
        """The note that layers of `kinds` are missing."""
        return self.not_checked("layers", layers="、".join(map(self.title, kinds)))


    def without_polygon(self, codes: Iterable[str]) -> list[NotChecked]:
        """The note that patches or sites could not be looked at, because they are not drawn; nothing where there are none."""
        codes = list(codes)
        return [self.not_checked("undrawn", count=len(codes), codes="、".join(codes[:NAMED]))] if codes else []

Outcome = Union[Finding, NotChecked]


@dataclass(frozen=True)
class Rule:
    """A rule of the catalogue; severity, limits, title and whether it is on stand in the profile under its id.

    tables, layers: what it reads: a change of anything else cannot change its findings. needs: the layer kinds without
    which it cannot run at all. find: yields findings and notes. documented: only a waiver with evidence excuses.
    """

    id: str
    tables: tuple[str, ...]
    find: Callable[[Context], Iterable[Outcome]]
    layers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    documented: bool = False
