"""The columns of a layer as they are read, batch by batch, and the data frame that is made of them: encodings and types."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Iterable, Sequence, Union

import numpy as np
import pandas as pd

from village_planner.base.messages import Message
from village_planner.spatial.arrays import objects
from village_planner.spatial.encoding import (
    LATIN1,
    UTF8,
    decode_each,
    encoding_of,
    is_decodable,
    shown_encoding,
    sniff_encoding,
)

if TYPE_CHECKING:
    from village_planner.spatial.reading import FieldInfo

_SINGLE_BYTE = (LATIN1, "cp1252")
_SURE = 0.8
_SURE_OF_UTF8 = 0.99
# Equal texts of different batches are one object, unless the column has too many for that to pay.
_MOST_SHARED = 20_000


@dataclass(frozen=True)
class Coded:
    """Values that repeat: row i holds values[codes[i]]. values: text, None, or bytes where the encoding is still to be found."""

    codes: np.ndarray
    values: list[Any]


@dataclass(frozen=True)
class Integers:
    """Whole numbers, and where they are null."""

    data: np.ndarray
    null: np.ndarray


Part = Union[Coded, Integers, np.ndarray]
"""A piece of a column: texts coded, integers with their nulls, reals as float with NaN, anything else as objects."""


def coded(values: Sequence[Any]) -> Coded:
    """Texts, bytes and nulls, coded."""
    distinct = list(dict.fromkeys(values))
    numbers = dict(zip(distinct, range(len(distinct))))
    narrow = np.int16 if len(distinct) <= np.iinfo(np.int16).max else np.int32
    return Coded(np.fromiter(map(numbers.__getitem__, values), narrow, len(values)), distinct)


def byte_values(columns: Iterable[Sequence[Part]]) -> set[bytes]:
    """The byte values of all columns that are not ASCII: what an encoding is told by."""
    found: set[bytes] = set()
    for part in chain.from_iterable(columns):
        raw = [value for value in part.values if isinstance(value, bytes)] if isinstance(part, Coded) else []
        if not b"".join(raw).isascii():
            found.update(value for value in raw if not value.isascii())
    return found


def decide_encoding(values: set[bytes], declared: str | None, explicit: str | None, file: str) -> tuple[str, list[Message]]:
    """The encoding of byte values (those of `byte_values`), and what to say about it.

    explicit: the planner's word, which wins; declared: by .cpg or code page, believed unless the text is not in that
    encoding, or is Latin by declaration and Chinese or UTF-8 by its looks. Otherwise it is guessed, and said so.
    """
    named = encoding_of(explicit) if explicit else None
    if named:
        return named, []
    stated = encoding_of(declared) if declared else None
    if not values:
        return stated or UTF8, []
    guess = sniff_encoding(values)
    params = {"file": file, "encoding": shown_encoding(guess.encoding), "confidence": f"{guess.confidence:.0%}"}
    if stated is None:
        return guess.encoding, [Message("spatial.encoding_guessed", params)]
    contradicted = (
        (guess.encoding == UTF8 and guess.confidence >= _SURE_OF_UTF8)
        or (stated in _SINGLE_BYTE and guess.confidence >= _SURE)
        or not all(is_decodable(value, stated) for value in values)
    )
    if guess.encoding == stated or not contradicted:
        return stated, []
    return guess.encoding, [Message("spatial.encoding_overruled", {**params, "declared": declared})]


def unique_names(names: Sequence[str], file: str) -> tuple[list[str], list[Message]]:
    """Field names with a number after every repeated one, and a note that says so."""
    taken: set[str] = set()
    unique, notes = [], []
    for name in names:
        new, number = name, 1
        while new in taken or (number > 1 and new in names):
            number += 1
            new = f"{name}_{number}"
        taken.add(new)
        unique.append(new)
        if new != name:
            notes.append(Message("spatial.field_name_twice", {"file": file, "field": name, "renamed": new}))
    return unique, notes


def frame_of(
    columns: Sequence[list[Part]], fields: Sequence[FieldInfo], encoding: str, file: str, row_count: int
) -> tuple[pd.DataFrame, list[Message]]:
    """The columns as a frame (text as object, integers as Int64, reals as float), and notes on text that is damaged.

    columns: by field, the pieces of each in order; they are taken out, so that nothing is held twice.
    """
    counts: Counter[tuple[str, str]] = Counter()
    series: dict[str, Any] = {}
    for field, parts in zip(fields, columns):
        if field.type == "integer":
            series[field.name] = _integers([part for part in parts if isinstance(part, Integers)])
        elif field.type == "real":
            series[field.name] = np.concatenate([np.empty(0), *(part for part in parts if isinstance(part, np.ndarray))])
        elif field.type == "binary":
            series[field.name] = np.concatenate([objects([]), *(part for part in parts if isinstance(part, np.ndarray))])
        else:
            texts, cut, bad = _texts([part for part in parts if isinstance(part, Coded)], encoding)
            # Said to be objects, of which pandas 3 would make strings with NaN for null.
            series[field.name] = pd.Series(texts, dtype=object, copy=False)
            counts.update({("spatial.text_cut", field.name): cut, ("spatial.text_damaged", field.name): bad})
        parts.clear()
    notes = [
        Message(code, {"file": file, "field": name, "count": count, "encoding": shown_encoding(encoding)}) for (code, name), count in counts.items() if count
    ]
    return pd.DataFrame(series, index=pd.RangeIndex(row_count), copy=False), notes


def _integers(parts: Sequence[Integers]) -> pd.arrays.IntegerArray:
    data = np.concatenate([np.empty(0, np.int64), *(part.data for part in parts)])
    null = np.concatenate([np.empty(0, bool), *(part.null for part in parts)])
    return pd.arrays.IntegerArray(np.where(null, 1, data), null)


def _texts(parts: Sequence[Coded], encoding: str) -> tuple[np.ndarray, int, int]:
    """The texts of a column; and of how many values the end was cut within a character, and how many hold bytes that are no text."""
    pieces, cut_count, bad_count = [objects([])], 0, 0
    shared: dict[Any, Any] = {}
    for part in parts:
        values = objects(part.values)
        raw = [number for number, value in enumerate(part.values) if isinstance(value, bytes)]
        if raw:
            texts, cut, bad = decode_each([part.values[number] for number in raw], encoding)
            values[raw] = objects(texts)
            if cut or bad:
                rows = np.bincount(part.codes, minlength=len(values))[raw]
                cut_count, bad_count = cut_count + int(rows[cut].sum()), bad_count + int(rows[bad].sum())
        if len(shared) < _MOST_SHARED:
            values = objects([shared.setdefault(value, value) for value in values])
        pieces.append(values[part.codes])
    return np.concatenate(pieces), cut_count, bad_count
