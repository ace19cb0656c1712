"""Faults of the rosters: differences that nobody explains, a community whose standing is open, a row that stands twice."""

from __future__ import annotations

from village_planner.demo.building import committee_name
from village_planner.demo.expected import NOBODY, Finding, Party, Planted
from village_planner.demo.scene import Cast, RosterRow, Scene, Village

ROSTER, SECOND_ROSTER = "村庄名录.xlsx", "民政部门行政区划名录.csv"
_RENAMED, _RECODED, _MISSING = 16, 18, 23


def plant_table_faults(cast: Cast, planted: Planted) -> None:
    """Plant them, and a QC-7101 for each difference that stays open, into `planted`."""
    scene, township = cast.scene, cast.township
    _rename(cast, planted)
    _recode(cast, planted)
    _leave_out(cast, planted)
    _add_unknown(scene, planted, RosterRow(f"{township.code}288", f"新{township.name[:2]}坪村民委员会"), "extra")
    _add_unknown(scene, planted, RosterRow(f"{township.code}002", f"{township.name[:2]}花园社区居民委员会"), "committee")
    if cast is scene.casts[0]:
        _open_community(cast, planted)  # a roster asks about all its communities in one question
    scene.repeated_hamlets.append((cast[4].code, cast[4].hamlets[1].name))


def _rename(cast: Cast, planted: Planted) -> None:
    village = cast[_RENAMED]
    _replace_row(cast.scene, village.code, RosterRow(village.code, f"大{village.hamlets[0].name}村民委员会"))
    _open(planted, "renamed", village.code, village)


def _recode(cast: Cast, planted: Planted) -> None:
    village = cast[_RECODED]
    code = f"{cast.township.code}299"
    _replace_row(cast.scene, village.code, RosterRow(code, committee_name(village)))
    _open(planted, "recoded", code, village)


def _leave_out(cast: Cast, planted: Planted) -> None:
    village = cast[_MISSING]
    scene = cast.scene
    scene.second_roster[:] = [row for row in scene.second_roster if row.code != village.code]
    _open(planted, "missing", village.code, village)


def _add_unknown(scene: Scene, planted: Planted, row: RosterRow, kind: str) -> None:
    scene.second_roster.append(row)
    _open(planted, kind, row.code, None)


def _open_community(cast: Cast, planted: Planted) -> None:
    """The village inside the boundary is a 社区 in all sources, and the roster does not say of which sort: one batch question."""
    inside = cast.roles.inside[0]
    village = cast[inside]
    renamed = cast.change(inside, name=village.hamlets[0].name + "社区", kind="")
    _replace_row(cast.scene, village.code, RosterRow(village.code, committee_name(renamed)))
    _open(planted, "committees", "committees", None, ROSTER, "B")


def _replace_row(scene: Scene, code: str, row: RosterRow) -> None:
    scene.second_roster[:] = [row if old.code == code else old for old in scene.second_roster]


def _open(
    planted: Planted, kind: str, code: str, village: Village | None, source: str = SECOND_ROSTER, severity: str = "A"
) -> None:
    other: Party = ("village", village.code) if village else NOBODY
    planted.differences.append({"source": source, "code": code, "kind": kind, "village_code": other[1]})
    planted.findings.append(Finding("QC-7101", severity, ("difference", f"{source}/{code}"), other))
