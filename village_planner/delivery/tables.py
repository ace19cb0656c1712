"""The printed tables as frames: names instead of codes, hectares instead of m², rows in the order of the roster."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from village_planner.accounts import category_counts, phase_tasks
from village_planner.accounts.sums import known_sum
from village_planner.base import Message, render
from village_planner.delivery.fields import word_of_code
from village_planner.delivery.frames import DeliverySource
from village_planner.delivery.naming import favour_percent, meeting_of
from village_planner.plan.data import PlanData, plain

_M2_PER_HA = 10_000.0
_SUMMED = ("hamlets", "villages", "households", "persons", "cleared_ha", "built_ha", "net_ha")
_UNPHASED = "未定"
_TOTAL = "合计"


def table_frames(source: DeliverySource, layers: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Frames by the names that TableSpec.frame uses, from the plan and its `frames.layer_frames`; each with a column `no`."""
    tables = {
        "village_roster": _village_roster(source, layers["villages"]),
        "village_categories": _village_categories(source, layers["villages"]),
        "category_summary": _category_summary(source),
        "move_list": _move_list(source, layers["moves"], layers["villages"]),
        "phase_summary": _phase_summary(source),
        "roster_check": _roster_check(source, layers["differences"]),
        "consent_list": _consent_list(source, layers["consents"]),
    }
    return {name: frame.reset_index(drop=True).assign(no=range(1, len(frame) + 1)) for name, frame in tables.items()}


def _village_roster(source: DeliverySource, villages: pd.DataFrame) -> pd.DataFrame:
    data, profile = source.data, source.profile
    frame = villages.copy()
    frame["kind_name"] = [profile.code_list("village_kind").name(plain(kind)) for kind in frame["kind"]]
    frame["position_name"] = [profile.code_list("position").name(plain(position)) or "未知" for position in frame["position"]]
    frame["aliases"] = frame["village_code"].map(_aliases(data))
    frame["hamlet_names"] = frame["village_code"].map(data.hamlet.groupby("village_code")["name"].agg("、".join))
    frame["area_ha"] = frame["area_m2"] / _M2_PER_HA
    frame["present_ha"] = frame["present_m2"] / _M2_PER_HA
    return frame


def _village_categories(source: DeliverySource, villages: pd.DataFrame) -> pd.DataFrame:
    data, profile = source.data, source.profile
    in_scope = villages["kind"].isin(profile.code_list("village_kind").with_role("in_scope"))
    frame = villages[in_scope | villages["category"].notna()].copy()
    chosen = data.category[data.category["scenario"] == source.scenario].set_index("village_code")
    frame["grounds"] = frame["village_code"].map(chosen["grounds"])
    frame["basis"] = frame["village_code"].map(chosen["basis"])
    frame["action_name"] = _names(frame["action"], word_of_code(profile.codes.get("delivered_village_action")), profile, "delivered_village_action")
    listed = data.hamlet[data.hamlet["protection"].notna()]
    kinds = profile.code_list("protection")
    protected: dict[str, list[str]] = {}
    for row in listed.itertuples():
        protected.setdefault(row.village_code, []).append(f"{row.name}：{kinds.name(row.protection) or row.protection}")
    frame["protection_names"] = [_listed(protected.get(code)) for code in frame["village_code"]]
    return frame


def _category_summary(source: DeliverySource) -> pd.DataFrame:
    counts = category_counts(source.data, source.profile, source.scenario)
    rows = []
    for code, group in counts.groupby("township_code", sort=False):
        row: dict[str, Any] = {"township_code": code, "township_name": group["township_name"].iloc[0], "in_scope": int(group["villages"].sum())}
        row["classified"] = int(group.loc[group["category"].notna(), "villages"].sum())
        for part in group[group["category"].notna()].itertuples():
            row[f"count_{part.category}"] = part.villages
            row[f"share_{part.category}"] = None if pd.isna(part.share) else round(part.share * 100, 2)
            row[f"persons_{part.category}"] = part.persons
            row[f"land_ha_{part.category}"] = plain(part.built_m2) if plain(part.built_m2) is None else part.built_m2 / _M2_PER_HA
        rows.append(row)
    return pd.DataFrame(rows, columns=None if rows else ["township_code", "township_name", "in_scope", "classified"], dtype=object)


def _move_list(source: DeliverySource, moves: pd.DataFrame, villages: pd.DataFrame) -> pd.DataFrame:
    data, profile = source.data, source.profile
    frame = moves.copy()
    by_village = villages.set_index("village_code")
    frame["township_name"] = frame["village_code"].map(by_village["township_name"])
    frame["category_name"] = frame["village_code"].map(by_village["category_name"])
    actions = data.action[data.action["scenario"] == source.scenario].set_index("hamlet_code")
    frame["grounds"] = frame["hamlet_code"].map(actions["grounds"]).fillna(frame["hamlet_code"].map(actions["basis"]))
    frame["action_name"] = [profile.code_list("action").name(plain(code)) for code in frame["hamlet_code"].map(actions["action"])]
    frame["mode_name"] = [profile.code_list("move_mode").name(plain(code)) for code in frame["mode"]]
    frame["destination_kind_name"] = [profile.code_list("destination_kind").name(kind) for kind in frame["destination_kind"]]
    frame["crossing"] = _crossings(data, frame)
    frame["phase_name"] = [_UNPHASED if pd.isna(year) else f"{year}年" for year in frame["phase"]]
    for year in data.phases:
        mine = frame["phase"].eq(year).fillna(False)
        for column in ("households", "persons"):
            frame[f"{column}_{year}"] = frame[column].where(mine)
    for column in ("cleared", "built", "reclaimed"):
        frame[f"{column}_ha"] = frame[f"{column}_m2"] / _M2_PER_HA
    meetings = [meeting_of(data, village, hamlet) for village, hamlet in zip(frame["village_code"], frame["hamlet_code"])]
    frame["meeting_date"] = [meeting["date"] if meeting else None for meeting in meetings]
    frame["in_favour_percent"] = [favour_percent(meeting) if meeting else None for meeting in meetings]
    frame["meeting_document"] = [meeting["document"] if meeting else None for meeting in meetings]
    return frame


def _crossings(data: PlanData, moves: pd.DataFrame) -> list[str | None]:
    """本村, 跨村 or 跨乡镇 of each move; None where the destination has no village or township."""
    village_of = {**dict(zip(data.hamlet["code"], data.hamlet["village_code"])), **dict(zip(data.site["code"], data.site["village_code"]))}
    township_of = dict(zip(data.village["code"], data.village["township_code"]))
    site_township = dict(zip(data.site["code"], data.site["township_code"]))
    words: list[str | None] = []
    for move in moves.itertuples():
        target = plain(move.destination_code)
        village = plain(village_of.get(target))
        township = township_of.get(village) if village else plain(site_township.get(target))
        if village == move.village_code:
            words.append("本村")
        elif township is None:
            words.append(None)
        else:
            words.append("跨村" if township == township_of.get(move.village_code) else "跨乡镇")
    return words


def _phase_summary(source: DeliverySource) -> pd.DataFrame:
    """Increments and running sums per township and phase, then those of the whole plan; net is a reduction where positive."""
    tasks = phase_tasks(source.data, source.scenario)
    tasks["cleared_ha"], tasks["built_ha"] = tasks["cleared_m2"] / _M2_PER_HA, tasks["built_m2"] / _M2_PER_HA
    tasks["net_ha"] = -tasks["net_m2"] / _M2_PER_HA
    whole = []
    for phase, group in tasks.groupby("phase", dropna=False, sort=True):
        whole.append({"township_code": "", "township_name": _TOTAL, "phase": phase, **{name: known_sum(group[name]) for name in _SUMMED}})
    every = pd.concat([tasks, pd.DataFrame(whole, columns=["township_code", "township_name", "phase", *_SUMMED])], ignore_index=True)
    every["phase_name"] = [_UNPHASED if pd.isna(year) else f"{int(year)}年" for year in every["phase"]]
    for name in _SUMMED:
        sums = pd.to_numeric(every[name], errors="coerce").astype("float64").fillna(0.0).groupby(every["township_code"]).cumsum()
        every[f"cumulative_{name}"] = np.where(every["phase"].isna(), np.nan, sums)
        if not name.endswith("_ha"):
            every[f"cumulative_{name}"] = every[f"cumulative_{name}"].astype("Int64")
    return every


def _roster_check(source: DeliverySource, differences: pd.DataFrame) -> pd.DataFrame:
    profile = source.profile
    frame = differences.copy()
    frame["kind_name"] = _names(frame["kind"], word_of_code(profile.codes.get("delivered_difference")), profile, "delivered_difference")
    frame["settled_name"] = _names(frame["settled"], word_of_code(profile.codes.get("delivered_settled")), profile, "delivered_settled", "未处理")
    frame["village_name"] = frame["village_code"].map(dict(zip(source.data.village["code"], source.data.village["name"])))
    frame["detail_text"] = [_detail_text(detail) for detail in frame["detail"]]
    return frame


def _consent_list(source: DeliverySource, consents: pd.DataFrame) -> pd.DataFrame:
    data, profile = source.data, source.profile
    frame = consents.copy()
    township_of = dict(zip(data.village["code"], data.village["township_code"]))
    names = dict(zip(data.township["code"], data.township["name"]))
    frame["township_name"] = frame["village_code"].map(township_of).map(names)
    frame["hamlet_name"] = frame["hamlet_name"].fillna("全村")
    frame["kind_name"] = [profile.code_list("consent_kind").name(kind) for kind in frame["kind"]]
    frame["in_favour_percent"] = [favour_percent(row) for row in frame[["attended", "in_favour"]].to_dict("records")]
    return frame


def _names(words: pd.Series, word_of: dict[str, str] | Any, profile: Any, codes: str, otherwise: str = "") -> list[str]:
    code_of = {word: code for code, word in word_of.items()}
    return [profile.codes[codes].name(code_of.get(plain(word))) or otherwise for word in words]


def _aliases(data: PlanData) -> dict[str, str]:
    """Names under which other sources know a village, without its own, by village code."""
    own = dict(zip(data.village["code"], data.village["name"]))
    found: dict[str, list[str]] = {}
    for row in data.village_alias.itertuples():
        if row.alias_name and row.alias_name != own.get(row.village_code):
            found.setdefault(row.village_code, []).append(row.alias_name)
    return {code: "、".join(dict.fromkeys(names)) for code, names in found.items()}


def _listed(texts: list[str] | None) -> str | None:
    return "；".join(texts) if texts else None


def _detail_text(detail: Any) -> str | None:
    """The detail of a difference in words: its message where it has one, else `key：value` pairs with long lists shortened."""
    if plain(detail) is None:
        return None
    pairs = json.loads(detail)
    if not isinstance(pairs, dict):
        return str(pairs)
    if isinstance(pairs.get("message"), str):
        params = pairs.get("params")
        return render(Message(pairs["message"], {**pairs, **(params if isinstance(params, dict) else {})}))
    return "；".join(f"{key}：{len(value)}项" if isinstance(value, list) and len(value) > 3 else f"{key}：{_flat(value)}" for key, value in pairs.items())


def _flat(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
