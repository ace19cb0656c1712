"""The profile of a plan lies beside the plan file where it does not ship with the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standards.test_profiles import make_profile
from village_planner.base import InputError, render, resource
from village_planner.standards import load_profile, profile_kept


def test_a_profile_and_the_parents_that_do_not_ship_are_kept_and_found_by_id(tmp_path: Path) -> None:
    value = {"value": 11, "unit": "位", "source": "测试", "confidence": "proposal"}
    make_profile(tmp_path / "own" / "province", values={"village_code_digits": value})
    child = make_profile(tmp_path / "own" / "any-name", id="county", extends="province")
    plans = tmp_path / "plans"
    with profile_kept(child, plans):
        pass
    assert sorted(path.name for path in (plans / "profiles").iterdir()) == ["county", "province"]
    kept = load_profile("county", beside=plans)
    assert (kept.id, kept.lineage) == ("county", ("county", "province", "layout-2035", "sandiao-2019")) and kept.value("village_code_digits") == 11


@pytest.mark.parametrize("profile", ["layout-2035", resource("profiles", "layout-2035")])
def test_a_profile_that_ships_is_not_copied(tmp_path: Path, profile: str | Path) -> None:
    with profile_kept(profile, tmp_path):
        pass
    assert list(tmp_path.iterdir()) == [] and load_profile("layout-2035", beside=tmp_path).id == "layout-2035"


def test_another_edition_is_only_replaced_on_wish_and_comes_back_when_the_creation_fails(tmp_path: Path) -> None:
    plans = tmp_path / "plans"
    with profile_kept(make_profile(tmp_path / "a" / "county", version="1"), plans):
        pass
    newer = make_profile(tmp_path / "b" / "county", version="2")
    with pytest.raises(InputError) as refusal, profile_kept(newer, plans):
        pass
    assert "county" in render(refusal.value.message) and load_profile("county", beside=plans).version == "1"
    with pytest.raises(RuntimeError), profile_kept(newer, plans, replace=True):
        assert load_profile("county", beside=plans).version == "2"
        raise RuntimeError
    assert load_profile("county", beside=plans).version == "1"
    with profile_kept(newer, plans, replace=True):
        pass
    assert load_profile("county", beside=plans).version == "2"
    assert [path.name for path in (plans / "profiles").iterdir()] == ["county"]


def test_a_creation_that_fails_leaves_no_profile_behind(tmp_path: Path) -> None:
    plans = tmp_path / "plans"
    plans.mkdir()
    with pytest.raises(RuntimeError), profile_kept(make_profile(tmp_path / "county"), plans):
        raise RuntimeError
    assert list(plans.iterdir()) == []


def test_a_plans_profile_that_is_nowhere_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        load_profile("county", beside=tmp_path)
    said = render(refusal.value.message)
    assert "county" in said and str(tmp_path / "profiles") in said and "layout-2035" in said


@pytest.mark.parametrize("profile_id", ["../own/county", "/etc", "..", "a/b", "a\\b", "", "."])
def test_the_id_in_a_plan_leads_nowhere_else(tmp_path: Path, profile_id: str) -> None:
    make_profile(tmp_path / "own" / "county", id="county")
    with pytest.raises(InputError):
        load_profile(profile_id, beside=tmp_path / "plans")
    with pytest.raises(InputError):
        load_profile(make_profile(tmp_path / "wrong", id=profile_id))
