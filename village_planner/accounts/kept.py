"""The accounts of one scenario that rest on geometry, each reckoned when it is first asked for, then kept."""

from __future__ import annotations

import time
from typing import Any, Callable, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.boundary import positions
from village_planner.accounts.cultivated import cultivated_base, cultivated_of, taken_farmland
from village_planner.accounts.facilities import facilities_served
from village_planner.accounts.farmland import farmland_entries
from village_planner.accounts.land import Base, balance_of, land_base, land_items, newly_taken
from village_planner.accounts.line_areas import line_areas
from village_planner.accounts.parcel_table import ParcelTable
from village_planner.accounts.parcels import LAND_USE
from village_planner.accounts.people_and_land import per_capita_land, village_per_capita
from village_planner.accounts.townships import Ground, Townships
from village_planner.base import Feedback, SilentFeedback
from village_planner.base.feedback import QuietFeedback
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers
from village_planner.standards import Profile

_UNITS = ("township", "village")
_GROUND = {"township": ("code",), "village": ("code", "township_code")}


class Held:
    """Accounts that are kept from one snapshot of a plan to the next, while the tables that they rest on are the same objects.

    Of townships and villages it is enough that they have the same codes and polygons.

    For one set of layers and one profile. seconds: how long it took in all to reckon what rests on townships and villages alone.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._held: dict[Any, tuple[list[pd.DataFrame], Any]] = {}

    def once(self, name: Any, data: PlanData, tables: Sequence[str], reckon: Callable[[], Any]) -> Any:
        """What `reckon` gave when these tables were last otherwise."""
        frames = [data.tables[table] for table in tables]
        held = self._held.get(name)
        if held is not None and all(map(_same, tables, held[0], frames)):
            return held[1]
        begun, spent = time.perf_counter(), self.seconds
        made = reckon()
        if set(tables) <= set(_UNITS):
            # What this one asked for in its turn is in its own time already.
            self.seconds = spent + time.perf_counter() - begun
        self._held[name] = frames, made
        return made


def same_units(one: PlanData, other: PlanData) -> bool:
    """Whether townships and villages of two snapshots have the same codes and polygons."""
    return all(_same(table, one.tables[table], other.tables[table]) for table in _UNITS)


class Accounts:
    """What several steps ask of the same plan: each method gives what the function of its name gives, and reckons it once.

    The frames are shared: copy before changing. feedback: is asked whether to stop; hears of no progress.
    """

    def __init__(self, data: PlanData, layers: Layers, profile: Profile, scenario: str, feedback: Feedback | None = None, held: Held | None = None) -> None:
        """held: of earlier snapshots of the plan."""
        self.data, self.layers, self.profile, self.scenario = data, layers, profile, scenario
        self._feedback = QuietFeedback(feedback or SilentFeedback())
        self._known: dict[Any, Any] = {}
        self._held = Held() if held is None else held

    def land_balance(self) -> pd.DataFrame:
        """Village construction land."""
        return self._once("land_balance", lambda: balance_of(self.data, self.land_base(), None if self.land_base().source == "nothing" else self.land_items()))

    def land_base(self) -> Base:
        """Present village construction land."""
        tables = _UNITS if self.layers.has(LAND_USE) else (*_UNITS, "hamlet", "patch")
        return self._once("land_base", lambda: land_base(
            self.data, self.layers, self.profile, self._parcels(), self.townships(), self._feedback
        ), tables)  # fmt: skip

    def land_items(self) -> pd.DataFrame:
        """What each patch and site changes of it."""
        return self._once(
            "land_items", lambda: land_items(self.data, self.layers, self.profile, self.scenario, self.townships(), self._feedback)
        )

    def newly_taken(self) -> pd.DataFrame:
        """What new patches and sites take outside the present built footprint."""
        return self._once("newly_taken", lambda: newly_taken(self.data, self.layers, self.profile, self._feedback), ("patch", "site"))

    def taken_farmland(self) -> pd.DataFrame:
        """What they take of cultivated land."""
        return self._once(
            "taken_farmland",
            lambda: taken_farmland(self.data, self.layers, self.profile, self.newly_taken(), self.townships(), self._feedback),
        )

    def farmland_entries(self, reach_m: float) -> pd.DataFrame:
        """What is taken of cultivated land and reclaimed to it, by quality."""
        return self._once(("farmland_entries", reach_m), lambda: farmland_entries(
            self.data, self.layers, self.profile, self.scenario, reach_m, self.newly_taken(), self.townships(), self._feedback
        ))  # fmt: skip

    def cultivated_base(self) -> Base:
        """Present cultivated land, net of ridges."""
        return self._once("cultivated_base", lambda: cultivated_base(
            self.data, self.layers, self.profile, self._parcels(), self.townships()
        ), _UNITS)  # fmt: skip

    def cultivated_balance(self) -> pd.DataFrame:
        """Cultivated land."""
        return self._once(
            "cultivated_balance", lambda: cultivated_of(self.data, self.profile, self.scenario, self.cultivated_base(), self.taken_farmland(), self.townships())
        )

    def village_per_capita(self) -> pd.DataFrame:
        """Village construction land per person of each village."""
        return self._once("village_per_capita", lambda: village_per_capita(self.data, self.profile, self.scenario))

    def per_capita_land(self) -> pd.DataFrame:
        """Village construction land per person of villages, townships and the plan."""
        return self._once("per_capita_land", lambda: per_capita_land(
            self.data, self.layers, self.profile, self.scenario, balance=self.land_balance(), villages=self.village_per_capita()
        ))  # fmt: skip

    def line_areas(self, item: str) -> Ground:
        """Area of a control line in each township."""
        return self._once(("line_areas", item), lambda: line_areas(self.data, self.layers, item, self.townships(), self._feedback), _UNITS)

    def facilities_served(self, reach_m: float) -> pd.DataFrame:
        """The facilities with the hamlet and village that each serves."""
        return self._once(("facilities_served", reach_m), lambda: facilities_served(
            self.data, self.layers, self.profile, reach_m
        ), ("patch", "hamlet", "village"))  # fmt: skip

    def positions(self) -> pd.DataFrame:
        """Where each village lies against the development boundary."""
        return self._once("positions", lambda: positions(self.data, self.layers, self.profile))

    def townships(self) -> Townships:
        """Which township a place belongs to."""
        return self._once("townships", lambda: Townships(self.data), _UNITS)

    def _parcels(self) -> ParcelTable:
        return self._once("parcels", lambda: ParcelTable(self.layers, self.townships(), self.data.crs))

    def _once(self, name: Any, reckon: Callable[[], Any], tables: Sequence[str] = ()) -> Any:
        """tables: all that the plan has to say in it, where it shall be kept for the next snapshot."""
        if name not in self._known:
            self._feedback.check()
            self._known[name] = self._held.once(name, self.data, tables, reckon) if tables else reckon()
        return self._known[name]


def _same(table: str, one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two frames of a table are the same, as far as accounts rest on it."""
    if one is other:
        return True
    if table not in _GROUND or len(one) != len(other) or not all(one[name].equals(other[name]) for name in _GROUND[table]):
        return False
    mine, others = one["geom"].to_numpy(), other["geom"].to_numpy()
    new = np.flatnonzero([a is not b for a, b in zip(mine, others)])
    return bool(shapely.equals_exact(mine[new], others[new]).all())
