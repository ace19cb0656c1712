"""What the steps of intake are asked for and what they give back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Mapping

from village_planner.base.report import Report

FieldMap = Mapping[str, Mapping[str, str]]
"""Input (`roster`, `villages` …, or a file name) → field → heading, as the planner says it."""


@dataclass(frozen=True)
class CreatePlan:
    """Parameters of `createplan`.

    Sources are paths, of layers also `path|layername=X`; None where not given. profile: id of a shipped profile or the folder of another.
    land_use: its built village land becomes patches where there is no patch layer.
    phases: target years; empty takes the profile's. institute: who makes the plan (编制单位), None unknown.
    report: where the report goes (.json), None beside the plan.
    who: the person, as history shows it; '' is the user of the machine.
    """

    plan: Path
    title: str
    base_year: int
    profile: str | Path = "layout-2035"
    county_code: str | None = None
    institute: str | None = None
    phases: tuple[int, ...] = ()
    roster: str | None = None
    other_rosters: tuple[str, ...] = ()
    villages: str | None = None
    townships: str | None = None
    patches: str | None = None
    land_use: str | None = None
    field_map: FieldMap = field(default_factory=dict)
    overwrite: bool = False
    report: Path | None = None
    who: str = ""


@dataclass(frozen=True)
class CreateResult:
    """What `create_plan` made; differences: open questions between the rosters."""

    plan: Path
    village_count: int
    hamlet_count: int
    differences: int
    report: Report
    report_path: Path


@dataclass(frozen=True)
class AddControl:
    """Parameters of `addcontrol`.

    kind: code of `codes/control_kind.csv`. filter: an OGR where clause or attribute=value. title: None takes the source's name.
    profile: None takes the plan's own; a folder for a profile that does not ship with the program.
    """

    plan: Path
    kind: str
    source: str
    filter: str | None = None
    field_map: FieldMap = field(default_factory=dict)
    title: str | None = None
    report: Path | None = None
    profile: str | Path | None = None
    who: str = ""


@dataclass(frozen=True)
class ControlResult:
    """What `add_control` took in; code: of the control layer, '' for a protection list; count: features, or hamlets marked."""

    code: str
    count: int
    repaired: int
    set_aside: int
    report: Report
    report_path: Path


@dataclass(frozen=True)
class Decide:
    """Parameters of `decide`. scenario: code or title, None for the adopted one."""

    plan: Path
    decisions: str
    scenario: str | None = None
    field_map: FieldMap = field(default_factory=dict)
    report: Path | None = None
    profile: str | Path | None = None
    who: str = ""


@dataclass(frozen=True)
class DecideResult:
    """How many rows of the table were taken and refused; rows held back because of a wrong row of the same village count as refused."""

    accepted: int
    rejected: int
    villages: int
    report: Report
    report_path: Path


@dataclass(frozen=True)
class AddFacts:
    """Parameters of `addfacts`.

    source: a table, or a layer whose attributes count. level: `village` or `hamlet`, None goes by what a row names.
    field_map: under `facts`, item or a name of the planner's own → heading; the name may carry the column's unit, `cultivated_m2（亩）`.
    date: ISO date of figures whose row has none of its own.
    """

    plan: Path
    source: str
    level: str | None = None
    field_map: FieldMap = field(default_factory=dict)
    date: str | None = None
    report: Path | None = None
    profile: str | Path | None = None
    who: str = ""


@dataclass(frozen=True)
class AddLimits:
    """Parameters of `addlimits`. kind: `quota` (figures per township or county) or `villages` (a list fixed from above)."""

    plan: Path
    kind: str
    source: str
    field_map: FieldMap = field(default_factory=dict)
    report: Path | None = None
    profile: str | Path | None = None
    who: str = ""


@dataclass(frozen=True)
class Implement:
    """Parameters of `implement`. ledger: a table with a row per move and year."""

    plan: Path
    ledger: str
    field_map: FieldMap = field(default_factory=dict)
    report: Path | None = None
    profile: str | Path | None = None
    who: str = ""


@dataclass(frozen=True)
class TakeResult:
    """How many rows of a table were taken and how many were not."""

    accepted: int
    rejected: int
    report: Report
    report_path: Path
