"""Settles differences between rosters: what was found is explained, taken over or rejected, by a person, for a reason."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Mapping

from village_planner.base import InputError, Message, Refused, render
from village_planner.intake import reporting
from village_planner.intake.codes import CodeRule, code_rule, township_keys
from village_planner.intake.reconcile import BATCH
from village_planner.intake.roster import kind_by_name
from village_planner.plan import Change, PlanData, PlanFile, Transaction
from village_planner.plan.data import plain, row_values
from village_planner.standards import Profile

BRINGS_A_VILLAGE = ("extra", "committee")
"""Kinds of differences where accepting the other roster's word takes a village in."""
ACCEPTABLE = (*BRINGS_A_VILLAGE, "renamed", "missing")
"""Kinds of differences where the other roster's word can be accepted at all."""
_DECIDED = ("category", "action", "move")


def settle(
    plan: PlanFile | str | Path, source: str, code: str, settled: str, explanation: str, who: str, kind: str | None = None,
    profile: Profile | None = None,
) -> Change:
    """Settle one difference between rosters.

    source, code: key of the difference. settled: ``explained`` (both stand, for this reason), ``rejected`` (ours stands) or ``accepted``
    (the other roster's word is taken over): an extra unit or 居委会 becomes a village with one hamlet, a renamed village takes the new name, a
    missing village leaves the roster. kind: of a village taken in; null is 涉农社区 for a 居委会, else by its name.
    Raises InputError where there is no such difference or no explanation, Refused where it cannot be taken over (a recoded or merged village,
    or a missing one on which something was decided).
    """
    plan = plan if isinstance(plan, PlanFile) else PlanFile.open(plan)
    if settled not in ("explained", "accepted", "rejected"):
        raise InputError("intake.settle_how", value=settled)
    if not explanation.strip():
        raise InputError("intake.settle_reason")
    data = plan.read()
    difference = _difference(data, source, code)
    profile = profile or plan.profile()
    label = render(Message("intake.label_settle", {"source": source, "name": difference["name"] or code}))
    with plan.write(reporting.person(who), label) as tx:
        if settled == "accepted":
            _take_over(tx, data, difference, profile, kind)
        _close(tx, difference, settled, explanation, who)
    return tx.change


def settle_committees(
    plan: PlanFile | str | Path, kinds: Mapping[str, str], who: str, source: str | None = None, explanation: str = "", profile: Profile | None = None
) -> Change:
    """Answer the batch question about 居委会, wholly or in part.

    kinds: code → kind of `codes/village_kind.csv` (rural_community, urban_community …). source: whose batch, None for the only one.
    Units of our own roster get the kind; units of another roster are taken in with it. What is left out of `kinds` stays open.
    Raises InputError for an unknown code, a kind that leaves the question open, or where no batch is open.
    """
    plan = plan if isinstance(plan, PlanFile) else PlanFile.open(plan)
    data = plan.read()
    profile = profile or plan.profile()
    batch = _batch(data, source)
    detail = dict(batch["detail"])
    _check_kinds(kinds, detail, profile)
    left = [code for code in detail["codes"] if code not in kinds]
    label = render(Message("intake.label_committees", {"count": len(kinds)}))
    with plan.write(reporting.person(who), label) as tx:
        units = {unit["code"] or unit["name"]: unit for unit in detail.get("units", ())}
        for code, kind in kinds.items():
            if code in units:
                _insert_village(tx, data, units[code], kind, code_rule(profile))
            else:
                tx.update("village", {"code": code}, kind=kind)
        names = dict(zip(detail["codes"], detail.get("names") or detail["codes"]))
        detail.update(codes=left, names=[names[code] for code in left], count=len(left), answered={**detail.get("answered", {}), **kinds})
        if "units" in detail:
            detail["units"] = [unit for key, unit in units.items() if key in left]
        tx.update("roster_difference", {"source": batch["source"], "code": batch["code"]}, detail=detail)
        if not left:
            _close(tx, batch, "accepted", explanation or render(Message("intake.committees_answered")), who)
    return tx.change


def _difference(data: PlanData, source: str, code: str) -> dict[str, Any]:
    frame = data.roster_difference
    found = frame[(frame["source"] == source) & (frame["code"] == code)]
    if found.empty:
        raise InputError("intake.settle_unknown", source=source, code=code)
    if found["kind"].iloc[0] == BATCH:
        raise InputError("intake.settle_batch")
    return row_values(found, 0)


def _batch(data: PlanData, source: str | None) -> dict[str, Any]:
    frame = data.roster_difference
    found = frame[(frame["kind"] == BATCH) & frame["settled"].isna() & ((frame["source"] == source) if source else True)]
    if len(found) != 1:
        raise InputError("intake.settle_no_batch" if found.empty else "intake.settle_batches", sources="、".join(found["source"]))
    return row_values(found, 0)


def _check_kinds(kinds: Mapping[str, str], detail: Mapping[str, Any], profile: Profile) -> None:
    codes = profile.code_list("village_kind")
    for code, kind in kinds.items():
        if code not in detail["codes"]:
            raise InputError("intake.settle_not_in_batch", code=code)
        if kind not in codes.codes or codes.role(kind) == "ask":
            known = "、".join(f"{row['code']} {row['name']}" for row in codes.rows if row.get("role") != "ask")
            raise InputError("intake.settle_kind", kind=kind, known=known)


def _take_over(tx: Transaction, data: PlanData, difference: Mapping[str, Any], profile: Profile, kind: str | None) -> None:
    detail = difference["detail"] or {}
    if difference["kind"] in BRINGS_A_VILLAGE and "unit" in detail:
        unit = detail["unit"]
        if kind is None:
            kind = "rural_community" if difference["kind"] == "committee" else kind_by_name(unit["name"], profile)
        _insert_village(tx, data, unit, kind, code_rule(profile))
    elif difference["kind"] == "renamed":
        village = data.village[data.village["code"] == difference["village_code"]]
        tx.update("village", {"code": difference["village_code"]}, name=difference["name"])
        old = {"source": difference["source"], "village_code": difference["village_code"], "alias_code": "", "alias_name": village["name"].iloc[0]}
        tx.upsert("village_alias", [old])
    elif difference["kind"] == "missing":
        _remove_village(tx, data, str(difference["village_code"]))
    else:
        raise Refused("intake.settle_not_taken_over", name=difference["name"] or difference["code"])


def _insert_village(tx: Transaction, data: PlanData, unit: Mapping[str, str], kind: str, rule: CodeRule) -> None:
    code = unit["code"]
    if not code:
        raise Refused("intake.settle_no_code", name=unit["name"])
    township = unit["township_code"] or code[: rule.township_digits]
    if township not in set(data.township["code"]):
        by_name = {township_keys(name)[1]: known for known, name in zip(data.township["code"], data.township["name"])}
        township = by_name.get(township_keys(unit["township_name"])[1], "")
    if not township:
        raise Refused("intake.settle_no_township", name=unit["name"])
    tx.insert("village", [{"code": code, "name": unit["name"], "township_code": township, "kind": kind}])
    tx.insert("hamlet", [{"code": f"{code}{1:0{rule.serial_digits}d}", "village_code": code, "name": unit["name"], "is_main": 1}])


def _remove_village(tx: Transaction, data: PlanData, code: str) -> None:
    hamlets = set(data.hamlet.loc[data.hamlet["village_code"] == code, "code"])
    decided = any(
        bool((frame["village_code"] == code).any()) if "village_code" in frame else bool(frame["hamlet_code"].isin(hamlets).any())
        for frame in (*(data.tables[name] for name in _DECIDED), data.consent)
    )
    used = bool(data.patch["hamlet_code"].isin(hamlets).any()) or bool((data.site["village_code"] == code).fillna(False).any())
    aimed_at = bool(data.move["destination_code"].isin(hamlets).any())
    if decided or used or aimed_at:
        raise Refused("intake.settle_in_use", village=data.village.loc[data.village["code"] == code, "name"].iloc[0])
    tx.delete("village_alias", {"village_code": code})
    for row in data.roster_difference.to_dict("records"):
        if plain(row["village_code"]) == code:
            tx.update("roster_difference", {"source": row["source"], "code": row["code"]}, village_code=None)
    tx.delete("hamlet", {"village_code": code})
    tx.delete("village", {"code": code})


def _close(tx: Transaction, difference: Mapping[str, Any], settled: str, explanation: str, who: str) -> None:
    now = dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")
    key = {"source": difference["source"], "code": difference["code"]}
    tx.update("roster_difference", key, settled=settled, explanation=explanation, settled_by=reporting.person(who), settled_at=now)
