"""A plan is read back from its own package: the same package comes of it again, what the package does not carry is said, what cannot be believed is refused."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any, Callable

import pytest
from osgeo import gdal

from tests.delivery.plans import add_layers, box, clean_layers, plan_rows, write_plan
from village_planner import checks
from village_planner.base import InputError, PlannerError, Refused, render
from village_planner.delivery import PackageRequest, ReadBack, read_back, write_package
from village_planner.delivery.filegdb import is_repeatable
from village_planner.delivery.manifest import Manifest, read_manifest, write_manifest
from village_planner.plan import PlanFile
from village_planner.plan.status import Status

STEPS = (
    (Status.CONSULTATION, "2023-01-10", None), (Status.EXPERT_REVIEW, "2023-03-01", None), (Status.PUBLIC_NOTICE, "2023-04-01", "2023-05-02"),
    (Status.COMMITTEE, "2023-06-01", None), (Status.SUBMITTED, "2023-06-20", None), (Status.APPROVED, "2023-09-01", None),
)
FORMATS = ("gpkg", "gdb", "shp", "xlsx", "docx")


def approved_plan(folder: Path) -> Path:
    """The clean plan with all that a plan can have, approved, its ledger begun."""
    rows = plan_rows()
    village = rows["village"][0]["code"]
    rows["hamlet"][0]["facts_date"] = "2020-12-31"
    rows["action"][1]["basis"] = "乡镇国土空间规划"
    rows["roster_source"] = [{"source": "统计名录.xlsx", "units": 4, "compared_at": "2023-01-05T08:00:00+00:00"}]
    rows["fact"] = [{"subject_kind": "village", "subject_code": village, "item": "persons", "value": "460人", "number": 460.0, "unit": "人",
                     "source": "年报.xlsx", "date": "2020-12-31"}]
    rows["quota"] = [{"area_code": "370799", "item": "withdrawn_villages", "value": 1.0, "source": "指标.xlsx", "document": "清政发〔2021〕1号"}]
    rows["fixed_village"] = [{"source": "名单.xlsx", "village_code": village, "category": "01"}]
    rows["waiver"] = [{"finding_key": "k1", "finding_digest": "d1", "reason": "已与乡镇核实", "person": "说明人", "date": "2023-01-06"}]
    path = write_plan(folder / "原规划.gpkg", rows)
    add_layers(path, **{**clean_layers(), "facility": [box(100, 100, 30, 30)]})
    plan = PlanFile.open(path)
    for status, date, end_date in STEPS:
        plan.transition("测试", status, date, f"{status.value}号文件", "通过", end_date=end_date, person="经办人")
    with plan.write("测试", "台账") as tx:
        tx.insert("implementation", [{"move_code": "M1", "year": 2024, "households": 5, "cleared_m2": 900.5, "note": "分批"}])
    return path


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The approved edition, as a draft without maps; tests copy it before they change it."""
    folder = tmp_path_factory.mktemp("approved")
    return write_package(PackageRequest(approved_plan(folder), folder, edition="final", formats=FORMATS)).path


@pytest.fixture
def package(approved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(approved, tmp_path / "来件" / approved.name))


def manifest_of(package: Path) -> Manifest:
    manifest = read_manifest(package)
    assert manifest is not None
    return manifest


def rewritten(package: Path, **changes: Any) -> None:
    """Change values of the manifest."""
    path = package / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}, ensure_ascii=False), encoding="utf-8")


def vectors(package: Path) -> Path:
    return next(package.rglob("*.gpkg"))


def run_sql(package: Path, sql: str) -> None:
    """Change the GeoPackage as GDAL does."""
    source = gdal.OpenEx(str(vectors(package)), gdal.OF_VECTOR | gdal.OF_UPDATE)
    source.ExecuteSQL(sql)
    del source


def without_formats(package: Path, *formats: str) -> None:
    """Take formats out of a package, so that the next best is read."""
    for path in {vectors(package), *package.rglob("*.gdb"), *package.rglob("*SHP")}:
        if path.suffix.lower().lstrip(".") in formats or (path.name.endswith("SHP") and "shp" in formats):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    kept = tuple(name for name in manifest_of(package).formats if name not in formats)
    rewritten(package, formats=kept)
    write_manifest(package, manifest_of(package))


def test_the_package_of_a_plan_that_was_read_back_has_the_same_content(package: Path, tmp_path: Path) -> None:
    result = read_back(ReadBack(package, tmp_path / "读回.gpkg"))
    again = write_package(PackageRequest(result.plan, tmp_path, edition="final", formats=FORMATS)).path
    theirs, ours = manifest_of(package), manifest_of(again)
    assert ours.content_sha256 == theirs.content_sha256
    assert ours.counts == theirs.counts and ours.counts["SPJL"] == len(STEPS) and ours.counts["SSTZ"] == 1
    assert {name for name in theirs.plan if theirs.plan[name] != ours.plan[name]} == {"guid"}


def test_from_a_filegdb_alone_the_same_tables_of_a_filegdb_come_again(package: Path, tmp_path: Path) -> None:
    without_formats(package, "gpkg", "shp")
    result = read_back(ReadBack(package, tmp_path / "读回.gpkg"))
    assert "delivery.gap.rounded_gdb" in {gap.code for gap in result.gaps}
    again = write_package(PackageRequest(result.plan, tmp_path, edition="final", formats=("gpkg", "gdb", "xlsx"))).path
    tables, others = (
        {entry.path.rsplit("/", 1)[-1]: entry.sha256 for entry in manifest_of(of).files if entry.path.endswith(".gdbtable") and is_repeatable(entry.path)}
        for of in (package, again)
    )
    assert len(tables) > 10 and tables == others


def test_shapefiles_alone_lack_what_they_cannot_hold(package: Path, tmp_path: Path) -> None:
    without_formats(package, "gpkg", "gdb")
    target = tmp_path / "读回.gpkg"
    with pytest.raises(Refused) as refusal:
        read_back(ReadBack(package, target))
    assert refusal.value.message.code == "delivery.readback_incomplete" and "名录核对" in str(refusal.value.message.params["parts"])
    assert not target.exists()
    result = read_back(ReadBack(package, target, allow_gaps=True))
    assert {"delivery.gap.edition", "delivery.gap.status", "delivery.gap.ledger"} <= {gap.code for gap in result.gaps}
    data = PlanFile.open(result.plan).read()
    assert len(data.roster_difference) == 0 and len(data.patch) == 5


def test_the_history_begins_with_the_package_and_an_approved_plan_is_closed(package: Path, tmp_path: Path) -> None:
    result = read_back(ReadBack(package, tmp_path / "读回.gpkg", who="审查员"))
    plan = PlanFile.open(result.plan)
    first = plan.history().iloc[-1]
    assert first["who"] == "审查员" and package.name in first["label"] and "批复稿草稿" in first["label"] and "2023-09-01" in first["label"]
    assert plan.status is Status.APPROVED and plan.verify() == []
    with pytest.raises(PlannerError), plan.write("审查员", "改") as tx:
        tx.update("move", {"code": "M1"}, households=1)
    steps = plan.read().approval_step
    assert list(zip(steps["to_status"], steps["date"])) == [(status.value, date) for status, date, _ in STEPS]
    assert plan.read().implementation["cleared_m2"].tolist() == [900.5]


def test_the_ledger_of_a_plan_under_revision_comes_back(tmp_path: Path) -> None:
    path = approved_plan(tmp_path)
    PlanFile.open(path).transition("测试", Status.REVISION, "2025-02-01", "修改批准", "同意", legal_ground="上位规划修改")
    package = write_package(PackageRequest(path, tmp_path, formats=("gpkg", "xlsx"))).path
    result = read_back(ReadBack(package, tmp_path / "读回.gpkg"))
    plan = PlanFile.open(result.plan)
    assert plan.status is Status.REVISION and len(plan.read().implementation) == 1 and plan.revision_report().empty
    assert "delivery.gap.revision" in {gap.code for gap in result.gaps}


def test_what_the_plan_keeps_for_itself_comes_back_as_it_was(package: Path, tmp_path: Path) -> None:
    data = PlanFile.open(read_back(ReadBack(package, tmp_path / "读回.gpkg")).plan).read()
    assert data.village["households"].isna().all()
    assert data.move.set_index("code")["destination_name"].isna().all()
    assert data.village_alias[["alias_code", "alias_name"]].values.tolist() == [["", "王庄"]]
    action = data.action.set_index("hamlet_code").loc["370799101201002"]
    assert (action["grounds"], action["basis"]) == ("就近并入中心居民点", "乡镇国土空间规划")
    assert data.roster_source["units"].tolist() == [4] and data.village["facts_date"].eq("2020-12-31").all()


def test_the_report_says_what_the_package_does_not_carry(package: Path, tmp_path: Path) -> None:
    result = read_back(ReadBack(package, tmp_path / "读回.gpkg"))
    codes = {gap.code for gap in result.gaps}
    assert {"delivery.gap.history", "delivery.gap.scenarios", "delivery.gap.documents", "delivery.gap.excerpt"} <= codes
    assert "delivery.gap.edition" not in codes and "delivery.gap.status" not in codes
    text = result.report_path.with_suffix(".html").read_text(encoding="utf-8")
    assert package.name in text and all(render(gap) in text for gap in result.gaps)


def test_cultivated_land_is_not_judged_by_an_excerpt_of_the_survey(package: Path, tmp_path: Path) -> None:
    plan = PlanFile.open(read_back(ReadBack(package, tmp_path / "读回.gpkg")).plan)
    with plan.write("审查员", "指标") as tx:
        tx.insert("quota", [{"area_code": "370799", "item": "cultivated_m2", "value": 1e9, "source": "指标.xlsx"}])
    result = checks.run(plan.read(), plan.layers(), plan.profile(), ["QC-5302"])
    assert result.findings.empty
    assert [note.message.code for note in result.not_checked] == ["checks.not_checked.quota_unknown"]


def test_a_zip_is_read_and_the_package_stays_as_it_is(package: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in package.rglob("*") if path.is_file()}
    archive = Path(shutil.make_archive(str(tmp_path / "成果"), "zip", package.parent, package.name))
    assert read_back(ReadBack(archive, tmp_path / "甲.gpkg")).village_count == 4
    assert read_back(ReadBack(package, tmp_path / "乙.gpkg")).hamlet_count == 5
    assert {path: path.read_bytes() for path in package.rglob("*") if path.is_file()} == before


def test_a_public_notice_is_no_whole_plan(tmp_path: Path) -> None:
    package = write_package(PackageRequest(write_plan(tmp_path / "plan.gpkg", plan_rows()), tmp_path, edition="notice", formats=("gpkg", "xlsx"))).path
    target = tmp_path / "读回.gpkg"
    with pytest.raises(Refused) as refusal:
        read_back(ReadBack(package, target))
    assert "公示稿" in render(refusal.value.message) and "村民意愿" in render(refusal.value.message)
    result = read_back(ReadBack(package, target, allow_gaps=True))
    data = PlanFile.open(result.plan).read()
    assert len(data.consent) == 0 and len(data.move) == 3
    assert sum(gap.code == "delivery.gap.edition" for gap in result.gaps) > 5


def damaged_vectors(package: Path) -> None:
    run_sql(package, "UPDATE JMD SET HJHS = 1")


def cut_vectors(package: Path) -> None:
    vectors(package).write_bytes(vectors(package).read_bytes()[:5_000])


def without_vectors(package: Path) -> None:
    vectors(package).unlink()


def without_manifest(package: Path) -> None:
    (package / "manifest.json").unlink()


def foreign_profile(package: Path) -> None:
    rewritten(package, profile_id="../../某省标准")


def short_cut(package: Path) -> None:
    """Approved without a public notice, in a package that otherwise agrees with its manifest."""
    run_sql(package, "DELETE FROM SPJL WHERE XZT IN ('04', '05', '06')")
    write_manifest(package, manifest_of(package))


def unknown_phase(package: Path) -> None:
    run_sql(package, "UPDATE CZQBGX SET QBSX = 2030")
    write_manifest(package, manifest_of(package))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (damaged_vectors, "delivery.readback_altered"), (cut_vectors, "delivery.readback_no_format"), (without_vectors, "delivery.readback_no_format"),
        (without_manifest, "delivery.readback_no_manifest"), (foreign_profile, "delivery.readback_no_profile"), (short_cut, "plan.step_refused"),
        (unknown_phase, "plan.row_refused"),
    ],
)
def test_what_cannot_be_believed_is_refused_and_leaves_nothing(package: Path, tmp_path: Path, damage: Callable[[Path], None], code: str) -> None:
    damage(package)
    folder = tmp_path / "出"
    folder.mkdir()
    with pytest.raises(PlannerError) as refusal:
        read_back(ReadBack(package, folder / "读回.gpkg"))
    assert refusal.value.message.code == code
    assert render(refusal.value.message) != code
    assert list(folder.iterdir()) == []


def test_a_damaged_text_does_not_hold_up_the_plan_but_is_told(package: Path, tmp_path: Path) -> None:
    next(package.rglob("*说明书.docx")).write_bytes(b"")
    result = read_back(ReadBack(package, tmp_path / "读回.gpkg"))
    assert [row.code for row in result.report.sections[-1].rows] == ["delivery.manifest_file_differs"]


def test_nothing_is_written_outside_and_names_of_layers_are_not_believed(package: Path, tmp_path: Path) -> None:
    layers = [{**layer, "code": f"../{layer['code']}"} for layer in map(dict, manifest_of(package).control_layers)]
    rewritten(package, control_layers=layers)
    archive = tmp_path / "成果.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in package.rglob("*"):
            if path.is_file():
                file.write(path, path.relative_to(package.parent).as_posix())
        file.writestr("../../外面.txt", "x")
    folder = tmp_path / "深" / "出"
    folder.mkdir(parents=True)
    result = read_back(ReadBack(archive, folder / "读回.gpkg"))
    assert sorted(path.name for path in folder.iterdir()) == ["读回.gpkg", "读回.report-readpackage.html", "读回.report-readpackage.json"]
    assert not list(tmp_path.rglob("外面.txt"))
    assert {"delivery.unsafe_path"} <= {row.code for row in result.report.sections[-1].rows}
    assert len(PlanFile.open(result.plan).read().control_layer) == 0


@pytest.mark.parametrize(
    ("plan", "code"),
    [("读回.shp", "delivery.readback_suffix"), ("无/此/读回.gpkg", "delivery.readback_folder"), ("占用.gpkg", "delivery.readback_exists")],
)
def test_a_target_that_cannot_serve_is_refused(package: Path, tmp_path: Path, plan: str, code: str) -> None:
    (tmp_path / "占用.gpkg").write_bytes(b"mine")
    with pytest.raises(InputError) as refusal:
        read_back(ReadBack(package, tmp_path / plan))
    assert refusal.value.message.code == code
    assert (tmp_path / "占用.gpkg").read_bytes() == b"mine"
    with pytest.raises(InputError) as inside:
        read_back(ReadBack(package, package / "4矢量数据" / "读回.gpkg"))
    assert inside.value.message.code == "delivery.readback_into_package"


def test_an_existing_plan_is_replaced_only_on_wish_and_only_by_a_whole_one(package: Path, tmp_path: Path) -> None:
    target = write_plan(tmp_path / "规划.gpkg", plan_rows())
    add_layers(target, land_use=[box(0, 0, 10, 10)])
    layers = target.with_suffix(".layers.gpkg").read_bytes()
    cut_vectors(package)
    with pytest.raises(Refused):
        read_back(ReadBack(package, target, overwrite=True))
    assert PlanFile.open(target).status is Status.DRAFTING and target.with_suffix(".layers.gpkg").read_bytes() == layers
