"""The plan's way through the procedure: its next steps, and what is recorded of them and of what was carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from village_planner.base import Message, render
from village_planner.desk.session import PlanSession
from village_planner.desk.steps import who
from village_planner.plan import Evidence
from village_planner.plan.ledger import save_actuals
from village_planner.plan.schema import TRANSITIONS, Status


@dataclass(frozen=True)
class ApprovalStep:
    """An approval step as the planner states it. Dates are ISO; of a public notice `date` is the first day, `end_date` the last."""

    to_status: Status
    date: str
    document: str
    result: str
    person: str
    end_date: str | None = None
    legal_ground: str | None = None
    evidence: Evidence | None = None


def next_statuses(status: Status) -> tuple[Status, ...]:
    """Where the plan may go from a status; the first is the way onwards."""
    return TRANSITIONS[status]


def takes_back(status: Status, to_status: Status) -> bool:
    """Whether a step is 退回修改: a review sends the plan back to drafting."""
    return to_status is Status.DRAFTING and status is not Status.DRAFTING


def record_step(session: PlanSession, step: ApprovalStep) -> None:
    """Record an approval step, which moves the status. Raises Refused or InputError where the plan file does not allow it."""
    session.apply(
        lambda file: file.transition(
            who(), step.to_status, step.date, step.document, step.result, step.end_date, step.legal_ground, step.person, step.evidence,
        )
    )


def save_ledger(session: PlanSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Record what was carried out (rows of table `implementation`) as one action. Raises Refused before the approval."""
    years = "、".join(dict.fromkeys(str(row["year"]) for row in rows))
    with session.writing(render(Message("desk.ledger_label", {"years": years, "count": len(rows)}))) as tx:
        save_actuals(tx, rows)
