"""Land use codes with the system that they belong to: 三调 0702 is a homestead, 用地用海 0702 is not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Iterable, Mapping

from village_planner.base import InputError
from village_planner.standards.profile import CodeList


@dataclass(frozen=True)
class LandCode:
    """A land use code of one system; equal only to the same code of the same system."""

    system: str
    code: str

    def __str__(self) -> str:
        return f"{self.system} {self.code}"


@dataclass(frozen=True)
class CodeSystem:
    """A classification of land use (三调工作分类, 用地用海分类 2020, 2023).

    codes: rows with `code`, `name`, `farmland` (1 or 0), `source`, `confidence`, and what else the file has.
    """

    id: str
    title: str
    codes: CodeList

    def code(self, text: str) -> LandCode:
        """The code of this system that `text` is. Raises InputError where the system has none such."""
        if text not in self:
            raise InputError("standards.no_land_code", code=text[:20], system=self.title)
        return LandCode(self.id, text)

    def name(self, code: LandCode) -> str:
        """Chinese name of a code. Raises InputError for a code of another system or one that this system does not have."""
        _demand(code, self.id, self.title)
        return self.codes.name(self.code(code.code).code)

    def __contains__(self, text: object) -> bool:
        return self.codes.row(str(text)) is not None

    def has_prefix(self, prefix: str) -> bool:
        """Whether a code begins with `prefix`."""
        return any(code.startswith(prefix) for code in self.codes.codes)


@dataclass(frozen=True)
class Target:
    """One code that a code may become. built: codes of town and village (CZCSXM) for which this one holds, empty for any."""

    code: LandCode
    built: frozenset[str]
    note: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Crosswalk:
    """How the codes of one system become codes of another; a code with several targets is for a human to decide."""

    source: str
    target: str
    rows: Mapping[str, tuple[Target, ...]]

    def targets(self, code: LandCode, built_code: str | None = None) -> tuple[Target, ...]:
        """What `code` may become, in the order of the file; none for a code that the crosswalk does not know.

        built_code: CZCSXM of the parcel (203 village …); None or one that no target names decides nothing.
        Raises InputError for a code of another system.
        """
        _demand(code, self.source, f"{self.source} → {self.target}")
        found = self.rows.get(code.code, ())
        decided = tuple(target for target in found if built_code in target.built)
        return decided or found

    def single(self, code: LandCode, built_code: str | None = None) -> LandCode | None:
        """The only code that `code` can become; None where there are several or none. Raises InputError as `targets`."""
        found = self.targets(code, built_code)
        return found[0].code if len(found) == 1 else None

    @cached_property
    def to_decide(self) -> Mapping[str, tuple[Target, ...]]:
        """The codes with several targets, which a human has to decide."""
        return {code: targets for code, targets in self.rows.items() if len(targets) > 1}

    def then(self, other: Crosswalk) -> Crosswalk:
        """The crosswalk over both, as from 三调 by 用地用海 2020 to 2023. Raises InputError where they do not meet in one system."""
        if self.target != other.source:
            raise InputError("standards.crosswalks_apart", first=f"{self.source} → {self.target}", second=f"{other.source} → {other.target}")
        return Crosswalk(self.source, other.target, {code: _joined(targets, other) for code, targets in self.rows.items()})


def _joined(targets: Iterable[Target], other: Crosswalk) -> tuple[Target, ...]:
    """What the targets become in turn. One that is reached by several ways holds for the towns and villages of all of them."""
    reached: dict[LandCode, list[tuple[Target, Target]]] = {}
    for target in targets:
        for last in other.targets(target.code):
            reached.setdefault(last.code, []).append((target, last))
    return tuple(_one(code, ways) for code, ways in reached.items())


def _one(code: LandCode, ways: list[tuple[Target, Target]]) -> Target:
    built = frozenset[str]().union(*(first.built for first, _ in ways)) if all(first.built for first, _ in ways) else frozenset()
    notes, sources = (list(dict.fromkeys(text for texts in pairs for text in texts if text)) for pairs in (
        [(first.note, last.note) for first, last in ways], [(first.source, last.source) for first, last in ways]))
    confidences = [one.confidence for way in ways for one in way]
    return Target(code, built, "；".join(notes), "；".join(sources), least_sure(confidences))


def least_sure(confidences: Iterable[str]) -> str:
    """The least sure of some confidences: a proposal, else what was remembered least well, else sourced."""
    order = ("proposal", "memory-low", "memory-medium", "memory-high", "sourced")
    return min(confidences, key=lambda one: next((place for place, word in enumerate(order) if one.startswith(word)), 0))


def _demand(code: LandCode, system: str, title: str) -> None:
    if code.system != system:
        raise InputError("standards.other_land_system", code=code.code, system=code.system, expected=title)
