"""addcontrol: a layer of lines and areas that bind the plan is imported and repaired; a protection list marks hamlets."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.base import Feedback, InputError, Message, SilentFeedback, render
from village_planner.base.feedback import PartFeedback
from village_planner.base.report import Report
from village_planner.intake import reporting, values
from village_planner.intake.codes import code_rule
from village_planner.intake.geometry import Shapes, layer_names, layer_table, pick_layer, source_name, to_plan, to_plan_any
from village_planner.intake.protection import mark_protected
from village_planner.intake.requests import AddControl, ControlResult
from village_planner.intake.tables import is_table_file, split_source
from village_planner.plan import PlanFile
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.spatial.reading import FieldInfo, SourceLayer, list_layers, read_layer
from village_planner.spatial.repair import RepairStatus
from village_planner.standards import Profile, load_profile

_BATCH = 5_000
_AREA_SAMPLE = 200
_AREA_UNITS = ((1.0, ""), (values.HECTARE_M2, "公顷"), (values.MU_M2, "亩"), (1e6, "平方公里"))
_SIMPLE_FILTER = re.compile(r"""\s*([^\s=<>!'"()]+)\s*=\s*([^'"=<>]+?)\s*""")
_FILTER_TOKEN = re.compile(r"""'[^']*'|"[^"]*"|[^\s'"=<>!(),]+""")
_SHAPEFILE_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
_PROTECTION_KIND = "heritage"


def add_control(request: AddControl, feedback: Feedback | None = None) -> ControlResult:
    """Import a control layer into the file beside the plan; KIND=heritage with a table marks the hamlets that it lists.

    A second source of the same kind becomes a second layer; the same source twice is refused. Everything of the source is kept: columns
    that the program does not read as `extra`, geometry that cannot be repaired in the layer's aside table.
    Raises InputError where source, layer, filter or columns cannot serve, and Cancelled; the plan is then as before.
    """
    feedback = feedback or SilentFeedback()
    plan = PlanFile.open(request.plan)
    info = plan.read().info
    profile = load_profile(request.profile) if request.profile else plan.profile()
    reporting.check_field_map(request.field_map, profile, [request.source])
    kinds = profile.code_list("control_kind")
    if request.kind not in kinds.codes:
        raise InputError("intake.kind_unknown_control", kind=request.kind, known="、".join(kinds.codes))
    if is_table_file(request.source) or _has_no_geometry(request.source):
        if request.kind != _PROTECTION_KIND:
            raise InputError("intake.control_no_geometry", file=Path(split_source(request.source)[0]).name, kind=kinds.name(request.kind))
        return mark_protected(request, plan, profile, feedback)
    return _Import(request, plan, profile, int(info["crs"]), feedback).run()


class _Import:
    """One control layer on its way from the source into the layer file."""

    def __init__(self, request: AddControl, plan: PlanFile, profile: Profile, crs: int, feedback: Feedback) -> None:
        self._request, self._plan, self._profile, self._crs, self._feedback = request, plan, profile, crs, feedback
        self._report = Report(reporting.title("report_addcontrol"))
        self._files, self._shapes_section = (self._report.section(reporting.title(code)) for code in ("section_files", "section_geometry"))

    def run(self) -> ControlResult:
        source, digest = self._read()
        title = self._request.title or source_name(Path(split_source(self._request.source)[0]).name, source.layer)
        self._refuse_again(digest)
        shapes = self._in_plan(source)
        frame, kept = self._frame(shapes)
        self._feedback.check()
        code = self._store(shapes, frame, kept, title, digest)
        repaired, aside = int(np.sum(shapes.status == RepairStatus.REPAIRED.value)), int(np.sum(~kept))
        self._report.figures.update({
            "管控图层": code, "类型": self._profile.code_list("control_kind").name(self._request.kind), "名称": title,
            "图斑数": len(frame), "修复": repaired, "搁置": aside,
        })
        path = reporting.finish(self._report, self._request.report, self._plan.path, f"addcontrol-{code}")
        self._feedback.progress(1.0)
        return ControlResult(code, len(frame), repaired, aside, self._report, path)

    def _read(self) -> tuple[SourceLayer, str]:
        file = split_source(self._request.source)[0]
        info, notes = pick_layer(self._request.source, layer_names(self._profile, self._request.kind))
        where = _where(self._request.filter, info.fields, Path(file).name)
        digest = _digest(Path(file), info.layer, where or "")
        source = read_layer(file, info.layer, where=where, feedback=PartFeedback(self._feedback, 0.0, 0.4))
        for note in notes:
            self._files.add(note, source=Path(file).name)
        if where:
            params = {"filter": self._request.filter, "count": len(source.frame), "total": info.feature_count}
            self._files.add(Message("intake.filtered", params), source=Path(file).name)
        if len(source.frame) == 0:
            code = "intake.filter_selects_nothing" if where else "intake.layer_empty"
            raise InputError(code, file=source_name(Path(file).name, info.layer), filter=self._request.filter or "")
        return source, digest

    def _refuse_again(self, digest: str) -> None:
        layers = self._plan.read().control_layer
        same = layers[(layers["digest"] == digest) & (layers["kind"] == self._request.kind)]
        if len(same):
            kind = self._profile.code_list("control_kind").name(self._request.kind)
            raise InputError("intake.control_again", title=same["title"].iloc[0], code=same["code"].iloc[0], kind=kind)

    def _in_plan(self, source: SourceLayer) -> Shapes:
        spec = self._profile.inputs["control"]
        chosen = reporting.chosen_columns(self._request.field_map, "control", Path(source.path).name)
        table = layer_table(source, spec, code_rule(self._profile), chosen)
        reporting.add_table(self._files, table, spec)
        row = self._profile.code_list("control_kind").row(self._request.kind) or {}
        shapes = (to_plan if row.get("geometry") == "polygon" else to_plan_any)(source, table, self._crs)
        for note in shapes.notes:
            self._shapes_section.add(note, source=table.file)
        reporting.add_rows(self._shapes_section, table.file, shapes.rows)
        self._feedback.progress(0.6)
        return shapes

    def _frame(self, shapes: Shapes) -> tuple[pd.DataFrame, np.ndarray]:
        kept = shapes.status != RepairStatus.SET_ASIDE.value
        table = shapes.table

        def column(name: str) -> list[Any]:
            found = table.matching.columns.get(name)
            return [None] * len(table.frame) if found is None else table.frame[found].tolist()

        data = {name: [values.text(cell) or None for cell in column(name)] for name in ("name", "class_code", "built_code", "slope", "level")}
        frame = pd.DataFrame(data, dtype=object)
        frame["source_id"] = self._identifiers(column("source_id"), shapes)
        frame["deduction"] = self._deductions(column("deduction"), table.file)
        self._check_areas(column("area"), shapes, kept)
        read = set(table.matching.columns.values()) - {table.matching.columns.get("area")}
        frame["extra"] = _extras(table.frame.drop(columns=list(read)), self._feedback)
        frame["status"] = shapes.status
        self._feedback.progress(0.7)
        return frame[kept].reset_index(drop=True), kept

    def _identifiers(self, cells: Sequence[Any], shapes: Shapes) -> list[str]:
        """The source's own identifiers; the feature's number where there is none; a repeated one gets a number behind it."""
        seen: dict[str, int] = {}
        found, repeated, missing = [], 0, 0
        for cell, fid in zip(cells, shapes.fids):
            text = values.text(cell)
            missing += not text
            text = text or str(fid)
            seen[text] = seen.get(text, 0) + 1
            repeated += seen[text] > 1
            found.append(text if seen[text] == 1 else f"{text}#{seen[text]}")
        if repeated:
            self._files.add(Message("intake.identifier_twice", {"file": shapes.source, "count": repeated}), source=shapes.source)
        if missing:
            self._files.add(Message("intake.identifier_missing", {"file": shapes.source, "count": missing}), source=shapes.source)
        return found

    def _deductions(self, cells: Sequence[Any], file: str) -> np.ndarray:
        found = np.full(len(cells), np.nan)
        unread = 0
        for position, cell in enumerate(cells):
            if cell is None:
                continue
            try:
                number = cell if isinstance(cell, float) else values.number(cell)
            except InputError:
                number, unread = None, unread + 1
            found[position] = np.nan if number is None else number
        stated = found[found > 0]
        # One coefficient above 1 among fractions is a slip of that row; only a column of them is in percent.
        if len(stated) and (stated > 1).all():
            self._files.add(Message("intake.deduction_percent", {"file": file}), source=file)
            found = found / 100
        wrong = (found < 0) | (found > 1)
        if unread or wrong.any():
            self._files.add(Message("intake.deduction_unread", {"file": file, "count": unread + int(wrong.sum())}), source=file)
        return np.where(wrong, np.nan, found)

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

    def _store(self, shapes: Shapes, frame: pd.DataFrame, kept: np.ndarray, title: str, digest: str) -> str:
        layers = self._plan.read().control_layer
        taken = set(layers["code"])
        code = next(name for name in (f"c{number:03d}" for number in range(1, 1000)) if name not in taken)
        store = self._plan.layers()
        try:
            store.add({"code": code, "kind": self._request.kind, "title": title, "digest": digest}, frame, shapes.geoms[kept], _aside(shapes, ~kept))
            self._feedback.progress(0.95)
            self._feedback.check()
            label = render(Message("intake.label_control", {"title": title}))
            with self._plan.write(reporting.person(self._request.who), label) as tx:
                tx.insert("control_layer", [{
                    "code": code, "kind": self._request.kind, "title": title, "source": shapes.source, "edition_date": None,
                    "imported_at": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"), "features": len(frame),
                    "repaired": int(np.sum(shapes.status == RepairStatus.REPAIRED.value)), "set_aside": int(np.sum(~kept)), "digest": digest,
                }])
        except BaseException:
            # Whatever stopped us, also a cancel or Ctrl+C: a layer that the plan does not list must not stay behind.
            store.remove(code)
            raise
        return code


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


def _digest(path: Path, layer: str, where: str) -> str:
    """SHA-256 over the files of a source, the layer's name and the filter: one file serves several kinds."""
    digest = hashlib.sha256(f"{layer}\0{where}\0".encode())
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() != ".lock")
    elif path.suffix.lower() == ".shp":
        files = [part for part in (path.with_suffix(suffix) for suffix in _SHAPEFILE_PARTS) if part.is_file()]
    else:
        files = [path]
    for file in files:
        digest.update(file.name.encode())
        with file.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()


def _extras(frame: pd.DataFrame, feedback: Feedback) -> list[str]:
    """Each row as a JSON object of its columns that are not null."""
    names = list(frame.columns)
    rows = zip(*(frame[name].tolist() for name in names)) if names else iter([()] * len(frame))
    found: list[str] = []
    for number, row in enumerate(rows):
        if number % _BATCH == 0:
            feedback.check()
        found.append(_json({name: value for name, value in zip(names, row) if value is not None}))
    return found


def _aside(shapes: Shapes, rows: np.ndarray) -> list[dict[str, Any]]:
    positions = np.flatnonzero(rows)
    extras = _extras(shapes.table.frame.iloc[positions], SilentFeedback())
    return [
        {
            "source_id": values.text(shapes.table.cell(position, "source_id")) or str(shapes.fids[position]), "reason": shapes.reasons[position],
            "extra": extra, "wkb": shapely.to_wkb(shapes.original[position]),
        }
        for position, extra in zip(positions, extras)
    ]


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, default=str)

