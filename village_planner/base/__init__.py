"""Errors, messages, progress, reports and paths that every room uses."""

from village_planner.base.errors import Cancelled, InputError, PlanFileError, PlannerError, Refused
from village_planner.base.feedback import Feedback, SilentFeedback
from village_planner.base.messages import Message, render
from village_planner.base.paths import resource

__all__ = [
    "Cancelled",
    "Feedback",
    "InputError",
    "Message",
    "PlanFileError",
    "PlannerError",
    "Refused",
    "SilentFeedback",
    "render",
    "resource",
]
