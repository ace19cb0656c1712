"""What becomes of the land that moves clear: reclaimed to farmland or otherwise, built on elsewhere, and what is left over (节余)."""

from __future__ import annotations

import pandas as pd

from village_planner.accounts.sums import known_sum
from village_planner.accounts.tasks import phase_tasks
from village_planner.plan.data import PlanData, plain
from village_planner.standards import Profile

_AREAS = ("cleared_m2", "reclaimed_m2", "built_m2")


def reclamation(data: PlanData, profile: Profile, scenario: str) -> pd.DataFrame:
    """Reclaimed land (复垦) and the quota left over (节余指标) per township and phase, as increments, in m².

    Rows: those of `phase_tasks` that have moves. Columns: township_code, township_name, phase (NA: unphased), moves,
    cleared_m2, reclaimed_m2, farmland_m2 (of that to farmland: `reclaim_to` has one of the profile's
    `reclaim_farmland_words`), unstated_m2 (of that without any `reclaim_to`), other_m2 (the rest of reclaimed), built_m2,
    surplus_m2 (see `left_over_m2`). A sum is null where no move states it.
    Source: 国土资发〔2008〕138号, 拆旧复垦与建新占用.
    """
    moves = data.move[data.move["scenario"] == scenario]
    to_farmland = [is_to_farmland(target, profile) for target in moves["reclaim_to"]]
    unstated = [not str(plain(target) or "").strip() for target in moves["reclaim_to"]]
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    township_of = dict(zip(data.village["code"], data.village["township_code"]))
    parts = pd.DataFrame({
        "township_code": [township_of.get(village_of.get(code)) for code in moves["hamlet_code"]],
        "phase": moves["phase"].astype("Int64").to_numpy(),
        "farmland_m2": moves["reclaimed_m2"].where(to_farmland, moves["reclaimed_m2"] * 0.0).to_numpy(),
        "unstated_m2": moves["reclaimed_m2"].where(unstated, moves["reclaimed_m2"] * 0.0).to_numpy(),
    })
    tasks = phase_tasks(data, scenario)
    frame = tasks.loc[tasks["moves"] > 0, ["township_code", "township_name", "phase", "moves", *_AREAS]].reset_index(drop=True)
    mine = [parts[parts["township_code"].eq(row.township_code) & _is_phase(parts["phase"], row.phase)] for row in frame.itertuples()]
    for name in ("farmland_m2", "unstated_m2"):
        sums = [known_sum(group[name]) for group in mine]
        frame[name] = pd.to_numeric(pd.Series(sums, dtype=object), errors="coerce").astype("float64")
    frame["other_m2"] = frame["reclaimed_m2"] - frame["farmland_m2"] - frame["unstated_m2"]
    frame["surplus_m2"] = left_over_m2(frame)
    return frame


def left_over_m2(sums: pd.DataFrame) -> pd.Series:
    """Quota left over (节余指标), m²: reclaimed_m2 − built_m2; negative where more is built than reclaimed.

    Where no move builds anything all that is reclaimed is left over, as the net of `phase_tasks` takes it; null where nothing is stated as reclaimed.
    """
    surplus: pd.Series = sums["reclaimed_m2"] - sums["built_m2"].fillna(0.0)
    return surplus


def is_to_farmland(reclaim_to: object, profile: Profile) -> bool:
    """Whether a 复垦方向 is cultivated land: it has one of the profile's `reclaim_farmland_words`."""
    return any(str(word) in str(plain(reclaim_to) or "") for word in profile.value("reclaim_farmland_words"))


def _is_phase(phases: pd.Series, phase: object) -> pd.Series:
    return phases.isna() if pd.isna(phase) else phases.eq(phase).fillna(False)
