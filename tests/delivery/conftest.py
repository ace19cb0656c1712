"""Fixtures of the delivery tests: the clean plan in memory and on disk, and a package of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.delivery.drawing import draw_small
from tests.delivery.plans import add_layers, box, clean_layers, control, plan_rows, write_plan
from village_planner.delivery import FORMATS, PackageRequest, write_package
from village_planner.delivery.request import ATLAS, PDF
from village_planner.plan.data import PlanData, plan_data
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile, load_profile


def without_office() -> tuple[str, ...]:
    """All formats but those that another program makes, and the atlas, which tests of its own look at."""
    return tuple(name for name in FORMATS if name not in (PDF, ATLAS))


@pytest.fixture
def profile() -> Profile:
    """The layout profile."""
    return load_profile("layout-2035")


@pytest.fixture
def data() -> PlanData:
    """The clean plan."""
    return plan_data(**plan_rows())


@pytest.fixture
def layers() -> MemoryLayers:
    """Control layers that nothing conflicts with: a boundary, basic farmland and a red line far away from the plan's land."""
    return MemoryLayers({
        kind: control(kind, [box(x, 9_000, 500, 500)])
        for kind, x in (("development_boundary", 0), ("permanent_basic_farmland", 1_000), ("ecological_redline", 2_000))
    })


@pytest.fixture
def plan_path(tmp_path: Path) -> Path:
    """The clean plan as a plan file."""
    return write_plan(tmp_path / "plan.gpkg", plan_rows())


@pytest.fixture(scope="session")
def clean_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A draft package of the clean plan; tests copy it before they damage it."""
    folder = tmp_path_factory.mktemp("clean")
    return write_package(PackageRequest(write_plan(folder / "plan.gpkg", plan_rows()), folder, formats=("gpkg", "xlsx"))).path


@pytest.fixture(scope="session")
def formal_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A formal package in all formats of the clean plan with the control layers that its rules need; tests copy it before they damage it."""
    folder = tmp_path_factory.mktemp("formal")
    plan = write_plan(folder / "plan.gpkg", plan_rows())
    add_layers(plan, **clean_layers())
    return write_package(PackageRequest(plan, folder, mode="formal", formats=without_office()), draw=draw_small).path


@pytest.fixture
def formal_copy(formal_package: Path, tmp_path: Path) -> Path:
    """A copy of the formal package that a test may damage."""
    return Path(shutil.copytree(formal_package, tmp_path / formal_package.name))


@pytest.fixture
def package(clean_package: Path, tmp_path: Path) -> Path:
    """A copy of the clean package that a test may damage."""
    folder = tmp_path / "copy"
    folder.mkdir()
    return Path(shutil.copytree(clean_package, folder / clean_package.name))
