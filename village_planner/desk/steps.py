"""Steps that join several rooms, for tasks and algorithms alike; each takes a path and opens its own connection."""

from __future__ import annotations

import getpass
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, ContextManager

import pandas as pd

from village_planner import checks
from village_planner.base import Feedback, Message
from village_planner.checks.waivers import EXCUSED, OPEN
from village_planner.plan import PlanFile
from village_planner.plan.data import PlanData
from village_planner.plan.layers import LayerStore
from village_planner.plan.runs import FIXED, known_digests, last_run
from village_planner.standards import Profile

SEVERITIES = ("A", "B", "C")
PATIENCE_S = 0.01
"""A rule that has to run whole after an edit, and takes longer, waits until the planner does."""


@dataclass(frozen=True)
class RunRecord:
    """What `PlanFile.store_findings` wants: the run, the findings of the rules in `checked` (None: of all rules)."""

    run: Mapping[str, Any]
    findings: pd.DataFrame
    checked: frozenset[str] | None


@dataclass(frozen=True)
class Checked:
    """A checker after a full run, with what it looked at; digests: as checks.input_digests. run: code of the run."""

    checker: checks.Checker
    data: PlanData
    layers: LayerStore
    profile: Profile
    scenario: str
    digests: Mapping[str, str]
    run: str


@dataclass(frozen=True)
class CheckOutcome:
    """What a check of a plan found.

    findings: columns of table `finding` and `geom`, in the plan's CRS (`crs`, an EPSG code): of the rules that were asked for, or,
    where only what changed was run, all that the plan has now. not_checked: one message per rule that could not run, likewise.
    rules: ids of the rules that ran. new, gone: how many of their findings are new or gone since the run before; None in a
    first run. seconds: by rule, how long it took. record: what is to be stored, None where nothing had changed. checked: of a run of
    all rules, what goes on from there (see desk/live.py); None of any other.
    """

    findings: pd.DataFrame
    not_checked: tuple[Message, ...]
    crs: int
    rules: tuple[str, ...] = ()
    new: int | None = None
    gone: int | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    record: RunRecord | None = None
    checked: Checked | None = None

    def count(self, severity: str) -> int:
        """Number of findings of a severity that no waiver excuses."""
        return int((self.findings["severity"].eq(severity) & self.findings["state"].eq(OPEN)).sum())

    @property
    def waived(self) -> int:
        """Number of findings that a waiver excuses."""
        return int(self.findings["state"].isin(EXCUSED).sum())


def check_plan(
    path: Path, feedback: Feedback, scenario: str | None = None, rules: Sequence[str] | None = None, changed_only: bool = False,
    snapshot: PlanData | None = None, alone: Callable[[], ContextManager[None]] = nullcontext,
) -> CheckOutcome:
    """Run rules on the plan file at `path`, store the findings in it and return them; the findings of other rules stay.

    scenario: code, None for the adopted one. rules: ids, None for all. changed_only: of all, those whose plan tables, control layers
    or settings have changed since they ran last. snapshot: what the plan file holds, where it has been read. alone: keeps others from
    writing while the findings are stored, see `PlanSession.alone`. Raises PlanFileError where the file cannot be used, InputError for
    an unknown scenario or rule, Cancelled; the stored findings are then as they were.
    """
    outcome = find_faults(path, feedback, scenario, rules, changed_only, snapshot=snapshot)
    if outcome.record is not None:
        feedback.check()
        with alone():
            store(path, outcome.record)
    return outcome


def store(path: Path, record: RunRecord) -> None:
    """Keep in a plan file what a check found. Raises PlanFileError."""
    PlanFile(path).store_findings(record.run, record.findings, record.checked)


def find_faults(
    path: Path, feedback: Feedback, scenario: str | None = None, rules: Sequence[str] | None = None, changed_only: bool = False,
    goes_on: bool = False, snapshot: PlanData | None = None,
) -> CheckOutcome:
    """As `check_plan`, but nothing is stored.

    goes_on: the run goes on with the last one, see plan.runs.store_run. snapshot: what the plan file holds, where it has been read.
    """
    # To open it once more would mend it, and hold up an action of the planner who has it open.
    plan = PlanFile.open(path) if snapshot is None else PlanFile(path)
    data, profile, layers = snapshot or plan.read(), plan.profile(), plan.layers().as_of_now()
    chosen = scenario or data.scenario
    for problem in layers.problems():
        feedback.say(problem)
    digests = checks.input_digests(data, layers, profile, chosen)
    last = last_run(data, chosen)
    known = known_digests(last)
    wanted = list(rules) if rules else checks.outdated(digests, known) if changed_only and last else None
    checker = checks.Checker(data, layers, profile, chosen, patience_s=PATIENCE_S) if wanted is None else None
    with layers.heeding(feedback):
        if checker is None:
            result = checks.run(data, layers, profile, rules=wanted, scenario=chosen, feedback=feedback)
        else:
            checker.check(feedback)
            result = checker.result()
    # What the profile no longer asks for is gone, with its findings.
    checked = None if wanted is None else frozenset(wanted) if rules else frozenset({*wanted, *(known.keys() - digests.keys())})
    before = data.finding[(data.finding["scenario"] == chosen) & (data.finding["state"] != FIXED)]
    kept = before.iloc[:0] if checked is None else before[~before["rule"].isin(checked)]
    change = checks.compare(before.drop(kept.index), result.findings)
    record = RunRecord(_run(result, last, checked, digests, chosen, goes_on), checks.apply_waivers(result.findings, data.waiver), checked)
    notes = record.run["not_checked"] if not rules else [item for item in record.run["not_checked"] if item["rule"] in rules]
    return CheckOutcome(
        record.findings if rules else _joined(record.findings, checks.apply_waivers(kept, data.waiver)),
        tuple(Message(item["code"], item["params"]) for item in notes), data.crs, tuple(result.ran),
        len(change.new) if last else None, len(change.gone) if last else None, result.seconds,
        None if checked == frozenset() else record,
        None if checker is None else Checked(checker, data, layers, profile, chosen, digests, record.run["code"]),
    )


def _run(
    result: checks.CheckResult, last: Mapping[str, Any] | None, checked: frozenset[str] | None, digests: Mapping[str, str], scenario: str, goes_on: bool
) -> dict[str, Any]:
    """The row of `check_run`: by rule what it has read when it ran last, and what could not be checked, of all rules together."""
    before = last if last is not None and checked is not None else {"rules": {}, "not_checked": []}
    old = before["rules"] if isinstance(before["rules"], dict) else dict.fromkeys(before["rules"] or [])
    kept = [item for item in before["not_checked"] or [] if item["rule"] not in (checked or ())]
    rules = {**{rule: read for rule, read in old.items() if rule not in (checked or ())}, **{rule: digests.get(rule) for rule in result.ran}}
    row = run_row(last["code"] if goes_on and last else new_run(), scenario, rules, result.not_checked, digests)
    return {**row, "not_checked": [*kept, *row["not_checked"]]}


def new_run() -> str:
    """A code for a run."""
    return f"R{uuid.uuid4().hex}"


def run_row(
    code: str, scenario: str, rules: Mapping[str, str | None], notes: Sequence[checks.NotChecked], digests: Mapping[str, str | None]
) -> dict[str, Any]:
    """A row of `check_run` of now. rules: by rule that ran, what it has read. digests: the same, also of rules that did not run."""
    return {
        # To the millisecond: that the row differs tells whoever reads news that findings were stored (plan/news.py).
        "code": code, "at": datetime.now(timezone.utc).isoformat(timespec="milliseconds"), "who": who(), "scenario": scenario, "rules": dict(rules),
        "not_checked": [
            {"rule": item.rule, "code": item.message.code, "params": dict(item.message.params), "read": digests.get(item.rule)} for item in notes
        ],
    }  # fmt: skip


def _joined(found: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    parts = [frame for frame in (found, kept[list(found.columns)]) if len(frame)]
    return pd.concat(parts, ignore_index=True) if parts else found


def who() -> str:
    """Name of the person at this computer, as history shows it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


def finding_message(row: Any) -> Message:
    """The sentence of a finding (a row with `message_code` and `params`)."""
    return Message(row["message_code"], row["params"] or {})
