"""The whole way through qgis_process: demo, plan, control layers, decisions, check, package, inspection."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from village_planner.plan import PlanFile


@dataclass
class Way:
    """The demo's steps as they were run: outputs by algorithm, in order."""

    folder: Path
    expected: dict[str, Any]
    steps: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def outputs(self, name: str) -> dict[str, Any]:
        return next(outputs for algorithm, _, outputs in self.steps if algorithm.endswith(f":{name}"))

    def parameters(self, name: str) -> dict[str, Any]:
        return next(parameters for algorithm, parameters, _ in self.steps if algorithm.endswith(f":{name}"))


@pytest.fixture(scope="module")
def way(qgis_process: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Way:
    folder = tmp_path_factory.mktemp("示例")
    demo = qgis_process("villageplanner:demo", FOLDER=folder, SIZE="township", FAULTS="known", SEED=1)
    assert demo.exit_code == 0, demo.stderr
    way = Way(folder, json.loads(Path(demo.outputs["EXPECTED"]).read_text(encoding="utf-8")))
    for step in json.loads(Path(demo.outputs["STEPS"]).read_text(encoding="utf-8")):
        result = qgis_process(step["algorithm"], **step["parameters"])
        assert result.exit_code == 0, (step["algorithm"], result.stderr)
        way.steps.append((step["algorithm"], step["parameters"], dict(result.outputs)))
    return way


@pytest.mark.slow
def test_every_output_of_the_contract_is_given(way: Way) -> None:
    wanted = {
        "createplan": {"PLAN", "VILLAGE_COUNT", "DIFFERENCES", "REPORT"},
        "addcontrol": {"COUNT", "REPAIRED", "REPORT"},
        "decide": {"ACCEPTED", "REJECTED", "REPORT"},
        "check": {"COUNT_A", "COUNT_B", "COUNT_C", "WAIVED", "NOT_CHECKED", "FINDINGS"},
        "package": {"PACKAGE", "FILE_COUNT", "REPORT"},
        "inspect": {"COUNT_A", "COUNT_B", "COUNT_C", "NOT_CHECKED", "SCORE", "VERDICT"},
    }
    for name, outputs in wanted.items():
        assert outputs <= set(way.outputs(name)), name


@pytest.mark.slow
def test_the_check_finds_what_the_demo_planted_and_keeps_it_in_the_plan(way: Way) -> None:
    found = way.outputs("check")
    assert {severity: found[f"COUNT_{severity}"] for severity in "ABC"} == way.expected["counts"]
    stored = PlanFile.open(way.parameters("check")["PLAN"]).read().finding
    assert Counter(stored["rule"]) == Counter(finding["rule"] for finding in way.expected["findings"])


@pytest.mark.slow
def test_reports_and_package_are_where_the_outputs_say(way: Way) -> None:
    for name in ("createplan", "addcontrol", "decide", "package"):
        report = Path(way.outputs(name)["REPORT"])
        assert report.is_file() and report.with_suffix(".html").is_file()
    package = Path(way.outputs("package")["PACKAGE"])
    assert sum(path.is_file() for path in package.rglob("*")) == way.outputs("package")["FILE_COUNT"]


@pytest.mark.slow
def test_findings_come_as_a_table_for_excel(way: Way, qgis_process: Callable[..., Any], tmp_path: Path) -> None:
    target = tmp_path / "问题.csv"
    result = qgis_process("villageplanner:check", PLAN=way.parameters("check")["PLAN"], RULES="QC-7101，QC-7106", FINDINGS=target)
    assert result.exit_code == 0, result.stderr
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with open(target, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["rule"] for row in rows} <= {"QC-7101", "QC-7106"} and rows
    assert all(row["message"] and not row["message"].startswith("checks.") for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("check", {"RULES": "QC-0000"}, "QC-0000"),
        ("check", {"SCENARIO": "没有这个方案"}, "没有这个方案"),
        ("decide", {"DECISIONS": "没有这个表.xlsx"}, "没有这个表"),
        ("addcontrol", {"KIND": "road", "SOURCE": "没有这个图层.shp"}, "没有这个图层"),
        ("addfacts", {"SOURCE": "没有这个表.xlsx"}, "没有这个表"),
        ("addlimits", {"KIND": "quota", "SOURCE": "没有这个表.xlsx"}, "没有这个表"),
        ("package", {"FOLDER": "x", "EDITION": "nonsense"}, "nonsense"),
    ],
)
def test_a_refusal_names_what_is_wrong(
    way: Way, qgis_process: Callable[..., Any], tmp_path: Path, name: str, parameters: dict[str, Any], said: str
) -> None:
    if "FOLDER" in parameters:
        parameters = {**parameters, "FOLDER": tmp_path}
    result = qgis_process(f"villageplanner:{name}", PLAN=way.parameters("check")["PLAN"], **parameters)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout.strip() == "" and "Traceback" not in result.stderr and "意外错误" not in result.stderr
