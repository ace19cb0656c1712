"""A user's vector layers in the plan's coordinates, with columns matched and geometry repaired or set aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.base import Feedback, InputError, Message, SilentFeedback
from village_planner.intake.codes import CodeRule, heading_key
from village_planner.intake.headers import RowNote, Table
from village_planner.intake.matching import match_columns
from village_planner.intake.tables import split_source
from village_planner.spatial.arrays import objects
from village_planner.spatial.crs import (
    CGCS2000_GEOGRAPHIC,
    CrsInfo,
    CrsKind,
    describe_crs,
    looks_like,
    three_degree_zone,
    transform,
    working_crs,
    zone_from_coordinates,
)
from village_planner.spatial.reading import LayerInfo, SourceLayer, list_layers, read_layer
from village_planner.spatial.repair import RepairResult, RepairStatus, name_reading_faults, repair, repair_any
from village_planner.standards import InputSpec, Profile

_SAID_FIRST = 200
_BATCH = 5_000
# Their parameters to CGCS2000 differ from place to place and are not public: PROJ leaves the coordinates as they are.
_OLD_DATUMS = ("Xian 1980", "Beijing 1954", "New Beijing", "Xian_1980", "Beijing_1954", "西安80", "北京54")


@dataclass(frozen=True)
class Shapes:
    """A layer in the plan's CRS.

    table: its attributes, columns matched, one row per feature; geoms: parallel, None where set aside; original: of what
    was set aside as it was read, in the source's CRS, else None. status: ok, repaired or set_aside by row. notes: about the layer; rows: about single features.
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
    """Return a layer's attributes as a table with columns matched by field name and by alias; row numbers count from 1.

    Columns that are no field's keep their type, and nulls are those of pandas there.
    """
    frame = source.frame
    aliases = {field.name: field.alias for field in source.fields}
    headings = {name: [[form] for form in dict.fromkeys((name, aliases.get(name, ""))) if form] for name in frame.columns}
    file = source_name(Path(source.path).name, source.layer)
    matching = match_columns(frame, headings, spec, rule, chosen, file)
    read = set(matching.columns.values())
    columns = {name: _cells(frame[name]) if name in read else frame[name] for name in frame.columns}
    shared = np.broadcast_to(np.False_, frame.shape)
    return Table(file, source.layer, pd.DataFrame(columns, frame.index, copy=False), range(1, len(frame) + 1), shared, matching, (), source.notes)


def _cells(column: pd.Series) -> np.ndarray:
    """The cells of a column as objects, None for null; texts are such already and are not copied."""
    if column.dtype == object:
        return column.to_numpy()
    cells = column.to_numpy(dtype=object)
    cells[column.isna().to_numpy()] = None
    return cells


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


def to_plan(source: SourceLayer, table: Table, crs: int, feedback: Feedback | None = None) -> Shapes:
    """Return a polygon layer in the plan's CRS with its geometry repaired; what has no polygon is set aside.

    Where it is transformed the source lets its geometries go, so that a large layer is not held twice.
    """
    return _to_plan(source, table, crs, repair, feedback or SilentFeedback())


def to_plan_any(source: SourceLayer, table: Table, crs: int, feedback: Feedback | None = None) -> Shapes:
    """Return a layer of any geometry in the plan's CRS, repaired; otherwise as `to_plan`."""
    return _to_plan(source, table, crs, repair_any, feedback or SilentFeedback())


def refuse_unusable(shapes: Shapes, use: str | Message) -> None:
    """Raise InputError where every feature of a layer was set aside. use: what the layer was to serve as, in the planner's words."""
    if not len(shapes.status) or (shapes.status != RepairStatus.SET_ASIDE.value).any():
        return
    reason, count = Counter(shapes.reasons.tolist()).most_common(1)[0]
    params = {"file": shapes.source, "total": len(shapes.status), "use": use, "count": count, "reason": Message(reason, {})}
    raise InputError("intake.nothing_usable", **params)


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


def _to_plan(source: SourceLayer, table: Table, crs: int, mend: Callable[[np.ndarray], RepairResult], feedback: Feedback) -> Shapes:
    info, notes = source_crs(source) if np.any(~shapely.is_missing(source.geoms)) else (source.crs, [])
    is_moved = info.key != crs and info.kind is not CrsKind.MISSING
    if is_moved:
        notes.append(Message("intake.transformed", {"file": table.file, "from_crs": info.name or str(info.epsg), "to_crs": f"EPSG:{crs}"}))
        if any(name in info.name for name in _OLD_DATUMS):
            notes.append(Message("intake.old_datum", {"file": table.file, "from_crs": info.name}))
    count = len(source.geoms)
    geoms, original, status, reasons = (objects([None] * count) for _ in range(4))
    change_m2 = np.zeros(count)
    for start in range(0, count, _BATCH):
        feedback.check()
        feedback.progress(start / count)
        part = slice(start, start + _BATCH)
        given = source.geoms[part].copy()
        result = mend(transform(given, info.key, crs) if is_moved else given)
        geoms[part], status[part], reasons[part], change_m2[part] = result.geoms, result.status, result.reasons, result.area_change_m2_planar
        original[part] = np.where(result.status == RepairStatus.SET_ASIDE.value, given, None)
        if is_moved:
            source.geoms[part] = None
    name_reading_faults(status, reasons, source.geometry_faults)
    rows = _said(table.file, status, reasons, None if crs == CGCS2000_GEOGRAPHIC else change_m2)
    return Shapes(Path(source.path).name, source.layer, table, geoms, original, status, reasons, source.fids, tuple(notes), tuple(rows))


def _said(file: str, status: np.ndarray, reasons: np.ndarray, change_m2: np.ndarray | None) -> list[RowNote]:
    """What was done to single features; of thousands the first rows and a count: the rest stands in the aside table.

    change_m2: None in a plan in degrees, where planar areas say nothing.
    """
    faulty = np.flatnonzero(status != RepairStatus.OK.value)
    rows = []
    for position in faulty[:_SAID_FIRST]:
        params = {"file": file, "row": int(position) + 1, "reason": Message(reasons[position], {})}
        if status[position] == RepairStatus.SET_ASIDE.value:
            message = Message("intake.geometry_set_aside", params)
        elif change_m2 is None:
            message = Message("intake.geometry_mended", params)
        else:
            message = Message("intake.geometry_repaired", {**params, "area": f"{change_m2[position]:.2f}"})
        rows.append(RowNote(int(position) + 1, message))
    if len(faulty) > _SAID_FIRST:
        more = {"file": file, "count": len(faulty) - _SAID_FIRST}
        rows.append(RowNote(int(faulty[_SAID_FIRST]) + 1, Message("intake.geometry_more", more)))
    return rows


def _choose(file: str, layers: Sequence[str], names: Sequence[str]) -> str:
    keys = [heading_key(name) for name in names]
    exact = [layer for layer in layers if heading_key(layer) in keys]
    found = exact or [layer for layer in layers if any(key in heading_key(layer) for key in keys)]
    if len(found) != 1:
        code = "intake.layers_several" if found else "intake.layers_unknown"
        raise InputError(code, file=Path(file).name, layers="、".join(found or layers))
    return found[0]

