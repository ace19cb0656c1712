"""Names on map sheets: placed the same wherever the computer keeps its layers, off symbols and each other, none of them lost."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import shapely
import shapely.ops
from qgis.core import QgsLayoutExporter, QgsRectangle, QgsVectorLayer

from village_planner.delivery.sheets import MapClass, MapLayer
from village_planner.desk import sheet_labels
from village_planner.desk.sheet_page import MM_PER_POINT, Box, Page
from village_planner.desk.sheet_surroundings import on_paper
from village_planner.desk.sheet_symbols import map_layers
from village_planner.desk.sheet_trial import Frame, Name, Placed, Trial, set_up_engine

CRS = 4547
SIDE_M = 20_000.0
FRAME = Frame(Box(10, 10, 200, 200), QgsRectangle(0, 0, SIDE_M, SIDE_M), CRS)


def layer(kind: str, level: int, rows: Sequence[tuple[str | None, shapely.Geometry]], symbol: str = "dot") -> MapLayer:
    """A layer of one class; rows: label and geometry (m)."""
    frame = pd.DataFrame({"code": [""] * len(rows), "label": [label for label, _ in rows], "geom": [geom for _, geom in rows]})
    return MapLayer(f"{kind}{level}", "", level, (MapClass("", kind, symbol, "#4daf4a"),), frame, kind)


def county(cells: int = 8) -> list[MapLayer]:
    """Villages in a grid with a dot each, two townships, sites where four villages meet, a line across."""
    side = SIDE_M / cells
    spots = [(column, row) for row in range(cells) for column in range(cells)]
    boxes = [shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side) for x, y in spots]
    dots = [shapely.Point((x + 0.5) * side, (y + 0.5) * side) for x, y in spots]
    sites = [shapely.Point(x * side, y * side) for x, y in spots if x % 3 == 1 and y % 3 == 1]
    return [
        layer("village", 10, [(f"第{number}号村", box) for number, box in enumerate(boxes)], "outline"),
        layer("place", 75, [(f"第{number}集中安置点", site) for number, site in enumerate(sites)], "square"),
        layer("village", 70, [(None, dot) for dot in dots]),
        layer("village", 80, [(None, shapely.LineString([(0, 0), (SIDE_M, SIDE_M)]))], "arrow"),
        layer("township", 60, [("东河镇", shapely.box(0, 0, SIDE_M / 2, SIDE_M)), ("西山镇", shapely.box(SIDE_M / 2, 0, SIDE_M, SIDE_M))], "border"),
    ]


def written(names: sheet_labels.Names) -> list[tuple[str, float, float]]:
    """Texts with the places where they are pinned."""
    return [(str(one["text"]), one.geometry().asPoint().x(), one.geometry().asPoint().y()) for layer in names.layers for one in layer.getFeatures()]


def picture(layers: Sequence[MapLayer]) -> str:
    """Digest of the drawn map."""
    page = Page(220, 220)
    set_up_engine(page.project)
    names = sheet_labels.fit(layers, 1.0, FRAME, 5.5)
    page.map(FRAME.box, FRAME.extent, CRS, [*names.layers, *(made for one in layers for made in map_layers(one, CRS))])
    image = QgsLayoutExporter(page.layout).renderPageToImage(0, dpi=100)
    return hashlib.sha256(image.constBits().asstring(image.sizeInBytes())).hexdigest()


def test_the_drawing_does_not_depend_on_where_layers_lie_in_memory(qgis_app: Any) -> None:
    chance, kept = random.Random(7), []
    found = set()
    for _ in range(6):
        found.add(picture(county(6)))
        # Layers of other sizes at other addresses: their order by address, which QGIS's engine goes by, changes.
        more = [QgsVectorLayer(f"Point?crs=EPSG:{CRS}", "x", "memory") for _ in range(chance.randrange(3, 60))]
        chance.shuffle(more)
        kept = [*kept, *more[: len(more) // 2]][-40:]
    assert len(found) == 1


def test_every_name_is_written_once(qgis_app: Any) -> None:
    layers = county()
    names = sheet_labels.fit(layers, 1.0, FRAME)
    wanted = sorted(label for one in layers for label in one.rows["label"].dropna())
    assert sorted(text for text, _, _ in written(names)) == wanted and not names.numbered


def test_what_has_no_room_has_a_number_on_the_map_and_in_the_list(qgis_app: Any) -> None:
    crowded = [layer("village", 10, [(f"某某蒙古族自治旗第{n}号村", shapely.box(n * 90.0, 0, n * 90.0 + 90, 400)) for n in range(20)], "outline")]
    names = sheet_labels.fit(crowded, 1.0, FRAME, first_number=5)
    texts = [text for text, _, _ in written(names)]
    assert names.numbered and [number for number, _ in names.numbered] == list(range(5, 5 + len(names.numbered)))
    assert sorted(texts) == sorted([*(str(number) for number, _ in names.numbered), *({*crowded[0].rows["label"]} - {name for _, name in names.numbered})])


def test_a_name_stands_beside_its_symbol_and_not_on_others(qgis_app: Any) -> None:
    layers = county()
    metres = FRAME.metres_per_mm
    symbols = shapely.union_all([geom.buffer(0.9 * metres) for one in layers[1:3] for geom in one.rows["geom"]])
    corners = [shapely.Point(x, y).buffer(0.2 * metres) for _, x, y in written(sheet_labels.fit(layers, 1.0, FRAME))]
    assert not any(corner.intersects(symbols) for corner in corners)


def test_a_name_is_dropped_rather_than_laid_on_one_that_stands(qgis_app: Any) -> None:
    village = shapely.box(1_000, 1_000, 1_700, 1_250)
    name = Name("泉渡村", village, 0.0, 8.0, 5.0, "#000000", False)
    trial = Trial(FRAME, [])
    assert len(trial.place([name])) == 1
    whole = Placed(name, 0.0, 0.0, 10_000.0, 10_000.0)
    assert trial.place([name], [whole]) == {} and len(trial.place([replace(name, always=True)], [whole])) == 1


def test_the_name_of_a_township_too_small_for_it_is_seen_all_the_same(qgis_app: Any) -> None:
    names = sheet_labels.fit([layer("township", 60, [("某某哈萨克族乡", shapely.box(9_000, 9_000, 9_100, 9_100))], "border")], 1.0, FRAME)
    assert [text.replace("\n", "") for text, _, _ in written(names)] == ["某某哈萨克族乡"] and not names.numbered


def test_the_names_of_an_inset_stay_within_their_areas(qgis_app: Any) -> None:
    areas = [("东河镇", shapely.box(0, 0, 4_000, 9_000)), ("西山镇", shapely.box(4_000, 0, 20_000, 9_000))]
    texts = written(sheet_labels.fit_simply(layer("township", 0, areas, "border"), FRAME))
    assert {text for text, x, y in texts for name, area in areas if text == name and area.contains(shapely.Point(x, y))} == {"东河镇", "西山镇"}


def test_a_map_without_names_has_no_layer_of_names(qgis_app: Any) -> None:
    assert sheet_labels.fit([layer("village", 70, [(None, shapely.Point(1, 1))])], 1.0, FRAME) == sheet_labels.Names(())


@pytest.mark.parametrize("shape", [shapely.LineString([(100, 100), (900, 900)]), shapely.MultiPoint([(100, 100), (200, 200)])])
def test_lines_and_groups_of_points_can_have_names(qgis_app: Any, shape: shapely.Geometry) -> None:
    assert [text for text, _, _ in written(sheet_labels.fit([layer("place", 70, [("柳河", shape)])], 1.0, FRAME))] == ["柳河"]


def test_a_name_at_the_edge_of_the_map_is_written_within_it(qgis_app: Any) -> None:
    """The map of a layout draws no name that reaches over its edge."""
    metres = FRAME.metres_per_mm
    spots = [(200.0, 10_000.0), (SIDE_M - 200.0, 9_000.0), (10_000.0, 100.0), (SIDE_M - 100.0, SIDE_M - 100.0)]
    names = sheet_labels.fit([layer("place", 75, [(f"第{n}生态移民集中安置点", shapely.Point(*spot)) for n, spot in enumerate(spots)], "square")], 1.0, FRAME)
    placed = written(names)
    assert len(placed) == len(spots) and not names.covering
    for text, x, y in placed:
        assert x >= 0 and y >= 0 and x + len(text) * 5.0 * MM_PER_POINT * metres <= SIDE_M


def test_a_long_name_stands_in_lines_within_its_village_rather_than_across_the_next_one(qgis_app: Any) -> None:
    side = 1_100.0
    spots = [(x, y) for x in range(4) for y in range(4)]
    villages = [shapely.box(5_000 + x * side, 5_000 + y * side, 5_000 + (x + 1) * side, 5_000 + (y + 1) * side) for x, y in spots]
    labels = [f"金沙河流域第{number:02d}搬迁村" for number in range(len(villages))]
    placed = written(sheet_labels.fit([layer("village", 10, list(zip(labels, villages)), "outline")], 1.0, FRAME))
    assert sorted(text.replace("\n", "") for text, _, _ in placed) == labels
    for text, x, y in placed:
        village = villages[labels.index(text.replace("\n", ""))]
        width = max(len(line) for line in text.split("\n")) * 5.0 * MM_PER_POINT * FRAME.metres_per_mm * 0.85
        assert "\n" in text and village.covers(shapely.Point(x, y)) and village.covers(shapely.Point(x + width, y))


def test_a_village_too_small_for_its_name_has_it_in_a_smaller_size_or_a_number_but_never_across_its_border(qgis_app: Any) -> None:
    """Fifty villages with room decide the size of the others; one has room for small letters in several lines only, one for none."""
    roomy = [(f"第{n:02d}村", shapely.box(n % 10 * 2_000, n // 10 * 2_000, n % 10 * 2_000 + 2_000, n // 10 * 2_000 + 2_000)) for n in range(50)]
    small, tiny = shapely.box(5_000, 15_000, 5_800, 15_800), shapely.box(9_000, 15_000, 9_250, 15_200)
    names = sheet_labels.fit([layer("village", 10, [*roomy, ("云台山林场分场村", small), ("白鹭湾村", tiny)], "outline")], 1.0, FRAME)
    sizes = {str(one["text"]).replace("\n", ""): float(one["points"]) for made in names.layers for one in made.getFeatures()}
    assert {sizes[label] for label, _ in roomy} == {names.points} == {sheet_labels.SIZES[0]}
    assert names.numbered == ((1, "白鹭湾村"),) and "白鹭湾村" not in sizes and sheet_labels.SIZES[-1] <= sizes["云台山林场分场村"] < names.points
    for text, x, y in written(names):
        if text.replace("\n", "") == "云台山林场分场村":
            width = max(map(len, text.split("\n"))) * sizes["云台山林场分场村"] * MM_PER_POINT * FRAME.metres_per_mm * 0.9
            assert small.covers(shapely.box(x, y + 50, x + width, y + 100))


def test_a_long_name_beside_its_point_takes_two_lines_where_one_has_no_room(qgis_app: Any) -> None:
    """Two sites of the same name on a map that is narrower than it is long."""
    narrow = Frame(Box(10, 10, 24, 200), QgsRectangle(0, 0, 2_400, SIDE_M), CRS)
    sites = [("枫渡生态移民集中安置点", shapely.Point(1_200, y)) for y in (5_000, 9_000)]
    names = sheet_labels.fit([layer("place", 75, sites, "square")], 1.0, narrow, largest=8.5)
    texts = [text for text, _, _ in written(names)]
    assert texts == ["枫渡生态移民\n集中安置点"] * 2 and not names.numbered and names.points == 8.5


def test_lines_of_a_name_are_of_about_the_same_length(qgis_app: Any) -> None:
    village = shapely.box(5_000, 5_000, 5_950, 6_900)
    text, = (text for text, _, _ in written(sheet_labels.fit([layer("village", 10, [("棉园少数民族特色保护示范新村", village)], "outline")], 1.0, FRAME)))
    assert [len(line) for line in text.split("\n")] == [4, 4, 3, 3]


def test_nothing_is_smaller_than_can_be_read(qgis_app: Any) -> None:
    sites = [(f"第{n}生态移民集中安置点", shapely.Point(n % 12 * 1_600 + 700, n // 12 * 500 + 300)) for n in range(400)]
    names = sheet_labels.fit([layer("place", 75, sites, "square")], 1.0, FRAME)
    assert sheet_labels.SIZES[-1] == min(float(one["points"]) for made in names.layers for one in made.getFeatures())


def test_neighbours_are_named_where_they_are_seen_and_their_names_decide_no_size(qgis_app: Any) -> None:
    """One is seen in a strip that is narrower than its name is long, one in a strip that has room for none."""
    strip, sliver = shapely.box(0, 0, 600, SIDE_M), shapely.box(SIDE_M - 60, 0, SIDE_M, SIDE_M)
    own = layer("village", 10, [("王家庄村", shapely.box(5_000, 5_000, 12_000, 12_000))], "outline")
    around = layer("neighbour", 1, [("红叶岭镇", strip), ("北山镇", sliver)], "fill")
    names = sheet_labels.fit([own, around], 1.0, FRAME)
    assert {text for text, _, _ in written(names)} == {"王家庄村", "红\n叶\n岭\n镇"}
    assert not names.numbered and names.points == sheet_labels.SIZES[0]


def test_arrows_and_neighbours_end_at_the_edge_of_the_map_and_one_text_stands_once(qgis_app: Any) -> None:
    lines = [shapely.LineString([(10_000, 10_000 + y), (50_000, 10_000 + y)]) for y in (0, 300)]
    inward = shapely.LineString([(-40_000, 5_000), (10_000, 5_000)])
    layers = [
        layer("village", 80, [(None, line) for line in (*lines, inward)], "arrow"), layer("beyond", 1, [("至 北山镇远村", line) for line in lines], "line"),
        layer("neighbour", 1, [("北山镇", shapely.box(15_000, 0, 90_000, 90_000)), ("南山镇", shapely.box(0, -9_000, 900, -8_000))], "fill"),
    ]
    arrows, beyond, around = (one.rows for one in on_paper(layers, FRAME))
    assert [shapely.get_point(arrow, 0).x for arrow in arrows["geom"][:2]] == [10_000, 10_000] and shapely.get_point(arrows["geom"][2], -1).x == 10_000
    assert all(0 < x < SIDE_M for arrow in arrows["geom"] for x, _ in arrow.coords)
    assert list(beyond["label"]) == ["至 北山镇远村"] and beyond["geom"][0] == shapely.get_point(arrows["geom"][0], -1)
    assert list(around["label"]) == ["北山镇"] and around["geom"][0].bounds == (15_000, 0, SIDE_M, SIDE_M)


def arrows_on_paper(*rows: tuple[str, tuple[float, float], tuple[float, float]], factor: float = 1.0) -> list[shapely.LineString]:
    """Arrows as they lie on the paper. rows: class, start and end (m)."""
    frame = pd.DataFrame({"code": [code for code, *_ in rows], "label": None, "geom": [shapely.LineString(ends) for _, *ends in rows]})
    layer = MapLayer("moves", "", 80, tuple(MapClass(code, code, "arrow", "#4daf4a") for code in "ab"), frame, "village")
    return list(on_paper([layer], FRAME, factor)[0].rows["geom"])


@pytest.mark.parametrize("factor", [1.0, 0.5])
def test_arrows_of_one_pair_of_places_stand_side_by_side_in_the_order_of_their_classes(qgis_app: Any, factor: float) -> None:
    site, hamlet, other = (9_000.0, 5_000.0), (5_000.0, 5_000.0), (9_000.0, 1_000.0)
    later, earlier, alone = arrows_on_paper(("b", hamlet, site), ("a", hamlet, site), ("a", other, site), factor=factor)
    assert list(alone.coords) == [other, site]
    for end, apart in ((0, 0.8), (-1, 1.6)):
        ends = [arrow.coords[end] for arrow in (earlier, later)]
        assert ends[0][1] - ends[1][1] == pytest.approx(apart * factor * FRAME.metres_per_mm) and ends[0][0] == ends[1][0]
        assert ends[0][1] + ends[1][1] == pytest.approx(10_000)


def test_an_arrow_from_a_place_behind_another_one_ends_beside_its_arrow(qgis_app: Any) -> None:
    site, near, behind = (9_000.0, 5_000.0), (6_000.0, 5_000.0), (2_000.0, 5_010.0)
    first, second = arrows_on_paper(("a", near, site), ("b", behind, site))
    assert (first.coords[0], second.coords[0]) == (near, behind)
    assert abs(first.coords[1][1] - second.coords[1][1]) == pytest.approx(1.6 * FRAME.metres_per_mm)


def test_many_arrows_side_by_side_still_reach_the_symbol_of_their_place(qgis_app: Any) -> None:
    ends = [arrow.coords[-1] for arrow in arrows_on_paper(*[("a", (5_000.0, 5_000.0), (9_000.0, 9_000.0))] * 9)]
    assert len({(round(x), round(y)) for x, y in ends}) == 9
    assert max(shapely.distance(shapely.Point(end), shapely.Point(9_000, 9_000)) for end in ends) == pytest.approx(2.0 * FRAME.metres_per_mm)


def grounds(names: sheet_labels.Names, written_texts: Sequence[str]) -> list[shapely.Geometry]:
    """About the ground of texts of one line on the map, as points along their middle (m)."""
    made = []
    for text, x, y in written(names):
        if text in written_texts:
            em = names.points * MM_PER_POINT * FRAME.metres_per_mm
            made.append(shapely.LineString([(x + 0.2 * em, y + 0.6 * em), (x + (len(text) - 0.5) * em, y + 0.6 * em)]))
    assert len(made) == len(written_texts)
    return made


def test_a_site_at_the_edge_of_the_plan_is_named_within_it_and_off_the_heads_of_arrows(qgis_app: Any) -> None:
    site, plan = shapely.Point(10_000, 10_000), shapely.box(9_800, 5_000, 19_000, 15_000)
    arrows = [shapely.LineString([start, site.coords[0]]) for start in ((17_000, 9_000), (17_000, 10_300), (17_000, 11_500))]
    layers = [
        layer("township", 61, [(None, plan)], "boundary"), layer("place", 75, [("枫渡安置点", site)], "square"),
        layer("village", 80, [(None, arrow) for arrow in arrows], "arrow"),
    ]
    (name,) = grounds(sheet_labels.fit(layers, 1.0, FRAME), ["枫渡安置点"])
    heads = [shapely.ops.substring(arrow, arrow.length - 2.4 * FRAME.metres_per_mm, arrow.length) for arrow in arrows]
    assert plan.contains(name) and name.distance(site) < 10 * FRAME.metres_per_mm
    assert min(name.distance(head) for head in heads) > 1.0 * FRAME.metres_per_mm


def test_the_name_of_a_township_keeps_off_symbols_and_the_development_boundary(qgis_app: Any) -> None:
    """Its only free ground is in the south-east."""
    town, lines = shapely.box(5_000, 5_000, 15_000, 15_000), shapely.MultiPolygon([shapely.box(5_200, y, 14_800, y + 200) for y in range(8_000, 15_000, 400)])
    dots = [shapely.Point(x, y) for x in range(5_200, 11_000, 400) for y in range(5_200, 8_000, 400)]
    layers = [
        layer("township", 60, [("东河镇", town)], "border"), layer("place", 50, [(None, lines)], "line"),
        layer("village", 70, [(None, dot) for dot in dots]),
    ]
    (name,) = grounds(sheet_labels.fit(layers, 1.0, FRAME), ["东河镇"])
    assert town.contains(name) and name.distance(shapely.MultiPoint(dots)) > 1.0 * FRAME.metres_per_mm
    assert name.distance(lines) > 1.0 * FRAME.metres_per_mm


def test_a_township_whose_name_must_lie_on_others_is_told(qgis_app: Any) -> None:
    small = shapely.box(9_000, 9_000, 9_100, 9_100)
    towns = [(f"某某哈萨克族蒙古族第{number}乡", small) for number in range(16)]
    names = sheet_labels.fit([layer("township", 60, towns, "border")], 1.0, FRAME)
    assert len(written(names)) == 16 and names.covering and not names.numbered
