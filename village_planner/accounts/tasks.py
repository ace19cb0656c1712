"""What is to be carried out in each phase: tasks of townships, completion of hamlets and villages, inflow of sites."""

from __future__ import annotations

import pandas as pd

from village_planner.accounts.decisions import withdrawn_hamlets
from village_planner.accounts.sums import groups, known_sum
from village_planner.plan.data import PlanData, once_per_plan

FIGURES = ("households", "persons", "homesteads", "cleared_m2", "built_m2", "reclaimed_m2")


@once_per_plan
def phase_tasks(data: PlanData, scenario: str) -> pd.DataFrame:
    """Tasks (分期任务) per township and phase, as increments of the phase.

    Rows: every township × every phase of the plan, then per township one unphased row (phase NA) where it has
    something unphased. A hamlet or village counts in the phase in which it is completed (rule_notes, "splits in
    tables"), households and areas in the phase of each move; the township is that of the hamlet that moves.

    Columns: township_code, township_name, phase (Int64), moves, hamlets, villages (counts), households, persons,
    homesteads (Int64), cleared_m2, built_m2, reclaimed_m2, and net_m2 = built − cleared (negative: reduction). A sum
    is null where there are moves and none of them states the figure, 0 where there are no moves.
    """
    moves = _moves_with_township(data, scenario)
    hamlets = hamlet_completion(data, scenario)
    villages = village_completion(data, scenario)
    parts = [groups(frame, ["township_code", "phase"]) for frame in (moves, hamlets, villages)]
    nothing = [moves.iloc[:0], hamlets.iloc[:0], villages.iloc[:0]]
    rows = []
    for township, name in zip(data.township["code"], data.township["name"]):
        for phase in (*data.phases, None):
            key = (township, phase)
            if phase is not None or any(key in part for part in parts):
                mine = [part.get(key, none) for part, none in zip(parts, nothing)]
                rows.append(_task_row(township, name, pd.NA if phase is None else phase, mine))
    columns = ["township_code", "township_name", "phase", "moves", "hamlets", "villages", *FIGURES, "net_m2"]
    return _typed(pd.DataFrame(rows, columns=columns))


@once_per_plan
def phase_account(data: PlanData, scenario: str) -> pd.DataFrame:
    """`phase_tasks` of each township and of the whole plan, with running sums up to and including the phase.

    Rows: every township, then the plan (kind `plan`, code null), each with its phases in order and, where there is
    anything unphased, a row with phase NA. Columns: kind, code, name, phase, then moves, hamlets, villages, households,
    persons, homesteads, cleared_m2, built_m2, reclaimed_m2, net_m2 of the phase, and cumulative_<each>: null in the row
    without phase; what is unknown adds nothing to a running sum. A sum of the plan is null where no township that has
    moves states it.
    """
    tasks = phase_tasks(data, scenario)
    figures = ["moves", "hamlets", "villages", *FIGURES, "net_m2"]
    plan = []
    for phase, group in tasks.groupby("phase", dropna=False, sort=True):
        moving = group[group["moves"] > 0]
        counts = [int(group[name].sum()) for name in figures[:3]]
        plan.append(("plan", None, data.info["title"], phase, *counts, *(known_sum(moving[name]) for name in figures[3:])))
    townships = tasks.rename(columns={"township_code": "code", "township_name": "name"}).assign(kind="township")
    columns = ["kind", "code", "name", "phase", *figures]
    every = pd.concat([townships[columns].astype(object), pd.DataFrame(plan, columns=columns, dtype=object)], ignore_index=True)
    for name in figures:
        every[name] = pd.to_numeric(every[name], errors="coerce").astype("float64" if name.endswith("_m2") else "Int64")
    every = every.astype({"kind": "string", "code": "string", "name": "string", "phase": "Int64"})
    for name in figures:
        sums = every[name].fillna(0).groupby(every["code"].fillna("")).cumsum()
        every[f"cumulative_{name}"] = sums.mask(every["phase"].isna())
    return every


@once_per_plan
def hamlet_completion(data: PlanData, scenario: str) -> pd.DataFrame:
    """The phase in which each withdrawn hamlet is gone: that of its last move.

    Columns: hamlet_code, village_code, township_code, phase (Int64; NA where a move is unphased or there is none).
    """
    moves = data.move[data.move["scenario"] == scenario]
    phases = moves.groupby("hamlet_code")["phase"].agg(lambda years: pd.NA if years.isna().any() else years.max())
    frame = data.hamlet.loc[data.hamlet["code"].isin(withdrawn_hamlets(data, scenario)), ["code", "village_code"]]
    frame = frame.rename(columns={"code": "hamlet_code"}).reset_index(drop=True)
    frame["township_code"] = _township_of(data, frame["village_code"])
    frame["phase"] = pd.array([phases.get(code, pd.NA) for code in frame["hamlet_code"]], dtype="Int64")
    return frame


@once_per_plan
def village_completion(data: PlanData, scenario: str) -> pd.DataFrame:
    """The phase in which each wholly withdrawn village is gone: that of its last hamlet.

    Villages of which a hamlet stays are not listed. Columns: village_code, township_code, phase (Int64, NA: unphased).
    """
    hamlets = hamlet_completion(data, scenario)
    total = data.hamlet.groupby("village_code")["code"].count()
    rows = []
    for village, group in hamlets.groupby("village_code", sort=False):
        if len(group) == total[village]:
            phase = pd.NA if group["phase"].isna().any() else int(group["phase"].max())
            rows.append((village, group["township_code"].iloc[0], phase))
    frame = pd.DataFrame(rows, columns=["village_code", "township_code", "phase"])
    return frame.astype({"village_code": "string", "township_code": "string", "phase": "Int64"})


def _moves_with_township(data: PlanData, scenario: str) -> pd.DataFrame:
    moves = data.move[data.move["scenario"] == scenario].reset_index(drop=True)
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    moves["township_code"] = _township_of(data, moves["hamlet_code"].map(village_of))
    return moves


def _township_of(data: PlanData, villages: pd.Series) -> pd.Series:
    return villages.map(dict(zip(data.village["code"], data.village["township_code"]))).astype("string")


def _task_row(township: str, name: str, phase: object, parts: list[pd.DataFrame]) -> tuple:
    moves, hamlets, villages = parts
    sums = {figure: known_sum(moves[figure]) for figure in FIGURES}
    both = [0.0 if pd.isna(sums[figure]) else float(sums[figure]) for figure in ("built_m2", "cleared_m2")]
    unknown = pd.isna(sums["built_m2"]) and pd.isna(sums["cleared_m2"])
    net_m2 = pd.NA if unknown else both[0] - both[1]
    return (township, name, phase, len(moves), len(hamlets), len(villages), *sums.values(), net_m2)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    counts = dict.fromkeys(["phase", "moves", "hamlets", "villages", "households", "persons", "homesteads"], "Int64")
    frame = frame.astype({"township_code": "string", "township_name": "string", **counts})
    for column in ("cleared_m2", "built_m2", "reclaimed_m2", "net_m2"):
        frame[column] = pd.to_numeric(frame[column], errors="coerce").astype("float64")
    return frame
