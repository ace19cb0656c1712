"""kill -9 at random moments of a headless day: nothing that was confirmed is lost, there is no half package, the file opens."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from village_planner.delivery import inspect_package
from village_planner.delivery.manifest import file_entries, read_manifest
from village_planner.plan import PlanFile

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("VILLAGE_PLANNER_KILLS") or 20)
LONGEST_S, PATIENCE_S = 4.0, 120.0


@pytest.fixture
def days(plan: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "成果").mkdir()
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("day.py")), str(plan), str(tmp_path / "成果"), str(tmp_path / "log")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    yield process
    process.kill()
    process.wait()


def confirmed(log: Path) -> list[list[str]]:
    """What the days so far have told the planner, in order."""
    return [line.split() for line in log.read_text().splitlines()] if log.exists() else []


def packages(folder: Path) -> list[Path]:
    """The packages that a planner sees; a staging folder of a killed run is hidden."""
    return [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]


@pytest.mark.slow
def test_a_killed_day_loses_nothing_that_was_confirmed_and_leaves_no_half_package(
    plan: Path, days: subprocess.Popen[str], tmp_path: Path
) -> None:
    moments = random.Random(35)
    assert days.stdin is not None and days.stdout is not None
    assert days.stdout.readline() == "ready\n"
    start = 1
    # Last a day that is left alone until its package is written, however busy the machine is.
    for seconds, until in [*((moments.uniform(0.02, LONGEST_S), "never") for _ in range(KILLS)), (PATIENCE_S, "package")]:
        print(start, seconds, until, file=days.stdin, flush=True)
        assert days.stdout.readline() == "killed\n"
        told = confirmed(tmp_path / "log")
        start = max([start - 1, *(int(line[1]) for line in told if line[0] == "decide")]) + 1
        _assert_all_decisions_are_kept(plan, told, start)
        _assert_packages_are_whole(tmp_path / "成果", any(line[0] == "package" for line in told))
    counts = {kind: sum(line[0] == kind for line in told) for kind in ("decide", "check", "package")}
    assert all(counts.values()), counts
    inspection = inspect_package(packages(tmp_path / "成果")[0])
    assert not inspection.findings["severity"].eq("A").any()


def _assert_all_decisions_are_kept(plan: Path, told: list[list[str]], following: int) -> None:
    file = PlanFile.open(plan)
    assert file.verify() == []
    data = file.read()
    grounds = dict(zip(data.category["village_code"], data.category["grounds"]))
    last = {village: int(number) for kind, number, *rest in told if kind == "decide" for village in rest}
    for village, number in last.items():
        # The action under way when the kill came may be on disk although it could no longer say so.
        assert grounds[village] in (f"第{number}次", f"第{following}次"), village
    runs = set(data.tables["check_run"]["code"])
    assert set(data.finding["run"]) <= runs


def _assert_packages_are_whole(folder: Path, one_was_confirmed: bool) -> None:
    found = packages(folder)
    assert len(found) <= 1
    # A swap that is killed between its two renames leaves the earlier package hidden; the next run puts it back.
    assert found or not one_was_confirmed or any(path.name.startswith(".") for path in folder.iterdir() if path.is_dir())
    for package in found:
        manifest = read_manifest(package)
        assert manifest is not None
        assert set(file_entries(package)) == set(manifest.files)
