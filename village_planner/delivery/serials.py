"""Identifiers (标识码, BSM) of delivered features: composed as the profile says, with a serial number that a row keeps for good."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from village_planner.delivery.fields import is_empty
from village_planner.plan import SerialKey
from village_planner.plan.data import plain
from village_planner.plan.schema import BY_NAME
from village_planner.standards import LayerSpec, Profile

SERIAL_FIELD = "bsm"
_OF_PACKAGE = "*"
_CONTROL = ("kind", "layer", "source_id")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "townships": ("township_code",), "villages": ("village_code",), "aliases": BY_NAME["village_alias"].key, "hamlets": ("hamlet_code",),
    "patches": ("patch_code",), "sites": ("site_code",), "site_capacities": ("site_code", "phase"), "moves": ("move_code",),
    "ledger_entries": ("move_code", "year"), "consents": ("consent_code",), "differences": ("source", "code"), "rosters": ("source",),
    "waivers": ("finding_key",), "steps": ("number",), "facts": BY_NAME["fact"].key, "quotas": BY_NAME["quota"].key,
    "fixed_villages": BY_NAME["fixed_village"].key,
}
"""Columns of a frame that say which row it is, the same in every package of a plan; of control layers those of _CONTROL, the kind where there are several."""
Give = Callable[[Sequence[SerialKey]], Mapping[SerialKey, int]]


class Serials:
    """Gives the features of a package their identifiers, as the profile's `bsm_pattern` composes them.

    Parts of the pattern: ``{county}`` code, ``{layer}`` last four digits of the layer's code, ``{village}`` code of the feature's village
    (the county's code, filled with 0, where it has none), ``{serial}`` filling the field. Serials are numbered in each layer by itself where the pattern
    names the layer; else through all layers, since an identifier is unique in the whole database.
    """

    def __init__(self, profile: Profile, county_code: str) -> None:
        self._pattern, self._county = str(profile.value("bsm_pattern")), county_code
        self._nowhere = county_code.ljust(int(profile.value("village_code_digits")), "0")

    def keys(self, rows: Iterable[Mapping[str, Any]], spec: LayerSpec) -> list[SerialKey]:
        """What the rows of a layer are numbered by. rows: by frame columns. Rows of one key are told apart by their order."""
        series, names = spec.name if "{layer}" in self._pattern else _OF_PACKAGE, _key_columns(spec)
        seen: Counter[str] = Counter()
        keys = []
        for row in rows:
            parts = [None if is_empty(row.get(name)) else str(plain(row[name])) for name in names]
            text = json.dumps(parts, ensure_ascii=False)
            seen[text] += 1
            keys.append(SerialKey(series, spec.name, text if seen[text] == 1 else f"{text}#{seen[text]}"))
        return keys

    def given(self, frames: Mapping[str, tuple[LayerSpec, pd.DataFrame]], give: Give) -> dict[str, pd.DataFrame]:
        """The frames of layers, by layer, with the columns `bsm` and `ysdm` (the layer's code). give: finds the number of each key."""
        keys = {name: self.keys(_records(frame, spec), spec) for name, (spec, frame) in frames.items()}
        numbers = give([key for mine in keys.values() for key in mine])
        return {
            name: frame.assign(bsm=[self._composed(spec, village, numbers[key]) for key, village in zip(keys[name], _villages(frame))], ysdm=spec.code)
            for name, (spec, frame) in frames.items()
        }

    def taken(self, rows: Sequence[Mapping[str, Any]], spec: LayerSpec) -> dict[SerialKey, int]:
        """The numbers in the identifiers that delivered rows of a layer have (rows: by frame columns); those that are composed otherwise are left out, and
        all of a layer that does not deliver what its rows are numbered by."""
        found: dict[SerialKey, int] = {}
        if not rows or any(name not in rows[0] for name in _key_columns(spec)):
            return found
        for key, row in zip(self.keys(rows, spec), rows):
            stated, before = str(plain(row.get(SERIAL_FIELD))), self._before(spec, row.get("village_code"))
            number = stated[len(before) :]
            if stated.startswith(before) and number.isascii() and number.isdigit() and 0 < int(number) < 2**62:
                found[key] = int(number)
        return found

    def _composed(self, spec: LayerSpec, village: Any, number: int) -> str:
        before = self._before(spec, village)
        width = next((field.width for field in spec.fields if field.value == SERIAL_FIELD), 0)
        return before + str(number).zfill(max(width - len(before), 1))

    def _before(self, spec: LayerSpec, village: Any) -> str:
        return self._pattern.replace("{serial}", "").format(county=self._county, layer=spec.code[-4:], village=plain(village) or self._nowhere)


def _key_columns(spec: LayerSpec) -> tuple[str, ...]:
    if not spec.kinds:
        return _KEYS[spec.frame]
    return _CONTROL if len(spec.kinds) > 1 else _CONTROL[1:]


def _records(frame: pd.DataFrame, spec: LayerSpec) -> list[dict[str, Any]]:
    cells = {name: list(frame[name]) for name in _key_columns(spec) if name in frame.columns}
    return [{name: values[row] for name, values in cells.items()} for row in range(len(frame))]


def _villages(frame: pd.DataFrame) -> Sequence[Any]:
    return list(frame["village_code"]) if "village_code" in frame.columns else [None] * len(frame)
