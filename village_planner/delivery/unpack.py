"""Opens a package, folder or zip, that may come from anybody: nothing outside a temporary folder is written, links are not followed."""

from __future__ import annotations

import os
import stat
import struct
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Iterator

from village_planner.base import Feedback, InputError, Message
from village_planner.delivery.findings import PackageFinding
from village_planner.spatial.encoding import zip_member_name

UNSAFE, UNREADABLE = "PK-02", "QC-1103"
ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
"""What zipfile raises for damaged archives: also for names, dates and methods that it cannot read."""
MALFORMED_XML = SyntaxError
"""What every reader of XML raises, lxml and that of the standard library, which openpyxl may use."""
_ENCRYPTED = 0x1
_MEMBER = b"PK\x03\x04"
_CHUNK = 1 << 20
_BYTES_PER_MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """More than this is refused before it is read. max_total_mb: unpacked."""

    max_files: int = 20_000
    max_total_mb: int = 4_096


@dataclass(frozen=True)
class OpenedPackage:
    """A package as files that can be read.

    root: folder of the package (the user's own for a folder: read only). name: of the package folder, '' where a zip has none.
    files: relative paths with /, sorted. folders: the same for folders. findings: what was unsafe or unreadable and left out.
    work: temporary folder for copies, removed afterwards.
    """

    root: Path
    name: str
    files: tuple[str, ...]
    folders: tuple[str, ...]
    findings: tuple[PackageFinding, ...]
    work: Path


@contextmanager
def open_package(path: Path, limits: Limits, feedback: Feedback) -> Iterator[OpenedPackage]:
    """Open a folder or a zip file; what was unpacked is removed at the end.

    Raises InputError where the path is neither, or holds more than the limits allow; Cancelled.
    """
    with tempfile.TemporaryDirectory(prefix="village-planner-") as work:
        if path.is_dir():
            yield _opened_folder(path, path.resolve().name, Path(work), limits, [])
        elif path.is_file() and zipfile.is_zipfile(path):
            content = Path(work) / "content"
            content.mkdir()
            findings = _unpack(path, content, limits, feedback)
            root = _package_root(content)
            yield _opened_folder(root, "" if root == content else root.name, Path(work), limits, findings)
        else:
            raise InputError("delivery.not_a_package", path=path.name)


def _opened_folder(root: Path, name: str, work: Path, limits: Limits, findings: list[PackageFinding]) -> OpenedPackage:
    files: list[str] = []
    folders: list[str] = []
    total = 0

    def closed(error: OSError) -> None:
        relative = Path(error.filename).relative_to(root).as_posix()
        params = {"file": relative, "reason": error.strerror or str(error)}
        findings.append(PackageFinding(UNREADABLE, relative, "", Message("delivery.file_unreadable", params)))

    for parent, names, members in os.walk(root, onerror=closed, followlinks=False):
        for member in sorted([*names, *members]):
            path = Path(parent) / member
            relative = path.relative_to(root).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                folders.append(relative)
            elif stat.S_ISREG(mode):
                files.append(relative)
                total += path.lstat().st_size
            else:
                findings.append(PackageFinding(UNSAFE, relative, "", Message("delivery.unsafe_link", {"file": relative})))
        if len(files) > limits.max_files or total > limits.max_total_mb * _BYTES_PER_MB:
            raise InputError("delivery.package_too_big", files=limits.max_files, mb=limits.max_total_mb)
    return OpenedPackage(root, name, tuple(sorted(files)), tuple(sorted(folders)), tuple(findings), work)


def _unpack(path: Path, content: Path, limits: Limits, feedback: Feedback) -> list[PackageFinding]:
    findings: list[PackageFinding] = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_inner(path, members)
            if len(members) > limits.max_files or sum(info.file_size for info in members) > limits.max_total_mb * _BYTES_PER_MB:
                raise InputError("delivery.package_too_big", files=limits.max_files, mb=limits.max_total_mb)
            for number, info in enumerate(members):
                feedback.check()
                feedback.progress(number / max(len(members), 1))
                findings += _unpack_member(archive, info, content)
    except ZIP_FAULTS as error:
        raise InputError("delivery.zip_unreadable", file=path.name, reason=str(error)[:200]) from error
    return findings


def _refuse_inner(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Of a zip that lost its end, zipfile reads the last workbook in it as if that were the zip: its members do not begin at the file's start."""
    with path.open("rb") as stream:
        begins_with_member = stream.read(4) == _MEMBER
    if begins_with_member and members and min(info.header_offset for info in members) > 0:
        raise zipfile.BadZipFile("central directory")


def _unpack_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, content: Path) -> list[PackageFinding]:
    name = zip_member_name(info)
    shown = name.replace("\x00", "")[:200]
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or ":" in parts[0] or "\x00" in name:
        return [PackageFinding(UNSAFE, shown, "", Message("delivery.unsafe_path", {"file": shown}))]
    if stat.S_ISLNK(info.external_attr >> 16):
        return [PackageFinding(UNSAFE, shown, "", Message("delivery.unsafe_link", {"file": shown}))]
    if info.flag_bits & _ENCRYPTED:
        return [PackageFinding(UNSAFE, shown, "", Message("delivery.unsafe_encrypted", {"file": shown}))]
    target = content.joinpath(*parts)
    if name.endswith("/"):
        target.mkdir(parents=True, exist_ok=True)
        return []
    if target.exists():
        return [PackageFinding(UNSAFE, shown, "", Message("delivery.unsafe_twice", {"file": shown}))]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, target.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                sink.write(chunk)
    except ZIP_FAULTS as error:
        target.unlink(missing_ok=True)
        return [PackageFinding(UNREADABLE, shown, "", Message("delivery.file_unreadable", {"file": shown, "reason": str(error)[:200]}))]
    return []


def _package_root(content: Path) -> Path:
    """The only folder at the top of a zip, else the top itself."""
    entries = [entry for entry in content.iterdir() if entry.name != "__MACOSX"]
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else content
