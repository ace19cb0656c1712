"""A file is finished in a hidden folder beside its place and then moved there: whatever breaks off leaves the place as it was."""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from village_planner.base import PlanFileError
from village_planner.plan.connection import is_writable


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """Give a path of the same file name to write to, which is gone afterwards; raises PlanFileError where the folder is read-only."""
    if not is_writable(target):
        raise PlanFileError("plan.read_only", file=target.name)
    folder = target.with_name(f".{uuid.uuid4().hex}")
    folder.mkdir()
    try:
        yield folder / target.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(staged: Path, target: Path) -> None:
    """Move a finished file over `target`; raises OSError.

    The journal that a killed program left beside the old file goes first: SQLite would roll it back into the new one.
    """
    for suffix in ("-journal", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    os.replace(staged, target)
