"""Each kind of damage to a package whose manifest was made again is found by its rules and by no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.delivery.damages import DAMAGES, IN_ALL_FORMATS, Damage, resealed, rules_found, sql


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


def test_at_least_sixty_kinds_of_damage_are_told_apart() -> None:
    names = [row[0] for row in (*DAMAGES, *IN_ALL_FORMATS) if row[2]]
    assert len(names) == len(set(names)) >= 60


def test_a_manifest_that_was_not_made_again_is_found_beside_the_damage(package: Path) -> None:
    sql("UPDATE CZBD SET CZXZ = '99' WHERE fid = 1")(package)
    assert rules_found(package) == {"QC-3104", "PK-01"}
