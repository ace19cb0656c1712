"""Reads a plan file for the desk: slow at county size, so a task may do it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from village_planner.plan import PlanData, PlanFile
from village_planner.standards import Profile

PATIENCE_S = 0.15
"""How long the desk waits for another program that holds the plan file: the main thread must not stand still."""


@dataclass(frozen=True)
class ReadPlan:
    """A plan file with all that it held when it was read. stamp: time of its last write before that."""

    file: PlanFile
    data: PlanData
    profile: Profile
    stamp: int


def read_plan(path: Path) -> ReadPlan:
    """Open and read a plan file. Raises InputError or PlanFileError, see `PlanFile.open`."""
    file = PlanFile.open(path, patience_s=PATIENCE_S)
    stamp = last_write(file)
    return ReadPlan(file, file.read(), file.profile(), stamp)


def last_write(file: PlanFile) -> int:
    """Time of the last write, 0 where the file is gone: reading it says so. The file itself must not be opened beside SQLite."""
    return file.path.stat().st_mtime_ns if file.path.is_file() else 0
