"""Other people's bad files through intake: taken, set aside with a reason, or refused in our words; docs/bad_inputs.md tells each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from osgeo import ogr

from tools import bad_inputs
from tools.bad_inputs import CONTROL, HEADINGS, PAGE, Outcome
from village_planner.base import InputError
from village_planner.intake import AddControl, CreatePlan, add_control, create_plan
from village_planner.spatial.reading import list_layers

COUNTS = HEADINGS.index("what the planner is told")


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    found = shared_data / "bad_inputs"
    if not found.is_dir():
        pytest.skip("no bad_inputs among the shared data")
    return found


@pytest.fixture(scope="module")
def outcomes(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """Anything but a refusal of ours fails here."""
    return list(bad_inputs.outcomes(folder, tmp_path_factory.mktemp("bad-inputs")))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    roster = tmp_path / "roster.csv"
    roster.write_text("行政村代码,行政村\n370799101201,东山村\n", encoding="utf-8")
    return create_plan(CreatePlan(plan=tmp_path / "plan.gpkg", title="计划", base_year=2020, roster=str(roster))).plan


def _printed() -> list[tuple[str, ...]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    return [tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]) for line in lines]


def test_the_page_says_of_each_file_what_intake_gives(outcomes: list[Outcome]) -> None:
    told, printed = [outcome.cells for outcome in outcomes], _printed()
    assert [row[:COUNTS] for row in told] == [row[:COUNTS] for row in printed]
    if f"GDAL {bad_inputs.gdal_version()};" in PAGE.read_text(encoding="utf-8"):
        assert [" ".join(row[COUNTS].split()) for row in told] == [row[COUNTS] for row in printed]


def test_each_file_is_given_and_said_what_is_odd_about_it(folder: Path, outcomes: list[Outcome]) -> None:
    assert {outcome.file.split("|")[0] for outcome in outcomes} == set(bad_inputs.ODD)
    assert {path.relative_to(folder).as_posix() for path in bad_inputs.sources(folder)} == set(bad_inputs.ODD)


def test_nothing_is_lost_in_silence(outcomes: list[Outcome]) -> None:
    assert {outcome.file for outcome in outcomes if not outcome.refused and outcome.count != outcome.taken + outcome.left_out} == set()
    named = ("intake.geometry_set_aside", "intake.row_")
    assert all(sum(code.startswith(named) for code in outcome.codes) == outcome.left_out for outcome in outcomes)
    mended = ("intake.geometry_repaired", "intake.geometry_mended")
    assert all(sum(code in mended for code in outcome.codes) == outcome.repaired for outcome in outcomes)


def test_the_features_counted_are_those_that_gdal_sees(folder: Path, outcomes: list[Outcome]) -> None:
    compared = 0
    for outcome in outcomes:
        file, _, layer = outcome.file.partition("|")
        if outcome.given_as == CONTROL and not file.endswith((".zip", ".gml")):
            dataset = ogr.Open(str(folder / file))
            found = dataset.GetLayerByName(layer) if layer else dataset.GetLayer(0)
            assert outcome.count == sum(1 for _ in found), outcome.file
            compared += 1
    assert compared > 25


def test_a_refusal_names_the_file_and_what_to_do(outcomes: list[Outcome]) -> None:
    refused = [outcome for outcome in outcomes if outcome.refused]
    assert len(refused) > 15
    for outcome in refused:
        assert Path(outcome.file.split("|")[0]).name in outcome.said and not outcome.said.startswith(outcome.codes)
    reasons = {"intake.layer_empty", "intake.layer_refused", "intake.nothing_usable", "intake.control_elsewhere"}
    assert {code for outcome in refused for code in outcome.codes} == reasons


@pytest.mark.parametrize(("name", "text"), [("big5.dbf", "繁體國語"), ("gbk.dbf", "简体国语")])
def test_chinese_text_without_a_word_on_its_encoding_reaches_the_plan(outcomes: list[Outcome], name: str, text: str) -> None:
    (outcome,) = (outcome for outcome in outcomes if outcome.file == f"encoding/{name}")
    assert f"“{text}”" in outcome.said and "spatial.encoding_guessed" in outcome.codes


def test_a_shapefile_is_one_source_by_whichever_file_it_is_named(folder: Path, plan: Path) -> None:
    assert add_control(AddControl(plan, "land_use", str(folder / "geometry" / "gap_layer.shp"))).count == 6
    for ending in ("dbf", "shx"):
        with pytest.raises(InputError) as refusal:
            add_control(AddControl(plan, "land_use", str(folder / "geometry" / f"gap_layer.{ending}")))
        assert refusal.value.message.code == "intake.control_again"


def test_files_beside_a_layer_and_within_a_filegdb_are_no_layers(folder: Path) -> None:
    beside = [path for path in folder.glob("*/*") if path.suffix in (".prj", ".cpg", ".qpj", ".gfs")]
    within = sorted((folder / "containers" / "test_gdb.gdb").iterdir())
    assert len(beside) > 15 and len(within) > 50
    for path in [*beside, *within]:
        with pytest.raises(InputError) as refusal:
            list_layers(path)
        assert refusal.value.message.code in ("spatial.format_not_supported", "spatial.inside_gdb") and path.name in str(refusal.value)
    assert sum(path.suffix == ".gdbtable" for path in within) == 10


def test_of_several_layers_one_must_be_named(folder: Path, plan: Path) -> None:
    for name in ("containers/test_gdb.gdb", "containers/testzip.zip", "crs/mixed_crs.gpkg"):
        with pytest.raises(InputError) as refusal:
            add_control(AddControl(plan, "other", str(folder / name)))
        assert refusal.value.message.code == "intake.layers_unknown"
