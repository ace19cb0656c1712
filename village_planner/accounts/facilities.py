"""Public facilities (公共服务设施): whom each serves, and which of the usual ones a village has, will have or lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts.townships import are_drawn
from village_planner.plan.data import PlanData, plain
from village_planner.plan.layers import Layers
from village_planner.plan.schema import PatchKind
from village_planner.spatial.arrays import objects
from village_planner.spatial.nearness import nearest
from village_planner.standards import CodeList, Profile

FACILITY = "facility"
PRESENT, PLANNED, LACKING, UNKNOWN = "present", "planned", "lacking", "unknown"


def facility_coverage(data: PlanData, layers: Layers, profile: Profile) -> pd.DataFrame:
    """Which of the profile's kinds of facilities (facility_kind.csv) each village has: a row per village and kind.

    A facility serves the village whose polygon holds it, else that of the nearest hamlet within `facility_reach_m`.
    Columns: village_code, village_name, township_code, facility (code), facility_name, state (`present`, `planned`: only
    planned ones, `lacking`, `unknown`: the plan has no such layer), count (Int64; null where unknown), names (of the
    facilities, with 、). A facility whose state is not stated is there. In roster order, kinds in the profile's order.
    """
    kinds = profile.code_list("facility_kind")
    served = facilities_served(data, layers, profile, float(profile.value("facility_reach_m")))
    found: dict[tuple[str, str], list[Any]] = {}
    for row in served.dropna(subset=["village_code", "facility"]).itertuples(index=False):
        found.setdefault((row.village_code, row.facility), []).append(row)
    rows = []
    known = layers.has(FACILITY)  # asked once: each time opens the file
    for village, name, township in zip(data.village["code"], data.village["name"], data.village["township_code"]):
        for kind in kinds.codes:
            mine = found.get((village, kind), [])
            state = PRESENT if any(row.state != PLANNED for row in mine) else PLANNED if mine else LACKING
            names = "、".join(dict.fromkeys(str(row.name_) for row in mine if row.name_))
            rows.append((village, name, township, kind, kinds.name(kind), state if known else UNKNOWN, len(mine) if known else pd.NA, names))
    columns = ["village_code", "village_name", "township_code", "facility", "facility_name", "state", "count", "names"]
    return pd.DataFrame(rows, columns=columns).astype({**dict.fromkeys(columns, "string"), "count": "Int64"})


def facilities_served(data: PlanData, layers: Layers, profile: Profile, reach_m: float) -> pd.DataFrame:
    """The facilities of the layer with the hamlet and village that each serves.

    Columns: source_id, name_, facility (code of facility_kind.csv by its type, else by its name; null: none of them), state
    (`present`, `planned`, null or as written), year, hamlet_code (nearest by its present patches, without any by its
    point, within reach_m; null where there is none), village_code (whose polygon holds it, else the hamlet's), geom
    (None where it is not drawn). In the order of the layer.
    """
    layer = layers.read(FACILITY)
    kinds = profile.code_list("facility_kind")
    geoms = objects([None if geom is None or geom.is_empty else geom for geom in layer["geom"]])
    hamlets = _nearest_hamlets(data, geoms, reach_m)
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    around = _villages_around(data, geoms)
    rows = [
        (plain(row.source_id), plain(row.name), _kind(kinds, row.class_code, row.name), plain(row.state), plain(row.year),
         hamlet, village or village_of.get(hamlet), geom)
        for row, hamlet, village, geom in zip(layer.itertuples(index=False), hamlets, around, geoms)
    ]
    columns = ["source_id", "name_", "facility", "state", "year", "hamlet_code", "village_code"]
    frame = pd.DataFrame([row[:-1] for row in rows], columns=columns, dtype=object)
    frame["geom"] = objects([row[-1] for row in rows])
    return frame


def _kind(kinds: CodeList, class_code: object, name: object) -> str | None:
    """The kind that a type names, else the first whose name or alias the facility's type or name has in it."""
    written = [str(plain(text) or "") for text in (class_code, name)]
    exact = kinds.find(written[0]) if written[0].strip() else None
    if exact is not None:
        return exact
    for text in written:
        for row in kinds.rows:
            if any(word and word in text for word in (row["name"], *row["aliases"].split("|"))):
                return row["code"]
    return None


def _nearest_hamlets(data: PlanData, geoms: np.ndarray, reach_m: float) -> list[str | None]:
    present = data.patch[are_drawn(data.patch) & (data.patch["kind"] != PatchKind.NEW.value).fillna(True).to_numpy(dtype=bool)]
    present = present[present["hamlet_code"].notna()]
    points = data.hamlet[are_drawn(data.hamlet) & ~data.hamlet["code"].isin(present["hamlet_code"]).to_numpy(dtype=bool)]
    owners = [*present["hamlet_code"], *points["code"]]
    places = objects([*present["geom"], *points["geom"]])
    result: list[str | None] = [None] * len(geoms)
    near = nearest(geoms, places, reach_m, data.crs)
    for position, place in zip(near["row"], near["other"]):
        result[position] = str(owners[place])
    return result


def _villages_around(data: PlanData, geoms: np.ndarray) -> list[str | None]:
    villages = data.village[are_drawn(data.village)]
    result: list[str | None] = [None] * len(geoms)
    drawn = np.flatnonzero(~shapely.is_missing(geoms))
    if len(villages) and len(drawn):
        points = objects([shapely.point_on_surface(geom) for geom in geoms[drawn]])
        found, around = shapely.STRtree(villages["geom"].to_numpy()).query(points, predicate="intersects")
        for position, village in sorted(zip(found.tolist(), around.tolist()), reverse=True):
            result[drawn[position]] = str(villages["code"].iloc[village])
    return result
