"""Scenarios beside each other: figures from the same accounts, and only what differs."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.accounts.examples import V1, V2, action, box, category, example, hamlet, move, village
from village_planner.accounts import scenario_differences, scenario_figures
from village_planner.plan import MemoryLayers
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

H1, H2, H3 = hamlet(1)["code"], hamlet(2)["code"], hamlet(1, V2)["code"]


@pytest.fixture(scope="module")
def data() -> PlanData:
    moves = [
        move("M1", H2, target=H1, phase=2022, households=10, cleared_m2=900.0, built_m2=300.0),
        {**move("M2", H2, target=H1, phase=2022, households=10, cleared_m2=900.0, built_m2=300.0), "scenario": "S2"},
        {**move("M3", H3, "town", phase=2025, households=7), "scenario": "S2"},
    ]
    return example(
        village=[village(), village(V2, "青石村")], hamlet=[hamlet(1), hamlet(2), hamlet(1, V2)],
        scenario=[{"code": "S1", "title": "方案一"}, {"code": "S2", "title": "方案二"}],
        category=[category(V1), category(V1, scenario="S2"), category(V2, "04", scenario="S2")],
        action=[
            action(H1, "retain"), action(H2), action(H1, "retain", "S2"), action(H2, scenario="S2"), action(H3, "relocate", "S2"),
        ],
        move=moves, patch=[{"code": "P1", "hamlet_code": H3, "kind": "existing", "geom": box(0, 0, 100, 10)}],
        check_run=[{"code": "R1", "at": "2026-01-01T00:00:00", "who": "张三", "scenario": "S2", "rules": [], "not_checked": []}],
        finding=[
            {"scenario": "S2", "key": key, "rule": "QC-7101", "severity": severity, "subject_kind": "village", "subject_code": V1,
             "message_code": "x", "params": {}, "digest": "d", "state": state, "run": "R1"}
            for key, severity, state in (("a", "A", "open"), ("b", "A", "waived"), ("c", "C", "open"))
        ],
    )  # fmt: skip


def test_figures_of_both_scenarios_stand_in_one_table(data: PlanData, profile: Profile) -> None:
    table = scenario_figures(data, MemoryLayers({}), profile, ["S1", "S2"]).set_index("code")
    assert table["adopted"].tolist() == [True, False]
    assert table["category_01"].tolist() == [1, 1] and table["category_04"].tolist() == [0, 1] and table["category_none"].tolist() == [1, 0]
    assert table["withdrawn_villages"].tolist() == [0, 1] and table["withdrawn_hamlets"].tolist() == [1, 2]
    assert table["undecided_hamlets"].tolist() == [1, 0] and table["households"].tolist() == [10, 17]
    assert table["cleared_m2"].tolist() == [900.0, 900.0]
    assert table.loc["S1", "change_m2"] == 0 and round(table.loc["S2", "change_m2"]) == -1000


def test_a_scenario_that_was_not_checked_has_no_findings_instead_of_none(data: PlanData, profile: Profile) -> None:
    table = scenario_figures(data, MemoryLayers({}), profile, ["S1", "S2"]).set_index("code")
    assert pd.isna(table.loc["S1", "finding_A"]) and table.loc["S1", "checked_at"] is None
    assert table.loc["S2", ["finding_A", "finding_B", "finding_C"]].tolist() == [1, 0, 1]


def test_only_what_differs_is_listed_with_both_values(data: PlanData) -> None:
    table = scenario_differences(data, ["S1", "S2"])
    assert table[["name", "item"]].to_numpy().tolist() == [["青石村", "category"], ["居民点1", "action"], ["居民点1", "moves"]]
    assert table.loc[0, ["S1", "S2"]].tolist() == [None, "04"]
    assert table.loc[1, ["S1", "S2"]].tolist() == ["undecided", "relocate"] and table.loc[1, "village_name"] == "青石村"
    assert table.loc[2, "S1"] == () and table.loc[2, "S2"] == (("town", None, 2025, 7),)


def test_a_scenario_does_not_differ_from_itself_nor_from_its_copy(data: PlanData) -> None:
    assert scenario_differences(data, ["S1", "S1"]).empty
    tables = {name: data.tables[name] for name in ("category", "action", "move")}
    copies = {name: frame[frame["scenario"] == "S1"].assign(scenario="S3") for name, frame in tables.items()}
    copies["move"]["code"] = "M9"
    extended = PlanData({**data.tables, **{name: pd.concat([tables[name], copies[name]], ignore_index=True) for name in tables}})
    assert scenario_differences(extended, ["S1", "S3"]).empty
