"""What a package carries of its plan, where it can be believed: its vector data are those that its manifest lists, and the edition leaves nothing out."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Mapping

import pandas as pd

from village_planner.accounts.parcels import LAND_USE
from village_planner.base import Feedback, InputError, Message, Refused
from village_planner.delivery.control import control_layers
from village_planner.delivery.editions import edition_profile
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import county_code
from village_planner.delivery.geodata import GDB, GPKG, SHP, VCT
from village_planner.delivery.manifest import MANIFEST, Manifest, check_manifest, read_manifest
from village_planner.delivery.opening import read_formats, stated_names, used_profile
from village_planner.delivery.reading import plan_from_layers, taken_serials
from village_planner.delivery.tree import files_of_kind, is_litter
from village_planner.delivery.unpack import OpenedPackage
from village_planner.plan import SerialKey
from village_planner.plan.data import PlanData, plain
from village_planner.plan.excerpts import excerpt_digest
from village_planner.plan.layer_frames import COLUMNS
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

_BEST_FIRST = (GPKG, GDB, SHP, VCT)
_CODE = re.compile(r"[A-Za-z]\w{0,30}", re.ASCII)


@dataclass(frozen=True)
class Carried:
    """The plan that a package carries, and what is told of it.

    name: of the package's folder or zip. digest: SHA-256 of its manifest, in hex, which lists that of every file. profile: the whole one.
    used: as the edition uses it. format, file: from which vector data the plan was read. attachments: files that the package has as
    documents. doubts: what was left out or is not as listed. serials: numbers in the identifiers (标识码) that were delivered.
    """

    name: str
    digest: str
    manifest: Manifest
    profile: Profile
    used: Profile
    format: str
    file: str
    data: PlanData
    layers: MemoryLayers
    attachments: int
    doubts: tuple[Message, ...]
    serials: Mapping[SerialKey, int]

    @property
    def edition(self) -> str:
        """The edition in Chinese, with 草稿 where the package is a draft."""
        names = stated_names(self.manifest, self.profile) or {}
        return f"{names['edition']}{names['draft']}"

    @cached_property
    def control_layers(self) -> list[tuple[dict[str, Any], pd.DataFrame]]:
        """The control layers that the package holds: row of table `control_layer`, and features with COLUMNS.

        Of land use packages hold a part: it is listed as an excerpt.
        """
        kinds = self.profile.code_list("control_kind").codes
        found: dict[str, tuple[dict[str, Any], pd.DataFrame]] = {}
        for row in self.data.control_layer.to_dict("records"):
            code, kind = str(row["code"]), str(row["kind"])
            if not _CODE.fullmatch(code) or code in found or kind not in kinds or not self.layers.has(kind):
                continue
            frame = self.layers.read(kind, columns=COLUMNS)
            frame = frame[frame["layer"].eq(code).fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)
            if len(frame):
                found[code] = _listed(row, kind, len(frame), self.name), frame
        return list(found.values())


def carried_plan(opened: OpenedPackage, name: str, profile: str | None, allow_gaps: bool, feedback: Feedback) -> Carried:
    """What the package carries. name: of its folder or zip, for messages. profile: as for `inspect_package`.

    Raises InputError where it has no manifest of ours, names a profile that is not installed, or has no vector data that can be
    read; Refused where they are not those that the manifest lists, or where parts of the plan are left out and gaps are not allowed.
    """
    manifest = read_manifest(opened.root)
    if manifest is None:
        raise InputError("delivery.readback_no_manifest", package=name)
    whole, doubts = used_profile(profile, manifest)
    if any(doubt.message.code == "delivery.profile_unknown" for doubt in doubts):
        raise InputError("delivery.readback_no_profile", package=name, profile=manifest.profile_id[:60])
    used = edition_profile(whole, manifest.edition, manifest.control_lines)
    names = stated_names(manifest, whole)
    contents, faults = read_formats(opened, used, names, feedback)
    if not contents:
        raise InputError(faults[0].message)
    best = contents[0]
    others = _refuse_altered(opened, manifest, best.format, best.file, name)
    data, left_out = plan_from_layers(best.file, best.layers, used, manifest)
    if data.village.empty:
        raise InputError("delivery.readback_no_villages", package=name, file=best.file)
    carried = Carried(
        name, hashlib.sha256((opened.root / MANIFEST).read_bytes()).hexdigest(), manifest, whole, used, best.format, best.file, data,
        control_layers(best.layers, used), len(files_of_kind(opened, whole.package, "attachment", names)),
        tuple(doubt.message for doubt in (*opened.findings, *doubts, *faults, *others, *left_out)), taken_serials(best.layers, used, county_code(data)),
    )
    lacking = lacking_parts(carried)
    if lacking and not allow_gaps:
        raise Refused("delivery.readback_incomplete", package=name, edition=carried.edition, count=len(lacking), parts="、".join(lacking))
    return carried


def lacking_parts(carried: Carried) -> list[str]:
    """Layers and fields of the plan that the edition leaves out, or that the format from which the plan was read cannot hold; control lines apart."""
    lacking = []
    for name, spec in carried.profile.layers.items():
        if spec.kinds:
            continue
        if name not in carried.used.layers or (carried.format in spec.not_in and carried.manifest.counts.get(name, 0)):
            lacking.append(spec.alias)
            continue
        kept = {field.name for field in carried.used.layers[name].fields}
        lacking += [f"{spec.alias}·{field.alias}" for field in spec.fields if field.name not in kept]
    return lacking


def _refuse_altered(opened: OpenedPackage, manifest: Manifest, format_: str, file: str, name: str) -> list[PackageFinding]:
    """Refuse vector data that are not those that the package was written with; returns what is said of its other files."""
    listed = {entry.path for entry in manifest.files}
    best = next((wished for wished in _BEST_FIRST if wished in manifest.formats), format_)
    if format_ != best:
        raise Refused("delivery.readback_no_format", package=name, format=best.upper(), found=format_.upper())
    mine = [path for path in opened.files if path == file or path.startswith(f"{file}/")]
    files = tuple(path for path in opened.files if not is_litter(path))
    faults = check_manifest(opened.root, files, manifest, "C")
    wrong = [fault for fault in faults if fault.file == file or fault.file.startswith(f"{file}/")]
    if wrong or not listed.intersection(mine):
        raise Refused("delivery.readback_altered", package=name, file=wrong[0].file if wrong else file)
    return faults


def _listed(row: dict[str, Any], kind: str, features: int, package: str) -> dict[str, Any]:
    digest = str(plain(row["digest"]) or "")
    return {
        "code": str(row["code"]), "kind": kind, "title": str(plain(row["title"]) or kind), "source": package, "edition_date": iso_date(row["edition_date"]),
        "imported_at": str(plain(row["imported_at"]) or now()), "features": features, "repaired": plain(row["repaired"]) or 0,
        "set_aside": plain(row["set_aside"]) or 0, "digest": excerpt_digest(digest) if kind == LAND_USE else digest,
    }


def iso_date(value: Any) -> str | None:
    """A date as ISO text; None for what is none."""
    try:
        return dt.date.fromisoformat(str(plain(value))).isoformat()
    except ValueError:
        return None


def now() -> str:
    """This moment as ISO text."""
    return dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")
