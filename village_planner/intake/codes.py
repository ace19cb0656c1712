"""Administrative codes as they come out of tables, and names as they are compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from village_planner.base import InputError
from village_planner.intake.values import is_blank, plain_form, text
from village_planner.standards import CodeList, Profile

_SCIENTIFIC = re.compile(r"[+-]?(\d+(?:\.\d+)?)[eE]\+?(\d+)")
_NOISE = re.compile(r"[\s'‘’\"`_\-‐–—－.·]")
_LAND_UNIT_DIGITS = 19
_BRACKETS = re.compile(r"[()\[\]{}<>【】〔〕《》「」“”\"]")
_BRACKETED = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_COMMITTEE = re.compile(r"(村民委员会|村委会|村委員會|村民小组|村委)$")
_RESIDENTS = re.compile(r"(社区居民委员会|社区居委会|居民委员会|居委会|社區|社区)$")
_TOWNSHIP = re.compile(r"(人民政府|街道办事处|街道办|街道|民族乡|苏木|镇|鎮|乡|鄉|区|區|市)$")


@dataclass(frozen=True)
class CodeRule:
    """How many digits the codes of villages and townships have, and the serial of hamlets."""

    village_digits: int
    township_digits: int
    serial_digits: int


def code_rule(profile: Profile) -> CodeRule:
    """Return the code lengths of a profile."""
    return CodeRule(
        int(profile.value("village_code_digits")),
        int(profile.value("township_code_digits")),
        int(profile.value("hamlet_serial_digits")),
    )


def code_text(value: Any) -> str:
    """Return a cell as a code: all digits whole, leading zeros kept, blanks, dashes and quotes left out; null is ''.

    A float such as 3.70799101201e11 gives its digits. Raises InputError where a text in scientific notation
    (3.70799E+11, as Excel writes it into CSV) has lost digits.
    """
    if isinstance(value, float) and value == value and value.is_integer():
        return format(int(value), "d")
    written = plain_form(value)
    scientific = _SCIENTIFIC.fullmatch(written)
    if scientific:
        return _from_scientific(written, scientific)
    if re.fullmatch(r"\d+\.0+", written):
        written = written.split(".")[0]
    return _NOISE.sub("", written)


def village_code(value: Any, rule: CodeRule) -> str:
    """Return a cell as a village code; '' for blank.

    The 19 digits of a land unit (坐落单位代码) give the village in front.
    Raises InputError for text with lost digits or of another length.
    """
    code = code_text(value)
    if len(code) == _LAND_UNIT_DIGITS and code.isdigit() and rule.village_digits < _LAND_UNIT_DIGITS:
        code = code[: rule.village_digits]
    if code and (len(code) != rule.village_digits or not code.isalnum()):
        raise InputError("intake.code_length", value=text(value), digits=rule.village_digits, found=len(code))
    return code


def township_code(value: Any, rule: CodeRule) -> str:
    """Return a cell as a township code; '' for blank. One written as a village's, with zeros behind (370799101000), is cut.

    Raises InputError for text of another length.
    """
    code = code_text(value)
    if len(code) == rule.village_digits and set(code[rule.township_digits :]) == {"0"}:
        code = code[: rule.township_digits]
    if code and (len(code) != rule.township_digits or not code.isalnum()):
        raise InputError("intake.code_length", value=text(value), digits=rule.township_digits, found=len(code))
    return code


@lru_cache(maxsize=20_000)
def heading_key(heading: str) -> str:
    """Return a heading without blanks, brackets, case and full-width forms, as headings are compared."""
    return _BRACKETS.sub("", re.sub(r"[\s_*:：]", "", plain_form(heading))).lower()


@lru_cache(maxsize=20_000)
def heading_without_brackets(heading: str) -> str:
    """Return the compared form of a heading without what stands in brackets: 户数（户） is 户数."""
    return heading_key(_BRACKETED.sub("", plain_form(heading)))


def name_keys(name: Any) -> tuple[str, str, str]:
    """Return a village name in three forms, from strict to loose: as written, short with 村/社区 kept apart, bare.

    "李家庄村民委员会" gives ("李家庄村民委员会", "李家庄村", "李家庄").
    """
    written = re.sub(r"\s", "", plain_form(name))
    short = _COMMITTEE.sub("村", written)
    short = re.sub(r"村村$", "村", short)
    residents = _RESIDENTS.sub("", short)
    if residents and residents != short:
        return written, residents + "社区", residents
    bare = re.sub(r"村$", "", short)
    return written, short if short.endswith("村") else short + "村", bare or short


def hamlet_key(name: Any) -> str:
    """Return a hamlet's name as it is compared: without blanks and without the endings 自然村, 村, 屯."""
    written = re.sub(r"\s", "", plain_form(name))
    return re.sub(r"(自然村|村民小组|村)$", "", written) or written


def township_keys(name: Any) -> tuple[str, str]:
    """Return a township's name as written and without 镇, 乡, 街道 …"""
    written = re.sub(r"\s", "", plain_form(name))
    return written, _TOWNSHIP.sub("", written) or written


def code_of(codes: CodeList, cell: Any) -> str | None:
    """Return the code of a list that a cell means: code (also as Excel writes it: 4 or 4.0 for 04), name or alias, blanks and brackets
    left out; None for blank and for what is none."""
    written = re.sub(r"(?<=^\d)\.0+$", "", plain_form(cell))
    if is_blank(written):
        return None
    width = len(codes.codes[0])
    forms = (text(cell), written, written.zfill(width) if written.isdigit() else "", re.sub(r"\s", "", written), _BRACKETED.sub("", written).strip())
    return next((code for form in forms if (code := codes.find(form))), None)


def _from_scientific(written: str, match: re.Match[str]) -> str:
    digits = match.group(1).replace(".", "")
    exponent = int(match.group(2))
    # A code that lost digits shows five or six of them; trailing zeros alone never leave so few.
    if len(digits) < exponent + 1 - 3:
        raise InputError("intake.code_lost", value=written)
    try:
        return format(Decimal(written).to_integral_value(), "f")
    except InvalidOperation as error:
        raise InputError("intake.code_lost", value=written) from error
