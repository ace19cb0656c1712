"""Writes the plan file of what a package carries: finished beside its place, then moved there with its control layers."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

import pandas as pd

from village_planner.base import Feedback, Message
from village_planner.delivery.naming import plan_date
from village_planner.delivery.readback_source import Carried, iso_date, now
from village_planner.plan import FIRST_SCENARIO, PlanFile, Transaction
from village_planner.plan.data import PlanData, plain
from village_planner.plan.history import label_text
from village_planner.plan.schema import LOCKED

_FACTS = ("title", "scope", "county_code", "county_name", "institute", "base_year", "current_phase", "secrecy", "crs", "profile_id", "profile_version")
_TABLES = (
    "township", "village", "hamlet", "fact", "village_alias", "site", "site_capacity", "patch", "roster_source", "roster_difference", "quota", "fixed_village",
    "category", "action", "move", "consent", "waiver",
)
"""In the order of their references."""
_COUNTS = ("households", "persons", "residents")
_SHOWN_DIGITS = 16


def write_plan(carried: Carried, target: Path, who: str, feedback: Feedback) -> None:
    """Write the plan with its control layers, approval steps and ledger at `target`; raises InputError, Refused, PlanFileError, OSError, Cancelled."""
    data = carried.data
    staged = target.with_name(f".{uuid.uuid4().hex}.gpkg")
    layers = carried.control_layers

    def content(tx: Transaction) -> None:
        _insert(tx, carried)
        tx.insert("control_layer", [row for row, _ in layers])
        feedback.check()

    try:
        plan = PlanFile.create(staged, _info(data), data.phases, content=content, who=who, label=provenance(carried))
        for number, (row, frame) in enumerate(layers):
            feedback.progress(number / len(layers))
            plan.layers().add(row, frame.drop(columns=["layer", "geom"]), frame["geom"].to_numpy(dtype=object))
            feedback.check()
        _store_record(plan, data, who)
        plan.keep_serials(carried.serials)
        layers_file = plan.layers_path
        moved = plan.move_to(target)
        if layers_file.is_file():
            os.replace(layers_file, moved.layers_path)
    finally:
        for path in target.parent.glob(f"{staged.stem}.*"):
            path.unlink(missing_ok=True)


def provenance(carried: Carried) -> str:
    """Where the plan is from, as the history keeps it."""
    return label_text(Message("delivery.readback_label", {
        "package": carried.name, "edition": carried.edition, "date": plan_date(carried.data), "digest": carried.digest[:_SHOWN_DIGITS],
    }))


def _info(data: PlanData) -> dict[str, Any]:
    """Columns of table `plan`. It was made when its first file was made: what a package is dated by stays the same."""
    info = {name: data.info[name] for name in _FACTS}
    created = str(data.info["created_at"] or "")
    return {**info, "created_at": created if iso_date(created[:10]) else now()}


def _insert(tx: Transaction, carried: Carried) -> None:
    data = carried.data
    for phase in _rows(data.phase):
        tx.update("phase", {"year": phase["year"]}, title=phase["title"])
    tx.upsert("scenario", _rows(data.tables["scenario"]))
    tx.update("plan", {"id": "plan"}, adopted_scenario=data.scenario)
    if data.scenario != FIRST_SCENARIO:
        tx.delete("scenario", {"code": FIRST_SCENARIO})
    changed = {"village": _own_counts(data), "move": _stated_destinations(carried)}
    for table in _TABLES:
        tx.insert(table, _rows(changed.get(table, data.tables[table])))


def _own_counts(data: PlanData) -> pd.DataFrame:
    """The villages without the counts that their hamlets state: of these the package has the sums only."""
    frame = data.village.copy()
    for name in _COUNTS:
        stated = data.hamlet.loc[data.hamlet[name].notna(), "village_code"]
        frame[name] = frame[name].mask(frame["code"].isin(stated))
    return frame


def _stated_destinations(carried: Carried) -> pd.DataFrame:
    """The moves without the names of destinations that the plan has anyhow: that of a hamlet or site, or of the kind itself."""
    data, kinds = carried.data, carried.profile.code_list("destination_kind")
    frame = data.move.copy()
    known = frame["destination_code"].isin([*data.hamlet["code"], *data.site["code"]])
    plain_name = frame["destination_name"].eq(pd.Series([kinds.name(kind) for kind in frame["destination_kind"]], index=frame.index, dtype="string"))
    frame["destination_name"] = frame["destination_name"].mask(known | plain_name.fillna(False))
    return frame


def _store_record(plan: PlanFile, data: PlanData, who: str) -> None:
    """Enter the approval steps one by one, as the procedure allows, and what was carried out while the ledger was open for the last time."""
    opened = ledger_step(data)
    for number, step in enumerate(_rows(data.approval_step)):
        plan.transition(
            who, step["to_status"], step["date"], step["document"], step["result"], end_date=step["end_date"], legal_ground=step["legal_ground"],
            person=step["person"],
        )
        if number == opened and len(data.implementation):
            with plan.write(who, label_text(Message("delivery.readback_ledger_label"))) as tx:
                tx.insert("implementation", _rows(data.implementation))


def ledger_step(data: PlanData) -> int | None:
    """Position of the last step after which the ledger may be written; None without one."""
    steps = [number for number, status in enumerate(data.approval_step["to_status"]) if status in LOCKED]
    return steps[-1] if steps else None


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dict("records")]
