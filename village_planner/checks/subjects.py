"""Which villages, sites and patches a run judges, and what the scenario decides for their hamlets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Iterator, NamedTuple, Sequence

from village_planner.plan.index import PlanIndex
from village_planner.plan.schema import WITHDRAWN

UNDECIDED = "undecided"
Unit = tuple[str, str]  # kind (village, site, patch) and code


class Decided(NamedTuple):
    """A hamlet with what the scenario decides for it.

    row: of table `hamlet`. action: `undecided` without one. moves: its rows of table `move`, in their order.
    """

    row: Any
    action: str
    moves: Sequence[Any]

    @property
    def code(self) -> str:
        """Hamlet code."""
        return self.row.code

    @property
    def withdrawn(self) -> bool:
        """Whether it is merged or relocated."""
        return self.action in WITHDRAWN

    @property
    def completion_phase(self) -> int | None:
        """The phase of the last move of a withdrawn hamlet; None where one is unphased or there is none."""
        phases = [move.phase for move in self.moves] if self.withdrawn else []
        return max(phases) if phases and None not in phases else None

    def moved(self, figure: str) -> int | None:
        """Sum of a figure over the moves that state it; None where none does."""
        stated = [getattr(move, figure) for move in self.moves if getattr(move, figure) is not None]
        return sum(stated) if stated else None


@dataclass(frozen=True)
class Scope:
    """What is judged: codes of villages with all that is theirs, of sites, and of patches that belong to no village."""

    villages: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    patches: frozenset[str] = frozenset()

    @property
    def units(self) -> set[Unit]:
        """The same as units."""
        named = (("village", self.villages), ("site", self.sites), ("patch", self.patches))
        return {(kind, code) for kind, codes in named for code in codes}


class Subjects:
    """The rows that a rule judges, in the order of their tables; what they refer to is found in the index, judged or not."""

    def __init__(self, index: PlanIndex, scenario: str, scope: Scope | None = None) -> None:
        """scope: None is the whole plan."""
        self.index, self.scenario, self.scope = index, scenario, scope
        self._decided: dict[str, Decided | None] = {}

    def villages(self) -> Iterable[Any]:
        """Rows of table `village`."""
        return self._of_scope("village", "villages")

    def sites(self) -> Iterable[Any]:
        """Rows of table `site`."""
        return self._of_scope("site", "sites")

    def hamlets(self) -> Iterator[Decided]:
        """Hamlets with their decisions; a code that occurs twice only once."""
        return self._decisions(self._of_villages("hamlet"))

    def hamlets_of(self, village: str) -> Iterator[Decided]:
        """The hamlets of a village, judged or not."""
        return self._decisions(self.index.hamlet.of("village_code", village))

    def moves(self) -> Sequence[Any]:
        """Moves of the scenario whose hamlet exists."""
        if self.scope is None:
            return [move for move in self.index.move if move.scenario == self.scenario and self.hamlet(move.hamlet_code) is not None]
        return self.index.move.in_order([move for hamlet in self.hamlets() for move in hamlet.moves])

    def patches(self) -> Sequence[Any]:
        """Rows of table `patch`."""
        table = self.index.patch
        if self.scope is None:
            return table.rows
        loose = [row for row in map(table.get, self.scope.patches) if row is not None and self.unit("patch", row.code) == ("patch", row.code)]
        return table.in_order([*loose, *(row for hamlet in self.hamlets() for row in table.of("hamlet_code", hamlet.code))])

    def of_villages(self, table: str) -> Sequence[Any]:
        """Rows of a table with a column `village_code`."""
        return self._of_villages(table)

    def categories(self) -> list[Any]:
        """Rows of table `category` of the scenario."""
        return [row for row in self._of_villages("category") if row.scenario == self.scenario]

    def hamlet(self, code: str | None) -> Decided | None:
        """A hamlet, judged or not; None for a code that the plan lacks."""
        if code not in self._decided:
            row = self.index.hamlet.get(code)
            self._decided[str(code)] = None if row is None else Decided(row, self._action(row.code), self._moves(row.code))
        return self._decided[str(code)]

    def unit(self, kind: str, code: str) -> Unit | None:
        """The village, site or loose patch that a subject belongs to; None for what concerns the whole plan."""
        if kind in ("site", "village"):
            return kind, code
        table = {"hamlet": self.index.hamlet, "consent": self.index.consent}.get(kind)
        if table is not None:
            row = table.get(code)
            return None if row is None or row.village_code is None else ("village", row.village_code)
        if kind != "patch":
            return None
        patch = self.index.patch.get(code)
        hamlet = None if patch is None else self.index.hamlet.get(patch.hamlet_code)
        return ("patch", code) if hamlet is None or hamlet.village_code is None else ("village", hamlet.village_code)

    def _of_scope(self, table: str, codes: str) -> Iterable[Any]:
        rows = getattr(self.index, table)
        if self.scope is None:
            return rows.rows
        return rows.in_order([row for row in map(rows.get, getattr(self.scope, codes)) if row is not None])

    def _of_villages(self, table: str) -> Sequence[Any]:
        rows = getattr(self.index, table)
        if self.scope is None:
            return rows.rows
        return rows.in_order([row for village in self.scope.villages for row in rows.of("village_code", village)])

    def _decisions(self, rows: Iterable[Any]) -> Iterator[Decided]:
        for row in rows:
            hamlet = self.hamlet(row.code)
            if hamlet is not None and hamlet.row is row:
                yield hamlet

    def _action(self, hamlet: str) -> str:
        stated = [row.action for row in self.index.action.of("hamlet_code", hamlet) if row.scenario == self.scenario and row.action is not None]
        return stated[-1] if stated else UNDECIDED

    def _moves(self, hamlet: str) -> list[Any]:
        return [move for move in self.index.move.of("hamlet_code", hamlet) if move.scenario == self.scenario]
