"""What the readers of limits from above share: the table, the rows for the plan, and what is said of each row."""

from __future__ import annotations

from typing import Any

from village_planner.base import Message
from village_planner.intake.headers import RowNote, Table
from village_planner.intake.opening import table_name
from village_planner.standards import InputSpec


class LimitTable:
    """A table as read. rows: of the plan's table `target`; accepted: numbers of the table's rows of which something was taken."""

    target = ""

    def __init__(self, table: Table, spec: InputSpec) -> None:
        self.table, self.spec, self.source = table, spec, table_name(table)
        self.file_notes: list[Message] = []
        self.rows: list[dict[str, Any]] = []
        self.notes: list[RowNote] = []
        self.refused: list[RowNote] = []
        self.accepted: set[int] = set()

    def _note(self, number: int, message_code: str, /, **params: Any) -> None:
        self.notes.append(RowNote(number, Message(message_code, {"row": number, **params})))

    def _refuse(self, number: int, message_code: str, /, **params: Any) -> None:
        self.refused.append(RowNote(number, Message(message_code, {"row": number, **params})))
