"""The 成果 dock: readiness says what stops a package, packages are written and inspected in tasks, and results are shown whole."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtWidgets import QFileDialog

from tests.desk.small_plan import HAMLETS, VILLAGES, make_plan
from tests.gui.fake_iface import FakeIface
from village_planner.base import SilentFeedback
from village_planner.delivery.readiness import Condition, State
from village_planner.desk.steps import check_plan
from village_planner.gui import deliver_dock, dialogs
from village_planner.gui.deliver_dock import INSPECT, WRITE, DeliverDock
from village_planner.gui.desk_window import DeskWindow
from village_planner.gui.package_reading import ReadPackageDialog


@pytest.fixture(autouse=True)
def welcomed(qgis_app: Any) -> None:
    """No pane of welcome over the docks."""
    QgsSettings().setValue("village_planner/welcomed", True)


@pytest.fixture
def ready(window: DeskWindow, tmp_path: Path) -> DeliverDock:
    """The dock with the small plan open, wishing a package into a folder of its own."""
    path = make_plan(tmp_path / "小规划.gpkg")
    window.open_plan(path)
    (tmp_path / "out").mkdir()
    window.delivery.show_write()
    window.delivery.form.folder.setFilePath(str(tmp_path / "out"))
    window.delivery.judge()
    return window.delivery


def conditions(dock: DeliverDock) -> dict[str, Condition]:
    return {condition.code: condition for condition in dock.conditions.shown()}


def finish(window: DeskWindow, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: window.is_settled, timeout=60000)


def test_without_a_plan_a_package_can_still_be_inspected(window: DeskWindow) -> None:
    window.delivery.show_write()
    assert not window.delivery._body.isVisible() and window.delivery._nothing_open.isVisible()
    window.delivery.show_inspect()
    assert window.delivery.tabs.currentIndex() == INSPECT and window.delivery.folder.isVisible()


def test_a_plan_that_was_never_checked_can_be_a_draft_but_nothing_formal(ready: DeliverDock) -> None:
    assert conditions(ready)["unchecked"].state is State.TOLD and ready._write.isEnabled()
    ready.form.mode.set_value("formal")
    ready.judge()
    assert conditions(ready)["unchecked"].state is State.STOPS and not ready._write.isEnabled()
    assert ready.conditions.item(0).text() and ready.conditions.shown()[0].state is State.STOPS


def test_a_folder_that_is_missing_stops_even_a_draft(ready: DeliverDock, tmp_path: Path) -> None:
    assert conditions(ready)["folder_ok"].state is State.OK
    ready.form.folder.setFilePath(str(tmp_path / "不存在"))
    ready.judge()
    assert conditions(ready)["folder_missing"].state is State.STOPS and not ready._write.isEnabled()
    ready.form.folder.setFilePath("")
    ready.judge()
    assert "no_folder" in conditions(ready)


def test_open_findings_lead_to_the_list_that_shows_them(window: DeskWindow, ready: DeliverDock, qtbot: Any) -> None:
    check_plan(window.session.path, SilentFeedback())
    window.session.reload()
    ready.judge()
    place = [condition.code for condition in ready.conditions.shown()].index("open_a")
    ready.conditions.setCurrentRow(place)
    ready._mend.click()
    shown = window.findings.view.model.shown()
    assert window.findings.isVisible() and shown and {row.severity for row in shown} == {"A"}


def test_villages_without_category_and_moves_without_phase_are_counted(window: DeskWindow, ready: DeliverDock) -> None:
    session = window.session
    session.set_action([HAMLETS[1]], "merge", "撤并")
    session.save_moves([{"hamlet_code": HAMLETS[1], "destination_kind": "cash", "households": 10}], "任务")
    ready.judge()
    found = conditions(ready)
    assert found["undecided"].message.params["count"] == 3 and found["unphased"].message.params["count"] == 1
    session.set_category(VILLAGES, "01", "分类")
    ready.judge()
    assert "all_decided" in conditions(ready)


def test_an_edit_after_the_check_is_told(window: DeskWindow, ready: DeliverDock, qtbot: Any) -> None:
    check_plan(window.session.path, SilentFeedback())
    window.findings.freshness.automatic = False
    window.session.reload()
    window.session.set_category(VILLAGES[:1], "01", "分类")
    qtbot.waitUntil(lambda: "outdated" in conditions(ready), timeout=60000)
    assert conditions(ready)["outdated"].message.code


def test_a_draft_is_written_in_a_task_and_its_result_shown(window: DeskWindow, iface: FakeIface, ready: DeliverDock, tmp_path: Path, qtbot: Any) -> None:
    for name, box in ready.form.formats.items():
        box.setChecked(name in ("gpkg", "xlsx"))
    ready.form.person.setText("王工")
    ready.write()
    assert window._runner.is_busy and not ready._write.isEnabled()
    finish(window, qtbot)
    page = ready.written
    (package,) = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    assert ready._pages.currentIndex() == 1 and page.isVisible() and package.name in page.title.text()
    listed = [page.files.item(row).text() for row in range(page.files.count())]
    assert "manifest.json" in listed and len(listed) == sum(path.is_file() for path in package.rglob("*"))
    assert len(page.view.model.rows()) > 0 and package.name in iface.told()
    page._back.click()
    assert ready._pages.currentIndex() == 0


def test_a_decision_waits_while_a_package_gets_its_identifiers(
    window: DeskWindow, iface: FakeIface, ready: DeliverDock, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    alone, counts = window.session.alone, []

    def count() -> int:
        with closing(sqlite3.connect(window.session.path)) as connection:
            is_there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'serial'").fetchone()
            return int(connection.execute("SELECT count(*) FROM serial").fetchone()[0]) if is_there else 0

    @contextmanager
    def watched() -> Iterator[None]:
        with alone():
            before = count()
            yield
            counts.append(count() - before)

    monkeypatch.setattr(window.session, "alone", watched)
    for name, box in ready.form.formats.items():
        box.setChecked(name in ("gpkg", "xlsx"))
    ready.form.person.setText("王工")
    ready.write()
    finish(window, qtbot)
    assert sum(counts) == count() > 0, iface.told()


def test_a_refusal_is_told_in_words_and_the_dock_is_usable_again(window: DeskWindow, iface: FakeIface, ready: DeliverDock, tmp_path: Path, qtbot: Any) -> None:
    ready.form.mode.set_value("formal")
    ready.write()
    finish(window, qtbot)
    assert iface.told() and not list((tmp_path / "out").glob("*")) and ready._pages.currentIndex() == 0


def test_a_cancelled_package_leaves_nothing(window: DeskWindow, ready: DeliverDock, tmp_path: Path, qtbot: Any) -> None:
    ready.write()
    window._runner.cancel()
    finish(window, qtbot)
    assert not list((tmp_path / "out").iterdir()) and ready._pages.currentIndex() == 0


@pytest.fixture
def package(window: DeskWindow, ready: DeliverDock, tmp_path: Path, qtbot: Any) -> Path:
    for name, box in ready.form.formats.items():
        box.setChecked(name in ("gpkg", "xlsx"))
    session = window.session
    session.set_action([HAMLETS[1]], "merge", "撤并")
    session.save_moves([{"hamlet_code": HAMLETS[1], "destination_kind": "cash", "households": 4, "phase": 2025}], "任务")
    ready.write()
    finish(window, qtbot)
    return next(path for path in (tmp_path / "out").iterdir() if path.is_dir())


def test_somebodys_package_is_inspected_with_verdict_places_and_report(
    window: DeskWindow, package: Path, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.close()
    archive = Path(shutil.make_archive(str(tmp_path / "送来的成果"), "zip", package.parent, package.name))
    dock = window.delivery
    dock.show_inspect()
    dock.folder.setFilePath(str(package))
    dock.zip.setFilePath(str(archive))
    assert dock.folder.filePath() == "" and dock._inspect.isEnabled()
    dock._inspect.click()
    finish(window, qtbot)
    page = dock.inspected
    assert page.isVisible() and archive.name in page.title.text() and str(page._inspection.score) in page.counts.text()
    assert len(page.view.model.rows()) == len(page._inspection.findings) + len(page._inspection.plan_result.findings) + len(page._inspection.not_checked)
    placed = next(row for row in page.view.model.shown() if row.geom is not None)
    page.view.gone_to.emit(placed)
    assert page.marker.marked is not None and page.layer.shown()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "报告"), ""))
    page.save()
    assert (tmp_path / "报告.html").is_file() and json.loads((tmp_path / "报告.json").read_text(encoding="utf-8"))["title"]
    assert (tmp_path / "报告.pdf").read_bytes().startswith(b"%PDF") and "10" in page.counts.toolTip()
    with (tmp_path / "报告.csv").open(encoding="utf-8-sig") as stream:
        assert len(list(csv.reader(stream))) == len(page.view.model.rows()) + 1
    layers = page.layer.shown()
    dock.close_down()
    assert not set(layers) & set(QgsProject.instance().mapLayers()) and page.marker.marked is None


def test_a_package_is_judged_by_the_layers_of_a_plan_file_that_the_reviewer_chooses(
    window: DeskWindow, iface: FakeIface, package: Path, tmp_path: Path, qtbot: Any
) -> None:
    dock = window.delivery
    dock.show_inspect()
    dock.folder.setFilePath(str(package))
    dock.reference.setFilePath(str(tmp_path / "没有.gpkg"))
    dock._inspect.click()
    finish(window, qtbot)
    assert "没有.gpkg" in iface.told() and not dock.inspected.isVisible()
    dock.reference.setFilePath("")
    dock._inspect.click()
    finish(window, qtbot)
    assert dock.inspected.judged_by.isVisible() and "审查底图：无" in dock.inspected.judged_by.toolTip()


def test_a_plan_is_read_back_from_a_package_and_opened(
    window: DeskWindow, iface: FakeIface, package: Path, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[ReadPackageDialog] = []

    def accept(dialog: ReadPackageDialog) -> bool:
        shown.append(dialog)
        assert dialog.package() == str(package) and not dialog._ok().isEnabled()
        dialog.plan.setFilePath(str(tmp_path / "读回"))
        return dialog._ok().isEnabled()

    monkeypatch.setattr(dialogs, "accepted", accept)
    window.delivery.folder.setFilePath(str(package))
    window.delivery._read_back.click()
    finish(window, qtbot)
    assert len(shown) == 1 and window.session.path == tmp_path / "读回.gpkg"
    assert set(window.session.data.village["code"]) == set(VILLAGES)
    assert (tmp_path / "读回.report-readpackage.html").is_file() and str(len(VILLAGES)) in iface.told()


def test_what_is_no_package_is_refused_in_words(window: DeskWindow, iface: FakeIface, tmp_path: Path, qtbot: Any) -> None:
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    window.delivery.show_inspect()
    window.delivery.zip.setFilePath(str(tmp_path / "bad.zip"))
    window.delivery._inspect.click()
    finish(window, qtbot)
    assert "bad.zip" in iface.told() and not window.delivery.inspected.isVisible()


def test_a_report_that_cannot_be_written_is_told(window: DeskWindow, package: Path, iface: FakeIface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "没有" / "报告.html"), ""))
    window.delivery.written.save()
    assert "报告.html" in iface.told()


def test_another_plan_starts_from_its_own_scenario_and_edition(window: DeskWindow, ready: DeliverDock, tmp_path: Path) -> None:
    assert (ready.form.scenario.value(), ready.form.edition.value()) == ("S1", "consultation")
    window.open_plan(make_plan(tmp_path / "另一规划.gpkg"))
    assert ready.tabs.currentIndex() == WRITE and ready._pages.currentIndex() == 0 and ready.form.scenario.value() == "S1"


def test_institute_and_secrecy_are_stated_from_here_as_one_undoable_action(
    window: DeskWindow, iface: FakeIface, ready: DeliverDock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"institute": "示例规划院", "secrecy": "内部"}

    def accepted(dialog: Any) -> bool:
        for name, value in answers.items():
            dialog._fields[name].setText(value)
        return True

    monkeypatch.setattr(deliver_dock, "accepted", accepted)
    ready.conditions.mend_wished.emit(conditions(ready)["no_institute"])
    ready.judge()
    assert not {"no_institute", "no_secrecy"} & conditions(ready).keys() and window.session.data.info["institute"] == "示例规划院"
    window.session.undo()
    assert window.session.data.info["institute"] is None
    answers = {"county_code": "99"}
    ready.change_facts()
    assert "99" in iface.told() and window.session.data.info["county_code"] == "990001"


def test_formats_that_a_formal_package_needs_cannot_be_left_out(ready: DeliverDock) -> None:
    form = ready.form
    assert form.formats["atlas"].isEnabled() and not form.formats["atlas"].isChecked()
    for name, box in form.formats.items():
        box.setChecked(name in ("gpkg", "xlsx"))
    assert form.wish().formats == ("gpkg", "xlsx") and form.formats["docx"].isEnabled()
    form.mode.set_value("formal")
    assert {"gdb", "docx", "sheets"} <= set(form.wish().formats) and not form.formats["docx"].isEnabled() and form.formats["shp"].isEnabled()
    form.control_lines.setChecked(False)
    assert form.request().control_lines is False
