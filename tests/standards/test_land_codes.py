"""Land use codes know their classification; crosswalks turn them, and name what a human has to decide."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.standards.test_profiles import make_profile
from village_planner.base import InputError, render
from village_planner.standards import LandCode, load_profile

PROFILE = load_profile()
SURVEY, GUIDE_2020, GUIDE_2023 = (PROFILE.system(name) for name in ("sandiao", "ydyh-2020", "ydyh-2023"))


def test_the_same_digits_are_another_code_in_another_classification() -> None:
    survey, guide = SURVEY.code("0702"), GUIDE_2020.code("0702")
    assert survey != guide and (SURVEY.name(survey), GUIDE_2020.name(guide)) == ("农村宅基地", "城镇社区服务设施用地")
    with pytest.raises(InputError) as refused:
        SURVEY.name(guide)
    assert "0702" in render(refused.value.message, "zh_CN") and "三调" in render(refused.value.message, "zh_CN")
    with pytest.raises(InputError):
        PROFILE.crosswalk("sandiao", "ydyh-2020").targets(guide)


def test_a_classification_has_only_its_own_codes() -> None:
    assert SURVEY.code("08H2") == LandCode("sandiao", "08H2")
    with pytest.raises(InputError):
        GUIDE_2023.code("08H2")


@pytest.mark.parametrize(("code", "built", "guide_2020", "guide_2023"), [
    ("0702", "203", "0703", "0703"),
    ("0103", None, "0103", "0103"),
    ("1203", None, "2302", "2303"),
    ("1004", "203", "060102", "1207"),
    ("1004", "201", "1207", "1207"),
    ("1004", None, None, "1207"),
    ("05H1", "203", None, None),
])  # fmt: skip
def test_a_survey_code_becomes_the_one_code_that_it_can_become(code: str, built: str | None, guide_2020: str | None, guide_2023: str | None) -> None:
    """A road (1004) is of the village or of the town by its CZCSXM; in 2023 both are one class again."""
    found = PROFILE.crosswalk("sandiao", "ydyh-2020").single(SURVEY.code(code), built)
    assert found == (GUIDE_2020.code(guide_2020) if guide_2020 else None)
    if guide_2023:
        assert PROFILE.crosswalk("sandiao", "ydyh-2023").single(SURVEY.code(code)) == GUIDE_2023.code(guide_2023)


def test_every_survey_class_of_the_second_level_has_a_way_to_both_guides() -> None:
    leaves = [code for code in SURVEY.codes.codes if len(code) > 2 or code == "09"]
    for target in ("ydyh-2020", "ydyh-2023"):
        crosswalk = PROFILE.crosswalk("sandiao", target)
        assert [code for code in leaves if not crosswalk.targets(SURVEY.code(code))] == []


def test_what_a_human_has_to_decide_is_listed_with_its_choices() -> None:
    to_decide = PROFILE.crosswalk("sandiao", "ydyh-2020").to_decide
    assert [target.code.code for target in to_decide["1202"]] == ["0602", "0603", "0604"]
    assert {"05H1", "08H2", "0809", "09", "1006", "1202", "0201K"} <= set(to_decide) and "0702" not in to_decide


def test_single_ways_agree_with_the_table_that_goes_to_2023_at_once(shared_standards: Path) -> None:
    with (shared_standards / "landuse_sandiao.csv").open(encoding="utf-8-sig", newline="") as stream:
        stated = {row["DLBM"]: row["ydyh_2023_code"] for row in csv.DictReader(stream) if row["ydyh_2023_code"]}
    crosswalk = PROFILE.crosswalk("sandiao", "ydyh-2023")
    found = {code: crosswalk.single(SURVEY.code(code)) for code in stated}
    assert {code: target.code for code, target in found.items() if target} == {code: stated[code] for code, target in found.items() if target}
    assert sum(target is not None for target in found.values()) > 40


def test_values_may_only_name_codes_of_their_classification(tmp_path: Path) -> None:
    wrong = {"value": ["0704"], "system": "sandiao", "source": "测试", "confidence": "proposal"}
    with pytest.raises(InputError) as refused:
        load_profile(make_profile(tmp_path / "child", values={"construction_landuse": wrong}))
    said = refused.value.message.params
    assert (said["key"], said["found"]) == ("values.construction_landuse.value", "0704") and "三调" in render(refused.value.message, "zh_CN")


def test_a_crosswalk_with_a_code_that_there_is_not_is_refused_with_its_row(tmp_path: Path) -> None:
    folder = make_profile(tmp_path / "child")
    (folder / "crosswalks").mkdir()
    rows = "from,to,when,note,source,confidence\n0702,0703,,,s,proposal\n0702,0799,,,s,proposal\n"
    (folder / "crosswalks" / "sandiao__ydyh-2020.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_profile(folder)
    assert (refused.value.message.params["row"], refused.value.message.params["code"]) == (3, "0799")


def test_a_profile_that_leaves_out_what_there_is_not_is_refused_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        load_profile(make_profile(tmp_path / "child", without={"layers": ["CZBDD"]}))
    assert refused.value.message.params["key"] == "without.layers" and "CZBD" in str(refused.value.message.params["expected"])
    profile = load_profile(make_profile(tmp_path / "other", without={"layers": ["XZSJ"]}))
    assert "XZSJ" not in profile.layers and "CZBD" in profile.layers


def test_a_base_without_package_is_none_to_make_plans_by() -> None:
    with pytest.raises(InputError) as refused:
        load_profile("sandiao-2019")
    assert "package.json" in render(refused.value.message, "zh_CN")
    assert load_profile("sandiao-2019", base=True).package.entries == ()
