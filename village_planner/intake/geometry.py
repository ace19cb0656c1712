"""A user's vector layers in the plan's coordinates, with columns matched and geometry repaired or set aside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence

import numpy as np
import shapely

from village_planner.base import Feedback, InputError, Message
from village_planner.intake.codes import CodeRule, heading_key
from village_planner.intake.headers import RowNote, Table
from village_planner.intake.matching import match_columns
from village_planner.intake.tables import split_source
from village_planner.spatial.crs import CrsInfo, CrsKind, describe_crs, looks_like, three_degree_zone, transform, working_crs, zone_from_coordinates
from village_planner.spatial.reading import LayerInfo, SourceLayer, list_layers, read_layer
from village_planner.spatial.repair import RepairStatus, repair, repair_any
from village_planner.standards import InputSpec, Profile

_SAID_FIRST = 200
# Their parameters to CGCS2000 differ from place to place and are not public: PROJ leaves the coordinates as they are.
_OLD_DATUMS = ("Xian 1980", "Beijing 1954", "New Beijing", "Xian_1980", "Beijing_1954", "西安80", "北京54")


@dataclass(frozen=True)
class Shapes:
    """A layer in the plan's CRS.

    table: its attributes, columns matched, one row per feature; geoms: parallel, None where set aside; original: as read,
    in the source's CRS. status: ok, repaired or set_aside by row. notes: about the layer; rows: about single features.
    """

    file: str
    layer: str
    table: Table
    geoms: np.ndarray
    original: np.ndarray
    status: np.ndarray
    reasons: np.ndarray
    fids: np.ndarray
    notes: tuple[Message, ...]
    rows: tuple[RowNote, ...]

    @property
    def source(self) -> str:
        """How the layer is called in reports: the file's name, with the layer's where that differs."""
        return source_name(self.file, self.layer)


def source_name(file: str, layer: str) -> str:
    """Return a file's name with the layer's behind it, where the file does not say it already."""
    return file if not layer or layer == Path(file).stem else f"{file}/{layer}"


def pick_layer(path: str | Path, layer_names: Sequence[str], with_geometry: bool = True) -> tuple[LayerInfo, list[Message]]:
    """Return the layer of a source that is named by `|layername=`, else the one among `layer_names`, else the only one.

    layer_names: names by which the profile knows such layers. with_geometry: layers without geometry do not count.
    Raises InputError, naming the layers, where none or several could be meant.
    """
    file, layer = split_source(path)
    name = Path(file).name
    if not Path(file).exists():
        raise InputError("intake.file_missing", file=name)
    infos = list_layers(file)
    if layer is not None:
        found = next((info for info in infos if layer in (info.layer, shown_name(info.layer))), None)
        if found is None:
            raise InputError("intake.layer_missing", file=name, layer=layer, layers="、".join(shown_name(info.layer) for info in infos))
        return found, []
    infos = [info for info in infos if not with_geometry or info.geometry_type != "None"]
    if not infos:
        raise InputError("intake.no_geometry_layers", file=name)
    if len(infos) == 1:
        return infos[0], []
    chosen = _choose(file, [info.layer for info in infos], layer_names)
    return next(info for info in infos if info.layer == chosen), [Message("intake.layer_chosen", {"file": name, "layer": shown_name(chosen)})]


def shown_name(layer: str) -> str:
    """Return a layer's name in Chinese where it comes from a zip made in Chinese Windows, whose GBK names GDAL shows as code page 437."""
    try:
        name = layer.encode("cp437").decode("gbk")
    except UnicodeError:
        return layer
    return name if not layer.isascii() and any("\u4e00" <= character <= "\u9fff" for character in name) else layer


def open_source(
    path: str | Path, layer_names: Sequence[str], feedback: Feedback, with_geometry: bool = True
) -> tuple[SourceLayer, list[Message]]:
    """Read the layer that `pick_layer` picks."""
    info, notes = pick_layer(path, layer_names, with_geometry)
    return read_layer(split_source(path)[0], info.layer, feedback=feedback), notes


def layer_table(source: SourceLayer, spec: InputSpec, rule: CodeRule, chosen: Mapping[str, str]) -> Table:
    """Return a layer's attributes as a table with columns matched by field name and by alias; row numbers count from 1."""
    frame = source.frame.astype(object).where(source.frame.notna(), None)
    aliases = {field.name: field.alias for field in source.fields}
    headings = {name: [[form] for form in dict.fromkeys((name, aliases.get(name, ""))) if form] for name in frame.columns}
    file = source_name(Path(source.path).name, source.layer)
    matching = match_columns(frame, headings, spec, rule, chosen, file)
    shared = np.zeros(frame.shape, dtype=bool)
    return Table(file, source.layer, frame, tuple(range(1, len(frame) + 1)), shared, matching, (), source.notes)


def source_crs(source: SourceLayer) -> tuple[CrsInfo, list[Message]]:
    """Return the CRS that a layer's coordinates are really in, and what to say where that is not the one that it states.

    Degrees under a projected CRS and a zone prefix too many or missing are put right, since only one reading is left;
    a missing CRS, and coordinates that betray another zone, raise InputError.
    """
    file = source_name(Path(source.path).name, source.layer)
    info = source.crs
    if info.kind is CrsKind.MISSING:
        raise InputError("intake.layer_refused", file=file, reason=Message("spatial.crs_missing", {}))
    bounds = _bounds(source.geoms)
    contradiction = looks_like(info, bounds)
    if contradiction is None:
        return info, []
    real = zone_from_coordinates(bounds)
    if contradiction.code == "spatial.crs_prefix_missing_in_coordinates" and info.central_meridian_deg is not None:
        real = int(three_degree_zone(info.central_meridian_deg))
    if real is None or contradiction.code == "spatial.crs_other_zone":
        raise InputError("intake.layer_refused", file=file, reason=contradiction)
    return describe_crs(real), [Message("intake.crs_corrected", {"file": file, "reason": contradiction, "epsg": real})]


def plan_crs(sources: Sequence[SourceLayer]) -> int | None:
    """Return the EPSG code that a plan with these layers works in: by the first that has coordinates; None where none has."""
    for source in sources:
        if np.all(np.isfinite(_bounds(source.geoms))):
            info, _ = source_crs(source)
            try:
                return working_crs(source.geoms, info)
            except InputError as error:
                file = source_name(Path(source.path).name, source.layer)
                raise InputError("intake.layer_refused", file=file, reason=error.message) from error
    return None


def to_plan(source: SourceLayer, table: Table, crs: int) -> Shapes:
    """Return a polygon layer in the plan's CRS with its geometry repaired; what has no polygon is set aside."""
    return _to_plan(source, table, crs, polygons_only=True)


def to_plan_any(source: SourceLayer, table: Table, crs: int) -> Shapes:
    """Return a layer of any geometry in the plan's CRS, repaired."""
    return _to_plan(source, table, crs, polygons_only=False)


def layer_names(profile: Profile, kind: str) -> tuple[str, ...]:
    """Return the layer names by which a profile knows a kind of input (`inputs/layer_names.json`)."""
    spec = profile.inputs.get("layer_names")
    return spec.fields[kind].names if spec and kind in spec.fields else ()


def multi_polygon(geometry: shapely.Geometry | None) -> shapely.Geometry | None:
    """Return a polygon as a multipolygon; others and null stay."""
    return shapely.multipolygons([geometry]) if isinstance(geometry, shapely.Polygon) else geometry


def _bounds(geoms: np.ndarray) -> np.ndarray:
    """Bounds of all geometries, not finite where there are none (shapely 2.0 raises for an empty array)."""
    return shapely.total_bounds(geoms) if len(geoms) else np.full(4, np.nan)


def _to_plan(source: SourceLayer, table: Table, crs: int, polygons_only: bool) -> Shapes:
    info, notes = source_crs(source) if np.any(~shapely.is_missing(source.geoms)) else (source.crs, [])
    geoms = source.geoms
    if info.key != crs and info.kind is not CrsKind.MISSING:
        geoms = transform(geoms, info.key, crs)
        notes.append(Message("intake.transformed", {"file": table.file, "from_crs": info.name or str(info.epsg), "to_crs": f"EPSG:{crs}"}))
        if any(name in info.name for name in _OLD_DATUMS):
            notes.append(Message("intake.old_datum", {"file": table.file, "from_crs": info.name}))
    result = repair(geoms) if polygons_only else repair_any(geoms)
    rows = []
    for position in np.flatnonzero(result.status != RepairStatus.OK.value):
        aside = result.status[position] == RepairStatus.SET_ASIDE.value
        code = "intake.geometry_set_aside" if aside else "intake.geometry_repaired"
        params = {
            "file": table.file, "row": int(position) + 1, "reason": Message(result.reasons[position], {}),
            "area": f"{result.area_change_m2_planar[position]:.2f}",
        }
        rows.append(RowNote(int(position) + 1, Message(code, params)))
    rows = _shortened(rows, table.file)
    return Shapes(
        Path(source.path).name, source.layer, table, result.geoms, source.geoms, result.status, result.reasons, source.fids,
        tuple(notes), tuple(rows),
    )


def _shortened(rows: list[RowNote], file: str) -> list[RowNote]:
    """A layer with thousands of faults is said with its first rows and a count: the rest stands in the aside table."""
    if len(rows) <= _SAID_FIRST:
        return rows
    more = RowNote(rows[_SAID_FIRST].row, Message("intake.geometry_more", {"file": file, "count": len(rows) - _SAID_FIRST}))
    return [*rows[:_SAID_FIRST], more]


def _choose(file: str, layers: Sequence[str], names: Sequence[str]) -> str:
    keys = [heading_key(name) for name in names]
    exact = [layer for layer in layers if heading_key(layer) in keys]
    found = exact or [layer for layer in layers if any(key in heading_key(layer) for key in keys)]
    if len(found) != 1:
        code = "intake.layers_several" if found else "intake.layers_unknown"
        raise InputError(code, file=Path(file).name, layers="、".join(found or layers))
    return found[0]

