"""Coordinate reference systems: what a layer's CRS is, which one a plan works in, and the way between them."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Sequence

import numpy as np
import shapely
from osgeo import gdal, osr

from village_planner.base.errors import InputError
from village_planner.base.messages import Message

with warnings.catch_warnings():
    # In a virtual environment pyproj warns on import that it has no data; _ensure_proj_data() below finds it.
    warnings.simplefilter("ignore")
    import pyproj
    import pyproj.datadir
    from pyproj.exceptions import CRSError, DataDirError, ProjError

CGCS2000_GEOGRAPHIC = 4490
_SEMI_MAJOR_M = 6378137.0
_INVERSE_FLATTENING = 298.257222101
_FIRST_3_DEGREE_MERIDIAN, _LAST_3_DEGREE_MERIDIAN = 75, 135
_FIRST_3_DEGREE_EPSG = 4534


class CrsKind(str, Enum):
    """What the program can do with a CRS."""

    CGCS2000_PROJECTED = "cgcs2000_projected"
    CGCS2000_GEOGRAPHIC = "cgcs2000_geographic"
    OTHER = "other"
    MISSING = "missing"


@dataclass(frozen=True)
class CrsInfo:
    """A CRS as the program sees it.

    epsg: code, None where the CRS has none; central_meridian_deg: of a CGCS2000 zone, else None;
    zone_prefix: the zone number stands before the eastings (带号); wkt: empty when the CRS is missing.
    """

    epsg: int | None
    kind: CrsKind
    central_meridian_deg: float | None
    zone_prefix: bool
    name: str
    wkt: str = ""

    @property
    def key(self) -> int | str:
        """What `transform` takes for this CRS: the EPSG code, or the WKT where there is none."""
        return self.epsg if self.epsg is not None else self.wkt


MISSING_CRS = CrsInfo(None, CrsKind.MISSING, None, False, "")


def describe_crs(srs: osr.SpatialReference | str | int | None) -> CrsInfo:
    """Describe a CRS given as an osr object, WKT (EPSG or ESRI flavour), "EPSG:4547" or an EPSG code.

    A CGCS2000 Gauss-Kruger CRS is known by its parameters, not by its name, so that .prj files without
    an authority code are recognised. None, empty or unreadable gives kind MISSING.
    """
    reference = _as_reference(srs)
    wkt = "" if reference is None else _wkt(reference)
    if reference is None or not wkt:
        return MISSING_CRS
    name = reference.GetName() or ""
    # GeoPackage has two entries for "nobody knows", which GDAL hands out as CRS called Undefined.
    if reference.IsLocal() or name.lower().startswith(("undefined", "unknown")):
        return MISSING_CRS
    if _is_cgcs2000(reference):
        if reference.IsGeographic():
            return CrsInfo(CGCS2000_GEOGRAPHIC, CrsKind.CGCS2000_GEOGRAPHIC, None, False, name, wkt)
        epsg = _zone_epsg(reference)
        if epsg is not None:
            return CrsInfo(epsg, CrsKind.CGCS2000_PROJECTED, central_meridian_deg(epsg), has_zone_prefix(epsg), name, wkt)
    return CrsInfo(_authority_code(reference), CrsKind.OTHER, None, False, name, wkt)


def central_meridian_deg(epsg: int) -> float:
    """Central meridian, in degrees, of the CGCS2000 zone EPSG 4491-4554; ValueError for any other code."""
    if 4491 <= epsg <= 4501:
        return 75.0 + 6 * (epsg - 4491)
    if 4502 <= epsg <= 4512:
        return 75.0 + 6 * (epsg - 4502)
    if 4513 <= epsg <= 4533:
        return 75.0 + 3 * (epsg - 4513)
    if 4534 <= epsg <= 4554:
        return 75.0 + 3 * (epsg - 4534)
    raise ValueError(f"EPSG:{epsg} is not a CGCS2000 Gauss-Kruger zone")


def has_zone_prefix(epsg: int) -> bool:
    """Whether eastings of the CGCS2000 zone EPSG 4491-4554 begin with the zone number."""
    return 4491 <= epsg <= 4501 or 4513 <= epsg <= 4533


def false_easting_m(epsg: int) -> float:
    """What eastings of the CGCS2000 zone EPSG 4491-4554 have on the central meridian, in metres: 500,000 and the prefix."""
    central_meridian_deg(epsg)
    number = epsg - 4491 + 13 if epsg <= 4501 else epsg - 4513 + 25
    return 500_000.0 + (number * 1e6 if has_zone_prefix(epsg) else 0.0)


def three_degree_zone(longitudes_deg: np.ndarray | float) -> np.ndarray:
    """EPSG of the 3-degree zone without prefix (4534-4554) nearest to each longitude in degrees, held at both ends."""
    meridian = np.clip(np.rint(np.asarray(longitudes_deg, dtype=float) / 3) * 3, _FIRST_3_DEGREE_MERIDIAN, _LAST_3_DEGREE_MERIDIAN)
    return (_FIRST_3_DEGREE_EPSG + (meridian - _FIRST_3_DEGREE_MERIDIAN) / 3).astype(int)


def working_crs(geoms: np.ndarray, info: CrsInfo) -> int:
    """EPSG of the CRS that a plan works in, for data in the CRS `info`.

    A projected CGCS2000 CRS is kept; for anything else it is the 3-degree zone without prefix of the data's centre.
    Raises InputError when the CRS is missing, when there is no coordinate to choose by, or when the data lie
    outside the zones of the country.
    """
    if info.kind is CrsKind.CGCS2000_PROJECTED and info.epsg is not None:
        return info.epsg
    if info.kind is CrsKind.MISSING:
        raise InputError(Message("spatial.crs_missing", {}))
    bounds = shapely.total_bounds(geoms)
    if not np.all(np.isfinite(bounds)):
        raise InputError(Message("spatial.crs_no_coordinates", {}))
    transformer = transformer_between(info.key, CGCS2000_GEOGRAPHIC)
    longitude, _ = transformer.transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    if not _FIRST_3_DEGREE_MERIDIAN - 3 <= longitude <= _LAST_3_DEGREE_MERIDIAN + 3:
        raise InputError(Message("spatial.crs_outside_zones", {"longitude": f"{longitude:.2f}", "crs": info.name}))
    return int(three_degree_zone(longitude))


def transform(geoms: np.ndarray, from_crs: int | str, to_crs: int | str) -> np.ndarray:
    """Geometries in another CRS; x is easting or longitude on both sides; null stays null.

    CRS: EPSG code or WKT. A coordinate that cannot be transformed becomes infinite, which `repair` sets aside.
    Raises InputError when a CRS cannot be read or no way leads from one to the other.
    """
    geoms = np.asarray(geoms, dtype=object)
    if from_crs == to_crs or geoms.size == 0:
        return geoms
    transformer = transformer_between(from_crs, to_crs)

    def apply(coordinates: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(coordinates[:, 0], coordinates[:, 1]))

    return np.asarray(shapely.transform(geoms, apply), dtype=object)


@lru_cache(maxsize=64)
def transformer_between(from_crs: int | str, to_crs: int | str) -> pyproj.Transformer:
    """The transformer (always x, y) between two CRS given as EPSG code or WKT; InputError when there is none."""
    try:
        return pyproj.Transformer.from_crs(pyproj.CRS(from_crs), pyproj.CRS(to_crs), always_xy=True)
    except (CRSError, ProjError) as error:
        params = {"from_crs": _short(from_crs), "to_crs": _short(to_crs), "detail": str(error)[:200]}
        raise InputError(Message("spatial.crs_no_transformation", params)) from error


def looks_like(info: CrsInfo, bounds: Sequence[float]) -> Message | None:
    """A message when coordinates contradict their CRS, else None.

    bounds: min x, min y, max x, max y of the data; null or infinite bounds give None. Found are: degrees under a
    projected CRS, metres under a geographic one, a zone prefix (带号, eastings over 1,000,000) too many, missing,
    or of another zone.
    """
    if info.kind is CrsKind.MISSING or not np.all(np.isfinite(np.asarray(bounds, dtype=float))):
        return None
    params: dict[str, Any] = {"crs": info.name, "x": f"{bounds[0]:.3f}", "y": f"{bounds[1]:.3f}"}
    degrees = _are_degrees(bounds)
    if info.wkt.startswith("GEOG"):
        return None if degrees else Message("spatial.crs_metres_in_geographic", params)
    if info.kind is not CrsKind.CGCS2000_PROJECTED or info.epsg is None:
        return None
    if degrees:
        return Message("spatial.crs_degrees_in_projected", params)
    if not info.zone_prefix and bounds[0] > 1e6:
        return Message("spatial.crs_prefix_in_coordinates", params)
    if info.zone_prefix and bounds[2] < 1e6:
        return Message("spatial.crs_prefix_missing_in_coordinates", params)
    if info.zone_prefix and zone_from_coordinates(bounds) not in (info.epsg, None):
        return Message("spatial.crs_other_zone", {**params, "zone": int(bounds[0] // 1e6)})
    return None


def zone_from_coordinates(bounds: Sequence[float]) -> int | None:
    """EPSG of the CGCS2000 CRS that coordinates betray: 4490 for degrees, the prefixed zone for eastings over
    1,000,000 (13-23: 6-degree, 25-45: 3-degree), None where they do not tell (no prefix, or a mixture)."""
    if not np.all(np.isfinite(np.asarray(bounds, dtype=float))):
        return None
    if _are_degrees(bounds):
        return CGCS2000_GEOGRAPHIC
    zone, last_zone = int(bounds[0] // 1e6), int(bounds[2] // 1e6)
    if zone != last_zone:
        return None
    if 13 <= zone <= 23:
        return 4491 + zone - 13
    if 25 <= zone <= 45:
        return 4513 + zone - 25
    return None


def _wkt(reference: osr.SpatialReference) -> str:
    """WKT of a reference, "" for an empty one."""
    try:
        return reference.ExportToWkt() or ""
    except RuntimeError:
        # osr raises instead of returning nothing when somebody in the process called UseExceptions().
        return ""


def _as_reference(srs: osr.SpatialReference | str | int | None) -> osr.SpatialReference | None:
    if srs is None or isinstance(srs, osr.SpatialReference):
        return srs
    reference = osr.SpatialReference()
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        failed = reference.ImportFromEPSG(srs) if isinstance(srs, int) else reference.SetFromUserInput(srs)
    except RuntimeError:
        # osr raises instead of returning a code when somebody in the process called UseExceptions().
        failed = 1
    finally:
        gdal.PopErrorHandler()
    return None if failed else reference


def _is_cgcs2000(reference: osr.SpatialReference) -> bool:
    datum = (reference.GetAttrValue("DATUM") or "").lower().replace("_", " ")
    return (
        ("china 2000" in datum or "china geodetic" in datum or "cgcs2000" in datum or "cgcs 2000" in datum)
        and abs(reference.GetSemiMajor() - _SEMI_MAJOR_M) < 1e-3
        and abs(reference.GetInvFlattening() - _INVERSE_FLATTENING) < 1e-6
    )


def _zone_epsg(reference: osr.SpatialReference) -> int | None:
    code = _authority_code(reference)
    if code is not None and 4491 <= code <= 4554:
        return code
    projection = (reference.GetAttrValue("PROJECTION") or "").lower()
    if projection not in ("transverse_mercator", "gauss_kruger") or abs(reference.GetLinearUnits() - 1) > 1e-9:
        return None
    plain = (("scale_factor", 1.0), ("latitude_of_origin", 0.0), ("false_northing", 0.0))
    if any(abs(reference.GetProjParm(name, value) - value) > 1e-9 for name, value in plain):
        return None
    meridian = reference.GetProjParm("central_meridian", 0.0)
    zone, remainder = divmod(reference.GetProjParm("false_easting", 0.0) - 500_000.0, 1e6)
    if remainder != 0 or meridian % 3 != 0 or not 75 <= meridian <= 135:
        return None
    candidates = range(4534, 4555) if zone == 0 else [*range(4513, 4534), *range(4491, 4502)]
    for epsg in candidates:
        number = 0 if zone == 0 else (epsg - 4513 + 25 if epsg >= 4513 else epsg - 4491 + 13)
        if number == zone and central_meridian_deg(epsg) == meridian:
            return epsg
    return None


def _authority_code(reference: osr.SpatialReference) -> int | None:
    code = reference.GetAuthorityCode(None)
    if code is None:
        clone = reference.Clone()
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        try:
            clone.AutoIdentifyEPSG()
        except RuntimeError:
            return None
        finally:
            gdal.PopErrorHandler()
        reference, code = clone, clone.GetAuthorityCode(None)
    if code is None or reference.GetAuthorityName(None) != "EPSG" or not code.isdigit():
        return None
    return int(code)


def _are_degrees(bounds: Sequence[float]) -> bool:
    return -180 <= bounds[0] and bounds[2] <= 180 and -90 <= bounds[1] and bounds[3] <= 90


def _short(crs: int | str) -> str:
    return f"EPSG:{crs}" if isinstance(crs, int) else crs[:60]


def _ensure_proj_data() -> None:
    """Let pyproj find proj.db where the interpreter is a virtual environment over system packages."""
    try:
        pyproj.datadir.get_data_dir()
        return
    except DataDirError:
        roots = (sys.base_prefix, sys.prefix, "/usr", "/usr/local", os.environ.get("OSGEO4W_ROOT", ""))
    for root in roots:
        folder = Path(root) / "share" / "proj"
        if root and (folder / "proj.db").is_file():
            pyproj.datadir.set_data_dir(str(folder))
            return


_ensure_proj_data()
