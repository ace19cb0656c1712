"""Random edits of a plan as a planner makes them, for any plan: in memory, or as transactions of a plan file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pandas as pd
import shapely

from village_planner.plan.data import PlanData, typed_frame
from village_planner.plan.index import PlanIndex, TableIndex
from village_planner.plan.schema import BY_NAME
from village_planner.plan.transaction import Change, Transaction

SCENARIO = "S1"


@dataclass(frozen=True)
class Row:
    """One row that an edit leaves: values None: it is gone; else the columns that change, or all of a new row."""

    table: str
    key: Mapping[str, Any]
    values: Mapping[str, Any] | None


def random_edit(rng: Random, index: PlanIndex, names: Sequence[str] | None = None) -> tuple[str, list[Row]]:
    """The name of an edit and what it does. names: of EDITS, None for all of them."""
    for _ in range(20):
        name = rng.choice(list(names or EDITS))
        rows = EDITS[name](rng, index)
        if rows:
            return name, rows
    return "nothing", []


def in_memory(data: PlanData, rows: Sequence[Row]) -> tuple[PlanData, Change]:
    """The snapshot after an edit, as a plan file would give it, and what changed."""
    tables = dict(data.tables)
    keys: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        tables[row.table] = _edited(row, tables[row.table])
        keys.setdefault(row.table, []).append(dict(row.key))
    return PlanData(tables), Change(1, keys)


def write(tx: Transaction, rows: Sequence[Row]) -> None:
    """Do an edit in a plan file."""
    for row in rows:
        if row.values is None:
            tx.delete(row.table, row.key)
        else:
            tx.upsert(row.table, [{**row.values, **row.key}])


def _edited(row: Row, frame: Any) -> Any:
    spec = BY_NAME[row.table]
    records = [{name: None if _is_null(value) else value for name, value in record.items()} for record in frame.to_dict("records")]
    place = next((n for n, record in enumerate(records) if all(record[name] == value for name, value in row.key.items())), None)
    if row.values is None:
        records = [record for n, record in enumerate(records) if n != place]
    elif place is None:
        records.append({**row.values, **row.key})
    else:
        records[place] = {**records[place], **row.values}
    names = [*spec.names, *(["geom"] if spec.geometry else [])]
    return typed_frame(spec, {name: [record.get(name) for record in records] for name in names})


def _is_null(value: Any) -> bool:
    return not isinstance(value, (str, dict, list, shapely.Geometry)) and bool(pd.isna(value))


def _free(letter: str, table: TableIndex, skip: int = 0) -> str:
    """A code that no row of a table has."""
    numbers = (number for number in itertools.count(len(table)) if table.get(f"{letter}{number:032x}") is None)
    return f"{letter}{next(itertools.islice(numbers, skip, None)):032x}"


def _decide(rng: Random, index: PlanIndex) -> list[Row]:
    key = {"scenario": SCENARIO, "hamlet_code": rng.choice(index.hamlet.rows).code}
    kind = rng.choice(["retain", "merge", "relocate", None])
    values = None if kind is None else {"action": kind, "origin": "manual"}
    if values is None and index.action.get(*key.values()) is None:
        return []
    gone = [] if kind in ("merge", "relocate") else [
        Row("move", {"code": move.code}, None) for move in index.move.of("hamlet_code", key["hamlet_code"]) if move.scenario == SCENARIO
    ]  # fmt: skip
    return [Row("action", key, values), *gone]


def _decide_only(rng: Random, index: PlanIndex) -> list[Row]:
    return _decide(rng, index)[:1]


def _categorise(rng: Random, index: PlanIndex) -> list[Row]:
    key = {"scenario": SCENARIO, "village_code": rng.choice(index.village.rows).code}
    if rng.random() < 0.2 and index.category.get(*key.values()) is not None:
        return [Row("category", key, None)]
    grounds = rng.choice([None, "临近集镇", "人口外流，基础设施薄弱"])
    return [Row("category", key, {"category": rng.choice(["01", "02", "03", "04", "05"]), "grounds": grounds, "origin": "manual"})]


def _destination(rng: Random, index: PlanIndex) -> dict[str, Any]:
    kind = rng.choice(["hamlet", "hamlet", "hamlet", "site", "site", "town", "outside", "cash", "none"])
    if kind == "site" and len(index.site):
        return {"destination_kind": kind, "destination_code": rng.choice(index.site.rows).code, "destination_name": None}
    if kind == "hamlet":
        return {"destination_kind": kind, "destination_code": rng.choice(index.hamlet.rows).code, "destination_name": None}
    return {"destination_kind": "outside" if kind == "site" else kind, "destination_code": None, "destination_name": rng.choice([None, "邻县"])}


def _add_move(rng: Random, index: PlanIndex) -> list[Row]:
    moved = [row.hamlet_code for row in index.action if row.action in ("merge", "relocate") and row.scenario == SCENARIO]
    hamlet = rng.choice(moved) if moved and rng.random() < 0.9 else rng.choice(index.hamlet.rows).code
    values = {
        "scenario": SCENARIO, "hamlet_code": hamlet, **_destination(rng, index), "phase": _phase(rng, index), "origin": "manual",
        "households": rng.choice([None, 0, 5, 12, 40]), "persons": rng.choice([None, 0, 16, 40, 130]),
        "cleared_m2": rng.choice([None, 900.0, 4000.0]), "built_m2": rng.choice([None, 500.0, 2500.0]), "reclaimed_m2": rng.choice([None, 700.0, 9000.0]),
        "reclaim_to": rng.choice([None, "耕地", "林地", "工业用地"]),
    }  # fmt: skip
    return [Row("move", {"code": _free("M", index.move)}, values)]


def _move_elsewhere(rng: Random, index: PlanIndex) -> list[Row]:
    return [Row("move", {"code": rng.choice(index.move.rows).code}, _destination(rng, index))] if len(index.move) else []


def _move_in_a_circle(rng: Random, index: PlanIndex) -> list[Row]:
    hamlets = [row.code for row in rng.sample(index.hamlet.rows, min(3, len(index.hamlet)))]
    rows = []
    for number, (one, other) in enumerate(zip(hamlets, [*hamlets[1:], hamlets[0]])):
        values = {
            "scenario": SCENARIO, "hamlet_code": one, "destination_kind": "hamlet", "destination_code": other, "phase": _phase(rng, index), "origin": "manual",
        }  # fmt: skip
        rows += [
            Row("action", {"scenario": SCENARIO, "hamlet_code": one}, {"action": "merge", "origin": "manual"}),
            Row("move", {"code": _free("M", index.move, number)}, values),
        ]
    return rows


def _rephase(rng: Random, index: PlanIndex) -> list[Row]:
    return [Row("move", {"code": rng.choice(index.move.rows).code}, {"phase": _phase(rng, index)})] if len(index.move) else []


def _drop_move(rng: Random, index: PlanIndex) -> list[Row]:
    return [Row("move", {"code": rng.choice(index.move.rows).code}, None)] if len(index.move) else []


def _phase(rng: Random, index: PlanIndex) -> int | None:
    return rng.choice([None, *(row.year for row in index.phase)])


def _consent(rng: Random, index: PlanIndex) -> list[Row]:
    hamlet = rng.choice(index.hamlet.rows)
    eligible = rng.choice([None, 20, 60])
    values = {
        "village_code": hamlet.village_code, "hamlet_code": rng.choice([None, hamlet.code]),
        "date": rng.choice([None, "2019-06-01", "2020-03-01", "2034-12-01"]),
        "kind": rng.choice(["survey", "meeting_adults", "meeting_households", "signing"]), "eligible": eligible,
        "attended": rng.choice([None, 10, 18, 55]), "in_favour": rng.choice([None, 4, 12, 50]),
    }  # fmt: skip
    return [Row("consent", {"code": _free("C", index.consent)}, values)]


def _drop_consent(rng: Random, index: PlanIndex) -> list[Row]:
    return [Row("consent", {"code": rng.choice(index.consent.rows).code}, None)] if len(index.consent) else []


def _shift_patch(rng: Random, index: PlanIndex) -> list[Row]:
    drawn = [row for row in index.patch if row.geom is not None]
    if not drawn:
        return []
    row = rng.choice(drawn)
    step = rng.choice([1.0, 15.0, 60.0, 800.0])
    return [Row("patch", {"code": row.code}, {"geom": _multi(shapely.affinity.translate(row.geom, rng.uniform(-step, step), rng.uniform(-step, step)))})]


def _give_patch(rng: Random, index: PlanIndex) -> list[Row]:
    hamlet = rng.choice([None, rng.choice(index.hamlet.rows).code])
    return [Row("patch", {"code": rng.choice(index.patch.rows).code}, {"hamlet_code": hamlet, "kind": rng.choice(["existing", "cleared", "new"])})]


def _draw_patch(rng: Random, index: PlanIndex) -> list[Row]:
    like = rng.choice(index.patch.rows)
    geom = None if like.geom is None or rng.random() < 0.1 else _multi(shapely.affinity.translate(like.geom, rng.uniform(-90, 90), rng.uniform(-90, 90)))
    values = {"hamlet_code": rng.choice([None, like.hamlet_code]), "kind": rng.choice(["existing", "cleared", "new"]), "geom": geom}
    return [Row("patch", {"code": _free("P", index.patch)}, {**values, "note": rng.choice([None, "危房改造"])})]


def _drop_patch(rng: Random, index: PlanIndex) -> list[Row]:
    return [Row("patch", {"code": rng.choice(index.patch.rows).code}, None)] if len(index.patch) > 1 else []


def _capacity(rng: Random, index: PlanIndex) -> list[Row]:
    if not len(index.site):
        return []
    key = {"site_code": rng.choice(index.site.rows).code, "phase": rng.choice(index.phase.rows).year}
    there = index.site_capacity.get(*key.values()) is not None
    return [Row("site_capacity", key, None if there and rng.random() < 0.3 else {"households": rng.choice([0, 3, 20, 200])})]


def _change_site(rng: Random, index: PlanIndex) -> list[Row]:
    if not len(index.site):
        return []
    site = rng.choice(index.site.rows)
    values = rng.choice([
        {"village_code": rng.choice([None, rng.choice(index.village.rows).code])}, {"setting": rng.choice(["rural", "town"])}, {"name": "新社区"},
        {"township_code": rng.choice([None, rng.choice(index.township.rows).code])},
        {} if site.geom is None else {"geom": _multi(shapely.affinity.translate(site.geom, rng.uniform(-60, 60), rng.uniform(-60, 60)))},
    ])  # fmt: skip
    return [Row("site", {"code": site.code}, values)] if values else []


def _quota(rng: Random, index: PlanIndex) -> list[Row]:
    area = rng.choice([row.code for row in index.township] + [index.plan.rows[0].county_code or "0"])
    item = rng.choice(["construction_m2", "households", "per_capita_m2", "new_land_m2", "cultivated_m2", "reduction_m2", "withdrawn_villages"])
    key = {"area_code": area, "item": item}
    if index.quota.get(area, item) is not None and rng.random() < 0.3:
        return [Row("quota", key, None)]
    return [Row("quota", key, {"value": rng.choice([0.0, 1.0, 100.0, 1e6, 1e9]), "source": "下达表"})]


def _fix(rng: Random, index: PlanIndex) -> list[Row]:
    key = {"source": "名单", "village_code": rng.choice(index.village.rows).code}
    if index.fixed_village.get(*key.values()) is not None and rng.random() < 0.5:
        return [Row("fixed_village", key, None)]
    return [Row("fixed_village", key, {"category": rng.choice([None, "01", "04"]), "action": rng.choice([None, "retain", "merge"])})]


def _hamlet_facts(rng: Random, index: PlanIndex) -> list[Row]:
    hamlet = rng.choice(index.hamlet.rows)
    values: Mapping[str, Any] = rng.choice([
        {"households": rng.choice([None, 3, 40])}, {"persons": rng.choice([None, 9, 120])}, {"residents": rng.choice([None, 9, 120])},
        {"protection": rng.choice([None, "traditional"])}, {"name": "新庄"}, {"village_code": rng.choice(index.village.rows).code},
        {"geom": None if hamlet.geom is None or rng.random() < 0.3 else shapely.affinity.translate(hamlet.geom, rng.uniform(-900, 900), 40.0)},
    ])  # fmt: skip
    return [Row("hamlet", {"code": hamlet.code}, values)]


def _village_facts(rng: Random, index: PlanIndex) -> list[Row]:
    values: Mapping[str, Any] = rng.choice([
        {"households": rng.choice([None, 60])}, {"persons": rng.choice([None, 180])}, {"name": "新村"}, {"kind": rng.choice(["village", "urban_community"])},
        {"position_stated": rng.choice([None, "inside", "outside", "cut"])}, {"township_code": rng.choice(index.township.rows).code},
    ])  # fmt: skip
    return [Row("village", {"code": rng.choice(index.village.rows).code}, values)]


def _redraw_village(rng: Random, index: PlanIndex) -> list[Row]:
    drawn = [row for row in index.village if row.geom is not None]
    if not drawn:
        return []
    row, shift = rng.choice(drawn), rng.choice([-3.0, -1.0, 1.0, 3.0])
    return [Row("village", {"code": row.code}, {"geom": _multi(shapely.transform(row.geom, lambda points: points + [shift, 0.0]))})]


def _plan_facts(rng: Random, index: PlanIndex) -> list[Row]:
    return [Row("plan", {"id": "plan"}, {"current_phase": rng.choice([None, *(row.year for row in index.phase)])})]


def _several(rng: Random, index: PlanIndex) -> list[Row]:
    rows: dict[tuple, Row] = {}
    for _ in range(rng.randint(2, 4)):
        for row in random_edit(rng, index, [name for name in EDITS if name != "several"])[1]:
            rows.setdefault((row.table, *row.key.values()), row)
    return list(rows.values())


def _multi(geom: Any) -> Any:
    return shapely.multipolygons([geom]) if geom.geom_type == "Polygon" else geom


EDITS: Mapping[str, Callable[[Random, PlanIndex], list[Row]]] = {
    "decide": _decide, "decide only": _decide_only, "categorise": _categorise, "add move": _add_move, "move elsewhere": _move_elsewhere,
    "move in a circle": _move_in_a_circle, "rephase": _rephase, "drop move": _drop_move, "consent": _consent, "drop consent": _drop_consent,
    "shift patch": _shift_patch, "give patch": _give_patch, "draw patch": _draw_patch, "drop patch": _drop_patch, "capacity": _capacity,
    "change site": _change_site, "quota": _quota, "fix": _fix, "hamlet facts": _hamlet_facts, "village facts": _village_facts,
    "redraw village": _redraw_village, "plan facts": _plan_facts, "several": _several,
}  # fmt: skip
"""By name, every kind of edit."""
OF_A_HAMLET = (
    "decide", "decide only", "add move", "move elsewhere", "rephase", "drop move", "consent", "drop consent", "shift patch", "give patch", "draw patch",
    "drop patch", "hamlet facts",
)  # fmt: skip
"""Kinds of edits that change one hamlet, its decision or its patches."""
