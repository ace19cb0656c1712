"""The Chinese of the interface and of the messages is whole at all times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import i18n


def test_every_string_of_the_interface_has_its_translation() -> None:
    assert i18n.untranslated(i18n.INTERFACE) == []


def test_every_string_of_the_interface_is_a_literal() -> None:
    calls = [(path.name, call) for path in i18n.interface_sources() for call in i18n.translation_calls(path.read_text(encoding="utf-8"))]
    assert [f"{name}:{call.line}" for name, call in calls if call.text is None] == []


def test_every_message_is_there_in_both_languages_with_the_same_placeholders() -> None:
    assert i18n.message_faults(i18n.TRANSLATIONS) == []


def test_an_empty_translation_file_is_reported_string_by_string(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "dock.py"
    source.write_text(
        'class Dock:\n    def title(self):\n        return f"{self.tr(\'Classify → 2035\')}" + translate(\n"Form",\n"a " "\\"b\\"",\n)\n', encoding="utf-8"
    )
    monkeypatch.setattr(i18n, "interface_sources", lambda: [source])
    assert i18n.untranslated(tmp_path / "missing_zh_CN.ts") == ["Dock: Classify → 2035", 'Form: a "b"']


def test_a_translation_stays_when_the_strings_are_collected_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, translation = tmp_path / "dock.py", tmp_path / "own_zh_CN.ts"
    source.write_text('translate("Dock", "Open")\n', encoding="utf-8")
    monkeypatch.setattr(i18n, "interface_sources", lambda: [source])
    i18n.update(translation)
    done = translation.read_text(encoding="utf-8").replace('<translation type="unfinished"></translation>', "<translation>打开</translation>")
    translation.write_text(done, encoding="utf-8")
    i18n.update(translation)
    assert translation.read_text(encoding="utf-8") == done
    assert i18n.untranslated(translation) == []


@pytest.mark.parametrize("expression", ["self.tr(name)", '_translate("Dock", name)', 'self.tr(f"{n} villages")', 'translate(context, "Open")'])
def test_a_string_that_is_no_literal_is_reported(expression: str) -> None:
    assert [call.text for call in i18n.translation_calls(f"label = {expression}\n")] == [None]


@pytest.mark.parametrize("source", ["name.translate(table)", "def tr(self, source):\n    return translate(self.name, source)"])
def test_what_is_no_string_of_the_interface_is_left_alone(source: str) -> None:
    assert i18n.translation_calls(source) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('{"a.b": {"en": "No {village}"}}', "messages.room.json: a.b: no text in zh_CN"),
        ('{"a.b": {"en": "No {village}", "zh_CN": "没有 {hamlet}"}}', "messages.room.json: a.b: placeholders differ: ['hamlet', 'village']"),
    ],
)
def test_a_message_that_is_not_whole_is_reported(tmp_path: Path, entry: str, fault: str) -> None:
    (tmp_path / "messages.room.json").write_text(entry, encoding="utf-8")
    assert i18n.message_faults(tmp_path) == [fault]
