"""Cells of a user's table as numbers, dates, years and plain text; what cannot be read is refused with a reason."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import Any

from village_planner.base import InputError

HECTARE_M2 = 10_000.0
MU_M2 = 2000.0 / 3.0

_AROUND = "\ufeff\u200b\u3000\xa0 \t"
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff])[\s\u3000]+(?=[\u3400-\u9fff])")
_NOTHING = {"", "-", "--", "—", "——", "－", "/", "\\", "无", "暂无", "無", "nan", "none", "null", "n/a", "<null>"}
_COUNT_UNITS = re.compile(r"(户|戶|人|口|宗|个|處|处|位|名|栋)$")
_AREA_UNITS = (
    (re.compile(r"(平方米|平米|m2|m\^2|㎡)$", re.IGNORECASE), 1.0),
    (re.compile(r"(公顷|公頃|hm2|hm\^2|ha)$", re.IGNORECASE), HECTARE_M2),
    (re.compile(r"(亩|畝|mu)$", re.IGNORECASE), MU_M2),
)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?")
_COMPACT_DATE = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_EXCEL_SERIALS = range(14_611, 73_051)  # 1940 to 2099: other numbers are no dates
_YEARS = range(1949, 2101)
_YES = {"是", "1", "true", "y", "yes", "√", "✓", "对", "有", "驻地", "中心"}
_NO = {"否", "0", "false", "n", "no", "×", "x", "非"}


def text(value: Any) -> str:
    """Return a cell as text: no blanks around, line breaks inside made nothing, whole floats without point, null ''."""
    if isinstance(value, str):
        return _joined(value)
    if value is None or (isinstance(value, float) and math.isnan(value)) or _is_pandas_null(value):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return _joined(str(value))


def place_name(value: Any) -> str:
    """Return a cell as the name of a place: text without the blanks that typists put between Chinese characters; '' for blank."""
    written = text(value)
    return "" if is_blank(written) else _BETWEEN_CHINESE.sub("", written)


def plain_form(value: Any) -> str:
    """Return text with full-width letters, digits and brackets made half-width, for comparing and for numbers."""
    return unicodedata.normalize("NFKC", text(value)).strip()


def is_blank(value: Any) -> bool:
    """Whether a cell says nothing: empty, or one of the signs that people put for it (—, /, 无)."""
    return plain_form(value).lower() in _NOTHING


def number(value: Any) -> float | None:
    """Return a cell as a number, None for blank.

    Thousands separators and full-width digits are read; percentages and anything else raise InputError.
    """
    if is_blank(value):
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    written = plain_form(value).replace(" ", "").replace("，", ",")
    if written.endswith(("%", "‰")):
        raise InputError("intake.percentage", value=text(value))
    if _THOUSANDS.fullmatch(written):
        written = written.replace(",", "")
    if not _NUMBER.fullmatch(written):
        raise InputError("intake.no_number", value=text(value))
    return float(written)


def count(value: Any) -> int | None:
    """Return a cell as a count of households, persons or plots, None for blank.

    "38户" is 38. Raises InputError for fractions, percentages, negative numbers and text.
    """
    if is_blank(value):
        return None
    bare = value if isinstance(value, (int, float)) else _COUNT_UNITS.sub("", plain_form(value))
    result = number(bare)
    if result is None:
        raise InputError("intake.no_number", value=text(value))
    if result < 0 or not float(result).is_integer():
        raise InputError("intake.no_count", value=text(value))
    return int(result)


def area_m2(value: Any, unit_m2: float = 1.0) -> float | None:
    """Return a cell as an area in m², None for blank.

    unit_m2: m² in one unit of the column; a unit in the cell itself (公顷, 亩 …) wins.
    Raises InputError for percentages, negative numbers and text.
    """
    if is_blank(value):
        return None
    written = plain_form(value).replace(" ", "") if isinstance(value, str) else value
    for pattern, factor in _AREA_UNITS:
        if isinstance(written, str) and pattern.search(written):
            written, unit_m2 = pattern.sub("", written), factor
            break
    result = number(written)
    if result is None:
        raise InputError("intake.no_number", value=text(value))
    if result < 0:
        raise InputError("intake.negative", value=text(value))
    return result * unit_m2


def area_unit_m2(heading: str) -> float | None:
    """Return the m² in the unit that a heading names (公顷, 亩, m² …), None where it names none."""
    written = unicodedata.normalize("NFKC", heading).strip(" )]】")
    return next((factor for pattern, factor in _AREA_UNITS if pattern.search(written)), None)


def year(value: Any) -> int | None:
    """Return a cell as a year ("2025", "2025年", 2025.0), None for blank. Raises InputError for anything else."""
    if is_blank(value):
        return None
    if isinstance(value, (dt.date, dt.datetime)):
        return value.year
    written = re.sub(r"\s*年?$", "", plain_form(value))
    if re.fullmatch(r"\d{4}", written) and int(written) in _YEARS:
        return int(written)
    raise InputError("intake.no_year", value=text(value))


def date(value: Any) -> str | None:
    """Return a cell as an ISO date, None for blank.

    Read are Excel's dates and day numbers, 2021-03-05, 2021/3/5, 2021.3.5, 2021年3月5日 and 20210305; anything else raises InputError.
    """
    if is_blank(value):
        return None
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    written = plain_form(value)
    match = _DATE.fullmatch(written) or _COMPACT_DATE.fullmatch(written)
    try:
        if match:
            return dt.date(*(int(part) for part in match.groups()[:3])).isoformat()
        if re.fullmatch(r"\d{5}(\.\d+)?", written) and int(float(written)) in _EXCEL_SERIALS:
            return (_EXCEL_EPOCH + dt.timedelta(days=int(float(written)))).isoformat()
    except ValueError as error:
        raise InputError("intake.no_date", value=text(value)) from error
    raise InputError("intake.no_date", value=text(value))


def yes_or_no(value: Any) -> bool | None:
    """Return a cell as yes or no, None for blank. Raises InputError for anything else."""
    if is_blank(value) and plain_form(value) not in ("无",):
        return None
    written = plain_form(value).lower()
    if written in _YES:
        return True
    if written in _NO or written == "无":
        return False
    raise InputError("intake.no_yes", value=text(value))


def _joined(written: str) -> str:
    if "\n" in written or "\r" in written:
        written = re.sub(r"\s*[\r\n]+\s*", "", written)
    return written.strip(_AROUND)


def _is_pandas_null(value: Any) -> bool:
    return type(value).__name__ in ("NAType", "NaTType")
