"""Every table that a planner may edit has a form in Chinese with drop-down lists and limits, in our desk, plain QGIS and QField."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsValueMapFieldFormatter, QgsVectorLayer, QgsVectorLayerUtils

from tests.desk.small_plan import HAMLETS, make_plan
from village_planner.desk import compat
from village_planner.desk.forms import EDITABLE, relate, table_layer
from village_planner.plan import PlanFile
from village_planner.plan.choices import CODE_LISTS, OPEN_COLUMNS
from village_planner.plan.schema import BY_NAME
from village_planner.standards import load_profile

CODED = sorted(key for key in CODE_LISTS if key not in OPEN_COLUMNS)
REFERRING = sorted((table, column.name) for table in EDITABLE for column in BY_NAME[table].columns if column.references)


@pytest.fixture(scope="module")
def layers(qgis_app: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, QgsVectorLayer]]:
    """All tables of the small plan as related layers; tests that write take a plan of their own."""
    made = related(make_plan(tmp_path_factory.mktemp("forms") / "小规划.gpkg"))
    yield made
    made.clear()


def related(plan_path: Path) -> dict[str, QgsVectorLayer]:
    """All tables of a plan as related layers."""
    profile = load_profile("layout-2035")
    made = {table: table_layer(plan_path, table, profile) for table in BY_NAME}
    relate(made, "S1")
    return made


@pytest.mark.parametrize("table", EDITABLE)
def test_every_column_of_an_editable_table_has_its_chinese_name(layers: dict[str, QgsVectorLayer], table: str) -> None:
    layer = layers[table]
    assert layer.isValid() and not layer.readOnly() and layer.name() == BY_NAME[table].alias
    for column in BY_NAME[table].columns:
        assert layer.attributeAlias(layer.fields().indexOf(column.name)) == column.alias


def test_every_closed_column_of_the_schema_has_a_list_of_names() -> None:
    closed = {(table.name, column.name) for table in BY_NAME.values() for column in table.columns if column.choices}
    assert closed <= set(CODE_LISTS)


@pytest.mark.parametrize(("table", "column"), CODED)
def test_every_coded_column_has_a_drop_down_list_in_chinese(layers: dict[str, QgsVectorLayer], table: str, column: str) -> None:
    layer = layers[table]
    setup = layer.editorWidgetSetup(layer.fields().indexOf(column))
    assert setup.type() == "ValueMap"
    listed = {value: name for entry in setup.config()["map"] for name, value in entry.items()}
    spec = next(one for one in BY_NAME[table].columns if one.name == column)
    assert (QgsValueMapFieldFormatter.NULL_VALUE in listed) is not spec.required
    assert set(spec.choices) <= set(listed) and not set(listed.values()) & set(spec.choices) - {"A", "B", "C"}


@pytest.mark.parametrize(("table", "column"), REFERRING)
def test_every_reference_offers_the_rows_of_the_other_table_by_name(layers: dict[str, QgsVectorLayer], table: str, column: str) -> None:
    layer = layers[table]
    setup = layer.editorWidgetSetup(layer.fields().indexOf(column))
    target = next(one for one in BY_NAME[table].columns if one.name == column).references.partition(".")[0]
    assert setup.type() == "ValueRelation" and setup.config()["Layer"] == layers[target].id()


def test_plain_qgis_offers_the_choices_that_the_file_names(qgis_app: Any, plan_path: Path) -> None:
    from osgeo import gdal

    data = gdal.OpenEx(str(plan_path))
    domains = {
        (table, column): data.GetLayerByName(table).GetLayerDefn().GetFieldDefn(
            data.GetLayerByName(table).GetLayerDefn().GetFieldIndex(column)
        ).GetDomainName()
        for table, column in CODED
    }
    assert all(domains.values())
    assert data.GetFieldDomain(domains["site", "setting"]).GetEnumeration() == {"rural": "农村安置", "town": "城镇安置"}


def test_a_file_whose_choices_are_gone_names_them_again(plan_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(plan_path)) as connection, connection:
        connection.execute("DELETE FROM gpkg_data_column_constraints")
    plan = PlanFile.open(plan_path)
    assert plan.offer_choices() is True
    assert plan.offer_choices() is False
    assert plan.verify() == []


def test_numbers_out_of_range_are_told_in_the_form(layers: dict[str, QgsVectorLayer]) -> None:
    layer = layers["hamlet"]
    feature = next(layer.getFeatures())
    index = layer.fields().indexOf("households")
    assert QgsVectorLayerUtils.validateAttribute(layer, feature, index)[0]
    feature["households"] = -1
    accepted, reasons = QgsVectorLayerUtils.validateAttribute(layer, feature, index)
    assert not accepted and "户籍户数" in layer.constraintDescription(index)


def test_a_new_patch_gets_a_code_and_is_new(layers: dict[str, QgsVectorLayer]) -> None:
    layer = layers["patch"]
    made = QgsVectorLayerUtils.createFeature(layer, QgsGeometry.fromWkt("POLYGON((0 0,1 0,1 1,0 0))"))
    assert str(made["code"]).startswith("P") and len(made["code"]) == 33 and made["kind"] == "new"
    assert layer.editFormConfig().readOnly(layer.fields().indexOf("code"))


def test_a_patch_is_given_to_another_hamlet_and_history_knows(qgis_app: Any, plan_path: Path) -> None:
    layer = related(plan_path)["patch"]
    feature = next(layer.getFeatures())
    assert layer.startEditing()
    layer.changeAttributeValue(feature.id(), layer.fields().indexOf("hamlet_code"), HAMLETS[2])
    layer.changeAttributeValue(feature.id(), layer.fields().indexOf("note"), "现场核对：属甲坡")
    assert layer.commitChanges()
    plan = PlanFile.open(plan_path)
    patch = plan.read().patch.set_index("code").loc[feature["code"]]
    assert (patch["hamlet_code"], patch["note"]) == (HAMLETS[2], "现场核对：属甲坡")
    last = plan.history(1).iloc[0]
    assert last["rows"] == 1 and plan.verify() == []


def test_the_hamlets_of_a_patch_are_those_of_its_village_and_near_by(layers: dict[str, QgsVectorLayer]) -> None:
    from qgis.core import QgsExpressionContext, QgsExpressionContextUtils, QgsFeatureRequest

    layer = layers["patch"]
    patch = next(layer.getFeatures())
    wanted = layer.editorWidgetSetup(layer.fields().indexOf("hamlet_code")).config()["FilterExpression"]
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layers["hamlet"]))
    context.appendScope(QgsExpressionContextUtils.formScope(patch))
    request = QgsFeatureRequest().setFilterExpression(wanted)
    request.setExpressionContext(context)
    found = {feature["code"] for feature in layers["hamlet"].getFeatures(request)}
    assert set(HAMLETS[:3]) <= found


def test_what_the_program_alone_writes_is_read_only(layers: dict[str, QgsVectorLayer]) -> None:
    assert all(layers[table].readOnly() for table in BY_NAME if table not in EDITABLE)
    assert {"plan", "finding", "approval_step", "approved_state"}.isdisjoint(EDITABLE)


def test_a_form_feature_of_every_editable_table_can_be_made(layers: dict[str, QgsVectorLayer]) -> None:
    for table in EDITABLE:
        assert isinstance(QgsVectorLayerUtils.createFeature(layers[table]), QgsFeature)
    assert compat.NOT_NULL
