"""What a revision changes in the approved plan, as a table that people read: names instead of codes, Chinese headings."""

from __future__ import annotations

import csv
import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from shapely.geometry.base import BaseGeometry

from village_planner.base import InputError
from village_planner.delivery.rows import csv_cell, looks_like_formula
from village_planner.plan.data import PlanData
from village_planner.plan.schema import BY_NAME, Column
from village_planner.spatial.area import ellipsoidal_area_m2
from village_planner.standards import Profile

HEADINGS = ("对象类型", "乡镇", "行政村", "对象", "项目", "批复成果", "修改后")
ADDED, REMOVED, SHAPE = "新增", "删除", "图形"
SUFFIXES = (".xlsx", ".html", ".csv")
_WIDTHS = (12, 12, 14, 20, 16, 34, 34)
_CODE_LISTS = {
    ("category", "category"): "category", ("action", "action"): "action", ("move", "destination_kind"): "destination_kind",
    ("move", "mode"): "move_mode", ("patch", "kind"): "patch_kind", ("village", "kind"): "village_kind", ("hamlet", "protection"): "protection",
    ("site", "setting"): "delivered_setting", ("village", "position_stated"): "position",
}  # fmt: skip
_PARENTS = {"village_code": "village", "hamlet_code": "hamlet", "site_code": "site", "township_code": "township", "scenario": "scenario"}


def revision_table(report: pd.DataFrame, data: PlanData, profile: Profile) -> pd.DataFrame:
    """Return the differences of `PlanFile.revision_report` with the columns of HEADINGS, all text.

    A row that was added or removed is one line that names what it says; a changed polygon is told by its areas. What the present plan
    no longer has is named after the approved state.
    """
    reader = _Reader(report, data, profile)
    # Who chose the same thing, a person or a file, is no difference of the plan.
    rows = [row for row in report.to_dict("records") if row["column"] != "origin"]
    return pd.DataFrame([reader.line(row) for row in rows], columns=list(HEADINGS), dtype="string")


def write_revision(path: Path, table: pd.DataFrame, title: str) -> None:
    """Write the table as .xlsx, .html or .csv (UTF-8 with mark, as Excel wants it), by the suffix of `path`.

    Raises InputError for another suffix, or where the file cannot be written.
    """
    writers = {".xlsx": _write_xlsx, ".html": _write_html, ".csv": _write_csv}
    if path.suffix.lower() not in writers:
        raise InputError("delivery.revision_suffix", file=path.name, known="、".join(SUFFIXES))
    try:
        writers[path.suffix.lower()](path, table, title)
    except OSError as error:
        raise InputError("delivery.revision_unwritable", file=path.name, detail=error.strerror or str(error)) from error


class _Reader:
    """Turns a difference into words."""

    def __init__(self, report: pd.DataFrame, data: PlanData, profile: Profile) -> None:
        self._data, self._profile = data, profile
        self._rows: dict[str, dict[str, Mapping[str, Any]]] = {}
        for name in ("township", "village", "hamlet", "site", "patch", "move"):
            frame = data.tables[name]
            listed = [column for column in ("code", "name", "village_code", "hamlet_code", "township_code") if column in frame]
            self._rows[name] = {row["code"]: row for row in frame[listed].to_dict("records")}
        table = data.tables["scenario"]
        self._rows["scenario"] = {code: {"name": title} for code, title in zip(table["code"], table["title"])}
        for row in report[report["column"].isna() & report["table"].isin(list(self._rows))].to_dict("records"):
            gone = row["old"] or row["new"]
            named = {**gone, "name": gone.get("title", gone.get("name"))} if row["table"] == "scenario" else gone
            self._rows[row["table"]].setdefault(row["key"]["code"], named)

    def line(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        name, key = row["table"], row["key"]
        township, village, subject = self._place(name, {**(row["old"] if isinstance(row["old"], dict) else {}), **key})
        head = (BY_NAME[name].alias, township, village, subject)
        if row["column"] is None:
            if row["old"] is None:
                return (*head, ADDED, "", self._whole(name, row["new"]))
            return (*head, REMOVED, self._whole(name, row["old"]), "")
        if row["column"] == "geom":
            return (*head, SHAPE, self._shape(row["old"]), self._shape(row["new"]))
        column = next(column for column in BY_NAME[name].columns if column.name == row["column"])
        context = {**key, **self._rows.get(name, {}).get(str(key.get("code")), {})}
        values = (self._value(name, column, row[side], context) for side in ("old", "new"))
        return (*head, _heading(column), *values)

    def _place(self, name: str, values: Mapping[str, Any]) -> tuple[str, str, str]:
        """Township, village and subject that a row belongs to, by name."""
        known = {**self._rows.get(name, {}).get(str(values.get("code")), {}), **values}
        hamlet = known.get("code") if name == "hamlet" else known.get("hamlet_code")
        village = known.get("code") if name == "village" else known.get("village_code") or self._of("hamlet", hamlet, "village_code")
        site = known.get("code") if name == "site" else known.get("site_code")
        village = village or self._of("site", site, "village_code")
        township = self._of("village", village, "township_code") or known.get("township_code") or self._of("site", site, "township_code")
        township = known.get("code") if name == "township" else township
        subject = self._named("hamlet", hamlet) or self._named("site", site) or self._named("village", village) or self._named("township", township)
        if name in ("phase", "site_capacity"):
            subject = " ".join(part for part in (subject, f"{values.get('year', values.get('phase'))}年") if part)
        if name == "scenario":
            subject = self._named("scenario", known.get("code"))
        if name == "patch":
            subject = f"{subject} {known.get('code')}".strip()
        return self._named("township", township), self._named("village", village), subject or str(known.get("code", ""))

    def _whole(self, name: str, row: Mapping[str, Any]) -> str:
        """All that a row says, but its key and where it comes from."""
        skipped = {*BY_NAME[name].key, "origin", "hamlet_code", "village_code"}
        parts = [
            f"{_heading(column)}：{self._value(name, column, row.get(column.name), row)}"
            for column in BY_NAME[name].columns
            if column.name not in skipped and row.get(column.name) not in (None, "")
        ]
        return "；".join(parts) or "—"

    def _value(self, name: str, column: Column, value: Any, row: Mapping[str, Any]) -> str:
        if value is None:
            return "（空）"
        if column.name in _PARENTS:
            return self._named(_PARENTS[column.name], value) or str(value)
        if column.name == "destination_code":
            return self._named("site", value) or self._named("hamlet", value) or str(value)
        if (name, column.name) in _CODE_LISTS:
            return self._word(_CODE_LISTS[name, column.name], str(value))
        return f"{value:,.2f}" if column.type == "real" else str(value)

    def _word(self, codes: str, value: str) -> str:
        rows = self._profile.code_list(codes).rows
        return next((row["name"] for row in rows if value in (row["code"], row.get("word"))), value)

    def _shape(self, geom: Any) -> str:
        if not isinstance(geom, BaseGeometry) or geom.is_empty:
            return "（无图形）"
        if geom.geom_type == "Point":
            return f"坐标 {geom.x:.2f}, {geom.y:.2f}"
        return f"面积 {ellipsoidal_area_m2([geom], self._data.crs)[0]:,.2f} m²"

    def _named(self, table: str, code: Any) -> str:
        return str(self._of(table, code, "name") or "")

    def _of(self, table: str, code: Any, column: str) -> Any:
        value = self._rows[table].get(str(code), {}).get(column) if code is not None else None
        return None if value is None or pd.isna(value) else value


def _heading(column: Column) -> str:
    """What a column is called where its codes are shown as names."""
    return column.alias.removesuffix("代码") or column.alias


def _write_xlsx(path: Path, table: pd.DataFrame, title: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "修改对照表"
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(table.columns))
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=14), Alignment(horizontal="center")
    sheet.append(list(table.columns))
    for row in table.itertuples(index=False):
        sheet.append(list(row))
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for rows in sheet.iter_rows(min_row=2):
        for cell in rows:
            # What somebody wrote stays a text, also where a spreadsheet would run it as a formula.
            cell.data_type, cell.quotePrefix = "s", looks_like_formula(cell.value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A3"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.save(path)


def _write_html(path: Path, table: pd.DataFrame, title: str) -> None:
    rows = "\n".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in table.itertuples(index=False))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in table.columns)
    path.write_text(
        f"<!DOCTYPE html>\n<html lang='zh-CN'><head><meta charset='utf-8'><title>{html.escape(title)}</title><style>"
        "body{font-family:'Microsoft YaHei','Noto Sans CJK SC',sans-serif;margin:2em}table{border-collapse:collapse}"
        "th,td{border:1px solid #999;padding:.25em .6em;text-align:left;vertical-align:top}th{background:#eee}</style></head>"
        f"<body><h1>{html.escape(title)}</h1><table><tr>{head}</tr>\n{rows}</table></body></html>\n",
        encoding="utf-8",
    )


def _write_csv(path: Path, table: pd.DataFrame, title: str) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        writer.writerows([csv_cell(cell) for cell in row] for row in table.itertuples(index=False))
