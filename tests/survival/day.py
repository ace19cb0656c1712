"""A planner's headless day in a process of its own that may be killed at any moment: decide, check, package, over and over.

Run as `python day.py PLAN FOLDER LOG`; each line `START SECONDS WORD` on stdin is one day that begins with action number START and is
killed after SECONDS, or as soon as WORD is confirmed. What has returned to the planner is a line in LOG: `decide NUMBER VILLAGE`, `check RUN`, `package FILES`.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
import traceback
from pathlib import Path

from village_planner.base import SilentFeedback
from village_planner.delivery import PackageRequest, write_package
from village_planner.desk.steps import check_plan
from village_planner.intake import Decide, decide
from village_planner.plan import PlanFile

DECISIONS_BEFORE_A_CHECK = 4
CATEGORIES = ("集聚提升类", "城郊融合类", "特色保护类")


def day(plan: Path, folder: Path, log: int, start: int) -> None:
    """Go on for ever: some villages are decided, the plan is checked, a draft is written."""
    villages = PlanFile(plan).read().village["code"].tolist()
    for number in itertools.count(start):
        village = villages[number % len(villages)]
        table = folder / "决策.csv"
        table.write_text(f"行政村代码,村庄类别,分类理由\n{village},{CATEGORIES[number % 3]},第{number}次\n", encoding="utf-8")
        result = decide(Decide(plan, str(table)))
        assert (result.accepted, result.rejected) == (1, 0)
        _confirm(log, f"decide {number} {village}")
        if number % DECISIONS_BEFORE_A_CHECK == 0:
            check_plan(plan, SilentFeedback(), rules=["QC-7102", "QC-7103", "QC-7105"])
            _confirm(log, f"check {number}")
            package = write_package(PackageRequest(plan, folder))
            _confirm(log, f"package {package.file_count}")


def _confirm(log: int, line: str) -> None:
    os.write(log, f"{line}\n".encode())


def main() -> None:
    """Fork one day per line of stdin, since importing the program takes longer than what is to be killed."""
    plan, folder, log = (Path(argument) for argument in sys.argv[1:])
    _say("ready")
    for line in sys.stdin:
        start, seconds, word = line.split()
        told_before = _count(log, word)
        child = os.fork()
        if child == 0:
            try:
                day(plan, folder, os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), int(start))
            finally:
                traceback.print_exc()
                os._exit(1)
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end and _count(log, word) == told_before:
            time.sleep(min(0.02, max(end - time.monotonic(), 0)))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        _say("killed" if os.WIFSIGNALED(status) else "ended")


def _count(log: Path, word: str) -> int:
    return sum(line.startswith(word) for line in log.read_text().splitlines()) if log.exists() else 0


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
