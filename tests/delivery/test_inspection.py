"""The inspector finds each damage by its rule and nothing else, says what it could not check, and survives hostile packages."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from osgeo import ogr

from tests.delivery.damages import as_text, file_of, move_layer_to, rules_found, sql, vector
from tests.delivery.plans import box, point
from village_planner.base import InputError, Message, render
from village_planner.base.report import write_report
from village_planner.delivery import Verdict, inspect_package, read_package
from village_planner.delivery.manifest import read_manifest, write_manifest
from village_planner.delivery.verdict import subject_text
from village_planner.plan.data import PlanData
from village_planner.standards import Profile


def test_a_package_of_a_clean_plan_inspects_clean(clean_package: Path) -> None:
    inspection = inspect_package(clean_package)
    assert inspection.findings.empty
    assert inspection.plan_result.findings.empty
    assert (inspection.score, inspection.verdict) == (100, Verdict.INCOMPLETE)


def test_rules_that_need_control_lines_which_the_plan_lacks_are_told_as_not_checked(clean_package: Path) -> None:
    inspection = inspect_package(clean_package)
    assert {"QC-5201", "QC-5202", "QC-5203", "NL-01"} <= {note.rule for note in inspection.not_checked}
    assert {"QC-7101", "QC-7102", "QC-7103", "QC-7104", "QC-7105", "QC-7106", "QC-7108"} <= set(inspection.plan_result.ran)


def test_a_file_that_was_changed_after_writing_is_found(package: Path) -> None:
    sql("UPDATE CZBD SET BZ = '改过' WHERE fid = 1")(package)
    findings = inspect_package(package).findings
    assert list(findings["message_code"]) == ["delivery.manifest_file_differs"]
    assert findings["severity"].tolist() == ["A"]


def test_a_file_that_the_manifest_does_not_list_is_found_as_a_lesser_fault(package: Path) -> None:
    (package / "1规划文本").mkdir()
    (package / "1规划文本" / "370799清河县村庄布局规划文本.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    findings = inspect_package(package).findings
    assert list(zip(findings["rule"], findings["severity"])) == [("PK-01", "B")]


def test_a_manifest_that_lists_a_file_twice_is_found(package: Path) -> None:
    path = package / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["files"].append(data["files"][0])
    path.write_text(json.dumps(data), encoding="utf-8")
    findings = inspect_package(package).findings
    assert list(zip(findings["message_code"], findings["file"])) == [("delivery.manifest_file_twice", data["files"][0]["path"])]


def test_what_file_managers_and_open_programs_leave_behind_is_a_minor_finding(package: Path) -> None:
    for name in ("Thumbs.db", ".DS_Store", "~$370799清河县村庄布局规划表格.xlsx", ".~lock.a.xlsx#"):
        (package / "3规划表格" / name).write_bytes(b"x")
    findings = inspect_package(package).findings
    assert list(zip(findings["rule"], findings["severity"], findings["message_code"])) == [("QC-1101", "C", "delivery.file_litter")] * 4


def test_the_layers_are_read_from_the_file_that_bears_the_packages_name(package: Path) -> None:
    ours = file_of(package, ".gpkg")
    ours.with_name("370799清河县0村庄布局规划矢量数据.gpkg").write_bytes(b"another")
    inspection = inspect_package(package)
    assert "QC-7101" in inspection.plan_result.ran
    assert set(inspection.findings["rule"]) == {"PK-01", "QC-1101"}


@pytest.mark.parametrize(
    ("change", "element"),
    [({"draft": False}, "标识信息/成果状态"), ({"edition": "notice"}, "标识信息/版本"), ({"crs": 4548}, "空间参照/EPSG代码")],
)
def test_metadata_that_contradicts_the_manifest_is_found(package: Path, change: dict[str, Any], element: str) -> None:
    path = package / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}), encoding="utf-8")
    findings = inspect_package(package).findings
    assert element in set(findings.loc[findings["message_code"] == "delivery.metadata_contradicts", "subject"])


def test_a_listed_file_that_is_missing_is_found(package: Path) -> None:
    file_of(package, ".csv").unlink()
    assert rules_found(package) == {"PK-01", "QC-1101"}


@pytest.mark.parametrize("content", [None, "{", "[" * 100_000, '{"format": "village-planner-package", "files": 3}', '"text"'])
def test_a_package_without_a_readable_manifest_is_still_inspected(package: Path, content: str | None) -> None:
    path = package / "manifest.json"
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    inspection = inspect_package(package)
    assert set(inspection.findings["rule"]) <= {"PK-01", "QC-1101"}
    assert "QC-7101" in inspection.plan_result.ran
    assert inspection.plan_result.findings.empty


def test_a_manifest_cannot_name_a_profile_by_path(package: Path, tmp_path: Path) -> None:
    path = package / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"layout-2035"', '"../../../evil"'), encoding="utf-8")
    assert "delivery.profile_unknown" in set(inspect_package(package).findings["message_code"])


@pytest.mark.parametrize(
    ("sheet", "cell", "words"),
    [
        ("B5分期任务汇总表", "H8", "本期·拆旧"), ("B1村庄名录表", "J5", "户籍户数"), ("B4迁并方向与时序表", "M6", "户数"), ("B3村庄分类汇总表", "F5", "占比"),
    ],
)
def test_a_number_in_a_table_that_is_not_that_of_the_layers_is_found(package: Path, sheet: str, cell: str, words: str) -> None:
    path = file_of(package, "规划表格.xlsx")
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = 9_999
    book.save(path)
    findings = inspect_package(package).findings.query("rule == 'QC-6101'")
    assert len(findings) == 1
    sentence = render(Message(findings["message_code"].iloc[0], findings["params"].iloc[0]))
    assert words in sentence and "9999" in sentence and sheet in sentence and cell[1:] in sentence


def test_tables_are_not_compared_with_layers_of_which_one_is_missing(package: Path) -> None:
    vector(lambda source: source.ExecuteSQL("DROP TABLE JMDYD"))(package)
    inspection = inspect_package(package)
    assert "QC-6101" not in set(inspection.findings["rule"])
    assert "QC-6101" in {note.rule for note in inspection.not_checked}


def test_a_table_that_lacks_a_row_is_found_and_one_in_another_order_is_not(package: Path) -> None:
    path = file_of(package, "规划表格.xlsx")
    book = openpyxl.load_workbook(path)
    book["B5分期任务汇总表"].delete_rows(6)
    roster = book["B1村庄名录表"]
    for label in [block for block in roster.merged_cells.ranges if block.min_row >= 5]:
        roster.unmerge_cells(str(label))
    rows = [[cell.value for cell in row] for row in roster.iter_rows(min_row=5, max_row=8)]
    for number, row in enumerate(reversed(rows), 5):
        for position, value in enumerate(row, 1):
            roster.cell(number, position).value = value
    book.save(path)
    findings = inspect_package(package).findings.query("rule == 'QC-6101'")
    assert list(zip(findings["subject"], findings["message_code"])) == [("B5分期任务汇总表", "delivery.printed_rows")]


def test_a_row_that_refers_to_nothing_is_named_by_field_and_code(package: Path) -> None:
    sql("UPDATE JMD SET XZQDM = '370799109999' WHERE JMDDM = '370799102202001'")(package)
    found = inspect_package(package).findings.query("rule == 'QC-3301'").iloc[0]
    assert found["subject"] == "JMD.XZQDM:370799109999"
    assert "370799102202001" in render(Message(found["message_code"], found["params"]))


def test_types_of_fields_and_geometry_are_told_in_chinese(package: Path) -> None:
    vector(as_text("CMBJ", "BJRQ"))(package)
    vector(lambda source: source.ExecuteSQL("DROP TABLE JMD"))(package)
    vector(lambda source: source.CreateLayer("JMD", None, ogr.wkbLineString))(package)
    found = inspect_package(package).findings
    sentences = [render(Message(row.message_code, row.params)) for row in found.itertuples()]
    assert any("类型为 文本，应为 日期" in sentence for sentence in sentences)
    assert any("几何类型为 线，应为 点" in sentence for sentence in sentences)


def test_a_folder_under_another_name_is_a_minor_finding(package: Path) -> None:
    renamed = package.rename(package.parent / "成果")
    findings = inspect_package(renamed).findings
    assert list(zip(findings["rule"], findings["severity"])) == [("QC-1101", "C")]


def test_the_score_falls_by_the_profiles_weight_and_an_a_finding_fails_the_package(package: Path, profile: Profile) -> None:
    sql("UPDATE CZBD SET CZXZ = '99' WHERE fid = 1")(package)
    manifest = read_manifest(package)
    assert manifest is not None
    write_manifest(package, manifest)
    inspection = inspect_package(package)
    assert inspection.score == 100 - profile.package.inspection["weights"]["B"]
    assert inspection.verdict is Verdict.PASSED_WITH_FINDINGS
    file_of(package, ".xml").unlink()
    assert inspect_package(package).verdict is Verdict.FAILED


def test_inspecting_changes_nothing_in_the_folder(package: Path) -> None:
    def state() -> list[tuple[str, int, bytes]]:
        return [(str(path), path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(package.rglob("*")) if path.is_file()]

    before = state()
    inspect_package(package)
    assert state() == before


def test_a_link_in_the_folder_is_reported_and_not_followed(package: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("x", encoding="utf-8")
    os.symlink(secret, package / "5数据说明" / "link.csv")
    os.symlink("/", package / "1规划文本")
    findings = inspect_package(package).findings
    assert set(findings["rule"]) == {"PK-02"}
    assert len(findings) == 2


def test_a_file_that_may_not_be_read_is_a_finding(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, opened = file_of(package, ".csv"), Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == record.name:
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "read_text", lambda path, **kwargs: refuse(path, encoding="utf-8").read())
    assert rules_found(package) == {"PK-01", "QC-1103"}


def test_a_path_that_is_no_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK rubbish")
    for path in (tmp_path / "a.zip", tmp_path / "none"):
        with pytest.raises(InputError) as refused:
            inspect_package(path)
        assert path.name in render(refused.value.message)


def test_an_empty_folder_fails_with_findings_not_with_an_error(tmp_path: Path) -> None:
    inspection = inspect_package(tmp_path)
    assert inspection.verdict is Verdict.FAILED
    assert {"QC-1101", "QC-1201", "PK-01"} <= set(inspection.findings["rule"])
    assert {note.rule for note in inspection.not_checked} >= {"QC-7101", "QC-5202"}


def test_every_finding_has_its_words_in_the_report(package: Path, tmp_path: Path) -> None:
    sql("UPDATE CZBD SET CZXZ = '99', SSXZMC = NULL WHERE fid = 1", "UPDATE JMD SET BSM = '1' WHERE fid = 1")(package)
    inspection = inspect_package(package)
    write_report(inspection.report, tmp_path / "report.json")
    content = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "不合格" in content
    assert "delivery." not in content


def test_a_package_reads_back_as_the_plan_that_it_was_made_of(clean_package: Path, data: PlanData) -> None:
    read, layers = read_package(clean_package)
    assert layers.kinds() == set()
    for table, columns in {
        "village": ["code", "name", "township_code", "kind", "position_stated"],
        "hamlet": ["code", "village_code", "name", "is_main", "households", "persons", "homesteads", "protection"],
        "site": ["code", "name", "setting", "ready_phase"], "site_capacity": ["site_code", "phase", "households"],
        "patch": ["code", "hamlet_code", "kind"], "category": ["village_code", "category"], "action": ["hamlet_code", "action"],
        "move": ["code", "hamlet_code", "destination_kind", "destination_code", "phase", "households", "persons", "mode", "cleared_m2", "built_m2"],
        "consent": ["code", "village_code", "hamlet_code", "kind", "date", "eligible", "attended", "in_favour", "document"],
        "roster_difference": ["source", "code", "kind", "settled", "detail"], "phase": ["year", "title"],
    }.items():
        key = columns[0]
        ours = data.tables[table].sort_values(columns[:3], ignore_index=True)[columns]
        theirs = read.tables[table].sort_values(columns[:3], ignore_index=True)[columns]
        assert ours.astype(str).equals(theirs.astype(str)), (table, key)


def test_the_record_lists_what_the_plan_check_could_not_do(clean_package: Path) -> None:
    with file_of(clean_package, ".csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["等级"] for row in rows} == {"未检查"}
    assert "QC-5202" in {row["规则"] for row in rows}


def test_an_area_that_differs_is_told_with_its_row_and_both_figures(package: Path) -> None:
    sql("UPDATE JMDYD SET YDMJ = 12345 WHERE fid = 2", "UPDATE JMDYD SET YDMJ = YDMJ + 3 WHERE fid = 1")(package)
    found = inspect_package(package).findings.query("rule == 'QC-3401'")
    assert found[["severity", "subject"]].to_numpy().tolist() == [["B", "JMDYD.YDMJ"]]
    sentence = render(Message(found["message_code"].iloc[0], found["params"].iloc[0]))
    assert "2 条" in sentence and "12345.00" in sentence and found["params"].iloc[0]["measured"] == pytest.approx(10_000, rel=1e-3)


def test_a_finding_on_rows_says_where_they_lie(package: Path) -> None:
    sql("UPDATE JMDYD SET YDMJ = 12345 WHERE fid = 2", "UPDATE JMD SET XZQMC = '别的村' WHERE fid = 1", "UPDATE CZQBGX SET JL = 1 WHERE fid = 1")(package)
    found = inspect_package(package).findings.set_index("subject")["geom"]
    assert found["JMDYD.YDMJ"].equals(shapely.multipolygons([box(650, 750, 100, 100)]))
    assert found["JMD.XZQMC"].equals(shapely.multipoints([point(500, 500)]))
    assert found["CZQBGX.JL"].geom_type == "MultiPoint"
    file_of(package, ".csv").unlink()
    assert all(geom is None for geom in inspect_package(package).findings.query("rule == 'QC-1101'")["geom"])


def test_what_lies_in_another_coordinate_system_has_no_place_on_the_map(package: Path) -> None:
    sql("UPDATE CZBD SET CZXZ = '99' WHERE fid = 1")(package)
    assert inspect_package(package).findings.query("rule == 'QC-3104'")["geom"].iloc[0] is not None
    move_layer_to("EPSG:4548")(package)
    assert inspect_package(package).findings.query("rule == 'QC-3104'")["geom"].iloc[0] is None


def test_the_report_says_of_every_rule_whether_something_was_found_and_how_the_score_is_made(package: Path, profile: Profile) -> None:
    sql("UPDATE CZBD SET CZXZ = '99' WHERE fid = 1")(package)
    report = inspect_package(package).report
    assert "本软件建议" in report.figures["计分方法"] and "扣 10 分" in report.figures["计分方法"]
    told = {facts["规则"]: row.code for row, facts in zip(report.sections[0].rows, report.sections[0].facts)}
    assert set(told) == {rule.id for rule in profile.rules.values() if rule.on}
    assert (told["QC-3104"], told["QC-3105"], told["QC-5202"]) == (
        "delivery.report.rule_found", "delivery.report.rule_clean", "delivery.report.rule_unchecked",
    )


def test_no_rule_on_layers_counts_as_passed_where_there_are_none(tmp_path: Path) -> None:
    inspection = inspect_package(tmp_path)
    assert {"QC-2201", "QC-3105", "QC-3403", "QC-4106", "QC-6101", "NL-12", "PK-05"} <= {note.rule for note in inspection.not_checked}


def test_what_cannot_be_compared_with_the_layers_is_told_and_does_not_pass(package: Path) -> None:
    sql("UPDATE CZQBGX SET TCMJ = 1e308")(package)
    inspection = inspect_package(package)
    (note,) = [note for note in inspection.not_checked if note.message.code == "delivery.not_checked.figures"]
    assert note.rule == "QC-6101" and note.message.params["file"].endswith("规划表格.xlsx") and "OverflowError" in render(note.message)
    assert note.holds_up and "QC-3101" in set(inspection.findings["rule"])


def test_areas_in_a_foreign_coordinate_system_are_told_as_not_checked(package: Path) -> None:
    move_layer_to("EPSG:4326")(package)
    assert "QC-3401" not in {note.rule for note in inspect_package(package).not_checked}
    tables = ("gpkg_geometry_columns", "gpkg_contents")
    sql(*(f"UPDATE {t} SET srs_id = (SELECT srs_id FROM {t} WHERE table_name = 'CZBD') WHERE table_name = 'JMDYD'" for t in tables))(package)
    assert "QC-3401" in {note.rule for note in inspect_package(package).not_checked}


@pytest.mark.parametrize(("kind", "code", "text"), [
    ("patch", "XJ07", "居民点用地 XJ07"), ("control", "permanent_basic_farmland/37992120050000016", "永久基本农田 37992120050000016"),
    ("consent", "C6e575964df4d4dbdb84bd2b5794ad046", "村民意愿"), ("control", "unheard_of/7", "unheard_of 7"), ("thing", "T1", "thing T1"),
])
def test_a_report_names_what_a_finding_is_about_in_words(profile: Profile, kind: str, code: str, text: str) -> None:
    assert subject_text(kind, code, profile) == text
