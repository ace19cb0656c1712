"""The parts in a township's story: its villages by number, and what is built, protected and moved in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Optional, Union

PLAIN = 2  # the first villages of a township have no part: faults between townships need them
GATHER, SUBURBAN, PROTECT, WITHDRAW, UNDECIDED = "集聚提升类", "城郊融合类", "特色保护类", "搬迁撤并类", "暂不分类"
Target = Union[int, tuple[int, int], str]


@dataclass(frozen=True)
class Move:
    """One move of the story.

    to: serial of a hamlet of the same village, `(village, serial)`, or text, in which {seat} is the township's. For a site:
    number of the township's site.
    part: (from, to, of): the share of the hamlet's households and persons that this move takes, (0, 7, 12) the first seven twelfths.
    mode: '' of a merge, where it follows from what takes the hamlet in.
    consent: ``survey``, ``households`` or ``adults`` (votes), '' when an earlier row of the hamlet has it.
    """

    village: int
    hamlet: int
    action: str
    kind: str
    to: Target
    phase: int
    mode: str = ""
    part: tuple[int, int, int] = (0, 1, 1)
    consent: str = "survey"
    built_m2: Optional[float] = None

    def share(self, total: int) -> int:
        """What this move takes of the hamlet's total of households or the like; consecutive parts add up to the whole."""
        start, end, whole = self.part
        return total * end // whole - total * start // whole


@dataclass(frozen=True)
class SiteRole:
    """A site on a yard (built already) in a village's slot; size in m; how many it holds and when follows from who comes; setting: '' rural, 城镇 in town."""

    village: int
    slot: int
    width: float
    height: float
    built_code: str
    suffix: str
    setting: str = ""


@dataclass(frozen=True)
class Roles:
    """The parts of a township by village number; numbers that a township has no village for are left out of the lists.

    hamlet_counts: of each village; fixed: (village, hamlet) → households, persons, width and height of its block in m;
    inside: villages inside the boundary beside the town; cut: those that it cuts; hazards: (village, hamlet serial) over a
    hamlet that moves, serial None on empty land; protected: (village, hamlet serial, title, level);
    bears_faults: with known faults, they are planted here.
    """

    hamlet_counts: tuple[int, ...]
    town: Optional[int] = None
    inside: tuple[int, ...] = ()
    cut: tuple[int, ...] = ()
    red_lined: tuple[int, ...] = ()
    renamed: Optional[int] = None
    fixed: Mapping[tuple[int, int], tuple[int, int, float, float]] = field(default_factory=dict)
    sites: tuple[SiteRole, ...] = ()
    new_patches: tuple[int, ...] = ()
    cleared_yards: tuple[int, ...] = ()
    hazards: tuple[tuple[int, Optional[int]], ...] = ()
    protected: tuple[tuple[int, int, str, str], ...] = ()
    categories: Mapping[int, str] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    bears_faults: bool = False
