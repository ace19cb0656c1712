"""Plan files of earlier versions, as that version wrote them, are opened by this one."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.plan.conftest import VILLAGES
from village_planner.plan import PlanFile
from village_planner.plan.schema import SCHEMA_VERSION

FILES = Path(__file__).parent / "files"


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """The small plan of this folder's tests with one category, written by version 1."""
    path = tmp_path / "plan.gpkg"
    path.write_bytes(gzip.decompress((FILES / "version-1.gpkg.gz").read_bytes()))
    return path


def test_a_file_of_the_first_version_keeps_its_rows_and_its_history(first_version: Path) -> None:
    plan = PlanFile.open(first_version)
    data = plan.read()
    assert data.info["schema_version"] == SCHEMA_VERSION
    assert data.category["village_code"].tolist() == [VILLAGES[0]]
    assert plan.verify() == []
    assert [path.name for path in first_version.parent.glob("*backup*")] == ["plan.v1-backup.gpkg"]


def test_a_migrated_file_takes_rows_in_its_new_tables_and_undoes_them(first_version: Path) -> None:
    plan = PlanFile.open(first_version)
    with plan.write("编制组", "导入指标") as tx:
        tx.insert("quota", [{"area_code": "370799101", "item": "reduction_m2", "value": 1500.0, "source": "指标.xlsx"}])
    assert plan.read().quota["value"].tolist() == [1500.0]
    plan.undo("编制组")
    assert plan.read().quota.empty
    assert plan.verify() == []
