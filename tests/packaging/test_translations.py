"""The Chinese of the interface and of the messages is whole at all times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import i18n


def test_every_string_of_the_interface_has_its_translation() -> None:
    assert i18n.untranslated(i18n.INTERFACE) == []


def test_every_string_of_the_interface_can_be_collected() -> None:
    found = {str(path): i18n.unreachable(path.read_text(encoding="utf-8")) for path in i18n.interface_sources()}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_every_message_is_there_in_both_languages_with_the_same_placeholders() -> None:
    assert i18n.message_faults(i18n.TRANSLATIONS) == []


def test_an_empty_translation_file_is_reported_string_by_string(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "dock.py"
    source.write_text('class Dock:\n    def title(self):\n        return self.tr("Classify → 2035")\n', encoding="utf-8")
    monkeypatch.setattr(i18n, "interface_sources", lambda: [source])
    assert i18n.untranslated(tmp_path / "missing_zh_CN.ts") == ["Dock: Classify → 2035"]


@pytest.mark.parametrize("expression", ['f"{self.tr(\'Open\')}"', "self.tr(name)", 'tr("Dock", "Open")', '_translate("Dock", name)', 'self.tr(f"{n} villages")'])
def test_a_string_that_cannot_be_collected_is_reported(expression: str) -> None:
    assert i18n.unreachable(f"label = {expression}\n") == [1]


def test_a_plain_string_can_be_collected() -> None:
    assert i18n.unreachable('label = self.tr("Open") + _translate("Dock", "New") + name.translate(table)\n') == []


def test_a_tr_method_of_ours_may_hand_on_the_text_of_its_callers() -> None:
    assert i18n.unreachable('def tr(self, source):\n    return translate("Dock", source)\n') == []


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
