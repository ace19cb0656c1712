"""What moves state of cleared and built land beside what is drawn for it, hamlet by hamlet and site by site."""

from __future__ import annotations

import pandas as pd

from village_planner.accounts.decisions import patch_states, withdrawn_hamlets
from village_planner.accounts.ground import without_earlier
from village_planner.accounts.sums import known_sums
from village_planner.accounts.townships import are_drawn
from village_planner.plan.data import PlanData
from village_planner.plan.schema import Destination, PatchKind
from village_planner.spatial.area import ellipsoidal_area_m2

_COLUMNS = ["kind", "code", "item", "stated_m2", "drawn_m2"]


def stated_and_drawn(data: PlanData, scenario: str) -> pd.DataFrame:
    """Cleared (拆旧) and built (建新) land as the scenario's moves state it and as it is drawn, where there is something drawn.

    Columns: kind (`hamlet`, `site`), code, item (`cleared_m2`: of a withdrawn hamlet, against its cleared patches;
    `built_m2`: of the hamlet or site to which moves go, against its new patches or its polygon), stated_m2 (sum of the
    moves that state it; null where none does), drawn_m2 (ground once). Rows: cleared of each withdrawn hamlet with a
    drawn patch, then built of each hamlet with a drawn new patch and of each drawn site.
    """
    moves = data.move[data.move["scenario"] == scenario]
    gone = withdrawn_hamlets(data, scenario)
    patches = patch_states(data, scenario)
    patches = patches[are_drawn(patches)]
    cleared = patches[patches["state"].eq(PatchKind.CLEARED.value) & patches["hamlet_code"].isin(gone)]
    new = patches[patches["state"].eq(PatchKind.NEW.value) & patches["hamlet_code"].notna()]
    sites = data.site[are_drawn(data.site)]
    leaving = known_sums(moves[moves["hamlet_code"].isin(gone)], ["hamlet_code"], ["cleared_m2"])["cleared_m2"]
    by_kind = {kind: moves[moves["destination_kind"].eq(kind).fillna(False)] for kind in (Destination.HAMLET.value, Destination.SITE.value)}
    arriving = {kind: known_sums(mine, ["destination_code"], ["built_m2"])["built_m2"] for kind, mine in by_kind.items()}
    parts = (
        ("hamlet", "cleared_m2", cleared["hamlet_code"], cleared, leaving),
        ("hamlet", "built_m2", new["hamlet_code"], new, arriving["hamlet"]),
        ("site", "built_m2", sites["code"], sites, arriving["site"]),
    )
    rows = []
    for kind, item, owners, ground, stated in parts:
        areas_m2 = ellipsoidal_area_m2(without_earlier(ground["geom"].to_numpy()), data.crs)
        drawn = pd.Series(areas_m2, index=ground.index, dtype="float64").groupby(owners, sort=False).sum()
        rows += [(kind, code, item, stated.get(code, float("nan")), area_m2) for code, area_m2 in drawn.items()]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    return frame.astype({**dict.fromkeys(_COLUMNS[:3], "string"), "stated_m2": "float64", "drawn_m2": "float64"})
