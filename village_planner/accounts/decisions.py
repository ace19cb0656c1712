"""What a scenario decides for hamlets, villages and patches; nothing of it is stored twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from village_planner.plan.data import PlanData
from village_planner.plan.schema import WITHDRAWN, Action, PatchKind

UNDECIDED = "undecided"
PARTLY = "partly"
RETAINED = "retained"


def hamlet_actions(data: PlanData, scenario: str) -> pd.Series:
    """Action (布局引导) of each hamlet: `retain`, `merge`, `relocate`, or `undecided` where the scenario has no row.

    Returns a string Series indexed by hamlet code, in roster order.
    """
    rows = data.action[(data.action["scenario"] == scenario) & data.action["action"].notna()]
    # A column of pandas' strings is slow to go through cell by cell.
    stated = dict(zip(rows["hamlet_code"].to_numpy(dtype=object), rows["action"].to_numpy(dtype=object)))
    codes = data.hamlet["code"].to_numpy(dtype=object)
    return pd.Series([stated.get(code, UNDECIDED) for code in codes], index=pd.Index(codes, dtype=object), dtype="string")


def withdrawn_hamlets(data: PlanData, scenario: str) -> list[str]:
    """Codes of the hamlets that the scenario merges or relocates, in roster order."""
    actions = hamlet_actions(data, scenario)
    return [str(code) for code in actions.index[actions.isin(WITHDRAWN)]]


def village_actions(data: PlanData, scenario: str) -> pd.DataFrame:
    """Action of each village, derived from its hamlets: never stored.

    Columns: village_code, action (see `village_action`), hamlets, withdrawn_hamlets, undecided_hamlets (counts).
    """
    actions = hamlet_actions(data, scenario).to_numpy(dtype=object)
    of_village: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    mains = data.hamlet["is_main"].fillna(0).eq(1).to_numpy(dtype=bool)
    for village, action, main in zip(data.hamlet["village_code"].to_numpy(dtype=object), actions, mains):
        of_village[village].append((action, main))
    rows = []
    for code in data.village["code"].to_numpy(dtype=object):
        hamlets = of_village.get(code, [])
        withdrawn = sum(action in WITHDRAWN for action, _ in hamlets)
        undecided = sum(action == UNDECIDED for action, _ in hamlets)
        rows.append((code, village_action(hamlets), len(hamlets), withdrawn, undecided))
    frame = pd.DataFrame(rows, columns=["village_code", "action", "hamlets", "withdrawn_hamlets", "undecided_hamlets"])
    return frame.astype({"village_code": "string", "action": "string"})


def village_action(hamlets: Sequence[tuple[str, bool]]) -> str:
    """Action of a village from its hamlets (action, whether it is the main one), in roster order.

    `partly` where some but not all hamlets are withdrawn; where all are, that of the main hamlet (the first without
    one); else `retain` where every hamlet is retained and `undecided` where one is not decided or there is no hamlet.
    """
    withdrawn = sum(action in WITHDRAWN for action, _ in hamlets)
    if hamlets and withdrawn == len(hamlets):
        return next((action for action, main in hamlets if main), hamlets[0][0])
    if withdrawn:
        return PARTLY
    return UNDECIDED if not hamlets or any(action == UNDECIDED for action, _ in hamlets) else Action.RETAIN.value


def patch_states(data: PlanData, scenario: str) -> pd.DataFrame:
    """State of each patch (居民点用地) in a scenario: `retained`, `cleared` (腾退) or `new`.

    An existing patch follows its hamlet: cleared where the hamlet is merged or relocated, retained where it is
    retained or undecided, or where the patch belongs to no hamlet; a patch of no kind is taken for existing. Columns: code, hamlet_code, village_code,
    township_code (null without a hamlet), kind, state, geom; rows and index as in `data.patch`.
    """
    frame = data.patch[["code", "hamlet_code", "kind"]].copy()
    gone = set(withdrawn_hamlets(data, scenario))
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    township_of = dict(zip(data.village["code"], data.village["township_code"]))
    hamlets = [None if pd.isna(code) else code for code in frame["hamlet_code"]]
    villages = [village_of.get(code) for code in hamlets]
    frame.insert(2, "village_code", pd.array(villages, dtype="string"))
    frame.insert(3, "township_code", pd.array([township_of.get(code) for code in villages], dtype="string"))
    states = [patch_state(None if pd.isna(kind) else kind, hamlet in gone) for kind, hamlet in zip(frame["kind"], hamlets)]
    frame["state"] = pd.array(states, dtype="string")
    frame["geom"] = data.patch["geom"]
    return frame


def patch_state(kind: str | None, hamlet_is_withdrawn: bool) -> str:
    """State of one patch, see `patch_states`; kind: None is taken for existing."""
    if kind is None or kind == PatchKind.EXISTING.value:
        return PatchKind.CLEARED.value if hamlet_is_withdrawn else RETAINED
    return str(kind)
