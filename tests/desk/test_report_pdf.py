"""Pages of a report as PDF: no row is cut that fits on a page, no heading ends one, and headings of tables come again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from qgis.PyQt.QtGui import QPdfWriter

from village_planner.base import Message
from village_planner.base.report import Report
from village_planner.desk.report_pdf import Strip, laid_out, paged, write_report_pdf

HEAD = (40.0, 50.0)


def table(count: int, start: float = 40.0) -> list[Strip]:
    """A table of rows of 20 below a heading of 10 that begins at `start`."""
    rows = [Strip(start + 10 + 20 * number, start + 30 + 20 * number, (start, start + 10)) for number in range(count)]
    return [Strip(start, start + 10, None, True), *rows]


def test_a_row_stands_whole_on_the_next_page_below_the_heading_of_its_table() -> None:
    assert paged([Strip(0, 40), *table(4)], 100.0) == [(0, 90, None), (90, 130, HEAD)]
    assert paged([Strip(0, 40), *table(8)], 100.0) == [(0, 90, None), (90, 170, HEAD), (170, 210, HEAD)]


def test_headings_go_where_their_first_row_goes() -> None:
    assert paged([Strip(0, 60), Strip(60, 75, None, True), *table(1, 75.0)], 100.0) == [(0, 60, None), (60, 105, None)]


def test_a_row_that_is_higher_than_a_page_is_cut() -> None:
    assert paged([Strip(0, 250)], 100.0) == [(0, 100, None), (100, 200, None), (200, 250, None)]
    assert paged([], 100.0) == []
    assert paged([Strip(0, 90, None, True), Strip(90, 120, (0, 90))], 100.0) == [(0, 90, None), (90, 120, None)]


def test_a_long_report_has_pages(qgis_app: Any, tmp_path: Path) -> None:
    report = Report(Message("base.report.title"), {"得分": 0})
    section = report.section(Message("base.report.title"))
    for number in range(90):
        section.add(Message("base.report.nothing"), 规则=f"QC-{number}", 对象="居民点用地 XJ07")
    write_report_pdf(report, tmp_path / "报告.pdf")
    assert len(re.findall(rb"/Type /Page\b(?!s)", (tmp_path / "报告.pdf").read_bytes())) == 3


def test_codes_stay_in_one_line_of_their_column(qgis_app: Any, tmp_path: Path) -> None:
    codes = ("379921101203010307", "M379921101203010307", "379921101203001XJ07", "QC-3301")
    report = Report(Message("base.report.title"))
    section = report.section(Message("base.report.title"))
    for code in codes:
        section.add(Message("base.report.nothing"), 规则=code[-8:], 等级="A", 文件="4矢量数据/村庄布局规划矢量数据", 对象=f"居民点用地 {code}", 状态="未处理")
    writer = QPdfWriter(str(tmp_path / "报告.pdf"))
    writer.setResolution(300)
    document = laid_out(report, "质检", writer, 174 / 25.4 * 300)
    lines = set()
    block = document.begin()
    while block.isValid():
        layout = block.layout()
        spans = [layout.lineAt(number) for number in range(layout.lineCount())]
        lines |= {block.text()[line.textStart() : line.textStart() + line.textLength()].strip() for line in spans}
        block = block.next()
    assert [code for code in codes if not any(code in line for line in lines)] == []
    assert "居民点用地" in lines
