"""What the tests of checks share: the profile, and a check that also proves its findings can be told and kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pandas as pd
import pytest

from village_planner import checks
from village_planner.base import Message, render
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile, load_profile


@pytest.fixture(scope="session")
def profile() -> Profile:
    return load_profile()


@pytest.fixture(scope="session")
def check(profile: Profile) -> Callable[..., pd.DataFrame]:
    """Findings of one rule on a plan; each must render in both languages from what JSON keeps of its parameters."""

    def findings(rule: str, data: PlanData, layers: dict[str, pd.DataFrame] | None = None, formal: bool = False) -> pd.DataFrame:
        result = checks.run(data, MemoryLayers(layers or {}), profile, [rule], formal=formal)
        assert result.ran == [rule], [str(note.message) for note in result.not_checked]
        for code, params in zip(result.findings["message_code"], result.findings["params"]):
            assert_tells(Message(code, json.loads(json.dumps(params))))
        assert not result.findings["key"].duplicated().any()
        return result.findings

    return findings


def assert_tells(message: Message) -> None:
    """A message without entry or parameter is rendered as its code; the program's own words are no Chinese."""
    for language in ("zh_CN", "en"):
        text = render(message, language)
        assert not text.startswith(message.code), text
        assert "nan" not in text
    raw = re.findall(r"[a-z]{3,}(?:_[a-z]+)*", re.sub(r"#[0-9a-f]+", "", render(message, "zh_CN")))
    assert set(raw) <= {"csv"}, raw


@pytest.fixture(scope="session")
def not_checked(profile: Profile) -> Callable[..., list[str]]:
    """Message codes of what one rule could not check, each of which renders."""

    def notes(rule: str, data: PlanData, layers: dict[str, pd.DataFrame] | None = None) -> list[str]:
        result = checks.run(data, MemoryLayers(layers or {}), profile, [rule])
        for note in result.not_checked:
            assert note.rule == rule
            assert_tells(note.message)
        return [note.message.code.rsplit(".", 1)[-1] for note in result.not_checked]

    return notes
