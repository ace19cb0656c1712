"""Random edits of a plan: how long it takes until what each can change of the findings is looked at and stored."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd

from benchmarks.measuring import peak_mb
from tests.edits import EDITS, OF_A_HAMLET, random_edit, write
from village_planner.base import PlannerError, SilentFeedback
from village_planner.desk.live import LiveCheck, quick_of
from village_planner.desk.steps import find_faults, store
from village_planner.plan import PlanFile
from village_planner.plan.index import PlanIndex, edits_of

SEED = 1
EDITS_TO_A_PAUSE = 10
"""After so many edits the planner pauses, and what waits is looked at."""


def edits(plan: Path, count: int, kinds: Sequence[str] = tuple(EDITS)) -> dict[str, Any]:
    """Check a copy of the plan, edit it `count` times as a planner does, and follow each edit with the findings.

    kinds: of EDITS. Returns edits, and of the time from a commit that was read to its findings in the file: p50_ms, p95_ms, max_ms, the same as
    CPU time (cpu_p50_ms, cpu_p95_ms), and p95_ms by kind (by_kind). check_s, check_cpu_s: of the full check before. waiting_mean, waiting_max: how many
    rules waited for a pause after an edit; left_mean: the same after the pause, where there was one. Pauses are not in the times.
    """
    with tempfile.TemporaryDirectory(dir=plan.parent) as folder:
        copy = Path(folder) / plan.name
        shutil.copyfile(plan, copy)
        PlanFile(copy).layers_path.symlink_to(PlanFile(plan).layers_path.resolve())
        return _measured(copy, count, kinds)


def _measured(plan: Path, count: int, kinds: Sequence[str]) -> dict[str, Any]:
    file = PlanFile.open(plan)
    data, seen = file.read(), file.last_row()
    begun, cpu = time.perf_counter(), time.process_time()
    outcome = find_faults(plan, SilentFeedback(), snapshot=data)
    assert outcome.record is not None and outcome.checked is not None
    store(plan, outcome.record)
    result: dict[str, Any] = {"check_s": time.perf_counter() - begun, "check_cpu_s": time.process_time() - cpu}
    live, rng, index = LiveCheck(plan, outcome.checked), Random(SEED), PlanIndex(data)
    found: list[tuple[str, float, float, int, int]] = []
    while len(found) < count:
        kind, rows = random_edit(rng, index, kinds)
        try:
            with file.write("bench", "edit") as tx:
                write(tx, rows)
        except PlannerError:
            # Edits are made up in ignorance of some of the file's triggers.
            continue
        news = file.read_news(data, seen)
        wall_ms, cpu_ms = _taken(partial(live.follow, news.data, [news.change]))
        waiting = len(live.outdated)
        if len(found) % EDITS_TO_A_PAUSE == 0:
            live.catch_up(SilentFeedback(), quick_of(live.outdated, live.seconds))
        found.append((kind, wall_ms, cpu_ms, waiting, len(live.outdated)))
        index = index.patched(news.data, edits_of(news.data, news.change.tables, index))
        data, seen = news.data, news.seen
    table = pd.DataFrame(found, columns=["kind", "wall", "cpu", "waiting", "left"])
    result.update(edits=len(table), p50_ms=table["wall"].quantile(0.5), p95_ms=table["wall"].quantile(0.95), max_ms=table["wall"].max())
    result.update(cpu_p50_ms=table["cpu"].quantile(0.5), cpu_p95_ms=table["cpu"].quantile(0.95), peak_mb=peak_mb())
    result.update(waiting_mean=table["waiting"].mean(), waiting_max=table["waiting"].max(), left_mean=table["left"].mean())
    by_kind = table.groupby("kind")["wall"].quantile(0.95).sort_values(ascending=False)
    return {**{name: round(float(value), 1) for name, value in result.items()}, "by_kind": {str(kind): round(ms, 1) for kind, ms in by_kind.items()}}


def _taken(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the wall and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def main(plan: str, count: str = "1000", kinds: str = "hamlet") -> int:
    """Print what `edits` measures of a plan file. kinds: "hamlet" (one hamlet is edited) or "all"."""
    print(json.dumps(edits(Path(plan), int(count), OF_A_HAMLET if kinds == "hamlet" else tuple(EDITS))))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
