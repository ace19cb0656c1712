"""What planner and reviewer say of findings: explanations, their acceptance, and taking both back; each one action of the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from village_planner.base import Message, Refused, render
from village_planner.checks.waivers import FIXED, waiver_fates
from village_planner.desk.session import PlanSession
from village_planner.plan import Evidence, waivers
from village_planner.plan.data import plain


@dataclass(frozen=True)
class Explanation:
    """Why findings stand. date: ISO. evidence: what proves it, in words; document: a file that is added to those already given."""

    reason: str
    person: str
    date: str
    evidence: str | None = None
    document: Evidence | None = None


@dataclass(frozen=True)
class Told:
    """What the plan holds on a finding's explanation.

    fate: of checks.waiver_fates. documents: code, title, and the state of each: `copied`, or of plan.waivers.document_state.
    """

    explanation: Explanation
    fate: str
    accepted_by: str | None
    accepted_at: str | None
    documents: tuple[tuple[str, str, str], ...]


def today() -> str:
    """The present day (ISO)."""
    return date.today().isoformat()


def told_of(session: PlanSession, key: str) -> Told | None:
    """The explanation of a finding of the shown scenario; None where there is none."""
    data = session.data
    held = data.waiver[data.waiver["finding_key"] == key]
    finding = data.finding[(data.finding["scenario"] == session.scenario) & (data.finding["key"] == key)]
    if not len(held) or not len(finding):
        return None
    row = {name: plain(value) for name, value in held.iloc[0].items()}
    (fate,) = waiver_fates(finding, held)
    return Told(
        Explanation(row["reason"], row["person"], row["date"], row["evidence"]), fate, row["accepted_by"], row["accepted_at"], _documents(session, key),
    )


def explain(session: PlanSession, keys: Sequence[str], explanation: Explanation) -> None:
    """Explain findings of the shown scenario, or change their explanations. Raises Refused for one that is gone, InputError for a bad file."""
    rows = _rows(session, keys)
    code = "desk.waiver_one_saved_label" if len(rows) == 1 else "desk.waiver_saved_label"
    with session.writing(_label(session, code, rows)) as tx:
        for row in rows:
            waivers.save_waiver(tx, {
                "finding_key": row["key"], "finding_digest": row["digest"], "reason": explanation.reason, "person": explanation.person,
                "date": explanation.date, "evidence": explanation.evidence,
            }, explanation.document)  # fmt: skip


def accept(session: PlanSession, keys: Sequence[str], reviewer: str, day: str) -> None:
    """Record a reviewer's acceptance of explanations. Raises Refused where one is not about what is found now."""
    rows = _rows(session, keys)
    with session.writing(_label(session, "desk.waiver_accepted_label", rows)) as tx:
        for row in rows:
            waivers.accept_waiver(tx, row["key"], row["digest"], reviewer, day)


def take_acceptance_back(session: PlanSession, keys: Sequence[str]) -> None:
    """Undo the acceptance of explanations; they stay."""
    rows = _rows(session, keys)
    with session.writing(_label(session, "desk.waiver_acceptance_back_label", rows)) as tx:
        for row in rows:
            waivers.take_acceptance_back(tx, row["key"])


def remove(session: PlanSession, keys: Sequence[str]) -> None:
    """Take explanations back, with their documents."""
    rows = _rows(session, keys)
    with session.writing(_label(session, "desk.waiver_removed_label", rows)) as tx:
        for row in rows:
            waivers.remove_waiver(tx, row["key"])


def _rows(session: PlanSession, keys: Sequence[str]) -> list[dict[str, Any]]:
    finding = session.data.finding
    rows = finding[(finding["scenario"] == session.scenario) & finding["key"].isin(list(keys))].to_dict("records")
    if len(rows) < len(keys) or any(row["state"] == FIXED for row in rows):
        raise Refused("desk.finding_gone")
    return rows


def _label(session: PlanSession, code: str, rows: Sequence[dict[str, Any]]) -> str:
    kind, subject = rows[0]["subject_kind"], rows[0]["subject_code"]
    name = session.name_of(kind, subject) if kind in ("village", "hamlet", "site", "township") else subject
    rule = session.profile.rule(rows[0]["rule"])
    return render(Message(code, {"count": len(rows), "subject": f"{name} {rule.title if rule else rows[0]['rule']}"}))


def _documents(session: PlanSession, key: str) -> tuple[tuple[str, str, str], ...]:
    frame = session.data.evidence
    rows = frame[frame["subject_table"].eq(waivers.SUBJECT) & frame["subject_key"].map(lambda subject: subject == {"finding_key": key})]
    folder = session.path.parent
    return tuple(
        (row.code, row.title, "copied" if row.content is not None else waivers.document_state(plain(row.path), plain(row.sha256), folder))
        for row in rows.itertuples()
    )
