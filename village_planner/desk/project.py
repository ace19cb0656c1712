"""The QGIS project kept in the plan file: made on request, and found again after the folder was moved or the files were renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsLayerTreeGroup,
    QgsMapLayer,
    QgsPathResolver,
    QgsProject,
    QgsProviderRegistry,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
    QgsVectorLayerJoinInfo,
)
from qgis.PyQt.QtCore import QCoreApplication, QUrl, QUrlQuery

from village_planner.base import PlanFileError
from village_planner.desk import compat, styles
from village_planner.desk.forms import relate, table_layer
from village_planner.desk.layers import control_layer
from village_planner.plan import PlanFile
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

PROJECT = "plan"
_SCOPE, _ENTRY = "village_planner", "plan_file"
_MAP_TABLES = ("site", "hamlet", "patch", "township", "village")
_OTHER_TABLES = (
    "category", "action", "move", "site_capacity", "consent", "implementation", "fact", "quota", "fixed_village", "village_alias", "roster_difference",
    "waiver", "scenario", "phase", "plan",
)
_OF_SCENARIO = ("category", "action", "move")


def project_uri(path: Path) -> str:
    """How QGIS names the project in a plan file."""
    url = QUrl()
    url.setScheme("geopackage")
    url.setPath(QUrl.fromLocalFile(str(path.absolute())).path())
    query = QUrlQuery()
    query.addQueryItem("projectName", PROJECT)
    url.setQuery(query)
    return bytes(url.toEncoded()).decode("ascii")


def has_project(path: Path) -> bool:
    """Whether the plan file holds a project."""
    storage = compat.geopackage_storage()
    return storage is not None and PROJECT in storage.listProjects(str(path))


def save_project(path: Path) -> None:
    """Make a project of the plan's tables and control layers and put it into the plan file, in place of an earlier one.

    The project that is open in QGIS is not touched. Raises PlanFileError where the file cannot be written, or where what was
    written would not find its layers.
    """
    plan = PlanFile(path.absolute())
    if not plan.writable:
        raise PlanFileError("plan.read_only", file=path.name)
    project = _made(plan)
    _write(project, plan.path)
    _verify(plan.path)


def mend_project(path: Path) -> bool:
    """Let the project in a plan file find its layers where they are now; returns whether it had lost them.

    Raises PlanFileError where there is none, or a layer stays lost (the control layers were left behind).
    """
    path = path.absolute()
    earlier = _earlier_name(path)
    if earlier is None:
        raise PlanFileError("desk.no_project", file=path.name)
    if earlier == path.name and not _lost(path):
        return False
    _refuse_lost(path, _rewritten(path, earlier))
    if PlanFile(path).writable:
        _verify(path)
    return True


def _earlier_name(path: Path) -> str | None:
    """The name that the plan file had when its project was written; None where it holds none that can be read."""
    project = QgsProject()
    if not has_project(path) or not project.read(project_uri(path), compat.DONT_RESOLVE_LAYERS):
        return None
    return str(project.readEntry(_SCOPE, _ENTRY, path.name)[0])


def _rewritten(path: Path, earlier: str) -> list[str]:
    """Write the project with the present names, unless layers stay lost: their names.

    What raises holds no project: an exception that lives on would keep its layers beyond QGIS itself.
    """
    project = QgsProject()
    with _renamed(earlier, path):
        project.read(project_uri(path))
    lost = _lost_in(project, path)
    if not lost and PlanFile(path).writable:
        _write(project, path)
    return lost


def _made(plan: PlanFile) -> QgsProject:
    data, profile = plan.read(), plan.profile()
    project = QgsProject()
    project.setTitle(str(data.info["title"]))
    project.setCrs(QgsCoordinateReferenceSystem(f"EPSG:{data.crs}"))
    project.writeEntry("Paths", "Absolute", False)
    tables = {table: table_layer(plan.path, table, profile) for table in (*_MAP_TABLES, *_OTHER_TABLES)}
    for table in _OF_SCENARIO:
        tables[table].setSubsetString(f"\"scenario\" = '{data.scenario}'")
    for layer in tables.values():
        layer.setCustomProperty(_SCOPE, True)
    project.addMapLayers(list(tables.values()), False)
    relate(tables, data.scenario)
    group = project.layerTreeRoot().addGroup(str(data.info["title"]))
    _style(tables, profile)
    for table in _MAP_TABLES:
        group.addLayer(tables[table]).setExpanded(False)
    _add_controls(project, group, plan, data, profile)
    others = group.addGroup(QCoreApplication.translate("PlanLayers", "Tables"))
    others.setExpanded(False)
    for table in _OTHER_TABLES:
        others.addLayer(tables[table])
    bounds = QgsRectangle()
    for table in ("township", "village", "hamlet"):
        if tables[table].featureCount():
            bounds.combineExtentWith(tables[table].extent())
    if not bounds.isEmpty():
        project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(bounds, project.crs()))
    return project


def _style(tables: dict[str, QgsVectorLayer], profile: Profile) -> None:
    """Colours of categories and actions, which lie in tables of their own."""
    for table, decision, key in (("village", "category", "village_code"), ("hamlet", "action", "hamlet_code")):
        join = QgsVectorLayerJoinInfo()
        join.setJoinLayer(tables[decision])
        join.setJoinFieldName(key)
        join.setTargetFieldName("code")
        join.setPrefix("")
        join.setJoinFieldNamesSubset([decision])
        join.setUsingMemoryCache(True)
        tables[table].addJoin(join)
    styles.style_villages(tables["village"], profile.code_list("category"))
    styles.style_hamlets(tables["hamlet"], profile.code_list("action"))
    styles.style_patches(tables["patch"], profile.code_list("patch_kind"))
    styles.style_sites(tables["site"], (profile.code_list("patch_kind").row("site") or {}).get("color") or "#984ea3")
    styles.style_townships(tables["township"])


def _add_controls(project: QgsProject, parent: QgsLayerTreeGroup, plan: PlanFile, data: PlanData, profile: Profile) -> None:
    group = parent.addGroup(QCoreApplication.translate("PlanLayers", "Control layers"))
    group.setExpanded(False)
    kinds = profile.code_list("control_kind")
    for row in data.control_layer.to_dict("records"):
        layer = control_layer(plan.layers_path, row, kinds)
        if layer is None:
            continue
        layer.setCustomProperty(_SCOPE, True)
        project.addMapLayer(layer, False)
        group.addLayer(layer).setItemVisibilityChecked(kinds.role(row["kind"]) == "line")


def _write(project: QgsProject, path: Path) -> None:
    project.writeEntry(_SCOPE, _ENTRY, path.name)
    # QGIS 3.40 takes a file of the same name in the working directory for the one beside the project.
    with _working_in(path.parent):
        written = project.write(project_uri(path))
    if not written:
        detail = project.error()[:200]
        project.clear()
        raise PlanFileError("desk.project_not_saved", file=path.name, detail=detail)


def _verify(path: Path) -> None:
    _refuse_lost(path, _lost(path))


def _refuse_lost(path: Path, lost: list[str]) -> None:
    if lost:
        raise PlanFileError("desk.project_layers_lost", file=path.name, layers="、".join(lost[:5]), count=len(lost))


def _lost(path: Path) -> list[str]:
    """Names of the layers that the project in the file does not find, or finds in another file than those of the plan."""
    project = QgsProject()
    with _working_in(path.parent):
        if not project.read(project_uri(path)):
            return [path.name]
    return _lost_in(project, path)


def _lost_in(project: QgsProject, path: Path) -> list[str]:
    own = {path.name, PlanFile(path).layers_path.name}
    return [layer.name() for layer in project.mapLayers().values() if not layer.isValid() or not _is_of_plan(layer, path, own)]


def _is_of_plan(layer: QgsMapLayer, path: Path, own: set[str]) -> bool:
    """Whether a layer lies in the plan's files; what the planner has added from elsewhere is none of our business."""
    if layer.providerType() != "ogr" or not layer.customProperty(_SCOPE, False):
        return True
    source = Path(str(QgsProviderRegistry.instance().decodeUri("ogr", layer.source()).get("path", "")))
    return source.name in own and source.resolve().parent == path.resolve().parent


@contextmanager
def _renamed(earlier: str, path: Path) -> Iterator[None]:
    """While a project is read, take the plan's present files for those that it names."""
    present = {earlier: path, Path(earlier).with_suffix(".layers.gpkg").name: PlanFile(path).layers_path}

    def to_present(source: str) -> str:
        file, mark, layer = source.partition("|")
        name = file.replace("\\", "/").rsplit("/", 1)[-1]
        return f"{present[name]}{mark}{layer}" if name in present else source

    processor = QgsPathResolver.setPathPreprocessor(to_present)
    try:
        yield
    finally:
        QgsPathResolver.removePathPreprocessor(processor)


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
