"""Toolbar and docks: a plan opens, is checked in a task, and what goes wrong is said in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from osgeo import ogr
from qgis.core import QgsProject, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtWidgets import QPushButton

from tests.desk.small_plan import HAMLETS, VILLAGES, make_plan
from tests.gui.fake_iface import FakeIface
from tests.plan.procedure import approve
from village_planner.base import InputError
from village_planner.gui import dialogs, telling
from village_planner.gui.desk_window import DeskWindow
from village_planner.gui.finding_rows import NOT_CHECKED
from village_planner.gui.package_reading import ReadPackageDialog
from village_planner.plan import PlanFile
from village_planner.standards import load_profile


@pytest.fixture
def plan_path(tmp_path: Path) -> Path:
    return make_plan(tmp_path / "小规划.gpkg")


def check(window: DeskWindow, qtbot: Any) -> None:
    window.check()
    qtbot.waitUntil(lambda: window.is_settled, timeout=60000)


def test_a_plan_opens_with_its_layers_and_the_dock(window: DeskWindow, iface: FakeIface, plan_path: Path) -> None:
    assert not any(action.isEnabled() for action in window._need_plan)
    window.open_plan(plan_path)
    assert window.classify.isVisible() and all(action.isEnabled() for action in window._need_plan)
    assert iface.active is window.layers.villages.layer
    assert iface.canvas.extent().contains(window.layers.villages.layer.extent())


def test_a_plan_that_is_not_there_is_refused_by_its_name(window: DeskWindow, iface: FakeIface, tmp_path: Path) -> None:
    window.open_plan(tmp_path / "无此规划.gpkg")
    assert "无此规划.gpkg" in iface.told() and not window.session.is_open


def test_another_plan_does_not_throw_unsaved_edits_away(window: DeskWindow, iface: FakeIface, plan_path: Path, tmp_path: Path) -> None:
    window.open_plan(plan_path)
    patches = next(layer for layer in window.session.plan_layers() if layer.name() == "居民点用地")
    patches.startEditing()
    window.open_plan(make_plan(tmp_path / "另一规划.gpkg"))
    assert "居民点用地" in iface.told() and window.session.path == plan_path
    patches.rollBack()
    window.open_plan(tmp_path / "另一规划.gpkg")
    assert window.session.path.name == "另一规划.gpkg"


def test_a_double_click_zooms_to_the_village_or_hamlet(window: DeskWindow, iface: FakeIface, plan_path: Path) -> None:
    window.open_plan(plan_path)
    tree, model, proxy = window.classify.tree, window.classify.model, window.classify.filter
    for code, mirror in ((VILLAGES[2], window.layers.villages), (HAMLETS[0], window.layers.hamlets)):
        window.zoom_to_plan()
        before = iface.canvas.extent().width()
        tree.doubleClicked.emit(proxy.mapFromSource(model.index_of(code)))
        feature = mirror.layer.getFeature(mirror.ids([code])[0])
        assert iface.canvas.extent().width() < before
        assert iface.canvas.extent().contains(feature.geometry().boundingBox())


def test_a_check_lists_findings_by_severity_and_says_how_many(window: DeskWindow, iface: FakeIface, plan_path: Path, qtbot: Any) -> None:
    window.open_plan(plan_path)
    check(window, qtbot)
    rows = window.findings.view.model.shown()
    assert window.findings.isVisible() and ("A", "QC-7102") in [(row.severity, row.rule) for row in rows]
    assert [row.severity for row in rows] == sorted((row.severity for row in rows), key="A–BC".index)
    assert all(row.sentence and "{" not in row.sentence for row in rows)
    assert NOT_CHECKED in [row.severity for row in rows]


def test_severities_can_be_hidden(window: DeskWindow, plan_path: Path, qtbot: Any) -> None:
    window.open_plan(plan_path)
    check(window, qtbot)
    view = window.findings.view
    shown = len(view.model.shown())
    view.boxes["A"].setChecked(False)
    assert len(view.model.shown()) == shown - view.model.counts()["A"] < shown


def test_a_click_on_a_finding_goes_to_its_village(window: DeskWindow, iface: FakeIface, plan_path: Path, qtbot: Any) -> None:
    window.open_plan(plan_path)
    check(window, qtbot)
    view = window.findings.view
    place = next(place for place, row in enumerate(view.model.shown()) if row.village == VILLAGES[2])
    before = iface.canvas.extent().width()
    view.tree.clicked.emit(view.model.index_of(place))
    assert iface.canvas.extent().width() < before
    assert iface.canvas.extent().intersects(window.layers.villages.layer.extent())


def test_a_failing_step_says_so_and_the_toolbar_is_usable_again(window: DeskWindow, iface: FakeIface, plan_path: Path, qtbot: Any) -> None:
    window.open_plan(plan_path)

    def fail(feedback: Any) -> None:
        raise InputError("gui.bad_years", text="x", part="y")

    window._runner.start("步骤", fail, lambda result: None)
    assert not any(action.isEnabled() for action in window._actions)
    qtbot.waitUntil(lambda: window.is_settled, timeout=60000)
    assert "年份" in iface.told() and all(action.isEnabled() for action in window._actions)


def test_a_new_project_closes_the_plan(window: DeskWindow, plan_path: Path) -> None:
    window.open_plan(plan_path)
    QgsProject.instance().clear()
    assert not window.session.is_open


def test_a_saved_project_opens_its_plan_again(window: DeskWindow, plan_path: Path, tmp_path: Path, qtbot: Any) -> None:
    window.open_plan(plan_path)
    window.session.set_action(HAMLETS[:1], "retain", "保留")
    project = str(tmp_path / "工程.qgz")
    QgsProject.instance().write(project)
    QgsProject.instance().clear()
    QgsProject.instance().read(project)
    assert not window.session.is_open, "a county would hold the window up"
    qtbot.waitUntil(lambda: window.session.is_open and not window.session.turns.is_waiting, timeout=60000)
    assert window.layers.villages.layer.featureCount() == 3
    assert len(QgsProject.instance().layerTreeRoot().findGroups()) == 1


def test_a_plan_that_is_being_opened_does_not_come_into_another_project(window: DeskWindow, plan_path: Path, qtbot: Any) -> None:
    window.open_in_task(plan_path)
    QgsProject.instance().clear()
    qtbot.waitUntil(lambda: window.is_settled, timeout=60000)
    assert not window.session.is_open and not QgsProject.instance().mapLayers()


def test_closing_takes_everything_out_of_the_window(iface: FakeIface, plan_path: Path) -> None:
    window = DeskWindow(iface)
    window.open_plan(plan_path)
    window.close()
    assert iface.menu == [] and not QgsProject.instance().mapLayers()


def test_a_dialog_cannot_be_accepted_before_what_is_needed_is_given(qgis_app: Any, qtbot: Any) -> None:
    dialog = dialogs.NewPlanDialog()
    qtbot.addWidget(dialog)
    ok = dialog._buttons.button(dialog._buttons.StandardButton.Ok)
    assert not ok.isEnabled()
    dialog.plan.setFilePath("规划.gpkg")
    dialog.title.setText("测试县村庄布局规划")
    assert ok.isEnabled()


@pytest.mark.parametrize("make", [lambda: dialogs.ControlDialog(load_profile()), dialogs.DemoDialog, ReadPackageDialog])
def test_the_dialogs_fit_a_small_screen(qgis_app: Any, qtbot: Any, make: Any) -> None:
    dialog = make()
    qtbot.addWidget(dialog)
    assert dialog.sizeHint().width() <= 800 and dialog.sizeHint().height() <= 600


def test_years_are_read_or_refused() -> None:
    assert dialogs.years("2025，2035") == (2025, 2035)
    with pytest.raises(InputError):
        dialogs.years("近期")


def test_the_demo_becomes_a_plan(demo_plan: Path) -> None:
    data = PlanFile.open(demo_plan).read()
    assert len(data.village) >= 30 and len(data.move) and len(data.control_layer)


def test_the_first_start_offers_the_ways_to_a_plan_and_later_ones_leave_the_screen_alone(iface: FakeIface, monkeypatch: pytest.MonkeyPatch) -> None:
    QgsSettings().remove("village_planner/welcomed")
    first = DeskWindow(iface)
    assert first.overview.isVisible() and first.overview.welcome.isVisible()
    asked: list[str] = []
    monkeypatch.setattr(dialogs, "accepted", lambda dialog: asked.append(type(dialog).__name__))
    new, _, package, demo = first.overview.welcome.buttons
    new.click()
    package.click()
    demo.click()
    assert asked == ["NewPlanDialog", "ReadPackageDialog", "DemoDialog"]
    first.close()
    second = DeskWindow(iface)
    assert not second.overview.isVisible()
    second.close()


def test_a_report_is_opened_from_the_message(window: DeskWindow, iface: FakeIface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(telling.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    window._teller.done("……", tmp_path)
    button = iface.bar.currentItem().findChildren(QPushButton)[-1]
    button.click()
    assert opened == [str(tmp_path)]


def test_the_layers_of_a_geodatabase_are_offered_for_any_file_in_it(qgis_app: Any, qtbot: Any, tmp_path: Path) -> None:
    folder = tmp_path / "三线.gdb"
    database = ogr.GetDriverByName("OpenFileGDB").CreateDataSource(str(folder))
    for name in ("YJJBNTTB", "STBHHX"):
        database.CreateLayer(name, geom_type=ogr.wkbMultiPolygon)
    del database
    dialog = dialogs.ControlDialog(load_profile())
    qtbot.addWidget(dialog)
    assert not dialog.source_layer.isEnabled()
    dialog.source.setFilePath(str(next(folder.glob("*.gdbtable"))))
    assert dialog.source.filePath() == str(folder) and dialog.source_layer.isEnabled()
    dialog.source_layer.set_value("STBHHX")
    assert dialog.source_text() == f"{folder}|layername=STBHHX"


def test_a_source_of_one_layer_needs_no_choice(qgis_app: Any, qtbot: Any, tmp_path: Path) -> None:
    source = tmp_path / "道路.geojson"
    source.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    dialog = dialogs.ControlDialog(load_profile())
    qtbot.addWidget(dialog)
    dialog.source.setFilePath(str(source))
    assert not dialog.source_layer.isEnabled() and dialog.source_text() == str(source)


def layer_of(window: DeskWindow, name: str) -> Any:
    return next(layer for layer in window.session.plan_layers() if layer.name() == name)


def test_the_layers_of_an_approved_plan_are_read_only_and_say_why_until_a_revision_opens(window: DeskWindow, iface: FakeIface, tmp_path: Path) -> None:
    window.open_plan(make_plan(tmp_path / "小规划.gpkg"))
    patches = layer_of(window, "居民点用地")
    iface.setActiveLayer(patches)
    assert patches.startEditing() and patches.rollBack() and iface.told() == ""
    approve(window.session.file)
    window.session.reload()
    assert not patches.startEditing() and not layer_of(window, "集中安置点").startEditing()
    iface.setActiveLayer(window.layers.villages.layer)
    assert iface.told() == ""
    iface.setActiveLayer(patches)
    assert "规划已批复，“居民点用地”不能修改" in iface.told()
    iface.bar.clearWidgets()
    iface.setActiveLayer(patches)
    assert iface.told() == ""
    window.session.file.transition("张三", "revision", "2026-06-01", "〔2026〕9号", "同意", legal_ground="城乡规划法第四十七条")
    window.session.reload()
    assert patches.startEditing() and patches.rollBack()


def test_a_layer_that_is_added_to_an_approved_plan_is_read_only_too_and_others_are_left_alone(window: DeskWindow, tmp_path: Path) -> None:
    window.open_plan(make_plan(tmp_path / "小规划.gpkg"))
    approve(window.session.file)
    window.session.reload()
    for table, editable in (("move", False), ("consent", True)):
        layer = QgsVectorLayer(f"{window.session.path}|layername={table}", table, "ogr")
        QgsProject.instance().addMapLayer(layer)
        assert layer.startEditing() is editable
        layer.rollBack()
