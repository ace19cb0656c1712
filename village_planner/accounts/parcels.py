"""Land use parcels by class (地类) and by attribute of town and village (城镇村属性码), however their codes were kept."""

from __future__ import annotations

import re
from typing import Iterable, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.plan.layers import Layers
from village_planner.spatial.columns import objects

LAND_USE = "land_use"
_SHORTENED = re.compile(r"[1-9]([0-9H][0-9])?[A-Z]?")


def parcels_near(layers: Layers, geoms: np.ndarray) -> pd.DataFrame:
    """Land use parcels around some geometries; none without the layer or without geometries."""
    if not layers.has(LAND_USE) or shapely.is_missing(geoms).all() or shapely.is_empty(geoms).all():
        return pd.DataFrame({"source_id": [], "class_code": [], "built_code": [], "deduction": [], "geom": objects([])})
    return layers.read(LAND_USE, bbox=tuple(shapely.total_bounds(geoms)))


def parcels_of_class(parcels: pd.DataFrame, prefixes: Sequence[str], built_codes: Iterable[str] | None) -> pd.DataFrame:
    """The parcels with a polygon whose class begins with one of `prefixes` and whose CZCSXM is one of `built_codes` (None: any)."""
    chosen = np.array([code.startswith(tuple(prefixes)) for code in class_codes(parcels["class_code"])], dtype=bool)
    if built_codes is not None:
        wanted = {_code(code) for code in built_codes}
        chosen &= np.array([_code(code) in wanted for code in parcels["built_code"]], dtype=bool)
    chosen &= ~shapely.is_missing(parcels["geom"].to_numpy())
    return parcels[chosen]


def each_once(parcels: pd.DataFrame) -> pd.DataFrame:
    """The parcels without those whose polygon equals an earlier one: a layer may have been imported twice."""
    shapes = pd.Series(shapely.to_wkb(shapely.normalize(parcels["geom"].to_numpy())), dtype=object)
    return parcels[~shapes.duplicated().to_numpy()]


def class_codes(codes: Iterable[object]) -> list[str]:
    """Land use codes (DLBM) as the survey writes them; "" for null.

    Blanks go and letters become capitals. A table program that took the codes for numbers has cut their leading zero
    (701 for 0701): it is put back where no code of the column has one.
    """
    texts = [_code(code) for code in codes]
    if any(text.startswith("0") for text in texts):
        return texts
    return [f"0{text}" if _SHORTENED.fullmatch(text) else text for text in texts]


def _code(value: object) -> str:
    text = "" if pd.isna(value) else "".join(str(value).split()).upper()
    return text[:-2] if text.endswith(".0") else text
