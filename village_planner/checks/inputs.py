"""What each rule's findings rest on, as a digest: a rule whose digest is as it was would find the same again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from village_planner.checks.catalogue import RULES
from village_planner.checks.rule import Rule
from village_planner.plan.data import PlanData
from village_planner.plan.layers import Layers
from village_planner.standards import Profile

_NAMED: Mapping[str, tuple[str, ...]] = {
    "township": ("code", "name", "geom"),
    "village": ("code", "name", "township_code", "geom"),
    "hamlet": ("code", "name", "village_code", "geom"),
    "site": ("code", "name", "township_code", "village_code", "geom"),
}
"""Who a finding is about and where it lies: every rule reads these, see `names.Names`."""
_LAYER_COLUMNS = ("code", "kind", "title", "features", "set_aside", "digest")
_ROOMS = ("checks", "accounts", "spatial")


def input_digests(data: PlanData, layers: Layers, profile: Profile, scenario: str, known: Digests | None = None) -> dict[str, str]:
    """By id, in the catalogue's order, of each rule that the profile has switched on: the digest of what it reads.

    That is: its tables, the list of its control layers and whether they are there, names and places, its setting and the
    profile's values and codes, the scenario, and this edition of the program. known: remembers tables from one call to the next.
    """
    known = known or Digests()
    tables = {name: known.of_table(data.tables, name) for name in {table for rule in RULES for table in rule.tables}}
    shared = [_program(), scenario, known.of_profile(profile), *(known.of_table(data.tables, name, columns) for name, columns in _NAMED.items())]
    found = {}
    for rule in RULES:
        setting = profile.rule(rule.id)
        if setting is None or not setting.on:
            continue
        kinds = sorted({*rule.layers, *rule.needs})
        parts = [
            *shared, repr(setting), *(f"{name} {tables[name]}" for name in rule.tables), known.of_listed(data.control_layer, tuple(kinds)),
            *(f"{kind} {layers.has(kind)}" for kind in kinds),
        ]
        found[rule.id] = hashlib.sha1("\n".join(parts).encode("utf-8"), usedforsecurity=False).hexdigest()
    return found


class Digests:
    """Digests of tables and of the profile, each made once for one object: a snapshot shares with the one before what did not change."""

    def __init__(self) -> None:
        self._known: dict[Any, tuple[Any, str]] = {}

    def of_table(self, tables: Mapping[str, pd.DataFrame], name: str, columns: tuple[str, ...] | None = None) -> str:
        """Of a table, or of some of its columns."""
        frame = tables[name]
        return self._once((name, columns), frame, lambda: _frame_digest(frame if columns is None else frame[list(columns)]))

    def of_listed(self, frame: pd.DataFrame, kinds: tuple[str, ...]) -> str:
        """Of what the plan's list of control layers says of some kinds."""
        return self._once(kinds, frame, lambda: _frame_digest(frame.loc[frame["kind"].isin(kinds), list(_LAYER_COLUMNS)]))

    def of_profile(self, profile: Profile) -> str:
        """Of the profile's values and codes."""
        return self._once("profile", profile, lambda: _profile_digest(profile))

    def _once(self, name: Any, thing: Any, make: Callable[[], str]) -> str:
        if name not in self._known or self._known[name][0] is not thing:
            self._known[name] = thing, make()
        return self._known[name][1]


def outdated(now: Mapping[str, str], known: Mapping[str, str | None]) -> list[str]:
    """Ids of the rules whose findings may be out of date. now: as `input_digests`; known: the same of when each rule ran last, null where it is not known."""
    return [rule for rule, digest in now.items() if known.get(rule) != digest]


def rules_reading(tables: Iterable[str]) -> list[str]:
    """Ids of the rules of the catalogue that read one of some tables of the plan."""
    touched = set(tables)
    # A new title of a control layer, or a set of its features, is a change of `control_layer`.
    return [rule.id for rule in RULES if touched & ({*rule.tables, *_NAMED} | ({"control_layer"} if rule.layers or rule.needs else set()))]


def without_layers(rules: Sequence[str]) -> bool:
    """Whether none of some rules compares with a control layer: these take no time that a planner would notice."""
    return not any(rule.layers or rule.needs for rule in _of(rules))


def _of(ids: Sequence[str]) -> list[Rule]:
    return [rule for rule in RULES if rule.id in ids]


def _frame_digest(frame: pd.DataFrame) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    for name in frame.columns:
        digest.update(f"\n{name}\n".encode())
        if name == "geom":
            for blob in shapely.to_wkb(frame["geom"].to_numpy(dtype=object), byte_order=1):
                digest.update(b"-" if blob is None else blob)
        else:
            digest.update(repr(frame[name].astype(object).where(frame[name].notna(), None).tolist()).encode("utf-8"))
    return digest.hexdigest()


def _profile_digest(profile: Profile) -> str:
    parts = [profile.id, profile.version, repr(sorted(profile.values.items())), repr(sorted(profile.codes.items()))]
    return hashlib.sha1("\n".join(parts).encode("utf-8"), usedforsecurity=False).hexdigest()


@lru_cache(maxsize=1)
def _program() -> str:
    """Digest of the code that rules run; a new edition of the program checks anew."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha1(usedforsecurity=False)
    for path in sorted(path for room in _ROOMS for path in (package / room).glob("*.py")):
        digest.update(path.name.encode("utf-8") + path.read_bytes())
    return digest.hexdigest()
