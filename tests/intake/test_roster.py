"""Villages and hamlets from the rows of a roster, and what is said of the rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from village_planner.intake.codes import code_rule
from village_planner.intake.headers import read_table
from village_planner.intake.roster import Roster, complete_codes, kind_by_name, number_hamlets, roster_of
from village_planner.standards import Profile

HEAD = ["乡镇", "行政村代码", "行政村", "自然村", "户籍户数", "户籍人口", "宅基地宗数"]


@pytest.fixture
def roster(workbook: Callable[..., Path], profile: Profile) -> Callable[..., Roster]:
    def read(rows: list[list[object]], merges: tuple[str, ...] = ()) -> Roster:
        return roster_of(read_table(workbook(rows, merges), profile.inputs["roster"], code_rule(profile)), profile)

    return read


def test_hamlets_below_a_village_belong_to_it_merged_or_blank(roster: Callable[..., Roster], profile: Profile) -> None:
    found = roster(
        [
            HEAD,
            ["甲镇", "370799101201", "东山村", "东山", 30, 90, 33],
            [None, None, None, "西坡", 12, 40, 14],
            ["甲镇", "370799101202", "南沟村", "南沟", 20, 60, 21],
            [None, None, None, "北沟", 5, 15, 6],
        ],
        ("A2:A3", "B2:B3", "C2:C3"),
    )
    number_hamlets(found, code_rule(profile))
    assert [[hamlet.code for hamlet in village.hamlets] for village in found.villages] == [
        ["370799101201001", "370799101201002"], ["370799101202001", "370799101202002"],
    ]
    assert [hamlet.is_main for hamlet in found.villages[0].hamlets] == [True, False]
    assert [note.message.code for note in found.rows] == ["intake.village_from_above"]
    assert found.villages[1].township_name == "甲镇"


def test_a_figure_merged_over_hamlets_is_the_villages_own(roster: Callable[..., Roster]) -> None:
    found = roster(
        [HEAD, ["甲镇", "370799101201", "东山村", "东山", 42, 130, 33], [None, None, None, "西坡", None, None, 14]],
        ("A2:A3", "B2:B3", "C2:C3", "E2:E3", "F2:F3"),
    )
    village = found.villages[0]
    assert village.facts["households"] == 42
    assert [hamlet.facts.get("households") for hamlet in village.hamlets] == [None, None]
    assert [hamlet.facts["homesteads"] for hamlet in village.hamlets] == [33, 14]


def test_a_village_row_above_its_hamlets_keeps_the_villages_figures(roster: Callable[..., Roster]) -> None:
    found = roster([
        HEAD, ["甲镇", "370799101201", "东山村", None, 42, 130, None], ["甲镇", "370799101201", "东山村", "东山", 30, 90, 33],
        ["甲镇", "370799101201", "东山村", "西坡", 12, 40, 14],
    ])
    assert found.villages[0].facts["households"] == 42
    assert [hamlet.name for hamlet in found.villages[0].hamlets] == ["东山", "西坡"]
    assert not found.left_out


def test_duplicates_and_rows_without_a_place_are_left_out_with_their_row(roster: Callable[..., Roster]) -> None:
    found = roster([
        HEAD[:4], ["甲镇", "370799101201", "东山村", "东山"], ["甲镇", "370799101201", "东山村", "东山"], ["甲镇", "370799101202", "东山村", "东山"],
    ])
    assert [(note.row, note.message.code) for note in found.left_out] == [(3, "intake.hamlet_twice")]
    assert [note.message.code for note in found.rows] == ["intake.name_twice"]
    plain = roster([["行政村代码", "行政村"], ["370799101201", "东山村"], ["370799101201", "东山村"], ["370799101201", "西山村"]])
    assert len(plain.villages) == 1
    assert [note.message.code for note in plain.left_out] == ["intake.village_twice"] * 2
    assert [note.message.code for note in plain.rows] == ["intake.code_two_names"]


def test_wrong_cells_become_null_and_are_named(roster: Callable[..., Roster]) -> None:
    sound = [["甲镇", f"37079910120{n}", f"村{n}村", "甲", 3, 9, 1] for n in range(4)]
    found = roster([HEAD, *sound, ["甲镇", "370799101209", "东山村", "东山", "约30", "90%", 1]])
    assert found.villages[-1].hamlets[0].facts["households"] is None
    assert [note.message.params["column"] for note in found.rows] == ["户籍户数", "户籍人口"]


def test_codes_are_completed_by_name_within_the_township(roster: Callable[..., Roster]) -> None:
    found = roster([["乡镇", "行政村"], ["甲镇", "东山村"], ["乙镇", "东山村"], ["乙镇", "无名村"]])
    complete_codes(found, {("甲", "东山村"): "370799101201", ("乙", "东山村"): "370799102201"})
    assert [village.code for village in found.villages] == ["370799101201", "370799102201"]
    assert [note.message.code for note in found.left_out] == ["intake.row_no_code"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("东山村民委员会", "village"), ("东山村", "village"), ("幸福社区居委会", "committee"), ("国有青山林场", "farm"), ("龙泉水库", "water"),
     ("某某虚拟社区", "zone"), ("经济开发区", "zone"), ("林场村", "village"), ("巴彦嘎查", "village")],
)
def test_the_kind_of_a_unit_goes_by_the_end_of_its_name(name: str, kind: str, profile: Profile) -> None:
    assert kind_by_name(name, profile) == kind
