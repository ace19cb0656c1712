"""Cells as numbers, dates, years, codes: what is read and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from village_planner.base import InputError
from village_planner.intake import values
from village_planner.intake.codes import CodeRule, code_text, heading_key, name_keys, township_code, village_code

RULE = CodeRule(12, 9, 3)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1,234", 1234), ("1，234", 1234), ("38户", 38), ("３８", 38), (38.0, 38), (" 12 ", 12), ("", None), ("—", None), ("/", None), (None, None),
        (float("nan"), None), ("0", 0),
    ],
)
def test_counts_are_read_as_people_write_them(cell: object, expected: int | None) -> None:
    assert values.count(cell) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("38%", "intake.percentage"), ("38.5", "intake.no_count"), (38.5, "intake.no_count"), ("-3", "intake.no_count"),
        ("约38", "intake.no_number"), ("1,23", "intake.no_number"),
    ],
)
def test_what_is_no_count_is_refused_with_its_reason(cell: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        values.count(cell)
    assert caught.value.message.code == code


@given(st.integers(0, 10**9))
def test_a_count_survives_thousands_separators_and_full_width_digits(number: int) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    assert values.count(f"{number:,}") == values.count(str(number).translate(wide)) == values.count(float(number)) == number


@pytest.mark.parametrize(
    "cell",
    ["2021-03-05", "2021/3/5", "2021.3.5", "2021年3月5日", "20210305", dt.datetime(2021, 3, 5), dt.date(2021, 3, 5), 44260, "44260", "2021-03-05T00:00:00"],
)
def test_dates_are_read_in_every_usual_form(cell: object) -> None:
    assert values.date(cell) == "2021-03-05"


@pytest.mark.parametrize("cell", ["2021", "2021-13-05", "2021年3月", "三月五日", "05/03/2021"])
def test_a_date_that_could_mean_another_is_refused(cell: str) -> None:
    with pytest.raises(InputError):
        values.date(cell)


@pytest.mark.parametrize("cell", ["2025", "2025年", 2025, 2025.0, "２０２５"])
def test_a_year_is_a_year(cell: object) -> None:
    assert values.year(cell) == 2025


@pytest.mark.parametrize("cell", ["近期", "25", "2025-2035", "3025"])
def test_a_phase_by_another_word_is_no_year(cell: str) -> None:
    with pytest.raises(InputError):
        values.year(cell)


def test_areas_come_out_in_square_metres_whatever_the_unit() -> None:
    assert values.area_m2("1.5公顷") == pytest.approx(15_000)
    assert values.area_m2("3亩") == pytest.approx(2000)
    assert values.area_m2(2, values.area_unit_m2("拆旧面积（公顷）") or 1) == pytest.approx(20_000)
    assert values.area_unit_m2("拆旧面积（m²）") == 1.0
    assert values.area_unit_m2("拆旧面积") is None
    with pytest.raises(InputError):
        values.area_m2("-5")


@given(st.integers(11, 65), st.integers(0, 10**10 - 1))
def test_a_code_keeps_its_twelve_digits_however_excel_holds_it(province: int, rest: int) -> None:
    code = f"{province}{rest:010d}"
    for cell in (code, int(code), float(code), f" {code} ", f"'{code}", f"{code[:9]}-{code[9:]}", f"{code}.0", f"{float(code):.11e}"):
        assert village_code(cell, RULE) == code


@pytest.mark.parametrize("cell", ["3.70799E+11", "3.707991e+11"])
def test_a_code_that_lost_digits_in_scientific_notation_is_refused(cell: str) -> None:
    with pytest.raises(InputError) as caught:
        village_code(cell, RULE)
    assert caught.value.message.code == "intake.code_lost"


def test_leading_zeros_of_text_codes_are_kept_and_other_lengths_refused() -> None:
    assert code_text("007") == "007"
    assert village_code("10009010-001", CodeRule(11, 8, 3)) == "10009010001"
    assert village_code("3707991012010000000", RULE) == "370799101201"
    assert township_code("370799101000", RULE) == "370799101"
    with pytest.raises(InputError):
        village_code("37079910120", RULE)


def test_headings_are_compared_without_blanks_brackets_case_and_width() -> None:
    assert heading_key(" 户 数（户）\n") == heading_key("户数(户)") == "户数户"
    assert heading_key("ｘｚｑｄｍ") == heading_key("XZQDM")


def test_names_lose_the_committee_but_keep_village_and_community_apart() -> None:
    assert name_keys("李家庄村民委员会")[1] == name_keys("李家庄村委会")[1] == name_keys("李家庄村")[1] == name_keys("李家庄")[1]
    assert name_keys("河东社区居民委员会")[1] == name_keys("河东社区")[1] == name_keys("河东居委会")[1]
    assert name_keys("河东社区")[1] != name_keys("河东村")[1]
    assert name_keys("河东社区")[2] == name_keys("河东村")[2]
