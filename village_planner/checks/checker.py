"""Checker: what is found in one scenario of a plan, kept up to date edit by edit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Collection, Iterable, Mapping, Protocol, Sequence

from village_planner.accounts.kept import same_units
from village_planner.base import Feedback, SilentFeedback
from village_planner.base.feedback import PartFeedback
from village_planner.checks.catalogue import RULES
from village_planner.checks.findings import records_frame
from village_planner.checks.inputs import rules_reading
from village_planner.checks.kept import Kept
from village_planner.checks.reach import scope_of
from village_planner.checks.rule import NotChecked, Reach, Rule
from village_planner.checks.running import CheckResult, Contexts, known_scenario, outcomes
from village_planner.checks.shared import Memory
from village_planner.checks.subjects import Scope
from village_planner.plan.data import PlanData
from village_planner.plan.index import PlanIndex, edits_of
from village_planner.plan.layers import Layers
from village_planner.standards import Profile, RuleSetting


class Changed(Protocol):
    """What an edit changed, as plan.Change: by table the natural keys of the rows."""

    @property
    def tables(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Keys by table."""


@dataclass(frozen=True)
class Update:
    """What an edit did to the findings.

    found: records (rows of table `finding`, see `findings.finding_record`) that are new or otherwise than before. gone: keys
    of those that are there no more. looked_at: ids of the rules that were run, as far as the edit reaches.
    """

    found: tuple[Mapping[str, Any], ...]
    gone: tuple[str, ...]
    looked_at: tuple[str, ...]


class Checker:
    """Runs the rules once, and after an edit only what the edit can change; what it holds then is what a full run would find.

    patience_s: a rule that has to run whole and took longer when it was last run is left `outdated` until `catch_up`.
    """

    def __init__(
        self, data: PlanData, layers: Layers, profile: Profile, scenario: str | None = None, formal: bool = False, patience_s: float | None = None
    ) -> None:
        self._data, self._layers, self._profile, self._formal = data, layers, profile, formal
        self._scenario = known_scenario(data, scenario)
        self._patience_s = patience_s
        self._index = PlanIndex(data)
        self._seconds: dict[str, float] = {}
        self._cold: dict[str, float] = {}
        self._warm: dict[str, float] = {}
        self._again: dict[str, float] = {}
        self._followed: dict[str, float] = {}
        self._kept: dict[str, Kept] = {}
        self._memory = Memory()
        self.outdated: set[str] = set()

    def check(self, feedback: Feedback | None = None) -> None:
        """Run everything. Raises Cancelled; it can then be called again."""
        self._memory = Memory()
        self.outdated = {rule.id for rule, _ in self._switched_on()}
        self.catch_up(feedback)

    def catch_up(self, feedback: Feedback | None = None, rules: Collection[str] | None = None) -> Update:
        """Run the rules that are outdated, those of `rules` alone where they are given. Raises Cancelled: what has not run by then stays outdated."""
        feedback = feedback or SilentFeedback()
        contexts, changes = self._contexts(None, feedback), _Changes()
        due = [(rule, setting) for rule, setting in self._switched_on() if rule.id in self.outdated and (rules is None or rule.id in rules)]
        for place, (rule, setting) in enumerate(due):
            feedback.check()
            part = PartFeedback(feedback, place / len(due), (place + 1) / len(due))
            changes.add(rule, self._run_whole(rule, setting, contexts, part))
            self.outdated.discard(rule.id)
            part.progress(1.0)
        return changes.update()

    def follow(self, data: PlanData, change: Changed) -> Update:
        """Look at what an edit can have changed. data: the plan after it, with the frames of all tables that it did not touch."""
        before, was, self._data = self._index, self._data, data
        self._index = before.patched(data, edits_of(data, change.tables, before))
        if "control_layer" in change.tables:
            self._memory = Memory()
            self._again = dict(self._seconds)
        elif not same_units(was, data):
            # Sums by township have to be made anew, what patches cover is still known.
            self._again = dict(self._cold)
        scope = scope_of(before, self._index, change.tables, self._scenario)
        contexts, concerned = self._contexts(scope), set(rules_reading(change.tables))
        changes = _Changes()
        for rule, setting in self._switched_on():
            if rule.id not in concerned or rule.id in self.outdated:
                continue
            if rule.reach is Reach.LOCAL and scope is not None:
                self._look(rule, setting, contexts, scope, changes)
            elif rule.reach is Reach.LAYERS and "control_layer" not in change.tables:
                continue
            elif self._patience_s is not None and max(self.seconds.get(rule.id, 0.0), self._followed.get(rule.id, 0.0)) > self._patience_s:
                self.outdated.add(rule.id)
            else:
                changes.add(rule, self._run_whole(rule, setting, contexts, SilentFeedback()))
                self._followed[rule.id] = self._seconds[rule.id]
        return changes.update()

    def result(self) -> CheckResult:
        """What is found and what could not be checked, as a full run says it, but for the order of findings within a rule."""
        kept = [self._kept[rule.id] for rule, _ in self._switched_on() if rule.id in self._kept]
        return CheckResult(
            records_frame([record for part in kept for record in part.records()]), self.notes(),
            self.ran, dict(self._seconds),
        )  # fmt: skip

    @property
    def ran(self) -> list[str]:
        """Ids of the rules that ran, in the catalogue's order."""
        return [rule.id for rule, _ in self._switched_on() if rule.id in self._kept and self._kept[rule.id].ran]

    @property
    def seconds(self) -> Mapping[str, float]:
        """By rule, how long it took when it ran whole for the last time, without what it need not do again."""
        return self._again

    def notes(self) -> list[NotChecked]:
        """What could not be checked."""
        return [note for rule, _ in self._switched_on() if rule.id in self._kept for note in self._kept[rule.id].notes(self._index)]

    def _look(self, rule: Rule, setting: RuleSetting, contexts: Contexts, scope: Scope, changes: _Changes) -> None:
        kept = self._kept[rule.id]
        said = outcomes(rule, contexts.of(setting, SilentFeedback()))
        if kept.says_of_the_plan(said):
            changes.add(rule, kept.replace(said, setting, contexts.subjects, scope.units))
        else:
            # What the whole rule rests on has come or gone, say the first polygon of the plan.
            changes.add(rule, self._run_whole(rule, setting, contexts, SilentFeedback()))

    def _run_whole(self, rule: Rule, setting: RuleSetting, contexts: Contexts, feedback: Feedback) -> tuple[list[Mapping[str, Any]], list[str]]:
        memory = self._memory
        begun, held_s, covers_s = time.perf_counter(), memory.held.seconds, memory.covers.seconds
        said = outcomes(rule, contexts.of(setting, feedback, whole=True))
        self._seconds[rule.id] = time.perf_counter() - begun
        made_s = memory.held.seconds - held_s
        self._cold[rule.id] = self._seconds[rule.id] - (memory.covers.seconds - covers_s)
        self._warm[rule.id] = self._cold[rule.id] - made_s
        if made_s:
            # What one rule has made anew is there for all.
            self._again = dict(self._warm)
        self._again[rule.id] = self._warm[rule.id]
        return self._kept.setdefault(rule.id, Kept()).replace(said, setting, contexts.whole, None)

    def _contexts(self, scope: Scope | None, feedback: Feedback | None = None) -> Contexts:
        feedback = feedback or SilentFeedback()
        return Contexts(self._data, self._layers, self._profile, self._scenario, self._formal, feedback, self._index, scope, self._memory)

    def _switched_on(self) -> Iterable[tuple[Rule, RuleSetting]]:
        settings = ((rule, self._profile.rule(rule.id)) for rule in RULES)
        return [(rule, setting) for rule, setting in settings if setting is not None and setting.on]


class _Changes:
    """Gathers what rules found otherwise."""

    def __init__(self) -> None:
        self._found: list[Mapping[str, Any]] = []
        self._gone: list[str] = []
        self._rules: list[str] = []

    def add(self, rule: Rule, changed: tuple[list[Mapping[str, Any]], list[str]]) -> None:
        self._found += changed[0]
        self._gone += changed[1]
        self._rules.append(rule.id)

    def update(self) -> Update:
        return Update(tuple(self._found), tuple(self._gone), tuple(self._rules))
