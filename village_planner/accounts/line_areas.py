"""The area of the control lines of which the level above states how much there must be, by township."""

from __future__ import annotations

import numpy as np
import pandas as pd

from village_planner.accounts.ground import counted_once, usable_deduction
from village_planner.accounts.townships import Ground, Townships
from village_planner.base import Feedback
from village_planner.plan.data import PlanData
from village_planner.plan.layer_frames import BOUNDS
from village_planner.plan.layers import Layers
from village_planner.spatial.area import ellipsoidal_area_m2, net_area_m2
from village_planner.spatial.overlay import overlap_areas, overlaps

LINES = {"basic_farmland_m2": "permanent_basic_farmland", "redline_m2": "ecological_redline"}
"""Items that state the area of a control line, with its kind."""

_NET = ("basic_farmland_m2",)
_COLUMNS = ("feature", "deduction", "geom_area_m2", *BOUNDS)


def line_areas(data: PlanData, layers: Layers, item: str, townships: Townships | None = None, feedback: Feedback | None = None) -> Ground:
    """Area of a control line (an item of LINES) within each township's ground: basic farmland net of ridges, the red line gross.

    Ground under several features counts once; a piece that the engine fails on is NaN. Without the layer, or in a
    township without polygons, there is nothing: ask `layers` and `Townships` first.
    """
    townships = townships or Townships(data)
    rows = layers.read(LINES[item], columns=_COLUMNS, tiled=True)
    rows = rows[rows["min_x"].notna()].reset_index(drop=True)
    rows["deduction"] = usable_deduction(rows["deduction"].to_numpy()) if item in _NET else 0.0
    twice = set(layers.overlapping(LINES[item]).ravel().tolist())
    alone = ~rows["feature"].isin(twice).to_numpy()
    codes, certain = townships.of_boxes(rows[[*BOUNDS]].to_numpy())
    whole = alone & certain & rows["geom_area_m2"].notna().to_numpy()
    pieces = [_whole(rows[whole], codes[whole])]
    for chosen, measure in ((alone & ~whole, _measured), (~alone, _measured_once)):
        if chosen.any():
            pieces.append(measure(_with_geometry(layers, LINES[item], rows[chosen]), townships, data.crs, feedback))
    table = pd.concat(pieces, ignore_index=True)
    return Ground(table["area_m2"].to_numpy(dtype=float), table["township"].to_numpy(dtype=object))


def _whole(rows: pd.DataFrame, codes: np.ndarray) -> pd.DataFrame:
    """Features and tiles that lie wholly within one township, or outside all of them."""
    areas_m2 = net_area_m2(rows["geom_area_m2"].to_numpy(), rows["deduction"].to_numpy())
    known = ~pd.isna(codes)
    return pd.DataFrame({"area_m2": areas_m2[known], "township": codes[known]})


def _measured(rows: pd.DataFrame, townships: Townships, crs: int, feedback: Feedback | None) -> pd.DataFrame:
    """Features and tiles of which no two overlap: what each has in each township."""
    ground, codes = townships.ground()
    pairs = overlap_areas(ground, rows["geom"].to_numpy(), crs, rows["geom_area_m2"].to_numpy(), feedback)
    areas_m2 = net_area_m2(pairs["area_m2"].to_numpy(), rows["deduction"].to_numpy()[pairs["other"].to_numpy(dtype=int)])
    return pd.DataFrame({"area_m2": areas_m2, "township": codes[pairs["subject"].to_numpy(dtype=int)]})


def _measured_once(rows: pd.DataFrame, townships: Townships, crs: int, feedback: Feedback | None) -> pd.DataFrame:
    """Features that may overlap, each piece of ground once."""
    ground, codes = townships.ground()
    # Asked from the features' side: most lie wholly in one township, which prepared geometry tells without an overlay.
    pairs = overlaps(rows["geom"].to_numpy(), ground, feedback).rename(columns={"subject": "other", "other": "subject"})
    pairs["deduction"] = rows["deduction"].to_numpy()[pairs["other"].to_numpy(dtype=int)]
    failed = pairs["error"] != ""
    good = counted_once(pairs[~failed])
    areas_m2 = net_area_m2(ellipsoidal_area_m2(good["part"].to_numpy(), crs), good["deduction"].to_numpy())
    owners = codes[np.array([*good["subject"], *pairs.loc[failed, "subject"]], dtype=int)]
    return pd.DataFrame({"area_m2": [*areas_m2, *[np.nan] * int(failed.sum())], "township": owners})


def _with_geometry(layers: Layers, kind: str, rows: pd.DataFrame) -> pd.DataFrame:
    found = layers.read(kind, columns=("feature", *BOUNDS, "geom"), near=rows[[*BOUNDS]].to_numpy(), tiled=True)
    return rows.merge(found, on=["feature", *BOUNDS])
