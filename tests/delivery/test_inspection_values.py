"""Values of a layer are judged by themselves: ranges, codes and names, what only cultivated land may state; and where things lie."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from village_planner.delivery.sense import check_sense
from village_planner.standards import Profile


def rules(layer: str, profile: Profile, **values: Any) -> list[tuple[str, str]]:
    """Rule and subject of the findings on one row."""
    rows = pd.DataFrame({name: [value] for name, value in values.items()}, dtype=object)
    return [(finding.rule, finding.subject) for finding in check_sense("a.gpkg", profile.layers[layer], rows, profile)]


@pytest.mark.parametrize(("field", "value", "found"), [
    ("KXL", 100.0, False), ("KXL", 100.01, True), ("KXL", -0.01, True), ("KXL", None, False), ("JMDS", -1, True), ("QBSX", 2035, False), ("QBSX", 35, True),
    ("XZCZJSYDMJ", 0.0, False), ("XZCZJSYDMJ", -5.0, True),
])  # fmt: skip
def test_a_number_beyond_its_range_is_found(profile: Profile, field: str, value: float | None, found: bool) -> None:
    assert rules("CZBD", profile, **{field: value}) == ([("QC-3105", f"CZBD.{field}")] if found else [])


def test_a_deduction_of_all_the_land_is_found(profile: Profile) -> None:
    assert rules("YJJBNT", profile, KCXS=1.0) == [("QC-3105", "YJJBNT.KCXS")]
    assert rules("YJJBNT", profile, KCXS=0.1432) == []


@pytest.mark.parametrize(("class_code", "values", "found"), [
    ("0103", {"KCXS": 0.12, "GDPDJB": "2"}, []), ("0301", {"KCXS": 0.12}, ["QC-3306"]), ("0301", {"KCXS": 0.0, "GDPDJB": " "}, []),
    ("0702", {"GDPDJB": "2", "GDDB": "7"}, ["QC-3306", "QC-3306"]), ("103", {"KCXS": 0.12}, []),
])  # fmt: skip
def test_what_only_cultivated_land_states_is_found_elsewhere(profile: Profile, class_code: str, values: dict[str, Any], found: list[str]) -> None:
    assert [rule for rule, _ in rules("JQYD", profile, DLBM=class_code, CZCSXM="203", **values)] == found


@pytest.mark.parametrize(("class_code", "built_code", "found"), [
    ("0702", "203", False), ("0702", None, True), ("0702", " ", True), ("1201", "", True), ("0103", None, False), ("1001", None, False),
    ("0602", "204", False), ("0602", "203", True), ("0603", None, True), ("09", "205", False), ("0901", "201", True), ("602", "203", True),
])  # fmt: skip
def test_a_code_of_town_and_village_that_does_not_go_with_its_class_is_found(profile: Profile, class_code: str, built_code: str | None, found: bool) -> None:
    assert rules("JQYD", profile, DLBM=class_code, CZCSXM=built_code) == ([("QC-3308", "JQYD.CZCSXM")] if found else [])


def test_classes_of_another_system_are_not_judged_by_those_of_the_survey(profile: Profile) -> None:
    setting = profile.rules["QC-3308"]
    other = replace(profile, rules={**profile.rules, "QC-3308": replace(setting, values={**setting.values, "system": "ydyh-2023"})})
    assert rules("JQYD", other, DLBM="0702", CZCSXM=None) == []


def test_a_name_that_is_missing_or_a_code_out_of_its_list_is_not_told_twice(profile: Profile) -> None:
    assert rules("CZBD", profile, CZFLDM="03", CZFLMC=None) == []
    assert rules("CZBD", profile, CZFLDM="77", CZFLMC="集聚提升类") == []
    assert rules("CZBD", profile, CZFLDM="01", CZFLMC="特色保护类") == [("QC-3303", "CZBD.CZFLMC")]


def test_codes_of_units_have_the_digits_of_the_profile(profile: Profile) -> None:
    assert rules("CZBD", profile, XZQDM="370799101201", SSXZDM="370799101") == []
    assert rules("CZBD", profile, XZQDM="370799101201000", SSXZDM=None) == [("QC-3305", "CZBD.XZQDM")]
