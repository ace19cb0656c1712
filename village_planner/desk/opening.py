"""Reads a plan file for the desk, whole or what changed since: slow at county size, so a task may do it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from village_planner.base import PlanFileError
from village_planner.checks import apply_waivers
from village_planner.plan import PlanData, PlanFile
from village_planner.plan.news import News
from village_planner.standards import Profile

PATIENCE_S = 0.15
"""How long the desk waits for another program that holds the plan file: the main thread must not stand still."""
_log = logging.getLogger("village_planner")


@dataclass(frozen=True)
class ReadPlan:
    """A plan file with all that it held when it was read.

    data: with findings that say of themselves what the present explanations make of them. seen: number of the newest row of its
    history then. stamp: time of its last write before that.
    """

    file: PlanFile
    data: PlanData
    profile: Profile
    seen: int
    stamp: int


def read_plan(path: Path) -> ReadPlan:
    """Open and read a plan file. Raises InputError or PlanFileError, see `PlanFile.open`."""
    file = PlanFile.open(path, patience_s=PATIENCE_S)
    _offer_choices(file)
    # In this order: what is written meanwhile is read again with the next news.
    stamp, seen = last_write(file), file.last_row()
    return ReadPlan(file, _judged(file.read()), file.profile(), seen, stamp)


@dataclass(frozen=True)
class FreshNews:
    """What changed in a plan file, its findings as in `ReadPlan`. stamp: time of its last write before it was read."""

    news: News
    stamp: int


def fresh_news(file: PlanFile, base: PlanData, seen: int) -> FreshNews:
    """Read what changed since the snapshot `base`, see `PlanFile.read_news`."""
    stamp, news = last_write(file), file.read_news(base, seen)
    if news.has_run or "waiver" in news.change.tables:
        news = replace(news, data=_judged(news.data))
    return FreshNews(news, stamp)


def last_write(file: PlanFile) -> int:
    """Time of the last write, 0 where the file is gone: reading it says so. The file itself must not be opened beside SQLite."""
    return file.path.stat().st_mtime_ns if file.path.is_file() else 0


def _offer_choices(file: PlanFile) -> None:
    """The profile may name choices that an older file does not have yet."""
    try:
        if file.writable:
            file.offer_choices()
    except PlanFileError:
        _log.info("%s is being written elsewhere; its choices stay as they are", file.path.name)


def _judged(data: PlanData) -> PlanData:
    return PlanData({**data.tables, "finding": apply_waivers(data.finding, data.waiver)})
