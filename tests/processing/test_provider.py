"""The provider offers the commands of the contract, and a refusal is a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from village_planner.base import Cancelled, InputError

pytest.importorskip("qgis.core")

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterDefinition,
)

from village_planner.desk import compat
from village_planner.processing.algorithm import PlannerAlgorithm
from village_planner.processing.provider import ALGORITHMS

CONTRACT = {
    "demo": ("FOLDER SIZE? FAULTS? SEED?", "SOURCES EXPECTED STEPS"),
    "createplan": (
        "PLAN PROFILE? TITLE COUNTY_CODE? INSTITUTE? BASE_YEAR PHASES? ROSTER? OTHER_ROSTERS? VILLAGES? TOWNSHIPS? PATCHES? LAND_USE? FIELD_MAP? OVERWRITE?",
        "PLAN VILLAGE_COUNT DIFFERENCES REPORT",
    ),
    "addcontrol": ("PLAN KIND SOURCE FILTER? FIELD_MAP? TITLE?", "COUNT REPAIRED REPORT"),
    "addfacts": ("PLAN SOURCE LEVEL? FIELD_MAP? DATE?", "ACCEPTED REJECTED REPORT"),
    "addlimits": ("PLAN KIND SOURCE FIELD_MAP?", "ACCEPTED REJECTED REPORT"),
    "decide": ("PLAN DECISIONS SCENARIO?", "ACCEPTED REJECTED REPORT"),
    "check": ("PLAN SCENARIO? RULES? FINDINGS?", "COUNT_A COUNT_B COUNT_C WAIVED NOT_CHECKED FINDINGS"),
    "package": ("PLAN FOLDER MODE? EDITION? FORMATS? SCENARIO? CONTROL_LINES?", "PACKAGE FILE_COUNT REPORT"),
    "inspect": ("PACKAGE PROFILE? REFERENCE? REPORT? FINDINGS?", "COUNT_A COUNT_B COUNT_C NOT_CHECKED SCORE VERDICT REPORT FINDINGS"),
    "readpackage": ("PACKAGE PLAN PROFILE? ALLOW_GAPS? OVERWRITE?", "PLAN VILLAGE_COUNT HAMLET_COUNT GAPS REPORT"),
    "implement": ("PLAN LEDGER", "ACCEPTED REJECTED REPORT"),
}


def ready(kind: type[PlannerAlgorithm]) -> PlannerAlgorithm:
    return kind().create()


@pytest.mark.parametrize("kind", ALGORITHMS)
def test_parameters_and_outputs_are_those_of_the_contract(qgis_app: Any, kind: type[PlannerAlgorithm]) -> None:
    algorithm = ready(kind)
    parameters, outputs = CONTRACT[algorithm.name()]
    spelled = [f"{p.name()}{'?' if may_be_left_out(p) else ''}" for p in algorithm.parameterDefinitions()]
    assert spelled == parameters.split()
    assert {output.name() for output in algorithm.outputDefinitions()} == set(outputs.split())


def test_all_commands_of_the_contract_are_offered(qgis_app: Any) -> None:
    assert [ready(kind).name() for kind in ALGORITHMS] == list(CONTRACT)


def test_the_package_runs_on_the_main_thread(qgis_app: Any) -> None:
    threaded = {ready(kind).name() for kind in ALGORITHMS if not ready(kind).flags() & compat.NO_THREADING}
    assert "package" not in threaded and "check" in threaded


class Failing(PlannerAlgorithm):
    error: Exception

    def name(self) -> str:
        return "failing"

    def displayName(self) -> str:  # noqa: N802
        return "failing"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        pass

    def run_step(self, parameters: Any, context: Any, feedback: Any) -> dict[str, Any]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputError("processing.not_written", file="x.csv", reason="locked"), "x.csv"),
        (Cancelled(), "已取消"),
        (ZeroDivisionError("boom"), "意外错误"),
    ],
)
def test_an_error_becomes_one_chinese_sentence(qgis_app: Any, error: Exception, said: str) -> None:
    algorithm = Failing()
    algorithm.error = error
    with pytest.raises(QgsProcessingException) as refusal:
        algorithm.processAlgorithm({}, QgsProcessingContext(), QgsProcessingFeedback())
    assert said in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


def test_a_missing_plan_file_is_refused_with_its_name_and_exit_code_1(qgis_process: Callable[..., Any], tmp_path: Path) -> None:
    result = qgis_process("villageplanner:check", PLAN=tmp_path / "无此文件.gpkg")
    assert result.exit_code == 1
    assert "无此文件.gpkg" in result.stderr
    assert result.stdout.strip() == ""
    assert "Traceback" not in result.stderr


def may_be_left_out(parameter: QgsProcessingParameterDefinition) -> bool:
    return bool(parameter.flags() & compat.OPTIONAL) or parameter.defaultValue() is not None
