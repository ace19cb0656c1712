"""The printed tables as frames: names instead of codes, hectares instead of m², rows in the order of the roster."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Mapping

import pandas as pd

from village_planner.accounts import category_counts, percentages, phase_account
from village_planner.accounts.sums import known_sum, known_sums
from village_planner.base import Message, render
from village_planner.delivery.fields import word_of_code
from village_planner.delivery.frames import DeliverySource, counted_inside, layers_of
from village_planner.delivery.naming import TOTAL, UNPHASED, favour_percent, hectares, meetings_by_place, printed_m2, printed_plan
from village_planner.delivery.tables_document import category_totals, destination_totals, figures_by_name, phase_totals, township_facts
from village_planner.delivery.tables_land import control_line_check, land_summary, reclamation_summary
from village_planner.delivery.tables_places import facility_list, ledger_list, site_list
from village_planner.plan.data import PlanData, plain, roster_title
from village_planner.plan.schema import Destination, Status
from village_planner.standards import Profile, TableSpec

_BATCH = "committees"
_PLACES, _NONE = (Destination.HAMLET.value, Destination.SITE.value), "—"


def table_frames(source: DeliverySource, layers: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Frames by the names that TableSpec.frame uses, from the plan and its `frames.layer_frames`.

    Each has a column `no`, which is null in rows that hold a total. Townships stand in the order of their codes, as villages do; they
    are those that have a village: of others the delivered layers know nothing.
    """
    held = source.data.township["code"].isin(source.data.village["township_code"])
    townships = source.data.township[held].sort_values("code", ignore_index=True)
    if not townships.equals(source.data.township):
        source = replace(source, data=PlanData({**source.data.tables, "township": townships}))
    tables = {
        "village_roster": _village_roster(source, layers["villages"]),
        "village_categories": _village_categories(source, layers["villages"]),
        "category_summary": _category_summary(source, layers["villages"]),
        "move_list": _move_list(source, layers["moves"], layers["villages"]),
        "phase_summary": _phase_summary(source),
        "land_summary": land_summary(source),
        "control_line_check": control_line_check(source, layers["villages"]),
        "site_list": site_list(source, layers["sites"]),
        "reclamation_summary": reclamation_summary(source),
        "facility_list": facility_list(source, layers["villages"]),
        "ledger": ledger_list(source),
        "roster_check": _roster_check(source, layers["differences"]),
        "consent_list": _consent_list(source, layers["consents"]),
    }
    figures = figures_by_name(source)
    tables.update({
        "key_figures": figures,
        "township_facts": township_facts(source),
        "category_totals": category_totals(source, tables["category_summary"]),
        "destination_totals": destination_totals(source, figures),
        "phase_totals": phase_totals(source, tables["phase_summary"]),
    })
    return {name: _numbered(frame.reset_index(drop=True)) for name, frame in tables.items()}


def tables_of(source: DeliverySource) -> dict[str, pd.DataFrame]:
    """The frames of all tables of a source, made once for it."""
    if "tables" not in source.made:
        source.made["tables"] = table_frames(source, layers_of(source))
    return source.made["tables"]


def delivered_tables(source: DeliverySource, frames: Mapping[str, pd.DataFrame], place: str = "workbook") -> list[tuple[TableSpec, pd.DataFrame]]:
    """The profile's tables for a place (``workbook`` or ``document``), each with its frame of `table_frames`.

    A table that exists `since` a status is left out before it.
    """
    status = str(source.data.info["status"])
    return [
        (spec, frames[spec.frame])
        for spec in source.profile.tables.values()
        if spec.place == place and spec.frame in frames and (not spec.since or _has_reached(status, spec.since))
    ]


def required_tables(profile: Profile) -> list[TableSpec]:
    """The tables that every workbook has, whatever the plan's status."""
    return [spec for spec in profile.tables.values() if spec.place == "workbook" and not spec.since]


def _has_reached(status: str, since: str) -> bool:
    """Whether a plan of this status has been at `since`: a plan under revision was approved and carried out before."""
    order = [member.value for member in Status]
    return status in order and order.index(status) >= order.index(since)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    counted = frame["township_name"].ne(TOTAL).fillna(True) if "township_name" in frame else pd.Series(True, index=frame.index)
    return frame.assign(no=counted.astype("Int64").cumsum().where(counted))


def _village_roster(source: DeliverySource, villages: pd.DataFrame) -> pd.DataFrame:
    data, profile = source.data, source.profile
    frame = villages.copy()
    frame["kind_name"] = [profile.code_list("village_kind").name(plain(kind)) for kind in frame["kind"]]
    frame["position_name"] = [profile.code_list("position").name(plain(position)) or "未知" for position in frame["position"]]
    frame["aliases"] = frame["village_code"].map(_aliases(data))
    frame["hamlet_names"] = frame["village_code"].map(data.hamlet.groupby("village_code")["name"].agg("、".join))
    frame["area_ha"] = hectares(printed_m2(frame["area_m2"]))
    frame["present_ha"] = hectares(printed_m2(frame["present_m2"]))
    return frame


def _village_categories(source: DeliverySource, villages: pd.DataFrame) -> pd.DataFrame:
    data, profile = source.data, source.profile
    frame = villages[_is_to_classify(villages, profile) | villages["category"].notna()].copy()
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


def _is_to_classify(villages: pd.DataFrame, profile: Profile) -> pd.Series:
    """Whether each village must have a category: its kind is in scope and it does not count as inside the boundary (rule_notes 7102)."""
    return villages["kind"].isin(profile.code_list("village_kind").with_role("in_scope")) & villages["counts_inside"].ne(1)


def _category_summary(source: DeliverySource, villages: pd.DataFrame) -> pd.DataFrame:
    """Villages by category of each township and of the whole plan: count, share of those that have or need a category, persons, land."""
    whole_counts = category_counts(source.data, source.profile, source.scenario, counted_inside(source))
    counts = whole_counts.dropna(subset=["category"]).copy()
    # As in the roster: what is printed of many villages is the sum of what is printed of each.
    printed = known_sums(villages.assign(land_m2=printed_m2(villages["present_m2"])), ["township_code", "category"], ["land_m2"])["land_m2"]
    land_m2 = [printed.get(key, 0.0) for key in zip(counts["township_code"], counts["category"])]
    counts["land_ha"] = hectares(pd.Series(land_m2, index=counts.index, dtype="float64"))
    lacking = whole_counts[whole_counts["category"].isna()].set_index("township_code")["villages"]
    rows = [
        _category_row(code, str(group["township_name"].iloc[0]), group, int(lacking.get(code, 0)))
        for code, group in counts.groupby("township_code", sort=False)
    ]
    if rows:
        whole = counts.groupby("category", sort=False)[["villages", "persons", "land_ha"]].agg(known_sum).reset_index()
        rows.append(_category_row("", TOTAL, whole, int(lacking.sum())))
    return pd.DataFrame(rows, columns=None if rows else ["township_code", "township_name", "in_scope", "classified"], dtype=object)


def _category_row(code: str, name: str, group: pd.DataFrame, lacking: int) -> dict[str, Any]:
    """One row: group has one row per category; lacking: villages that need a category and have none."""
    classified = int(group["villages"].sum())
    row: dict[str, Any] = {"township_code": code, "township_name": name, "in_scope": classified + lacking, "classified": classified}
    shares = percentages([int(count) for count in group["villages"]], classified + lacking)
    for part, share in zip(group.itertuples(), shares):
        row[f"count_{part.category}"] = part.villages
        row[f"share_{part.category}"] = share
        row[f"persons_{part.category}"] = part.persons
        row[f"land_ha_{part.category}"] = plain(part.land_ha)
    return row


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
    # A kind of destination that is no place of the plan has no code, and no name but what somebody wrote.
    placed = frame["destination_kind"].isin(_PLACES)
    named = frame["destination_name"].ne(frame["destination_kind_name"]).fillna(False)
    frame["destination_shown"] = frame["destination_name"].where(named, None).mask(~named & ~placed, _NONE)
    frame["destination_code_shown"] = frame["destination_code"].mask(frame["destination_code"].isna() & ~placed, _NONE)
    frame["crossing"] = frame["crossing"].mask(frame["crossing"].isna() & ~placed, _NONE)
    frame["phase_name"] = [UNPHASED if pd.isna(year) else f"{year}年" for year in frame["phase"]]
    for year in data.phases:
        mine = frame["phase"].eq(year).fillna(False)
        for column in ("households", "persons"):
            frame[f"{column}_{year}"] = frame[column].where(mine)
    for column in ("cleared", "built", "reclaimed"):
        frame[f"{column}_ha"] = hectares(printed_m2(frame[f"{column}_m2"]))
    held = meetings_by_place(data)
    meetings = [held.get((village, hamlet)) or held.get((village, None)) for village, hamlet in zip(frame["village_code"], frame["hamlet_code"])]
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
    """Increments and running sums per township and phase, then those of the whole plan; net is a reduction where positive. Without moves no row."""
    account = phase_account(printed_plan(source.data), source.scenario)
    account = account if account["moves"].sum() else account.iloc[0:0]
    frame = account.drop(columns=["net_m2", "cumulative_net_m2"])
    frame["township_code"], frame["township_name"] = account["code"].fillna(""), account["name"].mask(account["kind"].eq("plan"), TOTAL)
    frame["phase_name"] = [UNPHASED if pd.isna(year) else f"{year}年" for year in account["phase"]]
    for running in ("", "cumulative_"):
        for name in ("cleared", "built"):
            frame[f"{running}{name}_ha"] = hectares(account[f"{running}{name}_m2"])
        frame[f"{running}net_ha"] = -hectares(account[f"{running}net_m2"])
    return frame


def _roster_check(source: DeliverySource, differences: pd.DataFrame) -> pd.DataFrame:
    profile = source.profile
    frame = differences.copy()
    frame["code"] = frame["code"].mask(frame["kind"].eq(_BATCH))
    frame["kind_name"] = _names(frame["kind"], word_of_code(profile.codes.get("delivered_difference")), profile, "delivered_difference")
    frame["settled_name"] = _names(frame["settled"], word_of_code(profile.codes.get("delivered_settled")), profile, "delivered_settled", "未处理")
    frame["village_name"] = frame["village_code"].map(dict(zip(source.data.village["code"], source.data.village["name"])))
    frame["source_title"] = [roster_title(str(source)) for source in frame["source"]]
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
