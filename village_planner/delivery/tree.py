"""The tree of a package: where the profile puts each kind of file, and the checks on names and on files that must open."""

from __future__ import annotations

import fnmatch
import glob
import re
import zipfile
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Mapping, Sequence

from lxml import etree

from village_planner.base import Message
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.lists import SUFFIX, check_list_names, read_list
from village_planner.delivery.tables import required_tables
from village_planner.delivery.unpack import UNREADABLE, ZIP_FAULTS, OpenedPackage
from village_planner.standards import PackageEntry, PackageSpec, Profile

_RULE = "QC-1101"
_MAX_PART_BYTES = 256 << 20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ANY = {"code": "*", "name": "*"}
_LITTER = frozenset({"thumbs.db", ".ds_store", "desktop.ini"})
_LOCKS = ("~$", ".~lock.")
_FOLDER_KINDS = frozenset({"filegdb", "shapefile", "lists", "atlas"})
"""Kinds that are one folder full of files; an atlas is one full of folders with files."""
_SIGNATURES = {".pdf": (b"%PDF", b"%%EOF"), ".jpg": (b"\xff\xd8", b"\xff\xd9"), ".png": (b"\x89PNG", b"IEND")}
"""How a file of a kind begins, and what stands near its end."""
_END_BYTES = 4_096
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*\\\x00-\x1f]|[ .]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)


def root_name(spec: PackageSpec, names: Mapping[str, str]) -> str:
    """Name of the package folder. names: code, name, edition (its Chinese name), draft (草稿 or '')."""
    return spec.root.format(**names)


def entry_path(spec: PackageSpec, kind: str, names: Mapping[str, str]) -> str:
    """Path of the only file of a kind, with /. Raises KeyError where the profile has none."""
    for entry in spec.entries:
        if entry.kind == kind:
            return entry.path.format(**names)
    raise KeyError(kind)


def entries_of(spec: PackageSpec, edition: str) -> list[PackageEntry]:
    """The entries that an edition has; all of them for an edition that is not known."""
    return [entry for entry in spec.entries if edition in entry.editions or edition not in spec.editions]


def files_of_kind(opened: OpenedPackage, spec: PackageSpec, kind: str, names: Mapping[str, str] | None = None) -> list[str]:
    """The package's files that the profile's tree has for a kind, whatever code and name they carry; those that carry `names` first."""
    entries = [entry for entry in spec.entries if entry.kind == kind]
    files = [file for file in opened.files if any(_matches(file, entry.path.format(**_ANY)) for entry in entries)]
    own = {entry.path.format(**names) for entry in entries} if names else set()
    return sorted(files, key=lambda file: (file not in own, file))


def folders_of_kind(opened: OpenedPackage, spec: PackageSpec, kind: str, names: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """The package's folders of a kind with the files in them, whatever code and name they carry; those that carry `names` first."""
    patterns = [entry.path for entry in spec.entries if entry.kind == kind]
    found = [folder for folder in opened.folders if any(_matches(folder, pattern.format(**_ANY)) for pattern in patterns)]
    own = {pattern.format(**names) for pattern in patterns} if names else set()
    return {
        folder: [file for file in opened.files if file.rpartition("/")[0] == folder and not is_litter(file)]
        for folder in sorted(found, key=lambda folder: (folder not in own, folder))
    }


def is_litter(file: str) -> bool:
    """Whether a file is what a file manager, or a program that has a file open, leaves in a folder; it says nothing of the package."""
    name = file.rsplit("/", 1)[-1].lower()
    return name in _LITTER or is_lock(file)


def is_lock(file: str) -> bool:
    """Whether a file says that its neighbour is open in Office or LibreOffice."""
    return file.rsplit("/", 1)[-1].startswith(_LOCKS)


def check_tree(
    opened: OpenedPackage, spec: PackageSpec, edition: str, names: Mapping[str, str] | None, formal: bool
) -> list[PackageFinding]:
    """Findings (QC-1101): required entries that are missing, files and folders that have no place in the profile's tree.

    formal: whether what a formal package must have is missed too. names: as for `root_name`; None where nothing says them: then any
    code and name will do and the folder's own name is not judged.
    """
    exact = {key: glob.escape(value) for key, value in names.items()} if names else _ANY
    patterns = [(entry, entry.path.format(**exact)) for entry in entries_of(spec, edition)]
    findings = []
    for entry, pattern in patterns:
        present = opened.folders if _is_folder(entry) else opened.files
        if (entry.required or (formal and entry.formal)) and not any(_matches(path, pattern) for path in present):
            findings.append(PackageFinding(_RULE, pattern, "", Message("delivery.file_missing", {"path": pattern})))
    for path in opened.files:
        if is_litter(path):
            findings.append(PackageFinding(_RULE, path, "", Message("delivery.file_litter", {"file": path}), "C"))
        elif not any(_holds(entry, pattern, path) for entry, pattern in patterns):
            findings.append(PackageFinding(_RULE, path, "", Message("delivery.file_unknown", {"path": path})))
    parents = {pattern.rsplit("/", depth)[0] for _, pattern in patterns for depth in range(1, pattern.count("/") + 1)}
    for path in opened.folders:
        known = path in parents or any(_is_folder(entry) and _matches(path, pattern) for entry, pattern in patterns)
        known = known or any(entry.kind == "atlas" and _matches(path.rpartition("/")[0], pattern) for entry, pattern in patterns)
        if not known:
            findings.append(PackageFinding(_RULE, path, "", Message("delivery.file_unknown", {"path": path + "/"})))
    if names and opened.name and opened.name != root_name(spec, names):
        message = Message("delivery.root_name", {"found": opened.name, "expected": root_name(spec, names)})
        findings.append(PackageFinding(_RULE, opened.name, "", message, "C"))
    return findings


def check_names(opened: OpenedPackage, profile: Profile) -> list[PackageFinding]:
    """Findings (QC-1101) on paths longer than the rule's `max_path` characters, and on names that Windows cannot have."""
    setting = profile.rule(_RULE)
    longest = int(setting.values.get("max_path", 0)) if setting else 0
    findings = []
    for path in (*opened.files, *opened.folders):
        if longest and len(path) > longest:
            message = Message("delivery.path_long", {"path": f"{path[:80]}…", "length": len(path), "most": longest})
            findings.append(PackageFinding(_RULE, path, "", message, "B"))
        if _NOT_ON_WINDOWS.search(path.rsplit("/", 1)[-1]):
            findings.append(PackageFinding(_RULE, path, "", Message("delivery.path_illegal", {"path": path[:200]}), "B"))
    return findings


def check_files(opened: OpenedPackage, profile: Profile, whole: Profile) -> list[PackageFinding]:
    """Findings on files that cannot be opened (QC-1103), on sheets that a workbook lacks (QC-1201) or has and may not have (PK-03).

    profile: as the edition uses it; whole: with what the edition leaves out.
    """
    findings: list[PackageFinding] = []
    workbooks = files_of_kind(opened, profile.package, "workbook")
    sheets = [table.sheet or table.id for table in required_tables(profile)]
    left_out = {table.sheet or table.id for name, table in whole.tables.items() if name not in profile.tables}
    for folder, lists in folders_of_kind(opened, profile.package, "lists").items():
        findings += check_list_names(folder, lists, profile, whole)
    for file in (file for file in opened.files if not is_litter(file)):
        path, suffix = opened.root / file, Path(file).suffix.lower()
        try:
            if suffix == ".xlsx":
                findings += _check_sheets(path, file, sheets if file in workbooks else [], left_out)
            elif suffix == SUFFIX:
                read_list(path)
            elif suffix in (".html", ".json", ".txt"):
                path.read_text(encoding="utf-8-sig")
            elif suffix == ".docx":
                with _whole_archive(path) as archive:
                    archive.getinfo("word/document.xml")
                    _demand_well_formed(archive)
            elif suffix in _SIGNATURES:
                _demand_whole(path, *_SIGNATURES[suffix])
        except (*ZIP_FAULTS, KeyError, etree.XMLSyntaxError) as error:
            reason = str(error)[:200] or type(error).__name__
            findings.append(PackageFinding(UNREADABLE, file, "", Message("delivery.file_unreadable", {"file": file, "reason": reason})))
    return findings


def _check_sheets(path: Path, file: str, wanted: Sequence[str], left_out: Set[str]) -> list[PackageFinding]:
    with _whole_archive(path) as archive:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
        _demand_well_formed(archive)
    sheets = {str(sheet.get("name")) for sheet in book.iter(f"{_MAIN}sheet")}
    missing = [PackageFinding("QC-1201", file, sheet, Message("delivery.sheet_missing", {"sheet": sheet})) for sheet in wanted if sheet not in sheets]
    return missing + [
        PackageFinding("PK-03", file, sheet, Message("delivery.sheet_not_for_edition", {"sheet": sheet})) for sheet in sorted(sheets & left_out)
    ]


@contextmanager
def _whole_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """An archive of which every member can be read; ValueError where it would be too big, BadZipFile where a member is damaged."""
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > _MAX_PART_BYTES:
            raise ValueError("> 256 MB")
        damaged = archive.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(damaged)
        yield archive


def _demand_well_formed(archive: zipfile.ZipFile) -> None:
    """XMLSyntaxError where a part of an Office file is no XML: nobody could open it there, and nothing of it would be compared."""
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".rels")):
            with archive.open(name) as stream:
                for _, element in etree.iterparse(stream, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False):
                    element.clear()


def _demand_whole(path: Path, start: bytes, end: bytes) -> None:
    """ValueError where a file does not begin as its kind does, or breaks off."""
    with path.open("rb") as stream:
        if not stream.read(8).startswith(start):
            raise ValueError(path.suffix)
        stream.seek(max(0, path.stat().st_size - _END_BYTES))
        if end not in stream.read():
            raise ValueError(f"{path.suffix} …")


def _is_folder(entry: PackageEntry) -> bool:
    return entry.kind == "folder" or entry.kind in _FOLDER_KINDS


def _holds(entry: PackageEntry, pattern: str, file: str) -> bool:
    """Whether a file has its place in an entry."""
    if entry.kind == "atlas":
        return _matches(file.rpartition("/")[0].rpartition("/")[0], pattern)
    if entry.kind in _FOLDER_KINDS:
        return _matches(file.rpartition("/")[0], pattern)
    return entry.kind != "folder" and _matches(file, pattern)


def _matches(path: str, pattern: str) -> bool:
    """Whether a path fits a pattern; * stays within one folder's name."""
    if path.count("/") != pattern.count("/"):
        return False
    return all(fnmatch.fnmatchcase(part, wanted) for part, wanted in zip(path.split("/"), pattern.split("/")))
