"""Map sheets as data: what each shows and counts, what it says of a plan without tasks, and the figures inside their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.delivery.plans import plan_rows
from village_planner.accounts import category_counts, key_figures, phase_tasks
from village_planner.base import InputError
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.sheet_checks import check_sheets
from village_planner.delivery.sheet_figures import sheet_figures
from village_planner.delivery.sheet_files import read_sheet_figures, stamp_jpg, stamp_pdf
from village_planner.delivery.sheets import Sheet, SheetHeading, SheetSource, sheet_folder, sheet_source
from village_planner.plan.data import PlanData, plan_data
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

HEADING = SheetHeading("370799", "清河县", "清河县村庄布局规划（2020—2035年）", "清河县规划编制中心", "征求意见稿", True, "2026-03-01")
JFIF = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\x02\x00\x76\x00\x76\x00\x00"


def made(data: PlanData, layers: MemoryLayers, profile: Profile, **options: Any) -> SheetSource:
    """The sheets of a plan."""
    return sheet_source(DeliverySource(data, layers, profile, "S1"), HEADING, **options)


def sheet(source: SheetSource, number: str) -> Sheet:
    """One sheet by its number."""
    return next(one for one in source.sheets if one.number == number)


def legend(one: Sheet) -> dict[str, int | None]:
    """Name → count of a sheet's legend."""
    return {entry.name: entry.count for _, classes in one.legend for entry in classes}


def test_the_sheets_have_the_names_of_the_package(data: PlanData, layers: MemoryLayers, profile: Profile) -> None:
    source = made(data, layers, profile)
    assert [one.stem for one in source.sheets] == ["370799清河县01村庄分类图", "370799清河县02布局规划图", "370799清河县03分期实施图"]
    assert sheet_folder(profile.package, {"code": "370799", "name": "清河县"}) == "2规划图件"


def test_a_legend_has_only_what_occurs_and_counts_as_the_accounts_do(data: PlanData, layers: MemoryLayers, profile: Profile) -> None:
    shown = legend(sheet(made(data, layers, profile), "01"))
    counts = category_counts(data, profile, "S1").groupby("category_name")["villages"].sum()
    assert {name: count for name, count in shown.items() if count is not None} == {name: count for name, count in counts.items() if name and count}
    assert "城郊融合类" not in shown and "尚未分类" not in shown


def test_a_village_inside_the_boundary_lacks_no_category_and_its_hamlets_no_action(data: PlanData, profile: Profile) -> None:
    inner, none = data.village["code"].iloc[-1], MemoryLayers({})
    village = data.village.assign(position_stated=data.village["position_stated"].where(data.village["code"].ne(inner), "inside"))
    tables = {**data.tables, "village": village, "category": data.category[data.category["village_code"].ne(inner)]}
    tables["action"] = data.action[~data.action["hamlet_code"].str.startswith(inner)]
    changed = PlanData(tables)
    first, second = (sheet(made(changed, none, profile), number) for number in ("01", "02"))
    assert legend(first)["开发边界内，不要求分类"] == 1 and legend(second)["不作布局引导"] == 1 and "未定" not in legend(second)
    assert (legend(second)["保留"], legend(second)["不作布局引导的现状用地"]) == (2, 1)
    total = key_figures(changed, none, profile, "S1")["villages_to_classify"]
    assert first.tables[0].rows[-1][1] == str(total) == "3" and all(row[0] != "尚未分类" for row in first.tables[0].rows)


def test_land_counts_beside_the_hamlets_whose_action_it_follows(data: PlanData, profile: Profile) -> None:
    counted = dict(sheet(made(data, MemoryLayers({}), profile), "02").legend)
    assert [(entry.name, entry.count) for entry in counted["居民点用地"]] == [("保留", 3), ("腾退", 2)]
    open_plan = PlanData({**data.tables, "action": data.action[data.action["action"].ne("retain")]})
    undecided = dict(sheet(made(open_plan, MemoryLayers({}), profile), "02").legend)
    assert [(entry.name, entry.count) for entry in undecided["居民点用地"]] == [("腾退", 2), ("布局引导未定的现状用地", 3)]


def test_moves_to_places_are_arrows_by_phase_and_the_others_symbols(data: PlanData, layers: MemoryLayers, profile: Profile) -> None:
    shown = legend(sheet(made(data, layers, profile), "02"))
    assert (shown["2025年"], shown["货币安置"], shown["农村集中安置点"]) == (2, 1, 1)
    assert "2020年" not in shown and "县外安置" not in shown


def test_each_phase_has_a_map_that_tells_its_tasks(data: PlanData, layers: MemoryLayers, profile: Profile) -> None:
    panels = {panel.title: panel for panel in sheet(made(data, layers, profile), "03").panels}
    assert list(panels) == ["2020年", "2021年", "2022年", "2025年", "2035年"]
    assert panels["2020年"].summary == "本期无迁并任务"
    assert panels["2025年"].summary == "任务 2 项，32 户，106 人，拆旧 2.40 公顷，建新 0.96 公顷"
    assert {layer.id for layer in panels["2025年"].layers} >= {"moves", "phase_hamlets", "phase_sites"}
    assert "moves" not in {layer.id for layer in panels["2020年"].layers}


def test_an_unphased_move_gets_a_map_of_its_own(layers: MemoryLayers, profile: Profile) -> None:
    rows = plan_rows()
    rows["move"][0]["phase"] = None
    assert sheet(made(plan_data(**rows), layers, profile), "03").panels[-1].title == "时序未定"


def test_a_plan_without_moves_says_so_and_has_no_empty_legend(layers: MemoryLayers, profile: Profile) -> None:
    rows = {**plan_rows(), "move": [], "action": []}
    source = made(plan_data(**rows), layers, profile)
    for number in ("02", "03"):
        one = sheet(source, number)
        assert one.statement == "本规划期无迁并任务" and len(one.panels) == 1
        assert all(classes for _, classes in one.legend)
        assert not any(heading.startswith("迁并方向") for heading, _ in one.legend)
    assert sheet(source, "01").statement == ""
    named = next(layer for layer in sheet(source, "03").panels[0].layers if layer.id == "phase_villages")
    assert list(named.rows["label"]) == [row["name"] for row in rows["village"]]
    moving = sheet(made(plan_data(**plan_rows()), layers, profile), "03").panels
    assert not any(layer.rows["label"].notna().any() for panel in moving for layer in panel.layers if layer.id == "phase_villages")


def test_control_lines_show_only_where_the_edition_may_show_them(data: PlanData, layers: MemoryLayers, profile: Profile) -> None:
    assert "生态保护红线" in legend(sheet(made(data, layers, profile), "01"))
    assert "生态保护红线" not in legend(sheet(made(data, layers, profile, with_control_lines=False), "01"))


def test_what_has_no_place_on_the_map_is_told(layers: MemoryLayers, profile: Profile) -> None:
    rows = plan_rows()
    rows["hamlet"][3]["geom"] = rows["village"][2]["geom"] = None
    rows["patch"] = [patch for patch in rows["patch"] if patch["code"] != "P4"]
    notes = sheet(made(plan_data(**rows), layers, profile), "01").notes
    assert any("1 个村" in note and "未在图上表示" in note for note in notes)


def test_a_plan_without_any_geometry_is_refused(layers: MemoryLayers, profile: Profile) -> None:
    rows = {name: [{**row, "geom": None} for row in table] for name, table in plan_rows().items()}
    with pytest.raises(InputError) as refused:
        made(plan_data(**rows), layers, profile)
    assert refused.value.message.code == "delivery.sheets_no_geometry"


def test_the_facts_of_a_sheet_are_the_figures_of_the_accounts(data: PlanData, layers: MemoryLayers, profile: Profile) -> None:
    facts = sheet(made(data, layers, profile), "02").facts
    tasks = phase_tasks(data, "S1")
    assert facts["figures"]["move"]["total"]["households"] == tasks["households"].sum() == 38
    assert facts["figures"]["phase"]["2025"]["cleared_m2"] == 24_000.0
    assert facts["figures"]["action"] == {"merge": {"hamlets": 1}, "relocate": {"hamlets": 1}, "retain": {"hamlets": 3}}


def test_a_township_without_moves_does_not_make_an_unknown_area_none(layers: MemoryLayers, profile: Profile) -> None:
    rows = plan_rows()
    rows["move"] = [{**row, "built_m2": None} for row in rows["move"]]
    phases = sheet_figures(DeliverySource(plan_data(**rows), layers, profile, "S1"))["phase"]
    assert phases["2025"]["built_m2"] is None and phases["2025"]["moves"] == 2 and phases["2020"]["built_m2"] == 0


def test_what_is_stamped_is_read_again(tmp_path: Path) -> None:
    facts = {"sheet": "01", "title": "村庄分类图", "figures": {"category": {"01": {"villages": 3, "households": None}}}}
    picture, document = tmp_path / "图.jpg", tmp_path / "图.pdf"
    picture.write_bytes(JFIF + b"\xff\xda\x00\x02rest")
    document.write_bytes(
        b"%PDF-1.4\n1 0 obj\n<< /CreationDate (D:20260101120000Z) >>\nendobj\nxref\n0 2\n"
        b"trailer\n<<\n/Size 2\n/Info 1 0 R\n/Root 2 0 R\n>>\nstartxref\n57\n%%EOF\n"
    )
    stamp_jpg(picture, facts, 300)
    stamp_pdf(document, facts, "村庄分类图", "2026-03-01")
    assert read_sheet_figures(picture) == read_sheet_figures(document) == facts
    assert picture.read_bytes()[13:18] == b"\x01\x01\x2c\x01\x2c"
    assert b"20260101120000" not in document.read_bytes()


@pytest.mark.parametrize("content", [
    b"", b"%PDF", b"%PDF-1.4 /Keywords <FEFF00>", b"\xff\xd8\xff\xfe\xff\xff", b"\xff\xd8\xff\xfe\x00\x00", b"no picture",
    b"%PDF /Keywords <FEFF" + "[" .encode("utf-16-be").hex().upper().encode() * 100_000 + b">",
    b"%PDF /Keywords <FEFF" + '{"figures":{"category":{"01":{"villages":"=1+1"}}}}'.encode("utf-16-be").hex().upper().encode() + b">",
    b"%PDF /Keywords <FEFF" + '{"figures":{"category":{"01":{"villages":NaN}}}}'.encode("utf-16-be").hex().upper().encode() + b">",
])
def test_a_file_that_carries_nothing_or_nonsense_gives_nothing(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "图.pdf"
    path.write_bytes(content)
    assert read_sheet_figures(path) == {}


def test_a_sheet_that_says_other_numbers_than_the_layers_is_found(data: PlanData, layers: MemoryLayers, profile: Profile, tmp_path: Path) -> None:
    source = DeliverySource(data, layers, profile, "S1")
    good, wrong, foreign = (tmp_path / f"{name}.jpg" for name in ("good", "wrong", "foreign"))
    figures = sheet_figures(source)
    for path, villages in ((good, 1), (wrong, 7)):
        path.write_bytes(JFIF + b"\xff\xda\x00\x02")
        rows = {**figures["category"], "01": {**figures["category"]["01"], "villages": villages}}
        stamp_jpg(path, {"figures": {"category": rows}}, 300)
    foreign.write_bytes(JFIF)
    found = check_sheets({path.name: path for path in (good, wrong, foreign)}, source)
    assert [(one.file, one.message.code) for one in found] == [
        ("foreign.jpg", "delivery.sheet_without_figures"), ("wrong.jpg", "delivery.sheet_figure_differs"),
    ]
    assert found[1].message.params["row"] == "集聚提升类" and found[1].message.params["expected"] == "1"
