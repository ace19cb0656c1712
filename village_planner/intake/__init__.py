"""A user's files into the plan: rosters and polygons, control layers, decisions; each step reports what it did row by row."""

from village_planner.intake.control import add_control
from village_planner.intake.create import create_plan
from village_planner.intake.decide import decide
from village_planner.intake.requests import AddControl, ControlResult, CreatePlan, CreateResult, Decide, DecideResult
from village_planner.intake.settle import ACCEPTABLE, BRINGS_A_VILLAGE, settle, settle_committees

__all__ = [
    "ACCEPTABLE",
    "BRINGS_A_VILLAGE",
    "AddControl",
    "ControlResult",
    "CreatePlan",
    "CreateResult",
    "Decide",
    "DecideResult",
    "add_control",
    "create_plan",
    "decide",
    "settle",
    "settle_committees",
]
