"""Units as headings and cells of a user's table name them, and figures brought to the unit that is wanted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from village_planner.base import InputError
from village_planner.intake.values import HECTARE_M2, MU_M2, area_unit_m2, is_blank, number, plain_form, text

_BRACKETED = re.compile(r"[(\[【〔]([^)\]】〕]*)[)\]】〕]")
_SAID_BEFORE = re.compile(r"^(计量)?单位[:：]?")
_CELL = re.compile(r"([+-]?[\d.,]+(?:[eE][+-]?\d+)?)(\D*)")


@dataclass(frozen=True)
class Unit:
    """A unit: `factor` of the unit `base` in one of it (亩: 2000/3 m²)."""

    name: str
    base: str
    factor: float


_SPELLINGS = {
    ("m²", "m²", 1.0): "m2 m^2 平方米 平米",
    ("公顷", "m²", HECTARE_M2): "公顷 公頃 hm2 hm^2 ha",
    ("亩", "m²", MU_M2): "亩 畝 mu",
    ("万亩", "m²", 10_000 * MU_M2): "万亩",
    ("平方公里", "m²", 1e6): "平方公里 平方千米 km2 km^2",
    ("m²/人", "m²/人", 1.0): "m2/人 平方米/人 平米/人",
    ("元", "元", 1.0): "元",
    ("千元", "元", 1e3): "千元",
    ("万元", "元", 1e4): "万元",
    ("亿元", "元", 1e8): "亿元",
    ("m", "m", 1.0): "m 米",
    ("km", "m", 1e3): "km 公里 千米",
    ("户", "户", 1.0): "户 戶",
    ("万户", "户", 1e4): "万户",
    ("人", "人", 1.0): "人 口 名",
    ("万人", "人", 1e4): "万人",
    ("宗", "宗", 1.0): "宗 处 处数 座 栋 院",
    ("个", "个", 1.0): "个 村",
}
_UNITS = {spelling: Unit(*unit) for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}
# Units of these are written without a word by nobody who means the same: 亩 or 公顷, 元 or 万元, m or km.
_MUST_BE_SAID = ("m²", "元", "m")


def unit_named(name: str) -> Unit | None:
    """Return the unit of a name (亩, hm², 万元 …), None where it is none."""
    return _UNITS.get(unicodedata.normalize("NFKC", name).strip().lower())


def heading_unit(heading: str) -> Unit | None:
    """Return the unit that a heading names in brackets, or an area's behind its words; None where it names none."""
    for said in reversed(_BRACKETED.findall(plain_form(heading))):
        if found := unit_named(_SAID_BEFORE.sub("", said.strip())):
            return found
    factor = area_unit_m2(heading)
    return next((unit for unit in _UNITS.values() if (unit.base, unit.factor) == ("m²", factor)), None)


def must_be_said(unit: str) -> bool:
    """Whether a figure in that unit means nothing unless heading or cell name the unit."""
    found = unit_named(unit)
    return found is not None and found.base in _MUST_BE_SAID


def figure(cell: Any, wanted: str, stated: Unit | None) -> float | None:
    """Return a cell as a number in the unit `wanted`, None for blank.

    stated: the unit of the column; one in the cell itself wins. wanted '' takes the number as it stands.
    Raises InputError for text, for a unit of another kind, and where a unit must be said and is not.
    """
    if is_blank(cell):
        return None
    written: Any = cell
    match = _CELL.fullmatch(plain_form(cell).replace(" ", "").replace("，", ",")) if isinstance(cell, str) else None
    if match and match.group(2):
        in_cell = unit_named(match.group(2))
        if in_cell is not None:
            written, stated = match.group(1), in_cell
    found = number(written)
    target = unit_named(wanted)
    if found is None or target is None:
        return found
    if stated is None:
        if must_be_said(wanted):
            raise InputError("intake.unit_unsaid", value=text(cell), unit=wanted)
        return found
    # 户, 宗 and 个 are all counts of things: a form that says "个" of homesteads means the same.
    if stated.base != target.base and not {stated.base, target.base} <= {"户", "宗", "个"}:
        raise InputError("intake.unit_other", value=text(cell), unit=stated.name, wanted=wanted)
    # 0.1234 万人 is 1,234 people, not 1233.9999999999998.
    return round(found * stated.factor / target.factor, 6)


def units_like(unit: str) -> tuple[str, ...]:
    """Return the names of the units that measure the same as `unit`, itself first; empty for '' and for what is no known unit."""
    own = unit_named(unit)
    if own is None:
        return ()
    same = sorted({(known.factor, known.name) for known in _UNITS.values() if known.base == own.base})
    return (own.name, *(name for _, name in same if name != own.name))
