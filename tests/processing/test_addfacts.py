"""addfacts and addlimits as commands: figures and limits reach the plan file, with the outputs of the contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from village_planner.plan import PlanFile


@pytest.mark.slow
def test_tables_reach_the_plan(qgis_process: Callable[..., Any], tmp_path: Path) -> None:
    roster, facts, quota, fixed = (tmp_path / f"{name}.csv" for name in ("名录", "数据", "指标", "名单"))
    roster.write_text("乡镇,行政村代码,行政村\n砚溪镇,370799101201,东山村\n砚溪镇,370799101202,西河村\n", encoding="utf-8")
    facts.write_text("行政村,危房户数,户数\n东山村,3,40\n没有村,1,1\n", encoding="utf-8")
    quota.write_text("乡镇,净减量（公顷）\n砚溪镇,2\n", encoding="utf-8")
    fixed.write_text("行政村,类别\n西河村,集聚提升类\n", encoding="utf-8")
    plan = tmp_path / "规划.gpkg"
    made = qgis_process("villageplanner:createplan", PLAN=plan, TITLE="岚桥县砚溪镇村庄布局规划", BASE_YEAR=2020, ROSTER=roster)
    assert made.exit_code == 0, made.stderr
    for algorithm, parameters, counts in (
        ("addfacts", {"SOURCE": facts, "LEVEL": "village", "DATE": "2021-12-31"}, (1, 1)),
        ("addlimits", {"KIND": "quota", "SOURCE": quota}, (1, 0)), ("addlimits", {"KIND": "villages", "SOURCE": fixed}, (1, 0)),
    ):
        result = qgis_process(f"villageplanner:{algorithm}", PLAN=plan, **parameters)
        assert result.exit_code == 0, result.stderr
        assert (result.outputs["ACCEPTED"], result.outputs["REJECTED"]) == counts and Path(result.outputs["REPORT"]).is_file()
    data = PlanFile.open(plan).read()
    assert set(data.fact["item"]) == {"dilapidated_houses", "households"} and data.hamlet["households"].iloc[0] == 40
    assert data.tables["quota"]["value"].tolist() == [20_000] and data.tables["fixed_village"]["category"].tolist() == ["01"]
