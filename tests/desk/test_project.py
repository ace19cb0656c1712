"""The project in the plan file opens after the folder was moved and the files were renamed, and touches nobody else's project."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProject, QgsProviderRegistry, QgsVectorLayer

from tests.desk.small_plan import make_plan
from village_planner.base import PlanFileError, SilentFeedback
from village_planner.desk.project import has_project, mend_project, project_uri, save_project
from village_planner.intake import AddControl, add_control
from village_planner.plan import PlanFile


@pytest.fixture
def plan(qgis_app: Any, qgis_new_project: None, tmp_path: Path) -> Path:
    """A plan with a control layer, in a folder with Chinese characters and blanks."""
    folder = tmp_path / "规划 一"
    folder.mkdir()
    path = make_plan(folder / "小 规划.gpkg")
    source = tmp_path / "道路.geojson"
    line = {"type": "LineString", "coordinates": [[117.0, 31.6], [117.01, 31.61]]}
    feature = {"type": "Feature", "properties": {"name": "县道"}, "geometry": line}
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    add_control(AddControl(plan=path, kind="road", source=str(source)), SilentFeedback())
    return path


@pytest.fixture
def opened() -> Iterator[QgsProject]:
    """A project of its own to read into."""
    project = QgsProject()
    yield project
    project.clear()


def sources(project: QgsProject) -> set[Path]:
    """Files that the layers of a project read."""
    return {Path(QgsProviderRegistry.instance().decodeUri("ogr", layer.source())["path"]).resolve() for layer in project.mapLayers().values()}


def assert_opens(path: Path, project: QgsProject) -> None:
    """Every layer of the project in the file is valid and reads the plan's own files."""
    assert project.read(project_uri(path))
    assert len(project.mapLayers()) > 15 and all(layer.isValid() for layer in project.mapLayers().values())
    assert sources(project) == {path.resolve(), PlanFile(path).layers_path.resolve()}


def test_a_saved_project_opens_with_every_layer(plan: Path, opened: QgsProject) -> None:
    assert not has_project(plan)
    save_project(plan)
    assert has_project(plan)
    assert_opens(plan, opened)
    assert opened.title() == "测试县村庄布局规划" and opened.crs().authid() == "EPSG:4527"


def test_it_opens_after_the_folder_was_moved_and_both_files_were_renamed(plan: Path, opened: QgsProject, tmp_path: Path) -> None:
    save_project(plan)
    moved = Path(shutil.move(plan.parent, tmp_path / "移到 别处"))
    target = moved / "改名后.gpkg"
    (moved / plan.name).rename(target)
    PlanFile(moved / plan.name).layers_path.rename(PlanFile(target).layers_path)
    assert mend_project(target) is True
    assert_opens(target, opened)
    assert mend_project(target) is False


def test_a_sibling_that_has_the_old_name_is_not_taken_for_the_plan(plan: Path, opened: QgsProject) -> None:
    save_project(plan)
    copy = plan.with_name("副本.gpkg")
    shutil.copy(plan, copy)
    shutil.copy(PlanFile(plan).layers_path, PlanFile(copy).layers_path)
    assert mend_project(copy) is True
    assert_opens(copy, opened)


def test_a_file_of_the_same_name_in_the_working_directory_is_not_taken(plan: Path, opened: QgsProject, tmp_path: Path, monkeypatch: Any) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(plan, elsewhere / plan.name)
    monkeypatch.chdir(elsewhere)
    save_project(plan)
    assert Path(os.getcwd()) == elsewhere
    monkeypatch.chdir(tmp_path)
    assert_opens(plan, opened)


def test_control_layers_that_were_left_behind_are_told(plan: Path) -> None:
    save_project(plan)
    target = plan.with_name("改名后.gpkg")
    plan.rename(target)
    with pytest.raises(PlanFileError) as refused:
        mend_project(target)
    assert refused.value.message.code == "desk.project_layers_lost" and "道路" in refused.value.message.params["layers"]


def test_a_plan_without_a_project_says_so(plan: Path) -> None:
    with pytest.raises(PlanFileError) as refused:
        mend_project(plan)
    assert refused.value.message.code == "desk.no_project"


def test_the_project_that_is_open_is_not_touched(plan: Path) -> None:
    own = QgsVectorLayer("Point?crs=EPSG:4527", "我的图层", "memory")
    QgsProject.instance().addMapLayer(own)
    QgsProject.instance().setDirty(False)
    save_project(plan)
    assert list(QgsProject.instance().mapLayers()) == [own.id()] and not QgsProject.instance().isDirty()
    assert QgsProject.instance().fileName() == ""


def test_what_the_planner_added_to_the_project_stays_when_it_is_mended(plan: Path, opened: QgsProject) -> None:
    save_project(plan)
    changed = QgsProject()
    changed.read(project_uri(plan))
    changed.setTitle("我的标题")
    changed.write(project_uri(plan))
    changed.clear()
    target = plan.with_name("改名后.gpkg")
    PlanFile(plan).layers_path.rename(PlanFile(target).layers_path)
    plan.rename(target)
    mend_project(target)
    assert_opens(target, opened)
    assert opened.title() == "我的标题"


def test_the_plan_stays_sound_and_out_of_wal_mode(plan: Path) -> None:
    save_project(plan)
    assert PlanFile.open(plan).verify() == []
    assert not list(plan.parent.glob("*-wal"))


def test_villages_show_their_category_and_forms_their_lists(plan: Path, opened: QgsProject) -> None:
    save_project(plan)
    opened.read(project_uri(plan))
    village, patch = (next(layer for layer in opened.mapLayers().values() if layer.name() == name) for name in ("行政村", "居民点用地"))
    assert village.fields().indexOf("category") >= 0 and village.renderer().classAttribute() == "category"
    related = patch.editorWidgetSetup(patch.fields().indexOf("hamlet_code")).config()["Layer"]
    assert opened.mapLayer(related).name() == "自然村/居民点"
