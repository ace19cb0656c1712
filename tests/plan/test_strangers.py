"""What other programs do to a plan file: each write leaves history, and the file itself refuses what must not be."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from osgeo import gdal

from tests.plan.conftest import HAMLETS, TOWNSHIP, VILLAGES
from tests.plan.procedure import approve
from village_planner.plan import PlanFile, decisions
from village_planner.spatial.blob import register_functions

LOCKED = "规划已批复"


def stranger(plan: PlanFile) -> sqlite3.Connection:
    """A connection without our session, with the functions that GDAL and QGIS bring."""
    connection = sqlite3.connect(plan.path, isolation_level=None)
    register_functions(connection)
    return connection


def last_history(plan: PlanFile) -> dict[str, Any]:
    connection = stranger(plan)
    connection.row_factory = sqlite3.Row
    row = dict(connection.execute("SELECT * FROM history ORDER BY id DESC LIMIT 1").fetchone())
    connection.close()
    return row


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(a) for a in arguments], capture_output=True, text=True, check=False)


def refused(plan: PlanFile, sql: str) -> str:
    connection = stranger(plan)
    try:
        with pytest.raises(sqlite3.IntegrityError) as caught:
            connection.execute(sql)
        return str(caught.value)
    finally:
        connection.close()


def decide_move(plan: PlanFile) -> str:
    with plan.write("张三", "迁并") as tx:
        return decisions.save_move(tx, {"scenario": "S1", "hamlet_code": HAMLETS[1], "destination_kind": "hamlet",
                                        "destination_code": HAMLETS[0], "phase": 2022, "households": 60})


def test_a_plain_sqlite_update_leaves_history_without_a_person(plan: PlanFile) -> None:
    connection = stranger(plan)
    connection.execute("INSERT INTO category (scenario, village_code, category, origin) VALUES ('S1', ?, '01', 'manual')", (VILLAGES[0],))
    connection.execute("UPDATE category SET category = '02'")
    connection.close()
    row = last_history(plan)
    assert (row["op"], row["tbl"], row["client"], row["who"]) == ("U", "category", None, None)
    assert (json.loads(row["old"])["category"], json.loads(row["new"])["category"]) == ("01", "02")
    assert json.loads(row["row_key"]) == {"scenario": "S1", "village_code": VILLAGES[0]}


def test_what_strangers_wrote_becomes_one_action_that_can_be_undone(plan: PlanFile) -> None:
    connection = stranger(plan)
    for code in VILLAGES[:2]:
        connection.execute("INSERT INTO category (scenario, village_code, category, origin) VALUES ('S1', ?, '01', 'manual')", (code,))
    connection.close()
    top = plan.history().iloc[0]
    assert (top["label"], top["who"], top["rows"], top["can_undo"]) == ("其他软件修改", None, 2, True)
    plan.undo("张三")
    assert plan.read().category.empty
    assert plan.verify() == []


def test_strangers_writes_between_two_of_ours_stay_an_action_of_their_own(plan: PlanFile) -> None:
    connection = stranger(plan)
    connection.execute("UPDATE hamlet SET households = 77 WHERE code = ?", (HAMLETS[0],))
    connection.close()
    with plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
    assert plan.history()["label"].tolist()[:2] == ["分类", "其他软件修改"]
    plan.undo("张三")
    plan.undo("张三")
    assert plan.read().hamlet["households"][0] == 10


def test_a_write_that_changes_nothing_leaves_no_history(plan: PlanFile) -> None:
    before = last_history(plan)["id"]
    connection = stranger(plan)
    connection.execute("UPDATE hamlet SET households = households")
    connection.close()
    assert last_history(plan)["id"] == before


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_insert_or_replace_logs_the_row_that_it_drives_out(plan: PlanFile, recursive: str) -> None:
    connection = stranger(plan)
    connection.execute(f"PRAGMA recursive_triggers = {recursive}")
    sql = "INSERT OR REPLACE INTO category (scenario, village_code, category, origin) VALUES ('S1', ?, ?, 'manual')"
    connection.execute(sql, (VILLAGES[0], "01"))
    connection.execute(sql, (VILLAGES[0], "02"))
    ops = [(op, json.loads(old or new)["category"]) for op, old, new in
           connection.execute("SELECT op, old, new FROM history WHERE tbl = 'category' ORDER BY id")]
    connection.close()
    assert ops == [("I", "01"), ("D", "01"), ("I", "02")]
    assert PlanFile.open(plan.path).verify() == []


def test_an_ignored_insert_and_an_upsert_log_no_deletion(plan: PlanFile) -> None:
    connection = stranger(plan)
    insert = "INSERT {} INTO category (scenario, village_code, category, origin) VALUES ('S1', ?, '01', 'manual') {}"
    connection.execute(insert.format("", ""), (VILLAGES[0],))
    connection.execute(insert.format("OR IGNORE", ""), (VILLAGES[0],))
    connection.execute(insert.format("", "ON CONFLICT (scenario, village_code) DO UPDATE SET category = '03'"), (VILLAGES[0],))
    connection.execute(insert.format("", ""), (VILLAGES[1],))
    ops = [row[0] for row in connection.execute("SELECT op FROM history WHERE tbl = 'category' ORDER BY id")]
    connection.close()
    assert ops == ["I", "U", "I"]
    assert PlanFile.open(plan.path).verify() == []


@pytest.mark.parametrize(("sql", "words"), [
    ("INSERT INTO category (scenario, village_code, category, origin) VALUES ('S1', '999', '01', 'manual')", "“行政村代码”在“行政村”中不存在"),
    (f"UPDATE hamlet SET village_code = '999' WHERE code = '{HAMLETS[0]}'", "在“行政村”中不存在"),
    (f"DELETE FROM village WHERE code = '{VILLAGES[0]}'", "仍被“自然村/居民点”的“行政村代码”引用"),
    (f"UPDATE township SET code = '1' WHERE code = '{TOWNSHIP}'", "仍被“行政村”的“乡镇代码”引用"),
    ("DELETE FROM scenario", "仍被“规划”的“采纳方案”引用"),
    (f"UPDATE hamlet SET code = '{HAMLETS[5]}' WHERE code = '{HAMLETS[4]}'", "已有相同编号"),
    (f"UPDATE OR REPLACE hamlet SET code = '{HAMLETS[5]}' WHERE code = '{HAMLETS[4]}'", "已有相同编号"),
    ("INSERT OR REPLACE INTO hamlet (fid, code, village_code, name, is_main) SELECT fid, 'X', village_code, name, 1 FROM hamlet", "相同 fid"),
    ("UPDATE hamlet SET households = '十户'", "户籍户数"),
    ("UPDATE village SET facts_date = '2026-02-30'", "数据日期"),
    ("UPDATE patch SET kind = 'old'", "用地类型"),
    ("UPDATE hamlet SET name = NULL", "NOT NULL"),
    ("UPDATE plan SET status = 'approved'", "只能随审批记录变更"),
    ("INSERT OR REPLACE INTO plan SELECT * FROM plan", "有且只有一个规划"),
    ("DELETE FROM plan", "有且只有一个规划"),
    ("UPDATE plan SET public_notice_days = 1", "批前公示最少天数"),
    ("DELETE FROM history", "只能追加"),
    ("UPDATE history SET who = 'x'", "只能追加"),
    ("INSERT OR REPLACE INTO history (id, at, op, tbl, row_key) VALUES (1, '', 'I', 'x', '')", "只能追加"),
    ("DELETE FROM history_seal", "只能追加"),
    ("DELETE FROM gpkg_contents WHERE table_name = 'category'", "不能覆盖、改名或删除"),
    ("UPDATE gpkg_contents SET table_name = 'x' WHERE table_name = 'history'", "不能覆盖、改名或删除"),
])  # fmt: skip
def test_the_file_itself_refuses_what_would_break_the_plan(plan: PlanFile, sql: str, words: str) -> None:
    assert words in refused(plan, sql)


def test_once_approved_every_decision_table_refuses_every_client(plan: PlanFile) -> None:
    decide_move(plan)
    approve(plan)
    assert LOCKED in refused(plan, "INSERT INTO category (scenario, village_code, category, origin) VALUES ('S1', '1', '01', 'manual')")
    assert LOCKED in refused(plan, "UPDATE move SET households = 1")
    assert LOCKED in refused(plan, "DELETE FROM move")
    assert LOCKED in refused(plan, "UPDATE patch SET kind = 'cleared'")
    assert LOCKED in refused(plan, "INSERT OR REPLACE INTO site SELECT * FROM site")
    assert LOCKED in refused(plan, "UPDATE plan SET adopted_scenario = NULL")


def test_ogrinfo_sql_leaves_history_and_is_refused_when_locked(plan: PlanFile) -> None:
    update = "UPDATE site SET name = '安置点二' WHERE code = 'Z1'"
    assert run("ogrinfo", plan.path, "-sql", update).returncode == 0
    assert (last_history(plan)["op"], json.loads(last_history(plan)["new"])["name"]) == ("U", "安置点二")
    approve(PlanFile.open(plan.path))
    result = run("ogrinfo", plan.path, "-sql", "UPDATE site SET name = '安置点三'")
    assert LOCKED in result.stdout + result.stderr
    assert plan.read().site["name"].tolist() == ["安置点二"]


def _patches(folder: Path, hamlet: str, code: str) -> Path:
    path = folder / f"{code}.geojson"
    ring = [[0, 0], [50.5, 0], [50.5, 50.5], [0, 50.5], [0, 0]]
    path.write_text(json.dumps({
        "type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4523"}},
        "features": [{"type": "Feature", "properties": {"code": code, "hamlet_code": hamlet, "kind": "new"},
                      "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}],
    }))  # fmt: skip
    return path


def _append(plan: PlanFile, source: Path) -> subprocess.CompletedProcess[str]:
    return run("ogr2ogr", "-update", "-append", plan.path, source, "-nln", "patch")


def test_ogr2ogr_append_leaves_history_with_geometry_and_can_be_undone(plan: PlanFile, tmp_path: Path) -> None:
    assert _append(plan, _patches(tmp_path, HAMLETS[2], "P9")).returncode == 0
    row = last_history(plan)
    assert (row["op"], row["tbl"], row["client"]) == ("I", "patch", None)
    assert row["new_blob"][:2] == b"GP"
    plan = PlanFile.open(plan.path)
    assert plan.read().patch["geom"].iloc[-1].area == pytest.approx(50.5**2)
    plan.undo("张三")
    assert len(plan.read().patch) == 2
    assert plan.verify() == []


def test_ogr2ogr_append_is_refused_for_a_wrong_reference_and_when_locked(plan: PlanFile, tmp_path: Path) -> None:
    result = _append(plan, _patches(tmp_path, "999", "P9"))
    assert "在“自然村/居民点”中不存在" in result.stderr
    approve(PlanFile.open(plan.path))
    assert LOCKED in _append(plan, _patches(tmp_path, HAMLETS[2], "P8")).stderr
    assert len(plan.read().patch) == 2


@pytest.mark.parametrize("lock", [False, True])
def test_ogr2ogr_overwrite_cannot_drop_a_plan_table(plan: PlanFile, tmp_path: Path, lock: bool) -> None:
    if lock:
        approve(plan)
    before = plan.read().patch
    result = run("ogr2ogr", "-update", "-overwrite", plan.path, _patches(tmp_path, HAMLETS[2], "P9"), "-nln", "patch")
    assert result.returncode != 0
    assert plan.read().patch["code"].tolist() == before["code"].tolist()
    assert PlanFile.open(plan.path).verify() == []


def test_ogrinfo_sees_a_sound_geopackage_with_every_table(plan: PlanFile) -> None:
    result = run("ogrinfo", "-so", "-al", plan.path)
    assert result.returncode == 0
    assert "Warning" not in result.stderr and "ERROR" not in result.stderr
    for words in ("Layer name: patch", "Layer name: category", "Layer name: history", "Feature Count: 6"):
        assert words in result.stdout


def test_other_programs_find_the_names_of_codes_in_the_file(plan: PlanFile) -> None:
    dataset = gdal.OpenEx(str(plan.path), gdal.OF_VECTOR)
    field = dataset.GetLayerByName("action").GetLayerDefn().GetFieldDefn(2)
    domain = dataset.GetFieldDomain(field.GetDomainName())
    assert (field.GetName(), domain.GetEnumeration()) == ("action", {"retain": "保留", "merge": "就近撤并", "relocate": "搬迁"})


def test_ogr2ogr_upsert_is_logged_and_can_be_undone(plan: PlanFile, tmp_path: Path) -> None:
    source = _patches(tmp_path, HAMLETS[2], "P0")
    content = json.loads(source.read_text())
    content["features"][0]["id"] = 1
    source.write_text(json.dumps(content))
    assert run("ogr2ogr", "-upsert", "-preserve_fid", plan.path, source, "-nln", "patch").returncode == 0
    plan = PlanFile.open(plan.path)
    assert sorted(plan.read().patch["kind"]) == ["existing", "new"]
    # GDAL 3.6 replaces the row, GDAL 3.10 updates it: the history holds what it was either way.
    assert plan.history()["rows"].iloc[0] in (1, 2)
    assert plan.verify() == []
    plan.undo("张三")
    assert plan.read().patch["kind"].tolist() == ["existing", "existing"]
    assert plan.verify() == []


def test_other_programs_see_how_far_a_layer_reaches_after_our_write(plan: PlanFile) -> None:
    connection = stranger(plan)
    connection.execute("UPDATE gpkg_contents SET min_x = 0, min_y = 0, max_x = 1, max_y = 1")
    connection.close()
    with plan.write("张三", "安置点") as tx:
        tx.update("site", {"code": "Z1"}, geom=shapely.box(5000, 6000, 5010, 6010))
    dataset = gdal.OpenEx(str(plan.path), gdal.OF_VECTOR)
    assert dataset.GetLayerByName("site").GetExtent() == pytest.approx((5000, 5010, 6000, 6010))


def test_gdal_counts_are_mended_on_open(plan: PlanFile) -> None:
    connection = stranger(plan)
    connection.execute("DROP TRIGGER trigger_insert_feature_count_category")
    connection.execute("INSERT INTO category (scenario, village_code, category, origin) VALUES ('S1', ?, '01', 'manual')", (VILLAGES[0],))
    connection.close()
    PlanFile.open(plan.path)
    connection = stranger(plan)
    connection.execute("INSERT INTO category (scenario, village_code, category, origin) VALUES ('S1', ?, '01', 'manual')", (VILLAGES[1],))
    count = connection.execute("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'category'").fetchone()[0]
    connection.close()
    assert count == 2


Edit = Callable[[Any], bool]


@pytest.fixture
def qgis_layer(plan: PlanFile, qgis_app: Any) -> Callable[[str], Any]:
    """A layer of the plan file as plain QGIS opens it."""
    from qgis.core import QgsVectorLayer

    def opened(table: str) -> Any:
        layer = QgsVectorLayer(f"{plan.path}|layername={table}", table, "ogr")
        assert layer.isValid()
        return layer

    return opened


@pytest.mark.qgis
def test_plain_qgis_editing_leaves_history(plan: PlanFile, qgis_layer: Callable[[str], Any]) -> None:
    from qgis.core import QgsFeature, QgsGeometry

    site, category = qgis_layer("site"), qgis_layer("category")
    site.startEditing()
    feature = next(site.getFeatures())
    site.changeAttributeValue(feature.id(), site.fields().indexOf("name"), "安置点九")
    site.changeGeometry(feature.id(), QgsGeometry.fromWkt("MultiPolygon(((0 0,5 0,5 5,0 0)))"))
    assert site.commitChanges(), site.commitErrors()
    assert (last_history(plan)["tbl"], last_history(plan)["client"]) == ("site", None)
    category.startEditing()
    row = QgsFeature(category.fields())
    for name, value in (("scenario", "S1"), ("village_code", VILLAGES[0]), ("category", "01"), ("origin", "manual")):
        row[name] = value
    category.addFeature(row)
    assert category.commitChanges(), category.commitErrors()
    assert (last_history(plan)["op"], last_history(plan)["tbl"]) == ("I", "category")
    del site, category
    assert PlanFile.open(plan.path).verify() == []
    plan.undo("张三")
    assert plan.read().site["name"].tolist() == ["安置点一"]
    assert plan.read().category.empty


@pytest.mark.qgis
def test_plain_qgis_is_refused_in_words_and_stays_in_edit_mode(plan: PlanFile, qgis_layer: Callable[[str], Any]) -> None:
    approve(plan)
    site, hamlet = qgis_layer("site"), qgis_layer("hamlet")
    for layer, column, value, words in ((site, "name", "改", LOCKED), (hamlet, "village_code", "999", "在“行政村”中不存在")):
        layer.startEditing()
        layer.changeAttributeValue(next(layer.getFeatures()).id(), layer.fields().indexOf(column), value)
        assert not layer.commitChanges()
        assert words in "".join(layer.commitErrors())
        assert layer.isEditable()
        layer.rollBack()


@pytest.mark.qgis
def test_an_open_qgis_layer_shows_our_write_after_reload(plan: PlanFile, qgis_layer: Callable[[str], Any]) -> None:
    layer = qgis_layer("hamlet")
    assert layer.featureCount() == 6
    with plan.write("张三", "改名") as tx:
        tx.update("hamlet", {"code": HAMLETS[0]}, name="新庄")
        tx.insert("hamlet", [{"code": f"{VILLAGES[0]}003", "village_code": VILLAGES[0], "name": "三庄", "is_main": 0}])
    layer.dataProvider().reloadData()
    assert layer.featureCount() == 7
    assert next(layer.getFeatures())["name"] == "新庄"


@pytest.mark.qgis
def test_qgis_leaves_no_write_ahead_log_once_our_program_has_opened_the_file(plan: PlanFile, qgis_layer: Callable[[str], Any]) -> None:
    layer = qgis_layer("hamlet")
    layer.startEditing()
    layer.changeAttributeValue(next(layer.getFeatures()).id(), layer.fields().indexOf("note"), "注")
    assert layer.commitChanges()
    del layer
    with PlanFile.open(plan.path).write("张三", "备注") as tx:
        tx.update("hamlet", {"code": HAMLETS[1]}, note="注二")
    connection = stranger(plan)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    connection.close()
