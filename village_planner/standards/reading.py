"""Makes the parts of a profile of its files: each follows its grammar, else it is refused with file, key and expectation."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Mapping, Sequence

from village_planner.base import InputError, Message
from village_planner.standards.landuse import CodeSystem, Crosswalk, LandCode, Target
from village_planner.standards.profile import (
    CodeList,
    EditionContent,
    FieldSpec,
    LayerSpec,
    MetadataItem,
    PackageEntry,
    PackageSpec,
    TableColumn,
    TableSpec,
    Value,
)
from village_planner.standards.schema import check_file
from village_planner.standards.sheet import SheetClass, SheetColumn, SheetLayer, SheetSpec, SheetTable

_DBF_NAME_BYTES = 10
_IN_FOLDERS = ("codes", "layers", "inputs", "tables", "sheets", "systems", "crosswalks")


def read_json(path: Path, kind: str) -> dict[str, Any]:
    """The content of a file that follows the grammar of its kind; InputError for another one."""
    data = parse_json(path)
    check_file(short_name(path), data, kind)
    return data


def parse_json(path: Path) -> dict[str, Any]:
    """The content of a file before it is held against a grammar; InputError where it is no JSON object in UTF-8."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError("standards.unreadable", file=short_name(path), reason=str(error)) from error
    if not isinstance(data, dict):
        raise wrong_key(path, "{}", Message("standards.type.object"), repr(data)[:60])
    return data


def short_name(path: Path) -> str:
    """The file as refusals call it: from the profile's folder on."""
    return "/".join(path.parts[-3:] if path.parent.name in _IN_FOLDERS else path.parts[-2:])


def wrong_key(path: Path, key: str, expected: Message | str, found: Message | str) -> InputError:
    """The refusal of one key of a file."""
    return InputError("standards.wrong_key", file=short_name(path), key=key, expected=expected, found=found)


def read_values(data: Mapping[str, Any]) -> dict[str, Value]:
    """The values of a profile.json by their keys."""
    return {
        key: Value(entry["value"], str(entry.get("unit", "")), entry["source"], entry["confidence"], str(entry.get("system", "")))
        for key, entry in data.get("values", {}).items()
    }


def read_rows(path: Path, needed: Sequence[str]) -> tuple[dict[str, str], ...]:
    """The rows of a csv file in UTF-8; InputError where it is none, or a cell of the columns `needed` is empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = tuple({key: value or "" for key, value in row.items() if key} for row in csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError("standards.unreadable", file=short_name(path), reason=str(error)) from error
    for number, row in enumerate(rows, 2):
        for column in needed:
            if not row.get(column):
                raise InputError("standards.wrong_row", file=short_name(path), row=number, column=column)
    return rows


def read_code_list(path: Path) -> CodeList:
    """A code list; InputError where a code stands twice."""
    rows = read_rows(path, ("code", "name", "source", "confidence"))
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        if row["code"] in seen:
            raise InputError("standards.code_twice", file=short_name(path), row=number, value=row["code"])
        seen.add(row["code"])
    return CodeList(path.stem, rows)


def read_crosswalk(path: Path, systems: Mapping[str, CodeSystem]) -> Crosswalk:
    """A crosswalk: the file is called after its two systems, `<from>__<to>.csv`; InputError for systems or codes that there are not."""
    source, _, target = path.stem.partition("__")
    for name in (source, target):
        if name not in systems:
            raise wrong_key(path, path.stem, " / ".join(systems), name)
    targets: dict[str, list[Target]] = {}
    for number, row in enumerate(read_rows(path, ("from", "to", "source", "confidence")), 2):
        for column, system in (("from", systems[source]), ("to", systems[target])):
            if row[column] not in system:
                raise InputError("standards.crosswalk_code", file=short_name(path), row=number, code=row[column], system=system.title)
        built = frozenset(code for code in row.get("when", "").split("|") if code)
        made = Target(LandCode(target, row["to"]), built, row.get("note", ""), row["source"], row["confidence"])
        targets.setdefault(row["from"], []).append(made)
    return Crosswalk(source, target, {code: tuple(rows) for code, rows in targets.items()})


def extended_layer(data: Mapping[str, Any], inherited: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a layer that extends another: its own fields first, then those of the other that it neither holds nor leaves out (`without`)."""
    own = list(data.get("fields", []))
    gone = {*map(_field_name, own), *data.get("without", [])}
    kept = [entry for entry in inherited.get("fields", []) if _field_name(entry) not in gone]
    said = {key: value for key, value in data.items() if key not in ("extends", "without")}
    return {**inherited, **said, "fields": [*own, *kept]}


def _field_name(entry: Any) -> str:
    return str(entry.get("name", entry.get("use"))) if isinstance(entry, dict) else ""


def read_layer(path: Path, data: dict[str, Any], shared: Mapping[str, Mapping[str, Any]]) -> LayerSpec:
    """A layer of the content of its file. shared: fields that layers have in common (fields.json) by id; what a field says besides `use` counts first."""
    if isinstance(data.get("fields"), list):
        data["fields"] = [_whole_field(path, f"fields[{number}].use", entry, shared) for number, entry in enumerate(data["fields"])]
    check_file(short_name(path), data, "layer")
    return LayerSpec(
        name=data["name"],
        alias=data["alias"],
        geometry=data["geometry"],
        frame=data["frame"],
        required=data["required"],
        fields=tuple(_field(path, entry) for entry in data["fields"]),
        source=data["source"],
        confidence=data["confidence"],
        code=str(data.get("code", "")),
        dataset=str(data.get("dataset", "")),
        kinds=tuple(data.get("kinds", ())),
        not_in=tuple(data.get("not_in", ())),
    )


def _whole_field(path: Path, key: str, entry: Any, shared: Mapping[str, Mapping[str, Any]]) -> Any:
    if not isinstance(entry, dict) or "use" not in entry:
        return entry
    if entry["use"] not in shared:
        raise wrong_key(path, key, " / ".join(shared) or "fields.json", str(entry["use"])[:60])
    return {**shared[entry["use"]], **{name: value for name, value in entry.items() if name != "use"}}


def _field(path: Path, entry: Mapping[str, Any]) -> FieldSpec:
    return FieldSpec(
        name=entry["name"],
        alias=entry["alias"],
        type=entry["type"],
        width=int(entry.get("width") or 0),
        precision=int(entry.get("precision") or 0),
        required=entry["required"],
        domain=str(entry.get("domain", "")),
        value=entry["value"],
        source=entry["source"],
        confidence=entry["confidence"],
        when=_lists(entry.get("when", {})),
        short=_short_name(path, entry),
        shows=str(entry.get("shows", "code")),
        system=str(entry.get("system", "")),
        pad=str(entry.get("pad", "")),
    )


def _short_name(path: Path, entry: Mapping[str, Any]) -> str:
    """The field's name in a dBASE table; one that does not fit there is the profile's fault, so it is said at once."""
    short = str(entry.get("short", ""))
    if len((short or str(entry["name"])).encode("gb18030")) > _DBF_NAME_BYTES:
        raise wrong_key(path, "short", f"<= {_DBF_NAME_BYTES}", short or entry["name"])
    return short


def _lists(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in data.items()}


def read_table(path: Path) -> TableSpec:
    """A printed table."""
    data = read_json(path, "table")
    return TableSpec(
        id=path.stem,
        title=data["title"],
        frame=data["frame"],
        columns=_columns(data, "columns"),
        per_phase=_columns(data, "per_phase") if "per_phase" in data else (),
        phase_heading=str(data.get("phase_heading", "{phase}")),
        source=data["source"],
        confidence=data["confidence"],
        repeat_by=str(data.get("repeat_by", "phase")),
        sheet=str(data.get("sheet", "")),
        unit=str(data.get("unit", "")),
        paper=str(data.get("paper", "A3")),
        columns_after=_columns(data, "columns_after") if "columns_after" in data else (),
        subtotal=str(data.get("subtotal", "")),
        place=str(data.get("place", "workbook")),
        since=str(data.get("since", "")),
        note=str(data.get("note", "")),
    )


def _columns(data: Mapping[str, Any], key: str) -> tuple[TableColumn, ...]:
    return tuple(
        TableColumn(
            tuple(str(level) for level in entry["heading"]),
            entry["value"],
            str(entry.get("format", "")),
            str(entry.get("total", "")),
            float(entry.get("width", 12)),
            str(entry.get("needs", "")),
        )
        for entry in data[key]
    )


def read_sheet(path: Path) -> SheetSpec:
    """A map sheet."""
    data = read_json(path, "sheet")
    empty = data.get("empty", {})
    return SheetSpec(
        id=path.stem,
        number=data["number"],
        title=data["title"],
        panels=data["panels"],
        layers=tuple(_sheet_layer(entry) for entry in data["layers"]),
        tables=tuple(_sheet_table(entry) for entry in data.get("tables", [])),
        figures=tuple(str(name) for name in data["figures"]),
        notes=tuple(str(note) for note in data.get("notes", [])),
        empty=(str(empty.get("frame", "")), str(empty.get("text", ""))),
        notes_when_empty=tuple(str(note) for note in empty.get("notes", data.get("notes", []))),
        source=data["source"],
        confidence=data["confidence"],
    )


def _sheet_layer(entry: Mapping[str, Any]) -> SheetLayer:
    return SheetLayer(
        frame=entry["frame"],
        heading=entry["heading"],
        symbol=entry["symbol"],
        level=entry["level"],
        by=str(entry.get("by", "")),
        codes=str(entry.get("codes", "")),
        classes=tuple(
            SheetClass(
                one["code"], one["name"], one["color"],
                str(one.get("symbol", "")),
            )
            for one in entry.get("classes", [])
        ),
        colors=tuple(str(color) for color in entry.get("colors", [])),
        label=str(entry.get("label", "")),
        label_kind=str(entry.get("label_kind", "place")),
        unit=str(entry.get("unit", "")),
    )


def _sheet_table(entry: Mapping[str, Any]) -> SheetTable:
    columns = tuple(
        SheetColumn(one["heading"], one["value"], one["format"])
        for one in entry["columns"]
    )
    return SheetTable(entry["title"], entry["figures"], columns, entry["total"])


def read_package(data: Mapping[str, Any]) -> PackageSpec:
    """The package that a merged package.json describes."""
    editions = data["editions"]
    entries = tuple(
        PackageEntry(
            entry["path"],
            entry["kind"],
            entry["required"],
            tuple(entry.get("editions", editions)),
            bool(entry.get("formal", False)),
            tuple(entry.get("takes", ())),
            entry.get("source", data["source"]),
            entry.get("confidence", data["confidence"]),
        )
        for entry in data["entries"]
    )
    return PackageSpec(
        root=data["root"],
        entries=entries,
        editions=editions,
        source=data["source"],
        confidence=data["confidence"],
        metadata_root=str(data.get("metadata_root", "")),
        metadata=tuple(
            MetadataItem(
                tuple(str(name) for name in item["path"]), item["value"], item["required"]
            )
            for item in data.get("metadata", [])
        ),
        inspection=data.get("inspection", {}),
        contents={edition: _edition(entry) for edition, entry in data.get("contents", {}).items()},
        domains=data.get("domains", {}),
    )


def _edition(data: Mapping[str, Any]) -> EditionContent:
    lists = {name: tuple(data.get(name, ())) for name in ("layers", "tables", "rules", "tables_apart", "needs", "personal")}
    return EditionContent(
        **lists, fields=_lists(data.get("fields", {})), columns=_lists(data.get("columns", {})),
        person=bool(data.get("person", True)), reason=str(data.get("reason", "")),
    )
