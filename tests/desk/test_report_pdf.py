"""Pages of a report as PDF: no row is cut that fits on a page, no heading ends one, and headings of tables come again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from village_planner.base import Message
from village_planner.base.report import Report
from village_planner.desk.report_pdf import Strip, paged, write_report_pdf

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
