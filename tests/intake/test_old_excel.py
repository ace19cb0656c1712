"""Old Excel workbooks (.xls) read like new ones: codes whole, dates as dates, merged cells as merged."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import xlwt

from village_planner.base import InputError
from village_planner.intake.codes import code_rule
from village_planner.intake.headers import read_table
from village_planner.intake.old_excel import read_old_excel
from village_planner.intake.tables import read_grids
from village_planner.standards import Profile


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A roster of one village with two hamlets, the village's cells merged over both rows."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("名录")
    sheet.write_merge(0, 0, 0, 4, "某镇村庄名录")
    for column, heading in enumerate(("行政村代码", "行政村", "自然村", "户籍户数", "数据日期")):
        sheet.write(1, column, heading)
    sheet.write_merge(2, 3, 0, 0, 370799101201.0)
    sheet.write_merge(2, 3, 1, 1, "东山村")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, (hamlet, households) in enumerate((("东山", 38), ("小东山", 12)), 2):
        sheet.write(row, 2, hamlet)
        sheet.write(row, 3, households)
        sheet.write(row, 4, datetime(2020, 3, 5), day)
    path = tmp_path / "名录.xls"
    book.save(str(path))
    return path


def test_cells_dates_and_merged_ranges_are_kept(roster: Path) -> None:
    (name, rows, merges), = read_old_excel(roster)
    assert name == "名录"
    assert rows[2] == [370799101201.0, "东山村", "东山", 38.0, datetime(2020, 3, 5)]
    assert rows[3] == [None, None, "小东山", 12.0, datetime(2020, 3, 5)]
    assert set(merges) == {(0, 0, 0, 4), (2, 0, 3, 0), (2, 1, 3, 1)}


def test_the_table_has_the_village_in_every_hamlets_row_and_its_code_whole(roster: Path, profile: Profile) -> None:
    table = read_table(roster, profile.inputs["roster"], code_rule(profile))
    assert [table.cell(row, "village") for row in range(2)] == ["东山村", "东山村"]
    assert [table.cell(row, "hamlet") for row in range(2)] == ["东山", "小东山"]


def test_the_ending_does_not_matter(roster: Path) -> None:
    renamed = roster.rename(roster.with_suffix(".xlsx"))
    assert read_grids(renamed)[0].rows[3][2] == "小东山"


def test_a_damaged_workbook_is_refused_in_words(roster: Path) -> None:
    content = roster.read_bytes()
    refused = 0
    for length in range(600, len(content), 400):
        roster.write_bytes(content[:length])
        try:
            read_old_excel(roster)
        except InputError as error:
            refused += 1
            assert error.message.params["file"] == "名录.xls"
    assert refused > 0


def test_real_old_workbooks_are_read(shared_data: Path) -> None:
    grid, = read_grids(shared_data / "tables_excel" / "admin_2012.xls")
    assert len(grid.rows) == 50
    assert (0, 0, 0, 11) in grid.merges
