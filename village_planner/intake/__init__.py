"""A user's files into the plan: rosters and polygons, control layers, decisions, facts, limits, the ledger; each step reports what it did row by row."""

from village_planner.intake.control import add_control
from village_planner.intake.create import create_plan
from village_planner.intake.decide import decide
from village_planner.intake.derived_patches import checked_note, waits_for_check
from village_planner.intake.facts import add_facts
from village_planner.intake.implement import implement
from village_planner.intake.limits import add_limits
from village_planner.intake.preview import TablePreview, chosen_map, preview_table
from village_planner.intake.requests import (
    AddControl,
    AddFacts,
    AddLimits,
    ControlResult,
    CreatePlan,
    CreateResult,
    Decide,
    DecideResult,
    Implement,
    TakeResult,
)
from village_planner.intake.settle import ACCEPTABLE, BRINGS_A_VILLAGE, settle, settle_committees

__all__ = [
    "ACCEPTABLE",
    "BRINGS_A_VILLAGE",
    "AddControl",
    "AddFacts",
    "AddLimits",
    "ControlResult",
    "CreatePlan",
    "CreateResult",
    "Decide",
    "DecideResult",
    "Implement",
    "TablePreview",
    "TakeResult",
    "add_control",
    "add_facts",
    "add_limits",
    "checked_note",
    "chosen_map",
    "create_plan",
    "decide",
    "implement",
    "preview_table",
    "settle",
    "settle_committees",
    "waits_for_check",
]
