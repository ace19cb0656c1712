"""The few kinds of error that reach the planner; each carries a message in the planner's words."""

from __future__ import annotations

from typing import Any

from village_planner.base.messages import Message


class PlannerError(Exception):
    """What happened, to which file or village, and what to do, as a Message.

    `PlannerError("intake.no_code_column", file="a.xlsx")` builds the message from code and params.
    """

    def __init__(self, message: Message | str, **params: Any) -> None:
        self.message = message if isinstance(message, Message) else Message(message, params)
        super().__init__(str(self.message))


class InputError(PlannerError):
    """A file, table or parameter that the planner gave cannot be used as it is."""


class PlanFileError(PlannerError):
    """The plan file cannot be opened, read or written."""


class Refused(PlannerError):
    """The plan's state or a rule forbids the action."""


class Cancelled(Exception):
    """The planner cancelled the work; nothing was written."""
