"""Who goes where in a township's story: the households that villages and sites take in."""

from __future__ import annotations

from collections import Counter

from village_planner.demo.roles import Move
from village_planner.demo.scene import Cast

SITE, HAMLET = "集中安置点", "并入居民点"


def households_of(cast: Cast, move: Move) -> int:
    """Households that a move takes."""
    return move.share(cast[move.village].hamlets[move.hamlet].households)


def target_village(cast: Cast, move: Move) -> int:
    """Number of the village that a move ends in; its own where it leaves the villages (town, cash, none)."""
    if move.kind == SITE and isinstance(move.to, int):
        return cast.roles.sites[move.to].village
    return move.to[0] if isinstance(move.to, tuple) else move.village


def arrivals(cast: Cast) -> Counter[int]:
    """Households that come from other villages of the township, into sites or hamlets, by number of the village that takes them in."""
    found: Counter[int] = Counter()
    for move in cast.roles.moves:
        to = target_village(cast, move)
        if to != move.village:
            found[to] += households_of(cast, move)
    return found


def at_site(cast: Cast, site: int) -> dict[int, int]:
    """Households that come to a site of the township, by phase in order."""
    found: Counter[int] = Counter()
    for move in cast.roles.moves:
        if move.kind == SITE and move.to == site:
            found[move.phase] += households_of(cast, move)
    return dict(sorted(found.items()))


def gathered(cast: Cast) -> Counter[int]:
    """Households of a village's own hamlets that go into its main one."""
    found: Counter[int] = Counter()
    for move in cast.roles.moves:
        if move.kind == HAMLET and move.to == 0:
            found[move.village] += households_of(cast, move)
    return found
