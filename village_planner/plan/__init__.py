"""What a plan is, and the plan file that keeps it with history, undo, procedure and control layers."""

from village_planner.plan.data import PlanData, empty_frame, plan_data, row_values, typed_frame
from village_planner.plan.evidence import Evidence
from village_planner.plan.file import FIRST_SCENARIO, PlanFile
from village_planner.plan.layers import Layers, LayerStore, MemoryLayers
from village_planner.plan.serials import SerialKey
from village_planner.plan.transaction import Change, Transaction

__all__ = [
    "FIRST_SCENARIO",
    "Change",
    "Evidence",
    "LayerStore",
    "Layers",
    "MemoryLayers",
    "PlanData",
    "PlanFile",
    "SerialKey",
    "Transaction",
    "empty_frame",
    "plan_data",
    "row_values",
    "typed_frame",
]
