"""Evidence (附件): a document that stands behind a record of the plan, linked by its hash and copied in on wish."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

from village_planner.base import InputError
from village_planner.plan.transaction import Transaction

LARGEST_COPY_BYTES = 10_000_000
"""What may be copied into the plan file: it is mailed and carried on sticks."""


@dataclass(frozen=True)
class Evidence:
    """A file that stands behind a record.

    title: None takes the file's name. copied: keep its content in the plan file too, else the link and its hash only.
    """

    path: Path
    title: str | None = None
    copied: bool = False


def attach(tx: Transaction, subject_table: str, subject_key: Mapping[str, Any], evidence: Evidence, folder: Path) -> str:
    """Keep a file as evidence of a record and return the evidence's code.

    folder: that of the plan file; a file in or under it is linked relative to it, so that both can be moved together.
    Raises InputError where the file cannot be read, or is too big to be copied in.
    """
    path = evidence.path.absolute()
    try:
        size = path.stat().st_size
        if evidence.copied and size > LARGEST_COPY_BYTES:
            raise InputError("plan.evidence_too_big", file=path.name, mb=f"{size / 1e6:.0f}", limit=f"{LARGEST_COPY_BYTES / 1e6:.0f}")
        content = path.read_bytes() if evidence.copied else None
        sha256 = hashlib.sha256(content).hexdigest() if content is not None else _file_sha256(path)
    except OSError as error:
        raise InputError("plan.evidence_unreadable", file=path.name, detail=error.strerror or str(error)) from error
    code = f"E{uuid.uuid4().hex}"
    tx.insert("evidence", [{
        "code": code, "subject_table": subject_table, "subject_key": dict(subject_key), "title": evidence.title or path.name,
        "path": _link(path, folder.absolute()), "sha256": sha256, "content": content,
    }])  # fmt: skip
    return code


def _link(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
