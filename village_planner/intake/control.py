"""addcontrol: a layer of lines and areas that bind the plan is imported and repaired; tables mark hamlets or place facilities."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Sequence

import numpy as np
import pandas as pd

from village_planner.accounts.parcels import LAND_USE
from village_planner.base import Feedback, InputError, Message, SilentFeedback
from village_planner.base.feedback import PartFeedback
from village_planner.base.report import Report
from village_planner.intake import reporting, values
from village_planner.intake.codes import code_rule
from village_planner.intake.control_frame import Extras, aside_rows, control_frame
from village_planner.intake.control_store import NewLayer, refuse_again, source_digest, store_layer
from village_planner.intake.facilities import FACILITY, add_facilities
from village_planner.intake.geometry import Shapes, layer_names, layer_table, pick_layer, refuse_unusable, source_name, to_plan, to_plan_any
from village_planner.intake.land_codes import land_code_notes
from village_planner.intake.outside import drawn_in, told_outside
from village_planner.intake.protection import mark_protected
from village_planner.intake.requests import AddControl, ControlResult
from village_planner.intake.tables import is_table_file, split_source
from village_planner.plan import PlanData, PlanFile
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.reading import FieldInfo, SourceLayer, list_layers, read_layer
from village_planner.spatial.repair import RepairStatus
from village_planner.standards import InputSpec, Profile, load_profile

_AREA_SAMPLE = 200
_AREA_UNITS = ((1.0, ""), (values.HECTARE_M2, "公顷"), (values.MU_M2, "亩"), (1e6, "平方公里"))
_SIMPLE_FILTER = re.compile(r"""\s*([^\s=<>!'"()]+)\s*=\s*([^'"=<>]+?)\s*""")
_FILTER_TOKEN = re.compile(r"""'[^']*'|"[^"]*"|[^\s'"=<>!(),]+""")
_PROTECTION_KIND = "heritage"
_OF_FACILITIES = ("state", "year")


def add_control(request: AddControl, feedback: Feedback | None = None) -> ControlResult:
    """Import a control layer into the file beside the plan.

    A table without geometry serves for KIND=heritage, where it marks the hamlets that it lists, and for KIND=facility, whose places are its
    coordinates or the villages and hamlets that it names. A layer of which nothing lies near the plan's area, or nothing has a geometry that
    can serve, is refused; one that lies partly elsewhere is kept whole and told.

    A second source of the same kind becomes a second layer; the same source twice is refused. Everything of the source is kept: columns
    that the program does not read as `extra`, geometry that cannot be repaired in the layer's aside table.
    Raises InputError where source, layer, filter or columns cannot serve, and Cancelled; the plan is then as before.
    """
    feedback = feedback or SilentFeedback()
    plan = PlanFile.open(request.plan)
    data = plan.read()
    profile = load_profile(request.profile) if request.profile else plan.profile()
    reporting.check_field_map(request.field_map, profile, [request.source])
    kinds = profile.code_list("control_kind")
    if request.kind not in kinds.codes:
        raise InputError("intake.kind_unknown_control", kind=request.kind, known="、".join(kinds.codes))
    if is_table_file(request.source) or _has_no_geometry(request.source):
        if request.kind == _PROTECTION_KIND:
            return mark_protected(request, plan, profile, feedback)
        if request.kind == FACILITY:
            return add_facilities(request, plan, profile, feedback)
        raise InputError("intake.control_no_geometry", file=Path(split_source(request.source)[0]).name, kind=kinds.name(request.kind))
    return _Import(request, plan, data, profile, feedback).run()


class _Import:
    """One control layer on its way from the source into the layer file."""

    def __init__(self, request: AddControl, plan: PlanFile, data: PlanData, profile: Profile, feedback: Feedback) -> None:
        self._request, self._plan, self._data, self._profile, self._feedback = request, plan, data, profile, feedback
        self._crs = data.crs
        self._report = Report(reporting.title("report_addcontrol"))
        self._files, self._shapes_section = (self._report.section(reporting.title(code)) for code in ("section_files", "section_geometry"))

    def run(self) -> ControlResult:
        source, digest = self._read()
        kinds = self._profile.code_list("control_kind")
        refuse_again(self._data, self._request.kind, digest, kinds.name(self._request.kind))
        shapes = self._in_plan(source)
        refuse_unusable(shapes, kinds.name(self._request.kind))
        frame, kept = self._frame(shapes)
        outside = told_outside(shapes.geoms[kept], drawn_in(self._data), self._crs, shapes.source)
        if outside is not None:
            self._shapes_section.add(outside, source=shapes.source)
        self._feedback.check()
        title = self._request.title or source_name(Path(split_source(self._request.source)[0]).name, source.layer)
        extras = Extras(shapes.table, np.flatnonzero(kept))
        layer = NewLayer(self._request.kind, title, shapes.source, digest, frame, shapes.geoms[kept], extras, aside_rows(shapes, ~kept))
        code = store_layer(self._plan, layer, self._request.who, self._feedback)
        self._report.figures.update({
            "管控图层": code, "类型": kinds.name(self._request.kind), "名称": title, "图斑数": len(frame), "修复": layer.repaired, "搁置": len(layer.aside),
        })
        path = reporting.finish(self._report, self._request.report, self._plan.path, f"addcontrol-{code}")
        self._feedback.progress(1.0)
        return ControlResult(code, len(frame), layer.repaired, len(layer.aside), self._report, path)

    def _read(self) -> tuple[SourceLayer, str]:
        file = split_source(self._request.source)[0]
        info, notes = pick_layer(self._request.source, layer_names(self._profile, self._request.kind))
        where = _where(self._request.filter, info.fields, Path(file).name)
        digest = source_digest(Path(file), info.layer, where or "")
        source = read_layer(file, info.layer, where=where, feedback=PartFeedback(self._feedback, 0.0, 0.3))
        for note in notes:
            self._files.add(note, source=Path(file).name)
        if where:
            params = {"filter": self._request.filter, "count": len(source.frame), "total": info.feature_count}
            self._files.add(Message("intake.filtered", params), source=Path(file).name)
        if len(source.frame) == 0:
            code = "intake.filter_selects_nothing" if where else "intake.layer_empty"
            raise InputError(code, file=source_name(Path(file).name, info.layer), filter=self._request.filter or "")
        return source, digest

    def _in_plan(self, source: SourceLayer) -> Shapes:
        spec = control_spec(self._profile, self._request.kind)
        chosen = reporting.chosen_columns(self._request.field_map, "control", Path(source.path).name)
        table = layer_table(source, spec, code_rule(self._profile), chosen)
        reporting.add_table(self._files, table, spec)
        row = self._profile.code_list("control_kind").row(self._request.kind) or {}
        shapes = (to_plan if row.get("geometry") == "polygon" else to_plan_any)(source, table, self._crs, PartFeedback(self._feedback, 0.3, 0.5))
        for note in shapes.notes:
            self._shapes_section.add(note, source=table.file)
        reporting.add_rows(self._shapes_section, table.file, shapes.rows)
        return shapes

    def _frame(self, shapes: Shapes) -> tuple[pd.DataFrame, np.ndarray]:
        kept = shapes.status != RepairStatus.SET_ASIDE.value
        states = self._profile.code_list("facility_state")
        frame = control_frame(shapes.table, shapes.fids, states, self._files, shapes.source)
        frame["status"] = shapes.status
        if shapes.table.has("area"):
            self._check_areas(shapes.table.frame[shapes.table.matching.columns["area"]].tolist(), shapes, kept)
        if self._request.kind == LAND_USE:
            for note in land_code_notes(frame["class_code"].tolist(), frame["built_code"].tolist(), self._profile):
                self._files.add(note, source=shapes.source)
        self._feedback.progress(0.6)
        return frame if kept.all() else frame[kept].reset_index(drop=True), kept

    def _check_areas(self, cells: Sequence[Any], shapes: Shapes, kept: np.ndarray) -> None:
        """Compare stated with measured areas: a unit other than m² is only noted, since nothing reckons with stated areas."""
        sample = [position for position in np.flatnonzero(kept)[:_AREA_SAMPLE] if isinstance(cells[position], (int, float)) and cells[position] > 0]
        if not sample or self._crs == 0:
            return
        measured = ellipsoidal_area_m2(shapes.geoms[sample], self._crs)
        stated = np.array([float(cells[position]) for position in sample])
        usable = measured > 0
        if not usable.any():
            return
        ratio = float(np.median(measured[usable] / stated[usable]))
        unit = next((name for factor, name in _AREA_UNITS if 0.95 <= ratio / factor <= 1.05), None)
        params = {"file": shapes.source, "column": shapes.table.matching.columns["area"], "ratio": f"{ratio:.4g}", "unit": unit or ""}
        if unit is None:
            self._shapes_section.add(Message("intake.area_differs", params), source=shapes.source)
        elif unit:
            self._shapes_section.add(Message("intake.area_unit", params), source=shapes.source)


def control_spec(profile: Profile, kind: str) -> InputSpec:
    """Return the columns that are read of a layer of a kind: state and year are words of other things elsewhere."""
    spec = profile.inputs["control"]
    if kind == FACILITY:
        return spec
    return InputSpec(spec.id, {name: field for name, field in spec.fields.items() if name not in _OF_FACILITIES})


def _where(filter_text: str | None, fields: Sequence[FieldInfo], file: str) -> str | None:
    """The OGR where clause of a filter: attribute=value gets its quotes, in a clause the field names that are not ASCII get theirs."""
    if not filter_text or not filter_text.strip():
        return None
    simple = _SIMPLE_FILTER.fullmatch(filter_text)
    if simple is None:
        names = {field.name for field in fields if not field.name.isascii()}
        return _FILTER_TOKEN.sub(lambda token: f'"{token.group()}"' if token.group() in names else token.group(), filter_text)
    field = next((field for field in fields if field.name.lower() == simple.group(1).strip('"').lower()), None)
    if field is None:
        raise InputError("intake.filter_field", file=file, field=simple.group(1), known="、".join(field.name for field in fields))
    value = simple.group(2).replace("'", "''")
    return f'"{field.name}" = {value}' if field.type in ("integer", "real") else f"\"{field.name}\" = '{value}'"


def _has_no_geometry(source: str) -> bool:
    """Whether a source is an attribute table: the layer that is named, or all there are, have no geometry."""
    file, layer = split_source(source)
    if not Path(file).exists():
        raise InputError("intake.file_missing", file=Path(file).name)
    infos = [info for info in list_layers(file) if layer in (None, info.layer)]
    return bool(infos) and all(info.geometry_type == "None" for info in infos)
