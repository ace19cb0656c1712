"""Delivered layers back into plan data, so that the plan's rules run on a package as they run on a plan file."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any, Iterable, Mapping, Sequence

import numpy as np
import shapely

from village_planner.base import InputError, Message
from village_planner.delivery.fields import NATURAL_KEYS, is_empty, kept_fields, kept_value, shortened, words_of
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import Conflicts
from village_planner.delivery.geodata import LayerContent
from village_planner.delivery.manifest import Manifest
from village_planner.delivery.naming import JOINT
from village_planner.delivery.serials import Serials
from village_planner.plan import SerialKey
from village_planner.plan.data import PlanData, plan_data
from village_planner.plan.schema import BY_NAME, SCHEMA_VERSION, WITHDRAWN, Action, ConsentKind, Destination, PatchKind, Status
from village_planner.spatial.crs import CrsKind, transform
from village_planner.standards import LayerSpec, Profile

_RULE, _TWICE = "QC-3301", "QC-3304"
_NUMBERED = frozenset({"patch_code", "site_code", "move_code", "consent_code"})
"""Codes that a plan gives itself; the others are those of units."""
_SCENARIO = "S1"
_Row = dict[str, Any]


def in_plan_crs(contents: Sequence[LayerContent], manifest: Manifest | None) -> list[LayerContent]:
    """The layers with their shapes in the plan's CRS: a layer in another one is told by its own rules, and is no reason for others to find its shapes far away.

    A layer without CRS, or whose shapes cannot be brought there, stays as it is.
    """
    crs = _crs(manifest, contents)
    return [content if "geom" not in content.rows or content.crs.epsg == crs else _transformed(content, crs) for content in contents]


def _transformed(content: LayerContent, crs: int) -> LayerContent:
    if content.crs.kind is CrsKind.MISSING:
        return content
    try:
        shapes = transform(content.rows["geom"].to_numpy(dtype=object), content.crs.epsg or content.crs.wkt, crs)
    except InputError:
        return content
    return replace(content, rows=content.rows.assign(geom=shapes)) if np.isfinite(shapely.get_coordinates(shapes)).all() else content


def plan_from_layers(
    file: str, contents: Sequence[LayerContent], profile: Profile, manifest: Manifest | None
) -> tuple[PlanData, list[PackageFinding]]:
    """The plan that the layers of a package describe, and the findings on rows that had to be left out (QC-3301, QC-3304).

    What layers do not hold (phases, base year, scenario) comes from the manifest, without one from the profile.
    A patch to be cleared whose hamlet is withdrawn is an existing one. A village stands inside or outside the
    development boundary as the package says that it counts.
    """
    frames = {spec.frame: _words(spec, profile, contents) for spec in profile.layers.values() if not spec.kinds}
    reader = _Reader(file, profile, frames)
    scenario = (manifest.scenario.get("code") if manifest else None) or _SCENARIO
    villages, hamlets, sites = reader.villages(), reader.hamlets(), reader.sites()
    actions = [
        {"scenario": scenario, "hamlet_code": row["hamlet_code"], "action": row["action"], "grounds": _grounds(row, "action"),
         "basis": row.get("action_basis"), "origin": "imported"}
        for row in hamlets if row["action"] in _ACTIONS
    ]
    named = {row["township_code"]: row["township_name"] or row["township_code"] for row in villages if row["township_code"]}
    drawn = {row["township_code"]: row for row in reader.townships()}
    townships = {**named, **{code: row["township_name"] for code, row in drawn.items()}}
    tables: dict[str, list[_Row]] = {
        "plan": [_plan_row(profile, manifest, contents, scenario)],
        "phase": [{"year": year, "title": title} for year, title in _phases(profile, manifest)],
        "township": [{"code": code, "name": name, "geom": drawn.get(code, {}).get("geom")} for code, name in sorted(townships.items())],
        "village": [_renamed(row, code="village_code", name="village_name") for row in villages],
        "village_alias": reader.aliases(),
        "hamlet": [_renamed(row, code="hamlet_code", name="hamlet_name") for row in hamlets],
        "site": [_renamed(row, code="site_code", name="site_name") for row in sites],
        "site_capacity": reader.capacities(),
        "patch": reader.patches({row["hamlet_code"] for row in actions if row["action"] in WITHDRAWN}),
        "scenario": [{"code": scenario, "title": (manifest.scenario.get("title") if manifest else None) or scenario}],
        "category": [
            {"scenario": scenario, "village_code": row["village_code"], "category": row["category"], "grounds": _grounds(row, "category"),
             "basis": row.get("category_basis"), "origin": "imported"}
            for row in villages if row["category"]
        ],
        "action": actions,
        "move": [_renamed({**row, "scenario": scenario, "origin": "imported"}, code="move_code") for row in reader.moves()],
        "implementation": reader.ledger_entries(),
        "consent": [_renamed(row, code="consent_code") for row in reader.consents()],
        "roster_source": reader.rosters(),
        "roster_difference": reader.differences(),
        "approval_step": reader.steps(),
        "waiver": [_waiver(row) for row in reader.waivers()],
        "fact": reader.facts(),
        "quota": reader.quotas(),
        "fixed_village": reader.fixed_villages(),
        "control_layer": [{"source": "", **layer} for layer in (manifest.control_layers if manifest else ())],
    }
    return plan_data(**{name: _fitting(name, rows) for name, rows in tables.items()}), reader.findings


_ACTIONS = frozenset(action.value for action in Action)
_STATUSES = frozenset(status.value for status in Status)
_SUBJECTS = ("village", "hamlet")
_UNNAMED = "—"


def _waiver(row: _Row) -> _Row:
    """A waiver; in an edition without names an acceptance is known by its date."""
    accepted_by = row.get("accepted_by") or (_UNNAMED if row.get("accepted_at") else None)
    return {**row, "person": row.get("person") or "", "date": row.get("date") or "", "accepted_by": accepted_by}


def _grounds(row: _Row, of: str) -> str | None:
    """The grounds of a category or action alone: the delivered text is grounds and basis, joined."""
    text, basis = row.get(f"{of}_grounds"), row.get(f"{of}_basis")
    if not text or not basis:
        return text
    return None if text == basis else str(text).removesuffix(f"{JOINT}{basis}")


def stated_conflicts(contents: Sequence[LayerContent], profile: Profile) -> Conflicts:
    """Land on control lines by village as the delivered villages state it, m²; None for a field that no village fills."""
    spec = next((spec for spec in profile.layers.values() if spec.frame == "villages"), None)
    if spec is None:
        return Conflicts()
    rows = [row for row in _words(spec, profile, contents)[1] if row.get("village_code")]
    stated: dict[str, dict[str, float] | None] = {}
    for column in (field.name for field in fields(Conflicts)):
        values = {str(row["village_code"]): row[column] for row in rows if row.get(column) is not None}
        stated[column] = values or None
    return Conflicts(**stated)


def taken_serials(contents: Sequence[LayerContent], profile: Profile, county: str) -> dict[SerialKey, int]:
    """The serial numbers in the identifiers of delivered rows. county: its code."""
    serials = Serials(profile, county)
    return {key: number for spec in profile.layers.values() for key, number in serials.taken(_words(spec, profile, contents)[1], spec).items()}


class _Reader:
    """Rows of each kind, only those that identify themselves and refer to what is there; `findings` says which were left out."""

    def __init__(self, file: str, profile: Profile, frames: Mapping[str, tuple[LayerSpec, list[_Row]]]) -> None:
        self.findings: list[PackageFinding] = []
        self._file, self._profile, self._frames = file, profile, frames
        self._known: dict[str, set[str]] = {"": set()}

    def townships(self) -> list[_Row]:
        return self._rows("townships", "township_code", ("township_name",))

    def villages(self) -> list[_Row]:
        rows = self._rows("villages", "village_code", ("village_name", "township_code"))
        for row in rows:
            counts_inside = row.get("counts_inside")
            row["position_stated"] = None if row.get("position") is None else "inside" if str(counts_inside) == "1" else "outside"
            row["kind"] = row.get("kind") or self._profile.code_list("village_kind").codes[0]
        return rows

    def hamlets(self) -> list[_Row]:
        rows = self._rows("hamlets", "hamlet_code", ("village_code", "hamlet_name"), {"village_code": "village_code"})
        for row in rows:
            row["is_main"] = 1 if str(row.get("is_main")) == "1" else 0
        return rows

    def sites(self) -> list[_Row]:
        rows = self._rows("sites", "site_code", ("site_name", "setting"))
        for row in rows:
            row["setting"] = row["setting"] if row["setting"] in ("rural", "town") else "rural"
        return rows

    def capacities(self) -> list[_Row]:
        return self._rows("site_capacities", "", ("site_code", "phase", "households"), {"site_code": "site_code"})

    def patches(self, withdrawn: set[str]) -> list[_Row]:
        rows = self._rows("patches", "patch_code", ("state",), {"hamlet_code": "hamlet_code"})
        kinds = {"retained": PatchKind.EXISTING.value, "cleared": PatchKind.CLEARED.value, "new": PatchKind.NEW.value}
        for row in rows:
            stays_with_hamlet = row["state"] == "cleared" and row.get("hamlet_code") in withdrawn
            row["code"] = row["patch_code"]
            row["kind"] = PatchKind.EXISTING.value if stays_with_hamlet else kinds.get(row["state"], PatchKind.EXISTING.value)
        return rows

    def moves(self) -> list[_Row]:
        rows = self._rows("moves", "move_code", ("hamlet_code", "destination_kind"), {"hamlet_code": "hamlet_code"})
        kinds = {kind.value for kind in Destination}
        return [row for row in rows if row["destination_kind"] in kinds]

    def consents(self) -> list[_Row]:
        rows = self._rows("consents", "consent_code", ("village_code", "kind"), {"village_code": "village_code", "hamlet_code": "hamlet_code"})
        kinds = {kind.value for kind in ConsentKind}
        return [row for row in rows if row["kind"] in kinds]

    def differences(self) -> list[_Row]:
        rows = self._rows("differences", "", ("source", "code", "kind"))
        for row in rows:
            row["detail"] = _json(row.get("detail"))
        return rows

    def aliases(self) -> list[_Row]:
        rows = self._rows("aliases", "", ("source", "village_code"), {"village_code": "village_code"})
        return [{**row, "alias_code": row.get("alias_code") or "", "alias_name": row.get("alias_name") or ""} for row in rows]

    def rosters(self) -> list[_Row]:
        return self._rows("rosters", "", ("source", "units", "compared_at"))

    def ledger_entries(self) -> list[_Row]:
        return self._rows("ledger_entries", "", ("move_code", "year"), {"move_code": "move_code"})

    def steps(self) -> list[_Row]:
        """Steps in the order of their numbers; in an edition without names their person is not known."""
        rows = self._rows("steps", "number", ("from_status", "to_status", "date", "document", "result"))
        known = [row for row in rows if {row["from_status"], row["to_status"]} <= _STATUSES]
        known.sort(key=lambda row: _int(row["number"]) or 0)
        return [{**row, "code": str(row["number"]), "person": row.get("person") or _UNNAMED, "recorded_at": row["date"]} for row in known]

    def waivers(self) -> list[_Row]:
        return self._rows("waivers", "finding_key", ("finding_digest", "reason"))

    def facts(self) -> list[_Row]:
        return [row for row in self._rows("facts", "", ("subject_kind", "subject_code", "item", "source")) if row["subject_kind"] in _SUBJECTS]

    def quotas(self) -> list[_Row]:
        return self._rows("quotas", "", ("area_code", "item", "value", "source"))

    def fixed_villages(self) -> list[_Row]:
        rows = self._rows("fixed_villages", "", ("source", "village_code"), {"village_code": "village_code"})
        for row in rows:
            row["action"] = row.get("action") if row.get("action") in _ACTIONS else None
        return rows

    def _rows(self, frame: str, key: str, needed: Iterable[str], references: Mapping[str, str] | None = None) -> list[_Row]:
        """Rows that have key and needed columns, once per key, with references that exist (an empty reference is free)."""
        if frame not in self._frames:
            return []
        spec, rows = self._frames[frame]
        demanded = [*([key] if key else []), *needed]
        whole = [row for row in rows if not any(is_empty(row.get(name)) for name in demanded)]
        if len(whole) < len(rows):
            self._add(spec, spec.name, "delivery.code_empty", {"count": len(rows) - len(whole)})
        seen = self._known.setdefault(key, set()) if key else set()
        kept = []
        for row in whole:
            dangling = next((n for n, of in (references or {}).items() if row.get(n) is not None and row[n] not in self._known.get(of, set())), None)
            if dangling:
                self._add_code(spec, dangling, row, "delivery.code_dangling")
            elif key and row[key] in seen:
                self._add_code(spec, key, row, "delivery.code_twice")
            else:
                seen.add(row[key] if key else "")
                kept.append(row)
        return kept

    def _add_code(self, spec: LayerSpec, column: str, row: _Row, code: str) -> None:
        field = next((field.name for field in spec.fields if field.value == column), column)
        name = next((str(row[key]) for key in NATURAL_KEYS if not is_empty(row.get(key))), "")
        rule = _TWICE if code == "delivery.code_twice" and column in _NUMBERED else _RULE
        self._add(spec, f"{spec.name}.{field}:{row[column]}", code, {"field": field, "value": shortened(str(row[column])), "row": shortened(name)}, rule)

    def _add(self, spec: LayerSpec, subject: str, code: str, params: Mapping[str, Any], rule: str = _RULE) -> None:
        self.findings.append(PackageFinding(rule, self._file, subject[:120], Message(code, {"layer": spec.name, **params})))


def _words(spec: LayerSpec, profile: Profile, contents: Sequence[LayerContent]) -> tuple[LayerSpec, list[_Row]]:
    """Rows of a layer by the names of frame columns, codes turned into plan words; a missing layer has none."""
    content = next((content for content in contents if content.name == spec.name), None)
    if content is None:
        return spec, []
    columns: dict[str, list[Any]] = {}
    for column, field in kept_fields(spec, profile, content.rows.columns).items():
        words = words_of(field, profile)
        values = content.rows[field.name] if field.name in content.rows else [None] * len(content.rows)
        convert = _CONVERSIONS[field.type]
        columns[column] = [words.get(str(value), convert(kept_value(field, value, profile))) for value in values]
    if "geom" in content.rows:
        columns["geom"] = list(content.rows["geom"])
    return spec, [dict(zip(columns, cells)) for cells in zip(*columns.values())]


def _fitting(name: str, rows: list[_Row]) -> list[_Row]:
    """Rows with only the columns of a plan table, values of the type that it promises; what does not fit is null. A text that must be there may be ''."""
    table = BY_NAME[name]
    convert = {column.name: _CONVERSIONS.get(column.type, lambda value: value) for column in table.columns}
    convert.update({column.name: _text_or_empty for column in table.columns if column.type == "text" and column.required})
    fitted = [{column: convert[column](row.get(column)) for column in convert} for row in rows]
    if table.geometry:
        for row, fitting in zip(rows, fitted):
            fitting["geom"] = row.get("geom")
    return fitted


def _text(value: Any) -> str | None:
    return None if is_empty(value) else str(value)


def _text_or_empty(value: Any) -> str | None:
    return "" if value == "" else _text(value)


def _int(value: Any) -> int | None:
    try:
        number = None if is_empty(value) else int(float(value))
    except (ValueError, TypeError, OverflowError):
        return None
    return number if number is not None and abs(number) < 2**62 else None


def _real(value: Any) -> float | None:
    try:
        return None if is_empty(value) else float(value)
    except (ValueError, TypeError):
        return None


_CONVERSIONS = {"text": _text, "date": _text, "int": _int, "real": _real}


def _renamed(row: _Row, **names: str) -> _Row:
    return {**row, **{new: row.get(old) for new, old in names.items()}}


def _json(text: Any) -> Any:
    try:
        value = None if is_empty(text) else json.loads(str(text))
    except (ValueError, RecursionError):
        return {"text": str(text)[:200]}
    return value if value is None or isinstance(value, dict) else {"text": str(value)[:200]}


def _phases(profile: Profile, manifest: Manifest | None) -> list[tuple[int, str]]:
    if manifest and manifest.phases:
        return sorted(dict(manifest.phases).items())
    return [(int(year), str(year)) for year in profile.value("phases")]


def _crs(manifest: Manifest | None, contents: Sequence[LayerContent]) -> int:
    """EPSG code that the manifest states, else that of the first layer that has one."""
    return manifest.crs if manifest else next((content.crs.epsg for content in contents if content.crs.epsg), 4490)


def _plan_row(profile: Profile, manifest: Manifest | None, contents: Sequence[LayerContent], scenario: str) -> _Row:
    stated = dict(manifest.plan) if manifest else {}
    phases = [year for year, _ in _phases(profile, manifest)]
    defaults = {
        "title": "", "scope": "county", "status": "drafting", "guid": "", "created_at": "",
    }
    return {
        **defaults, **{name: value for name, value in stated.items() if value is not None}, "id": "plan",
        "crs": _crs(manifest, contents), "adopted_scenario": scenario,
        "base_year": _int(stated.get("base_year")) or (phases[0] if phases else 0),
        "profile_id": profile.id, "profile_version": profile.version, "schema_version": SCHEMA_VERSION,
    }
