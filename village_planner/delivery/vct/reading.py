"""Reads a VCT file: any of the known dialects, whatever the case of its words and the encoding of its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from village_planner.base import Feedback, Message, SilentFeedback
from village_planner.delivery.vct.document import BOUNDARY_CODE, LINE, LONG, NO_GEOMETRY, POINT, POLYGON, SHORT, VctContent, VctField, VctHead, VctLayer, crs_of
from village_planner.delivery.vct.lines import Lines
from village_planner.delivery.vct.shapes import Shapes, read_section

_GEOMETRIES = {"point": POINT, "line": LINE, "polygon": POLYGON}
_NUMBERS = ("float", "double", "numeric")
_BEGIN, _END = "begin", "end"
_EXAMPLES = 5


@dataclass
class _File:
    """What has been read so far. tables: fields by table; plain: tables without geometry; codes: (feature code, title, geometry, table)."""

    entries: dict[str, str] = field(default_factory=dict)
    codes: list[tuple[str, str, str, str]] = field(default_factory=list)
    tables: dict[str, tuple[VctField, ...]] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)
    shapes: Shapes = field(default_factory=Shapes)
    rows: dict[str, dict[int, list[Any]]] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    doubts: list[Message] = field(default_factory=list)


def read_vct(path: Path, feedback: Feedback | None = None) -> VctContent:
    """Read all layers of a file; what cannot be made of single objects is null and told in `doubts`.

    Raises InputError where the file breaks off, is in no known encoding, or does not follow the format (with the line); Cancelled.
    """
    lines, file = Lines(path, feedback or SilentFeedback()), _File()
    while (line := lines.next()) is not None:
        word = line.lower()
        if not word.endswith(_BEGIN):
            lines.fail("section", line)
        section = line[: -len(_BEGIN)]
        if word == "headbegin":
            _head(lines, file)
        elif word == "featurecodebegin":
            _codes(lines, file)
        elif word == "tablestructurebegin":
            _structures(lines, file)
        elif section.lower() in _GEOMETRIES:
            read_section(lines, _GEOMETRIES[section.lower()], file.shapes)
        elif word == "attributebegin":
            _attributes(lines, file)
        else:
            _skip(lines, file, section)
    if not file.entries:
        lines.fail("head")
    return VctContent(_head_of(file.entries), _layers(file), (*file.doubts, *_doubts(file)))


def _head(lines: Lines, file: _File) -> None:
    while (line := lines.take()).lower() != "headend":
        name, colon, value = line.partition(":")
        if not colon:
            lines.fail("entry", line)
        file.entries[name.strip()] = value.strip()


def _head_of(entries: dict[str, str]) -> VctHead:
    named = {name.lower(): value for name, value in entries.items()}
    scale = named.get("mapscale", "")
    parameters = SHORT if named.get("parameters", "").count(",") <= 5 else LONG
    return VctHead(
        crs_of(named), named.get("datamark", ""), named.get("version", ""), parameters, int(scale) if scale.isdigit() else 0,
        named.get("date", ""), named.get("separator") or ",", dict(entries),
    )  # fmt: skip


def _codes(lines: Lines, file: _File) -> None:
    while (line := lines.take()).lower() != "featurecodeend":
        parts = [part.strip() for part in line.split(",")]
        if len(parts) < 4:
            lines.fail("feature_code", line)
        file.codes.append((parts[0], parts[1], parts[2], parts[3]))


def _structures(lines: Lines, file: _File) -> None:
    while (line := lines.take()).lower() != "tablestructureend":
        if line == "0":
            continue
        name, count, *more = (part.strip() for part in line.split(","))
        if more and more[0].lower() == "nonegeometry":
            file.plain.add(name)
        file.tables[name] = tuple(_field(lines) for _ in range(lines.whole(count)))


def _field(lines: Lines) -> VctField:
    name, kind, *sizes = (part.strip() for part in lines.take().split(","))
    width, precision = ([lines.whole(size) for size in sizes if size] + [0, 0])[:2]
    return VctField(name, kind, width, precision)


def _attributes(lines: Lines, file: _File) -> None:
    separator = {name.lower(): value for name, value in file.entries.items()}.get("separator") or ","
    while (table := lines.take()).lower() != "attributeend":
        fields = file.tables.get(table)
        if fields is None:
            lines.fail("table", table)
        rows = file.rows.setdefault(table, {})
        while (line := lines.take()).lower() != "tableend":
            parts = line.split(separator)
            if len(parts) != len(fields) + 1:
                lines.fail("values", f"{table} {parts[0]}")
            row = lines.whole(parts[0])
            if row in rows:
                file.doubts.append(Message("delivery.vct_row_twice", {"table": table, "id": row, "line": lines.number}))
            rows[row] = [_value(text.strip(), of, table, row, file) for text, of in zip(parts[1:], fields)]


def _value(text: str, of: VctField, table: str, row: int, file: _File) -> Any:
    kind = of.type.lower()
    try:
        if not text:
            return None
        if kind.startswith("int"):
            return int(text)
        if kind in _NUMBERS:
            return float(text)
        if kind == "date" and len(text) == 8 and text.isdigit():
            return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    except ValueError:
        file.doubts.append(Message("delivery.vct_value", {"table": table, "id": row, "field": of.name, "text": text[:60], "type": of.type}))
    return text


def _skip(lines: Lines, file: _File, section: str) -> None:
    count = 0
    while lines.take().lower() != f"{section}{_END}".lower():
        count += 1
    if count:
        file.skipped[section] = count


def _layers(file: _File) -> tuple[VctLayer, ...]:
    found = []
    for code, title, geometry, table in file.codes:
        kind = _GEOMETRIES.get(geometry.lower())
        if kind is not None:
            found.append(_layer(file, code, title, kind, table))
    found += [_plain_layer(file, table) for table in file.tables if table in file.plain]
    return tuple(found)


def _layer(file: _File, code: str, title: str, kind: str, table: str) -> VctLayer:
    """The objects of one feature code in the order of their table; rows without an object come to the only layer of the table."""
    shapes, rows = file.shapes, file.rows.get(table, {})
    alone = sum(1 for other in file.codes if other[3] == table) == 1
    own = {object_id for object_id, of in shapes.codes.items() if of == code and shapes.kinds[object_id] == kind}
    ids = [row for row in rows if row in own or (alone and row not in shapes.codes)]
    ids += sorted(own - set(ids))
    return VctLayer(code, title, kind, table, file.tables.get(table, ()), _frame(file.tables.get(table, ()), ids, rows, shapes))


def _plain_layer(file: _File, table: str) -> VctLayer:
    rows = file.rows.get(table, {})
    return VctLayer("", table, NO_GEOMETRY, table, file.tables[table], _frame(file.tables[table], list(rows), rows, None))


def _frame(fields: tuple[VctField, ...], ids: list[int], rows: dict[int, list[Any]], shapes: Shapes | None) -> pd.DataFrame:
    empty = [None] * len(fields)
    frame = pd.DataFrame([rows.get(row, empty) for row in ids], columns=[of.name for of in fields], dtype=object)
    frame.insert(0, "id", pd.array(ids, dtype="int64"))
    if shapes is not None:
        geoms = np.empty(len(ids), dtype=object)
        geoms[:] = [shapes.geoms.get(row) for row in ids]
        frame["geom"] = geoms
    return frame


def _doubts(file: _File) -> list[Message]:
    """What was left out, or hangs together badly."""
    shapes = file.shapes
    said = [Message("delivery.vct_section_skipped", {"section": section, "count": count}) for section, count in file.skipped.items()]
    by_reason: dict[str, list[int]] = {}
    for object_id, reason in shapes.faults.items():
        by_reason.setdefault(reason, []).append(object_id)
    told = {f"delivery.vct_{reason}": ids for reason, ids in by_reason.items()}
    known = {row for rows in file.rows.values() for row in rows}
    declared = {code for code, *_ in file.codes}
    spatial = {row for table, rows in file.rows.items() if table not in file.plain for row in rows}
    told["delivery.vct_id_twice"] = shapes.twice
    told["delivery.vct_no_row"] = [number for number, code in shapes.codes.items() if code in declared and number not in known]
    told["delivery.vct_unknown_code"] = [number for number, code in shapes.codes.items() if code not in declared and code != BOUNDARY_CODE]
    told["delivery.vct_no_object"] = sorted(spatial - set(shapes.codes))
    said += [Message(code, {"count": len(ids), "ids": "、".join(map(str, ids[:_EXAMPLES]))}) for code, ids in told.items() if ids]
    return said
