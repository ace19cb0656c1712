"""Each edition contains what the profile says, a formal one needs its steps on record, and attachments go where the edition puts them."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from osgeo import gdal, ogr

from tests.delivery.drawing import draw_small
from tests.delivery.plans import add_layers, clean_layers, plan_rows, write_plan
from village_planner.base import InputError, Message, PlannerError, render
from village_planner.delivery import PackageRequest, inspect_package, write_package
from village_planner.delivery.editions import edition_profile, lacking_steps
from village_planner.delivery.manifest import read_manifest, write_manifest
from village_planner.plan import PlanFile
from village_planner.plan.data import plan_data
from village_planner.standards import Profile

PERSON = "经办人某某"
NEEDS = {
    "submission": ("expert_review", "public_notice"), "approval": ("expert_review", "public_notice", "committee"),
    "final": ("expert_review", "public_notice", "committee", "approved"),
}


def step(code: str, to: str) -> dict[str, Any]:
    """A row of table approval_step."""
    return {"code": code, "from_status": "drafting", "to_status": to, "date": "2026-03-01", "document": f"文号{code}", "result": "通过", "person": PERSON,
            "recorded_at": "2026-03-01"}


def words_in(package: Path) -> str:
    """All text of the package, of workbooks and documents too."""
    texts = []
    for path in (path for path in package.rglob("*") if path.is_file()):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                texts += [archive.read(name).decode("utf-8", "ignore") for name in archive.namelist()]
        else:
            content = path.read_bytes()
            texts += [content.decode("utf-8", "ignore"), content.decode("gb18030", "ignore"), content.decode("utf-16-le", "ignore")]
    return "\n".join(texts)


@pytest.fixture(scope="module")
def notice_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A formal notice of the clean plan with a waiver and a note that name a person."""
    folder = tmp_path_factory.mktemp("notice")
    rows = plan_rows()
    rows["village"][0]["note"] = PERSON
    rows["consent"][0]["document"] = f"{PERSON}签字.pdf"
    rows["waiver"] = [{"finding_key": "0" * 40, "finding_digest": "0" * 40, "reason": "已说明", "person": PERSON, "date": "2026-03-02", "accepted_by": PERSON}]
    plan = write_plan(folder / "plan.gpkg", rows)
    add_layers(plan, **clean_layers())
    formats = ("gpkg", "gdb", "shp", "vct", "xlsx", "docx", "sheets")
    return write_package(PackageRequest(plan, folder, mode="formal", edition="notice", formats=formats, person=PERSON), draw=draw_small).path


def test_a_notice_names_nobody_and_holds_no_votes_and_no_control_lines(notice_package: Path) -> None:
    assert PERSON not in words_in(notice_package)
    layers = gdal.OpenEx(str(next(notice_package.rglob("*.gpkg"))))
    names = {layers.GetLayer(number).GetName() for number in range(layers.GetLayerCount())}
    assert {"CZBD", "JMD", "CZQBGX"} <= names
    assert not {"CMBJ", "MLHD", "XZSJ", "CZKFBJ", "YJJBNT", "STBHHX", "JQYD"} & names


def test_a_notice_inspects_clean_and_says_what_it_cannot_answer(notice_package: Path) -> None:
    inspection = inspect_package(notice_package)
    assert inspection.findings.empty and inspection.plan_result.findings.empty
    told = {note.rule: note.message.code for note in inspection.not_checked}
    assert told["QC-7105"] == "delivery.not_checked.edition"
    assert told["QC-5202"] == told["QC-5301"] == "delivery.not_checked.withheld"
    assert "QC-7102" in inspection.plan_result.ran


def test_what_a_notice_may_not_hold_is_found(notice_package: Path, tmp_path: Path, profile: Profile) -> None:
    package = tmp_path / notice_package.name
    shutil.copytree(notice_package, package)
    source = gdal.OpenEx(str(next(package.rglob("*.gpkg"))), gdal.OF_VECTOR | gdal.OF_UPDATE)
    source.CreateLayer("CMBJ", None, ogr.wkbNone)
    field = ogr.FieldDefn("BZ", ogr.OFTString)
    source.GetLayerByName("CZBD").CreateField(field)
    del source
    workbook = next(package.rglob("*规划表格.xlsx"))
    book = openpyxl.load_workbook(workbook)
    book.create_sheet(profile.tables["F2"].sheet or "F2")
    book["B1村庄名录表"].cell(3, 20, "户主\n姓名")
    book["B4迁并方向与时序表"].cell(4, 45, "决议文件")
    book.create_sheet("通讯录").append(["序号", "联系电话"])
    book.save(workbook)
    explanation = next(package.rglob("*说明书.docx"))
    document = Document(str(explanation))
    document.add_table(1, 2).cell(0, 1).text = "身份证号"
    document.save(str(explanation))
    metadata = next(package.rglob("元数据.xml"))
    text = metadata.read_text(encoding="utf-8")
    metadata.write_text(text.replace("</负责单位>", "<联系人>某某</联系人></负责单位>"), encoding="utf-8")
    manifest = read_manifest(package)
    assert manifest is not None
    write_manifest(package, manifest)
    findings = inspect_package(package).findings
    found = findings[findings["rule"] == "PK-03"]
    assert {"CMBJ", "CZBD.BZ", "负责单位/联系人", profile.tables["F2"].sheet or "F2"} <= set(found["subject"])
    columns = {"B1村庄名录表·户主姓名", "B4迁并方向与时序表·决议文件", "通讯录·联系电话", "身份证号"}
    assert columns == set(found.loc[found["message_code"] == "delivery.column_not_for_edition", "subject"]) and set(found["severity"]) == {"A"}


@pytest.mark.parametrize("edition", sorted(NEEDS))
def test_a_formal_edition_names_the_steps_that_are_not_on_record(profile: Profile, edition: str) -> None:
    rows = plan_rows()
    assert lacking_steps(plan_data(**rows), profile, edition) == list(NEEDS[edition])
    rows["approval_step"] = [step(f"S{number}", to) for number, to in enumerate(NEEDS[edition][:-1])]
    assert lacking_steps(plan_data(**rows), profile, edition) == [NEEDS[edition][-1]]
    rows["approval_step"].append(step("S9", NEEDS[edition][-1]))
    assert lacking_steps(plan_data(**rows), profile, edition) == []


def test_steps_before_a_revision_count_no_more(profile: Profile) -> None:
    steps = [step(f"S{number}", to) for number, to in enumerate((*NEEDS["final"], "revision", "expert_review"))]
    lacking = lacking_steps(plan_data(**{**plan_rows(), "approval_step": steps}), profile, "final")
    assert lacking == ["public_notice", "committee", "approved"]


def test_a_formal_package_without_somebody_to_draw_its_sheets_is_refused(plan_path: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        write_package(PackageRequest(plan_path, tmp_path, mode="formal"))
    assert "QGIS" in render(refused.value.message)


def test_a_formal_package_needs_every_format_of_the_profile(plan_path: Path, tmp_path: Path) -> None:
    with pytest.raises(PlannerError) as refused:
        write_package(PackageRequest(plan_path, tmp_path, mode="formal", formats=("gpkg", "xlsx")), draw=draw_small)
    assert all(name in render(refused.value.message) for name in ("gdb", "docx", "sheets"))


def test_a_reviewer_recomputes_the_control_lines_of_a_formal_package(formal_package: Path) -> None:
    result = inspect_package(formal_package).plan_result
    assert {"QC-5201", "QC-5202", "QC-5203", "QC-5204", "QC-5301", "NL-01"} <= set(result.ran)
    assert result.findings.empty


def test_control_lines_that_are_left_out_on_wish_are_told(layered: Path, tmp_path: Path) -> None:
    result = write_package(PackageRequest(layered, tmp_path, formats=("gpkg", "xlsx"), control_lines=False))
    assert result.inspection.findings.empty
    told = {note.rule: note.message for note in result.inspection.not_checked}
    assert told["QC-5202"].code == "delivery.not_checked.withheld" and "永久基本农田" in render(told["QC-5202"])


@pytest.fixture
def layered(tmp_path: Path) -> Path:
    """The clean plan with its control layers."""
    plan = write_plan(tmp_path / "layered.gpkg", plan_rows())
    add_layers(plan, **clean_layers())
    return plan


def test_attachments_go_into_the_package_and_missing_ones_are_told(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan.gpkg", plan_rows())
    (tmp_path / "北洼.pdf").write_bytes(b"%PDF vote %%EOF")
    with PlanFile.open(plan).write("测试", "附件") as tx:
        tx.insert("evidence", [
            {"code": "E1", "subject_table": "consent", "subject_key": {"code": "C1"}, "title": "北洼/决议", "path": "北洼.pdf"},
            {"code": "E2", "subject_table": "consent", "subject_key": {"code": "C2"}, "title": "问卷", "path": "没有.pdf"},
            {"code": "E3", "subject_table": "consent", "subject_key": {"code": "C2"}, "title": "北洼/决议", "path": "x.pdf", "content": b"%PDF own %%EOF"},
        ])
    result = write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx")))
    folder = result.path / "6其他材料" / "村民（代表）会议决议"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"北洼_决议.pdf": b"%PDF vote %%EOF", "北洼_决议（2）.pdf": b"%PDF own %%EOF"}
    found = inspect_package(result.path).findings
    told = [render(Message(row.message_code, row.params)) for row in found.itertuples()]
    assert told == ["附件“问卷”（文件 没有.pdf）未能放入成果包：链接的文件已不在原处，请重新附上。"]
    notice = write_package(PackageRequest(plan, tmp_path, edition="notice", formats=("gpkg", "xlsx")))
    assert not list(notice.path.rglob("*决议*")) and notice.inspection.findings.empty


def test_an_unknown_edition_leaves_out_nothing(profile: Profile) -> None:
    assert edition_profile(profile, "letter").layers == profile.layers
