"""Builds the plugin folder that QGIS, qgis_process and the tests load, and the zip that is handed out."""

from __future__ import annotations

import argparse
import configparser
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tools import manual

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = "village_planner"
SHARED_FILES = ("metadata.txt", "icons", "resources", "LICENSE")
MADE_FOLDERS = ("i18n", "manual")
NOT_SHIPPED_FOLDERS = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
NOT_SHIPPED_SUFFIXES = {".pyc", ".pyo", ".ts", ".orig", ".rej", ".swp"}
EARLIEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def stage(target: Path) -> None:
    """Make `target` the plugin folder: links into the checkout, the compiled translations and the manual.

    Only what differs is touched, so that a running QGIS keeps its files.
    """
    target.mkdir(parents=True, exist_ok=True)
    wanted = {child.name: child for child in sorted((ROOT / PLUGIN).iterdir()) if child.name not in NOT_SHIPPED_FOLDERS}
    wanted.update({name: ROOT / name for name in SHARED_FILES})
    for present in target.iterdir():
        if present.name not in wanted and present.name not in {*MADE_FOLDERS, "__pycache__"}:
            _remove(present)
    for name, source in wanted.items():
        _link(source, target / name)
    _compile_translations(target / "i18n")
    manual.build(target / "manual")


def make_zip(staged: Path, folder: Path) -> Path:
    """Write the staged plugin to `folder`/village_planner-<version>.zip, the same bytes from the same files, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{PLUGIN}-{plugin_version()}.zip"
    partial = target.with_suffix(".part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in shipped_files(staged):
            entry = zipfile.ZipInfo(name, EARLIEST_ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    partial.replace(target)
    return target


def shipped_files(staged: Path) -> Iterator[tuple[str, Path]]:
    """Name in the zip and path of every file that is handed out, in the order of their names."""
    found = []
    for folder, folders, files in os.walk(staged, followlinks=True):
        folders[:] = [name for name in folders if name not in NOT_SHIPPED_FOLDERS and not name.startswith(".")]
        for name in files:
            path = Path(folder) / name
            if path.suffix not in NOT_SHIPPED_SUFFIXES and not name.startswith("."):
                found.append((f"{PLUGIN}/{path.relative_to(staged).as_posix()}", path))
    return iter(sorted(found))


def plugin_version() -> str:
    """Version of the plugin as metadata.txt states it."""
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    return metadata["general"]["version"]


def lrelease_command() -> str:
    """Path of Qt's lrelease; Debian keeps it outside PATH."""
    for name in ("/usr/lib/qt5/bin/lrelease", "/usr/lib/qt6/bin/lrelease", "lrelease", "lrelease-qt5"):
        command = shutil.which(name)
        if command:
            return command
    raise FileNotFoundError("lrelease is not installed: run `make setup`")


def _compile_translations(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    sources = {path.stem: path for path in sorted((ROOT / "resources" / "i18n").glob("*.ts"))}
    for present in folder.iterdir():
        if present.stem not in sources:
            present.unlink()
    for stem, source in sources.items():
        target = folder / f"{stem}.qm"
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            subprocess.run([lrelease_command(), "-silent", str(source), "-qm", str(target)], check=True)


def _link(source: Path, target: Path) -> None:
    wanted = os.path.relpath(source, target.parent)
    if target.is_symlink() and os.readlink(target) == wanted:
        return
    if target.is_symlink() or target.exists():
        _remove(target)
    target.symlink_to(wanted)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def main() -> None:
    """Stage the plugin; with --zip write the zip as well and print its path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zip", action="store_true", help="write dist/village_planner-<version>.zip as well")
    arguments = parser.parse_args()
    staged = ROOT / "build" / "plugins" / PLUGIN
    stage(staged)
    if arguments.zip:
        sys.stdout.write(f"{make_zip(staged, ROOT / 'dist').relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
