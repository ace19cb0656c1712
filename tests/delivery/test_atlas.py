"""The atlas: the sheets of each township with its own villages and figures, held against the layers, and no atlas where it would show nothing more."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Callable

import pytest
import shapely

from tests.delivery.damages import resealed, rules_found
from tests.delivery.drawing import draw_small
from tests.delivery.plans import box, control, move, plan_rows, write_plan
from village_planner.base import InputError
from village_planner.delivery import PackageRequest, inspect_package, possible_formats, write_package
from village_planner.delivery.atlas import atlas_sources, atlas_townships, township_source, townships_left_out
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.manifest import read_manifest
from village_planner.delivery.sheet_figures import sheet_figures
from village_planner.delivery.sheets import Sheet, SheetHeading, SheetSource
from village_planner.plan.data import plan_data
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile, load_profile

HEADING = SheetHeading("370799", "清河县", "清河县村庄布局规划（2020—2035年）", "清河县规划编制中心", "征求意见稿", True, "2026-03-01")
EAST, WEST = "370799101东河镇", "370799102西山镇"
FOLDER = Path("2规划图件") / "分乡镇图集"
ATLAS = ("gpkg", "xlsx", "atlas")


@pytest.fixture(scope="module")
def sources() -> dict[str, SheetSource]:
    """The atlas of the clean plan with a move from the west into the east, a red line in the west, a development boundary between villages of the east, on
    ground of none, and a patch of nobody in the west."""
    rows = plan_rows()
    rows["move"].append(move("M4", "370799102202001", "site", "AZ01", 2025, 5, 15, "09", 3_000, 2_000))
    rows["patch"].append({"code": "P9", "hamlet_code": None, "kind": "new", "geom": box(1_000, 5_000, 50, 50)})
    lines = {"ecological_redline": box(0, 6_000, 900, 900), "development_boundary": box(1_930, 1_000, 40, 100)}
    layers = MemoryLayers({kind: control(kind, [geom]) for kind, geom in lines.items()})
    return dict(atlas_sources(DeliverySource(plan_data(**rows), layers, load_profile("layout-2035"), "S1"), HEADING, True))


@pytest.fixture(scope="module")
def with_atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with an atlas, and without the sheets of the county."""
    folder = tmp_path_factory.mktemp("atlas")
    return write_package(PackageRequest(write_plan(folder / "plan.gpkg", plan_rows()), folder, formats=ATLAS), draw=draw_small).path


@pytest.fixture
def copied(with_atlas: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may damage."""
    return Path(shutil.copytree(with_atlas, tmp_path / with_atlas.name))


def legend(one: Sheet) -> dict[str, int | None]:
    """Name → count of a sheet's legend."""
    return {entry.name: entry.count for _, classes in one.legend for entry in classes}


def test_a_township_has_the_sheets_of_the_profile_under_its_own_name_and_number(sources: dict[str, SheetSource]) -> None:
    assert list(sources) == [EAST, WEST]
    first = sources[WEST].sheets[0]
    assert (first.number, first.title, first.stem) == ("370799102-01", "西山镇村庄分类图", f"{WEST}01村庄分类图")
    assert len(sources[EAST].sheets) == 3 and sources[EAST].bounds[3] < sources[WEST].bounds[3]
    assert "规划范围" not in legend(first) and {"乡镇界", "相邻乡镇"} <= {*legend(first)}
    assert list((sources[WEST].townships or pytest.fail()).rows["code"]) == ["", "own"]


def test_it_shows_what_lies_in_it_and_counts_what_begins_in_it(sources: dict[str, SheetSource]) -> None:
    (east, west), (east_class, west_class) = ([sources[name].sheets[number] for name in (EAST, WEST)] for number in (1, 0))
    assert legend(east)["2025年"] == 2 and legend(west)["2025年"] == 1
    assert [len(layer.rows) for layer in east.panels[0].layers if layer.id == "moves"] == [3]
    assert "农村集中安置点" not in legend(west) and legend(west)["新建"] == 1 and "新建" not in legend(east)
    assert "生态保护红线" in legend(west_class) and "生态保护红线" not in legend(east_class)
    assert not any("城镇开发边界" in legend(one) for one in (east_class, west_class))
    assert any("由外乡镇迁入（西山镇 1 项）" in note for note in east.notes) and any("迁往外乡镇（东河镇 1 项）" in note for note in west.notes)
    assert not any("乡镇迁" in note for note in east_class.notes)
    assert {panel.title: panel.summary for panel in sources[EAST].sheets[2].panels}["2025年"].endswith("；另由外乡镇迁入 1 项")


def test_a_move_across_the_border_says_where_it_leads_to_and_neighbours_are_named(sources: dict[str, SheetSource]) -> None:
    for name, text, end, other in ((WEST, "至 东河镇东河安置点", -1, "东河镇"), (EAST, "自 西山镇赵各庄村", 0, "西山镇")):
        layers = {layer.id: layer for layer in sources[name].sheets[1].panels[0].layers}
        beyond, arrows = layers["beyond"].rows, layers["moves"].rows["geom"]
        assert list(beyond["label"]) == [text]
        assert shapely.get_point(beyond["geom"][0], -1) in [shapely.get_point(arrow, end) for arrow in arrows]
        assert list(layers["neighbours"].rows["label"]) == [other]
        assert {"moves", "beyond"} <= {layer.id for panel in sources[name].sheets[2].panels for layer in panel.layers}
        assert "beyond" not in {layer.id for layer in sources[name].sheets[0].panels[0].layers}
        assert any("旁注“至”" in note for note in sources[name].sheets[1].notes)


def test_around_a_township_there_is_room_for_its_neighbours(sources: dict[str, SheetSource]) -> None:
    west, south, east, north = sources[WEST].bounds
    shown = [shapely.bounds(geom) for layer in sources[WEST].sheets[0].panels[0].layers if layer.id == "villages" for geom in layer.rows["geom"]]
    assert west < min(one[0] for one in shown) and east > max(one[2] for one in shown) and south < min(one[1] for one in shown)


def test_a_township_that_only_receives_shows_the_arrows_and_does_not_say_that_nothing_happens(layers: MemoryLayers, profile: Profile) -> None:
    rows = plan_rows()
    rows["move"] = [move("M4", "370799102202001", "site", "AZ01", None, 5, 15, "09", 3_000, 2_000)]
    found = dict(atlas_sources(DeliverySource(plan_data(**rows), layers, profile, "S1"), HEADING, True))
    assert [one.statement for one in found[EAST].sheets] == ["", "", ""]
    last = found[EAST].sheets[2].panels[-1]
    assert last.title == "时序未定" and {"moves", "phase_sites"} <= {layer.id for layer in last.layers}
    assert found[EAST].sheets[1].facts["figures"]["move"]["total"]["moves"] == 0 and legend(found[EAST].sheets[1])["时序未定"] is None


def test_the_figures_of_the_townships_add_up_to_those_of_the_plan(layers: MemoryLayers, profile: Profile) -> None:
    whole = DeliverySource(plan_data(**plan_rows()), layers, profile, "S1")
    parts = [sheet_figures(township_source(whole, code)) for code in atlas_townships(whole.data)]
    for group, rows in sheet_figures(whole).items():
        for code, row in rows.items():
            for name, value in row.items():
                assert sum(part[group].get(code, {}).get(name) or 0 for part in parts) == pytest.approx(value, abs=0.03), (group, code, name)


def test_an_atlas_inspects_clean_and_its_manifest_says_that_it_is_there(with_atlas: Path) -> None:
    assert inspect_package(with_atlas).findings.empty
    assert (read_manifest(with_atlas) or pytest.fail()).formats == ATLAS
    assert sorted(path.name for path in (with_atlas / FOLDER).iterdir()) == [EAST, WEST]
    assert len(list((with_atlas / FOLDER / EAST).iterdir())) == 6


def _put(name: str, content: bytes = b"\xff\xd8\xff\xd9") -> Callable[[Path], None]:
    def damage(package: Path) -> None:
        path = package / FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    return damage


def _changed(package: Path) -> None:
    path = package / FOLDER / EAST / f"{EAST}02布局规划图.jpg"
    content = path.read_bytes()
    assert b'"households":38,' in content
    path.write_bytes(content.replace(b'"households":38,', b'"households":83,'))


def _exchanged(package: Path) -> None:
    first, second = (package / FOLDER / name / f"{name}01村庄分类图.jpg" for name in (EAST, WEST))
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)


@pytest.mark.parametrize(("damage", "expected"), [
    (lambda package: (package / FOLDER / WEST / f"{WEST}03分期实施图.pdf").unlink(), {"QC-1101"}),
    (lambda package: shutil.rmtree(package / FOLDER), {"QC-1101"}),
    (_changed, {"NL-12"}),
    (_exchanged, {"NL-12"}),
    (_put(f"{EAST}/{EAST}04用地图.jpg"), {"QC-1101"}),
    (_put("370799109无名镇/370799109无名镇01村庄分类图.jpg"), {"QC-1101"}),
    (_put("图.jpg"), {"QC-1101"}),
], ids=["missing", "all missing", "number", "exchanged", "unknown sheet", "unknown township", "beside the townships"])  # fmt: skip
def test_damage_to_an_atlas_is_found(copied: Path, damage: Callable[[Path], None], expected: set[str]) -> None:
    damage(copied)
    resealed(copied)
    assert rules_found(copied) == expected


def test_a_township_of_which_nothing_is_drawn_is_left_out_and_one_alone_has_no_atlas(plan_path: Path, tmp_path: Path, profile: Profile) -> None:
    rows = plan_rows()
    assert townships_left_out(plan_data(**rows)) == []
    for table in ("village", "hamlet", "patch"):
        rows[table] = [{**row, "geom": None} if str(row.get("hamlet_code") or row["code"]).startswith("370799102") else row for row in rows[table]]
    data = plan_data(**rows)
    assert townships_left_out(data) == ["西山镇"] and atlas_townships(data) == ["370799101"]
    assert "atlas" in possible_formats(profile) and "atlas" not in possible_formats(profile, data)
    with pytest.raises(InputError) as refused:
        write_package(PackageRequest(write_plan(tmp_path / "one.gpkg", rows), tmp_path, formats=ATLAS), draw=draw_small)
    assert refused.value.message.code == "delivery.atlas_one_township"
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(("options", "code"), [
    ({"profile": "zhejiang-village"}, "delivery.formats_placeless"), ({"draw": None}, "delivery.sheets_need_qgis"),
])
def test_an_atlas_without_a_place_or_somebody_to_draw_is_refused(plan_path: Path, tmp_path: Path, options: dict[str, str | None], code: str) -> None:
    request = PackageRequest(plan_path, tmp_path, formats=ATLAS, profile=options.get("profile"))
    with pytest.raises(InputError) as refused:
        write_package(request, draw=None if "draw" in options else draw_small)
    assert refused.value.message.code == code
