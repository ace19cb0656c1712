"""The steps of the approval procedure, for tests that need a plan further on."""

from __future__ import annotations

from village_planner.plan import PlanFile

STEPS = [
    ("consultation", "2026-01-05"), ("expert_review", "2026-02-05"), ("public_notice", "2026-03-01"), ("committee", "2026-03-31"),
    ("submitted", "2026-04-05"), ("approved", "2026-05-05"), ("published", "2026-05-20"), ("implementation", "2026-06-01"),
]  # fmt: skip


def advance(plan: PlanFile, to_status: str) -> None:
    """Take every step of the procedure up to `to_status`, the public notice from 1 to 30 March."""
    names = [name for name, _ in STEPS]
    start = names.index(plan.status.value) + 1 if plan.status.value in names else 0
    for name, date in STEPS[start : names.index(to_status) + 1]:
        plan.transition("张三", name, date, f"〔2026〕{name}号", "通过", end_date="2026-03-30" if name == "public_notice" else None)


def approve(plan: PlanFile) -> None:
    """Take the plan to its approval."""
    advance(plan, "approved")
