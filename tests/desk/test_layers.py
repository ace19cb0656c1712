"""The plan's layers: one group of ours, coloured by the profile, following every decision."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from qgis.core import QgsProject, QgsVectorLayer

from tests.desk.small_plan import HAMLETS, VILLAGES
from village_planner.base import SilentFeedback
from village_planner.desk.forms import table_layer
from village_planner.desk.layers import PlanLayers
from village_planner.desk.session import PlanSession
from village_planner.intake import AddControl, add_control


@pytest.fixture
def layers(session: PlanSession) -> Iterator[PlanLayers]:
    shown = PlanLayers(session)
    shown.show()
    yield shown
    shown.remove()


def attribute(layer: QgsVectorLayer, code: str, name: str) -> object:
    return next(feature[name] for feature in layer.getFeatures() if feature["code"] == code)


def test_a_decision_shows_on_the_map_at_once(layers: PlanLayers, session: PlanSession) -> None:
    session.set_category(VILLAGES[:1], "03", "分类")
    session.set_action(HAMLETS[:1], "merge", "撤并")
    assert attribute(layers.villages.layer, VILLAGES[0], "category") == "03"
    assert attribute(layers.hamlets.layer, HAMLETS[0], "action") == "merge"
    session.undo()
    session.undo()
    assert not attribute(layers.villages.layer, VILLAGES[0], "category")


def test_a_decision_changes_only_the_features_that_it_touches(layers: PlanLayers, session: PlanSession) -> None:
    before = layers.villages.ids(VILLAGES)
    session.set_category(VILLAGES[:1], "03", "分类")
    assert layers.villages.ids(VILLAGES) == before


def test_a_move_is_an_arrow_from_hamlet_to_destination(layers: PlanLayers, session: PlanSession) -> None:
    session.set_action([HAMLETS[1]], "merge", "撤并")
    session.save_moves([{"hamlet_code": HAMLETS[1], "destination_kind": "hamlet", "destination_code": HAMLETS[0], "phase": 2025}], "任务")
    lines = list(layers._moves.layer.getFeatures())
    assert len(lines) == 1 and lines[0]["phase"] == 2025
    assert lines[0].geometry().length() == pytest.approx(100)


def test_other_layers_and_groups_of_the_project_stay(layers: PlanLayers) -> None:
    own = QgsVectorLayer("Point?crs=EPSG:4326", "mine", "memory")
    QgsProject.instance().addMapLayer(own)
    QgsProject.instance().layerTreeRoot().addGroup("my group")
    layers.show()
    layers.remove()
    assert list(QgsProject.instance().mapLayers().values()) == [own]
    assert QgsProject.instance().layerTreeRoot().findGroup("my group") is not None


def test_qgis_does_not_ask_to_save_what_only_mirrors_the_plan(layers: PlanLayers) -> None:
    assert layers.villages.layer.customProperty("skipMemoryLayersCheck")


def test_findings_are_drawn_by_shape_and_waived_ones_are_not(layers: PlanLayers, session: PlanSession) -> None:
    run = {"code": "R1", "at": "2021-01-01T00:00:00", "who": "测试", "scenario": "S1", "rules": [], "not_checked": []}
    places = session.data.hamlet["geom"]
    rows = [
        {
            "key": str(number), "rule": "QC-7106", "severity": "A", "subject_kind": "hamlet", "subject_code": HAMLETS[number],
            "village_code": None, "message_code": "x", "params": {}, "digest": "d", "state": state, "geom": shape,
        }
        for number, (state, shape) in enumerate(
            [("open", places[0]), ("open", places[1].buffer(9)), ("waived", places[2]), ("open", None)]
        )
    ]
    with session.writing("说明") as tx:
        tx.insert("waiver", [{"finding_key": "2", "finding_digest": "d", "reason": "…", "person": "甲", "date": "2026-01-01", "evidence": "1号"}])
    session.file.store_findings(run, pd.DataFrame(rows))
    session.reload()
    assert [mirror.layer.featureCount() for mirror, _ in layers._findings] == [1, 1]


@pytest.mark.parametrize("kind", ["village", "difference"])
def test_a_finding_on_a_whole_village_does_not_cover_the_map(layers: PlanLayers, session: PlanSession, kind: str) -> None:
    run = {"code": "R1", "at": "2021-01-01T00:00:00", "who": "测试", "scenario": "S1", "rules": [], "not_checked": []}
    row = {
        "key": "1", "rule": "QC-7102", "severity": "A", "subject_kind": kind, "subject_code": VILLAGES[0], "village_code": VILLAGES[0],
        "message_code": "x", "params": {}, "digest": "d", "state": "open", "geom": session.data.village["geom"][0],
    }
    session.file.store_findings(run, pd.DataFrame([row]))
    session.reload()
    assert [mirror.layer.featureCount() for mirror, _ in layers._findings] == [0, 0]


def test_forms_of_editable_tables_speak_chinese_and_name_the_choices(session: PlanSession) -> None:
    layer = table_layer(session.path, "patch", session.profile)
    kind = layer.fields().indexOf("kind")
    assert layer.attributeAlias(kind) == "用地类型"
    choices = layer.editorWidgetSetup(kind).config()["map"]
    assert layer.name() == "居民点用地" and {"现状": "existing"} in choices and len(choices) == 3
    sites = table_layer(session.path, "site", session.profile)
    assert {"农村安置": "rural"} in sites.editorWidgetSetup(sites.fields().indexOf("setting")).config()["map"]


def test_an_imported_control_layer_appears(layers: PlanLayers, session: PlanSession, tmp_path: Path) -> None:
    source = tmp_path / "道路.geojson"
    line = {"type": "LineString", "coordinates": [[117.0, 31.6], [117.01, 31.61]]}
    feature = {"type": "Feature", "properties": {"name": "县道"}, "geometry": line}
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    add_control(AddControl(plan=session.path, kind="road", source=str(source)), SilentFeedback())
    session.reload()
    group = QgsProject.instance().layerTreeRoot().findGroup("Control layers")
    assert [node.layer().featureCount() for node in group.findLayers()] == [1]
