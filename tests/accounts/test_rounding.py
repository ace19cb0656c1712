"""Rounding as by hand, and by the largest remainder: parts add up, and none goes farther than it must."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from village_planner.accounts.rounding import half_up, percentages, rounded_parts

areas = st.lists(st.floats(-1e7, 1e9), max_size=40)
decimals = st.integers(0, 4)


@given(parts=areas, digits=decimals)
def test_rounded_parts_add_up_to_the_rounded_sum(parts, digits):
    unit = 10**-digits
    rounded = rounded_parts(parts, digits)
    in_units = [round(part / unit) for part in rounded]
    assert rounded == pytest.approx([number * unit for number in in_units], rel=1e-12)
    # The sum itself may lie on the edge between two units.
    assert abs(sum(in_units) - math.fsum(parts) / unit) <= 0.5 + 1e-5


@given(parts=areas, digits=decimals)
def test_no_part_moves_by_a_whole_unit(parts, digits):
    for part, rounded in zip(parts, rounded_parts(parts, digits)):
        assert abs(part - rounded) < 10**-digits * (1 + 1e-6)


@given(parts=st.lists(st.floats(0, 1e6), min_size=2, max_size=20))
def test_a_part_that_was_raised_has_no_smaller_remainder_than_one_that_was_not(parts):
    remainders = [(part - math.floor(part), rounded > part) for part, rounded in zip(parts, rounded_parts(parts)) if part != math.floor(part)]
    raised = [remainder for remainder, is_raised in remainders if is_raised]
    kept = [remainder for remainder, is_raised in remainders if not is_raised]
    assert not raised or not kept or min(raised) >= max(kept) - 1e-8


@given(units=st.lists(st.integers(-(10**6), 10**8), max_size=30), digits=decimals)
def test_what_is_rounded_already_stays(units, digits):
    parts = [unit / 10**digits for unit in units]
    assert rounded_parts(parts, digits) == parts


def test_the_largest_remainder_gets_the_missing_unit_and_of_equal_ones_the_first():
    assert rounded_parts([1.2, 1.6, 1.3]) == [1, 2, 1]
    assert rounded_parts([0.5, 0.5, 1.0]) == [1, 0, 1]
    assert rounded_parts([-1.5, -1.5]) == [-1, -2]


def test_an_unknown_part_stays_unknown_and_counts_for_nothing():
    rounded = rounded_parts([1.5, math.nan, 1.5])
    assert [rounded[0], rounded[2]] == [2, 1] and math.isnan(rounded[1])
    assert rounded_parts([]) == []


@given(counts=st.lists(st.integers(0, 10**6), max_size=12), rest=st.integers(0, 10**6))
def test_percentages_of_all_parts_add_up_to_a_hundred(counts, rest):
    whole = sum(counts) + rest
    shares = percentages([*counts, rest], whole)
    if whole == 0:
        assert shares == [None] * (len(counts) + 1)
        return
    assert sum(round(share * 100) for share in shares) == 10_000
    assert all(abs(share - 100 * count / whole) < 0.01 for share, count in zip(shares, [*counts, rest]))


@pytest.mark.parametrize(("value", "digits", "rounded"), [
    (90.625, 2, 90.63), (48.5, 0, 49.0), (2.675, 2, 2.68), (-0.125, 2, -0.13), (0.12499, 2, 0.12), (1e9 + 0.5, 0, 1e9 + 1), (3.0, 4, 3.0),
])  # fmt: skip
def test_a_half_is_rounded_as_it_is_by_hand(value: float, digits: int, rounded: float) -> None:
    assert half_up(value, digits) == rounded


@given(value=st.floats(-1e9, 1e9), digits=decimals)
def test_rounding_by_hand_goes_no_farther_than_half_a_unit(value: float, digits: int) -> None:
    assert abs(half_up(value, digits) - value) <= 0.5 * 10**-digits * (1 + 1e-9) + 1e-6
