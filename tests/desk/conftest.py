"""A small plan file for the tests of the desk and of the docks: two townships, three villages, five hamlets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk.small_plan import make_plan
from village_planner.desk.session import PlanSession


@pytest.fixture
def plan_path(tmp_path: Path) -> Path:
    """Path of the small plan."""
    return make_plan(tmp_path / "小规划.gpkg")


@pytest.fixture
def session(qgis_app: Any, qgis_new_project: None, plan_path: Path) -> Iterator[PlanSession]:
    """A session on the small plan, without a map."""
    opened = PlanSession()
    opened.open(plan_path)
    yield opened
    opened.close()
