"""The reviewer's own control layers (审查底图): a package's plan is judged by them, not by the copies that it brings along."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from village_planner.base import InputError
from village_planner.plan import Layers, PlanFile
from village_planner.plan.excerpts import excerpt_codes
from village_planner.standards import Profile


def reference_layers(path: Path, crs: int) -> Layers:
    """The control layers of the plan file at `path`, to judge a plan in the coordinate system `crs` (EPSG) by.

    Raises InputError where the file is no plan file, has no control layer, lists one that is not there, holds an excerpt of one (it came with a package
    itself), or is in another coordinate system; PlanFileError where it cannot be read.
    """
    plan = PlanFile.open(path)
    data, layers = plan.read(), plan.layers().as_of_now()
    for problem in layers.problems():
        raise InputError(problem)
    if not layers.kinds():
        raise InputError("delivery.reference_empty", file=path.name)
    excerpts = [kind for kind in sorted(layers.kinds()) if excerpt_codes(data.control_layer, kind)]
    if excerpts:
        raise InputError("delivery.reference_excerpt", file=path.name)
    if data.crs != crs:
        raise InputError("delivery.reference_crs", file=path.name, theirs=data.crs, ours=crs)
    return layers


@dataclass(frozen=True)
class JudgedBy:
    """Titles of the kinds of control layers that a plan was judged by: the reviewer's own, and those that the package holds and the reviewer does not have."""

    own: tuple[str, ...]
    brought: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All of them, for a report."""
        return "；".join(f"{word}：{'、'.join(titles) or '无'}" for word, titles in (("审查底图", self.own), ("成果包自带", self.brought)))


def judged_by(own: Collection[str], held: Collection[str], profile: Profile) -> JudgedBy:
    """own: kinds that the reviewer has; held: kinds that the package holds."""
    codes = profile.code_list("control_kind")
    mine, brought = (tuple(codes.name(kind) or kind for kind in sorted(kinds)) for kinds in (own, set(held) - set(own)))
    return JudgedBy(mine, brought)
