"""PlanSession: the one that owns writing to the open plan, and tells everybody what changed."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from qgis.core import QgsProject, QgsProviderRegistry, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, QFileSystemWatcher, QObject, QTimer, pyqtSignal

from village_planner.accounts import positions
from village_planner.base import PlannerError, Refused
from village_planner.checks import apply_waivers
from village_planner.desk.opening import ReadPlan, last_write, read_plan
from village_planner.desk.steps import who
from village_planner.desk.tasks import StepTask
from village_planner.desk.turns import Turns
from village_planner.plan import Change, PlanFile, decisions
from village_planner.plan.data import PlanData, plain
from village_planner.plan.schema import LOCKED, WITHDRAWN, Status
from village_planner.standards import Profile

STRANGERS_MS = 400
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
        self._data: PlanData | None = None
        self._profile: Profile | None = None
        self._inside: frozenset[str] = frozenset()
        self._chosen: str | None = None
        self._stamp = 0
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
        self._take(read.data)
        self._stamp = read.stamp
        self._watch()
        self.opened.emit()
        self._locate()

    def close(self) -> None:
        """Forget the plan."""
        self.turns.forget()
        if self._file is not None:
            self._file = self._data = self._profile = None
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
        if self._data is None:
            raise Refused("desk.no_plan")
        return self._data

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

    def refresh_findings(self) -> None:
        """Read the findings that a check has stored."""
        self._stamp = last_write(self.file)
        self._take(self.file.read_changed(self.data, Change(0, {"finding": [{}], "check_run": [{}]})))
        self.findings_changed.emit()

    def reload(self) -> None:
        """Read everything anew after somebody else wrote: an import, or the planner in an editable layer."""
        self._stamp = last_write(self.file)
        self._take(self.file.read())
        for layer in self.plan_layers():
            if not layer.isEditable():
                layer.dataProvider().reloadData()
        self.reloaded.emit()
        self._locate()

    def apply(self, action: Callable[[PlanFile], Change]) -> None:
        """Run an action that writes the plan file by itself and says what it changed; afterwards layers and listeners are fresh."""
        with self._quiet_layers():
            change = action(self.file)
        self._refresh(change)

    @contextmanager
    def writing(self, label: str) -> Iterator[Any]:
        """One user action: a transaction with `label` in the history; afterwards layers and listeners are fresh."""
        with self._quiet_layers():
            with self.file.write(who(), label) as tx:
                yield tx
        self._refresh(tx.change)

    @contextmanager
    def _deciding(self, label: str) -> Iterator[Any]:
        if self.is_locked:
            raise Refused("desk.locked")
        with self.writing(label) as tx:
            yield tx

    def plan_layers(self) -> list[QgsVectorLayer]:
        """The project's layers that read the plan file."""
        return [layer for layer in QgsProject.instance().mapLayers().values() if self._reads_plan(layer)]

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
        """Compare villages and boundary in a task: a county's boundary has hundreds of thousands of vertices."""
        file, data, profile = self.file, self.data, self.profile

        def step(feedback: Any) -> frozenset[str]:
            found = positions(data, PlanFile(file.path).layers(), profile)
            return frozenset(found.loc[found["counts_inside"], "village_code"])

        def take(inside: frozenset[str]) -> None:
            if self._file is file and inside != self._inside:
                self._inside = inside
                self.located.emit()

        task = StepTask(QCoreApplication.translate("PlanSession", "Compare villages with the development boundary"), step)
        task.signals.finished.connect(take)
        task.start()

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
        try:
            yield
        finally:
            if self._canvas is not None:
                self._canvas.freeze(False)
                self._canvas.refresh()

    def _refresh(self, change: Any) -> None:
        shown = self.scenario
        self._stamp = last_write(self.file)
        self._take(self.file.read_changed(self.data, change))
        for layer in self.plan_layers():
            if _source(layer).get("layerName") in change.tables:
                layer.dataProvider().reloadData()
        self.changed.emit(change)
        if self.scenario != shown:
            # The scenario that was shown is gone, or another one was adopted.
            self.reloaded.emit()
        elif "waiver" in change.tables:
            self.findings_changed.emit()

    def _take(self, data: PlanData) -> None:
        """Hold a snapshot; its findings say of themselves what the present explanations make of them."""
        self._data = PlanData({**data.tables, "finding": apply_waivers(data.finding, data.waiver)})

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
        try:
            self.reload()
        except PlannerError:
            # In the middle of its writing; the end of it calls us again.
            _log.info("the plan file is being written", exc_info=True)

    def _reads_plan(self, layer: Any) -> bool:
        if not isinstance(layer, QgsVectorLayer) or layer.providerType() != "ogr" or self._file is None:
            return False
        source = _source(layer).get("path", "")
        return bool(source) and Path(source).resolve() == self.path.resolve()


def _source(layer: QgsVectorLayer) -> dict[str, Any]:
    return dict(QgsProviderRegistry.instance().decodeUri("ogr", layer.source()))
