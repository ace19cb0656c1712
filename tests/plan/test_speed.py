"""A county's plan opens, reads and takes decisions fast enough not to be noticed; measured in processor time, with room for a slow machine."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import shapely

from tests.plan.conftest import INFO, PHASES, TOWNSHIP
from village_planner.plan import PlanFile, decisions

VILLAGES = [f"{TOWNSHIP}{serial:03d}" for serial in range(400)]
HAMLETS = [f"{VILLAGES[n % 400]}{n // 400 + 1:03d}" for n in range(3000)]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> PlanFile:
    plan = PlanFile.create(tmp_path_factory.mktemp("county") / "county.gpkg", INFO, PHASES)
    with plan.write("张三", "导入") as tx:
        tx.insert("township", [{"code": TOWNSHIP, "name": "样例镇"}])
        tx.insert("village", [
            {"code": code, "name": code, "township_code": TOWNSHIP, "kind": "village", "geom": shapely.box(n, 0, n + 1, 1)}
            for n, code in enumerate(VILLAGES)
        ])
        tx.insert("hamlet", [
            {"code": code, "village_code": code[:12], "name": code, "is_main": 0, "households": n, "geom": shapely.Point(n, n)}
            for n, code in enumerate(HAMLETS)
        ])
        tx.insert("patch", [
            {"code": f"P{n}", "hamlet_code": code, "kind": "existing", "geom": shapely.Point(n, n).buffer(31)} for n, code in enumerate(HAMLETS)
        ])
    return PlanFile(Path(plan.path))


def test_a_county_is_read_in_well_under_a_second(county: PlanFile) -> None:
    start = time.process_time()
    data = county.read()
    assert time.process_time() - start < 0.8
    assert (len(data.village), len(data.hamlet), len(data.patch)) == (400, 3000, 3000)


def test_a_thousand_decisions_in_one_action_take_well_under_a_second_and_one_far_less(county: PlanFile) -> None:
    start = time.process_time()
    with county.write("张三", "布局引导") as tx:
        decisions.set_action(tx, "S1", HAMLETS[:1000], "merge", "分散")
    thousand = time.process_time() - start
    start = time.process_time()
    with county.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
    one = time.process_time() - start
    assert (thousand < 0.8, one < 0.2) == (True, True), (thousand, one)
