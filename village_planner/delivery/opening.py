"""What an inspection reads first: by which profile, under which names, and the vector data in all formats that are there."""

from __future__ import annotations

from typing import Mapping

from village_planner.base import Feedback, InputError, Message
from village_planner.base.feedback import PartFeedback
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.geodata import GDB, GPKG, SHP, VCT, FileContent, read_vectors
from village_planner.delivery.manifest import MANIFEST, Manifest
from village_planner.delivery.tree import files_of_kind, folders_of_kind, is_litter
from village_planner.delivery.unpack import UNREADABLE, Limits, OpenedPackage
from village_planner.delivery.vct_layers import read_vct_layers
from village_planner.delivery.verdict import draft_mark
from village_planner.standards import Profile, load_profile, profile_ids
from village_planner.standards.loading import DEFAULT_PROFILE


def package_limits(profile: Profile | str | None) -> Limits:
    """More than this is not read of a package."""
    own = profile if isinstance(profile, Profile) else load_profile(profile or DEFAULT_PROFILE)
    settings = own.package.inspection
    return Limits(int(settings.get("max_files", Limits.max_files)), int(settings.get("max_total_mb", Limits.max_total_mb)))


def used_profile(profile: Profile | str | None, manifest: Manifest | None) -> tuple[Profile, list[PackageFinding]]:
    """The profile to inspect by, and doubts about it. What a manifest names is only looked for among the installed ones: it may name any path."""
    if isinstance(profile, Profile):
        return profile, []
    if profile:
        return load_profile(profile), []
    if manifest is None:
        return load_profile(DEFAULT_PROFILE), []
    if manifest.profile_id not in profile_ids():
        params = {"profile": manifest.profile_id[:60], "used": DEFAULT_PROFILE}
        return load_profile(DEFAULT_PROFILE), [PackageFinding("PK-01", MANIFEST, "profile", Message("delivery.profile_unknown", params))]
    used = load_profile(manifest.profile_id)
    if used.version == manifest.profile_version:
        return used, []
    params = {"profile": used.id, "stated": manifest.profile_version[:20], "used": used.version}
    return used, [PackageFinding("PK-01", MANIFEST, "profile", Message("delivery.profile_other_version", params), "C")]


def stated_names(manifest: Manifest | None, profile: Profile) -> dict[str, str] | None:
    """What stands in the package's names, as its manifest says; None without one."""
    if manifest is None:
        return None
    edition = profile.package.editions.get(manifest.edition, manifest.edition)
    return {"code": manifest.code, "name": manifest.name, "edition": edition, "draft": draft_mark(manifest.draft)}


def read_formats(
    opened: OpenedPackage, profile: Profile, names: Mapping[str, str] | None, feedback: Feedback
) -> tuple[list[FileContent], list[PackageFinding]]:
    """The vector data of a package, what keeps most first: GeoPackage, FileGDB, shapefiles, VCT; and findings on what cannot be read.

    Of each format the one that stands where the profile has it, else any in the package.
    """
    contents, findings = [], []
    sources = _sources(opened, profile, names)
    for number, (format_, file, members) in enumerate(sources):
        part = PartFeedback(feedback, number / len(sources), (number + 1) / len(sources))
        try:
            if format_ == VCT:
                contents.append(read_vct_layers(opened.root / file, file, part))
            else:
                contents.append(read_vectors(opened.root, file, format_, members, opened.work, profile.layers, part))
        except InputError as error:
            findings.append(PackageFinding(UNREADABLE, file, "", error.message))
        part.progress(1.0)
    if not sources:
        findings.append(PackageFinding("QC-1201", "", "", Message("delivery.no_vectors")))
    return contents, findings


def _sources(opened: OpenedPackage, profile: Profile, names: Mapping[str, str] | None) -> list[tuple[str, str, list[str]]]:
    """Format, path in the package and members of what there is to read."""
    spec = profile.package
    files = [file for file in opened.files if not is_litter(file)]
    geopackages = files_of_kind(opened, spec, "geopackage", names) or [file for file in files if file.lower().endswith(".gpkg")]
    sources: list[tuple[str, str, list[str]]] = [(GPKG, file, []) for file in geopackages[:1]]
    shapes = {file.rpartition("/")[0] for file in files if file.lower().endswith(".shp")}
    for format_, kind, others in (
        (GDB, "filegdb", [folder for folder in opened.folders if folder.lower().endswith(".gdb")]),
        (SHP, "shapefile", [folder for folder in opened.folders if folder in shapes]),
    ):
        folders = list(folders_of_kind(opened, spec, kind, names)) or others
        sources += [(format_, folder, [file for file in files if file.rpartition("/")[0] == folder]) for folder in folders[:1]]
    texts = files_of_kind(opened, spec, "vct", names) or [file for file in files if file.lower().endswith(".vct")]
    return [*sources, *((VCT, file, []) for file in texts[:1])]
