"""The triggers that guard a plan file whichever program writes it, generated from the schema."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Mapping

from village_planner.base import Message, render
from village_planner.plan.ddl import OWN_TABLES
from village_planner.plan.schema import (
    BY_NAME,
    HISTORY_TABLES,
    LOCKED,
    LOCKED_TABLES,
    TABLES,
    TRANSITIONS,
    Role,
    Status,
    Table,
)

CLIENT = "village_planner"
"""What history calls this program; a row without client was written by another one."""
NOTICE_DAYS = 30
"""Days of the public notice where the plan states none (自然资办发〔2019〕35号)."""

FIXED_PLAN_COLUMNS = ("id", "crs", "schema_version", "guid", "created_at", "public_notice_days")
OPEN_PLAN_COLUMNS = ("status", "current_phase", "secrecy", "institute")
"""Columns of `plan` that may still change after the approval."""

_LOCKED_LIST = ", ".join(f"'{status.value}'" for status in LOCKED)
_IS_LOCKED = f"(SELECT status FROM plan) IN ({_LOCKED_LIST})"
_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"
_RAISE_TEXT = re.compile(r"RAISE\(ABORT, '(?:[^']|'')*'\)")


@lru_cache(maxsize=1)
def triggers() -> Mapping[str, str]:
    """Return all triggers: name → CREATE TRIGGER statement.

    A file whose triggers differ, but for their sentences, counts as tampered with: a change of what they do needs a new SCHEMA_VERSION.
    """
    return _generated()[0]


@lru_cache(maxsize=1)
def refusals() -> Mapping[str, Message]:
    """Return the message behind each Chinese sentence that a trigger may raise."""
    return _generated()[1]


def without_texts(sql: str) -> str:
    """Return a trigger's statement without its sentence, which may differ between editions of this program."""
    return _RAISE_TEXT.sub("RAISE(ABORT, '')", sql)


def row_json(table: Table, prefix: str) -> str:
    """Return the SQL expression of a row's fid and columns as json; blobs are kept beside it.

    17 digits, since json_object keeps only 15 of a REAL (SQLite before 3.43).
    """
    parts = [f"'fid', {prefix}.\"fid\""]
    for column in table.columns:
        value = f'{prefix}."{column.name}"'
        if column.type == "real":
            value = f"CASE WHEN {value} IS NULL THEN NULL ELSE json(printf('%!.17g', {value})) END"
        if column.type != "blob":
            parts.append(f"'{column.name}', {value}")
    return f"json_object({', '.join(parts)})"


def key_json(table: Table, prefix: str) -> str:
    """Return the SQL expression of a row's natural key as json."""
    return "json_object(" + ", ".join(f"'{name}', {prefix}.\"{name}\"" for name in table.key) + ")"


def blob_column(table: Table) -> str:
    """Return the one column of `table` that json cannot hold: its geometry or its content; '' where there is none."""
    if table.geometry:
        return "geom"
    return next((column.name for column in table.columns if column.type == "blob"), "")


class _Collector:
    """Gathers triggers and the messages behind their sentences."""

    def __init__(self) -> None:
        self.triggers: dict[str, str] = {}
        self.refusals: dict[str, Message] = {}

    def add(self, name: str, when: str, condition: str, body: str) -> None:
        clause = f" WHEN {condition}" if condition else ""
        self.triggers[name] = f'CREATE TRIGGER "{name}" {when}{clause} BEGIN {body} END'

    def refuse(self, name: str, when: str, condition: str, code: str, **params: Any) -> None:
        message = Message(code, params)
        text = render(message)
        self.refusals[text] = message
        quoted = text.replace("'", "''")
        self.add(name, when, condition, f"SELECT RAISE(ABORT, '{quoted}');")


@lru_cache(maxsize=1)
def _generated() -> tuple[Mapping[str, str], Mapping[str, Message]]:
    out = _Collector()
    for table in TABLES:
        _references(out, table)
        if table.name in LOCKED_TABLES:
            _lock(out, table)
        if table.role is Role.LEDGER:
            _ledger(out, table)
        if table.name in HISTORY_TABLES:
            _history(out, table)
    _plan_row(out)
    _steps(out)
    _append_only(out)
    _layers_of_the_file(out)
    return out.triggers, out.refusals


def _references(out: _Collector, table: Table) -> None:
    for column in table.columns:
        if not column.references:
            continue
        parent_name, parent_column = column.references.split(".")
        parent = BY_NAME[parent_name]
        new, child = f'NEW."{column.name}"', f'"{table.name}"'
        missing = f'{new} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{parent_name}" WHERE "{parent_column}" = {new})'
        words = {"table": table.alias, "column": column.alias, "parent": parent.alias}
        name = f"vp_ref_{table.name}_{column.name}"
        out.refuse(f"{name}_i", f"BEFORE INSERT ON {child}", missing, "plan.reference_missing", **words)
        changed = f'OLD."{column.name}" IS NOT {new} AND {missing}'
        out.refuse(f"{name}_u", f'BEFORE UPDATE OF "{column.name}" ON {child}', changed, "plan.reference_missing", **words)
        old = f'OLD."{parent_column}"'
        used = f'EXISTS (SELECT 1 FROM {child} WHERE "{column.name}" = {old})'
        out.refuse(f"{name}_pd", f'BEFORE DELETE ON "{parent_name}"', used, "plan.still_used", **words)
        renamed = f'{old} IS NOT NEW."{parent_column}" AND {used}'
        out.refuse(
            f"{name}_pu", f'BEFORE UPDATE OF "{parent_column}" ON "{parent_name}"', renamed, "plan.still_used", **words
        )


def _lock(out: _Collector, table: Table) -> None:
    for op in ("INSERT", "UPDATE", "DELETE"):
        name = f"vp_lock_{table.name}_{op[0].lower()}"
        out.refuse(name, f'BEFORE {op} ON "{table.name}"', _IS_LOCKED, "plan.locked", table=table.alias)


def _ledger(out: _Collector, table: Table) -> None:
    for op in ("INSERT", "UPDATE", "DELETE"):
        name = f"vp_ledger_{table.name}_{op[0].lower()}"
        out.refuse(name, f'BEFORE {op} ON "{table.name}"', f"NOT {_IS_LOCKED}", "plan.not_yet_approved", table=table.alias)


def _history(out: _Collector, table: Table) -> None:
    name, blob = table.name, blob_column(table)
    columns = [*table.names, *(["geom"] if table.geometry else [])]
    old_blob, new_blob = (f'OLD."{blob}"', f'NEW."{blob}"') if blob else ("NULL", "NULL")
    target = "INSERT INTO history (at, client, who, label, grp, undoes, op, tbl, row_key, old, new, old_blob, new_blob) SELECT"
    who = f"{_NOW}, s.client, s.who, s.label, s.grp, s.undoes"
    same_key = " AND ".join(f'"{key}" IS NEW."{key}"' for key in table.key)
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in ["fid", *columns])

    # A row that INSERT OR REPLACE drives out fires the DELETE trigger only with recursive_triggers on (GDAL switches them on).
    # So it is put aside before the insert, and its end is logged after it unless the DELETE trigger did: an insert that was
    # ignored or became an update never comes that far.
    set_aside = (
        f"DELETE FROM replaced WHERE tbl = '{name}'; "
        f"INSERT INTO replaced SELECT '{name}', o.\"fid\", {key_json(table, 'o')}, {row_json(table, 'o')}, "
        f"{f'o.{chr(34)}{blob}{chr(34)}' if blob else 'NULL'} FROM \"{name}\" o WHERE "
        + " AND ".join(f'o."{key}" IS NEW."{key}"' for key in table.key) + ";"
    )  # fmt: skip
    out.add(f"vp_hist_{name}_b", f'BEFORE INSERT ON "{name}"', "", set_aside)
    log_replaced = (
        f"{target} {who}, 'D', r.tbl, r.row_key, r.old, NULL, r.old_blob, NULL FROM session s, replaced r WHERE r.tbl = '{name}'; "
    )
    tidy = f"DELETE FROM \"rtree_{name}_geom\" WHERE id IN (SELECT row_fid FROM replaced WHERE tbl = '{name}' AND row_fid <> NEW.fid); "
    out.add(
        f"vp_hist_{name}_i", f'AFTER INSERT ON "{name}"', "",
        log_replaced + (tidy if table.geometry else "") + f"DELETE FROM replaced WHERE tbl = '{name}'; "
        f"{target} {who}, 'I', '{name}', {key_json(table, 'NEW')}, NULL, {row_json(table, 'NEW')}, NULL, {new_blob} FROM session s;",
    )  # fmt: skip
    blob_changed = f"{old_blob} IS NOT {new_blob}"
    out.add(
        f"vp_hist_{name}_u", f'AFTER UPDATE ON "{name}"', changed,
        f"{target} {who}, 'U', '{name}', {key_json(table, 'NEW')}, {row_json(table, 'OLD')}, {row_json(table, 'NEW')}, "
        f"CASE WHEN {blob_changed} THEN {old_blob} END, CASE WHEN {blob_changed} THEN {new_blob} END FROM session s;",
    )  # fmt: skip
    out.add(
        f"vp_hist_{name}_d", f'AFTER DELETE ON "{name}"', "",
        f"{target} {who}, 'D', '{name}', {key_json(table, 'OLD')}, {row_json(table, 'OLD')}, NULL, {old_blob}, NULL FROM session s; "
        f"DELETE FROM replaced WHERE tbl = '{name}' AND row_fid = OLD.fid;",
    )  # fmt: skip
    other_row = f'EXISTS (SELECT 1 FROM "{name}" WHERE "fid" = NEW."fid" AND NOT ({same_key}))'
    out.refuse(f"vp_fid_{name}_i", f'BEFORE INSERT ON "{name}"', other_row, "plan.fid_taken", table=table.alias)
    key_list = ", ".join(f'"{key}"' for key in table.key)
    onto = f'EXISTS (SELECT 1 FROM "{name}" WHERE "fid" <> OLD."fid" AND (({same_key}) OR "fid" = NEW."fid"))'
    out.refuse(f"vp_key_{name}_u", f'BEFORE UPDATE OF "fid", {key_list} ON "{name}"', onto, "plan.key_taken", table=table.alias)


def _plan_row(out: _Collector) -> None:
    out.refuse("vp_plan_i", "BEFORE INSERT ON plan", "EXISTS (SELECT 1 FROM plan)", "plan.one_plan_row")
    out.refuse("vp_plan_d", "BEFORE DELETE ON plan", "", "plan.one_plan_row")
    for column in FIXED_PLAN_COLUMNS:
        alias = next(c.alias for c in BY_NAME["plan"].columns if c.name == column)
        out.refuse(
            f"vp_plan_{column}", f'BEFORE UPDATE OF "{column}" ON plan', f'OLD."{column}" IS NOT NEW."{column}"',
            "plan.fixed_column", column=alias,
        )  # fmt: skip
    closed = [name for name in BY_NAME["plan"].names if name not in (*OPEN_PLAN_COLUMNS, *FIXED_PLAN_COLUMNS)]
    changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in closed)
    out.refuse(
        "vp_lock_plan", "BEFORE UPDATE ON plan", f"OLD.status IN ({_LOCKED_LIST}) AND ({changed})", "plan.locked",
        table=BY_NAME["plan"].alias,
    )  # fmt: skip
    stepped = (
        "(SELECT from_status IS OLD.status AND to_status IS NEW.status FROM approval_step ORDER BY fid DESC LIMIT 1)"
    )
    out.refuse(
        "vp_plan_status", "BEFORE UPDATE OF status ON plan", f"OLD.status IS NOT NEW.status AND {stepped} IS NOT 1",
        "plan.status_needs_step",
    )  # fmt: skip


def _steps(out: _Collector) -> None:
    when = "BEFORE INSERT ON approval_step"
    allowed = " OR ".join(
        f"(NEW.from_status = '{start.value}' AND NEW.to_status IN ({', '.join(repr(end.value) for end in ends)}))"
        for start, ends in TRANSITIONS.items()
    )
    out.refuse("vp_step_from", when, "NEW.from_status IS NOT (SELECT status FROM plan)", "plan.step_from_other_status")
    out.refuse("vp_step_allowed", when, f"NOT ({allowed})", "plan.step_not_allowed")
    empty = "trim(NEW.document) = '' OR trim(NEW.result) = '' OR trim(NEW.person) = ''"
    out.refuse("vp_step_complete", when, empty, "plan.step_incomplete")
    revision = f"NEW.to_status = '{Status.REVISION.value}' AND trim(coalesce(NEW.legal_ground, '')) = ''"
    out.refuse("vp_step_ground", when, revision, "plan.step_without_ground")
    out.refuse("vp_step_dates", when, "NEW.end_date < NEW.date AND NEW.from_status <> 'public_notice'", "plan.step_dates")
    notice = (
        f"SELECT julianday(coalesce(NEW.end_date, n.end_date)) - julianday(n.date) + 1 >= "
        f"coalesce((SELECT public_notice_days FROM plan), {NOTICE_DAYS}) AND NEW.date >= coalesce(NEW.end_date, n.end_date) "
        f"FROM approval_step n WHERE n.to_status = '{Status.PUBLIC_NOTICE.value}' ORDER BY n.fid DESC LIMIT 1"
    )
    leaving = f"NEW.from_status = '{Status.PUBLIC_NOTICE.value}' AND NEW.to_status = '{Status.COMMITTEE.value}'"
    out.refuse("vp_step_notice", when, f"{leaving} AND ({notice}) IS NOT 1", "plan.notice_too_short")
    # Only this program keeps the approved state and its hash with the step.
    approval = f"NEW.to_status = '{Status.APPROVED.value}' AND ((SELECT client FROM session) IS NULL OR NEW.state_hash IS NULL)"
    out.refuse("vp_step_approval", when, approval, "plan.approve_here")
    taken = "EXISTS (SELECT 1 FROM approval_step WHERE code = NEW.code OR fid = NEW.fid)"
    out.refuse("vp_step_taken", when, taken, "plan.append_only", table=BY_NAME["approval_step"].alias)
    out.add("vp_step_apply", "AFTER INSERT ON approval_step", "", "UPDATE plan SET status = NEW.to_status;")
    state = BY_NAME["approved_state"].alias
    out.refuse(
        "vp_state_i", "BEFORE INSERT ON approved_state",
        "(SELECT client FROM session) IS NULL OR EXISTS (SELECT 1 FROM approved_state WHERE fid = NEW.fid "
        "OR (step = NEW.step AND tbl = NEW.tbl AND row_key = NEW.row_key))",
        "plan.append_only", table=state,
    )  # fmt: skip


def _append_only(out: _Collector) -> None:
    aliases = {name: BY_NAME[name].alias for name in ("approval_step", "approved_state")} | {"history": "历史记录", "history_seal": "历史封存"}
    for name, alias in aliases.items():
        out.refuse(f"vp_keep_{name}_d", f"BEFORE DELETE ON {name}", "", "plan.append_only", table=alias)
        out.refuse(f"vp_keep_{name}_u", f"BEFORE UPDATE ON {name}", _ADOPTION if name == "history" else "", "plan.append_only", table=alias)
    out.refuse("vp_keep_session_d", "BEFORE DELETE ON session", "", "plan.append_only", table="编辑会话")
    for name in ("history", "history_seal"):
        taken = f"EXISTS (SELECT 1 FROM {name} WHERE id = NEW.id)"
        out.refuse(f"vp_keep_{name}_i", f"BEFORE INSERT ON {name}", taken, "plan.append_only", table=aliases[name])


_UNCHANGED = ("id", "at", "client", "who", "label", "undoes", "op", "tbl", "row_key", "old", "new", "old_blob", "new_blob")
# Rows of another program come without a group; the seal gives them one, once.
_ADOPTION = (
    "NOT (OLD.grp IS NULL AND NEW.grp IS NOT NULL AND (SELECT client FROM session) IS NOT NULL AND "
    + " AND ".join(f"OLD.{name} IS NEW.{name}" for name in _UNCHANGED)
    + ")"
)


def _layers_of_the_file(out: _Collector) -> None:
    ours = ", ".join(f"'{name}'" for name in (*(table.name for table in TABLES), *OWN_TABLES))
    for op, when in (("d", "BEFORE DELETE ON gpkg_contents"), ("u", "BEFORE UPDATE OF table_name ON gpkg_contents")):
        condition = f"lower(OLD.table_name) IN ({ours})"
        if op == "u":
            condition += " AND OLD.table_name IS NOT NEW.table_name"
        out.refuse(f"vp_contents_{op}", when, condition, "plan.layer_protected")
