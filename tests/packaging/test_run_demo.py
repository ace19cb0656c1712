"""`make run`: each step is told in a line, what was found is counted, and a second run repeats nothing."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools import run_demo

PLANTED = json.dumps({"findings": [{"rule": "QC-5202", "severity": "A"}, {"rule": "QC-5202", "severity": "A"}, {"rule": "QC-7106", "severity": "A"}]})
FINDINGS = "rule,severity\nQC-5202,A\nQC-7105,A\nQC-5202,A\n"


class FakeQgisProcess:
    """Stands in for qgis_process: two steps, a check that finds three things, and a count of the calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[str] = []

    def __call__(self, arguments: list[str], surroundings: dict[str, str]) -> subprocess.CompletedProcess[str]:
        if arguments[0] == "plugins":
            return subprocess.CompletedProcess(arguments, 0, "", "")
        name = arguments[1].split(":")[1]
        self.runs.append(name)
        results = getattr(self, f"_{name}")()
        return subprocess.CompletedProcess(arguments, 0, json.dumps({"results": results}), "")

    def _demo(self) -> dict[str, Any]:
        steps = self._write("steps.json", json.dumps([{"algorithm": f"villageplanner:{name}", "parameters": {}} for name in ("createplan", "check")]))
        return {"SOURCES": "sources", "EXPECTED": self._write("expected.json", PLANTED), "STEPS": steps}

    def _createplan(self) -> dict[str, Any]:
        return {"PLAN": self._write("plan.gpkg", ""), "VILLAGE_COUNT": 30, "DIFFERENCES": 4}

    def _check(self) -> dict[str, Any]:
        return {"FINDINGS": self._write("findings.csv", FINDINGS), "COUNT_A": 3, "COUNT_B": 0, "COUNT_C": 0, "WAIVED": 0, "NOT_CHECKED": 1}

    def _write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeQgisProcess:
    folder = tmp_path / "demo"
    monkeypatch.setattr(run_demo, "DEMO", folder)
    monkeypatch.setattr(run_demo, "_fingerprint", lambda staged: "one")
    process = FakeQgisProcess(folder)
    monkeypatch.setattr(run_demo, "_qgis_process", process)
    return process


def test_every_step_is_told_in_chinese_and_english_with_its_figures(fake: FakeQgisProcess, capsys: pytest.CaptureFixture[str]) -> None:
    run_demo.report(run_demo.run_demo())
    told = capsys.readouterr().out
    assert "建立规划文件 / plan created: 30 个村 villages, 4 处名册差异 roster differences" in told
    assert "质检 / check: A 3, B 0, C 0" in told
    assert len(re.findall(r"\[\d+\.\d s\]", told)) == 3 and "全部步骤 / all steps: " in told
    assert "A  QC-5202    2\n" in told
    assert "A  QC-7105    1（预置 planted: 0）" in told
    assert "A  QC-7106    0（预置 planted: 1）" in told
    assert str(fake.folder / "plan.gpkg") in told


def test_a_second_run_repeats_nothing(fake: FakeQgisProcess) -> None:
    first = run_demo.run_demo()
    assert fake.runs == ["demo", "createplan", "check"]
    assert run_demo.run_demo() == first
    assert fake.runs == ["demo", "createplan", "check"]


def test_a_changed_plugin_is_run_again(fake: FakeQgisProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    run_demo.run_demo()
    monkeypatch.setattr(run_demo, "_fingerprint", lambda staged: "two")
    run_demo.run_demo()
    assert len(fake.runs) == 6


def test_another_size_runs_beside_the_township(fake: FakeQgisProcess) -> None:
    run_demo.run_demo()
    fake.folder = fake.folder.with_name("demo-county-none")
    county = run_demo.run_demo("county", "none")
    assert county["plan"] == str(fake.folder / "plan.gpkg")
    assert len(fake.runs) == 6


def test_a_lost_plan_is_made_again(fake: FakeQgisProcess) -> None:
    run_demo.run_demo()
    (fake.folder / "plan.gpkg").unlink()
    run_demo.run_demo()
    assert (fake.folder / "plan.gpkg").exists()


def test_a_refused_step_stops_the_demo_with_its_sentence(fake: FakeQgisProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.folder.mkdir()
    refusal = subprocess.CompletedProcess([], 1, "", "名册缺少村代码列\n名册缺少村代码列\n")
    monkeypatch.setattr(run_demo, "_qgis_process", lambda arguments, surroundings: refusal)
    with pytest.raises(run_demo.StepFailed, match="^villageplanner:demo: 名册缺少村代码列$"):
        run_demo.run_demo()
