"""Of everything that a profile states it can be told whether it has a public source or is a proposal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standards.test_profiles import make_profile
from village_planner.standards import load_profile, profile_ids
from village_planner.standards.provenance import CERTAINTIES, certainties, certainty, certainty_sentence, certainty_word, statements


@pytest.mark.parametrize("profile_id", profile_ids())
def test_every_statement_has_a_source_and_is_counted_once(profile_id: str) -> None:
    profile = load_profile(profile_id)
    found = statements(profile)
    assert sum(certainties(profile).values()) == len(found) and all(one.source for one in found)
    names = [(one.part, one.id) for one in found if one.part != "package"]
    assert len(set(names)) == len(names)


def test_the_layers_of_the_layout_are_proposals_and_fujians_own_fields_are_not() -> None:
    assert {one.certainty for one in statements(load_profile()) if one.part == "layer"} == {"proposal"}
    fujian = {one.id: one.certainty for one in statements(load_profile("fujian-village-2021")) if one.part == "field"}
    assert (fujian["CJDCQ.ZLDWDM"], fujian["CJDCQ.HJRK"], fujian["GKBJ.GKBJLXDM"], fujian["JMD.BSM"]) == ("sourced", "proposal", "sourced", "sourced")


def test_a_value_that_a_child_proposes_makes_one_more_proposal(tmp_path: Path) -> None:
    value = {"value": [2020], "unit": "年", "source": "测试", "confidence": "proposal"}
    parent, child = load_profile(), load_profile(make_profile(tmp_path / "child", values={"phases": value}))
    assert parent.values["phases"].confidence == "sourced"
    assert certainties(child)["proposal"] == certainties(parent)["proposal"] + 1 and certainties(child)["sourced"] == certainties(parent)["sourced"] - 1


def test_certainties_have_words() -> None:
    profile = load_profile()
    words = [certainty_word(profile, word) for word in ("sourced(length)", "memory-low", "proposal", "?")]
    assert words == ["有公开来源", "凭记忆，待核对原文", "建议值", "建议值"]
    assert certainty("memory-high") in CERTAINTIES
    assert certainty_sentence(profile).startswith(f"有公开来源 {certainties(profile)['sourced']} 项；")
