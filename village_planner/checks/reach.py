"""How far an edit reaches: the villages, sites and patches of which a rule of local reach may find something else afterwards."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

import numpy as np
import shapely

from village_planner.checks.subjects import Scope
from village_planner.plan.index import PlanIndex, TableIndex
from village_planner.plan.schema import BY_NAME, Destination
from village_planner.spatial.arrays import objects

Keys = Mapping[str, Sequence[Mapping[str, Any]]]


def scope_of(before: PlanIndex, after: PlanIndex, changed: Keys, scenario: str) -> Scope | None:
    """What has to be judged anew after an edit; None: everything.

    changed: by table the natural keys of the rows, as in plan.Change. A rule of local reach finds the same as before outside the
    scope, since all that it reads of a village or site lies there: its own rows, the hamlets and sites that its moves lead to,
    the moves that lead to it, the way of its moves on from there, and patches and sites on the same ground.
    """
    if any(keys and name in _EVERYTHING for name, keys in changed.items()):
        return None
    if any(_is_another_place(before, after, key) for key in changed.get("village", ())):
        return None
    spread = _Spread(before, after, scenario)
    for name, keys in changed.items():
        for key in keys if name in _TOUCHED else ():
            for index in (before, after):
                row = getattr(index, name).get(*(key.get(column) for column in BY_NAME[name].key))
                if row is not None:
                    _TOUCHED[name](spread, row)
    return spread.scope()


class _Spread:
    """Gathers what is touched, in the plan as it was and as it is."""

    def __init__(self, before: PlanIndex, after: PlanIndex, scenario: str) -> None:
        self._indexes, self._scenario = (before, after), scenario
        self._villages: set[str] = set()
        self._sites: set[str] = set()
        self._patches: set[str] = set()
        self._followed: set[str] = set()

    def scope(self) -> Scope:
        return Scope(frozenset(self._villages), frozenset(self._sites), frozenset(self._patches))

    def village(self, code: str | None) -> None:
        """A village alone."""
        if code is not None:
            self._villages.add(code)

    def hamlet_alone(self, code: str | None) -> None:
        """The village of a hamlet."""
        for index in self._indexes:
            row = index.hamlet.get(code)
            if row is not None:
                self.village(row.village_code)

    def hamlet(self, code: str | None) -> None:
        """A hamlet with those whose moves lead to it, also over others, where its own moves lead, and what lies on its ground."""
        if code is None:
            return
        self.hamlet_alone(code)
        self._upstream(code)
        for index in self._indexes:
            for move in index.move.of("hamlet_code", code):
                self.destination(move)
            self.ground(row.geom for row in index.patch.of("hamlet_code", code))

    def consent(self, row: Any) -> None:
        """Its village and its hamlet, which may have come to another village since."""
        self.village(row.village_code)
        self.hamlet_alone(row.hamlet_code)

    def move(self, row: Any) -> None:
        """The hamlet that goes and where it goes."""
        self.hamlet(row.hamlet_code)
        self.destination(row)

    def destination(self, move: Any) -> None:
        """Where a move leads."""
        if move.destination_kind == Destination.HAMLET.value:
            self.hamlet_alone(move.destination_code)
        elif move.destination_kind == Destination.SITE.value and move.destination_code is not None:
            self._sites.add(move.destination_code)
            for index in self._indexes:
                row = index.site.get(move.destination_code)
                self.village(None if row is None else row.village_code)

    def site(self, code: str) -> None:
        """A site with its village, those who move there, and what lies on its ground."""
        self._sites.add(code)
        for index in self._indexes:
            row = index.site.get(code)
            if row is not None:
                self.village(row.village_code)
                self.ground([row.geom])
            for move in index.move.of("destination_code", code):
                self.hamlet_alone(move.hamlet_code)

    def patch(self, row: Any) -> None:
        """A patch with its hamlet and what lies on its ground."""
        self.hamlet(row.hamlet_code)
        self._patch_alone(row)
        self.ground([row.geom])

    def ground(self, geoms: Any) -> None:
        """Patches and sites whose bounds meet those of some geometries."""
        bounds = shapely.bounds(objects(list(geoms)))
        for index in self._indexes:
            for row in _meeting(index.patch, bounds):
                self._patch_alone(row)
            for row in _meeting(index.site, bounds):
                self._sites.add(row.code)
                self.village(row.village_code)

    def village_with_hamlets(self, code: str) -> None:
        """A village that may be called otherwise or belong to another township: all that its hamlets and sites reach."""
        self.village(code)
        for index in self._indexes:
            for row in index.hamlet.of("village_code", code):
                self.hamlet(row.code)
            for row in index.site.of("village_code", code):
                self.site(row.code)

    def area(self, code: str) -> None:
        """The villages of a township; of any other area those of the whole plan."""
        for index in self._indexes:
            is_township = index.township.get(code) is not None
            for row in index.village.of("township_code", code) if is_township else index.village:
                self.village(row.code)

    def _patch_alone(self, row: Any) -> None:
        # A patch may be without a village before, and have one afterwards.
        self._patches.add(row.code)
        self.hamlet_alone(row.hamlet_code)

    def _upstream(self, code: str) -> None:
        """The villages of all hamlets from which a way of moves leads to a hamlet: a circle may close or open for them."""
        waiting = [code]
        while waiting:
            target = waiting.pop()
            if target in self._followed:
                continue
            self._followed.add(target)
            for index in self._indexes:
                for move in index.move.of("destination_code", target):
                    if move.scenario == self._scenario and move.destination_kind == Destination.HAMLET.value:
                        self.hamlet_alone(move.hamlet_code)
                        waiting.append(move.hamlet_code)


def _is_another_place(before: PlanIndex, after: PlanIndex, key: Mapping[str, Any]) -> bool:
    """Whether a village has another polygon, township or name: it is compared with those around it, and named in findings of its township."""
    was, now = before.village.get(key["code"]), after.village.get(key["code"])
    if was is None or now is None or (was.township_code, was.name) != (now.township_code, now.name):
        return True
    if was.geom is None or now.geom is None:
        return was.geom is not now.geom
    return was.geom is not now.geom and not shapely.equals_exact(was.geom, now.geom)


def _meeting(table: TableIndex, bounds: np.ndarray) -> list[Any]:
    """Rows whose bounds meet some bounds (n, 4)."""
    mine = table.bounds
    found: set[int] = set()
    with np.errstate(invalid="ignore"):
        for x0, y0, x1, y1 in bounds:
            meets = (mine[:, 0] <= x1) & (mine[:, 2] >= x0) & (mine[:, 1] <= y1) & (mine[:, 3] >= y0)
            found.update(np.flatnonzero(meets).tolist())
    return [table.rows[place] for place in found]


_EVERYTHING = ("plan", "phase", "scenario", "township", "control_layer")
"""Tables that findings of any village may rest on: phases, names, the layers themselves."""
_TOUCHED: Mapping[str, Callable[[_Spread, Any], None]] = {
    "category": lambda spread, row: spread.village(row.village_code),
    "consent": lambda spread, row: spread.consent(row),
    "fixed_village": lambda spread, row: spread.village(row.village_code),
    "action": lambda spread, row: spread.hamlet(row.hamlet_code),
    "move": lambda spread, row: spread.move(row),
    "patch": lambda spread, row: spread.patch(row),
    "site": lambda spread, row: spread.site(row.code),
    "site_capacity": lambda spread, row: spread.site(row.site_code),
    "hamlet": lambda spread, row: spread.hamlet(row.code),
    "village": lambda spread, row: spread.village_with_hamlets(row.code),
    "quota": lambda spread, row: spread.area(row.area_code),
}
