"""Tables as a township keeps them: rosters with titles and merged headings, the protection list, the decisions."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Optional, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

from village_planner.demo.names import COUNTY_NAME
from village_planner.demo.scene import Decision, Hamlet, Scene, Village

STAMP = datetime(2020, 12, 31, 12, 0, 0)
DECISION_HEADINGS = (
    "乡镇", "行政村", "自然村", "村庄类别", "布局引导", "理由", "依据", "表决形式", "表决日期", "表决依据", "应到", "实到", "同意", "决议文件",
    "迁入去向类型", "迁入地", "时序", "户数", "人口", "宅基地宗数", "安置方式", "拆旧面积（m²）", "建新面积（m²）", "复垦面积（m²）", "复垦方向",
)
_ROSTER_WIDTH, _HEADING_ROWS = 11, 3


def write_roster(scene: Scene, path: Path) -> None:
    """村庄名录.xlsx: a title row, a two-row heading, village cells merged over their hamlets, a sum and a note below.

    Every third village code is a number, as Excel makes of it; the others are text.
    """
    book, sheet = new_book("名录")
    title(sheet, f"{scene.title}村庄名录（2020年）", _ROSTER_WIDTH)
    _two_row_heading(sheet)
    hamlets: list[Hamlet] = []
    merged = list(sheet.merged_cells.ranges)
    for serial, village in enumerate(scene.villages, 1):
        rows = [*village.hamlets, *(h for h in village.hamlets if (village.code, h.name) in scene.repeated_hamlets)]
        # Each village by itself: openpyxl compares a merged cell with all that it has, which for 400 villages takes seconds.
        sheet.merged_cells = MultiCellRange()
        _village_rows(sheet, serial, village, rows, _HEADING_ROWS + len(hamlets) + 1)
        merged += sheet.merged_cells.ranges
        hamlets += rows
    sheet.merged_cells = MultiCellRange(merged)
    _sum_row(sheet, hamlets)
    sheet.append(["注：户籍数据截至2020年12月31日；宅基地数据由各村上报，空置指连续两年以上无人居住。"])
    sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=_ROSTER_WIDTH)
    save(book, path)


def write_second_roster(scene: Scene, path: Path) -> None:
    """民政部门行政区划名录.csv in GBK: code, full name of the committee and former name, without hamlets."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["区划代码", "村委会名称", "曾用名"])
    writer.writerows([row.code, row.name, row.former] for row in scene.second_roster)
    path.write_bytes(text.getvalue().encode("gbk"))


def write_protection_list(scene: Scene, path: Path) -> None:
    """保护名录.xlsx: the hamlets on a national or provincial list."""
    book, sheet = new_book("保护名录")
    title(sheet, f"{COUNTY_NAME}传统村落等保护名录", 6)
    bold(sheet, ["序号", "行政村代码", "行政村", "自然村", "保护名录类型", "级别"])
    for serial, row in enumerate(scene.protected, 1):
        sheet.append([serial, row.village_code, row.village, row.hamlet, row.title, row.level])
    save(book, path)


def write_facilities(scene: Scene, path: Path) -> None:
    """公共服务设施.xlsx: facilities by village and hamlet, without coordinates."""
    book, sheet = new_book("公共服务设施")
    title(sheet, f"{COUNTY_NAME}公共服务设施台账", 9)
    bold(sheet, ["编号", "乡镇", "行政村代码", "行政村", "自然村", "设施名称", "设施类型", "建设状态", "建设年份"])
    for row in scene.facilities:
        sheet.append([row.code, row.township, row.village_code, row.village, row.hamlet, row.name, row.kind, row.state, row.year])
    save(book, path)


def write_decisions(scene: Scene, path: Path) -> None:
    """决策.xlsx: a row per classified village, and a row per move below its village."""
    book, sheet = new_book("决策")
    bold(sheet, list(DECISION_HEADINGS))
    for row in scene.decisions:
        sheet.append(_decision_cells(row))
    sheet.freeze_panes = "D2"
    save(book, path)


def _decision_cells(row: Decision) -> list[Any]:
    vote = row.consent
    consent: list[Any] = [None] * 7
    if vote:
        day = datetime.fromisoformat(vote.date)
        basis = "《中华人民共和国村民委员会组织法》" if vote.document else "入户意愿调查"
        consent = [vote.kind, day, basis, vote.eligible, vote.attended, vote.in_favour, _text(vote.document)]
    return [
        row.township, row.village, _text(row.hamlet), _text(row.category), _text(row.action), _text(row.grounds), _text(row.basis), *consent,
        _text(row.destination_kind), _text(row.destination), row.phase, row.households, row.persons, row.homesteads, _text(row.mode),
        row.cleared_m2, row.built_m2, row.reclaimed_m2, _text(row.reclaim_to),
    ]


def _text(value: str) -> Optional[str]:
    return value or None


def _two_row_heading(sheet: Worksheet) -> None:
    single = {1: "序号", 2: "乡镇", 3: "行政村代码", 4: "行政村", 5: "村庄性质", 6: "自然村", 11: "备注"}
    for column, heading in single.items():
        sheet.cell(2, column, heading)
        sheet.merge_cells(start_row=2, start_column=column, end_row=3, end_column=column)
    for column, heading, parts in ((7, "户籍", ("户数", "人口")), (9, "宅基地", ("宗数", "空置"))):
        sheet.cell(2, column, heading)
        sheet.merge_cells(start_row=2, start_column=column, end_row=2, end_column=column + 1)
        for offset, part in enumerate(parts):
            sheet.cell(3, column + offset, part)
    for row in sheet.iter_rows(min_row=2, max_row=3, max_col=_ROSTER_WIDTH):
        for cell in row:
            cell.font, cell.alignment = Font(bold=True), Alignment(horizontal="center", vertical="center", wrap_text=True)


def _village_rows(sheet: Worksheet, serial: int, village: Village, hamlets: Sequence[Hamlet], first: int) -> None:
    code: Any = float(village.code) if serial % 3 == 0 else village.code
    for offset, hamlet in enumerate(hamlets):
        shared = [serial, village.township.name, code, village.name, village.kind or None] if offset == 0 else [None] * 5
        figures = [hamlet.households, hamlet.persons, hamlet.homesteads, hamlet.vacant_homesteads]
        sheet.append([*shared, hamlet.name, *figures, "村委会驻地" if offset == 0 else None])
    if len(hamlets) > 1:
        for column in range(1, 6):
            sheet.merge_cells(start_row=first, start_column=column, end_row=first + len(hamlets) - 1, end_column=column)


def _sum_row(sheet: Worksheet, hamlets: Sequence[Hamlet]) -> None:
    sums = [
        sum(h.households for h in hamlets), sum(h.persons for h in hamlets),
        sum(h.homesteads for h in hamlets), sum(h.vacant_homesteads for h in hamlets),
    ]
    sheet.append(["合计", None, None, None, None, f"{len(hamlets)}个", *sums, None])
    sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=2)


def new_book(name: str) -> tuple[Workbook, Worksheet]:
    """A workbook with one sheet of that name."""
    book = Workbook()
    sheet = book.active
    sheet.title = name
    for column, width in zip("ABCDEFGHIJKLMNOPQRSTU", (8, 10, 16, 14, 12, 14, *([11] * 15))):
        sheet.column_dimensions[column].width = width
    return book, sheet


def title(sheet: Worksheet, text: str, width: int) -> None:
    """A title in the first row, merged over `width` columns."""
    sheet.append([text])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")


def bold(sheet: Worksheet, headings: list[str]) -> None:
    """A row of headings."""
    sheet.append(headings)
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)


def save(book: Workbook, path: Path) -> None:
    """Save with fixed dates: openpyxl stamps the present time into the properties and into each zip entry."""
    book.properties.creator = "示例"
    book.properties.created = STAMP
    buffer = io.BytesIO()
    book.save(buffer)
    moment = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment, content)
            entry = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
