"""Makes the small plan that the tests of the desk and the docks share."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from shapely.geometry import Point, Polygon, box

from village_planner.plan import PlanFile

CRS = 4527
EAST, NORTH = 39_500_000.0, 3_500_000.0
VILLAGES = ("990001001201", "990001001202", "990001002201")
HAMLETS = ("990001001201001", "990001001201002", "990001001201003", "990001001202001", "990001002201001")


def make_plan(path: Path) -> Path:
    """A copy of the plan at `path`."""
    path.write_bytes(_bytes())
    return path


@cache
def _bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return new_plan(Path(folder) / "plan.gpkg").read_bytes()


def new_plan(path: Path) -> Path:
    """Write the plan, with a history of its own: villages 甲村 (three hamlets), 乙村 (one) and 丙村 (one, another township)."""
    plan = PlanFile.create(
        path,
        {
            "title": "测试县村庄布局规划", "profile_id": "layout-2035", "profile_version": "0.1", "base_year": 2020,
            "crs": CRS, "county_code": "990001", "county_name": "测试县",
        },
        [2020, 2025, 2035],
    )
    with plan.write("测试", "导入") as tx:
        tx.insert("township", [{"code": "990001001", "name": "东乡"}, {"code": "990001002", "name": "西镇"}])
        names = ("甲村", "乙村", "丙村")
        tx.insert("village", [
            {"code": code, "name": name, "township_code": code[:9], "kind": "village", "geom": village_shape(number)}
            for number, (code, name) in enumerate(zip(VILLAGES, names))
        ])
        figures = (("甲庄", 40, 120), ("甲湾", 10, 33), ("甲坡", 6, 15), ("乙庄", 50, 160), ("丙庄", 30, 90))
        tx.insert("hamlet", [
            {
                "code": code, "village_code": code[:12], "name": name, "is_main": int(code.endswith("001")), "households": households,
                "persons": persons, "geom": hamlet_place(number),
            }
            for number, (code, (name, households, persons)) in enumerate(zip(HAMLETS, figures))
        ])
        tx.insert("patch", [{"code": "P1", "hamlet_code": HAMLETS[1], "kind": "existing", "geom": hamlet_place(1).buffer(30)}])
        tx.insert("site", [{"code": "A1", "name": "东乡安置点", "setting": "rural", "geom": hamlet_place(0).buffer(50)}])
    return path


def village_shape(number: int) -> Polygon:
    """A square of a kilometre; villages lie in a row."""
    return box(EAST + 1000 * number, NORTH, EAST + 1000 * (number + 1), NORTH + 1000)


def hamlet_place(number: int) -> Point:
    """The hamlet's point inside its village."""
    village = (0, 0, 0, 1, 2)[number]
    return Point(EAST + 1000 * village + 200 + 100 * number, NORTH + 500)
