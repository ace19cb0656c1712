"""Which parts of a profile have a public source, which are remembered, and which are proposals: for screens and reports."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Iterator

from village_planner.standards.profile import Profile

CERTAINTIES = ("sourced", "memory", "proposal")
"""How sure a statement of a profile can be, the surest first."""


@dataclass(frozen=True)
class Statement:
    """One thing that a profile says. part: ``value``, ``rule``, ``layer``, ``field``, ``code``, ``table``, ``sheet`` or ``package``.

    id: its key, layer.field, list.code or path; title: what it is called, '' for none; value: what is stated, '' for none.
    """

    part: str
    id: str
    title: str
    value: str
    source: str
    confidence: str

    @property
    def certainty(self) -> str:
        """Of CERTAINTIES; what is none of these is a proposal."""
        return certainty(self.confidence)


def certainty(confidence: str) -> str:
    """How sure something of this confidence is: of CERTAINTIES."""
    return next((word for word in CERTAINTIES if confidence.startswith(word)), CERTAINTIES[-1])


def certainty_word(profile: Profile, confidence: str) -> str:
    """How sure something of this confidence is, in the profile's words (建议值 …)."""
    return profile.texts.get(certainty(confidence), certainty(confidence))


def statements(profile: Profile) -> list[Statement]:
    """Everything that a profile states with a source, what it inherits included, in the order of its files."""
    return [*_values(profile), *_rules(profile), *_layers(profile), *_lists(profile), *_printed(profile)]


def certainties(profile: Profile) -> dict[str, int]:
    """How many statements are sourced, remembered and proposed."""
    counts = Counter(statement.certainty for statement in statements(profile))
    return {word: counts[word] for word in CERTAINTIES}


def certainty_sentence(profile: Profile) -> str:
    """The counts in the profile's words, as 有公开来源 12 项，凭记忆，待核对原文 3 项，建议值 40 项."""
    return "；".join(f"{profile.texts.get(word, word)} {count} 项" for word, count in certainties(profile).items())


def _values(profile: Profile) -> Iterator[Statement]:
    for key, value in profile.values.items():
        yield Statement("value", key, "", f"{_in_words(value.value)} {value.unit}".strip(), value.source, value.confidence)


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return "，".join(f"{key} = {one}" for key, one in value.items())
    return "、".join(map(_in_words, value)) if isinstance(value, list) else "" if value is None else str(value)


def _rules(profile: Profile) -> Iterator[Statement]:
    for rule in profile.rules.values():
        limits = "，".join(f"{name} = {value}" for name, value in rule.values.items())
        yield Statement("rule", rule.id, rule.title, "；".join(filter(None, (rule.severity, limits))), rule.source, rule.confidence)


def _layers(profile: Profile) -> Iterator[Statement]:
    for layer in profile.layers.values():
        yield Statement("layer", layer.name, layer.alias, layer.code, layer.source, layer.confidence)
        for field in layer.fields:
            size = f"{field.type} {field.width or ''}{f'.{field.precision}' if field.precision else ''} {field.required}"
            yield Statement("field", f"{layer.name}.{field.name}", field.alias, " ".join(size.split()), field.source, field.confidence)


def _lists(profile: Profile) -> Iterator[Statement]:
    for codes in profile.codes.values():
        for row in codes.rows:
            yield Statement("code", f"{codes.id}.{row['code']}", row["name"], row["code"], row["source"], row["confidence"])


def _printed(profile: Profile) -> Iterator[Statement]:
    for table in profile.tables.values():
        yield Statement("table", table.id, table.title, "", table.source, table.confidence)
    for sheet in profile.sheets.values():
        yield Statement("sheet", sheet.id, sheet.title, "", sheet.source, sheet.confidence)
    for entry in profile.package.entries:
        yield Statement("package", entry.path, "", "", entry.source, entry.confidence)
