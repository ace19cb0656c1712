"""A message is a code with parameters; this module turns it into a Chinese or an English sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Mapping

from village_planner.base.paths import resource

CHINESE = "zh_CN"
ENGLISH = "en"


@dataclass(frozen=True)
class Message:
    """A sentence for the planner, not yet in a language.

    code: entry of a `resources/i18n/messages.<room>.json` file.
    params: values for the placeholders of that entry; a value may be a Message itself.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return render(self, ENGLISH)


def render(message: Message, language: str = CHINESE) -> str:
    """Return the sentence in `language` (``zh_CN`` or ``en``).

    A code without an entry, or an entry whose placeholder has no parameter, is shown as its
    code and parameters, so that a fault in a catalogue never hides what happened.
    """
    values = {
        name: render(value, language) if isinstance(value, Message) else value
        for name, value in message.params.items()
    }
    entry = _catalogue().get(message.code)
    if entry is None:
        return f"{message.code} {values}" if values else message.code
    try:
        return entry[language].format(**values)
    except (KeyError, IndexError, ValueError):
        return f"{message.code} {values}"


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    for path in sorted(resource("i18n").glob("messages.*.json")):
        entries.update(json.loads(path.read_text(encoding="utf-8")))
    return entries
