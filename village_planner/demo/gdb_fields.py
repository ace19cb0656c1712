"""Fields of the survey and control-line layers as counties receive them, read from resources/demo/gdb_fields.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from village_planner.base.paths import resource


@dataclass(frozen=True)
class GdbField:
    """One field. type: ``text``, ``int``, ``real`` or ``date``; width: of text, 0 elsewhere; required: constraint M."""

    name: str
    alias: str
    type: str
    width: int
    required: bool


@dataclass(frozen=True)
class GdbLayer:
    """One layer: name, Chinese alias and fields in order."""

    name: str
    alias: str
    fields: tuple[GdbField, ...]


@lru_cache(maxsize=1)
def gdb_layers() -> dict[str, GdbLayer]:
    """Return the layers DLTB, XZQ, CJDCQ (TD/T 1057) and YJJBNTTB, STBHHX, CZKFBJ (三线成果) by name."""
    found: dict[str, tuple[str, list[GdbField]]] = {}
    with resource("demo", "gdb_fields.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            _, fields = found.setdefault(row["layer"], (row["layer_alias"], []))
            fields.append(
                GdbField(row["field"], row["alias"], row["type"], int(row["width"] or 0), row["constraint"] == "M")
            )
    return {name: GdbLayer(name, alias, tuple(fields)) for name, (alias, fields) in found.items()}
