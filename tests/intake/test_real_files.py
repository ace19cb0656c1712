"""Real files of other people: rosters of two counties, and a county with polygons, zoning and codes of eleven digits."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely

from village_planner.intake import AddControl, AddFacts, CreatePlan, Decide, add_control, add_facts, create_plan, decide
from village_planner.plan import PlanFile
from village_planner.standards import load_profile

YUNLIN = Path(__file__).parents[1] / "profiles" / "yunlin"


def county(shared_data: Path, name: str, plan: Path) -> CreatePlan:
    folder = shared_data / "cn_village_codes"
    title = f"{name.split('_')[1]}村庄布局规划（2020—2035年）"
    return CreatePlan(plan, title, 2020, roster=str(folder / f"{name}_villages.csv"), townships=str(folder / f"{name}_streets.csv"))


def test_a_county_without_polygons_takes_decisions_and_phases(shared_data: Path, tmp_path: Path) -> None:
    result = create_plan(county(shared_data, "370724_临朐县", tmp_path / "临朐.gpkg"))
    data = PlanFile.open(result.plan).read()
    assert (result.village_count, result.hamlet_count, len(data.township)) == (368, 368, 10)
    assert data.info["county_code"] == "370724" and data.village["code"].str.len().eq(12).all()
    assert data.roster_difference["kind"].tolist() == ["committees"]
    in_scope = data.village[data.village["kind"] == "village"]
    decisions = tmp_path / "决策.csv"
    with decisions.open("w", encoding="gbk", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["行政村代码", "行政村", "村庄类别", "布局引导", "去向类型", "迁入地", "时序"])
        for number, (code, name) in enumerate(zip(in_scope["code"], in_scope["name"])):
            moved = number % 50 == 0
            target = in_scope["name"].iloc[number + 1] if moved else ""
            row = ["搬迁撤并类", "就近撤并", "并入居民点", in_scope["code"].iloc[number + 1] + "001", "2025年"] if moved else ["集聚提升类", "保留", "", "", ""]
            writer.writerow([code, name, *row])
            assert not moved or target
    taken = decide(Decide(result.plan, str(decisions)))
    after = PlanFile.open(result.plan).read()
    assert (taken.accepted, taken.rejected) == (len(in_scope), 0)
    assert len(after.category) == len(in_scope) and len(after.move) == -(-len(in_scope) // 50)
    assert set(after.move["phase"]) == {2025}


def test_a_suburban_county_asks_once(shared_data: Path, tmp_path: Path) -> None:
    result = create_plan(county(shared_data, "510121_金堂县", tmp_path / "金堂.gpkg"))
    found = PlanFile.open(result.plan).read().roster_difference
    assert (result.village_count, result.differences) == (200, 1)
    assert len(found["detail"].iloc[0]["codes"]) == 114


@pytest.fixture(scope="module")
def yunlin(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    folder = shared_data / "tw_yunlin"
    plan = tmp_path_factory.mktemp("yunlin") / "雲林.gpkg"
    create_plan(CreatePlan(
        plan, "雲林縣村庄布局规划", 2020, profile=YUNLIN, county_code="10009", other_rosters=(str(folder / "village_population_2021-03.csv"),),
        villages=str(folder / "villages_tw_yunlin.gpkg"), townships=str(folder / "townships_tw_yunlin.gpkg"),
    ))
    return lambda: plan


def test_a_county_with_codes_of_eleven_digits_joins_its_population_over_dashed_codes(yunlin: Callable[[], Path], shared_data: Path) -> None:
    data = PlanFile.open(yunlin()).read()
    assert (len(data.village), len(data.township), data.crs) == (389, 20, 4549)
    assert data.village["code"].str.fullmatch(r"10009\d{6}").all()
    assert not shapely.is_missing(data.village["geom"].to_numpy()).any() and not shapely.is_missing(data.township["geom"].to_numpy()).any()
    with (shared_data / "tw_yunlin" / "village_population_2021-03.csv").open(encoding="utf-8-sig") as stream:
        population = {row["村里代碼"].replace("-", ""): int(row["人口"]) for row in csv.DictReader(stream)}
    assert dict(zip(data.hamlet["village_code"], data.hamlet["persons"])) == {code: population[code] for code in data.village["code"]}
    found = data.roster_difference
    assert set(found.loc[found["kind"] == "extra", "code"]) == set(population) - set(data.village["code"])
    # The population table writes five rare characters of names in another way: four in the private use area.
    assert found.loc[found["kind"] == "renamed", "settled"].eq("explained").sum() == 4 and len(found) == 3 + 5


def test_zoning_becomes_control_layers_through_filters(yunlin: Callable[[], Path], shared_data: Path) -> None:
    source = str(shared_data / "tw_yunlin" / "zoning_tw_yunlin_epsg3826.gpkg")
    profile = load_profile(YUNLIN)
    farmland = add_control(AddControl(yunlin(), "permanent_basic_farmland", source, filter="分區類=農業區"))
    redline = add_control(AddControl(yunlin(), "ecological_redline", source, filter="分區類 = '保護區'"))
    layers = PlanFile.open(yunlin()).layers()
    frame = layers.read("permanent_basic_farmland")
    assert farmland.count + farmland.set_aside == 344 == len(frame) + farmland.set_aside
    assert redline.count > 0 and set(layers.read("ecological_redline")["class_code"]) == {"保護區"}
    # The source is in another datum's zone: what was transformed must lie in the county.
    plan = PlanFile.open(yunlin()).read()
    bounds = shapely.total_bounds(plan.township["geom"].to_numpy())
    inside = shapely.total_bounds(np.array(frame["geom"].tolist(), dtype=object))
    assert bounds[0] < inside[0] and inside[2] < bounds[2] and bounds[1] < inside[1] and inside[3] < bounds[3]
    assert profile.value("village_code_digits") == 11


def test_registers_of_two_years_are_weighed_by_their_dates(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "tw_yunlin"
    plan = create_plan(CreatePlan(tmp_path / "雲林.gpkg", "雲林縣村庄布局规划", 2021, profile=YUNLIN, villages=str(folder / "villages_tw_yunlin.gpkg"))).plan
    newer = add_facts(AddFacts(plan, str(folder / "village_population_2021-03.csv"), field_map={"facts": {"township": "區域", "女": "女性人口"}}))
    by_name = {"facts": {"township": "區域別", "village": "村里"}}
    older = add_facts(AddFacts(plan, str(folder / "village_population_by_age_2015-05.csv"), field_map=by_name, date="2015-05-31"))
    data = PlanFile.open(plan).read()
    # 392 rows of which 389 have a polygon; six years before some names were others.
    assert (newer.accepted, newer.rejected) == (389, 3) and older.accepted > 370
    first = data.hamlet[data.hamlet["village_code"] == "10009010001"].iloc[0]
    assert (first["households"], first["persons"], first["facts_date"]) == (696, 1715, "2021-03-31")
    stated = data.fact[(data.fact["subject_code"] == "10009010001") & (data.fact["item"] == "households")]
    assert dict(zip(stated["date"], stated["number"])) == {"2021-03-31": 696, "2015-05-31": 703}
    assert set(data.fact["item"]) == {"households", "persons", "女"}
