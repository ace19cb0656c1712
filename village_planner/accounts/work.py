"""What of the plan is still to be done: undecided villages and hamlets, withdrawals without move, phase or a record of the villagers' will."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from village_planner.accounts.decisions import UNDECIDED, hamlet_actions, withdrawn_hamlets
from village_planner.plan.data import PlanData
from village_planner.standards import Profile

IN_SCOPE = "in_scope"
APART = "apart"


@dataclass(frozen=True)
class OpenWork:
    """Codes of what is missing, in roster order.

    bare_villages: in scope, without a hamlet. loose_patches: existing ones that belong to no hamlet. differences: settled by nobody.
    undecided_villages: in scope, without a category. undecided_hamlets: of villages in scope, without an action. unmoved: withdrawn
    hamlets without a move. unphased: hamlets of moves without a phase. unasked: withdrawn hamlets of which neither they nor their
    village have a consent on record, whatever it says.
    """

    bare_villages: tuple[str, ...]
    loose_patches: tuple[str, ...]
    differences: int
    undecided_villages: tuple[str, ...]
    undecided_hamlets: tuple[str, ...]
    unmoved: tuple[str, ...]
    unphased: tuple[str, ...]
    unasked: tuple[str, ...]


def open_work(data: PlanData, profile: Profile, scenario: str, inside: Collection[str] = ()) -> OpenWork:
    """Return what is missing in a scenario. inside: codes of villages inside the development boundary, which need no category."""
    villages = villages_in_scope(data, profile, inside)
    categories = data.category[data.category["scenario"] == scenario]
    decided = set(categories["village_code"])
    hamlets = data.hamlet[data.hamlet["village_code"].isin(villages)]
    actions = hamlet_actions(data, scenario)
    undecided = set(actions.index[actions == UNDECIDED])
    moves = data.move[data.move["scenario"] == scenario]
    withdrawn = withdrawn_hamlets(data, scenario)
    moved, phased = set(moves["hamlet_code"]), moves["phase"].notna()
    village_of = dict(zip(data.hamlet["code"], data.hamlet["village_code"]))
    whole = data.consent["hamlet_code"].isna()
    asked, asked_villages = set(data.consent.loc[~whole, "hamlet_code"]), set(data.consent.loc[whole, "village_code"])
    with_hamlets = set(data.hamlet["village_code"])
    loose = data.patch["hamlet_code"].isna() & (data.patch["kind"] == "existing")
    return OpenWork(
        bare_villages=_codes(code for code in villages if code not in with_hamlets),
        loose_patches=_codes(data.patch.loc[loose, "code"]),
        differences=int(data.roster_difference["settled"].isna().sum()),
        undecided_villages=_codes(code for code in villages if code not in decided),
        undecided_hamlets=_codes(code for code in hamlets["code"] if code in undecided),
        unmoved=_codes(code for code in withdrawn if code not in moved),
        unphased=_codes(dict.fromkeys(moves.loc[~phased, "hamlet_code"])),
        unasked=_codes(code for code in withdrawn if code not in asked and village_of.get(code) not in asked_villages),
    )


def villages_in_scope(data: PlanData, profile: Profile, inside: Collection[str] = ()) -> list[str]:
    """Codes of the villages that need a category: of a kind in scope, and not inside the development boundary; in roster order."""
    kinds = profile.code_list("village_kind").with_role(IN_SCOPE)
    frame = data.village[data.village["kind"].isin(kinds)]
    return [code for code in frame["code"] if code not in inside]


def unguided_hamlets(data: PlanData, profile: Profile, scenario: str, inside: Collection[str] = ()) -> dict[str, int]:
    """How many hamlets have no action (布局引导): `undecided` of villages that need a category, `apart` of all others, for which none is asked."""
    actions = hamlet_actions(data, scenario).eq(UNDECIDED).to_numpy(dtype=bool)
    needed = data.hamlet["village_code"].isin(villages_in_scope(data, profile, inside)).to_numpy(dtype=bool)
    return {UNDECIDED: int((actions & needed).sum()), APART: int((actions & ~needed).sum())}


def _codes(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
