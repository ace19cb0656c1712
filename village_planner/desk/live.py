"""LiveCheck: what is stored of the findings of one scenario, kept up to date edit by edit; without QGIS, in one thread at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ContextManager

import pandas as pd

from village_planner import checks
from village_planner.base import Feedback
from village_planner.checks.checker import Update
from village_planner.checks.rule import Reach
from village_planner.desk.steps import Checked, CheckOutcome, RunRecord, check_plan, new_run, run_row
from village_planner.plan import PlanFile
from village_planner.plan.data import PlanData

UNFOLLOWED = frozenset({"control_layer", "scenario"})
"""Tables after whose changes one has to begin anew: other layers are to be read, other scenarios are there."""
UNREAD = frozenset({"finding", "check_run", "waiver", "approval_step", "approved_state"})
"""Tables that no rule reads, and that change beside the history."""
QUICK_S = 1.0
"""All that the desk runs by itself after an edit takes no longer, as far as it has measured."""

_log = logging.getLogger("village_planner")


class LostTrack(Exception):
    """It is not certain that the findings can be kept up to date: something changed of which the edits do not tell."""


def check_and_follow(
    path: Path, feedback: Feedback, scenario: str, snapshot: PlanData, alone: Callable[[], ContextManager[None]], live: LiveCheck | None = None,
    changed_only: bool = False,
) -> tuple[CheckOutcome, LiveCheck | None]:
    """As `steps.check_plan`; also what follows the edits from there, None after a run of some rules.

    live: goes on from an earlier check, and has seen the edits until now; it then runs what is outdated.
    """
    if live is not None:
        try:
            return live.check_again(feedback, snapshot.waiver), live
        except LostTrack:
            _log.info("the findings are followed no longer", exc_info=True)
    outcome = check_plan(path, feedback, scenario, changed_only=changed_only, snapshot=snapshot, alone=alone)
    return outcome, LiveCheck(path, outcome.checked, alone) if outcome.checked is not None else None


class LiveCheck:
    """Goes on from a full run that is stored: `follow` looks at what an edit can have changed, and keeps it in the plan file."""

    def __init__(self, path: Path, checked: Checked, alone: Callable[[], ContextManager[None]] = nullcontext) -> None:
        """path: of the plan file. alone: keeps others from writing while findings are stored, see `PlanSession.alone`."""
        self._file, self._alone = PlanFile(path), alone
        self._checker, self._layers, self._profile = checked.checker, checked.layers, checked.profile
        self.scenario, self.run = checked.scenario, checked.run
        self._data = checked.data
        self._digests = checks.Digests()
        self._read: dict[str, str | None] = dict(checked.digests)
        self._told, self._is_behind = self._notes(), False
        self._layers_stamp = _stamp(self._layers.path)

    @property
    def outdated(self) -> list[str]:
        """Ids of the rules that have not been looked at since an edit that concerns them, in the catalogue's order."""
        return [rule.id for rule in checks.RULES if rule.id in self._checker.outdated]

    @property
    def seconds(self) -> Mapping[str, float]:
        """By rule, how long it took when it ran whole for the last time."""
        return self._checker.seconds

    @property
    def is_behind(self) -> bool:
        """Whether the file does not say yet of some rules that they have been looked at: `catch_up` writes it."""
        return self._is_behind

    def follow(self, data: PlanData, changes: Sequence[Any]) -> bool:
        """Look at what some edits can have changed, and store it where anything is otherwise than before; returns whether it was.

        data: the plan after them. changes: those (plan.Change) that lead there from the plan that was followed last, without a gap.
        The file then says of the rules that were looked at that it is not known what they have read, until `catch_up` works it out.
        Raises LostTrack, and PlanFileError where it could not be stored: in both cases this checker is of no further use.
        """
        change = _Together(changes)
        self._require_track(data, change.tables)
        with self._layers.opened():
            update = self._checker.follow(data, change)
        self._data, self._is_behind = data, True
        if not update.found and not update.gone and self._notes() == self._told:
            # What is in the file is what is found now, and was found in the plan whose digests are in the file.
            return False
        self._read = {rule: None if rule in update.looked_at else read for rule, read in self._read.items()}
        self._store(update)
        return True

    def catch_up(self, feedback: Feedback, rules: Collection[str] = ()) -> None:
        """Look at those of some rules that are outdated, and write down what all rules have read that are not. Raises as `follow`, and Cancelled."""
        self._require_track(self._data, {})
        with self._layers.heeding(feedback):
            update = self._checker.catch_up(feedback, rules)
        self._read = self._read_now()
        self._store(update)
        self._is_behind = False

    def check_again(self, feedback: Feedback, waivers: pd.DataFrame) -> CheckOutcome:
        """Look at all rules that are outdated; where there are any, all that is found is stored as a new run. Raises as `catch_up`.

        waivers: the present table `waiver`.
        """
        self._require_track(self._data, {})
        before, had_outdated = self._checker.result().findings, bool(self._checker.outdated)
        with self._layers.heeding(feedback):
            self._checker.catch_up(feedback)
        result = self._checker.result()
        findings = checks.apply_waivers(result.findings, waivers)
        change, record = checks.compare(before, findings), None
        if had_outdated:
            feedback.check()
            self.run, self._read = new_run(), self._read_now()
            record = RunRecord(self._run_row(), findings, None)
            with self._alone():
                self._file.store_findings(record.run, findings)
            self._is_behind = False
        notes = tuple(note.message for note in result.not_checked)
        return CheckOutcome(
            findings, notes, self._data.crs, tuple(result.ran), len(change.new), len(change.gone), result.seconds, record,
        )  # fmt: skip

    def _require_track(self, data: PlanData, changed: Mapping[str, Any]) -> None:
        """Everything but what is said to have changed must be the very same object."""
        skipped = UNREAD | changed.keys()
        if (
            UNFOLLOWED & changed.keys() or _stamp(self._layers.path) != self._layers_stamp
            or any(data.tables[name] is not frame for name, frame in self._data.tables.items() if name not in skipped)
            or any(data.info[name] != self._data.info[name] for name in ("guid", "profile_id", "profile_version", "crs"))
        ):  # fmt: skip
            raise LostTrack

    def _store(self, update: Update) -> None:
        findings, run = checks.with_states(update.found, self._data.waiver), self._run_row()
        with self._alone():
            if not self._file.update_findings(run, findings, update.gone):
                raise LostTrack

    def _read_now(self) -> dict[str, str | None]:
        """By rule, the digest of what it has read; what waits has not read what is there now."""
        now = checks.input_digests(self._data, self._layers, self._profile, self.scenario, self._digests)
        return {rule: self._read.get(rule) if rule in self._checker.outdated else digest for rule, digest in now.items()}

    def _run_row(self) -> dict[str, Any]:
        self._told = self._notes()
        return run_row(self.run, self.scenario, {rule: self._read.get(rule) for rule in self._checker.ran}, self._told, self._read)

    def _notes(self) -> list[checks.NotChecked]:
        return self._checker.notes()


class _Together:
    """Several changes as one: by table the keys of all of them."""

    def __init__(self, changes: Sequence[Any]) -> None:
        self.tables: dict[str, list[Mapping[str, Any]]] = {}
        for change in changes:
            for name, keys in change.tables.items():
                self.tables.setdefault(name, []).extend(keys)


def quick_of(rules: Collection[str], seconds: Mapping[str, float]) -> list[str]:
    """Those of some rules that together take no longer than a moment: first rules of local reach, which then follow each edit again, and the quickest."""
    local = {rule.id for rule in checks.RULES if rule.reach is Reach.LOCAL}
    known = [(rule not in local, seconds.get(rule, 0.0 if checks.without_layers([rule]) else QUICK_S), rule) for rule in rules]
    spent, quick = 0.0, []
    for _, needed, rule in sorted(known):
        if spent + needed < QUICK_S:
            spent += needed
            quick.append(rule)
    return quick


def _stamp(path: Path) -> tuple[int, int] | None:
    """What tells the layers file from an earlier or another one; None where there is none."""
    if not path.is_file():
        return None
    state = path.stat()
    return state.st_size, state.st_mtime_ns
