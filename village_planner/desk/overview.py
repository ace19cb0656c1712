"""What the 总览 dock shows: the steps of the work with what is missing in each, and the figures of the scenario that is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from village_planner import checks
from village_planner.accounts import (
    OpenWork,
    category_totals,
    implementation_by_phase,
    move_places,
    open_work,
    phase_account,
    villages_in_scope,
    withdrawn_hamlets,
)
from village_planner.accounts.sums import known_sum
from village_planner.base import Message
from village_planner.desk.procedure import next_statuses
from village_planner.intake import waits_for_check
from village_planner.plan.data import PlanData, plain
from village_planner.plan.schema import LOCKED, Status
from village_planner.plan.status import title as status_title
from village_planner.standards import Profile

SEVERITIES = ("A", "B", "C")
UNCLASSIFIED_COLOR, PHASE_COLOR = "#bdbdbd", "#4c8cb5"


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere. to: what the dock does, e.g. `undecided`, `control:land_use`, `findings:A`."""

    words: Message | str
    to: str


@dataclass(frozen=True)
class Line:
    """One thing to say of a step, with where it is dealt with. gap: whether it is missing, or only told."""

    message: Message
    links: tuple[Link, ...] = ()
    gap: bool = True


@dataclass(frozen=True)
class WorkStep:
    """A step of the work. id: `roster`, `controls`, `decisions`, `moves`, `consents`, `check`, `deliver`, `procedure` or `ledger`."""

    id: str
    lines: tuple[Line, ...]

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing."""
        return not any(line.gap for line in self.lines)


@dataclass(frozen=True)
class Bar:
    """One bar: `value` of `unit`, of which `done` is carried out (None: nothing is known of that). color: as #rrggbb."""

    name: str
    value: int
    note: Message | None
    color: str
    done: int | None = None


@dataclass(frozen=True)
class Overview:
    """Everything of the dock but the land balance. findings: open ones by severity, None where the scenario was never checked."""

    steps: tuple[WorkStep, ...]
    categories: tuple[Bar, ...]
    phases: tuple[Bar, ...]
    findings: dict[str, int] | None
    checked_at: str
    excused: int
    not_checked: tuple[Message, ...]
    work: OpenWork = field(repr=False)


def overview(data: PlanData, profile: Profile, scenario: str, inside: Collection[str] = ()) -> Overview:
    """Sum up a scenario. inside: codes of villages inside the development boundary, which need no category."""
    work = open_work(data, profile, scenario, inside)
    runs = data.check_run[data.check_run["scenario"] == scenario]
    run = runs.iloc[-1] if len(runs) else None
    findings = _open_findings(data, scenario) if run is not None else None
    not_checked = () if run is None else tuple(Message(item["code"], item["params"]) for item in run["not_checked"] or [])
    steps = [
        _roster(data, work), _controls(data, profile), _decisions(data, profile, inside, work), _moves(data, scenario, work),
        _consents(data, scenario, work), _check(findings, len(not_checked)), _deliver(findings), _procedure(data),
    ]  # fmt: skip
    if Status(data.info["status"]) in LOCKED:
        steps.append(_ledger(data))
    own = data.finding[data.finding["scenario"] == scenario]
    return Overview(
        tuple(steps), _category_bars(data, profile, scenario, inside), _phase_bars(data, scenario), findings,
        "" if run is None else str(run["at"]), int(own["state"].isin(("waived", "accepted")).sum()), not_checked, work,
    )


def villages_of_guesses(data: PlanData) -> list[str]:
    """Codes of the villages whose patches were given to a hamlet by a guess that nobody has looked at."""
    guessed = data.patch[data.patch["note"].map(lambda note: waits_for_check(plain(note))).astype(bool)]
    hamlets = data.hamlet[data.hamlet["code"].isin(guessed["hamlet_code"].dropna())]
    return [str(code) for code in dict.fromkeys(hamlets["village_code"])]


def kinds_read(profile: Profile) -> tuple[set[str], set[str]]:
    """Kinds of control layers that the rules which are on cannot do without, and those that they can also use."""
    on = [rule for rule in checks.RULES if (setting := profile.rule(rule.id)) is not None and setting.on]
    needed = {kind for rule in on for kind in rule.needs}
    return needed, {kind for rule in on for kind in rule.layers} - needed


def _roster(data: PlanData, work: OpenWork) -> WorkStep:
    counts = {"villages": len(data.village), "hamlets": len(data.hamlet), "townships": len(data.township)}
    lines = [_told("roster", **counts)]
    if not len(data.roster_source):
        lines.append(_told("not_compared"))
    if work.differences:
        lines.append(_gap("differences", "differences", "settle", count=work.differences))
    if work.bare_villages:
        lines.append(_gap("bare_villages", "select:bare_villages", "show", count=len(work.bare_villages)))
    if work.loose_patches:
        lines.append(_gap("loose_patches", "patches", "show", count=len(work.loose_patches)))
    guessed = int(data.patch["note"].map(lambda note: waits_for_check(plain(note))).sum())
    if guessed:
        lines.append(_gap("guessed_patches", "guessed", "show", count=guessed))
    if not len(data.fact):
        lines.append(Line(_message("no_facts"), (Link(_message("link_import"), "import:facts"),), gap=False))
    return WorkStep("roster", tuple(lines))


def _controls(data: PlanData, profile: Profile) -> WorkStep:
    names = profile.code_list("control_kind")
    present = set(data.control_layer["kind"])
    needed, useful = kinds_read(profile)
    lines = [_told("controls", count=len(data.control_layer))]
    for code, kinds in (("controls_needed", needed), ("controls_useful", useful)):
        missing = [kind for kind in names.codes if kind in kinds - present]
        if missing:
            links = tuple(Link(names.name(kind).split("/")[0], f"control:{kind}") for kind in missing)
            lines.append(Line(_message(code, count=len(missing)), links, gap=code == "controls_needed"))
    for table, what in (("quota", "quota"), ("fixed_village", "villages")):
        if not len(data.tables[table]):
            lines.append(Line(_message(f"no_{what}"), (Link(_message("link_import"), f"import:{what}"),), gap=False))
    return WorkStep("controls", tuple(lines))


def _decisions(data: PlanData, profile: Profile, inside: Collection[str], work: OpenWork) -> WorkStep:
    total = len(villages_in_scope(data, profile, inside))
    lines = [_told("decisions", done=total - len(work.undecided_villages), total=total)]
    if work.undecided_villages:
        lines.append(_gap("undecided_villages", "undecided", "classify", count=len(work.undecided_villages)))
    if work.undecided_hamlets:
        lines.append(_gap("undecided_hamlets", "undecided", "classify", count=len(work.undecided_hamlets)))
    return WorkStep("decisions", tuple(lines))


def _moves(data: PlanData, scenario: str, work: OpenWork) -> WorkStep:
    moves = data.move[data.move["scenario"] == scenario]
    households = known_sum(moves["households"])
    lines = [_told("moves", moves=len(moves), households=0 if pd.isna(households) else int(households))]
    if work.unmoved:
        lines.append(_gap("unmoved", "select:unmoved", "show", count=len(work.unmoved)))
    if work.unphased:
        lines.append(_gap("unphased", "select:unphased", "show", count=len(work.unphased)))
    return WorkStep("moves", tuple(lines))


def _consents(data: PlanData, scenario: str, work: OpenWork) -> WorkStep:
    lines = [_told("consents", count=len(data.consent), hamlets=len(withdrawn_hamlets(data, scenario)))]
    if work.unasked:
        lines.append(_gap("unasked", "select:unasked", "show", count=len(work.unasked)))
    return WorkStep("consents", tuple(lines))


def _check(findings: dict[str, int] | None, not_checked: int) -> WorkStep:
    if findings is None:
        return WorkStep("check", (_gap("never_checked", "check", "check"),))
    lines = [_told("checked", **findings)]
    if findings["A"]:
        lines.append(_gap("serious", "findings:A", "show", count=findings["A"]))
    if not_checked:
        lines.append(_gap("not_checked", "not_checked", "show", count=not_checked))
    return WorkStep("check", tuple(lines))


def _deliver(findings: dict[str, int] | None) -> WorkStep:
    link = (Link(_message("link_deliver"), "deliver"),)
    if findings is None or findings["A"]:
        return WorkStep("deliver", (Line(_message("only_drafts"), link),))
    return WorkStep("deliver", (Line(_message("formal_possible"), link, gap=False),))


def _procedure(data: PlanData) -> WorkStep:
    status = Status(data.info["status"])
    steps = data.approval_step
    lines = []
    if len(steps):
        last = steps.iloc[-1]
        said = {"status": status_title(status), "date": plain(last["date"]) or "", "document": plain(last["document"]) or ""}
        lines.append(_told("last_step", **said))
    next_step = status_title(next_statuses(status)[0])
    lines.append(Line(_message("next_step", status=status_title(status), next=next_step), (Link(_message("link_approve"), "approve"),), gap=False))
    return WorkStep("procedure", tuple(lines))


def _ledger(data: PlanData) -> WorkStep:
    recorded = set(data.implementation["move_code"])
    silent = [code for code in move_places(data, data.scenario)["move_code"] if code not in recorded]
    link = Link(_message("link_ledger"), "ledger")
    if silent:
        return WorkStep("ledger", (Line(_message("ledger_silent", count=len(silent)), (link,)),))
    return WorkStep("ledger", (Line(_message("ledger_kept", count=len(recorded)), (link,), gap=False),))


def _category_bars(data: PlanData, profile: Profile, scenario: str, inside: Collection[str]) -> tuple[Bar, ...]:
    codes = profile.code_list("category")
    bars = []
    for row in category_totals(data, profile, scenario, inside).to_dict("records"):
        entry = codes.row(row["category"]) if not pd.isna(row["category"]) else None
        known = not pd.isna(row["households"])
        note = _message("bar_households", count=int(row["households"])) if known and row["villages"] else None
        name = "" if entry is None else entry.get("short") or entry["name"]
        bars.append(Bar(name, int(row["villages"]), note, (entry or {}).get("color") or UNCLASSIFIED_COLOR))
    return tuple(bars)


def _phase_bars(data: PlanData, scenario: str) -> tuple[Bar, ...]:
    account, done_of = phase_account(data, scenario), _done_by_phase(data, scenario)
    bars = []
    for row in account[account["kind"] == "plan"].to_dict("records"):
        phase = plain(row["phase"])
        done = done_of.get(phase)
        note = _message("bar_hamlets", hamlets=int(row["hamlets"]), moves=int(row["moves"])) if done is None else _message("bar_done", done=done)
        households = 0 if pd.isna(row["households"]) else int(row["households"])
        bars.append(Bar("" if phase is None else str(phase), households, note, PHASE_COLOR, done))
    return tuple(bars)


def _done_by_phase(data: PlanData, scenario: str) -> dict[Any, int]:
    """Households carried out of each phase's moves, also after it; empty before the approval."""
    if Status(data.info["status"]) not in LOCKED:
        return {}
    rows = implementation_by_phase(data, scenario)
    done = rows["done"].fillna(0) + rows["done_later"].fillna(0)
    return {plain(phase): int(count) for phase, count in zip(rows["phase"], done)}


def _open_findings(data: PlanData, scenario: str) -> dict[str, int]:
    found = data.finding[(data.finding["scenario"] == scenario) & (data.finding["state"] == "open")]
    return {severity: int((found["severity"] == severity).sum()) for severity in SEVERITIES}


def _told(code: str, **params: Any) -> Line:
    return Line(_message(code, **params), gap=False)


def _gap(code: str, to: str, words: str, **params: Any) -> Line:
    return Line(_message(code, **params), (Link(_message(f"link_{words}"), to),))


def _message(code: str, **params: Any) -> Message:
    return Message(f"desk.overview_{code}", params)
