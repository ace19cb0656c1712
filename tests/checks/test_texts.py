"""Every message of the room exists in both languages and is used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from village_planner.base import resource

ROOM = Path(__file__).parents[2] / "village_planner" / "checks"
MESSAGES = json.loads(resource("i18n", "messages.checks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_say_the_same(code: str) -> None:
    fields = {language: {name for _, name, _, _ in Formatter().parse(text) if name} for language, text in MESSAGES[code].items()}
    assert set(fields) == {"en", "zh_CN"}
    assert fields["en"] == fields["zh_CN"]


def test_every_code_in_the_rules_has_a_message() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    written = set(re.findall(r'"(checks\.[\w.]+[a-z0-9])"', source))
    assert written - set(MESSAGES) == set()
