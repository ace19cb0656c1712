"""Messages of the spatial room: every code that the room uses has its sentence in both languages."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = json.loads((ROOT / "resources" / "i18n" / "messages.spatial.json").read_text(encoding="utf-8"))


def test_every_code_that_is_used_has_a_sentence_and_every_sentence_is_used():
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "village_planner" / "spatial").glob("*.py"))
    used = {code for source in sources for code in re.findall(r'"(spatial\.[a-z0-9_]+)"', source)}
    assert used == set(CATALOGUE)


def test_both_languages_ask_for_the_same_values():
    def placeholders(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for code, entry in CATALOGUE.items():
        assert set(entry) == {"en", "zh_CN"}, code
        assert placeholders(entry["en"]) == placeholders(entry["zh_CN"]), code
