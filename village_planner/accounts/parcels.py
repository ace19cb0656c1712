"""Land use parcels by class (地类) and by attribute of town and village (城镇村属性码), however their codes were kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.plan.layers import Layers
from village_planner.spatial.columns import objects

LAND_USE = "land_use"
_COLUMNS = ("class_code", "built_code", "deduction", "geom_area_m2", "geom")
_SHORTENED = re.compile(r"[1-9]([0-9H][0-9])?[A-Z]?")


@dataclass(frozen=True)
class Codes:
    """A column of codes: its different texts ("" for null), and for each row the position of its own in them."""

    texts: Sequence[str]
    rows: np.ndarray

    @classmethod
    def of(cls, values: Iterable[object]) -> Codes:
        """The codes of a column, blanks gone and letters made capitals."""
        rows, different = pd.factorize(objects(list(values)))
        # Null has the position -1, which is the last.
        return cls([*map(_code, different), ""], rows)

    @classmethod
    def joined(cls, parts: Sequence[Codes]) -> Codes:
        """The codes of several columns below each other."""
        position: dict[str, int] = {}
        rows = [np.array([position.setdefault(text, len(position)) for text in part.texts], dtype=np.int64)[part.rows] for part in parts]
        return cls(list(position), np.concatenate(rows) if rows else np.array([], dtype=np.int64))

    def each(self, values: np.ndarray) -> np.ndarray:
        """For each row the value that belongs to its text; values: one for each of the texts."""
        return values[self.rows]


def parcels_near(layers: Layers, geoms: np.ndarray) -> pd.DataFrame:
    """Land use parcels whose bounds meet those of one of some geometries: class_code, built_code, deduction, geom_area_m2 (as in MEASURES), geom."""
    return layers.read(LAND_USE, columns=_COLUMNS, near=shapely.bounds(geoms))


def parcels_of_class(parcels: pd.DataFrame, prefixes: Sequence[str], built_codes: Iterable[str] | None) -> pd.DataFrame:
    """The parcels with a polygon whose class begins with one of `prefixes` and whose CZCSXM is one of `built_codes` (None: any)."""
    chosen = are_of_class(Codes.of(parcels["class_code"]), Codes.of(parcels["built_code"]), prefixes, built_codes)
    return parcels[chosen & ~shapely.is_missing(parcels["geom"].to_numpy())]


def each_once(parcels: pd.DataFrame) -> pd.DataFrame:
    """The parcels without those whose polygon equals an earlier one: a layer may have been imported twice."""
    geoms = parcels["geom"].to_numpy()
    again = np.flatnonzero(same_bounds(shapely.bounds(geoms)))
    shapes = pd.Series(shapely.to_wkb(shapely.normalize(geoms[again])), dtype=object)
    return parcels.drop(index=parcels.index[again[shapes.duplicated().to_numpy()]])


def same_bounds(bounds: np.ndarray) -> np.ndarray:
    """Whether each of (n, 4) bounds is there more than once: only such polygons can be equal."""
    return pd.DataFrame(bounds.reshape(-1, 4)).duplicated(keep=False).to_numpy()


def class_codes(codes: Iterable[object]) -> list[str]:
    """Land use codes (DLBM) as the survey writes them; "" for null.

    Blanks go and letters become capitals. A table program that took the codes for numbers has cut their leading zero
    (701 for 0701): it is put back where no code of the column has one.
    """
    column = Codes.of(codes)
    return list(column.each(objects(_survey_codes(column.texts))))


def are_of_class(classes: Codes, built: Codes, prefixes: Sequence[str], built_codes: Iterable[str] | None) -> np.ndarray:
    """Whether the class of each parcel begins with one of `prefixes` and its CZCSXM is one of `built_codes` (None: any)."""
    wanted = None if built_codes is None else {_code(code) for code in built_codes}
    is_class = np.array([code.startswith(tuple(prefixes)) for code in _survey_codes(classes.texts)], dtype=bool)
    is_built = np.array([wanted is None or text in wanted for text in built.texts], dtype=bool)
    return classes.each(is_class) & built.each(is_built)


def _survey_codes(texts: Sequence[str]) -> list[str]:
    if any(text.startswith("0") for text in texts):
        return list(texts)
    return [f"0{text}" if _SHORTENED.fullmatch(text) else text for text in texts]


def _code(value: object) -> str:
    text = "" if pd.isna(value) else "".join(str(value).split()).upper()
    return text[:-2] if text.endswith(".0") else text
