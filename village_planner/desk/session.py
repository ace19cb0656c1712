"""PlanSession: the one that owns writing to the open plan, and tells everybody what changed."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, QFileSystemWatcher, QObject, QTimer, pyqtSignal

from village_planner.base import Feedback, PlannerError, Refused
from village_planner.desk.layer_sources import layer_source, layers_reading
from village_planner.desk.location import LOCATING_TABLES, locate_villages
from village_planner.desk.opening import FreshNews, ReadPlan, fresh_news, last_write, read_plan
from village_planner.desk.steps import who
from village_planner.desk.tasks import StepTask
from village_planner.desk.turns import Turns
from village_planner.plan import PlanFile, decisions
from village_planner.plan.data import PlanData, plain
from village_planner.plan.schema import LOCKED, WITHDRAWN, Status
from village_planner.standards import Profile

STRANGERS_MS = 400
GATE_S = 1.0
"""How long an action waits for a task of ours that reads or writes the plan file for a moment."""
Result = TypeVar("Result")
_NOTHING: tuple[PlanData, int] = (PlanData({}), 0)
_log = logging.getLogger("village_planner")


@dataclass(frozen=True)
class Reasons:
    """Why something was decided: 理由 and 依据; None is not stated."""

    grounds: str | None = None
    basis: str | None = None


class PlanSession(QObject):
    """The plan that is open on the desk: a snapshot to show, and one function per user action.

    Every action is one transaction and one undo step. Raises Refused where a layer of the plan is in edit mode or the
    plan is locked, PlanFileError where the file cannot be written.
    """

    opened = pyqtSignal()
    closed = pyqtSignal()
    changed = pyqtSignal(object)
    reloaded = pyqtSignal()
    located = pyqtSignal()
    findings_changed = pyqtSignal()

    def __init__(self, canvas: Any = None, parent: QObject | None = None) -> None:
        """canvas: QgsMapCanvas whose rendering pauses while we write; None where there is no map."""
        super().__init__(parent)
        self._canvas = canvas
        self.turns = Turns(self)
        self._file: PlanFile | None = None
        # The snapshot, and the newest row of the history then: one value, since a task reads both.
        self._known: tuple[PlanData, int] = _NOTHING
        self._profile: Profile | None = None
        self._inside: frozenset[str] = frozenset()
        self._chosen: str | None = None
        self._stamp = 0
        self._gate = threading.Lock()
        self._watcher = QFileSystemWatcher(self)
        self._strangers = QTimer(self)
        self._strangers.setSingleShot(True)
        self._strangers.setInterval(STRANGERS_MS)
        self._watcher.fileChanged.connect(lambda _: self._strangers.start())
        self._strangers.timeout.connect(self._notice_strangers)

    def open(self, path: Path) -> None:
        """Open a plan file; the present one stays open when that fails."""
        self.show(read_plan(path))

    def show(self, read: ReadPlan) -> None:
        """Make a plan that was read the open one."""
        self.turns.forget()
        self._file, self._profile, self._inside, self._chosen = read.file, read.profile, frozenset(), None
        self._known, self._stamp = (read.data, read.seen), read.stamp
        self._watch()
        self.opened.emit()
        self._locate()

    def close(self) -> None:
        """Forget the plan."""
        self.turns.forget()
        if self._file is not None:
            self._file = self._profile = None
            self._known = _NOTHING
            self._watch()
            self.closed.emit()

    @property
    def is_open(self) -> bool:
        """Whether a plan is open."""
        return self._file is not None

    @property
    def file(self) -> PlanFile:
        """The open plan file; raises Refused without one."""
        if self._file is None:
            raise Refused("desk.no_plan")
        return self._file

    @property
    def path(self) -> Path:
        """Path of the open plan file."""
        return Path(self.file.path)

    @property
    def data(self) -> PlanData:
        """The present snapshot; raises Refused without a plan."""
        if self._file is None:
            raise Refused("desk.no_plan")
        return self._known[0]

    @property
    def profile(self) -> Profile:
        """The plan's profile; raises Refused without a plan."""
        if self._profile is None:
            raise Refused("desk.no_plan")
        return self._profile

    @property
    def scenario(self) -> str:
        """Code of the scenario that is shown and edited: the one that the planner chose, else the adopted one."""
        there = self._chosen is not None and (self.data.tables["scenario"]["code"] == self._chosen).any()
        return str(self._chosen) if there else self.data.scenario

    def choose_scenario(self, code: str) -> None:
        """Show and edit another scenario from now on; every listener shows it anew. Raises Refused for an unknown one."""
        if not (self.data.tables["scenario"]["code"] == code).any():
            raise Refused("desk.no_scenario", scenario=code)
        if code != self.scenario:
            self._chosen = code
            self.reloaded.emit()

    @property
    def status(self) -> Status:
        """Where the plan stands in the procedure."""
        return Status(self.data.info["status"])

    @property
    def is_locked(self) -> bool:
        """Whether decisions refuse edits because the plan is approved."""
        return self.status in LOCKED

    @property
    def inside(self) -> frozenset[str]:
        """Codes of the villages that count as inside the development boundary and need no category; empty until `located`."""
        return self._inside

    def set_category(self, village_codes: Sequence[str], category: str, label: str) -> None:
        """Give villages a category; grounds and basis that are stated stay."""
        scenario, batches = self.scenario, self._by_reasons("category", "village_code", village_codes)
        with self._deciding(label) as tx:
            for reasons, codes in batches.items():
                decisions.set_category(tx, scenario, codes, category, reasons.grounds, reasons.basis, "manual")

    def clear_category(self, village_codes: Sequence[str], label: str) -> None:
        """Take the category of villages back."""
        with self._deciding(label) as tx:
            decisions.clear_category(tx, self.scenario, village_codes)

    def set_action(self, hamlet_codes: Sequence[str], action: str, label: str) -> None:
        """Give hamlets an action; retaining one deletes its moves."""
        scenario, batches = self.scenario, self._by_reasons("action", "hamlet_code", hamlet_codes)
        with self._deciding(label) as tx:
            for reasons, codes in batches.items():
                decisions.set_action(tx, scenario, codes, action, reasons.grounds, reasons.basis, "manual")

    def clear_action(self, hamlet_codes: Sequence[str], label: str) -> None:
        """Make hamlets undecided again; their moves go too."""
        with self._deciding(label) as tx:
            decisions.clear_action(tx, self.scenario, hamlet_codes)

    def explain_categories(self, village_codes: Sequence[str], reasons: Reasons, label: str) -> None:
        """State grounds and basis of the categories of villages; raises Refused for one that has no category."""
        self._explain("category", "village_code", village_codes, reasons, label)

    def explain_actions(self, hamlet_codes: Sequence[str], reasons: Reasons, label: str) -> None:
        """State grounds and basis of the actions of hamlets; raises Refused for one that has no action."""
        self._explain("action", "hamlet_code", hamlet_codes, reasons, label)

    def save_moves(self, rows: Sequence[dict[str, Any]], label: str) -> list[str]:
        """Add moves (rows without `code`) or change them; returns their codes. Refused for a hamlet that is not withdrawn."""
        actions = self.data.action[self.data.action["scenario"] == self.scenario]
        withdrawn = set(actions.loc[actions["action"].isin(WITHDRAWN), "hamlet_code"])
        for row in rows:
            if row["hamlet_code"] not in withdrawn:
                raise Refused("desk.not_withdrawn", hamlet=self.name_of("hamlet", row["hamlet_code"]))
        with self._deciding(label) as tx:
            return [decisions.save_move(tx, {"scenario": self.scenario, "origin": "manual", **row}) for row in rows]

    def delete_moves(self, codes: Sequence[str], label: str) -> None:
        """Delete moves."""
        with self._deciding(label) as tx:
            for code in codes:
                decisions.delete_move(tx, code)

    def save_consent(self, row: dict[str, Any], label: str) -> str:
        """Add a consent (a row without `code`) or change it; returns its code."""
        with self.writing(label) as tx:
            return decisions.save_consent(tx, row)

    def delete_consent(self, code: str, label: str) -> None:
        """Delete a consent."""
        with self.writing(label) as tx:
            decisions.delete_consent(tx, code)

    def settle(self, difference: Mapping[str, Any], settled: str, explanation: str, kind: str | None = None) -> None:
        """Settle a difference between rosters (a row of table `roster_difference`); see intake.settle."""
        from village_planner.intake import settle

        key = difference["source"], difference["code"]
        self.apply(lambda file: settle(file, *key, settled, explanation, who(), kind, self.profile))

    def settle_committees(self, source: str, kinds: Mapping[str, str], explanation: str) -> None:
        """Say what the 居委会 of a source's batch are (code → kind); see intake.settle_committees."""
        from village_planner.intake import settle_committees

        self.apply(lambda file: settle_committees(file, kinds, who(), source, explanation, self.profile))

    def undo(self) -> None:
        """Undo the last action that is not undone; raises Refused where there is none."""
        self.apply(lambda file: file.undo(who()))

    def redo(self) -> None:
        """Redo what was undone last; raises Refused where there is nothing."""
        self.apply(lambda file: file.redo(who()))

    def history(self, limit: int = 200) -> pd.DataFrame:
        """The last actions, newest first: group, at, who, label, rows, undone, can_undo."""
        return self.file.history(limit)

    def followed(self, step: Callable[[Feedback], Result]) -> Callable[[Feedback], tuple[Result, FreshNews | None]]:
        """A step for a task that writes the plan file by itself, and then reads there what `take` needs.

        The news are None where the file could not be read; it then is when they are taken.
        """
        file = self.file

        def run(feedback: Feedback) -> tuple[Result, FreshNews | None]:
            result = step(feedback)
            try:
                with self.alone():
                    return result, fresh_news(file, *self._known)
            except PlannerError:
                _log.info("the plan file is being written", exc_info=True)
                return result, None

        return run

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While a task of the desk reads or writes the plan file for a moment, an action of the planner waits for it instead of being refused."""
        with self._gate:
            yield

    def take(self, fresh: FreshNews | None, scenario: str | None = None) -> None:
        """Hold what the plan file holds now; layers and listeners follow what concerns them. scenario: to show from now on."""
        if fresh is None or fresh.news.base is not self._known[0]:
            # Something was decided while the task read.
            fresh = fresh_news(self.file, *self._known)
        news, shown = fresh.news, self.scenario
        self._known, self._stamp = (news.data, news.seen), fresh.stamp
        self._chosen = scenario or self._chosen
        tables = news.change.tables
        for layer in self.plan_layers():
            if layer_source(layer)[1] in tables and not layer.isEditable():
                layer.dataProvider().reloadData()
        if news.is_whole or self.scenario != shown:
            # Another scenario is shown, or the one that was shown is gone.
            self.reloaded.emit()
        else:
            if tables:
                self.changed.emit(news.change)
            if news.has_run or "waiver" in tables:
                self.findings_changed.emit()
        if LOCATING_TABLES & set(tables):
            self._locate()

    def reload(self) -> None:
        """Take what somebody else wrote: an import, or the planner in an editable layer."""
        self.take(None)

    def apply(self, action: Callable[[PlanFile], Any]) -> None:
        """Run an action that writes the plan file by itself; afterwards layers and listeners are fresh."""
        with self._quiet_layers():
            action(self.file)
        self.reload()

    @contextmanager
    def writing(self, label: str) -> Iterator[Any]:
        """One user action: a transaction with `label` in the history; afterwards layers and listeners are fresh."""
        with self._quiet_layers():
            with self.file.write(who(), label, self.profile) as tx:
                yield tx
        self.reload()

    @contextmanager
    def _deciding(self, label: str) -> Iterator[Any]:
        if self.is_locked:
            raise Refused("desk.locked")
        with self.writing(label) as tx:
            yield tx

    def plan_layers(self) -> list[QgsVectorLayer]:
        """The project's layers that read the plan file."""
        return layers_reading(self._file.path) if self._file is not None else []

    def require_no_edits(self) -> None:
        """Raise Refused while a layer of the plan is in edit mode."""
        for layer in self.plan_layers():
            if layer.isEditable():
                raise Refused("desk.layer_in_edit_mode", layer=layer.name())

    def name_of(self, table: str, code: str) -> str:
        """Name of a village, hamlet or site; the code where it is unknown."""
        frame = getattr(self.data, table)
        names = frame.loc[frame["code"] == code, "name"]
        return str(names.iloc[0]) if len(names) else code

    def still_to_move(self, hamlet_code: str) -> dict[str, int | None]:
        """Households and persons of a hamlet that none of its moves takes yet; None where the hamlet does not state them."""
        hamlet = self.data.hamlet[self.data.hamlet["code"] == hamlet_code]
        moves = self.data.move[(self.data.move["scenario"] == self.scenario) & (self.data.move["hamlet_code"] == hamlet_code)]
        rest: dict[str, int | None] = {}
        for name in ("households", "persons"):
            stated = hamlet[name].iloc[0] if len(hamlet) else pd.NA
            rest[name] = None if pd.isna(stated) else max(0, int(stated) - int(moves[name].fillna(0).sum()))
        return rest

    def _locate(self) -> None:
        file = self.file

        def take(inside: frozenset[str]) -> None:
            if self._file is file and inside != self._inside:
                self._inside = inside
                self.located.emit()

        locate_villages(file, self.data, self.profile, take)

    def _explain(self, table: str, key: str, codes: Sequence[str], reasons: Reasons, label: str) -> None:
        frame = getattr(self.data, table)
        decided = set(frame.loc[frame["scenario"] == self.scenario, key])
        for code in codes:
            if code not in decided:
                subject = "village" if table == "category" else "hamlet"
                raise Refused(f"desk.no_{table}", **{subject: self.name_of(subject, code)})
        with self._deciding(label) as tx:
            for code in codes:
                tx.update(table, {"scenario": self.scenario, key: code}, grounds=reasons.grounds, basis=reasons.basis)

    def _by_reasons(self, table: str, key: str, codes: Sequence[str]) -> dict[Reasons, list[str]]:
        """Codes that state the same reasons together: each batch is one statement."""
        frame = getattr(self.data, table)
        rows = frame[(frame["scenario"] == self.scenario) & frame[key].isin(list(codes))]
        stated = {code: Reasons(plain(grounds), plain(basis)) for code, grounds, basis in zip(rows[key], rows["grounds"], rows["basis"])}
        batches: dict[Reasons, list[str]] = defaultdict(list)
        for code in codes:
            batches[stated.get(code, Reasons())].append(code)
        return batches

    @contextmanager
    def _quiet_layers(self) -> Iterator[None]:
        self.require_no_edits()
        self.turns.finish()
        if self._canvas is not None:
            # A render that reads the file would hold up the commit.
            self._canvas.stopRendering()
            self._canvas.freeze(True)
        is_ours = self._gate.acquire(timeout=GATE_S)
        try:
            yield
        finally:
            if is_ours:
                self._gate.release()
            if self._canvas is not None:
                self._canvas.freeze(False)
                self._canvas.refresh()

    def _watch(self) -> None:
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        if self._file is not None:
            self._watcher.addPath(str(self._file.path))

    def _notice_strangers(self) -> None:
        """Another program, or an algorithm of the toolbox, has written the plan file."""
        if self._file is None or not self._file.path.is_file() or last_write(self._file) == self._stamp:
            return
        self._watch()
        file = self._file
        step = self.followed(lambda _: None)
        task = StepTask(QCoreApplication.translate("PlanSession", "Read what another program wrote"), step, silent=True)
        task.signals.finished.connect(lambda done: self._take_strangers(file, done[1]))
        task.start()

    def _take_strangers(self, file: PlanFile, fresh: FreshNews | None) -> None:
        # In the middle of their writing there are none; the end of it calls us again.
        if self._file is file and fresh is not None:
            with self.turns.one_by_one():
                self.take(fresh)
