"""Reads a profile folder, merges what it extends, and refuses a wrong one with file, key and expectation."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any, Callable, Mapping, TypeVar

from village_planner.base import InputError, resource
from village_planner.standards.profile import (
    SYMBOLS,
    CodeList,
    EditionContent,
    FieldSpec,
    InputField,
    InputSpec,
    LayerSpec,
    MetadataItem,
    PackageEntry,
    PackageSpec,
    Profile,
    RuleSetting,
    SheetClass,
    SheetColumn,
    SheetLayer,
    SheetSpec,
    SheetTable,
    TableColumn,
    TableSpec,
    Value,
)

_T = TypeVar("_T")
DEFAULT_PROFILE = "layout-2035"
PROFILES = "profiles"
_DBF_NAME_BYTES = 10
_ID = re.compile(r"[^\\/:*?\"<>|\s.][^\\/:*?\"<>|\n]*")


def profile_ids(folder: Path | None = None) -> list[str]:
    """Return the ids of the profiles in `folder` (default: those that ship with the plugin)."""
    root = folder or resource("profiles")
    return sorted(path.parent.name for path in root.glob("*/profile.json"))


def load_profile(profile: str | Path = DEFAULT_PROFILE, beside: Path | None = None) -> Profile:
    """Load a shipped profile by id, or any profile by the path of its folder.

    beside: folder of a plan; `profile` is then an id, looked for in its `profiles` folder, then among the shipped.
    A profile that `extends` another takes every value, rule, input field, code list, layer and
    table that it does not hold itself; the parent is looked for beside it, then among the shipped.
    Raises InputError naming file and key where something is missing or wrong.
    """
    folder = _find(profile) if beside is None else _find_beside(str(profile), beside)
    chain = profile_chain(folder)
    raw = [(path, _json(path / "profile.json")) for path in chain]
    own_folder, own = raw[0]
    if not _ID.fullmatch(_key(own_folder / "profile.json", own, "id", str)):
        raise InputError("standards.wrong_key", file=_short(own_folder / "profile.json"), key="id", expected="A-Z a-z 0-9 -", found=own["id"])
    merged_values = {k: v for path, data in reversed(raw) for k, v in _values(path, data).items()}
    return Profile(
        id=_key(own_folder / "profile.json", own, "id", str),
        version=_key(own_folder / "profile.json", own, "version", str),
        title=_key(own_folder / "profile.json", own, "title", str),
        lineage=tuple(path.name for path in chain),
        values=merged_values,
        codes=_merge(chain, "codes/*.csv", _code_list),
        layers=_merge(chain, "layers/*.json", _layer),
        inputs=_inputs(chain),
        rules=_rules(chain),
        tables=_merge(chain, "tables/*.json", _table),
        package=_package(chain),
        sheets=_merge(chain, "sheets/*.json", _sheet),
        texts={k: str(v) for _, data in reversed(raw) for k, v in data.get("texts", {}).items()},
        documents=_merge(chain, "documents/*.docx", lambda path: path),
    )


def profile_chain(folder: Path) -> list[Path]:
    """Return the folder of a profile and of every one that it extends, the nearest first. Raises InputError for a missing one or a circle."""
    chain = [folder]
    while True:
        parent = _json(chain[-1] / "profile.json").get("extends")
        if not parent:
            return chain
        beside = chain[-1].parent / str(parent)
        found = beside if (beside / "profile.json").is_file() else _find(str(parent))
        if found in chain:
            raise InputError("standards.circle", profile=folder.name, parent=str(parent))
        chain.append(found)


def _find_beside(profile_id: str, plan_folder: Path) -> Path:
    """The folder of a plan's profile. The id comes out of a file that anybody may have written: it may not lead elsewhere."""
    for root in (plan_folder / PROFILES, resource("profiles")):
        if _ID.fullmatch(profile_id) and (root / profile_id / "profile.json").is_file():
            return root / profile_id
    raise InputError(
        "standards.no_profile_beside", profile=profile_id[:60], folder=str(plan_folder / PROFILES), known="、".join(profile_ids())
    )


def _find(profile: str | Path) -> Path:
    path = Path(profile)
    if (path / "profile.json").is_file():
        return path
    shipped = resource("profiles", str(profile))
    if (shipped / "profile.json").is_file():
        return shipped
    raise InputError("standards.no_profile", profile=str(profile), known="、".join(profile_ids()))


def _json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError("standards.unreadable", file=_short(path), reason=str(error)) from error
    if not isinstance(data, dict):
        raise InputError("standards.unreadable", file=_short(path), reason="{} expected")
    return data


def _short(path: Path) -> str:
    parts = path.parts
    return "/".join(parts[-3:] if path.parent.name in ("codes", "layers", "inputs", "tables", "sheets") else parts[-2:])


def _key(path: Path, data: Mapping[str, Any], key: str, kind: type[_T]) -> _T:
    value = data.get(key)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError("standards.wrong_key", file=_short(path), key=key, expected=kind.__name__, found=repr(value))
    return value


def _values(folder: Path, data: Mapping[str, Any]) -> dict[str, Value]:
    path = folder / "profile.json"
    values = {}
    for key, entry in data.get("values", {}).items():
        if not isinstance(entry, dict) or "value" not in entry:
            raise InputError("standards.wrong_key", file=_short(path), key=f"values.{key}", expected="{value, …}", found=repr(entry))
        values[key] = Value(
            entry["value"],
            str(entry.get("unit", "")),
            _key(path, entry, "source", str),
            _key(path, entry, "confidence", str),
        )
    return values


def _merge(chain: list[Path], pattern: str, read: Callable[[Path], _T]) -> dict[str, _T]:
    files: dict[str, Path] = {}
    for folder in reversed(chain):
        files.update({path.stem: path for path in sorted(folder.glob(pattern))})
    return {stem: read(path) for stem, path in files.items()}


def _code_list(path: Path) -> CodeList:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = tuple({k: v or "" for k, v in row.items() if k} for row in csv.DictReader(stream))
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        for column in ("code", "name", "source", "confidence"):
            if not row.get(column):
                raise InputError("standards.wrong_row", file=_short(path), row=number, column=column)
        if row["code"] in seen:
            raise InputError("standards.code_twice", file=_short(path), row=number, value=row["code"])
        seen.add(row["code"])
    return CodeList(path.stem, rows)


def _layer(path: Path) -> LayerSpec:
    data = _json(path)
    fields = tuple(
        FieldSpec(
            name=_key(path, entry, "name", str),
            alias=_key(path, entry, "alias", str),
            type=_one_of(path, entry, "type", ("text", "int", "real", "date")),
            width=int(entry.get("width") or 0),
            precision=int(entry.get("precision") or 0),
            required=_one_of(path, entry, "required", ("M", "C", "O")),
            domain=str(entry.get("domain", "")),
            value=_key(path, entry, "value", str),
            source=_key(path, entry, "source", str),
            confidence=_key(path, entry, "confidence", str),
            when=_lists(entry.get("when", {})),
            short=_short_name(path, entry),
        )
        for entry in _key(path, data, "fields", list)
    )
    return LayerSpec(
        name=_key(path, data, "name", str),
        alias=_key(path, data, "alias", str),
        geometry=_one_of(path, data, "geometry", ("Point", "MultiPolygon", "LineString", "None")),
        frame=_key(path, data, "frame", str),
        required=_key(path, data, "required", bool),
        fields=fields,
        source=_key(path, data, "source", str),
        confidence=_key(path, data, "confidence", str),
        code=str(data.get("code", "")),
        dataset=str(data.get("dataset", "")),
        kinds=tuple(data.get("kinds", ())),
        not_in=tuple(data.get("not_in", ())),
    )


def _short_name(path: Path, entry: Mapping[str, Any]) -> str:
    """The field's name in a dBASE table; one that does not fit there is the profile's fault, so it is said at once."""
    short = str(entry.get("short", ""))
    if len((short or str(entry["name"])).encode("gb18030")) > _DBF_NAME_BYTES:
        raise InputError("standards.wrong_key", file=_short(path), key="short", expected=f"<= {_DBF_NAME_BYTES}", found=short or entry["name"])
    return short


def _lists(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in data.items()}


def _one_of(path: Path, data: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = _key(path, data, key, str)
    if value not in allowed:
        raise InputError("standards.wrong_key", file=_short(path), key=key, expected=" / ".join(allowed), found=value)
    return value


def _inputs(chain: list[Path]) -> dict[str, InputSpec]:
    merged: dict[str, dict[str, InputField]] = {}
    for folder in reversed(chain):
        for path in sorted(folder.glob("inputs/*.json")):
            fields = merged.setdefault(path.stem, {})
            for field_id, entry in _key(path, _json(path), "fields", dict).items():
                inherited = fields[field_id].names if entry.get("add") and field_id in fields else ()
                fields[field_id] = InputField(
                    field_id,
                    _key(path, entry, "alias", str),
                    (*_key(path, entry, "names", list), *inherited),
                    str(entry.get("content", "")),
                    bool(entry.get("required", False)),
                )
    return {stem: InputSpec(stem, fields) for stem, fields in merged.items()}


def _rules(chain: list[Path]) -> dict[str, RuleSetting]:
    merged: dict[str, dict[str, Any]] = {}
    for path in (path for folder in reversed(chain) for path in sorted(folder.glob("rules*.json"))):
        for rule_id, entry in _key(path, _json(path), "rules", dict).items():
            values = {**merged.get(rule_id, {}).get("values", {}), **entry.get("values", {})}
            merged[rule_id] = {**merged.get(rule_id, {}), **entry, "values": values, "_path": path}
    return {
        rule_id: RuleSetting(
            rule_id,
            _key(entry["_path"], entry, "title", str),
            _key(entry["_path"], entry, "on", bool),
            _one_of(entry["_path"], entry, "severity", ("A", "B", "C")),
            entry["values"],
            str(entry.get("basis", "")),
            _key(entry["_path"], entry, "source", str),
            _key(entry["_path"], entry, "confidence", str),
        )
        for rule_id, entry in merged.items()
    }


def _table(path: Path) -> TableSpec:
    data = _json(path)
    return TableSpec(
        id=path.stem,
        title=_key(path, data, "title", str),
        frame=_key(path, data, "frame", str),
        columns=_columns(path, data, "columns"),
        per_phase=_columns(path, data, "per_phase") if "per_phase" in data else (),
        phase_heading=str(data.get("phase_heading", "{phase}")),
        source=_key(path, data, "source", str),
        confidence=_key(path, data, "confidence", str),
        repeat_by=str(data.get("repeat_by", "phase")),
        sheet=str(data.get("sheet", "")),
        unit=str(data.get("unit", "")),
        paper=_one_of(path, {"paper": "A3", **data}, "paper", ("A3", "A4")),
        columns_after=_columns(path, data, "columns_after") if "columns_after" in data else (),
        subtotal=str(data.get("subtotal", "")),
        place=_one_of(path, {"place": "workbook", **data}, "place", ("workbook", "document")),
        since=str(data.get("since", "")),
        note=str(data.get("note", "")),
    )


def _columns(path: Path, data: Mapping[str, Any], key: str) -> tuple[TableColumn, ...]:
    return tuple(
        TableColumn(
            tuple(str(level) for level in _key(path, entry, "heading", list)),
            _key(path, entry, "value", str),
            str(entry.get("format", "")),
            str(entry.get("total", "")),
            float(entry.get("width", 12)),
            str(entry.get("needs", "")),
        )
        for entry in _key(path, data, key, list)
    )


def _sheet(path: Path) -> SheetSpec:
    data = _json(path)
    empty = data.get("empty", {})
    return SheetSpec(
        id=path.stem,
        number=_key(path, data, "number", str),
        title=_key(path, data, "title", str),
        panels=_one_of(path, data, "panels", ("one", "phase")),
        layers=tuple(_sheet_layer(path, entry) for entry in _key(path, data, "layers", list)),
        tables=tuple(_sheet_table(path, entry) for entry in data.get("tables", [])),
        figures=tuple(str(name) for name in _key(path, data, "figures", list)),
        notes=tuple(str(note) for note in data.get("notes", [])),
        empty=(str(empty.get("frame", "")), str(empty.get("text", ""))),
        source=_key(path, data, "source", str),
        confidence=_key(path, data, "confidence", str),
    )


def _sheet_layer(path: Path, entry: Mapping[str, Any]) -> SheetLayer:
    return SheetLayer(
        frame=_key(path, entry, "frame", str),
        heading=_key(path, entry, "heading", str),
        symbol=_one_of(path, entry, "symbol", SYMBOLS),
        level=_key(path, entry, "level", int),
        by=str(entry.get("by", "")),
        codes=str(entry.get("codes", "")),
        classes=tuple(
            SheetClass(
                _key(path, one, "code", str), _key(path, one, "name", str), _key(path, one, "color", str),
                _one_of(path, {"symbol": "", **one}, "symbol", ("", *SYMBOLS)),
            )
            for one in entry.get("classes", [])
        ),
        colors=tuple(str(color) for color in entry.get("colors", [])),
        label=str(entry.get("label", "")),
        label_kind=_one_of(path, {"label_kind": "place", **entry}, "label_kind", ("village", "township", "place")),
        unit=str(entry.get("unit", "")),
    )


def _sheet_table(path: Path, entry: Mapping[str, Any]) -> SheetTable:
    columns = tuple(
        SheetColumn(_key(path, one, "heading", str), _key(path, one, "value", str), _one_of(path, one, "format", ("text", "count", "ha")))
        for one in _key(path, entry, "columns", list)
    )
    return SheetTable(_key(path, entry, "title", str), _key(path, entry, "figures", str), columns, _key(path, entry, "total", bool))


def _package(chain: list[Path]) -> PackageSpec:
    path = next((folder / "package.json" for folder in chain if (folder / "package.json").is_file()), None)
    if path is None:
        raise InputError("standards.no_package", profile=chain[0].name)
    data = _json(path)
    editions = _key(path, data, "editions", dict)
    entries = tuple(
        PackageEntry(
            _key(path, entry, "path", str),
            _key(path, entry, "kind", str),
            _key(path, entry, "required", bool),
            tuple(entry.get("editions", editions)),
            bool(entry.get("formal", False)),
            tuple(entry.get("takes", ())),
        )
        for entry in _key(path, data, "entries", list)
    )
    return PackageSpec(
        root=_key(path, data, "root", str),
        entries=entries,
        editions=editions,
        source=_key(path, data, "source", str),
        confidence=_key(path, data, "confidence", str),
        metadata_root=str(data.get("metadata_root", "")),
        metadata=tuple(
            MetadataItem(
                tuple(str(name) for name in _key(path, item, "path", list)), _key(path, item, "value", str), _key(path, item, "required", bool)
            )
            for item in data.get("metadata", [])
        ),
        inspection=data.get("inspection", {}),
        contents={edition: _edition(entry) for edition, entry in data.get("contents", {}).items()},
        domains=data.get("domains", {}),
    )


def _edition(data: Mapping[str, Any]) -> EditionContent:
    lists = {name: tuple(data.get(name, ())) for name in ("layers", "tables", "rules", "tables_apart", "needs")}
    return EditionContent(
        **lists, fields=_lists(data.get("fields", {})), columns=_lists(data.get("columns", {})),
        person=bool(data.get("person", True)), reason=str(data.get("reason", "")),
    )
