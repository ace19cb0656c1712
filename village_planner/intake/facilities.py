"""A table of facilities becomes a layer of points: by its coordinates, else at the hamlets that its rows name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from village_planner.base import Feedback, InputError, Message
from village_planner.base.report import Report
from village_planner.intake import reporting
from village_planner.intake.codes import code_rule
from village_planner.intake.control_frame import Extras, control_frame
from village_planner.intake.control_store import NewLayer, refuse_again, source_digest, store_layer
from village_planner.intake.coordinates import places
from village_planner.intake.headers import RowNote, Table
from village_planner.intake.opening import read_any_table, table_name
from village_planner.intake.outside import drawn_in, told_outside
from village_planner.intake.planindex import PlanIndex
from village_planner.intake.requests import AddControl, ControlResult
from village_planner.intake.subjects import find_hamlet, find_village
from village_planner.intake.tables import split_source
from village_planner.plan import PlanData, PlanFile
from village_planner.spatial.repair import RepairStatus
from village_planner.standards import Profile

FACILITY = "facility"


def add_facilities(request: AddControl, plan: PlanFile, profile: Profile, feedback: Feedback) -> ControlResult:
    """Import a table of facilities as a control layer of points.

    A row stands at its coordinates, else at the hamlet that it names, else at the main hamlet of its village, which the report says. Rows
    without a place are reported and left out. Raises InputError where the table has no place column or no row has a place.
    """
    table = read_any_table(request.source, profile.inputs["facilities"], profile, request.field_map, feedback)
    report = Report(reporting.title("report_addcontrol"))
    files, rows, left = (report.section(reporting.title(code)) for code in ("section_files", "section_rows", "section_left"))
    reporting.add_table(files, table, profile.inputs["facilities"])
    reporting.add_rows(left, table.file, table.set_aside)
    if not any(table.has(name) for name in ("village", "village_code", "hamlet_code", "x")):
        raise InputError("intake.facilities_no_place", file=table.file, columns="、".join(table.frame.columns))
    data = plan.read()
    path, sheet = split_source(request.source)
    digest = source_digest(Path(path), sheet or "", "")
    kinds = profile.code_list("control_kind")
    refuse_again(data, FACILITY, digest, kinds.name(FACILITY))
    points, notes, faults = _points(table, data, PlanIndex(data, code_rule(profile)))
    reporting.add_rows(rows, table.file, notes)
    reporting.add_rows(left, table.file, faults)
    kept = ~shapely.is_missing(points)
    if not kept.any():
        raise InputError("intake.facilities_none", file=table.file, count=len(points))
    where = np.flatnonzero(kept)
    shown = replace(table, frame=table.frame.iloc[where].reset_index(drop=True), numbers=tuple(table.numbers[row] for row in where))
    frame = control_frame(shown, shown.numbers, profile.code_list("facility_state"), files, table.file)
    frame["status"] = RepairStatus.OK.value
    outside = told_outside(points[kept], drawn_in(data), data.crs, table.file)
    if outside is not None:
        rows.add(outside, source=table.file)
    layer = NewLayer(FACILITY, request.title or table_name(table), table_name(table), digest, frame, points[kept], Extras(shown))
    code = store_layer(plan, layer, request.who, feedback)
    missing = int((~kept).sum())
    report.figures.update({"管控图层": code, "类型": kinds.name(FACILITY), "名称": layer.title, "设施数": len(frame), "未落实的行": missing})
    report_path = reporting.finish(report, request.report, plan.path, f"addcontrol-{code}")
    feedback.progress(1.0)
    return ControlResult(code, len(frame), 0, missing, report, report_path)


def _points(table: Table, data: PlanData, index: PlanIndex) -> tuple[np.ndarray, list[RowNote], list[RowNote]]:
    """A point for each row (None where it has no place), what was understood, and why rows have none."""
    points, unread = places([(table.cell(row, "x"), table.cell(row, "y")) for row in range(len(table.frame))], data.crs)
    of_hamlet = dict(zip(data.hamlet["code"], data.hamlet["geom"]))
    notes: list[RowNote] = []
    faults: list[RowNote] = []
    for position, number in enumerate(table.numbers):
        if points[position] is not None:
            continue
        if position in unread:
            notes.append(RowNote(number, Message("intake.facility_place_unread", {"row": number, "reason": unread[position]})))
        village = find_village(table, position, index)
        hamlet = find_hamlet(table, position, village, index)
        fault = village.fault if not hamlet.code else None
        code = hamlet.code or (index.main_hamlet(village.code) if village.code and not village.fault and not hamlet.fault else "")
        if fault or hamlet.fault or not code:
            faults.append(RowNote(number, fault or hamlet.fault or Message("intake.decide_no_village", {"row": number})))
            continue
        params = {"row": number, "village": village.text, "hamlet": index.hamlet_name(code)}
        points[position] = of_hamlet[code]
        if points[position] is None:
            faults.append(RowNote(number, Message("intake.facility_hamlet_no_point", params)))
        elif not hamlet.code:
            notes.append(RowNote(number, Message("intake.facility_main_hamlet", params)))
    return points, notes, faults
