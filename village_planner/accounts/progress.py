"""What was carried out of the plan, and how far building runs ahead of clearing."""

from __future__ import annotations

import pandas as pd

from village_planner.accounts.sums import known_sum, known_sums
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

AREAS = ("cleared_m2", "built_m2", "reclaimed_m2")

def implementation_progress(data: PlanData, scenario: str) -> pd.DataFrame:
    """Households of each move: target, done, and carried over at the end of its phase.

    Columns: move_code, hamlet_code, phase, target (the move's households), target_cleared_m2, target_built_m2,
    target_reclaimed_m2 (as planned), done (ledger rows up to the phase's year), done_later (rows of later years), share
    (done / target, 0 to 1), carried_over = max(0, target − done), and cleared_m2, built_m2, reclaimed_m2 as recorded in
    all years. Without a ledger row a figure is null, not 0: nothing is known. For an unphased move (phase NA) every row
    counts as done.
    """
    moves = data.move[data.move["scenario"] == scenario]
    planned = {name: f"target_{name}" for name in AREAS}
    frame = moves[["code", "hamlet_code", "phase", "households", *AREAS]]
    frame = frame.rename(columns={"code": "move_code", "households": "target", **planned}).reset_index(drop=True)
    ledger = data.implementation.merge(frame[["move_code", "phase"]], on="move_code", how="inner")
    late = (ledger["year"] > ledger["phase"]).fillna(False).astype(bool)
    seen = set(ledger["move_code"])
    for column, rows in (("done", ledger[~late]), ("done_later", ledger[late])):
        sums = known_sums(rows, ["move_code"], ["households"])["households"]
        nothing = {code: 0 for code in seen if code not in sums.index}
        frame[column] = frame["move_code"].map({**dict(zip(sums.index, sums)), **nothing}).astype("Int64")
    frame["share"] = share_of(frame["done"], frame["target"])
    frame["carried_over"] = (frame["target"] - frame["done"]).clip(lower=0)
    areas = known_sums(ledger, ["move_code"], AREAS)
    for column in areas:
        frame[column] = frame["move_code"].map(dict(zip(areas.index, areas[column]))).astype("float64")
    return frame


def implementation_by_phase(data: PlanData, scenario: str) -> pd.DataFrame:
    """`implementation_progress` summed by phase, unphased last (phase NA).

    Columns: phase, moves (count), target, done, done_later, share, carried_over (households). Sums that are all-null
    stay null; only phases with moves are listed.
    """
    moves = implementation_progress(data, scenario)
    rows = []
    for phase, group in moves.sort_values("phase", na_position="last").groupby("phase", dropna=False, sort=False):
        sums = [known_sum(group[column]) for column in ("target", "done", "done_later", "carried_over")]
        rows.append((phase, len(group), *sums))
    frame = pd.DataFrame(rows, columns=["phase", "moves", "target", "done", "done_later", "carried_over"]).astype("Int64")
    frame.insert(5, "share", share_of(frame["done"], frame["target"]))
    return frame


def turnover(data: PlanData, profile: Profile, scenario: str, township: str | None = None) -> pd.DataFrame:
    """Building before clearing (先建后拆) by phase: how much runs ahead, until when it is due, when it is settled.

    One row per phase of the plan: phase, cleared_m2, built_m2 (null as 0), cumulative_m2 = built − cleared up to the
    phase (negative: reduction), excess_m2 = what is ahead then (at least 0), opened_m2 = by how much the phase adds to
    it, due (opened + the profile's `turnover_years`) and settled (the phase in which this amount is worked off, the
    oldest first; NA where it is not), overdue (due is past at the phase of settlement, or not settled although due
    within the plan). due and settled are NA where nothing was opened. Unphased moves are left out. township: code of the
    township whose hamlets alone count; None: the whole plan.
    Source: 国土资发〔2008〕138号, 周转指标; rule_notes 5303.
    """
    term = int(profile.value("turnover_years"))
    moves = data.move[(data.move["scenario"] == scenario) & data.move["phase"].notna()]
    if township is not None:
        villages = data.village.loc[data.village["township_code"] == township, "code"]
        moves = moves[moves["hamlet_code"].isin(data.hamlet.loc[data.hamlet["village_code"].isin(villages), "code"])]
    rows, balance, worked_off = [], 0.0, 0.0
    for phase in data.phases:
        mine = moves[moves["phase"] == phase]
        cleared, built = float(mine["cleared_m2"].sum()), float(mine["built_m2"].sum())
        before, balance = max(0.0, balance), balance + built - cleared
        change = max(0.0, balance) - before
        worked_off += max(0.0, -change)
        rows.append((phase, cleared, built, balance, max(0.0, balance), max(0.0, change), worked_off))
    frame = pd.DataFrame(rows, columns=["phase", "cleared_m2", "built_m2", "cumulative_m2", "excess_m2", "opened_m2", "worked_off"])
    opened_so_far = frame["opened_m2"].cumsum()
    due, settled = [], []
    for row, opened in enumerate(frame["opened_m2"]):
        done = frame["worked_off"] >= opened_so_far[row] - _CENTIMETRES_M2
        due.append(int(frame["phase"][row]) + term if opened > _CENTIMETRES_M2 else pd.NA)
        settled.append(int(frame.loc[done, "phase"].iloc[0]) if opened > _CENTIMETRES_M2 and done.any() else pd.NA)
    frame["due"], frame["settled"] = pd.array(due, dtype="Int64"), pd.array(settled, dtype="Int64")
    last = max(data.phases, default=0)
    late = (frame["settled"] > frame["due"]).fillna(False) | (frame["settled"].isna() & (frame["due"] <= last).fillna(False))
    frame["overdue"] = late.astype(bool)
    return frame.drop(columns="worked_off").astype({"phase": "Int64"})


_CENTIMETRES_M2 = 0.005  # areas are stated to 0.01 m²; less than half of that is rounding


def share_of(done: pd.Series, target: pd.Series) -> pd.Series:
    """done / target, 0 to 1; null where one is unknown or nothing was to be done."""
    return (done.astype("Float64") / target.astype("Float64").replace(0, pd.NA)).astype("float64")
