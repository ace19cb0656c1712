"""A package is written whole or not at all, the same for the same plan, and refused where something would be lost or is not allowed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from osgeo import ogr
from pyproj import Geod, Transformer

from tests.delivery.drawing import draw_small
from tests.delivery.plans import add_layers, box, clean_layers, plan_rows, write_plan
from village_planner import checks
from village_planner.base import Cancelled, InputError, Message, PlannerError, Refused, SilentFeedback, render
from village_planner.base.paths import resource
from village_planner.delivery import PackageRequest, geopackage, inspect_package, package, placing, vector, write_package
from village_planner.plan import PlanFile
from village_planner.standards import Profile, load_profile


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file by its path in the folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows_of(folder: Path, layer: str) -> list[dict[str, Any]]:
    """Rows of a delivered layer by field name, with `geom` (None or WKT)."""
    source = ogr.Open(str(next(folder.rglob("*.gpkg"))))
    rows = [{**feature.items(), "geom": _wkt(feature)} for feature in source.GetLayerByName(layer)]
    del source
    return rows


def _wkt(feature: ogr.Feature) -> str | None:
    return None if feature.GetGeometryRef() is None else str(feature.GetGeometryRef().ExportToWkt())


def request(plan: Path, folder: Path, **changes: Any) -> PackageRequest:
    """A request for a draft into `folder`, made where it is missing."""
    folder.mkdir(exist_ok=True)
    if changes.get("mode") != "formal":
        changes.setdefault("formats", ("gpkg", "xlsx"))
    return PackageRequest(plan, folder, **changes)


def refusal(asked: PackageRequest) -> str:
    """The Chinese sentence of the refusal, after seeing that nothing was left behind."""
    before = sorted(asked.folder.rglob("*")) if asked.folder.is_dir() else []
    with pytest.raises(PlannerError) as refused:
        write_package(asked, draw=draw_small)
    assert (sorted(asked.folder.rglob("*")) if asked.folder.is_dir() else []) == before
    return render(refused.value.message)


@pytest.fixture
def layered_plan(plan_path: Path) -> Path:
    """The clean plan with every layer that its rules need."""
    add_layers(plan_path, **clean_layers())
    return plan_path


def test_a_draft_says_so_in_its_name_its_sheets_its_metadata_and_its_manifest(plan_path: Path, tmp_path: Path) -> None:
    result = write_package(request(plan_path, tmp_path / "out"))
    assert result.path.name == "370799清河县村庄布局规划成果（征求意见稿）草稿"
    assert result.file_count == len(digests(result.path)) == 6
    assert json.loads((result.path / "manifest.json").read_text(encoding="utf-8"))["draft"] is True
    assert "<成果状态>草稿</成果状态>" in (result.path / "5数据说明" / "元数据.xml").read_text(encoding="utf-8")
    assert "由规划文件的“方案一”生成" in (result.path / "5数据说明" / "元数据.xml").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(next(result.path.rglob("*规划表格.xlsx")))
    assert all("草稿" in sheet["A1"].value and sheet.oddHeader.right.text == "草稿" for sheet in book)


def test_the_folder_holds_nothing_but_the_package_afterwards(plan_path: Path, tmp_path: Path) -> None:
    result = write_package(request(plan_path, tmp_path / "out"))
    assert list((tmp_path / "out").iterdir()) == [result.path]


def test_the_same_plan_gives_the_same_bytes(plan_path: Path, tmp_path: Path) -> None:
    first = write_package(request(plan_path, tmp_path / "a"))
    time.sleep(1.1)
    second = write_package(request(plan_path, tmp_path / "b"))
    assert digests(first.path) == digests(second.path)


def test_layers_have_exactly_the_fields_of_the_profile(clean_package: Path, profile: Profile) -> None:
    source = ogr.Open(str(next(clean_package.rglob("*.gpkg"))))
    delivered = {source.GetLayer(number).GetName() for number in range(source.GetLayerCount())}
    assert delivered == {"CZBM", *(spec.name for spec in profile.layers.values() if spec.required)}
    for name, spec in ((name, spec) for name, spec in profile.layers.items() if name in delivered):
        definition = source.GetLayerByName(name).GetLayerDefn()
        found = [definition.GetFieldDefn(position) for position in range(definition.GetFieldCount())]
        assert [field.GetName() for field in found] == [field.name for field in spec.fields]
        assert [field.GetWidth() for field in found if field.GetType() == ogr.OFTString] == [f.width for f in spec.fields if f.type == "text"]


def test_areas_are_ellipsoidal_and_serials_follow_the_natural_key(clean_package: Path) -> None:
    rows = [(row["YDBH"], row["BSM"], row["YDZT"], row["YDMJ"]) for row in rows_of(clean_package, "JMDYD")]
    assert [row[0] for row in rows] == ["P1", "P2", "P3", "P4", "P5"]
    assert [row[1] for row in rows] == [f"3707999030{number:08d}" for number in range(1, 6)]
    assert [row[2] for row in rows] == ["1", "2", "2", "1", "1"]
    to_degrees = Transformer.from_crs(4547, 4490, always_xy=True)
    ring = box(450, 450, 400, 100).segmentize(10).exterior
    area, _ = Geod(a=6378137.0, rf=298.257222101).polygon_area_perimeter(*to_degrees.transform(*ring.xy))
    assert rows[0][3] == pytest.approx(abs(area), abs=0.01)


def test_a_move_to_a_site_is_a_line_and_a_move_for_cash_has_none(clean_package: Path) -> None:
    rows = {row["RWBH"]: (row["QRXZQDM"], row["QRMC"], row["geom"] is not None) for row in rows_of(clean_package, "CZQBGX")}
    assert rows == {"M1": ("370799101201001", "王家庄", True), "M2": ("AZ01", "东河安置点", True), "M3": (None, "货币安置", False)}


def test_an_earlier_package_of_the_plan_is_replaced_whole(plan_path: Path, tmp_path: Path) -> None:
    first = write_package(request(plan_path, tmp_path / "out"))
    before = digests(first.path)
    with PlanFile.open(plan_path).write("测试", "改名") as tx:
        tx.update("village", {"code": "370799101201"}, name="王家庄新村")
    second = write_package(request(plan_path, tmp_path / "out"))
    assert second.path == first.path
    assert digests(second.path) != before
    assert inspect_package(second.path).findings.empty


def test_a_foreign_folder_of_that_name_is_refused(plan_path: Path, tmp_path: Path, clean_package: Path) -> None:
    asked = request(plan_path, tmp_path / "out")
    (asked.folder / clean_package.name).mkdir()
    (asked.folder / clean_package.name / "我的文件.txt").write_text("x", encoding="utf-8")
    assert "不是本软件生成" in refusal(asked)


def test_a_package_of_another_plan_is_refused(plan_path: Path, tmp_path: Path) -> None:
    write_package(request(plan_path, tmp_path / "out"))
    rows = plan_rows()
    rows["plan"][0]["guid"] = "another"
    other = write_plan(tmp_path / "other.gpkg", rows)
    assert "另一规划文件" in refusal(request(other, tmp_path / "out"))


@pytest.mark.parametrize("added", ["1规划文本.pdf", "manifest2.json"])
def test_files_that_somebody_put_into_the_package_are_not_thrown_away(plan_path: Path, tmp_path: Path, added: str) -> None:
    result = write_package(request(plan_path, tmp_path / "out"))
    (result.path / added).write_bytes(b"mine")
    assert added in refusal(request(plan_path, tmp_path / "out"))
    assert (result.path / added).read_bytes() == b"mine"


def test_a_workbook_that_somebody_edited_is_not_thrown_away(plan_path: Path, tmp_path: Path) -> None:
    result = write_package(request(plan_path, tmp_path / "out"))
    book = next(result.path.rglob("*规划表格.xlsx"))
    book.write_bytes(book.read_bytes() + b" ")
    assert "规划表格.xlsx" in refusal(request(plan_path, tmp_path / "out"))


class StopAfter(SilentFeedback):
    """Cancels at the n-th question."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    def is_cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("questions", [0, 5, 12, 16, 20, 24])
def test_a_cancel_leaves_the_target_as_it_was(plan_path: Path, tmp_path: Path, questions: int) -> None:
    result = write_package(request(plan_path, tmp_path / "out"))
    before = digests(tmp_path / "out")
    with pytest.raises(Cancelled):
        write_package(request(plan_path, tmp_path / "out"), StopAfter(questions))
    assert digests(tmp_path / "out") == before
    assert list((tmp_path / "out").iterdir()) == [result.path]


def test_a_failure_while_the_new_package_is_put_in_place_brings_the_old_one_back(
    plan_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = write_package(request(plan_path, tmp_path / "out"))
    before = digests(tmp_path / "out")
    rename = os.rename

    def fail_for_the_new_one(source: Path, target: Path) -> None:
        if Path(source).name == "package":
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(placing.os, "rename", fail_for_the_new_one)
    with pytest.raises(InputError) as refused:
        write_package(request(plan_path, tmp_path / "out"))
    assert "磁盘空间不足" in render(refused.value.message)
    assert digests(tmp_path / "out") == before
    assert list((tmp_path / "out").iterdir()) == [result.path]


def test_an_earlier_package_that_a_killed_run_put_aside_is_put_back(plan_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = write_package(request(plan_path, tmp_path / "out"))
    before = digests(result.path)
    rename = os.rename

    def die(source: Path, target: Path) -> None:
        rename(source, target)
        os._exit(9)

    child = os.fork()
    if child == 0:
        placing.os.rename = die
        write_package(request(plan_path, tmp_path / "out"))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert not result.path.exists()
    with pytest.raises(Cancelled):
        write_package(request(plan_path, tmp_path / "out"), StopAfter(1))
    assert digests(result.path) == before
    assert list((tmp_path / "out").iterdir()) == [result.path]


def test_a_full_disk_is_told_in_words_and_leaves_nothing(plan_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(geopackage, "_write_schema", full)
    assert "写入失败" in refusal(request(plan_path, tmp_path / "out"))
    monkeypatch.setattr(vector.shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
    assert "磁盘空间不足" in refusal(request(plan_path, tmp_path / "out"))


@pytest.mark.parametrize(("number", "words"), [(errno.EACCES, "没有写入权限"), (errno.EROFS, "只读"), (errno.ENOSPC, "磁盘空间不足"), (errno.EIO, "error")])
def test_why_a_folder_cannot_be_written_is_told_in_chinese(
    plan_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> str:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(package.tempfile, "mkdtemp", refuse)
    assert words in refusal(request(plan_path, tmp_path / "out"))


def test_a_package_whose_workbook_is_open_elsewhere_is_not_replaced(plan_path: Path, tmp_path: Path) -> None:
    result = write_package(request(plan_path, tmp_path / "out"))
    (result.path / "3规划表格" / "~$370799清河县村庄布局规划表格.xlsx").write_bytes(b"lock")
    assert "关闭" in refusal(request(plan_path, tmp_path / "out"))


def test_what_a_file_manager_leaves_in_a_folder_does_not_stop_a_new_package(plan_path: Path, tmp_path: Path) -> None:
    result = write_package(request(plan_path, tmp_path / "out"))
    (result.path / "3规划表格" / "Thumbs.db").write_bytes(b"x")
    assert write_package(request(plan_path, tmp_path / "out")).inspection.findings.empty


def test_a_format_that_the_profile_requires_and_nobody_can_write_is_refused_as_such(plan_path: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(resource("profiles", "layout-2035"), tmp_path / "other"))
    spec = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    spec["inspection"]["formats"] = ["gpkg", "dwg"]
    (folder / "package.json").write_text(json.dumps(spec), encoding="utf-8")
    assert "不能生成格式 dwg" in refusal(request(plan_path, tmp_path / "out", profile=folder))


def test_a_plan_without_a_county_code_is_named_by_the_codes_of_its_villages(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["plan"][0]["county_code"] = None
    assert write_package(request(write_plan(tmp_path / "plan.gpkg", rows), tmp_path / "out")).path.name.startswith("370799")


def test_a_text_that_is_cut_in_a_message_shows_that_it_goes_on(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["hamlet"][1]["name"] = "庄" * 70
    result = write_package(request(write_plan(tmp_path / "plan.gpkg", rows), tmp_path / "out"))
    params = {row.subject: row.params for row in result.inspection.findings.itertuples()}
    assert params["JMD.JMDMC"]["value"].endswith("庄…")
    assert params["JMD.JMDMC"]["examples"] == "370799101201002"
    assert params["JMDYD.JMDMC"]["examples"] == "P2"


def test_a_draft_of_a_faulty_plan_is_written_and_lists_its_findings(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["move"] = [row for row in rows["move"] if row["code"] != "M1"]
    result = write_package(request(write_plan(tmp_path / "plan.gpkg", rows), tmp_path / "out"))
    record = next(result.path.rglob("质检记录.csv")).read_text(encoding="utf-8-sig")
    assert "QC-7103" in record and "hamlet:370799101201002" in record
    assert set(inspect_package(result.path).plan_result.findings["rule"]) >= {"QC-7103"}


def test_a_text_that_is_too_wide_is_listed_and_not_cut(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["category"][0]["grounds"] = "集聚" * 200
    result = write_package(request(write_plan(tmp_path / "plan.gpkg", rows), tmp_path / "out"))
    assert list(result.inspection.findings["message_code"]) == ["delivery.value_too_wide"]
    assert "CZBD.FLYJ" in next(result.path.rglob("质检记录.csv")).read_text(encoding="utf-8-sig")
    assert max(len(row["FLYJ"] or "") for row in rows_of(result.path, "CZBD")) > 400
    assert set(inspect_package(result.path).findings["rule"]) == {"QC-3101"}


def test_a_plan_without_any_geometry_is_written_and_inspected(tmp_path: Path) -> None:
    rows = plan_rows()
    for table in ("village", "hamlet", "site"):
        for row in rows[table]:
            row["geom"] = None
    rows["patch"] = []
    result = write_package(request(write_plan(tmp_path / "plan.gpkg", rows), tmp_path / "out"))
    assert result.inspection.counts == {"A": 0, "B": 0, "C": 0}


def test_an_empty_plan_is_written_and_inspected(tmp_path: Path) -> None:
    rows = {name: values for name, values in plan_rows().items() if name in ("plan", "phase", "scenario")}
    result = write_package(request(write_plan(tmp_path / "plan.gpkg", rows), tmp_path / "out"))
    assert result.inspection.findings.empty


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mode": "final"}, "成果类型"), ({"edition": "letter"}, "成果版次"), ({"formats": ("gpkg", "xlsx", "dwg")}, "dwg"), ({"formats": ("gpkg",)}, "xlsx"),
        ({"scenario": "S9"}, "S9"), ({"mode": "formal", "edition": "submission"}, "送审稿"),
    ],
)
def test_a_wrong_parameter_is_refused_in_words(plan_path: Path, tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    assert words in refusal(request(plan_path, tmp_path / "out", **changes))


def test_a_folder_that_does_not_exist_is_refused(plan_path: Path, tmp_path: Path) -> None:
    assert "不存在" in refusal(PackageRequest(plan_path, tmp_path / "nowhere"))


def test_a_formal_package_is_refused_while_rules_could_not_run(plan_path: Path, tmp_path: Path) -> None:
    sentence = refusal(request(plan_path, tmp_path / "out", mode="formal"))
    assert "QC-5202" in sentence and "永久基本农田" in sentence


def test_a_formal_package_is_refused_while_an_a_finding_is_open(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["move"] = [row for row in rows["move"] if row["code"] != "M1"]
    sentence = refusal(request(write_plan(tmp_path / "plan.gpkg", rows), tmp_path / "out", mode="formal"))
    assert "A 类问题" in sentence and "北洼" in sentence


def test_a_formal_package_of_a_clean_plan_with_all_layers_is_no_draft(layered_plan: Path, tmp_path: Path) -> None:
    result = write_package(request(layered_plan, tmp_path / "out", mode="formal"), draw=draw_small)
    assert result.path.name == "370799清河县村庄布局规划成果（征求意见稿）"
    assert "草稿" not in (result.path / "5数据说明" / "元数据.xml").read_text(encoding="utf-8")
    assert inspect_package(result.path).counts["A"] == 0


def test_a_documented_exception_lets_a_formal_package_pass(layered_plan: Path, tmp_path: Path) -> None:
    plan = PlanFile.open(layered_plan)
    with plan.write("测试", "名录") as tx:
        tx.update("hamlet", {"code": "370799101201002"}, protection="traditional")
    asked = request(layered_plan, tmp_path / "out", mode="formal")
    assert "北洼" in refusal(asked)
    found = checks.run(plan.read(), plan.layers(), load_profile("layout-2035"), formal=True).findings
    found = found[found["severity"] == "A"]
    with plan.write("测试", "举证") as tx:
        tx.insert("waiver", [
            {"finding_key": row.key, "finding_digest": row.digest, "reason": "已通过前置审查", "person": "测试", "date": "2026-03-02",
             "evidence": "前置审查意见.pdf"}
            for row in found.itertuples()
        ])
    result = write_package(asked, draw=draw_small)
    assert "已举证" in next(result.path.rglob("质检记录.csv")).read_text(encoding="utf-8-sig")
    inspection = inspect_package(result.path)
    assert inspection.counts["A"] == 0
    assert list(zip(inspection.plan_result.findings["rule"], inspection.plan_result.findings["state"])) == [("QC-7106", "waived")]


def test_an_exception_dies_in_the_package_when_what_it_excused_has_changed(plan_path: Path, tmp_path: Path) -> None:
    plan = PlanFile.open(plan_path)
    with plan.write("测试", "举证") as tx:
        tx.update("hamlet", {"code": "370799101201002"}, protection="traditional")
        found = checks.finding_key("QC-7106", "hamlet", "370799101201002", None, None)
        tx.insert("waiver", [{"finding_key": found, "finding_digest": "0" * 40, "reason": "旧", "person": "测试", "date": "2026-03-02", "evidence": "a.pdf"}])
    assert inspect_package(write_package(request(plan_path, tmp_path / "out")).path).counts["A"] == 1


@pytest.mark.parametrize("crs", [4490, 4547])
def test_layers_without_geometry_are_not_judged_by_their_projection(tmp_path: Path, crs: int) -> None:
    rows = {name: values for name, values in plan_rows().items() if name in ("plan", "phase", "scenario", "township")}
    rows["plan"][0]["crs"] = crs
    result = write_package(request(write_plan(tmp_path / "plan.gpkg", rows), tmp_path / "out"))
    assert result.inspection.findings.empty


def test_land_on_basic_farmland_is_delivered_with_its_village(plan_path: Path, tmp_path: Path) -> None:
    add_layers(plan_path, permanent_basic_farmland=[box(450, 450, 20, 10)])
    result = write_package(request(plan_path, tmp_path / "out"))
    assert {row["XZQDM"]: row["ZYYJJBNTMJ"] for row in rows_of(result.path, "CZBD")}["370799101201"] == pytest.approx(200, abs=0.1)


def test_the_contact_is_left_out_of_the_edition_for_public_notice(plan_path: Path, tmp_path: Path) -> None:
    for edition, expected in (("consultation", True), ("notice", False)):
        result = write_package(request(plan_path, tmp_path / "out", edition=edition, person="经办人"))
        assert ("经办人" in (result.path / "5数据说明" / "元数据.xml").read_text(encoding="utf-8")) is expected


def test_every_message_of_the_room_has_its_entry() -> None:
    assert render(Message("delivery.file_missing", {"path": "a"})) == "缺少“a”。"
    assert isinstance(Refused("delivery.target_foreign", folder="a"), PlannerError)


def test_a_package_can_be_moved_and_inspected_elsewhere(clean_package: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(clean_package, tmp_path / "elsewhere" / clean_package.name))
    assert inspect_package(moved).findings.empty
