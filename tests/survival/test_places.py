"""Full disks, places that may not be written, odd paths and two programs at once: a clear sentence each, and nothing lost."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal

from tests.conftest import qgis_process_for
from village_planner.base import PlannerError, SilentFeedback, render
from village_planner.delivery import PackageRequest, inspect_package, write_package
from village_planner.desk.steps import check_plan
from village_planner.intake import CreatePlan, Decide, create_plan, decide
from village_planner.plan import PlanFile

DECISION = "行政村代码,村庄类别,分类理由\n{village},集聚提升类,{grounds}\n"


@contextmanager
def small_disk(folder: Path, megabytes: float) -> Iterator[Path]:
    """A file system of its own of that size at `folder`; skips where this process may not mount one."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={int(megabytes * 1024)}k", "tmpfs", str(folder)], capture_output=True)
    if made.returncode:
        pytest.skip("a small file system can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_up(folder: Path, leave_bytes: int = 0) -> Path:
    """Fill the disk up to `leave_bytes`, as other people's files do."""
    room = os.statvfs(folder)
    stuffing = folder / "别人的文件.bin"
    stuffing.write_bytes(b"\0" * max(room.f_bavail * room.f_frsize - leave_bytes, 0))
    return stuffing


def copied(plan: Path, folder: Path) -> Path:
    for path in (plan, plan.with_suffix(".layers.gpkg")):
        shutil.copy(path, folder / path.name)
    return folder / plan.name


def decisions_table(plan: Path, folder: Path, grounds: str) -> Path:
    table = folder / "决策.csv"
    table.write_text(DECISION.format(village=PlanFile(plan).read().village["code"][0], grounds=grounds), encoding="utf-8")
    return table


def said(error: PlannerError) -> str:
    """What a planner reads."""
    return render(error.message, "zh_CN")


def steps_of_a_day(plan: Path, folder: Path, tables: Path) -> dict[str, Callable[[], Any]]:
    """The steps that write, by name."""
    roster = tables / "名录.csv"
    roster.write_text("乡镇代码,乡镇名称,行政村代码,行政村名称\n379921101,新镇,379921101201,新村\n", encoding="utf-8")
    return {
        "decide": lambda: decide(Decide(plan, str(tables / "决策.csv"))),
        "check": lambda: check_plan(plan, SilentFeedback()),
        "package": lambda: write_package(PackageRequest(plan, folder)),
        "create": lambda: create_plan(CreatePlan(plan=folder / "新.gpkg", title="新规划", roster=str(roster), base_year=2020, phases=(2025, 2035))),
    }


@pytest.mark.parametrize("left", [0, 40_000, 300_000])
@pytest.mark.parametrize("step", ["decide", "check", "package", "create"])
def test_a_step_on_a_full_disk_says_so_and_the_plan_is_as_it_was(plan: Path, tmp_path: Path, step: str, left: int) -> None:
    tables = tmp_path / "表格"
    tables.mkdir()
    decisions_table(plan, tables, "磁盘已满")
    with small_disk(tmp_path / "小盘", 64) as disk:
        there = copied(plan, disk)
        state = PlanFile.open(there).state_hash()
        fill_up(disk, left)
        before = {path.name for path in disk.iterdir()}
        try:
            steps_of_a_day(there, disk, tables)[step]()
        except PlannerError as error:
            assert any(word in said(error) for word in ("磁盘", "空间")), said(error)
            assert PlanFile.open(there).state_hash() == state
            assert {path.name for path in disk.iterdir()} == before
        else:
            assert left > 0
        assert PlanFile.open(there).verify() == []


@pytest.mark.parametrize("left", [0, 40_000, 300_000])
def test_layers_that_a_full_disk_cuts_short_are_closed_once(plan: Path, tmp_path: Path, left: int) -> None:
    """QGIS or another plugin may have switched GDAL's exceptions on: closing then raises, and a second closing, whenever Python tidies up, crashes."""
    had_exceptions = gdal.GetUseExceptions()
    with small_disk(tmp_path / "小盘", 64) as disk:
        there = copied(plan, disk)
        fill_up(disk, left)
        gdal.UseExceptions()
        try:
            with pytest.raises(PlannerError):
                write_package(PackageRequest(there, disk))
        finally:
            (gdal.UseExceptions if had_exceptions else gdal.DontUseExceptions)()
        gc.collect()
        assert PlanFile.open(there).verify() == []


@pytest.mark.parametrize("step", ["decide", "check", "package", "create"])
def test_a_step_in_a_read_only_folder_says_so_and_reading_goes_on(plan: Path, tmp_path: Path, step: str) -> None:
    tables = tmp_path / "表格"
    tables.mkdir()
    decisions_table(plan, tables, "只读")
    with small_disk(tmp_path / "只读盘", 64) as disk:
        there = copied(plan, disk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(PlannerError) as caught:
            steps_of_a_day(there, disk, tables)[step]()
        assert any(word in said(caught.value) for word in ("只读", "不可写", "写入", "权限")), said(caught.value)
        assert len(PlanFile.open(there).read().village) == 30


def test_the_whole_day_works_on_a_path_with_chinese_and_spaces(plan: Path, tmp_path: Path) -> None:
    folder = tmp_path / "成果 汇交（第1版）"
    folder.mkdir()
    assert decide(Decide(plan, str(decisions_table(plan, folder, "路径")))).accepted == 1
    check_plan(plan, SilentFeedback())
    package = write_package(PackageRequest(plan, folder))
    assert not inspect_package(package.path).findings["severity"].eq("A").any()


@pytest.mark.qgis
def test_two_qgis_at_once_on_one_plan_both_finish_or_say_why(plan: Path, tmp_path: Path, staged_plugin: Path) -> None:
    table = decisions_table(plan, tmp_path, "两个程序")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("check", {"PLAN": plan}), ("decide", {"PLAN": plan, "DECISIONS": table}),
        ("package", {"PLAN": plan, "FOLDER": tmp_path / "成果", "FORMATS": "gpkg,xlsx"}),
    ]  # fmt: skip
    programs = [qgis_process_for(staged_plugin.parent, tmp_path / f"qgis-{name}") for name, _ in calls]
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(program, f"villageplanner:{name}", **parameters) for program, (name, parameters) in zip(programs, calls)]
    for result in (future.result() for future in running):
        assert result.exit_code == 0 or (result.stdout == "" and result.stderr.strip()), result.stderr
        assert "Traceback" not in result.stderr
    assert PlanFile.open(plan).verify() == []
    assert ("两个程序" in set(PlanFile.open(plan).read().category["grounds"].dropna())) == (running[1].result().exit_code == 0)
