"""Damaged bytes anywhere in a package give findings or a refusal in words, never a traceback."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from village_planner.base import InputError, render
from village_planner.delivery import inspect_package
from village_planner.delivery.manifest import read_manifest, write_manifest

SUFFIXES = (".gpkg", ".xlsx", ".xml", ".csv", ".json")


@pytest.mark.parametrize("seed", range(30))
def test_random_damage_never_ends_in_a_traceback(clean_package: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    package = Path(shutil.copytree(clean_package, tmp_path / clean_package.name))
    path = next(path for path in package.rglob(f"*{SUFFIXES[seed % len(SUFFIXES)]}"))
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 20, 400))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(bytes(content))
    manifest = read_manifest(package)
    if manifest is not None:
        write_manifest(package, manifest)
    inspection = inspect_package(package)
    assert 0 <= inspection.score <= 100


@pytest.mark.parametrize("seed", range(10))
def test_a_randomly_damaged_zip_gives_findings_or_a_refusal(clean_package: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    archive = Path(shutil.make_archive(str(tmp_path / "package"), "zip", clean_package.parent, clean_package.name))
    content = bytearray(archive.read_bytes())
    for _ in range(chance.choice((1, 5, 50))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    archive.write_bytes(bytes(content))
    try:
        inspection = inspect_package(archive)
    except InputError as refused:
        assert archive.name in render(refused.message)
    else:
        assert inspection.score <= 100


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"plan": {"base_year": "abc", "current_phase": {"a": 1}, "county_code": 5, "title": ["x"]}}, {"QC-3302"}), ({"crs": -1}, {"PK-01"}),
        ({"crs": 10**30}, {"PK-01"}), ({"phases": [[10**30, "x"]]}, {"PK-01"}), ({"phases": []}, set()), ({"scenario": {"code": "'; DROP TABLE x"}}, set()),
        ({"edition": "?"}, {"PK-01", "QC-1101", "QC-1102"}), ({"code": "*", "name": "[a-"}, {"QC-1101", "QC-1102"}), ({"counts": {"CZBD": 10**9}}, {"PK-01"}),
        ({"files": [{"path": "../../../etc/hostname", "size": 1, "sha256": "0"}]}, {"PK-01"}), ({"plan": {"unknown": 1, "id": 7}}, set()),
    ],
)
def test_a_manifest_that_lies_is_found_out_or_does_no_harm(clean_package: Path, tmp_path: Path, change: dict[str, object], found: set[str]) -> None:
    package = Path(shutil.copytree(clean_package, tmp_path / clean_package.name))
    path = package / "manifest.json"
    data = {**json.loads(path.read_text(encoding="utf-8")), **change}
    path.write_text(json.dumps(data), encoding="utf-8")
    inspection = inspect_package(package)
    assert set(inspection.findings["rule"]) == found
    assert "QC-7101" in inspection.plan_result.ran
