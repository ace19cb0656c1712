"""What stands between a plan and its package (提交前核查): conditions, each with its state and what to do."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from village_planner.base import Message
from village_planner.checks import holds_up
from village_planner.checks.waivers import OPEN, WAIVED
from village_planner.delivery.editions import edition_content, lacking_steps
from village_planner.delivery.request import DRAFT, FORMAL, required_formats
from village_planner.plan.data import PlanData, plain
from village_planner.plan.runs import last_run
from village_planner.standards import Profile

IN_SCOPE = "in_scope"
NAMED = 3


class State(str, Enum):
    """`stops`: this package will be refused. `told`: it can be written, but somebody will ask."""

    OK = "ok"
    TOLD = "told"
    STOPS = "stops"


class Place(str, Enum):
    """Where a condition is mended."""

    FINDINGS = "findings"
    CLASSIFY = "classify"
    OVERVIEW = "overview"
    FACTS = "facts"
    FORM = "form"
    NOWHERE = ""


@dataclass(frozen=True)
class Condition:
    """One condition: code, state, and a sentence that says what is and, where it is not met, what to do.

    place: where to do it; wanted: for FINDINGS, what to show there (keyword arguments severity, rule, state).
    """

    code: str
    state: State
    message: Message
    place: Place = Place.NOWHERE
    wanted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Wish:
    """The package that is wished: edition, mode and formats as for PackageRequest; folder None where none is chosen yet."""

    edition: str
    mode: str
    formats: Sequence[str]
    scenario: str
    folder: Path | None


def readiness(
    data: PlanData, profile: Profile, wish: Wish, inside: Collection[str] = (), outdated: int = 0, plan_folder: Path | None = None, plan_writable: bool = True
) -> list[Condition]:
    """Conditions of a package in a fixed order, met ones too.

    inside: codes of villages inside the development boundary, which need no category. outdated: how many rules may find
    something else than they did. plan_folder: where linked documents are looked for, None: nowhere.
    plan_writable: whether the plan file can keep the identifiers of what was not delivered before.
    What the last check kept is judged; writing the package checks anew.
    """
    reader = _Reader(data, profile, wish, inside, outdated, plan_folder, plan_writable)
    return [*reader.check(), *reader.decisions(), *reader.papers(), *reader.target()]


def stops(conditions: Sequence[Condition]) -> bool:
    """Whether the package would be refused."""
    return any(condition.state is State.STOPS for condition in conditions)


class _Reader:
    def __init__(
        self, data: PlanData, profile: Profile, wish: Wish, inside: Collection[str], outdated: int, plan_folder: Path | None, plan_writable: bool
    ) -> None:
        self._plan_folder, self._plan_writable = plan_folder, plan_writable
        self._data, self._profile, self._wish, self._inside, self._outdated = data, profile, wish, inside, outdated
        self._run = last_run(data, wish.scenario)
        self._formal = wish.mode == FORMAL
        # What only a formal package is refused for.
        self._grave = State.STOPS if self._formal else State.TOLD

    def check(self) -> Iterator[Condition]:
        """The last check, and what it found."""
        if self._run is None:
            yield _condition("unchecked", self._grave, Place.FINDINGS)
            return
        if self._outdated:
            yield _condition("outdated", State.TOLD, Place.FINDINGS, count=self._outdated)
        else:
            yield _condition("checked", State.OK, at=str(self._run["at"])[:10])
        finding = self._data.finding[self._data.finding["scenario"] == self._wish.scenario]
        is_open = finding["state"].eq(OPEN)
        counts = {severity: int((is_open & finding["severity"].eq(severity)).sum()) for severity in "ABC"}
        if counts["A"]:
            yield _condition("open_a", self._grave, Place.FINDINGS, {"severity": "A"}, count=counts["A"])
        else:
            yield _condition("no_open_a", State.OK)
        yield self._unchecked()
        if counts["B"] or counts["C"]:
            yield _condition("open_others", State.TOLD, Place.FINDINGS, b=counts["B"], c=counts["C"])
        waived = int(finding["state"].eq(WAIVED).sum())
        if waived:
            yield _condition("not_accepted", State.TOLD, Place.FINDINGS, {"state": "waived"}, count=waived)

    def _unchecked(self) -> Condition:
        notes = (self._run or {})["not_checked"] or []
        grave = {item["rule"] for item in notes if holds_up(item["code"]) and self._severity(item["rule"]) == "A"}
        others = {item["rule"] for item in notes} - grave
        if grave:
            named = "、".join(sorted(grave)[:NAMED]) + ("…" if len(grave) > NAMED else "")
            return _condition("not_checked_a", self._grave, Place.FINDINGS, {"severity": "–"}, count=len(grave), rules=named)
        if others:
            return _condition("not_checked_others", State.TOLD, Place.FINDINGS, {"severity": "–"}, count=len(others))
        return _condition("all_checked", State.OK)

    def _severity(self, rule_id: str) -> str:
        rule = self._profile.rule(rule_id)
        return rule.severity if rule is not None else "A"

    def decisions(self) -> Iterator[Condition]:
        """Villages without category, moves without phase, and which scenario is delivered."""
        data, scenario = self._data, self._wish.scenario
        kinds = self._profile.code_list("village_kind")
        categories = data.category[data.category["scenario"] == scenario]
        decided = {*categories["village_code"], *self._inside}
        undecided = [code for code, kind in zip(data.village["code"], data.village["kind"]) if code not in decided and kinds.role(kind) == IN_SCOPE]
        if undecided:
            yield _condition("undecided", self._grave, Place.CLASSIFY, count=len(undecided), total=len(data.village))
        else:
            yield _condition("all_decided", State.OK)
        moves = data.move[data.move["scenario"] == scenario]
        unphased = int(moves["phase"].isna().sum())
        if unphased:
            yield _condition("unphased", self._grave, Place.FINDINGS, {"rule": "QC-7103"}, count=unphased)
        else:
            yield _condition("all_phased", State.OK, count=len(moves))
        titles = dict(zip(data.tables["scenario"]["code"], data.tables["scenario"]["title"]))
        if scenario != data.scenario:
            yield _condition("other_scenario", State.TOLD, Place.OVERVIEW, title=titles.get(scenario, scenario), adopted=titles.get(data.scenario, ""))

    def papers(self) -> Iterator[Condition]:
        """What names, title page and metadata need, and whether linked documents are where they were."""
        info = self._data.info
        lacking = [name for name in ("county_code", "county_name") if not plain(info[name])]
        if lacking:
            yield _condition("no_area", State.STOPS if "county_code" in lacking else State.TOLD, Place.FACTS)
        for name in ("institute", "secrecy"):
            if not plain(info[name]):
                yield _condition(f"no_{name}", State.TOLD, Place.FACTS)

        yield from self._steps()
        gone = self._documents_gone()
        if gone:
            named = "、".join(gone[:NAMED]) + ("…" if len(gone) > NAMED else "")
            yield _condition("documents_gone", State.TOLD, Place.OVERVIEW, count=len(gone), titles=named)

    def _steps(self) -> Iterator[Condition]:
        """The approval steps that the edition needs; an edition that needs none says nothing."""
        status = self._profile.code_list("status")
        lacking = lacking_steps(self._data, self._profile, self._wish.edition)
        if lacking:
            yield _condition("steps_missing", self._grave, Place.OVERVIEW, steps="、".join(status.name(code) or code for code in lacking))
        elif edition_content(self._profile, self._wish.edition).needs:
            yield _condition("steps_done", State.OK)

    def _documents_gone(self) -> list[str]:
        """Titles of linked documents that are not where their links lead."""
        folder, evidence = self._plan_folder, self._data.evidence
        if folder is None:
            return []
        linked = [(title, path) for title, path, content in zip(evidence["title"], evidence["path"], evidence["content"]) if content is None]
        return [str(title) for title, path in linked if not plain(path) or not (folder / str(path)).is_file()]

    def target(self) -> Iterator[Condition]:
        """The plan file, formats and folder."""
        if not self._plan_writable:
            yield _condition("plan_read_only", State.TOLD)
        if not self._wish.formats:
            yield _condition("no_format", State.STOPS, Place.FORM)
        lacking = [name for name in required_formats(self._profile, self._wish.mode) if name not in self._wish.formats]
        if lacking and self._wish.formats:
            yield _condition("formats_missing", State.STOPS, Place.FORM, formats="、".join(lacking))
        folder = self._wish.folder
        if folder is None:
            yield _condition("no_folder", State.STOPS, Place.FORM)
        elif not folder.is_dir():
            yield _condition("folder_missing", State.STOPS, Place.FORM, folder=str(folder))
        elif not os.access(folder, os.W_OK):
            yield _condition("folder_read_only", State.STOPS, Place.FORM, folder=str(folder))
        else:
            yield _condition("folder_ok", State.OK, folder=folder.name or str(folder))


def _condition(code: str, state: State, place: Place = Place.NOWHERE, wanted: dict[str, str] | None = None, **params: Any) -> Condition:
    return Condition(code, state, Message(f"delivery.ready.{code}", params), place, tuple((wanted or {}).items()))


__all__ = ["DRAFT", "FORMAL", "Condition", "Place", "State", "Wish", "readiness", "stops"]
