"""The package's manifest.json: what the package is, of which plan, and the SHA-256 of every file in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Mapping

from village_planner.base import Message
from village_planner.delivery.filegdb import is_repeatable
from village_planner.delivery.findings import PackageFinding

MANIFEST = "manifest.json"
FORMAT, FORMAT_VERSION = "village-planner-package", 2
_RULE = "PK-01"
_MAPS = (".pdf", ".jpg")
_CHUNK = 1 << 20
_MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class FileEntry:
    """One file of the package: path from its root with /, size in bytes, SHA-256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a package says of itself.

    code, name: of the county or township that stand in its file names. crs: EPSG. plan: facts of the plan file by column name.
    phases: (year, title). counts: rows by layer. draft: whether it is a draft. control_lines: whether layers of control lines were
    wished. control_layers: what the plan says of those that are in it. withheld: kinds that the plan has and the package does not.
    formats: that were written. lacking: documents that should be in it and could not be copied (title, file, reason).
    content_sha256: of all files that are the same for the same plan, '' where not known.
    """

    profile_id: str
    profile_version: str
    edition: str
    draft: bool
    code: str
    name: str
    crs: int
    plan: Mapping[str, Any]
    scenario: Mapping[str, str]
    phases: tuple[tuple[int, str], ...]
    counts: Mapping[str, int]
    files: tuple[FileEntry, ...] = field(default_factory=tuple)
    control_lines: bool = True
    control_layers: tuple[Mapping[str, Any], ...] = ()
    withheld: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    lacking: tuple[Mapping[str, str], ...] = ()
    content_sha256: str = ""


def file_entries(root: Path) -> tuple[FileEntry, ...]:
    """Entries of all files below `root` but the manifest itself, sorted by path."""
    files = (path for path in root.rglob("*") if path.is_file() and path != root / MANIFEST)
    return tuple(sorted((_entry(root, path) for path in files), key=lambda entry: entry.path))


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Write the manifest of all files that lie below `root` now; the same files give the same bytes.

    The content's digest is made of the files that are the same for the same plan: not of maps (a PDF carries its time of drawing) and
    of those files of a FileGDB that hold random ids.
    """
    files = file_entries(root)
    lines = "".join(f"{entry.sha256}  {entry.path}\n" for entry in files if is_repeatable(entry.path) and not entry.path.lower().endswith(_MAPS))
    whole = replace(manifest, files=files, content_sha256=hashlib.sha256(lines.encode()).hexdigest())
    data = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(whole)}
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    (root / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(root: Path) -> Manifest | None:
    """The manifest of a package; None where there is none, or it is not one of ours."""
    path = root / MANIFEST
    try:
        if not path.is_file() or path.is_symlink() or path.stat().st_size > _MAX_BYTES:
            return None
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            return None
        return _believable(Manifest(
            profile_id=str(data["profile_id"]), profile_version=str(data["profile_version"]), edition=str(data["edition"]),
            draft=bool(data["draft"]), code=str(data["code"]), name=str(data["name"]), crs=int(data["crs"]),
            plan=_mapping(data["plan"]), scenario={key: str(value) for key, value in _mapping(data["scenario"]).items()},
            phases=tuple((int(year), str(title)) for year, title in data["phases"]),
            counts={str(key): int(value) for key, value in _mapping(data["counts"]).items()},
            files=tuple(FileEntry(str(e["path"]), int(e["size"]), str(e["sha256"])) for e in data["files"]),
            control_lines=bool(data.get("control_lines", True)),
            control_layers=tuple(_mapping(layer) for layer in data.get("control_layers", ())),
            withheld=tuple(str(kind) for kind in data.get("withheld", ())), formats=tuple(str(name) for name in data.get("formats", ())),
            lacking=tuple({key: str(_mapping(item).get(key, "")) for key in ("title", "file", "reason")} for item in data.get("lacking", ())),
            content_sha256=str(data.get("content_sha256", "")),
        ))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def check_manifest(root: Path, files: tuple[str, ...], manifest: Manifest | None, severity_extra: str) -> list[PackageFinding]:
    """Findings (PK-01): no readable manifest, listed files that are missing, differ or are listed twice, files that it does not list.

    files: all files of the package but litter. severity_extra: of a file that is not listed.
    """
    if manifest is None:
        code = "delivery.manifest_unreadable" if MANIFEST in files else "delivery.manifest_missing"
        return [PackageFinding(_RULE, MANIFEST, "", Message(code))]
    findings = []
    present = set(files)
    listed: set[str] = set()
    for entry in manifest.files:
        if entry.path in listed:
            findings.append(PackageFinding(_RULE, entry.path, "", Message("delivery.manifest_file_twice", {"file": entry.path})))
            continue
        listed.add(entry.path)
        if entry.path not in present:
            findings.append(PackageFinding(_RULE, entry.path, "", Message("delivery.manifest_file_missing", {"file": entry.path})))
        elif not _is_as_listed(root, entry):
            findings.append(PackageFinding(_RULE, entry.path, "", Message("delivery.manifest_file_differs", {"file": entry.path})))
    for path in sorted(present - listed - {MANIFEST}):
        findings.append(PackageFinding(_RULE, path, "", Message("delivery.manifest_file_extra", {"file": path}), severity_extra))
    return findings


def _is_as_listed(root: Path, entry: FileEntry) -> bool:
    """Whether a file is what the manifest says; one that cannot be read is not."""
    try:
        return _entry(root, root / entry.path) == entry
    except OSError:
        return False


def _believable(manifest: Manifest) -> Manifest:
    """The manifest, or ValueError where its numbers cannot be EPSG codes or years."""
    if not 1_024 <= manifest.crs <= 999_999 or not all(1_900 <= year <= 2_200 for year, _ in manifest.phases):
        raise ValueError("crs or phases")
    return manifest


def _entry(root: Path, path: Path) -> FileEntry:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return FileEntry(path.relative_to(root).as_posix(), path.stat().st_size, digest.hexdigest())


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("object expected")
    return value
