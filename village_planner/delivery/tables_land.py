"""The printed tables about land as frames: balance (B6), control lines (B7), reclamation and what is left over."""

from __future__ import annotations

from typing import Any

import pandas as pd

from village_planner.accounts import land_balance, per_capita_land, reclamation, rounded_parts
from village_planner.accounts.reclamation import left_over_m2
from village_planner.accounts.sums import known_sum
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.naming import TOTAL, UNPHASED, hectares, printed_m2, printed_plan
from village_planner.plan.data import plain

_OUTSIDE_TOWNSHIPS, _NOWHERE, _ALL_PHASES = "（乡镇范围以外）", "-", "各期合计"
_MEASURED = ("base_m2", "cleared_m2", "new_m2")
_TEXTS = {"township_code": object, "township_name": object}
_RECLAIMED = ("cleared_m2", "reclaimed_m2", "farmland_m2", "other_m2", "unstated_m2", "built_m2", "surplus_m2")


def land_summary(source: DeliverySource) -> pd.DataFrame:
    """B6: base, cleared, new, planned land, net reduction and land per person of each township and of the whole plan.

    What the plan holds beyond its townships gets a row of its own. Base, cleared and new land are rounded so that each
    column adds up to its rounded whole (largest remainder); planned land and reduction are made of what is printed.
    """
    balance = land_balance(source.data, source.layers, source.profile, source.scenario)
    townships, whole = balance[balance["kind"] == "township"], balance[balance["kind"] == "plan"].iloc[0]
    rows = townships[["code", "name", *_MEASURED]].rename(columns={"code": "township_code", "name": "township_name"}).astype(_TEXTS)
    rest = {column: whole[column] - townships[column].sum() for column in _MEASURED}
    complete = bool(townships["base_m2"].notna().all())
    if complete and any(abs(area) >= 1.0 for area in rest.values()):
        rows = pd.concat([rows, pd.DataFrame([{"township_code": None, "township_name": _OUTSIDE_TOWNSHIPS, **rest}])], ignore_index=True)
    total = {"township_code": "", "township_name": TOTAL}
    for column in _MEASURED:
        rows[column] = rounded_parts(rows[column].tolist())
        # Where the rows are the whole, the total is what is printed above it.
        total[column] = rows[column].sum() if complete and len(rows) else round(whole[column], 0)
    frame = pd.concat([rows, pd.DataFrame([total])], ignore_index=True)
    frame["planned_m2"] = frame["base_m2"] - frame["cleared_m2"] + frame["new_m2"]
    people = per_capita_land(source.data, source.layers, source.profile, source.scenario, balance=balance)
    areas = people[people["kind"] != "village"]
    people = areas.set_index(areas["code"].fillna("")).reindex([_NOWHERE if code is None else code for code in frame["township_code"]]).reset_index(drop=True)
    for name in ("present_persons", "planned_persons", "present_m2_per_person", "planned_m2_per_person"):
        frame[name] = people[name]
    for name in ("base", "cleared", "new", "planned"):
        frame[f"{name}_ha"] = hectares(frame[f"{name}_m2"])
    frame["reduction_ha"] = hectares(frame["cleared_m2"] - frame["new_m2"])
    frame["reduction_percent"] = 100 * frame["reduction_ha"] / frame["base_ha"].where(frame["base_ha"] > 0)
    return frame


def control_line_check(source: DeliverySource, villages: pd.DataFrame) -> pd.DataFrame:
    """B7: land of each village on farmland, basic farmland and red line, present and new apart, its place, hazards, and the conclusion."""
    frame = villages.copy()
    frame["position_name"] = [source.profile.code_list("position").name(plain(position)) or "未知" for position in frame["position"]]
    frame["farmland_new_ha"] = hectares(printed_m2(frame["farmland_m2"]))
    for line in ("basic_farmland", "redline"):
        measured = getattr(source.conflicts, f"{line}_new_m2")
        new = pd.Series([None if measured is None else measured.get(code, 0.0) for code in frame["village_code"]], index=frame.index, dtype="float64")
        both = printed_m2(frame[f"{line}_m2"])
        frame[f"{line}_ha"], frame[f"{line}_new_ha"] = hectares(both), hectares(printed_m2(new))
        frame[f"{line}_present_ha"] = hectares(both - printed_m2(new))
    frame["hazard_name"] = ["未核查" if plain(hazard) is None else "涉及" if hazard else "不涉及" for hazard in frame["hazard"]]
    frame["conclusion"] = [_conclusion(row) for row in frame.to_dict("records")]
    return frame


def _conclusion(row: dict[str, Any]) -> str:
    """What a reviewer reads first; what could not be checked is never passed over."""
    unchecked = [name for name, column in (("耕地", "farmland_new_ha"), ("永久基本农田", "basic_farmland_ha"), ("生态保护红线", "redline_ha"))
                 if pd.isna(row[column])]
    faults = [name for name, column in (("新增占用永久基本农田", "basic_farmland_new_ha"), ("新增进入生态保护红线", "redline_new_ha"))
              if not pd.isna(row[column]) and row[column] > 0]
    told = [name for name, column in (("现状压占永久基本农田", "basic_farmland_present_ha"), ("现状位于生态保护红线内", "redline_present_ha"))
            if not pd.isna(row[column]) and row[column] > 0]
    parts = ["不符合三线管控要求：" + "、".join(faults)] if faults else [] if unchecked else ["符合三线管控要求"]
    parts += ["、".join(told)] if told else []
    if row["hazard_name"] == "涉及":
        parts.append("有居民点涉及地质灾害" if row["hazard_stays"] else "涉及地质灾害的居民点已列入撤并、搬迁")
    if unchecked:
        parts.append("未核查：" + "、".join(unchecked))
    return "；".join(parts)


def reclamation_summary(source: DeliverySource) -> pd.DataFrame:
    """Reclaimed land and what is left over, per township and phase, then per phase and altogether for the whole plan."""
    account = reclamation(printed_plan(source.data), source.profile, source.scenario)
    account["phase_name"] = [UNPHASED if pd.isna(phase) else f"{int(phase)}年" for phase in account["phase"]]
    groups = [(name, group) for _, same in account.groupby("phase", dropna=False) for name, group in same.groupby("phase_name")]
    groups += [(_ALL_PHASES, account)] if groups else []
    whole = pd.DataFrame([
        {"township_code": "", "township_name": TOTAL, "phase_name": name, **{column: known_sum(group[column]) for column in _RECLAIMED}}
        for name, group in groups
    ])
    frame = pd.concat([account, whole], ignore_index=True) if len(whole) else account
    for name in _RECLAIMED:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    frame["surplus_m2"] = left_over_m2(frame)
    for name in _RECLAIMED:
        frame[name.replace("_m2", "_ha")] = hectares(frame[name])
    return frame
