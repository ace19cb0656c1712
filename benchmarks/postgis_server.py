"""A PostgreSQL server of the benchmark's own, on loopback, with its data under build/bench."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from benchmarks.county import ROOT
from benchmarks.measuring import KINDS, PATCHES

_PORT = 54329
_DATA = ROOT / "postgres"
_CONNECTION = f"host=127.0.0.1 port={_PORT} user=postgres"


@contextmanager
def server() -> Iterator[bool]:
    """Run the server over the block; False where PostgreSQL with PostGIS is not installed."""
    programs = _programs()
    if programs is None:
        yield False
        return
    if not (_DATA / "PG_VERSION").exists():
        shutil.rmtree(_DATA, ignore_errors=True)
        _DATA.mkdir(parents=True)
        if os.getuid() == 0:
            shutil.chown(_DATA, "postgres", "postgres")
        _run(programs / "initdb", "-D", _DATA, "-U", "postgres", "-A", "trust", "--no-sync")
    # As PostgreSQL comes, but for what a server of 2 GB would be given.
    options = f"-p {_PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=256MB -c work_mem=64MB -c fsync=off"
    # A query whose client was broken off shall end.
    options += " -c client_connection_check_interval=1000"
    _run(programs / "pg_ctl", "-D", _DATA, "-w", "-l", _DATA / "log", "-o", options, "start")
    try:
        yield True
    finally:
        _run(programs / "pg_ctl", "-D", _DATA, "-m", "fast", "stop")


def database_of(file: Path) -> str:
    """How to connect to the database with the layers of a GeoPackage, made where it is not there."""
    import psycopg2

    name = f"{file.parent.name}-{file.stem}"
    connection = psycopg2.connect(f"{_CONNECTION} dbname=postgres")
    connection.autocommit = True
    found = f"{_CONNECTION} dbname={name}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}"')
            _fill(found, file)
    connection.close()
    return found


def _fill(connection: str, file: Path) -> None:
    import psycopg2

    with psycopg2.connect(connection) as created, created.cursor() as cursor:
        cursor.execute("CREATE EXTENSION postgis")
    for layer in (PATCHES, *KINDS):
        subprocess.run(["ogr2ogr", "-f", "PostgreSQL", f"PG:{connection}", str(file), layer, "-lco", "GEOMETRY_NAME=geom"], check=True)
    analysed = psycopg2.connect(connection)
    analysed.autocommit = True
    with analysed.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    analysed.close()


def _programs() -> Path | None:
    """Folder of the newest PostgreSQL that has PostGIS."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if Path(f"/usr/share/postgresql/{folder.parent.name}/extension/postgis.control").exists():
            return folder
    return None


def _run(program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    user = "postgres" if os.getuid() == 0 else None
    # The server would keep a pipe open.
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, group=user)
