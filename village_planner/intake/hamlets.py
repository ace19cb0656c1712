"""Hamlets and their places: made from a patch layer where the roster has none, and put where roster or layer say they are."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Mapping, Sequence

import numpy as np
import shapely

from village_planner.base import Message
from village_planner.intake import values
from village_planner.intake.codes import code_text, hamlet_key
from village_planner.intake.coordinates import places, stated_crs
from village_planner.intake.geometry import Shapes
from village_planner.intake.headers import RowNote
from village_planner.intake.joining import VillageFinder
from village_planner.intake.roster import COUNTS, HAMLET_COUNTS, Hamlet, Village


def hamlets_from_patches(shapes: Shapes, finder: VillageFinder) -> list[RowNote]:
    """Give villages for which the roster lists no hamlet those that a patch layer names, where it names several; what was made is told.

    The main hamlet is the one with the village's name, else the one with the most land. What the roster says of the village stays the village's.
    """
    named: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    villages: dict[str, Village] = {}
    for position in range(len(shapes.table.numbers)):
        name = values.place_name(shapes.table.cell(position, "hamlet"))
        if not name or shapes.geoms[position] is None:
            continue
        village, _ = finder.village(shapes, position)
        if village is not None and all(hamlet.made for hamlet in village.hamlets):
            villages[village.code] = village
            named[village.code][hamlet_key(name)].append(position)
    notes = []
    for code, found in named.items():
        if len(found) > 1:
            notes.append(_make(villages[code], shapes, list(found.values())))
    return notes


def _make(village: Village, shapes: Shapes, found: Sequence[Sequence[int]]) -> RowNote:
    made = village.hamlets[0].facts if village.hamlets else {}
    # The village's own statement stays with the village: nobody said how it is shared out.
    village.facts.update({name: made[name] for name in (*HAMLET_COUNTS, "protection", "protection_note") if made.get(name) is not None})
    village.hamlets = []
    for positions in found:
        name = values.place_name(shapes.table.cell(positions[0], "hamlet"))
        village.hamlets.append(Hamlet(name, village.row, code_text(shapes.table.cell(positions[0], "hamlet_code"))))
    areas = [float(shapely.area(shapes.geoms[list(positions)]).sum()) for positions in found]
    own = [number for number, hamlet in enumerate(village.hamlets) if hamlet_key(hamlet.name) == hamlet_key(village.name)]
    main = village.hamlets[own[0] if own else int(np.argmax(areas))]
    main.is_main = True
    params = {"village": village.name, "count": len(found), "hamlets": "、".join(hamlet.name for hamlet in village.hamlets), "main": main.name}
    code = "intake.hamlets_from_patches_figures" if any(village.facts.get(name) is not None for name in COUNTS) else "intake.hamlets_from_patches"
    return RowNote(village.row, Message(code, params))


def stated_places(
    villages: Sequence[Village], points: Mapping[int, shapely.Geometry], crs: int
) -> tuple[dict[str, shapely.Point], list[RowNote]]:
    """Return the place of each hamlet that has one: of its row's feature (points: row → geometry in `crs`), else of its row's coordinates."""
    hamlets = [hamlet for village in villages for hamlet in village.hamlets]
    read, faults = places([_cells(hamlet) for hamlet in hamlets], crs)
    found: dict[str, shapely.Point] = {}
    for hamlet, point in zip(hamlets, read):
        feature = points.get(hamlet.row)
        place = point if feature is None else feature.centroid if feature.geom_type != "Point" else feature
        if place is not None and not place.is_empty:
            found[hamlet.code] = place
    return found, [
        RowNote(hamlets[position].row, Message("intake.cell_unread_place", {"row": hamlets[position].row, "name": hamlets[position].name, "reason": fault}))
        for position, fault in faults.items()
    ]


def crs_of_places(villages: Sequence[Village]) -> int | None:
    """Return the plan's EPSG code by the coordinates that a roster states, None where it states none that tell."""
    return stated_crs([_cells(hamlet) for village in villages for hamlet in village.hamlets])


def _cells(hamlet: Hamlet) -> tuple[Any, Any]:
    cells: tuple[Any, Any] = hamlet.facts.get("place") or (None, None)
    return cells
