"""Puts an imported control layer into the layer file and onto the plan's list; refuses what is there already."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Sequence

import numpy as np
import pandas as pd

from village_planner.base import Feedback, InputError, Message, render
from village_planner.base.feedback import PartFeedback
from village_planner.intake import reporting
from village_planner.intake.control_frame import Extras
from village_planner.plan import PlanData, PlanFile
from village_planner.plan.excerpts import excerpt_codes
from village_planner.spatial.repair import RepairStatus

_SHAPEFILE_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
_NAMES_A_SHAPEFILE = (".shp", ".dbf", ".shx")


@dataclass(frozen=True)
class NewLayer:
    """A layer ready to be stored: frame with a row per geometry (columns of the layer store), extras: all that the source says
    besides, aside: rows that were set aside."""

    kind: str
    title: str
    source: str
    digest: str
    frame: pd.DataFrame
    geoms: np.ndarray
    extras: Extras
    aside: Sequence[dict[str, Any]] = ()

    @property
    def repaired(self) -> int:
        """How many features were repaired."""
        return int((self.frame["status"] == RepairStatus.REPAIRED.value).sum())


def store_layer(plan: PlanFile, layer: NewLayer, who: str, feedback: Feedback) -> str:
    """Store a layer and list it in the plan as one action; returns its code. Where that fails or is cancelled nothing stays behind.

    An excerpt of a layer of the kind, as a package brings it along, makes way.
    """
    listed = plan.read().control_layer
    taken, excerpts = set(listed["code"]), excerpt_codes(listed, layer.kind)
    code = next(name for name in (f"c{number:03d}" for number in range(1, 1000)) if name not in taken)
    store = plan.layers()
    try:
        meta = {"code": code, "kind": layer.kind, "title": layer.title, "digest": layer.digest}
        store.add(meta, layer.frame, layer.geoms, layer.aside, extras=layer.extras, feedback=PartFeedback(feedback, 0.6, 0.95))
        feedback.progress(0.95)
        feedback.check()
        with plan.write(reporting.person(who), render(Message("intake.label_control", {"title": layer.title}))) as tx:
            for excerpt in excerpts:
                tx.delete("control_layer", {"code": excerpt})
            tx.insert("control_layer", [{
                **meta, "source": layer.source, "edition_date": None, "imported_at": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
                "features": len(layer.frame), "repaired": layer.repaired, "set_aside": len(layer.aside),
            }])
    except BaseException:
        # Whatever stopped us, also a cancel or Ctrl+C: a layer that the plan does not list must not stay behind.
        store.remove(code)
        raise
    return code


def refuse_again(data: PlanData, kind: str, digest: str, kind_name: str) -> None:
    """Raise InputError where the plan lists a layer of this kind from the very same source."""
    layers = data.control_layer
    same = layers[(layers["digest"] == digest) & (layers["kind"] == kind)]
    if len(same):
        raise InputError("intake.control_again", title=same["title"].iloc[0], code=same["code"].iloc[0], kind=kind_name)


def source_digest(path: Path, layer: str, where: str) -> str:
    """Return the SHA-256 over the files of a source, the layer's name and the filter: one file serves several kinds.

    A shapefile is the same source by whichever of its files it is named.
    """
    digest = hashlib.sha256(f"{layer}\0{where}\0".encode())
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() != ".lock")
    elif path.suffix.lower() in _NAMES_A_SHAPEFILE:
        files = [part for part in (path.with_suffix(suffix) for suffix in _SHAPEFILE_PARTS) if part.is_file()]
    else:
        files = [path]
    for file in files:
        digest.update(file.name.encode())
        with file.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()
