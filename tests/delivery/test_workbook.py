"""Printed tables: headings merged as the profile says, totals, texts that stay texts, and a page that prints."""

from __future__ import annotations

import math
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from tests.delivery.plans import box, control, move, plan_rows
from village_planner.accounts import land_balance
from village_planner.delivery.columns import expanded_columns
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import Conflicts, DeliverySource, layer_frames
from village_planner.delivery.printed import check_printed, compare_rows
from village_planner.delivery.rows import PrintedRow, RowKind, kept_rows, label_columns, printed_rows
from village_planner.delivery.tables import delivered_tables, required_tables, table_frames
from village_planner.delivery.unit_codes import check_unit_codes, write_unit_codes
from village_planner.delivery.widths import broken_heading, column_widths, text_width, wrapped_lines
from village_planner.delivery.workbook import Heading, write_workbook
from village_planner.delivery.workbook_page import page_ends, pages_to_fit
from village_planner.plan.data import PlanData, plan_data
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile, TableColumn, TableSpec, load_profile

HEADING = Heading("清河县村庄布局规划", "规划编制中心", "草稿", "2026-03-01")


def spec(*columns: TableColumn, **changes: Any) -> TableSpec:
    """A table with these columns."""
    values = {"id": "T", "title": "表T", "frame": "t", "per_phase": (), "phase_heading": "", "source": "测试", "confidence": "proposal"}
    return TableSpec(columns=columns, **{**values, **changes})


def column(*heading: str, value: str = "v", format: str = "", total: str = "", width: float = 10) -> TableColumn:
    """A column with its heading levels from the top."""
    return TableColumn(heading, value, format, total, width)


def written(path: Path, table: TableSpec, frame: pd.DataFrame, phases: tuple[int, ...] = ()) -> Worksheet:
    """The sheet that is in the file after writing it."""
    write_workbook(path / "t.xlsx", [(table, frame)], phases, load_profile(), HEADING)
    return openpyxl.load_workbook(path / "t.xlsx").active


def tables_of(rows: dict[str, list[dict[str, Any]]], layers: MemoryLayers | None = None) -> dict[str, pd.DataFrame]:
    """All table frames of a plan."""
    data: PlanData = plan_data(**rows)
    source = DeliverySource(data, layers or MemoryLayers({}), load_profile(), "S1")
    return table_frames(source, layer_frames(source))


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\t=1"])
def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path, text: str) -> None:
    sheet = written(tmp_path, spec(column("名称")), pd.DataFrame({"v": [text]}))
    cell = sheet.cell(4, 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_equal_neighbours_in_a_heading_are_merged_and_short_headings_reach_down(tmp_path: Path) -> None:
    table = spec(column("序号"), column("面积", "村域"), column("面积", "建设用地"), column("备注"))
    sheet = written(tmp_path, table, pd.DataFrame({"v": ["a"]}))
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {"A3:A4", "B3:C3", "D3:D4"} <= merged
    assert [sheet.cell(4, position).value for position in (2, 3)] == ["村域", "建设用地"]


def test_columns_are_repeated_for_each_phase_of_the_plan() -> None:
    table = spec(column("序号"), per_phase=(column("户", value="h_{phase}"),), phase_heading="{phase}年", columns_after=(column("备注"),))
    headings = [(c.heading, c.value) for c in expanded_columns(table, (2020, 2035), load_profile())]
    assert headings == [(("序号",), "v"), (("2020年", "户"), "h_2020"), (("2035年", "户"), "h_2035"), (("备注",), "v")]


def test_totals_add_what_is_known_and_leave_blank_what_is_not(tmp_path: Path) -> None:
    known, unknown = column("数", value="n", total="sum"), column("空", value="e", total="sum")
    table = spec(column("乡镇", total="label"), known, unknown, column("个", value="n", total="count"))
    sheet = written(tmp_path, table, pd.DataFrame({"v": ["a", "b", "c"], "n": [1, 2, None], "e": [None] * 3}))
    assert [sheet.cell(7, position).value for position in range(1, 5)] == ["合计", 3, None, 2]


def test_a_printed_column_adds_up_to_its_printed_total(tmp_path: Path) -> None:
    sheet = written(tmp_path, spec(column("面积", format="0.00", total="sum")), pd.DataFrame({"v": [0.124999999, 0.124999999, 0.005]}))
    shown = [sheet.cell(row, 1).value for row in range(4, 8)]
    assert shown[-1] == pytest.approx(sum(shown[:-1]), abs=1e-9)
    assert shown[0] == 0.12


def test_the_page_fits_its_width_repeats_the_headings_and_counts_pages(tmp_path: Path) -> None:
    sheet = written(tmp_path, spec(column("面积", "村域"), paper="A4"), pd.DataFrame({"v": [1.5]}))
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (1, 0, True)
    # Without the $ spreadsheets do not repeat the rows.
    assert "!$1:$4</definedName>" in zipfile.ZipFile(tmp_path / "t.xlsx").read("xl/workbook.xml").decode("utf-8")
    assert "&P" in sheet.oddFooter.center.text
    assert sheet.cell(3, 1).font.name == "宋体"


@pytest.mark.parametrize(("heights", "pages"), [
    ([20.0] * 50, 0), ([20.0] * 51, 1), ([20.0] * 57, 1), ([20.0] * 58, 0), ([20.0] * 102, 2), ([900.0, 200.0], 0), ([], 0), ([10.0], 0),
])
def test_no_last_page_is_printed_for_a_line_or_two(heights: list[float], pages: int) -> None:
    assert pages_to_fit(heights, 1000.0) == pages


def rows_of(kinds: str) -> list[PrintedRow]:
    """A row for each letter: r a row, s the sum of a group, t one of the whole."""
    return [PrintedRow([], {"r": RowKind.ROW, "s": RowKind.SUBTOTAL, "t": RowKind.TOTAL}[kind]) for kind in kinds]


@pytest.mark.parametrize(("kinds", "kept"), [
    ("r" * 9, "------kkk"), ("r" * 8, "k" * 8), ("rrrrrrrrttt", "-----kkkkkk"), ("rrrrrsrrrrrrrst", "---kk-----kkkkk"), ("rrsrrrrrrrst", "-k-----kkkkk"),
    ("t" * 9, "-kkkkkkkk"), ("", ""),
])
def test_sums_stay_with_rows_of_theirs_and_the_last_rows_of_a_table_with_each_other(kinds: str, kept: str) -> None:
    assert "".join("k" if own else "-" for own in kept_rows(rows_of(kinds))) == kept


@pytest.mark.parametrize(("heights", "kept", "ends"), [
    ([10.0] * 5, "-----", [2]), ([10.0] * 5, "--k--", [1]), ([10.0] * 7, "-kk--kk", [0, 3]), ([10.0] * 5, "kkkkk", [2]), ([10.0] * 3, "---", []),
    ([50.0, 10.0, 50.0], "---", [0, 1]), ([], "", []),
])
def test_a_page_ends_before_rows_that_stay_together(heights: list[float], kept: str, ends: list[int]) -> None:
    assert page_ends(heights, [own == "k" for own in kept], 30.0) == ends


@pytest.mark.parametrize("size", range(2, 12))
def test_no_page_of_a_sheet_begins_with_a_sum_or_a_row_alone_above_it(tmp_path: Path, size: int) -> None:
    groups, height = 15, 60
    table = spec(column("乡镇", total="label"), column("数", value="n", format="0.00", total="sum"), subtotal="town", paper="A4", note="说明")
    towns = [f"镇{number}" for number in range(groups) for _ in range(size)]
    sheet = written(tmp_path, table, pd.DataFrame({"v": ["很长的名称" * height] * len(towns), "n": [1.5] * len(towns), "town": towns}))
    begins = [row.id + 1 for row in sheet.row_breaks.brk]
    assert begins
    for row in begins:
        assert not any("计" in str(sheet.cell(near, 1).value) for near in (row, row + 1))
        assert "编制单位" not in "".join(str(sheet.cell(near, 1).value) for near in (row, row + 1, row + 2))


@pytest.mark.parametrize(("count", "pages"), [(36, 0), (40, 1), (60, 0)])
def test_a_sum_and_a_signature_have_no_page_of_their_own(tmp_path: Path, count: int, pages: int) -> None:
    """An upright page of A4 holds 42 rows below title and headings."""
    table = spec(column("名称", total="label"), column("数", value="n", format="0.00", total="sum"), paper="A4", note="说明")
    sheet = written(tmp_path, table, pd.DataFrame({"v": ["很长的名称" * 5] * count, "n": [1.5] * count}))
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("portrait", pages)


@pytest.mark.parametrize(("names", "rows", "orientation"), [("甲", 60, "portrait"), ("甲", 3, "landscape"), ("甲乙丙丁", 60, "landscape")])
def test_a_long_list_of_few_columns_stands(tmp_path: Path, names: str, rows: int, orientation: str) -> None:
    frame = pd.DataFrame({name: ["很长的名称" * 5] * rows for name in names})
    assert written(tmp_path, spec(*(column(name, value=name) for name in names), paper="A4"), frame).page_setup.orientation == orientation


def test_an_empty_table_says_so_and_explains_no_rows(tmp_path: Path) -> None:
    for columns, merged in (([column("名称")], []), ([column("名称"), column("类型", value="w")], ["A4:B4"])):
        sheet = written(tmp_path, spec(*columns, note="各行说明"), pd.DataFrame({"v": [], "w": []}))
        assert sheet.cell(4, 1).value == "（无）"
        # Its note explains rows.
        assert not any("各行说明" in str(cell.value) for row in sheet.iter_rows() for cell in row)
        # A range of one cell would have a spreadsheet repair the file.
        assert [str(area) for area in sheet.merged_cells.ranges if area.min_row == 4] == merged


def test_control_characters_do_not_stop_the_writing(tmp_path: Path) -> None:
    assert written(tmp_path, spec(column("名称")), pd.DataFrame({"v": ["a\x07b"]})).cell(4, 1).value == "a b"


def test_room_goes_to_the_column_in_which_it_spares_lines() -> None:
    columns = [column("代码", value="code"), column("名称"), column("理由", value="why"), column("户数", value="n", format="#,##0")]
    rows = [PrintedRow(["370799101201", "东村", "人口集聚设施齐全近期有条件发展", 1_234_567], RowKind.ROW) for _ in range(40)]
    code, name, why, count = column_widths(columns, rows, 70)
    assert wrapped_lines("人口集聚设施齐全近期有条件发展", why) == 1 == wrapped_lines("东村", name)
    assert code >= len("370799101201") + 1 and count >= len("1,234,567") + 1 and code + name + why + count <= 70.01
    narrow = column_widths(columns, rows, 40)
    assert narrow[0] >= 14 and narrow[3] >= 11 and wrapped_lines("人口集聚设施齐全近期有条件发展", narrow[2]) > 1


@pytest.mark.parametrize(
    ("text", "width", "lines"), [("一二三四五，六", 11, 2), ("一二三四五六七", 8.9, 3), ("甲 2020-12-31", 11, 2), ("", 5, 1), ("一\n二", 9, 2)]
)
def test_lines_keep_numbers_whole_and_never_begin_with_a_closing_mark(text: str, width: float, lines: int) -> None:
    assert wrapped_lines(text, width) == lines


@given(text=st.text(st.characters(codec="utf-8"), max_size=80), width=st.floats(6, 60))
def test_a_text_never_needs_more_lines_in_a_wider_column(text: str, width: float) -> None:
    assert wrapped_lines(text, width + 10) <= wrapped_lines(text, width)
    assert text_width(text) <= 2 * len(text)


def test_rows_are_as_high_as_the_lines_of_their_texts(tmp_path: Path) -> None:
    names = ["东村", "回龙河上游民族团结进步示范新区荷塘村", "民" * 90, "民" * 200]
    sheet = written(tmp_path, spec(column("代码", value="code"), column("名称"), paper="A4"), pd.DataFrame({"v": names, "code": ["370799101201"] * 4}))
    digits = sheet.column_dimensions["B"].width * 10.5 / 10 - 1
    lines = [math.ceil(2 * len(name) / (digits // 2 * 2)) for name in names]
    assert lines[:2] == [1, 1] and lines[3] > lines[2] > 1
    assert [sheet.row_dimensions[row].height for row in range(4, 8)] == [14.5 * count + 1.5 for count in lines]


def test_widths_count_digits_that_are_the_same_on_every_machine(tmp_path: Path) -> None:
    frame = pd.DataFrame({"v": ["东村"], "code": ["370799101201001"], "n": [1234.5678]})
    sheet = written(tmp_path, spec(column("名称"), column("代码", value="code"), column("数", value="n", format="#,##0.0000")), frame)
    normal = sheet.parent._named_styles["Normal"].font
    assert (normal.name, normal.size) == ("Times New Roman", 10.5)
    assert [sheet.cell(4, position).font.name for position in (1, 2, 3)] == ["宋体", "Times New Roman", "Times New Roman"]
    # A unit of width is half of 10.5 points; a digit of 10 points takes 5, edges about 4.
    for letter, shown in (("B", "370799101201001"), ("C", "1,234.5678")):
        assert sheet.column_dimensions[letter].width * 10.5 / 2 >= 5 * len(shown) + 4


def test_a_digit_among_chinese_characters_may_be_wider_than_half_of_one() -> None:
    assert text_width("370799101201") == 12 and text_width("2035年") == 4 * 1.25 + 2
    assert wrapped_lines("2035年底", 9.9) == 2 and wrapped_lines("2035年底", 10) == 1
    assert [wrapped_lines("370799101201", width) for width in (13, 12.9)] == [1, 2]


def test_every_column_of_every_table_is_filled_by_its_frame(profile: Profile) -> None:
    tables = tables_of(plan_rows())
    phases = [row["year"] for row in plan_rows()["phase"]]
    missing = {
        (table.id, column.value)
        for table in profile.tables.values()
        for column in expanded_columns(table, phases, profile)
        if column.value not in tables[table.frame].columns
    }
    assert missing == set()


def test_part_of_a_village_is_two_rows_of_moves_and_no_withdrawn_village() -> None:
    rows = plan_rows()
    village = "370799101201"
    rows["hamlet"] = [row for row in rows["hamlet"] if row["village_code"] != village]
    facts = {"village_code": village, "homesteads": 20, "vacant_homesteads": 2}
    for serial, households, persons in ((1, 120, 400), (2, 20, 50), (3, 18, 46), (4, 30, 90), (5, 25, 80)):
        own = {"code": f"{village}{serial:03d}", "name": f"庄{serial}", "is_main": int(serial == 1)}
        rows["hamlet"].append({**facts, **own, "households": households, "persons": persons})
    rows["patch"], rows["consent"] = [], []
    rows["action"] = [
        {"scenario": "S1", "hamlet_code": f"{village}{serial:03d}", "action": "merge" if serial in (2, 3) else "retain", "origin": "manual"}
        for serial in range(1, 6)
    ]
    rows["move"] = [
        move("M1", f"{village}002", "hamlet", f"{village}001", 2025, 20, 50, "07", 10_000, 4_400),
        move("M2", f"{village}003", "hamlet", f"{village}001", 2025, 18, 46, "07", 9_200, 4_000),
    ]
    tables = tables_of(rows)
    moves = tables["move_list"]
    assert len(moves) == 2
    assert (moves["households"].sum(), moves["persons"].sum()) == (38, 96)
    assert set(moves["category_name"]) == {"集聚提升类"} and set(moves["crossing"]) == {"本村"}
    whole = tables["phase_summary"].query("township_name == '合计' and phase_name == '2025年'").iloc[0]
    assert (whole["hamlets"], whole["villages"]) == (2, 0)
    assert (whole["cleared_ha"], whole["built_ha"], whole["net_ha"]) == pytest.approx((1.92, 0.84, 1.08))


def test_a_split_hamlet_counts_once_in_the_phase_of_its_last_move() -> None:
    whole = tables_of(plan_rows())["phase_summary"].query("township_name == '东河镇'").set_index("phase_name")
    assert whole["hamlets"].to_dict() == {"2020年": 0, "2021年": 0, "2022年": 0, "2025年": 1, "2035年": 1}
    assert whole["villages"].to_dict()["2035年"] == 1
    assert whole["households"].to_dict()["2025年"] == 32
    assert whole["cumulative_households"].to_dict() == {"2020年": 0, "2021年": 0, "2022年": 0, "2025年": 32, "2035年": 38}
    assert whole["cumulative_hamlets"].to_dict()["2035年"] == 2


def test_shares_by_category_and_of_what_is_not_classified_add_up_to_a_hundred() -> None:
    rows = plan_rows()
    rows["village"] = [{**rows["village"][0], "code": f"3707991012{number:02d}", "name": f"村{number}", "geom": None} for number in range(1, 8)]
    for table in ("hamlet", "patch", "action", "move", "consent", "roster_difference", "village_alias", "site", "site_capacity"):
        rows[table] = []
    rows["category"] = [{**rows["category"][0], "village_code": f"3707991012{number:02d}", "category": f"0{number}"} for number in (1, 2, 3, 4, 5)]
    frame = tables_of(rows)["category_summary"].set_index("township_name")
    for name in ("东河镇", "合计"):
        assert (frame.loc[name, "in_scope"], frame.loc[name, "classified"]) == (7, 5)
        shares = [frame.loc[name, f"share_0{number}"] for number in (1, 2, 3, 4, 5)]
        assert all(share in (14.28, 14.29) for share in shares)
    rows["village"] = rows["village"][:3]
    rows["category"] = rows["category"][:3]
    frame = tables_of(rows)["category_summary"].set_index("township_name")
    assert sum(round(100 * frame.loc["东河镇", f"share_0{number}"]) for number in range(1, 6)) == 10_000


def test_a_village_inside_the_boundary_is_not_among_those_that_need_a_category() -> None:
    rows = plan_rows()
    rows["village"][3]["position_stated"] = "inside"
    rows["category"] = rows["category"][:3]
    tables = tables_of(rows)
    summary = tables["category_summary"].set_index("township_name")
    assert (summary.loc["西山镇", "in_scope"], summary.loc["西山镇", "classified"], summary.loc["西山镇", "share_03"]) == (1, 1, 100.0)
    assert summary.loc["合计", "in_scope"] == len(tables["village_categories"]) == 3
    assert set(tables["village_roster"]["position_name"]) == {"界内", "界外"}


def test_an_unknown_area_stays_unknown_in_the_total_of_the_phase() -> None:
    rows = plan_rows()
    rows["move"] = [{**row, "built_m2": None} for row in rows["move"]]
    whole = tables_of(rows)["phase_summary"].query("township_name == '合计'").set_index("phase_name")
    assert pd.isna(whole.loc["2025年", "built_ha"])
    assert whole.loc["2020年", "built_ha"] == 0


def test_the_phases_add_up_to_the_list_of_moves_as_printed() -> None:
    rows = plan_rows()
    for row, cleared, built in zip(rows["move"], (1_000.4, 1_000.4, 77.5), (500.6, 500.6, 0.0)):
        row["cleared_m2"], row["built_m2"] = cleared, built
    tables = tables_of(rows)
    last = tables["phase_summary"].query("township_name == '合计'").iloc[-1]
    for column in ("cleared_ha", "built_ha"):
        printed = tables["move_list"][column].round(4)
        assert last[f"cumulative_{column}"] == pytest.approx(printed.sum(), abs=1e-9)
    assert last["cumulative_net_ha"] == pytest.approx(last["cumulative_cleared_ha"] - last["cumulative_built_ha"], abs=1e-9)


def test_totals_have_no_number_and_are_bold(tmp_path: Path) -> None:
    frame = pd.DataFrame({"no": pd.array([1, pd.NA], dtype="Int64"), "v": ["东河镇", "合计"]})
    sheet = written(tmp_path, spec(column("序号", value="no"), column("乡镇")), frame)
    assert [(sheet.cell(row, 1).value, sheet.cell(row, 2).font.bold) for row in (4, 5)] == [(1, False), (None, True)]


def test_a_batch_of_committees_has_no_code_in_the_printed_roster_check() -> None:
    rows = plan_rows()
    rows["roster_difference"].append({"source": "村庄名录.xlsx", "code": "committees", "kind": "committees", "detail": {"codes": ["370799101001"]}})
    printed = tables_of(rows)["roster_check"]
    assert printed.loc[printed["source"] == "村庄名录.xlsx", "code"].isna().all()


@pytest.mark.parametrize(("source", "title"), [
    ("第三次国土调查.gdb/CJDCQ", "第三次国土调查"), ("统计局2020.12名录.xlsx", "统计局2020.12名录"), ("名录", "名录"),
])  # fmt: skip
def test_a_roster_is_printed_by_its_title(source: str, title: str) -> None:
    rows = plan_rows()
    rows["roster_difference"][0]["source"] = source
    assert tables_of(rows)["roster_check"]["source_title"].tolist() == [title]


def test_what_is_left_over_is_reclaimed_less_built_in_every_row_and_over_all_phases() -> None:
    rows = plan_rows()
    rows["move"][0]["built_m2"] = None
    rows["township"].reverse()
    tables = tables_of(rows)
    frame = tables["reclamation_summary"]
    left = frame["reclaimed_ha"] - frame["built_ha"].fillna(0.0)
    assert frame["surplus_ha"].dropna().tolist() == pytest.approx(left.dropna().tolist(), abs=1e-9) and frame["surplus_ha"].notna().any()
    single = frame[frame["no"].notna()]
    assert frame["phase_name"].iloc[-1] == "各期合计" and frame["reclaimed_ha"].iloc[-1] == pytest.approx(single["reclaimed_ha"].sum())
    codes = list(tables["township_facts"]["township_code"])
    assert codes == sorted(codes) and len(codes) == 2


def test_the_sites_have_totals_of_capacity_and_of_what_is_spare(profile: Profile) -> None:
    spec, frame = profile.tables["F3"], tables_of(plan_rows())["site_list"]
    columns = expanded_columns(spec, [2025, 2035], profile)
    total = dict(zip([column.value for column in columns], printed_rows(spec, columns, frame)[-1].cells))
    assert (total["capacity_2025"], total["capacity_2035"]) == (40, 60) and total["spare"] == 60 - total["cumulative_2035"]


def test_the_land_per_household_of_a_site_is_that_of_the_printed_area() -> None:
    rows = plan_rows()
    rows["site"][0]["geom"] = box(0, 0, 100, 191.995)
    site = tables_of(rows)["site_list"].iloc[0]
    assert site["area_per_household"] == pytest.approx(site["area_ha"] * 10_000 / site["capacity"], abs=1e-9)
    assert site["area_ha"] * 10_000 != site["area_m2"]


def test_a_destination_in_another_village_is_told_with_it_and_one_without_a_place_is_not_named_twice() -> None:
    rows = plan_rows()
    village, other = rows["village"][0]["code"], rows["village"][2]["code"]
    rows["move"] += [
        {**rows["move"][0], "code": "M4", "destination_code": f"{other}001"},
        {**rows["move"][2], "code": "M5", "destination_kind": "town", "destination_name": "县城"}, {**rows["move"][1], "code": "M6", "destination_code": None},
    ]
    moves = tables_of(rows)["move_list"].set_index("move_code")[["destination_code_shown", "destination_shown", "crossing"]]
    names = [next(row["name"] for row in rows[table] if row["code"] == code) for table, code in (("village", other), ("hamlet", f"{other}001"))]
    assert moves.loc["M1", "destination_shown"] == next(row["name"] for row in rows["hamlet"] if row["code"] == f"{village}001")
    assert moves.loc["M4", "destination_shown"] == "·".join(names) and names[0] != names[1]
    assert list(moves.loc["M3"]) == ["—", "—", "—"] and list(moves.loc["M5"]) == ["—", "县城", "—"]
    assert moves.loc["M6"].isna().all()


def test_the_vote_of_a_hamlet_comes_before_that_of_its_village() -> None:
    rows = plan_rows()
    village, hamlet = "370799101201", "370799101201002"
    later = {"village_code": village, "hamlet_code": None, "kind": "meeting_adults", "date": "2020-09-01", "eligible": 400, "attended": 300, "in_favour": 200}
    rows["consent"].append({**later, "code": "C3"})
    moves = tables_of(rows)["move_list"].set_index("move_code")
    assert (moves.loc["M1", "meeting_date"], moves.loc["M1", "in_favour_percent"]) == ("2020-06-01", 80.0)
    rows["consent"] = [row for row in rows["consent"] if row["hamlet_code"] != hamlet]
    moves = tables_of(rows)["move_list"].set_index("move_code")
    assert (moves.loc["M1", "meeting_date"], moves.loc["M1", "in_favour_percent"]) == ("2020-09-01", 66.67)
    assert pd.isna(moves.loc["M2", "meeting_date"])


def printed_findings(path: Path, source: DeliverySource, edit: Callable[[Any], None]) -> list[PackageFinding]:
    """What the inspector says of the plan's workbook after an edit."""
    tables = delivered_tables(source, table_frames(source, layer_frames(source)))
    write_workbook(path / "t.xlsx", tables, source.data.phases, source.profile, HEADING)
    book = openpyxl.load_workbook(path / "t.xlsx")
    edit(book)
    book.save(path / "t.xlsx")
    return check_printed(path / "t.xlsx", "t.xlsx", source)


def whole_source(**changes: Any) -> DeliverySource:
    """The clean plan with everything that its tables show, after its approval and with a year of its ledger."""
    rows = plan_rows()
    rows["plan"][0]["status"] = "implementation"
    rows["implementation"] = [{"move_code": "M1", "year": 2025, "households": 10, "cleared_m2": 5_000.0, "built_m2": 2_000.0, "reclaimed_m2": 4_000.0}]
    village = rows["village"][0]["code"]
    layers = MemoryLayers({"land_use": control("land_use", [box(0, 0, 4_000, 8_000)])})
    conflicts = Conflicts({village: 120.0}, {village: 3_000.0}, {village: 500.0}, {village: 1_000.0}, {village: 0.0})
    return replace(DeliverySource(plan_data(**rows), layers, load_profile(), "S1", conflicts), **changes)


def test_the_workbook_as_it_was_written_agrees_with_its_layers(tmp_path: Path) -> None:
    assert printed_findings(tmp_path, whole_source(), lambda book: None) == []


def test_a_changed_number_is_found_in_every_table(tmp_path: Path) -> None:
    edited = set()

    def change(book: Any) -> None:
        for sheet in book.worksheets:
            numbers = [cell for row in sheet.iter_rows(min_row=5) for cell in row if isinstance(cell.value, (int, float)) and cell.column > 1]
            if numbers:
                numbers[-1].value = 98_765
                edited.add(sheet.title)

    findings = printed_findings(tmp_path, whole_source(), change)
    assert {finding.subject.split("·")[0] for finding in findings} == edited
    # B2 and the comparison of rosters hold no numbers.
    assert len(edited) == len(whole_source().profile.tables) - sum(table.place == "document" for table in whole_source().profile.tables.values()) - 2


def test_a_subtotal_that_does_not_add_up_is_found_where_the_layers_cannot_tell(tmp_path: Path) -> None:
    without = whole_source(conflicts=Conflicts())
    tables = delivered_tables(whole_source(), table_frames(whole_source(), layer_frames(whole_source())))
    write_workbook(tmp_path / "t.xlsx", tables, without.data.phases, without.profile, HEADING)
    assert check_printed(tmp_path / "t.xlsx", "t.xlsx", without) == []
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = next(sheet for sheet in book.worksheets if sheet.title.startswith("B7"))
    row = next(row for row in sheet.iter_rows(min_row=5) if row[1].value == "东河镇小计")
    row[9].value += 1.0
    book.save(tmp_path / "t.xlsx")
    assert [finding.message.params["row"] for finding in check_printed(tmp_path / "t.xlsx", "t.xlsx", without)] == [row[0].row]


def test_townships_have_subtotals_that_add_up_to_the_total(tmp_path: Path) -> None:
    profile = load_profile()
    source = whole_source()
    tables = table_frames(source, layer_frames(source))
    for table in ("B1", "B4", "B7"):
        spec = profile.tables[table]
        rows = printed_rows(spec, expanded_columns(spec, source.data.phases, profile), tables[spec.frame])
        kinds = [row.kind for row in rows]
        assert kinds[-1] is RowKind.TOTAL
        if table != "B4":  # all moves are of one township: its sums would stand there twice
            sums = [row.cells for row in rows if row.kind is RowKind.SUBTOTAL]
            assert len(sums) == 2
            for position, total in enumerate(rows[-1].cells):
                if isinstance(total, (int, float)):
                    assert sum(cells[position] for cells in sums) == pytest.approx(total)


def test_a_total_counts_the_rows_that_hold_a_word_and_none_where_nothing_is_known(tmp_path: Path) -> None:
    columns = [column("名称", value="a", total="count"), column("设施", value="b", total="count:有"), column("不明", value="c", total="count:有")]
    rows = printed_rows(spec(*columns), columns, pd.DataFrame({"a": ["甲", "乙", None], "b": ["有", "缺", "有"], "c": [None] * 3}))
    assert rows[-1].cells == [2, 2, None] and rows[-1].kind is RowKind.TOTAL
    sheet = written(tmp_path, spec(*columns), pd.DataFrame({"a": ["甲", "乙", None], "b": ["有", "缺", "有"], "c": [None] * 3}))
    assert [(sheet.cell(7, number).value, sheet.cell(7, number).alignment.horizontal) for number in (1, 2)] == [(2, "center")] * 2


def test_each_sheet_of_the_workbook_says_its_edition(tmp_path: Path) -> None:
    write_workbook(tmp_path / "t.xlsx", [(spec(column("名称")), pd.DataFrame({"v": ["a"]}))], [], load_profile(), replace(HEADING, edition="送审稿"))
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0].cell(2, 1).value == "清河县村庄布局规划（送审稿）"
    assert written(tmp_path, spec(column("名称")), pd.DataFrame({"v": ["a"]})).cell(2, 1).value == "清河县村庄布局规划"


def test_a_form_ends_with_its_note_and_who_made_it_when(tmp_path: Path) -> None:
    table = spec(column("名称"), column("面积", "村域", value="n", format="0.00", total="sum"), note="说明")
    sheet = written(tmp_path, table, pd.DataFrame({"v": ["a"], "n": [1.0]}))
    texts = [row[0].value for row in sheet.iter_rows(min_row=7)]
    assert texts[0] is None and texts[1] == "注：说明"
    assert texts[2].startswith("编制单位：规划编制中心") and "2026年3月1日" in texts[2]
    assert f"A1:B{sheet.max_row}" in str(sheet.print_area).replace("$", "")


def test_a_long_institute_leaves_the_names_of_who_filled_in_whole_on_their_own_line(tmp_path: Path) -> None:
    heading = Heading("规划", "某某土家族苗族自治县自然资源和规划勘测设计研究院有限责任公司", "", "2026-03-01")
    write_workbook(tmp_path / "t.xlsx", [(spec(column("乡镇", width=20)), pd.DataFrame({"v": ["东河镇"]}))], (), load_profile("layout-2035"), heading)
    foot = [row[0].value for row in openpyxl.load_workbook(tmp_path / "t.xlsx").active.iter_rows() if row[0].value][-1]
    assert foot.split("\n")[0] == f"编制单位：{heading.institute}" and "审核人" in foot.split("\n")[1]


def test_the_table_of_unit_codes_has_a_title_without_a_number_and_tells_levels_from_kinds(tmp_path: Path) -> None:
    source = whole_source()
    write_unit_codes(tmp_path / "u.xlsx", source, HEADING)
    sheet = openpyxl.load_workbook(tmp_path / "u.xlsx").active
    assert sheet.cell(1, 1).value == "单位代码表（草稿）"
    rows = [[cell.value for cell in row[1:6]] for row in sheet.iter_rows(min_row=4, max_row=3 + len(source.data.township) + len(source.data.village) + 1)]
    assert [(row[2], row[3]) for row in rows if len(row[0]) < 12] == [("县级", None), ("乡级", None), ("乡级", None)]
    assert {(row[2], row[3]) for row in rows if len(row[0]) == 12} == {("村级", "行政村")}
    assert check_unit_codes(tmp_path / "u.xlsx", "u.xlsx", source) == []
    sheet.cell(6, 3).value = "别名"
    sheet.parent.save(tmp_path / "u.xlsx")
    assert [finding.subject for finding in check_unit_codes(tmp_path / "u.xlsx", "u.xlsx", source)] == [rows[2][0]]


def test_a_signature_stands_on_one_line_where_a_shorter_gap_lets_it(tmp_path: Path) -> None:
    for name, gap in (("很长的名称" * 8, "　" * 4), ("很长的名称很长的名称很长", "　" * 2)):
        sheet = written(tmp_path, spec(*(column("名称", value=value) for value in "甲乙丙"), paper="A4"), pd.DataFrame({value: [name] for value in "甲乙丙"}))
        assert sheet.cell(sheet.max_row, 1).value.startswith(f"编制单位：规划编制中心{gap}填表日期")


def test_a_plan_without_moves_has_no_phases_to_sum_up() -> None:
    assert tables_of({**plan_rows(), "move": []})["phase_summary"].empty


def test_the_ledger_is_a_table_from_the_implementation_on() -> None:
    for status, there in (("drafting", False), ("approved", False), ("implementation", True), ("revision", True)):
        rows = plan_rows()
        rows["plan"][0]["status"] = status
        source = DeliverySource(plan_data(**rows), MemoryLayers({}), load_profile(), "S1")
        frames = {table.frame: pd.DataFrame() for table in source.profile.tables.values()}
        assert any(table.id == "F5" for table, _ in delivered_tables(source, frames)) is there
    assert all(not table.since and table.place == "workbook" for table in required_tables(load_profile()))


def test_the_land_balance_adds_up_and_names_what_lies_beyond_the_townships() -> None:
    frame = table_frames(whole_source(), layer_frames(whole_source()))["land_summary"]
    rows, whole = frame[frame["township_name"] != "合计"], frame[frame["township_name"] == "合计"].iloc[0]
    for name in ("base_ha", "cleared_ha", "new_ha", "planned_ha"):
        assert rows[name].sum() == pytest.approx(whole[name], abs=1e-9)
    for row in frame.to_dict("records"):
        assert row["planned_ha"] == pytest.approx(row["base_ha"] - row["cleared_ha"] + row["new_ha"], abs=1e-9)
        assert row["reduction_ha"] == pytest.approx(row["base_ha"] - row["planned_ha"], abs=1e-9)
        assert all(row[name] * 1e4 == pytest.approx(round(row[name] * 1e4), abs=1e-6) for name in ("base_ha", "cleared_ha", "new_ha"))


def test_the_total_of_the_land_balance_is_the_rounded_whole() -> None:
    source = whole_source()
    balance = land_balance(source.data, source.layers, source.profile, "S1")
    measured = balance[balance["kind"] == "plan"].iloc[0]
    whole = table_frames(source, layer_frames(source))["land_summary"].iloc[-1]
    for name in ("base", "cleared", "new"):
        assert whole[f"{name}_ha"] * 1e4 == pytest.approx(round(measured[f"{name}_m2"]), abs=1e-6)


def test_present_land_is_the_same_in_roster_summary_and_text() -> None:
    source = whole_source()
    frames = table_frames(source, layer_frames(source))
    roster = frames["village_roster"].groupby("township_name")["present_ha"].sum()
    for row in frames["township_facts"].itertuples():
        assert row.present_ha == pytest.approx(roster[row.township_name], abs=1e-9)
    classified = frames["village_roster"].dropna(subset=["category"]).groupby("category")["present_m2"].agg(lambda areas: areas.round().sum())
    whole = frames["category_summary"].iloc[-1]
    for row in frames["category_totals"].itertuples():
        assert row.land_ha == pytest.approx(whole[f"land_ha_{row.category}"], abs=1e-9) == pytest.approx(classified.get(row.category, 0.0) / 1e4, abs=1e-9)


@pytest.mark.parametrize(("conflicts", "words"), [
    (Conflicts(), "未核查：耕地、永久基本农田、生态保护红线"), (Conflicts({}, {}, {}, {}, {}), "符合三线管控要求"),
    (Conflicts({}, {"370799101201": 900.0}, {}, {"370799101201": 0.0}, {}), "符合三线管控要求；现状压占永久基本农田"),
    (Conflicts({}, {"370799101201": 900.0}, None, {"370799101201": 900.0}, None), "不符合三线管控要求：新增占用永久基本农田；未核查：生态保护红线"),
])
def test_the_conclusion_on_control_lines_never_passes_over_what_was_not_checked(conflicts: Conflicts, words: str) -> None:
    source = whole_source(conflicts=conflicts)
    assert table_frames(source, layer_frames(source))["control_line_check"]["conclusion"].iloc[0] == words


def test_in_another_order_the_row_that_no_other_explains_is_named() -> None:
    columns = [column("乡镇"), column("数", value="n", format="0")]
    expected = [PrintedRow([name, number], RowKind.ROW) for name, number in (("甲", 10), ("乙", 20), ("丙", 30))]
    source = whole_source()
    assert compare_rows("f", "表", 5, columns, [("丙", 30), ("甲", 10), ("乙", 20)], expected, source) == []
    finding = compare_rows("f", "表", 5, columns, [("丙", 30), ("甲", 11), ("乙", 20)], expected, source)[0]
    assert [finding.message.params[name] for name in ("row", "found", "expected")] == [6, "11", "10"]
    finding = compare_rows("f", "表", 5, columns, [("甲", 10), ("乙", 20), ("丙", 10)], expected, source)[0]
    assert [finding.message.params[name] for name in ("row", "found", "expected")] == [7, "10", "30"]


def test_a_heading_breaks_before_its_unit_and_evenly() -> None:
    assert broken_heading("实到（户/人）", 10) == "实到\n（户/人）" and broken_heading("实到（户/人）", 14) == "实到（户/人）"
    assert broken_heading("2020年任务", 7) == "2020年\n任务" and broken_heading("2020年任务", 13) == "2020年任务"
    # Bold digits are wider than half a character.
    assert broken_heading("2020年任务", 12.5) == "2020年\n任务" and broken_heading("跨村/跨乡镇", 8) == "跨村/\n跨乡镇"
    assert broken_heading("幼儿园、小学", 8) == "幼儿园、\n小学"
    assert broken_heading("公交站点", 7.5) == "公交\n站点" and broken_heading("垃圾收集点", 9.5) == "垃圾\n收集点"


def test_a_heading_with_a_slash_has_room_for_two_lines() -> None:
    rows = [PrintedRow(["本村"], RowKind.ROW) for _ in range(3)]
    assert wrapped_lines("跨村/跨乡镇", column_widths([column("跨村/跨乡镇")], rows, 8)[0]) == 2


def test_a_column_is_wide_enough_for_its_unit() -> None:
    rows = [PrintedRow([5], RowKind.ROW) for _ in range(3)]
    assert wrapped_lines("（户/人）", column_widths([column("实到（户/人）")], rows, 8)[0]) == 1


@pytest.mark.parametrize(("place", "words"), [
    ((2_500, 500), "涉及地质灾害的居民点已列入撤并、搬迁"), ((500, 500), "有居民点涉及地质灾害"), ((9_000, 9_000), None),
])  # fmt: skip
def test_the_conclusion_tells_hazards_that_are_left_from_those_that_are_moved_away_from(place: tuple[int, int], words: str | None) -> None:
    hazard = MemoryLayers({"hazard": control("hazard", [box(place[0] - 5, place[1] - 5, 10, 10)])})
    source = replace(whole_source(), layers=hazard)
    printed = table_frames(source, layer_frames(source))["control_line_check"]
    told = [part for conclusion in printed["conclusion"] for part in conclusion.split("；") if "地质灾害" in part]
    assert told == ([words] if words else []) and printed["hazard_name"].eq("涉及").sum() == len(told)


def test_numbers_that_come_again_under_other_headings_are_equally_wide() -> None:
    columns = [column("名称"), *(column(f"{year}年任务", name, format="#,##0") for year in (2020, 2025, 2035) for name in ("户", "人"))]
    rows = [PrintedRow(["东村", 5, 10, 1_234, 123_456, None, None], RowKind.ROW) for _ in range(3)]
    widths = column_widths(columns, rows, 40)
    assert widths[1] == widths[3] == widths[5] < widths[2] == widths[4] == widths[6]
    assert wrapped_lines("123,456", widths[6]) == 1


def test_brackets_are_not_parted_where_a_column_is_widened_for_them() -> None:
    columns = [column("决议文件"), *(column(f"数{number}", format="0") for number in range(8))]
    rows = [PrintedRow([text, *[1] * 8], RowKind.ROW) for text in ("村民会议决议〔2020〕1号", "户代表会议决议〔2020〕1号") for _ in range(9)]
    width = column_widths(columns, rows, 55)[0]
    assert all(wrapped_lines(row.cells[0], width) == 1 for row in rows)


def test_a_mark_does_not_stand_alone_on_a_last_line() -> None:
    text = "民" * 30 + "。"
    for page in range(20, 40):
        width = column_widths([column("理由"), column("数", format="0")], [PrintedRow([text, 1], RowKind.ROW)] * 40, page)[0]
        on_a_line = (width - 1) // 2
        assert 31 % on_a_line != 1


def test_the_label_of_a_sum_stands_over_empty_columns_and_widens_none(tmp_path: Path) -> None:
    names = [column(name, value=value) for name, value in (("村", "w"), ("组", "x"), ("类", "y"))]
    columns = [column("乡镇", total="label"), *names, column("数", value="n", format="0", total="sum")]
    table = spec(*columns, subtotal="v", paper="A4")
    frame = pd.DataFrame({"v": ["岚城街道", "岚城街道", "砚溪镇"], "w": "村", "x": "组", "y": "类", "n": [1, 2, 3]})
    sheet = written(tmp_path, table, frame)
    assert {"A6:C6", "A8:C8", "A9:C9"} <= {str(area) for area in sheet.merged_cells.ranges}
    assert [sheet.cell(row, 1).value for row in (6, 8, 9)] == ["岚城街道小计", "砚溪镇小计", "合计"]
    assert sheet.row_dimensions[6].height == sheet.row_dimensions[4].height
    rows = printed_rows(table, columns, frame)
    plain = [row for row in rows if row.kind is RowKind.ROW]
    assert column_widths(columns, rows, 30) == column_widths(columns, plain, 30)


def test_a_label_stands_over_no_number_and_over_no_other_text() -> None:
    columns = [column("乡镇", total="label"), column("村"), column("数", total="sum")]
    cells = [["合计", None, 5], ["合计", "各期", None], ["合计", None, None]]
    assert [list(label_columns(columns, PrintedRow(own, RowKind.TOTAL))) for own in cells] == [[0, 1], [0], [0, 1, 2]]
    assert not label_columns(columns, PrintedRow(["镇", None, None], RowKind.ROW))
