"""A small plan with decided villages, control layers and moves, as a planner has it in the middle of the work."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from village_planner.demo import write_demo
from village_planner.intake import AddControl, CreatePlan, Decide, add_control, create_plan, decide


@pytest.fixture(scope="session")
def township_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo township's plan with the three control lines and all decisions; tests take a copy of its folder."""
    demo = write_demo(tmp_path_factory.mktemp("demo"), "township", "none", 1)
    steps = [(step["algorithm"].split(":")[1], step["parameters"]) for step in json.loads(demo.steps.read_text(encoding="utf-8"))]
    create = next(parameters for name, parameters in steps if name == "createplan")
    plan = tmp_path_factory.mktemp("plan") / "岚桥县 砚溪镇.gpkg"
    create_plan(CreatePlan(
        plan=plan, title=create["TITLE"], base_year=create["BASE_YEAR"], county_code=create["COUNTY_CODE"], phases=(2020, 2021, 2022, 2025, 2035),
        roster=create["ROSTER"], villages=create["VILLAGES"], townships=create["TOWNSHIPS"], patches=create["PATCHES"],
    ))  # fmt: skip
    for name, parameters in steps:
        if name == "addcontrol" and parameters["KIND"] in ("development_boundary", "permanent_basic_farmland", "ecological_redline"):
            add_control(AddControl(plan, parameters["KIND"], parameters["SOURCE"]))
    decide(Decide(plan, next(parameters["DECISIONS"] for name, parameters in steps if name == "decide")))
    return plan


@pytest.fixture
def plan(township_plan: Path, tmp_path: Path) -> Path:
    """A copy of the plan and its layers on a path with Chinese and spaces."""
    folder = tmp_path / "村庄 布局规划（2035）"
    folder.mkdir()
    for path in (township_plan, township_plan.with_suffix(".layers.gpkg")):
        shutil.copy(path, folder / path.name)
    return folder / township_plan.name
