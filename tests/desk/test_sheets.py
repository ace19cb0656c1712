"""Map sheets are drawn by QGIS: real PDF and JPG files, the same bytes again, fonts embedded, from a worker thread too."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from qgis.core import QgsLayoutItemLabel, QgsLayoutItemMap, QgsPointXY
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QImage

from tests.delivery.plans import box, move, plan_rows, point, write_plan
from village_planner.base import Cancelled, InputError, SilentFeedback
from village_planner.delivery import PackageRequest, inspect_package, write_package
from village_planner.delivery.atlas import atlas_sources
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.sheet_files import read_sheet_figures
from village_planner.delivery.sheets import MapClass, PrintedTable, SheetHeading, SheetSource, sheet_source
from village_planner.desk.sheet_blocks import Legend, Notes, Scale, Stacks, Table, stacked
from village_planner.desk.sheet_grid import PAPERS, arrange, denominator
from village_planner.desk.sheet_layout import compose
from village_planner.desk.sheet_page import Box, Page
from village_planner.desk.sheets import draw_sheets
from village_planner.plan.data import plan_data
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import load_profile

TITLE = "清河县村庄布局规划（2020—2035年）"


@pytest.fixture(scope="module")
def source(qgis_app: Any) -> SheetSource:
    """The sheets of the clean plan of the delivery tests."""
    plan = DeliverySource(plan_data(**plan_rows()), MemoryLayers({}), load_profile("layout-2035"), "S1")
    return sheet_source(plan, SheetHeading("370799", "清河县", TITLE, "清河县规划编制中心", "征求意见稿", True, "2026-03-01"))


@pytest.fixture(scope="module")
def drawn(source: SheetSource, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of the sheets."""
    return draw_sheets(source, tmp_path_factory.mktemp("图件"), SilentFeedback())


def test_each_sheet_is_a_pdf_and_a_jpg(drawn: list[Path], source: SheetSource) -> None:
    assert [path.name for path in drawn] == [f"{sheet.stem}{suffix}" for sheet in source.sheets for suffix in (".pdf", ".jpg")]
    assert all(path.stat().st_size > 10_000 for path in drawn)


def test_every_file_carries_the_figures_of_its_sheet(drawn: list[Path], source: SheetSource) -> None:
    assert [read_sheet_figures(path) for path in drawn] == [sheet.facts for sheet in source.sheets for _ in range(2)]


def test_a_jpg_has_a3_size_at_300_dpi(drawn: list[Path]) -> None:
    picture = QImage(str(drawn[1]))
    assert sorted((round(picture.width() / 300 * 25.4), round(picture.height() / 300 * 25.4))) == [297, 420]
    assert drawn[1].read_bytes()[13:18] == b"\x01\x01\x2c\x01\x2c"


def test_the_fonts_are_in_the_pdf_and_its_text_can_be_found(drawn: list[Path]) -> None:
    if shutil.which("pdffonts") is None:
        pytest.skip("pdffonts is not installed")
    fonts = subprocess.run(["pdffonts", drawn[2]], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts and all(" yes " in line for line in fonts)
    text = subprocess.run(["pdftotext", "-layout", drawn[2], "-"], capture_output=True, text=True, check=True).stdout
    # Qt takes some characters for the radicals that look like them.
    text = unicodedata.normalize("NFKC", text)
    for wanted in ("布局规划图", "草稿", "王家庄村", "东河安置点", "货币安置(1项)", "清河县规划编制中心", "2026年3月1日", "比例尺"):
        assert wanted in text


def test_the_same_plan_gives_the_same_bytes(drawn: list[Path], source: SheetSource, tmp_path: Path) -> None:
    time.sleep(1.1)
    again = draw_sheets(source, tmp_path, SilentFeedback())
    assert [path.name for path in drawn if path.read_bytes() != (tmp_path / path.name).read_bytes()] == []
    assert len(again) == len(drawn)


def test_a_worker_thread_hands_the_drawing_to_the_main_thread(source: SheetSource, tmp_path: Path) -> None:
    outcome: list[Any] = []
    worker = threading.Thread(target=lambda: outcome.append(draw_sheets(source, tmp_path, SilentFeedback())))
    worker.start()
    _run_until(lambda: not worker.is_alive())
    assert len(outcome[0]) == 2 * len(source.sheets)


def test_a_worker_that_is_cancelled_ends_though_the_main_thread_waits_for_it(source: SheetSource, tmp_path: Path) -> None:
    class Stopped(SilentFeedback):
        asked = 0

        def is_cancelled(self) -> bool:
            self.asked += 1
            return self.asked > 2

    outcome: list[Any] = []

    def work() -> None:
        try:
            draw_sheets(source, tmp_path, Stopped())
        except Cancelled as error:
            outcome.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join(30)
    QCoreApplication.processEvents()
    assert not worker.is_alive() and len(outcome) == 1


def test_a_folder_that_is_none_is_a_clear_refusal(source: SheetSource, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        draw_sheets(source, tmp_path / "file", SilentFeedback())
    assert refused.value.message.code == "desk.sheet_not_written"


def test_a_package_carries_its_sheets_and_the_inspector_compares_them(qgis_app: Any, tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan.gpkg", plan_rows())
    package = write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx", "sheets")), SilentFeedback(), draw_sheets).path
    pictures = sorted((package / "2规划图件").glob("*.jpg"))
    assert len(pictures) == 3
    assert "NL-12" not in set(inspect_package(package).findings["rule"])
    content = pictures[1].read_bytes()
    pictures[1].write_bytes(content.replace(b'"households":38,', b'"households":83,'))
    found = inspect_package(package).findings
    wrong = found[found["rule"] == "NL-12"]
    assert list(wrong["message_code"].unique()) == ["delivery.sheet_figure_differs"] and wrong["file"].str.contains("02布局规划图").all()


@pytest.mark.parametrize(("size", "paper"), [((30_000, 9_000), PAPERS[0]), ((9_000, 30_000), PAPERS[1])])
def test_the_paper_lies_or_stands_as_the_plan_does(size: tuple[float, float], paper: tuple[float, float]) -> None:
    assert arrange(1, (0, 0, *size)).paper == paper


@pytest.mark.parametrize("maps", range(2, 9))
def test_the_maps_of_a_grid_do_not_overlap_and_stay_on_the_paper(maps: int) -> None:
    found = arrange(maps, (0, 0, 20_000, 17_000), with_titles=True)
    boxes = [*found.maps, *found.beside]
    assert all(box.x >= 0 and box.y >= 0 and box.right <= found.paper[0] and box.bottom <= found.paper[1] for box in boxes)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            assert one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y


@pytest.mark.parametrize(("size", "across", "least"), [
    ((17_000, 23_000), 3, 84.0), ((23_000, 17_000), 2, 118.0), ((30_000, 9_000), 1, 132.0), ((9_000, 30_000), 5, 48.0),
])
def test_the_grid_of_the_phases_is_the_one_with_the_largest_maps(size: tuple[float, float], across: int, least: float) -> None:
    """least: mm that five maps are wide at least, on A3."""
    found = arrange(5, (0, 0, *size), with_titles=True)
    assert size[0] * 1000 / found.denominator >= least
    assert sum(box.y == found.maps[0].y for box in found.maps) == across


def test_what_the_maps_do_not_need_of_the_paper_is_a_strip_for_the_tables() -> None:
    found = arrange(5, (0, 0, 17_000, 23_000), with_titles=True)
    cell, strip = found.beside
    assert cell.y + cell.height == pytest.approx(found.maps[-1].bottom) and strip.y > cell.bottom and strip.width > 2 * cell.width


@pytest.mark.parametrize("size", [(17_000.0, 23_000.0), (22_000.0, 30_000.0), (9_000.0, 9_000.0)])
def test_no_box_beside_the_maps_is_left_empty(source: SheetSource, size: tuple[float, float]) -> None:
    wide = replace(source, bounds=(*source.bounds[:2], source.bounds[0] + size[0], source.bounds[1] + size[1]))
    page = compose(source.sheets[2], wide)
    texts = [item for item in page.layout.items() if isinstance(item, QgsLayoutItemLabel)]
    for room in arrange(len(source.sheets[2].panels), wide.bounds, with_titles=True).beside:
        assert any(room.x < item.pos().x() < room.right and room.y < item.pos().y() < room.bottom for item in texts)


def test_the_names_of_all_phases_have_one_size_and_none_is_too_small_to_read(qgis_app: Any) -> None:
    """The first phase has one move, the last but one of each of 35 hamlets that lie side by side."""
    rows = plan_rows()
    village, hamlet = rows["village"][0], rows["hamlet"][0]
    spots = [(column, row) for column in range(6) for row in range(6)]
    for number, (column, row) in enumerate(spots):
        code, geom = f"370799101{300 + number}", box(4_000 + 560 * column, 560 * row, 560 - 10, 560 - 10)
        rows["village"].append({**village, "code": code, "name": f"生态移民搬迁第{number:02d}村", "geom": geom})
        rows["hamlet"].append({**hamlet, "code": f"{code}001", "village_code": code, "name": f"第{number}", "geom": geom.centroid})
    rows["move"] = [move(f"N{n}", f"370799101{300 + n}001", "cash", None, 2025 if n else 2020, 5, 15, "11", 3_000, 0) for n in range(len(spots))]
    plan = DeliverySource(plan_data(**rows), MemoryLayers({}), load_profile("layout-2035"), "S1")
    source = sheet_source(plan, SheetHeading("370799", "清河县", TITLE, "", "征求意见稿", True, "2026-03-01"))
    page = compose(source.sheets[2], source)
    names = [[layer for layer in item.layers() if layer.name() == "names"] for item in page.layout.items() if isinstance(item, QgsLayoutItemMap)]
    sizes = [{float(one["points"]) for layer in layers for one in layer.getFeatures() if "移民" in str(one["text"])} for layers in names]
    written = [one for one in sizes if one]
    assert len(written) == 2 and min(map(max, written)) == max(map(max, written)) and 5.5 <= max(written[0]) < 7.5 and min(map(min, written)) >= 5.0


def test_the_scale_holds_the_whole_plan() -> None:
    room = Box(0, 0, 300, 200)
    scale = denominator((0, 0, 10_000, 9_000), room)
    assert room.width * scale / 1000 >= 10_000 and room.height * scale / 1000 >= 9_000


def test_a_text_is_shrunk_until_it_fits(qgis_app: Any) -> None:
    page = Page(*PAPERS[0])
    name = "某某回族蒙古族哈萨克族自治县村庄布局规划"
    size = page.fitting(name, 60, 14)
    assert size < 14 and page.width_of(name, size) <= 60.01
    assert page.wrapped("一二三四。五", page.width_of("一二三四", 10) + 0.1, 10) == ["一二三", "四。五"]
    assert page.wrapped("一二（三）。五", page.width_of("一二（三）", 10) + 0.1, 10) == ["一二", "（三）。五"]
    assert page.wrapped("一二三“四”", page.width_of("一二三“", 10) + 0.1, 10) == ["一二三", "“四”"]
    assert "".join(page.wrapped(name, 20, 10)) == name and all(page.width_of(line, 10) <= 20 for line in page.wrapped(name, 20, 10))


def test_a_sheet_of_an_atlas_is_drawn_with_the_name_and_number_of_its_township(qgis_app: Any, tmp_path: Path) -> None:
    plan = DeliverySource(plan_data(**plan_rows()), MemoryLayers({}), load_profile("layout-2035"), "S1")
    west = dict(atlas_sources(plan, SheetHeading("370799", "清河县", TITLE, "", "征求意见稿", True, "2026-03-01"), True))["370799102西山镇"]
    page = compose(west.sheets[0], west)
    texts = [item.text() for item in page.layout.items() if isinstance(item, QgsLayoutItemLabel)]
    assert {"西山镇村庄分类图", "图号 370799102-01", "乡镇位置示意", "乡镇界"} <= set(texts)
    maps = sorted((item for item in page.layout.items() if isinstance(item, QgsLayoutItemMap)), key=lambda item: item.rect().width())
    assert [item.extent().contains(QgsPointXY(*shapely.get_coordinates(point(500, 500))[0])) for item in maps] == [True, False]


def test_the_arrows_that_leave_a_township_end_on_its_map_beside_the_name_of_the_place(qgis_app: Any) -> None:
    """From a township to one far in the west, which is off the map, and the other way round."""
    rows = plan_rows()
    rows["township"].append({"code": "370799103", "name": "北山镇"})
    village, hamlet = rows["village"][0], rows["hamlet"][0]
    far = box(-60_000, 4_500, 900, 900)
    rows["village"].append({**village, "code": "370799103201", "name": "远村", "township_code": "370799103", "geom": far})
    rows["hamlet"].append({**hamlet, "code": "370799103201001", "name": "远村", "village_code": "370799103201", "geom": far.centroid})
    rows["move"] = [
        move("M8", "370799102202001", "hamlet", "370799103201001", 2025, 5, 15, "09", 3_000, 2_000),
        move("M9", "370799103201001", "hamlet", "370799102202001", 2025, 5, 15, "09", 3_000, 2_000),
    ]
    plan = DeliverySource(plan_data(**rows), MemoryLayers({}), load_profile("layout-2035"), "S1")
    west = dict(atlas_sources(plan, SheetHeading("370799", "清河县", TITLE, "", "征求意见稿", True, "2026-03-01"), True))["370799102西山镇"]
    page = compose(west.sheets[1], west)
    found = max((item for item in page.layout.items() if isinstance(item, QgsLayoutItemMap)), key=lambda item: item.rect().width())
    arrows = [feature.geometry() for layer in found.layers() if layer.name() == "moves" for feature in layer.getFeatures()]
    assert len(arrows) == 2 and all(found.extent().contains(arrow.boundingBox()) for arrow in arrows)
    texts = {str(feature["text"]) for layer in found.layers() if layer.name() == "names" for feature in layer.getFeatures()}
    assert {"至 北山镇远村", "自 北山镇远村", "东河镇"} <= texts


def labels(page: Page) -> dict[str, float]:
    """Text → points of what is written on a page."""
    items = [item for item in page.layout.items() if isinstance(item, QgsLayoutItemLabel)]
    return {item.text(): item.textFormat().size() if hasattr(item, "textFormat") else item.font().pointSizeF() for item in items}


def test_an_unknown_institute_leaves_a_line_to_write_on(source: SheetSource) -> None:
    unknown = replace(source, heading=replace(source.heading, institute=""))
    assert [text for text in labels(compose(unknown.sheets[0], unknown)) if text.startswith("编制单位")] == ["编制单位：＿＿＿＿＿＿＿＿"]


def test_the_summaries_over_the_maps_of_a_sheet_have_one_size(source: SheetSource) -> None:
    third = source.sheets[2]
    long = replace(third, panels=(replace(third.panels[0], summary="任务 12 项，" * 9), *third.panels[1:]))
    sizes = [{points for text, points in labels(compose(one, source)).items() if text.startswith(("任务 ", "本期无"))} for one in (third, long)]
    assert [len(found) for found in sizes] == [1, 1] and max(sizes[1]) < max(sizes[0])


def test_units_in_the_head_of_a_table_are_not_smaller_than_its_words(qgis_app: Any) -> None:
    headings, row = ("时序", "户数", "人口", "拆旧（公顷）", "建新（公顷）"), ("2025年", "4684", "14577", "1.00", "1.00")
    page = Page(420, 297)
    Table(PrintedTable("分期迁并任务", headings, (row,), False)).draw(page, Box(0, 0, 55, 60), 1.0, 1)
    assert labels(page)["（公顷）"] == labels(page)["建新"]


def _run_until(done: Any) -> None:
    end = time.monotonic() + 120
    while not done() and time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.01)
    assert done()


@pytest.mark.parametrize(("sizes", "groups_in"), [((1, 3, 5, 3, 6, 5, 2, 2), [4, 4]), ((1, 12), [2, 1]), ((3, 2, 1, 1, 3, 1), [2, 2, 2])])
def test_a_column_of_the_legend_begins_with_a_group_unless_the_columns_were_too_uneven(sizes: tuple[int, ...], groups_in: list[int]) -> None:
    """sizes: classes of each group; groups_in: how many groups a column has something of."""
    groups = tuple((f"组{number}", (MapClass("", "类", "fill", "#ffffff"),) * size) for number, size in enumerate(sizes))
    made = Legend(groups)._columns(1.0, len(groups_in), {})
    assert [len({heading for heading, *_ in column}) for column in made] == groups_in


def test_a_long_text_of_the_legend_takes_two_lines_rather_than_make_all_others_small(qgis_app: Any) -> None:
    """In a column of 80 mm; of the same classes with a short text the legend is lower by what one row more needs at most."""
    page = Page(*PAPERS[0])

    def legend(text: str) -> Legend:
        return Legend((("居民点用地", (MapClass("a", "保留", "fill", "#ffffff", 72, "块"), MapClass("b", text, "fill", "#ffffff", 3, "块"))),) * 6)

    long, short = legend("不作布局引导的现状用地"), legend("新建")
    assert 0 < long.height(page, 80.0, 1.0, 2) - short.height(page, 80.0, 1.0, 2) < 6 * 5.0
    assert legend("不作布局引导的现状用地，" * 4).height(page, 80.0, 1.0, 2) == float("inf")
    long.draw(page, Box(10, 10, 80, 200), 1.0, 2)
    texts = [item.text() for item in page.layout.items() if isinstance(item, QgsLayoutItemLabel)]
    assert "不作布局引导的现状用地" in texts and "（3块）" in texts


def test_what_has_room_in_one_stack_is_not_stretched_over_the_whole_width_of_a_sheet(qgis_app: Any) -> None:
    page = Page(*PAPERS[1])
    table = Table(PrintedTable("分期任务汇总", ("时序", "任务（项）"), (("2025年", "3"), ("合计", "3")), True))
    blocks = [table, Scale(50_000), Notes(("面积为椭球面积。",))]
    assert stacked(page, Box(10, 10, 277, 60), blocks) == Stacks(1.0, (0, 1, 2, 3), (1, 1, 1))
    assert len(stacked(page, Box(10, 10, 81, 200), blocks).columns) == 1
