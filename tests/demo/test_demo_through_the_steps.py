"""The demo through createplan, addcontrol, decide and check: what is found is exactly what expected.json lists."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest
import shapely

from tests.following import Followed, follow
from village_planner import checks
from village_planner.base import SilentFeedback
from village_planner.demo import DemoResult
from village_planner.plan import PlanFile
from village_planner.plan.data import PlanData, plain
from village_planner.standards import load_profile


@dataclass(frozen=True)
class Run:
    """A demo and what the steps made of it."""

    expected: dict[str, Any]
    steps: Followed
    data: PlanData
    checked: checks.CheckResult


def through_the_steps(demo: DemoResult) -> Run:
    """Follow steps.json as far as the check."""
    followed = follow(demo)
    file = PlanFile.open(followed.plan)
    data = file.read()
    checked = checks.run(data, file.layers(), load_profile("layout-2035"), feedback=SilentFeedback())
    return Run(json.loads(demo.expected.read_text(encoding="utf-8")), followed, data, checked)


SIZES = ["", pytest.param("_county", marks=pytest.mark.slow), pytest.param("_stress", marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=SIZES)
def clean_run(request: pytest.FixtureRequest) -> Run:
    return through_the_steps(request.getfixturevalue(f"clean{request.param}"))


@pytest.fixture(scope="module", params=SIZES)
def faulty_run(request: pytest.FixtureRequest) -> Run:
    return through_the_steps(request.getfixturevalue(f"faulty{request.param}"))


def test_the_clean_demo_has_no_finding_and_every_rule_runs(clean_run: Run) -> None:
    assert _keys_found(clean_run) == set()
    assert [note for note in clean_run.checked.not_checked if note.holds_up] == []
    assert clean_run.steps.decided.rejected == 0 and clean_run.steps.created.differences == 0
    assert (clean_run.expected["village_count"], clean_run.expected["hamlet_count"]) == (
        clean_run.steps.created.village_count, clean_run.steps.created.hamlet_count,
    )
    assert sum(result.repaired + result.set_aside for result in clean_run.steps.controls.values()) == 0
    assert [result.rejected for result in clean_run.steps.taken] == [0, 0, 0]


def test_a_check_leaves_the_plans_polygons_as_they_are_for_other_threads(clean_run: Run) -> None:
    """What is prepared serves one thread only: another that uses it meanwhile crashes."""
    geoms = {name: table["geom"].to_numpy() for name, table in clean_run.data.tables.items() if "geom" in table}
    assert {"township", "village", "patch"} <= geoms.keys()
    assert [name for name, column in geoms.items() if shapely.is_prepared(column).any()] == []


def test_the_faulty_demo_gives_exactly_the_expected_findings(faulty_run: Run) -> None:
    expected = [_key_expected(finding, faulty_run.data) for finding in faulty_run.expected["findings"]]
    found = _keys_found(faulty_run)
    assert len(set(expected)) == len(expected)
    assert {"missing": set(expected) - found, "unexpected": found - set(expected)} == {"missing": set(), "unexpected": set()}
    assert [note.rule for note in faulty_run.checked.not_checked if note.holds_up] == faulty_run.expected["not_checked"]


def test_measures_and_limits_are_those_of_the_oracle(faulty_run: Run) -> None:
    found = {_key_found(row): row for row in faulty_run.checked.findings.itertuples(index=False)}
    measured = 0
    for finding in faulty_run.expected["findings"]:
        row = found[_key_expected(finding, faulty_run.data)]
        if finding["measure"] is None:
            continue
        measured += 1
        assert row.unit == finding["unit"], finding
        assert row.measure == pytest.approx(finding["measure"], abs=finding["tolerance"]), finding
        if finding["limit"] is not None:
            assert row.limit_value == pytest.approx(finding["limit"], abs=finding["tolerance"]), finding
        for name, area in finding["params"].items():
            assert row.params[name] == pytest.approx(area, abs=finding["tolerance"]), (name, finding)
    assert measured >= 15


def test_open_differences_between_the_rosters_are_the_expected_ones(faulty_run: Run) -> None:
    rows = faulty_run.data.roster_difference
    rows = rows[rows["settled"].isna()]
    found = {(str(r.source), str(r.code), str(r.kind), plain(r.village_code)) for r in rows.itertuples(index=False)}
    assert found == {(d["source"], d["code"], d["kind"], d["village_code"]) for d in faulty_run.expected["differences"]}
    assert faulty_run.steps.created.differences == len(found)


def test_rows_of_a_village_with_a_wrong_row_are_refused_together(faulty_run: Run) -> None:
    refused = faulty_run.expected["rejected"]
    assert faulty_run.steps.decided.rejected == sum(row["rows"] for row in refused)
    names = {row["village"] for row in refused if "乌有" not in row["village"]}
    codes = set(faulty_run.data.village.loc[faulty_run.data.village["name"].isin(names), "code"])
    assert len(codes) == len(names) < len(refused)
    assert not codes & set(faulty_run.data.category["village_code"])
    assert not any(code[:12] in codes for code in faulty_run.data.move["hamlet_code"])


def test_broken_shapes_are_repaired_or_set_aside_and_counted(faulty_run: Run) -> None:
    assert faulty_run.steps.controls["hazard"].repaired == faulty_run.expected["repaired"]["地质灾害隐患.shp"]
    assert "JM9999" not in set(faulty_run.data.patch["code"]) or faulty_run.data.patch.set_index("code").loc["JM9999", "geom"] is None
    text = json.dumps(json.loads(faulty_run.steps.created.report_path.read_text(encoding="utf-8")), ensure_ascii=False)
    assert "居民点用地.shp" in text and "边界自相交" in text


def _keys_found(run: Run) -> set[tuple]:
    return {_key_found(row) for row in run.checked.findings.itertuples(index=False)}


def _key_found(row: Any) -> tuple:
    return tuple(plain(value) for value in (row.rule, row.severity, row.subject_kind, row.subject_code, row.other_kind, row.other_code))


def _key_expected(finding: dict[str, Any], data: PlanData) -> tuple:
    parties = []
    for side in ("subject", "other"):
        kind, code = finding[f"{side}_kind"], finding[f"{side}_code"]
        parties += [kind, _located(data.tables[kind], finding["locator"]) if kind and code is None else code]
    return finding["rule"], finding["severity"], *parties


def _located(table: pd.DataFrame, locator: dict[str, Any]) -> str:
    rows = table
    for column, value in locator.items():
        rows = rows[rows[column].eq(value).fillna(False)]
    assert len(rows) == 1, (locator, len(rows))
    return str(rows["code"].iloc[0])
