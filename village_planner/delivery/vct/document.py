"""What a VCT file holds: head, fields, and one layer of rows per feature code."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from village_planner.base import Message
from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC, central_meridian_deg, false_easting_m, has_zone_prefix

SPHEROID = "CGCS2000,6378137.0,298.257222101"
BOUNDARY_CODE = "1099000000"
"""Feature code of lines that only bound polygons; no table belongs to it."""
SHORT, LONG = "short", "long"
POINT, LINE, POLYGON, NO_GEOMETRY = "Point", "Line", "Polygon", "None"
_ZONES = {6: (4491, 4502), 3: (4513, 4534)}
"""First EPSG code of the zones of a width in degrees: with the zone number before the eastings, and without."""
_FIRST_MERIDIAN_DEG, _LAST_MERIDIAN_DEG = 75, 135


@dataclass(frozen=True)
class VctHead:
    """The head of a file.

    mark: `LANDUSE-VCT` or `CNSDTF-VCT`. crs: EPSG code of the CGCS2000 zone or 4490; None where the file states none that is known.
    parameters: how the projection is written: `short` (six values) or `long` (nine). scale: of the map, 1:scale. date: YYYYMMDD.
    entries: all entries as the file has them, in its order; empty for a head that is to be written.
    """

    crs: int | None
    mark: str = "LANDUSE-VCT"
    version: str = "3.0"
    parameters: str = SHORT
    scale: int = 2000
    date: str = ""
    separator: str = ","
    entries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class VctField:
    """A field: type as the format names it (`Char`, `Varchar`, `Int4`, `Float`, `Double`, `Date` …), width and decimals 0 where it states none."""

    name: str
    type: str
    width: int = 0
    precision: int = 0


@dataclass(frozen=True)
class VctLayer:
    """The objects of one feature code.

    code: feature code (YSDM). geometry: `Point`, `Line`, `Polygon` or `None`. table: name of the table.
    rows: one column per field (text, int, float, dates as ISO text; None for null) and `geom` (shapely or None), and `id`
    (the number of the object in the file) where the layer was read.
    """

    code: str
    title: str
    geometry: str
    table: str
    fields: tuple[VctField, ...]
    rows: pd.DataFrame


@dataclass(frozen=True)
class VctContent:
    """A file as it was read. doubts: what was odd, in the order of the file; nothing of it was left out without a word."""

    head: VctHead
    layers: tuple[VctLayer, ...]
    doubts: tuple[Message, ...] = ()


def head_for(crs: int, date: str, mark: str = "LANDUSE-VCT", parameters: str = SHORT, scale: int = 2000) -> VctHead:
    """The head of a file to be written in the CRS `crs` (EPSG of a CGCS2000 zone, or 4490); date: YYYYMMDD. ValueError for any other CRS."""
    if crs != CGCS2000_GEOGRAPHIC:
        central_meridian_deg(crs)
    version = "3.0" if mark == "LANDUSE-VCT" else "GB/T 17798-2007"
    return VctHead(crs, mark, version, parameters, scale, date)


def head_entries(head: VctHead, extent: tuple[float, float, float, float], decimals: int) -> dict[str, str]:
    """The entries of a head in the order of the format. extent: least x and y, greatest x and y, in units of the CRS."""
    if head.crs is None:
        raise ValueError("a file to be written needs a CRS")
    projected = head.crs != CGCS2000_GEOGRAPHIC
    entries = {"DataMark": head.mark, "Version": head.version, "CoordinateSystemType": "P" if projected else "D", "Dim": "2"}
    if projected:
        entries |= {"XAxisDirection": "E", "YAxisDirection": "N"}
    entries |= {"XYUnit": "M" if projected else "D", "ZUnit": "M", "Spheroid": SPHEROID, "PrimeMeridian": "Greenwich"}
    if projected:
        entries |= {"Projection": "高斯-克吕格投影", "Parameters": _parameters(head.crs, head.parameters)}
    low, high = (",".join(f"{value:.{decimals}f}" for value in corner) for corner in (extent[:2], extent[2:]))
    return entries | {
        "VerticalDatum": "1985国家高程基准", "TemporalReferenceSystem": "北京时间", "ExtentMin": low, "ExtentMax": high,
        "MapScale": str(head.scale), "Offset": "0,0", "Date": head.date, "Separator": head.separator,
    }  # fmt: skip


def crs_of(entries: dict[str, str]) -> int | None:
    """EPSG code that the entries of a head (names in lower case) describe; None where they describe no CGCS2000 zone and not 4490."""
    if "cgcs2000" not in entries.get("spheroid", "").lower() and not entries.get("spheroid", "").replace(" ", "").endswith("6378137.0,298.257222101"):
        return None
    kind = entries.get("coordinatesystemtype", "").upper()
    if kind == "D":
        return CGCS2000_GEOGRAPHIC
    values = [value.strip() for value in entries.get("parameters", "").split(",")]
    if kind != "P" or len(values) not in (6, 9):
        return None
    easting, width = values[2 if len(values) == 6 else 5], values[-2]
    try:
        return _zone(float(values[0]), float(easting), int(float(width or 3)))
    except ValueError:
        return None


def _zone(meridian_deg: float, easting_m: float, width_deg: int) -> int | None:
    firsts = _ZONES.get(width_deg)
    steps = (meridian_deg - _FIRST_MERIDIAN_DEG) / width_deg
    if firsts is None or steps != int(steps) or not _FIRST_MERIDIAN_DEG <= meridian_deg <= _LAST_MERIDIAN_DEG:
        return None
    return next((first + int(steps) for first in firsts if false_easting_m(first + int(steps)) == easting_m), None)


def _parameters(crs: int, parameters: str) -> str:
    """Central meridian, scale, false easting and northing, width of the zone, its number (empty without a prefix); the long form has empty places between."""
    meridian, easting = central_meridian_deg(crs), false_easting_m(crs)
    width = 6 if crs < _ZONES[3][0] else 3
    zone = str(int(easting // 1_000_000)) if has_zone_prefix(crs) else ""
    if parameters == LONG:
        return f"{meridian:g},,,,1.0,{easting:.0f},0.0,{width},{zone}"
    return f"{meridian:g},1,{easting:.0f},0,{width},{zone}"
