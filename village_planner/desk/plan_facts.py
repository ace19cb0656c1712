"""What title page, file names and metadata say of the plan: changed as one action."""

from __future__ import annotations

from collections.abc import Mapping

from village_planner.base import InputError, Message, render
from village_planner.desk.session import PlanSession
from village_planner.plan.data import plain

FACTS = ("title", "county_code", "county_name", "institute", "secrecy")


def plan_facts(session: PlanSession) -> dict[str, str]:
    """The present facts by column of table `plan`; '' where nothing is stated."""
    info = session.data.info
    return {name: str(plain(info[name]) or "") for name in FACTS}


def save_plan_facts(session: PlanSession, facts: Mapping[str, str]) -> bool:
    """Change those facts that differ; whether any did.

    Raises InputError for a county code that is not six digits, Refused where the approval has closed a fact.
    """
    present = plan_facts(session)
    changed = {name: value.strip() for name, value in facts.items() if value.strip() != present[name]}
    code = changed.get("county_code", "")
    if code and not (code.isascii() and code.isdigit() and len(code) == 6):
        raise InputError("desk.bad_county_code", code=code)
    if not changed:
        return False
    with session.writing(render(Message("desk.plan_facts_label"))) as tx:
        tx.update("plan", {"id": "plan"}, **{name: value or None for name, value in changed.items()})
    return True
