"""Each kind of damage to a package whose manifest was made again is found by its rules and by no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.delivery.damages import DAMAGES, IN_ALL_FORMATS, Damage, part, resealed, rules_found, sql
from village_planner.base import render
from village_planner.delivery import inspect_package


def _kinds(rows: list[tuple[str, Damage, set[str]]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("damage", "expected"), [row[1:] for row in rows], ids=[row[0] for row in rows])


@_kinds(DAMAGES)
def test_each_damage_is_found_by_its_rules_and_no_others(package: Path, damage: Damage, expected: set[str]) -> None:
    damage(package)
    resealed(package)
    assert rules_found(package) == expected


@_kinds(IN_ALL_FORMATS)
def test_each_damage_to_documents_sheets_and_further_formats_is_found_by_its_rules_and_no_others(
    formal_copy: Path, damage: Damage, expected: set[str]
) -> None:
    damage(formal_copy)
    resealed(formal_copy)
    assert rules_found(formal_copy) == expected


def test_a_text_without_marks_is_told_as_not_compared(formal_copy: Path) -> None:
    part("规划文本.docx", "word/document.xml", lambda xml: xml.replace(b'w:name="vp_', b'w:name="xx_'))(formal_copy)
    resealed(formal_copy)
    inspection = inspect_package(formal_copy)
    (note,) = [note for note in inspection.not_checked if note.rule == "NL-11"]
    assert "文本" in note.message.params["file"] and "没有数值标记" in render(note.message)
    assert note.holds_up and inspection.findings.empty and inspection.verdict.value == "incomplete"


def test_at_least_sixty_kinds_of_damage_are_told_apart() -> None:
    names = [row[0] for row in (*DAMAGES, *IN_ALL_FORMATS) if row[2]]
    assert len(names) == len(set(names)) >= 60


def test_a_manifest_that_was_not_made_again_is_found_beside_the_damage(package: Path) -> None:
    sql("UPDATE CZBD SET CZXZ = '99' WHERE fid = 1")(package)
    assert rules_found(package) == {"QC-3104", "PK-01"}
