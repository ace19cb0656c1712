"""What one rule has said of a plan, by the village, site or patch that it is about, so that a part of it can be replaced."""

from __future__ import annotations

from typing import Any, Collection, Mapping

from village_planner.checks.findings import finding_record
from village_planner.checks.rule import Each, Finding, NotChecked
from village_planner.checks.running import Said
from village_planner.checks.subjects import Subjects, Unit
from village_planner.plan.index import PlanIndex
from village_planner.standards import RuleSetting

_TABLES = ("township", "village", "hamlet", "patch", "site")
"""Kinds of things that notes list, in the order in which one note lists them."""


class Kept:
    """Findings as records and notes of one rule."""

    def __init__(self) -> None:
        self.ran = False
        self._records: dict[str, tuple[Unit | None, Mapping[str, Any]]] = {}
        self._of_plan: list[NotChecked] = []
        self._single: list[tuple[Unit | None, NotChecked]] = []
        self._tallies: dict[str, tuple[NotChecked, list[tuple[Unit | None, Each]]]] = {}

    def records(self) -> list[Mapping[str, Any]]:
        """The findings."""
        return [record for _, record in self._records.values()]

    def notes(self, index: PlanIndex) -> list[NotChecked]:
        """The notes; what they list is in the order of the plan's tables."""
        listed = [note.about(sorted((each for _, each in things), key=lambda each: _place(index, each))) for note, things in self._tallies.values() if things]
        return [*self._of_plan, *listed, *(note for _, note in self._single)]

    def says_of_the_plan(self, said: Said) -> bool:
        """Whether what the rule says of the plan as a whole is as it was."""
        return said.ran == self.ran and _of_plan(said) == self._of_plan

    def replace(
        self, said: Said, setting: RuleSetting, subjects: Subjects, units: Collection[Unit | None] | None
    ) -> tuple[list[Mapping[str, Any]], list[str]]:
        """Put what was said in the place of what was known of some units (None: of everything).

        subjects: of the plan in which it was said. Returns the records that are new or changed, and the keys of those that are gone.
        """
        before = {key: record for key, (unit, record) in self._records.items() if units is None or unit in units}
        now = dict(self._record(setting, finding, subjects) for finding in said.findings)
        self._records = {**{key: held for key, held in self._records.items() if key not in before}, **now}
        self._keep_notes(said, subjects, units)
        changed = [record for key, (_, record) in now.items() if key not in before or not _same(before[key], record)]
        return changed, [key for key in before if key not in now]

    def _keep_notes(self, said: Said, subjects: Subjects, units: Collection[Unit | None] | None) -> None:
        self.ran, self._of_plan = said.ran, _of_plan(said)
        self._single = [(unit, note) for unit, note in self._single if not _concerned(unit, units)]
        for code, (note, things) in self._tallies.items():
            self._tallies[code] = note, [(unit, each) for unit, each in things if not _concerned(unit, units)]
        for note in said.notes:
            if note.listed:
                things = self._tallies.setdefault(note.message.code, (note, []))[1]
                things += [(subjects.unit(each.kind, each.code), each) for each in note.each]
            elif note.each:
                self._single.append((subjects.unit(note.each[0].kind, note.each[0].code), note))

    @staticmethod
    def _record(setting: RuleSetting, finding: Finding, subjects: Subjects) -> tuple[str, tuple[Unit | None, Mapping[str, Any]]]:
        record = finding_record(setting, finding)
        return record["key"], (subjects.unit(finding.subject_kind, finding.subject_code), record)


def _of_plan(said: Said) -> list[NotChecked]:
    return [note for note in said.notes if not note.each]


def _concerned(unit: Unit | None, units: Collection[Unit | None] | None) -> bool:
    return units is None or unit in units


def _place(index: PlanIndex, each: Each) -> tuple[int, int]:
    return _TABLES.index(each.kind), getattr(index, each.kind).place(each.code)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two records say the same at the same place."""
    geoms = one["geom"], other["geom"]
    if geoms[0] is not geoms[1] and (geoms[0] is None or geoms[1] is None or geoms[0] != geoms[1]):
        return False
    return all(value == other[name] for name, value in one.items() if name != "geom")
