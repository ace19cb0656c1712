"""What a profile holds, as frozen data; every value carries its source and confidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping

from village_planner.base import InputError
from village_planner.standards.sheet import SheetSpec

if TYPE_CHECKING:
    from village_planner.standards.landuse import CodeSystem, Crosswalk


@dataclass(frozen=True)
class Value:
    """One number, text or list of the standard.

    unit: of the value, '' where it has none. confidence: ``sourced``, ``memory…`` or ``proposal``.
    system: id of the land use system whose codes it names, '' where it names none.
    """

    value: Any
    unit: str
    source: str
    confidence: str
    system: str = ""


@dataclass(frozen=True)
class CodeList:
    """A code list: rows of text columns, the first two `code` and `name`.

    rows: one mapping per code with all columns of the csv (`role`, `short`, `source` … where present).
    """

    id: str
    rows: tuple[Mapping[str, str], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in the order of the list."""
        return tuple(row["code"] for row in self.rows)

    def row(self, code: str | None) -> Mapping[str, str] | None:
        """Return the row of `code`, or None."""
        return self._by_code.get(code) if code is not None else None

    @cached_property
    def _by_code(self) -> Mapping[str, Mapping[str, str]]:
        """The first row of each code: tables of thousands of rows ask for names one by one."""
        return {row["code"]: row for row in reversed(self.rows)}

    def name(self, code: str | None) -> str:
        """Return the Chinese name of `code`; '' for null or an unknown code."""
        row = self.row(code)
        return row["name"] if row else ""

    def role(self, code: str | None) -> str:
        """Return the column `role` (what the program must know of a code); '' where there is none."""
        row = self.row(code)
        return row.get("role", "") if row else ""

    def with_role(self, role: str) -> tuple[str, ...]:
        """Return the codes whose `role` is `role`."""
        return tuple(row["code"] for row in self.rows if row.get("role", "") == role)

    def find(self, text: str) -> str | None:
        """Return the code that `text` names: code, name, short name, one of `aliases` (|-separated) or role."""
        wanted = text.strip()
        for row in self.rows:
            names = {row["code"], row["name"], row.get("short", ""), row.get("role", ""), *row.get("aliases", "").split("|")}
            if wanted and wanted in names:
                return row["code"]
        return None


@dataclass(frozen=True)
class FieldSpec:
    """One field of a delivered layer.

    type: ``text``, ``int``, ``real`` or ``date``. width: characters or digits, 0 for none.
    required: ``M`` mandatory, ``C`` conditional, ``O`` optional. domain: id of a code list or ''.
    value: column of the delivered frame that fills it; ``-`` where nothing does.
    when: for ``C``, another field of the layer and the delivered values with which this one is mandatory;
    empty where no field of the layer can tell. short: its name in a dBASE table, at most 10 bytes; '' for the name itself.
    shows: ``code``, or ``name``: the name of the code. system: land use system into whose codes those of the plan are turned, '' for none.
    pad: character with which a text is filled up to the width, '' for none.
    """

    name: str
    alias: str
    type: str
    width: int
    precision: int
    required: str
    domain: str
    value: str
    source: str
    confidence: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    short: str = ""
    shows: str = "code"
    system: str = ""
    pad: str = ""

    @property
    def dbf_name(self) -> str:
        """The name of the field in a shapefile's table."""
        return self.short or self.name


@dataclass(frozen=True)
class LayerSpec:
    """A delivered layer or attribute table: its frame (villages, hamlets, patches, sites, moves …), geometry and fields.

    code: the feature code that all its features carry, '' where it has none. dataset: feature dataset of a FileGDB, '' for none.
    kinds: kinds of control layers that it holds, if it is one. not_in: formats that cannot hold it. A layer that is not required
    is left out where it has no rows.
    """

    name: str
    alias: str
    geometry: str
    frame: str
    required: bool
    fields: tuple[FieldSpec, ...]
    source: str
    confidence: str
    code: str = ""
    dataset: str = ""
    kinds: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputField:
    """How a column of a user's file is recognised.

    names: field names and headings that mean it, compared without case, blanks and brackets.
    content: a kind of content that confirms or finds it (``village_code``, ``township_code``, ``name``, ``count``,
    ``date``, ``year``, ``area``, ``ratio``, ``landuse_code``), '' for none. required: the file is useless without it.
    """

    id: str
    alias: str
    names: tuple[str, ...]
    content: str
    required: bool


@dataclass(frozen=True)
class InputSpec:
    """The columns that one kind of input file may have."""

    id: str
    fields: Mapping[str, InputField]


@dataclass(frozen=True)
class RuleSetting:
    """What a profile says of one rule: on or off, severity, limits by name."""

    id: str
    title: str
    on: bool
    severity: str
    values: Mapping[str, Any]
    basis: str
    source: str
    confidence: str


@dataclass(frozen=True)
class TableColumn:
    """One column of a printed table.

    heading: levels from the top; equal neighbours are merged. value: column of the table's frame.
    format: Excel number format, '' for text. total: ``sum``, ``label``, ``count`` (of cells with a value),
    ``count:X`` (of cells that are X) or ''. width: in characters.
    needs: kind of control layer, plan table or field of Conflicts without which an inspector cannot compare it; '' for none.
    """

    heading: tuple[str, ...]
    value: str
    format: str
    total: str
    width: float
    needs: str = ""


@dataclass(frozen=True)
class TableSpec:
    """A printed table: sheet name, title without number, frame and columns; `per_phase` columns repeat for each phase, before `columns_after`.

    repeat_by: ``phase``, or the id of a code list whose codes the repeated columns go through instead; `{phase}` in
    their values and in `phase_heading` stands for the year or code, `{name}` for its name.
    sheet: name of the sheet, '' for the id. unit: the line 单位 under the title, '' for none. paper: ``A3`` or ``A4``, landscape.
    subtotal: column of the frame whose runs of equal values get a row 小计 each, '' for none. place: ``workbook``, or ``document``
    for a short table that only texts show. since: status of the plan from which on the table exists, '' for always. note: a line below the rows.
    """

    id: str
    title: str
    frame: str
    columns: tuple[TableColumn, ...]
    per_phase: tuple[TableColumn, ...]
    phase_heading: str
    source: str
    confidence: str
    repeat_by: str = "phase"
    sheet: str = ""
    unit: str = ""
    paper: str = "A3"
    columns_after: tuple[TableColumn, ...] = ()
    subtotal: str = ""
    place: str = "workbook"
    since: str = ""
    note: str = ""

    @property
    def number(self) -> str:
        """The number of a table of the workbook, by which texts name it too; '' for a table that stands for itself, without an id."""
        return f"表{self.id}" if self.id else ""


@dataclass(frozen=True)
class PackageEntry:
    """One file or folder of the package; `path` is a template, `kind` says who writes it.

    required: in every package; formal: in a formal one. takes: for attachments, the plan table whose evidence goes here, or
    ``approval_step/<status>`` for that of the step into a status. source, confidence: those of the package where the entry has none.
    """

    path: str
    kind: str
    required: bool
    editions: tuple[str, ...]
    formal: bool = False
    takes: tuple[str, ...] = ()
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class EditionContent:
    """What an edition leaves out of the package, and what a formal one needs.

    layers, tables: ids. fields: by layer; columns: by table, as TableColumn.value has them (all that begin so where it ends with *).
    rules: ids of plan rules that cannot run for it; tables_apart:
    printed tables that its layers cannot give again. person: whether names of persons may stand in it; personal: parts of headings and
    names of fields that tell of personal data, which an edition without persons may not have. needs: statuses that
    an approval step of the plan must have reached, for a formal package. reason: why.
    """

    layers: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    tables_apart: tuple[str, ...] = ()
    person: bool = True
    personal: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class MetadataItem:
    """One element of the metadata file.

    path: names of the elements from below the root; value: key of what the delivery knows; required: must not be empty.
    """

    path: tuple[str, ...]
    value: str
    required: bool


@dataclass(frozen=True)
class PackageSpec:
    """The tree of a package: root folder template, entries, editions (id → Chinese name).

    metadata: elements of the metadata file in their order, below the element `metadata_root`.
    inspection: settings of the inspector by name (weights by severity, limits, the plan's rules that run on a package).
    contents: what editions leave out, by edition id. domains: code list id → Chinese name of the domain in a geodatabase.
    """

    root: str
    entries: tuple[PackageEntry, ...]
    editions: Mapping[str, str]
    source: str
    confidence: str
    metadata_root: str = ""
    metadata: tuple[MetadataItem, ...] = ()
    inspection: Mapping[str, Any] = field(default_factory=dict)
    contents: Mapping[str, EditionContent] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """A profile with everything that it inherits already merged in.

    documents: Word templates of the package's texts by the kind of their file (``text``, ``explanation``).
    systems: classifications of land use by id; crosswalks: by the ids of their two systems.
    """

    id: str
    version: str
    title: str
    lineage: tuple[str, ...]
    values: Mapping[str, Value]
    codes: Mapping[str, CodeList]
    layers: Mapping[str, LayerSpec]
    inputs: Mapping[str, InputSpec]
    rules: Mapping[str, RuleSetting]
    tables: Mapping[str, TableSpec]
    package: PackageSpec
    sheets: Mapping[str, SheetSpec] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, Path] = field(default_factory=dict)
    systems: Mapping[str, CodeSystem] = field(default_factory=dict)
    crosswalks: Mapping[tuple[str, str], Crosswalk] = field(default_factory=dict)

    def value(self, key: str) -> Any:
        """Return the bare value of `key`. Raises InputError where the profile has none."""
        if key not in self.values:
            raise InputError("standards.no_value", profile=self.id, key=key)
        return self.values[key].value

    def code_list(self, list_id: str) -> CodeList:
        """Return a code list. Raises InputError where the profile has none."""
        if list_id not in self.codes:
            raise InputError("standards.no_code_list", profile=self.id, list=list_id)
        return self.codes[list_id]

    def rule(self, rule_id: str) -> RuleSetting | None:
        """Return the setting of a rule, None where the profile does not know it."""
        return self.rules.get(rule_id)

    @property
    def land_use_system(self) -> CodeSystem:
        """The classification in which plans keep land use. Raises InputError where the profile has none."""
        return self.system(str(self.value("land_use_system")))

    def system(self, system_id: str) -> CodeSystem:
        """Return a classification of land use. Raises InputError where the profile has none."""
        if system_id not in self.systems:
            raise InputError("standards.no_system", profile=self.id, system=system_id)
        return self.systems[system_id]

    def crosswalk(self, source: str, target: str) -> Crosswalk:
        """How codes of `source` become codes of `target`, over a third classification where there is no direct way. Raises InputError without any."""
        if (source, target) in self.crosswalks:
            return self.crosswalks[source, target]
        for (first, middle), crosswalk in self.crosswalks.items():
            if first == source and (middle, target) in self.crosswalks:
                return crosswalk.then(self.crosswalks[middle, target])
        raise InputError("standards.no_crosswalk", profile=self.id, source=source, target=target)
