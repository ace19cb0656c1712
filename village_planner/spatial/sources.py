"""Opening a planner's files for reading only: nothing is ever written beside them, whatever GDAL would like to write."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import zipfile
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Iterator

from osgeo import gdal, ogr

from village_planner.base.errors import InputError
from village_planner.base.messages import Message
from village_planner.spatial.encoding import zip_member_name

_DRIVERS = ("ESRI Shapefile", "GPKG", "OpenFileGDB", "GeoJSON", "GML")
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_READABLE = (".shp", ".dbf", ".gpkg", ".gdb", ".geojson", ".json", ".gml")
_GDB_TABLES = (".gdbtable", ".gdbtablx")
_SQLITE_WAL_VERSION = b"\x02\x02"
_LARGEST_ZIP_CONTENT_BYTES = 8 * 1024**3


@dataclass(frozen=True)
class OpenLayer:
    """A layer of an open source.

    name: as the planner sees it; is_dbf: text comes as raw bytes shown as Latin-1, to be decoded by who reads; driver:
    GDAL's name of the format.
    """

    name: str
    layer: ogr.Layer
    is_dbf: bool
    driver: str
    notes: tuple[Message, ...]


@contextmanager
def open_layers(path: str | Path) -> Iterator[list[OpenLayer]]:
    """The layers and tables of a file or .gdb folder, or of everything readable in a .zip, open for reading.

    Works on a temporary copy where GDAL would write beside the source: a shapefile without .shx, GML (its .gfs), a
    GeoPackage with a write-ahead log. A shapefile may be named by its .dbf or .shx. Raises InputError when there is no such
    file, nothing in it can be read, or it is a file within a .gdb folder.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(Message("spatial.file_missing", {"file": str(path)}))
    if path.suffix.lower() in _GDB_TABLES:
        # GDAL opens a FileGDB's table by itself; the same layer would then be two sources.
        raise InputError(Message("spatial.inside_gdb", {"file": path.name, "folder": path.absolute().parent.name}))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="village_planner_")))
        # Datasets must outlive their layers, and close before the temporary folder goes.
        datasets: list[gdal.Dataset] = []
        layers: list[OpenLayer] = []
        try:
            if path.suffix.lower() == ".zip":
                layers.extend(_open_zip(path, folder, datasets))
            else:
                datasets.append(_open(path, folder / "copy", path))
                layers.extend(_layers_of(datasets[0], path))
            yield layers
        finally:
            layers.clear()
            datasets.clear()


@contextmanager
def gdal_errors() -> Iterator[list[str]]:
    """Collect what GDAL reports as failure, instead of letting it reach stderr."""
    errors: list[str] = []

    def note(error_class: int, _number: int, text: str) -> None:
        if error_class >= gdal.CE_Failure:
            errors.append(text)

    gdal.PushErrorHandler(note)
    try:
        yield errors
    finally:
        gdal.PopErrorHandler()


def _open_zip(path: Path, folder: Path, datasets: list[gdal.Dataset]) -> list[OpenLayer]:
    """The layers of every readable member; a name that occurs twice gets its member's path before it."""
    layers: list[tuple[Path, OpenLayer]] = []
    failures: list[InputError] = []
    for number, member in enumerate(_unzipped(path, folder)):
        try:
            dataset = _open(member, folder / f"copy{number}", member)
        except InputError as error:
            failures.append(error)
            continue
        datasets.append(dataset)
        layers += [(member.relative_to(folder / "zip"), layer) for layer in _layers_of(dataset, member)]
    if failures and not layers:
        raise failures[0]
    seen = Counter(layer.name for _, layer in layers)
    notes = tuple(failure.message for failure in failures)
    return [
        replace(
            layer,
            name=f"{member.as_posix()}/{layer.name}" if seen[layer.name] > 1 else layer.name,
            notes=(*layer.notes, *notes),
        )
        for member, layer in layers
    ]


def _unzipped(path: Path, folder: Path) -> list[Path]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > _LARGEST_ZIP_CONTENT_BYTES:
                raise InputError(Message("spatial.zip_too_large", {"file": path.name}))
            for entry in entries:
                target = folder / "zip" / _safe_name(entry)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        # RuntimeError: the archive asks for a password; NotImplementedError: an unknown compression.
        raise InputError(Message("spatial.zip_unreadable", {"file": path.name, "detail": str(error)[:200]})) from error
    found = sorted((folder / "zip").rglob("*")) if (folder / "zip").is_dir() else []
    members = [member for member in found if _is_member(member)]
    if not members:
        raise InputError(Message("spatial.zip_without_layers", {"file": path.name}))
    return members


def _safe_name(entry: zipfile.ZipInfo) -> Path:
    parts = [part.replace(":", "_") for part in zip_member_name(entry).split("/") if part not in ("", ".", "..")]
    return Path(*parts)


def _is_member(member: Path) -> bool:
    suffix = member.suffix.lower()
    if suffix not in _READABLE or any(parent.suffix.lower() == ".gdb" for parent in member.parents):
        return False
    if suffix == ".gdb":
        return member.is_dir()
    beside = {other.name.lower() for other in member.parent.iterdir()}
    return member.is_file() and not (suffix == ".dbf" and f"{member.stem}.shp".lower() in beside)


def _open(path: Path, copy_folder: Path, source: Path) -> gdal.Dataset:
    if path.is_dir() and path.suffix.lower() != ".gdb":
        raise InputError(Message("spatial.format_not_supported", {"file": source.name}))
    try:
        readable = _harmless(path, copy_folder)
        options = ["ENCODING=ISO-8859-1"] if _is_dbase(path) else []
        if path.suffix.lower() == ".gpkg" and readable == path and _is_in_wal_mode(path):
            options = ["IMMUTABLE=YES"]
    except (OSError, sqlite3.Error) as error:
        raise InputError(Message("spatial.file_unreadable", {"file": source.name, "detail": str(error)[:200]})) from error
    # The configuration is the thread's own: other plugins live in the same process.
    restore = gdal.GetThreadLocalConfigOption("SHAPE_RESTORE_SHX", None)
    gdal.SetThreadLocalConfigOption("SHAPE_RESTORE_SHX", "YES" if readable != path else "NO")
    with gdal_errors() as errors:
        try:
            flags = gdal.OF_VECTOR | gdal.OF_READONLY
            dataset = gdal.OpenEx(str(readable), flags, allowed_drivers=list(_DRIVERS), open_options=options)
        except RuntimeError as error:
            # Raised instead of returning None when somebody in the process called UseExceptions().
            if "not recognized as" not in str(error):
                errors.append(str(error))
            dataset = None
        finally:
            gdal.SetThreadLocalConfigOption("SHAPE_RESTORE_SHX", restore)
    if dataset is None:
        if not [text for text in errors if "not recognized as" not in text]:
            raise InputError(Message("spatial.format_not_supported", {"file": source.name}))
        raise InputError(Message("spatial.file_unreadable", {"file": source.name, "detail": errors[-1][:200]}))
    return dataset


def _harmless(path: Path, folder: Path) -> Path:
    """The path itself, or that of a copy where reading it in place would write beside it."""
    suffix = path.suffix.lower()
    if suffix == ".gpkg" and _part(path, f"{path.name}-shm") is not None:
        return _backed_up(path, folder)
    if suffix == ".gpkg" and _part(path, f"{path.name}-wal") is not None:
        return _copied(path, folder, (path.name, f"{path.name}-wal"))
    if suffix == ".gml":
        return _copied(path, folder, (path.name, f"{path.stem}.xsd", f"{path.stem}.gfs"))
    if _lacks_index(path):
        return _copied(path, folder, tuple(path.stem + part for part in _SHAPEFILE_PARTS))
    return path


def _lacks_index(path: Path) -> bool:
    if path.suffix.lower() not in (".shp", ".dbf") or _part(path, f"{path.stem}.shx") is not None:
        return False
    return _part(path, f"{path.stem}.shp") is not None


def _backed_up(path: Path, folder: Path) -> Path:
    """A copy by SQLite itself: somebody has the GeoPackage open, and plain reading would drop QGIS's locks and could
    catch a checkpoint half done."""
    folder.mkdir(parents=True)
    target = folder / path.name
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    return target


def _copied(path: Path, folder: Path, names: tuple[str, ...]) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        part = _part(path, name)
        if part is not None:
            shutil.copyfile(part, folder / name)
    return folder / path.name if (folder / path.name).exists() else folder / names[0]


def _part(path: Path, name: str) -> Path | None:
    """The file of that name beside the path, whatever the case of its letters."""
    exact = path.with_name(name)
    if exact.is_file():
        return exact
    return next((other for other in path.parent.iterdir() if other.name.lower() == name.lower()), None)


def _is_dbase(path: Path) -> bool:
    return path.suffix.lower() in (".shp", ".dbf", ".shx")


def _is_in_wal_mode(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(20)[18:] == _SQLITE_WAL_VERSION


def _layers_of(dataset: gdal.Dataset, member: Path) -> list[OpenLayer]:
    notes: tuple[Message, ...] = ()
    if _lacks_index(member):
        notes = (Message("spatial.shx_rebuilt", {"file": member.name}),)
    layers = [dataset.GetLayer(number) for number in range(dataset.GetLayerCount())]
    is_dbf = _is_dbase(member)
    # GDAL names a shapefile's layer by its path, of which a copy in another case keeps nothing.
    driver = dataset.GetDriver().ShortName
    return [OpenLayer(member.stem if is_dbf else layer.GetName(), layer, is_dbf, driver, notes) for layer in layers]
