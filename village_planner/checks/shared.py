"""What several rules of one run ask for, worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Callable, Hashable, Sequence, TypeVar

import pandas as pd

from village_planner.accounts import Accounts
from village_planner.accounts.kept import Held
from village_planner.base import Feedback
from village_planner.base.feedback import QuietFeedback
from village_planner.checks.covering import Choice, Covered, Covers, Item, covered
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers
from village_planner.standards import Profile

Made = TypeVar("Made")


class Memory:
    """What is kept from one run to the next on the same control layers and profile."""

    def __init__(self) -> None:
        self.covers, self.held = Covers(), Held()


class Shared:
    """Made once for a run; accounts: those of the scenario, each reckoned when first asked for."""

    def __init__(
        self, data: PlanData, layers: Layers, profile: Profile, scenario: str, feedback: Feedback, memory: Memory | None = None
    ) -> None:
        """memory: of earlier runs."""
        memory = Memory() if memory is None else memory
        self.accounts = Accounts(data, layers, profile, scenario, feedback, memory.held)
        self._layers, self._crs, self._feedback = layers, data.crs, QuietFeedback(feedback)
        self._control_layer = data.control_layer
        self.covers = memory.covers
        self._made: dict[Hashable, Any] = {}

    def once(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, made when it is first asked for under this name."""
        if name not in self._made:
            self._feedback.check()
            self._made[name] = make()
        return self._made[name]

    @cached_property
    def set_aside(self) -> list[tuple[str, str, int]]:
        """Of the control layers of which intake could not read everything: kind, title and how many features."""
        rows = zip(*(self._control_layer[name].to_numpy(dtype=object) for name in ("kind", "title", "set_aside")))
        return [(str(kind), str(title), int(count)) for kind, title, count in rows if count is not pd.NA and count]

    def covered(self, kind: str, items: Sequence[Item], min_m2: float, chosen: Choice | None = None, name: str = "") -> list[Covered | None]:
        """`covering.covered`; name: of the choice, other than that of every other choice of the kind."""
        return self.covers.of(
            (kind, name, min_m2), items, lambda unknown: covered(self._layers, kind, unknown, self._crs, min_m2, chosen, self._feedback)
        )
