"""Faults of the rosters: differences that nobody explains, a community whose standing is open, a row that stands twice."""

from __future__ import annotations

from dataclasses import replace

from village_planner.demo.expected import NOBODY, Finding, Party, Planted
from village_planner.demo.scene import RosterRow, Scene, Village
from village_planner.demo.township import INSIDE, committee_name

ROSTER, SECOND_ROSTER = "村庄名录.xlsx", "民政名录.csv"
_RENAMED, _RECODED, _MISSING = 16, 18, 23


def plant_table_faults(scene: Scene, planted: Planted) -> None:
    """Plant them, and a QC-7101 for each difference that stays open, into `planted`."""
    _rename(scene, planted)
    _recode(scene, planted)
    _leave_out(scene, planted)
    _add_unknown(scene, planted, RosterRow("379921101288", "新岭坪村民委员会"), "extra")
    _add_unknown(scene, planted, RosterRow("379921101002", "溪畔花园社区居民委员会"), "committee")
    _open_community(scene, planted)
    village = scene.villages[4]
    scene.repeated_hamlets.append((village.code, village.hamlets[1].name))


def _rename(scene: Scene, planted: Planted) -> None:
    village = scene.villages[_RENAMED]
    _replace_row(scene, village.code, RosterRow(village.code, f"大{village.hamlets[0].name}村民委员会"))
    _open(planted, "renamed", village.code, village)


def _recode(scene: Scene, planted: Planted) -> None:
    village = scene.villages[_RECODED]
    code = "379921101299"
    _replace_row(scene, village.code, RosterRow(code, committee_name(village)))
    _open(planted, "recoded", code, village)


def _leave_out(scene: Scene, planted: Planted) -> None:
    village = scene.villages[_MISSING]
    scene.second_roster[:] = [row for row in scene.second_roster if row.code != village.code]
    _open(planted, "missing", village.code, village)


def _add_unknown(scene: Scene, planted: Planted, row: RosterRow, kind: str) -> None:
    scene.second_roster.append(row)
    _open(planted, kind, row.code, None)


def _open_community(scene: Scene, planted: Planted) -> None:
    """The village inside the boundary is a 社区 in all sources, and the roster does not say of which sort: one batch question."""
    village = scene.villages[INSIDE]
    renamed = replace(village, name=village.hamlets[0].name + "社区", kind="")
    scene.villages[INSIDE] = renamed
    _replace_row(scene, village.code, RosterRow(village.code, committee_name(renamed)))
    _open(planted, "committees", "committees", None, ROSTER, "B")


def _replace_row(scene: Scene, code: str, row: RosterRow) -> None:
    scene.second_roster[:] = [row if old.code == code else old for old in scene.second_roster]


def _open(
    planted: Planted, kind: str, code: str, village: Village | None, source: str = SECOND_ROSTER, severity: str = "A"
) -> None:
    other: Party = ("village", village.code) if village else NOBODY
    planted.differences.append({"source": source, "code": code, "kind": kind, "village_code": other[1]})
    planted.findings.append(Finding("QC-7101", severity, ("difference", f"{source}/{code}"), other))
