"""Explanations of findings (例外说明) as functions over a transaction, with the documents that prove them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from village_planner.base import Refused
from village_planner.plan.evidence import Evidence, attach
from village_planner.plan.transaction import Transaction

SUBJECT = "waiver"


def save_waiver(tx: Transaction, row: Mapping[str, Any], document: Evidence | None = None) -> None:
    """Explain a finding, or change its explanation: a reviewer's acceptance of the one before is gone then.

    row: finding_key, finding_digest, reason, person, date (ISO), evidence (text, may be null: then the document's name).
    document: is added to those that the explanation has. Raises InputError for a document that cannot be read or is too big to be copied in.
    """
    key = {"finding_key": row["finding_key"]}
    evidence = row.get("evidence") or (document.path.name if document else None)
    tx.upsert(SUBJECT, [{**row, "evidence": evidence, "accepted_by": None, "accepted_at": None}])
    if document is not None:
        attach(tx, SUBJECT, key, document, tx.folder)


def remove_waiver(tx: Transaction, finding_key: str) -> None:
    """Take an explanation back with its documents; one that is not there is no fault."""
    tx.delete("evidence", {"subject_table": SUBJECT, "subject_key": {"finding_key": finding_key}})
    tx.delete(SUBJECT, {"finding_key": finding_key})


def accept_waiver(tx: Transaction, finding_key: str, finding_digest: str, reviewer: str, date: str) -> None:
    """Record that a reviewer accepts an explanation. Raises Refused where it is not about what is found now (`finding_digest`)."""
    held = tx.select(SUBJECT, finding_key=finding_key)
    if not held or held[0]["finding_digest"] != finding_digest:
        raise Refused("plan.no_waiver_to_accept")
    tx.update(SUBJECT, {"finding_key": finding_key}, accepted_by=reviewer, accepted_at=date)


def take_acceptance_back(tx: Transaction, finding_key: str) -> None:
    """Undo a reviewer's acceptance; the explanation stays."""
    tx.update(SUBJECT, {"finding_key": finding_key}, accepted_by=None, accepted_at=None)


def document_state(path: str | None, sha256: str | None, folder: Path) -> str:
    """Whether a linked document is as it was: `same`, `changed`, `gone`; `unread` where it cannot be read. folder: of the plan file."""
    file = folder / (path or "")
    if not path or not file.is_file():
        return "gone"
    try:
        return "same" if hashlib.sha256(file.read_bytes()).hexdigest() == sha256 else "changed"
    except OSError:
        return "unread"
