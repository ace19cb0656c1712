"""What a profile says of its map sheets, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SheetClass:
    """One entry of a layer's legend: the value of its column, name, colour (#rrggbb), symbol ('' for the layer's)."""

    code: str
    name: str
    color: str
    symbol: str = ""


@dataclass(frozen=True)
class SheetLayer:
    """One layer of a map sheet, in the order of the legend.

    frame: which frame of the delivery it shows; ``control:<kind>`` is a control layer. by: column that gives the class, '' where all rows
    are of one. codes: code list that names and colours the classes; classes: further ones, or all without a code list.
    colors: of the phases in their order, where `by` is ``phase``. symbol: as `SYMBOLS`. level: the higher is drawn over the lower.
    label: column that names features, '' for none; label_kind: ``village``, ``township`` or ``place``. unit: what its features are counted in, '' for no count.
    """

    frame: str
    heading: str
    symbol: str
    level: int
    by: str = ""
    codes: str = ""
    classes: tuple[SheetClass, ...] = ()
    colors: tuple[str, ...] = ()
    label: str = ""
    label_kind: str = "place"
    unit: str = ""


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet's table. value: `name` or a figure; format: ``text``, ``count`` or ``ha`` (a figure in m² shown in hectares)."""

    heading: str
    value: str
    format: str


@dataclass(frozen=True)
class SheetTable:
    """A table on a map sheet: the figures of one group (``category``, ``action``, ``move``, ``phase``), a row for each of its codes."""

    title: str
    figures: str
    columns: tuple[SheetColumn, ...]
    total: bool


@dataclass(frozen=True)
class SheetSpec:
    """A map sheet: number, title, layers, tables and notes.

    panels: ``one`` map, or ``phase`` for one map for each phase. figures: groups of figures that the file carries.
    empty: frame without which the sheet has nothing to tell, and what it says then; empty texts for none. notes_when_empty: what it notes then.
    """

    id: str
    number: str
    title: str
    panels: str
    layers: tuple[SheetLayer, ...]
    tables: tuple[SheetTable, ...]
    figures: tuple[str, ...]
    notes: tuple[str, ...]
    empty: tuple[str, str]
    notes_when_empty: tuple[str, ...]
    source: str
    confidence: str


SYMBOLS = ("fill", "outline", "border", "boundary", "hatch", "dot", "ring", "square", "diamond", "triangle", "cross", "star", "arrow", "line")
"""Symbols that a map sheet knows, for `SheetLayer` and `SheetClass`."""
