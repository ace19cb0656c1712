"""A small plan that the tests of the room share: one township, three villages, six hamlets, two patches and a site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from village_planner.plan import LayerStore, PlanFile

INFO: dict[str, Any] = {
    "title": "样例县村庄布局规划", "profile_id": "layout-2035", "profile_version": "0.1", "base_year": 2020, "crs": 4523,
}  # fmt: skip
PHASES = [2020, 2021, 2022, 2025, 2035]
TOWNSHIP = "370799101"
VILLAGES = [f"{TOWNSHIP}{serial}" for serial in ("201", "202", "203")]
HAMLETS = [f"{village}{serial}" for village in VILLAGES for serial in ("001", "002")]


def fill(plan: PlanFile) -> None:
    """Write the roster, two patches and a site in one action."""
    with plan.write("张三", "导入名录") as tx:
        tx.insert("township", [{"code": TOWNSHIP, "name": "样例镇"}])
        tx.insert("village", [
            {"code": code, "name": f"村{n}", "township_code": TOWNSHIP, "kind": "village", "geom": shapely.box(n * 1000, 0, n * 1000 + 900, 900)}
            for n, code in enumerate(VILLAGES)
        ])
        tx.insert("hamlet", [
            {"code": code, "village_code": code[:12], "name": f"庄{n}", "is_main": int(code.endswith("001")), "households": 10 + n,
             "geom": shapely.Point(100.1 * n, 7.3)}
            for n, code in enumerate(HAMLETS)
        ])
        tx.insert("patch", [
            {"code": f"P{n}", "hamlet_code": HAMLETS[n], "kind": "existing", "geom": shapely.Point(100.1 * n, 7.3).buffer(31.7)}
            for n in range(2)
        ])
        tx.insert("site", [{"code": "Z1", "name": "安置点一", "setting": "rural", "geom": shapely.box(0, 0, 33.3, 44.4)}])


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> PlanFile:
    plan = PlanFile.create(tmp_path_factory.mktemp("template") / "template.gpkg", INFO, PHASES)
    fill(plan)
    return plan


@pytest.fixture
def plan(_template: PlanFile, tmp_path: Path) -> PlanFile:
    """A plan file of its own for each test."""
    path = tmp_path / "plan.gpkg"
    _template.copy_to(path)
    return PlanFile.open(path)


@pytest.fixture
def store(tmp_path: Path) -> LayerStore:
    """An empty file of layers."""
    return LayerStore(tmp_path / "plan.layers.gpkg", crs=4523)
