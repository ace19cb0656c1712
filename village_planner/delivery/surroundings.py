"""What lies around a township on its own sheets: its neighbours by name, and where moves across its border lead to or come from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import shapely

from village_planner.delivery.sheet_frames import OUTSIDE
from village_planner.spatial.columns import objects

NEIGHBOURS, BEYOND = "neighbours", "beyond"
"""The frame of the other townships (`township_name`, `geom`), and the column of a township's `moves` that names the place beyond the border, None within it."""
NOTE = "跨乡镇迁并的箭头，旁注“至”的为迁入地，旁注“自”的为迁出地。"
_TO, _FROM = "至 {0}{1}", "自 {0}{1}"
# Of the longer side of a township, the least that is seen around it.
_MARGIN = 0.03


def with_margin(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Bounds (west, south, east, north) with room for the names of what lies around."""
    west, south, east, north = bounds
    margin = _MARGIN * max(east - west, north - south)
    return west - margin, south - margin, east + margin, north + margin


def places_beyond(moves: pd.DataFrame, begins: Sequence[bool], from_townships: Sequence[str], to_townships: Sequence[str]) -> list[str | None]:
    """How each move says where it leads to or comes from; None for one that stays within.

    moves: those that begin or end in a township. begins: whether in it. from_townships, to_townships: names, '' where unknown; that of the township itself
    in both for a move that stays.
    """
    texts: list[str | None] = []
    for begin, coming, going, village, destination in zip(begins, from_townships, to_townships, moves["village_name"], moves["destination_name"]):
        if begin:
            texts.append(None if coming == going else _TO.format(going, destination))
        else:
            texts.append(_FROM.format(coming, village))
    return texts


def lines_beyond(moves: pd.DataFrame) -> pd.DataFrame:
    """`label` and `geom` of the moves across the border: lines whose last point is the place beyond it."""
    own = moves[moves[BEYOND].notna()]
    lines = [shapely.reverse(geom) if outside else geom for geom, outside in zip(own["geom"], own[OUTSIDE])]
    return pd.DataFrame({"label": list(own[BEYOND]), "geom": objects(lines)})
