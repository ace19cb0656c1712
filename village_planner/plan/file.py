"""PlanFile: the plan kept in X.gpkg: create, open, read, write, undo, move its status, seal and copy it."""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Hashable
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Collection, ContextManager, Iterator, Mapping, Sequence

import pandas as pd

from village_planner.base import InputError, Message, PlanFileError
from village_planner.plan import choices, history, migrations, runs, seal, status
from village_planner.plan.connection import check_columns, check_is_plan_file, content_state, is_writable, reading, writing
from village_planner.plan.counts import counts_wrong, mend_counts
from village_planner.plan.data import PlanData
from village_planner.plan.ddl import create_geopackage, make_scratch, make_strict, scratch_is_there
from village_planner.plan.evidence import Evidence, attach
from village_planner.plan.layers import LayerStore, Listed
from village_planner.plan.news import News, read_frame, read_news
from village_planner.plan.schema import BY_NAME, SCHEMA_VERSION, TABLES, Status
from village_planner.plan.serials import SerialKey, give_serials, given_serials, keep_serials
from village_planner.plan.staging import put_in_place, staging
from village_planner.plan.transaction import Change, Transaction, begin_group, changed_keys, end_group, last_row
from village_planner.plan.triggers import NOTICE_DAYS, triggers
from village_planner.standards import Profile, load_profile

Content = Callable[[Transaction], None]
FIRST_SCENARIO = "S1"
_log = logging.getLogger("village_planner")


class PlanFile:
    """A plan file on disk. It holds no connection: every call opens one, does its work and closes it.

    All methods raise PlanFileError where the file is locked, read-only or damaged.
    """

    def __init__(self, path: Path, patience_s: float | None = None) -> None:
        """patience_s: how long each call waits for another program that holds the file; None is BUSY_SECONDS."""
        self.path = path
        self._patience_s = patience_s
        self._listed: tuple[Hashable, list[Listed]] | None = None

    @classmethod
    def create(
        cls, path: str | Path, info: Mapping[str, Any], phases: Sequence[int], overwrite: bool = False,
        content: Content | None = None, who: str = "", label: str | None = None,
    ) -> PlanFile:
        """Make a plan with its phases and a first, adopted scenario S1 (方案一), and return it.

        info: columns of table `plan`; needed are title, profile_id, profile_version, base_year and crs (EPSG).
        phases: target years. overwrite: replace an existing plan and its control layers.
        content: writes what the plan starts with (roster, polygons); it belongs to the creation, which cannot be undone.
        who, label: of the creation in the history.
        Raises InputError where the target exists or a value does not fit; a failed creation leaves nothing behind.
        """
        path = Path(path).absolute()
        if path.exists() and not overwrite:
            raise InputError("plan.exists", file=path.name)
        if not path.parent.is_dir():
            raise InputError("plan.no_folder", folder=str(path.parent))
        profile = load_profile(str(info["profile_id"]), beside=path.parent)
        with staging(path) as staged:
            create_geopackage(staged, info["crs"])
            _fill(staged, info, profile, phases, content, who, label or history.label_text(Message("plan.created_label")))
            return cls(staged).move_to(path)

    @classmethod
    def open(cls, path: str | Path, patience_s: float | None = None) -> PlanFile:
        """Open a plan file: an older one is migrated after a backup beside it, what other programs wrote is sealed.

        A file that cannot be written opens for reading. patience_s: as for the class. Raises InputError for what is missing or no plan file,
        PlanFileError for a truncated one or one of a newer version.
        """
        path = Path(path).absolute()
        check_is_plan_file(path)
        migrated = migrations.migrate(path) is not None
        check_columns(path)
        plan = cls(path, patience_s)
        if is_writable(path):
            try:
                plan._mend()
                if migrated:
                    plan.offer_choices()
            except PlanFileError as error:
                if error.message.code != "plan.file_busy":
                    raise
                _log.info("%s is being written elsewhere; what other programs wrote is sealed with the next write", path.name)
        return plan

    def move_to(self, path: str | Path) -> PlanFile:
        """Put the plan file, without control layers, in the place of `path` and of everything that belonged to what was there."""
        target = Path(path).absolute()
        try:
            put_in_place(self.path, target)
            # Last: a kill in between must not take the layers from the plan that was there.
            _layers_path(target).unlink(missing_ok=True)
        except OSError as error:
            raise PlanFileError("plan.cannot_create", file=target.name, detail=str(error)) from error
        return PlanFile(target)

    @property
    def layers_path(self) -> Path:
        """Where the control layers lie: X.layers.gpkg beside the plan; it need not exist."""
        return _layers_path(self.path)

    def profile(self) -> Profile:
        """The profile (成果标准) that the plan follows: from `profiles` beside the plan file, else as it ships.

        Raises InputError where it is in neither place, or wrong.
        """
        with reading(self.path) as connection:
            profile_id = str(connection.execute("SELECT profile_id FROM plan").fetchone()[0])
        return load_profile(profile_id, beside=self.path.parent)

    def offer_choices(self) -> bool:
        """Let the file itself name the values of its coded columns as the profile does now, for QField and plain QGIS; returns whether it had to change.

        A profile that cannot be read leaves the file as it is.
        """
        try:
            offered = choices.choices(self.profile())
        except InputError:
            _log.warning("the choices of %s stay as they are: its profile cannot be read", self.path.name)
            return False
        with self._reading() as connection:
            if choices.registered(connection) == choices.wanted(offered):
                return False
        with self._writing() as connection:
            choices.register(connection, offered)
        return True

    @property
    def writable(self) -> bool:
        """Whether file and folder may be written."""
        return is_writable(self.path)

    @property
    def status(self) -> Status:
        """The plan's status as it is in the file now."""
        with self._reading() as connection:
            return Status(connection.execute("SELECT status FROM plan").fetchone()[0])

    def layers(self) -> LayerStore:
        """The control layers that the plan lists in `control_layer`."""
        with self._reading() as connection:
            crs = int(connection.execute("SELECT crs FROM plan").fetchone()[0])
        return LayerStore(self.layers_path, crs=crs, listed=self._listed_layers)

    def read(self) -> PlanData:
        """Return everything as one snapshot."""
        with self._reading() as connection:
            return PlanData({table.name: read_frame(connection, table) for table in TABLES})

    def read_changed(self, data: PlanData, change: Change) -> PlanData:
        """Return the snapshot `data` with the tables that `change` touched read anew; the other frames are the same objects."""
        with self._reading() as connection:
            fresh = {name: read_frame(connection, BY_NAME[name]) for name, keys in change.tables.items() if keys and name in BY_NAME}
        return PlanData({**data.tables, **fresh})

    def last_row(self) -> int:
        """Number of the newest row of the history, from which `read_news` goes on."""
        with self._reading() as connection:
            return last_row(connection)

    def read_news(self, base: PlanData, seen: int) -> News:
        """Return what anybody changed since the snapshot `base`, when the newest row of the history was `seen`."""
        with self._reading() as connection:
            return read_news(connection, base, seen)

    @contextmanager
    def write(self, who: str, label: str, profile: Profile | None = None) -> Iterator[Transaction]:
        """One user action: committed as one history group when the block ends, undone whole when it raises.

        who: the person, as history shows it. label: what was done, in the planner's words. profile: the plan's, where the caller has
        read it already.
        Afterwards `tx.change` says what changed. Raises Refused, InputError or PlanFileError.
        """
        with self._group(who, label) as (connection, group):
            tx = Transaction(connection, group, self.path.name, profile)
            yield tx
            tx.change = Change(group, changed_keys(connection, group))

    def undo(self, who: str) -> Change:
        """Take back the last action that is not undone; raises Refused where there is none or its rows have changed since."""
        return self._inverse(who, history.last_done, "plan.undo_label")

    def redo(self, who: str) -> Change:
        """Do again what was undone last; raises Refused where there is nothing, or a new action came between."""
        return self._inverse(who, history.last_undone, "plan.redo_label")

    def history(self, limit: int = 100) -> pd.DataFrame:
        """The last actions, newest first: columns group, at, who, label, rows, undone, can_undo.

        What other programs wrote since the last seal is sealed first, so that it shows as an action too.
        """
        with self._reading() as connection:
            unsealed = seal.strangers_wrote(connection)
        if unsealed and self.writable:
            self._mend()
        with self._reading() as connection:
            return history.actions(connection, limit)

    def changes(self, group: int) -> Change:
        """What a group of the history changed."""
        with self._reading() as connection:
            return Change(group, changed_keys(connection, group))

    def transition(
        self, who: str, to_status: Status | str, date: str, document: str, result: str,
        end_date: str | None = None, legal_ground: str | None = None, person: str | None = None, evidence: Evidence | None = None,
    ) -> Change:
        """Record an approval step, which moves the plan's status.

        date: of the step (ISO); of the public notice (批前公示) its first day. end_date: last day of the public notice, stated
        on entering or on leaving it. legal_ground: needed on the way to `revision`. On approval the state is kept with its hash.
        person: who dealt with it (经办人), None is `who`. evidence: the step's document, kept in the same action.
        Raises Refused where the procedure does not allow the step, InputError for a missing or wrong value.
        """
        label = Message("plan.step_label", {"status": status.title(Status(to_status))})
        with self._group(who, label) as (connection, group):
            step = {
                "date": date, "end_date": end_date, "document": document, "result": result, "legal_ground": legal_ground,
                "person": who if person is None else person,
            }  # fmt: skip
            code = status.record_step(connection, Status(to_status), step, self.path.name)
            if evidence is not None:
                attach(Transaction(connection, group, self.path.name), "approval_step", {"code": code}, evidence, self.path.parent)
            # The steps leave no history of their own; a snapshot has to read them again all the same.
            steps = {"approval_step": [{"code": code}]}
            return Change(group, {**changed_keys(connection, group), **steps})

    def state_hash(self) -> str:
        """SHA-256 of the decisions and base facts as they are now, the same on every machine."""
        with self._reading() as connection:
            return status.state_hash(status.present_state(connection))

    def revision_report(self) -> pd.DataFrame:
        """Every difference from the last approved state: columns table, key (dict), column, old, new.

        An added or removed row is one line with column null and the row as a mapping; `geom` cells are geometries.
        Raises Refused where no state has been approved.
        """
        with self._reading() as connection:
            return status.revision_report(connection)

    def store_findings(self, run: Mapping[str, Any], findings: pd.DataFrame, checked: Collection[str] | None = None) -> None:
        """Keep what a check found in the run's scenario, without history; see runs.store_run.

        run: columns of `check_run`. findings: columns of `finding` except `scenario`, `run` and `since`, with `state` set by the caller.
        checked: ids of the rules whose findings these are, None for all rules.
        """
        with self._writing() as connection:
            runs.store_run(connection, run, findings, checked)

    def update_findings(self, run: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], gone: Collection[str]) -> bool:
        """Keep what an edit changed of the findings of the last run, without history; see runs.store_update."""
        with self._writing() as connection:
            return runs.store_update(connection, run, findings, gone)

    def give_serials(self, wanted: Sequence[SerialKey]) -> dict[SerialKey, int]:
        """The serial numbers (标识码 without what stands before) of delivered features, also of a plan that is closed; see serials.give_serials.

        Raises PlanFileError where one has none yet and the file cannot be written.
        """
        with self._reading() as connection:
            given = given_serials(connection)
        lacking = sum(key not in given for key in wanted)
        if lacking and not self.writable:
            raise PlanFileError("plan.serials_read_only", file=self.path.name, count=lacking)
        if lacking:
            with self._writing() as connection:
                give_serials(connection, wanted)
                given = given_serials(connection)
        return {key: given[key] for key in wanted}

    def keep_serials(self, numbers: Mapping[SerialKey, int]) -> None:
        """Take over serial numbers that were given elsewhere; see serials.keep_serials."""
        with self._writing() as connection:
            keep_serials(connection, numbers)

    def seal(self) -> None:
        """Seal what other programs wrote since the last seal; our own writes seal themselves."""
        self._mend()

    def verify(self) -> list[Message]:
        """Return what shows that somebody went round the triggers; empty when the file is sound."""
        with self._reading() as connection:
            check = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            damaged = [] if check == "ok" else [Message("plan.integrity", {"detail": check})]
            return damaged + seal.problems(connection) + status.problems(connection)

    def copy_to(self, path: str | Path) -> None:
        """Write a compact copy of the plan file (VACUUM INTO); `path` must not exist. The control layers are not copied."""
        target = Path(path).absolute()
        if target.exists():
            raise InputError("plan.exists", file=target.name)
        migrations.vacuum_into(self.path, target)

    @contextmanager
    def _group(self, who: str, label: str | Message, undoes: int | None = None) -> Iterator[tuple[sqlite3.Connection, int]]:
        text = label if isinstance(label, str) else history.label_text(label)
        with self._writing() as connection:
            group = begin_group(connection, who, text)
            seal.seal_strangers(connection)
            group = begin_group(connection, who, text, undoes)
            yield connection, group
            seal.seal(connection)
            end_group(connection)

    def _inverse(self, who: str, find: Any, label_code: str) -> Change:
        with self._group(who, "") as (connection, group):
            target = find(connection)
            label = history.label_text(Message(label_code, {"label": target.label}))
            connection.execute("UPDATE session SET label = ?, undoes = ?", (label, target.group))
            history.invert(connection, target.group)
            return Change(group, changed_keys(connection, group))

    def _mend(self) -> None:
        with self._reading() as connection:
            altered = seal.missing_triggers(connection)
            differ = altered or seal.texts_differ(connection)
            in_wal = connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
            whole = scratch_is_there(connection)
            if whole and not (differ or in_wal or seal.strangers_wrote(connection) or counts_wrong(connection)):
                return
        if not whole:
            with self._writing() as connection:
                make_scratch(connection)
        with self._group("", "") as (connection, _):
            if differ:
                seal.restore_triggers(connection)
            if altered:
                seal.seal(connection, note="、".join(altered))
            mend_counts(connection)

    def _listed_layers(self) -> list[Listed]:
        state, known = content_state(self.path), self._listed
        if known is None or state is None or known[0] != state:
            with self._reading() as connection:
                rows = connection.execute("SELECT code, kind, title, digest FROM control_layer ORDER BY fid").fetchall()
            known = self._listed = state, [Listed(*row) for row in rows]
        return known[1]

    def _reading(self) -> ContextManager[sqlite3.Connection]:
        return reading(self.path, self._patience_s)

    def _writing(self) -> ContextManager[sqlite3.Connection]:
        return writing(self.path, self._patience_s)


def _layers_path(path: Path) -> Path:
    return path.with_suffix(".layers.gpkg")


def _fill(path: Path, info: Mapping[str, Any], profile: Profile, phases: Sequence[int], content: Content | None, who: str, label: str) -> None:
    values = {
        "scope": "county", "public_notice_days": _notice_days(profile),
        "created_at": datetime.now(timezone.utc).isoformat(timespec="seconds"), **info,
        "id": "plan", "status": Status.DRAFTING, "adopted_scenario": None, "schema_version": SCHEMA_VERSION,
        "guid": str(uuid.uuid4()),
    }  # fmt: skip
    with writing(path) as connection:
        make_strict(connection)
        choices.register(connection, choices.choices(profile))
        for sql in triggers().values():
            connection.execute(sql)
        group = begin_group(connection, who, label)
        tx = Transaction(connection, group, path.name)
        tx.insert("plan", [values])
        tx.insert("phase", [{"year": int(year), "title": f"{year}年"} for year in sorted(set(phases))])
        tx.insert("scenario", [{"code": FIRST_SCENARIO, "title": "方案一"}])
        tx.update("plan", {"id": "plan"}, adopted_scenario=FIRST_SCENARIO)
        if content is not None:
            content(Transaction(connection, group, path.name))
        seal.seal(connection)
        end_group(connection)


def _notice_days(profile: Profile) -> int:
    value = profile.values.get("public_notice_days")
    return NOTICE_DAYS if value is None else int(value.value)

