"""Which column of a user's table is which field of the profile: by the planner's word, by heading, then by content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import islice
from typing import Any, Callable, Iterable, Mapping, Sequence

import pandas as pd

from village_planner.base import InputError, Message
from village_planner.intake import values
from village_planner.intake.codes import CodeRule, code_text, heading_key, heading_without_brackets, township_code, village_code
from village_planner.standards import InputField, InputSpec

_SAMPLE = 300
_NEUTRAL = 0.6
_LEAST_SHARE = 0.5
_VILLAGE_NAME = re.compile(r"(村|社区|居委会|村委会|村民委员会|居民委员会|嘎查|里)$")
_TOWNSHIP_NAME = re.compile(r"(镇|乡|街道|苏木|街道办事处|鎮|鄉)$")


class Reason(str, Enum):
    """Why a column was taken for a field, strongest first."""

    FIELD_MAP = "field_map"
    HEADING = "heading"
    WITHOUT_BRACKETS = "without_brackets"
    PART = "part"
    CONTENT = "content"


_WEIGHTS = {Reason.FIELD_MAP: 4.0, Reason.HEADING: 3.0, Reason.WITHOUT_BRACKETS: 2.5, Reason.PART: 1.0}


@dataclass(frozen=True)
class Match:
    """One column taken for one field; rivals: columns whose headings fit as well and were not used for it."""

    field: str
    column: str
    reason: Reason
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matching:
    """All matches of a table; refused: columns whose heading fits a field but whose content does not."""

    matches: tuple[Match, ...]
    unused: tuple[str, ...]
    refused: tuple[Match, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """Field → column."""
        return {match.field: match.column for match in self.matches}


def match_columns(
    frame: pd.DataFrame, headings: Mapping[str, Sequence[Sequence[str]]], spec: InputSpec, rule: CodeRule, chosen: Mapping[str, str], file: str
) -> Matching:
    """Match the columns of a table to the fields of an input spec.

    headings: column → its headings, each a list of levels from the top (a field name and its alias are two headings).
    chosen: field → column as the planner says it; it wins, and '' says that no column is that field. Raises InputError where it names what does not exist.
    A heading that fits is refused where its content is of another kind; of two that fit, the better content wins.
    """
    fixed = _chosen_matches(headings, spec, chosen, file)
    taken = {match.column for match in fixed}
    open_fields = [field for field in spec.fields.values() if field.id not in chosen]
    candidates = _candidates(frame, headings, open_fields, taken, rule)
    named, refused = _assign(candidates)
    taken |= {match.column for match in named}
    found = {match.field for match in (*fixed, *named)}
    left = [field for field in open_fields if field.id not in found and not (field.id == "township_code" and "village_code" in found)]
    by_content = _by_content(frame, left, [column for column in frame.columns if column not in taken], rule)
    matches = (*fixed, *named, *by_content)
    used = {match.column for match in matches}
    order = list(spec.fields)
    return Matching(
        tuple(sorted(matches, key=lambda match: order.index(match.field))),
        tuple(column for column in frame.columns if column not in used),
        tuple(match for match in refused if match.column not in used),
    )


def heading_score(headings: Iterable[Sequence[Sequence[str]]], spec: InputSpec, chosen: Mapping[str, str]) -> float:
    """Return how well a set of headings fits a spec; 0 where none does. Each field counts once, by its best heading."""
    best: dict[str, float] = {}
    wanted = {heading_key(column): field for field, column in chosen.items() if column}
    for forms in headings:
        for levels in forms:
            for key in _full_keys(levels):
                if key in wanted:
                    best[wanted[key]] = _WEIGHTS[Reason.FIELD_MAP]
        for field in spec.fields.values():
            reason, _ = _heading_reason(forms, field)
            if reason:
                best[field.id] = max(best.get(field.id, 0.0), _WEIGHTS[reason])
    return sum(best.values())


def report_rows(matching: Matching, spec: InputSpec, file: str) -> list[Message]:
    """Return what to say of a matching: every column used with its reason, rivals, refused and unused columns."""
    rows = [
        Message(f"intake.column_{match.reason.value}", {"file": file, "column": match.column, "field": spec.fields[match.field].alias})
        for match in matching.matches
    ]
    rows += [
        Message("intake.column_rival", {"file": file, "column": rival, "field": spec.fields[match.field].alias, "used": match.column})
        for match in matching.matches
        for rival in match.rivals
    ]
    rows += [
        Message("intake.column_refused", {"file": file, "column": match.column, "field": spec.fields[match.field].alias})
        for match in matching.refused
    ]
    if matching.unused:
        rows.append(Message("intake.columns_unused", {"file": file, "columns": "、".join(matching.unused)}))
    return rows


def _chosen_matches(
    headings: Mapping[str, Sequence[Sequence[str]]], spec: InputSpec, chosen: Mapping[str, str], file: str
) -> list[Match]:
    by_key = {key: column for column, forms in reversed(list(headings.items())) for levels in forms for key in _full_keys(levels)}
    by_key.update({heading_key(column): column for column in headings})
    matches = []
    for field, column in chosen.items():
        if field not in spec.fields:
            raise InputError("intake.field_map_field", field=field, known="、".join(spec.fields))
        if not column:
            continue
        found = by_key.get(heading_key(column))
        if found is None:
            raise InputError("intake.field_map_column", file=file, field=field, column=column, known="、".join(headings))
        matches.append(Match(field, found, Reason.FIELD_MAP))
    return matches


def _candidates(
    frame: pd.DataFrame, headings: Mapping[str, Sequence[Sequence[str]]], fields: Sequence[InputField], taken: set[str], rule: CodeRule
) -> list[tuple[int, float, int, str, str, Reason]]:
    """Pairs that fit by heading, best first: rank of the reason, minus content share, rank of the name, field, column, reason."""
    found = []
    reasons = list(Reason)
    for field in fields:
        for column, forms in headings.items():
            reason, name_rank = _heading_reason(forms, field)
            if reason and column not in taken:
                found.append((reasons.index(reason), -_share(frame[column], field, rule), name_rank, field.id, column, reason))
    return sorted(found, key=lambda item: item[:3])


def _assign(candidates: Sequence[tuple[int, float, int, str, str, Reason]]) -> tuple[list[Match], list[Match]]:
    chosen: dict[str, tuple[int, str, Reason]] = {}
    columns: set[str] = set()
    refused = []
    for tier, share, _, field, column, reason in candidates:
        if -share < _LEAST_SHARE:
            refused.append(Match(field, column, reason))
        elif field not in chosen and column not in columns:
            chosen[field] = (tier, column, reason)
            columns.add(column)
    matches = []
    for field, (tier, column, reason) in chosen.items():
        rivals = tuple(
            item[4] for item in candidates if item[3] == field and item[0] == tier and item[4] not in columns and -item[1] >= _LEAST_SHARE
        )
        matches.append(Match(field, column, reason, rivals))
    return matches, [match for match in refused if match.field not in chosen]


def _by_content(frame: pd.DataFrame, fields: Sequence[InputField], columns: Sequence[str], rule: CodeRule) -> list[Match]:
    """Codes and names are known by their looks alone; counts never, since one count looks like another.

    Township codes are looked for only where village codes, whose beginning they are, are missing.
    """
    matches: list[Match] = []
    free = list(columns)
    for field in fields:
        looks = _LOOKS.get((field.id, field.content))
        if looks is None:
            continue
        shares = {column: _sample_share(frame[column], lambda cell, looks=looks: looks(cell, rule)) for column in free}  # type: ignore[misc]
        best = max(shares, key=lambda column: shares[column], default=None)
        if best is not None and shares[best] >= 0.8:
            rivals = tuple(column for column in free if column != best and shares[column] >= 0.8)
            matches.append(Match(field.id, best, Reason.CONTENT, rivals))
            free.remove(best)
    return matches


def _heading_reason(forms: Sequence[Sequence[str]], field: InputField) -> tuple[Reason | None, int]:
    names = _name_ranks(field)
    best: tuple[Reason | None, int] = (None, 0)
    for levels in forms:
        for key in _full_keys(levels):
            if key in names:
                return Reason.HEADING, names[key]
        bare = heading_without_brackets("".join(levels))
        if bare in names:
            best = (Reason.WITHOUT_BRACKETS, names[bare])
        elif best[0] is None and len(levels) > 1:
            # The lowest level says most: of 人口/男 and 人口/户籍人口 the second is the field 户籍人口, also known as 人口.
            for level, behind in ((levels[0], len(names)), (levels[-1], 0)):
                for key in (heading_key(level), heading_without_brackets(level)):
                    if key in names:
                        best = (Reason.PART, names[key] + behind)
    return best


@lru_cache(maxsize=1000)
def _name_ranks(field: InputField) -> Mapping[str, int]:
    names = {heading_key(name): rank for rank, name in reversed(list(enumerate(field.names)))}
    names.setdefault(heading_key(field.alias), len(names))
    return names


def _full_keys(levels: Sequence[str]) -> tuple[str, ...]:
    return heading_key("".join(levels)), heading_key("/".join(levels))


def _share(column: pd.Series, field: InputField, rule: CodeRule) -> float:
    test = _CONTENT.get(field.content)
    return _NEUTRAL if test is None else _sample_share(column, lambda cell: test(cell, rule))


def _sample_share(column: pd.Series, test: Callable[[Any], bool]) -> float:
    """Share of the filled cells that pass; neutral for a column without any."""
    cells = list(islice((cell for cell in column.array if not values.is_blank(cell)), _SAMPLE))
    return sum(map(test, cells)) / len(cells) if cells else _NEUTRAL


def _reads(read: Callable[..., Any], *more: Any) -> Callable[[Any, CodeRule], bool]:
    def test(cell: Any, rule: CodeRule) -> bool:
        try:
            return read(cell, *(more or ())) is not None
        except InputError:
            return False

    return test


def _is_village_code(cell: Any, rule: CodeRule) -> bool:
    try:
        code = village_code(cell, rule)
    except InputError as error:
        # Codes that Excel spoilt are still codes: the rows are reported, not the column refused.
        return error.message.code == "intake.code_lost"
    return bool(code) and code.isdigit() and not code.endswith("0" * (rule.village_digits - rule.township_digits))


def _is_township_code(cell: Any, rule: CodeRule) -> bool:
    try:
        return township_code(cell, rule).isdigit()
    except InputError:
        return False


def _is_name(cell: Any, rule: CodeRule) -> bool:
    written = values.plain_form(cell)
    return bool(written) and not re.fullmatch(r"[\d.,eE+\-\s%]*", written)


def _is_ratio(cell: Any, rule: CodeRule) -> bool:
    try:
        found = values.number(cell)
    except InputError:
        return False
    # Some write the coefficient in percent: the reader of the column sees to that.
    return found is not None and 0 <= found <= 100


def _is_landuse(cell: Any, rule: CodeRule) -> bool:
    return bool(re.fullmatch(r"\d{2,6}[A-Z]?", code_text(cell)))


def _is_count_like(cell: Any, rule: CodeRule) -> bool:
    return not _is_name(cell, rule) or _reads(values.count)(cell, rule)


_CONTENT: dict[str, Callable[[Any, CodeRule], bool]] = {
    "village_code": _is_village_code,
    "township_code": _is_township_code,
    "name": _is_name,
    "count": _is_count_like,
    "date": _reads(values.date),
    "year": _reads(values.year),
    "area": _reads(values.area_m2),
    "ratio": _is_ratio,
    "landuse_code": _is_landuse,
}
_LOOKS: dict[tuple[str, str], Callable[[Any, CodeRule], bool]] = {
    ("village_code", "village_code"): _is_village_code,
    ("township_code", "township_code"): _is_township_code,
    ("village", "name"): lambda cell, rule: bool(_VILLAGE_NAME.search(values.plain_form(cell))),
    ("township", "name"): lambda cell, rule: bool(_TOWNSHIP_NAME.search(values.plain_form(cell))),
}
