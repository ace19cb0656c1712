"""createplan as a command with nothing but a roster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow
def test_a_roster_is_enough(qgis_process: Callable[..., Any], tmp_path: Path) -> None:
    roster = tmp_path / "名录.csv"
    roster.write_text("乡镇,行政村代码,行政村\n砚溪镇,370799101201,东山村\n砚溪镇,370799101202,西河村\n", encoding="gbk")
    result = qgis_process("villageplanner:createplan", PLAN=tmp_path / "规划.gpkg", TITLE="岚桥县砚溪镇村庄布局规划", BASE_YEAR=2020, ROSTER=roster)
    assert result.exit_code == 0, result.stderr
    assert (result.outputs["VILLAGE_COUNT"], result.outputs["DIFFERENCES"]) == (2, 0)
