"""Documents that were attached to steps, votes and waivers, copied into the package by edition; what cannot be copied is told."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any, Mapping, Sequence

from village_planner.base import Message
from village_planner.delivery.fields import shortened
from village_planner.delivery.findings import PackageFinding
from village_planner.plan.data import PlanData, plain
from village_planner.standards import PackageEntry

RULE = "PK-04"
_KIND = "attachment"
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_LONGEST = 100
_MAX_BYTES = 512 << 20
_OTHER = "*"
_REASONS = tuple(f"delivery.attachment.{why}" for why in ("no_link", "gone", "too_big", "unreadable", "changed"))


def copy_attachments(root: Path, data: PlanData, entries: Sequence[PackageEntry], names: Mapping[str, str], plan_folder: Path) -> list[dict[str, str]]:
    """Copy the documents of table `evidence` to where the edition's entries put them; return what could not be copied.

    entries: of the edition; a document of something that no entry takes is not of this edition. plan_folder: where links begin.
    Each item returned: title, file ('' without a link), reason (code of a message). Raises OSError where the package cannot be written.
    """
    lacking: list[dict[str, str]] = []
    taken: set[str] = set()
    for row in data.evidence.sort_values(["subject_table", "code"]).itertuples(index=False):
        entry = _entry_of(row, data, entries)
        if entry is None:
            continue
        content, reason = _content(row, plan_folder)
        link = str(plain(row.path) or "")
        if content is None:
            lacking.append({"title": str(row.title), "file": Path(link.replace("\\", "/")).name, "reason": reason})
            continue
        path = root / _free_path(entry.path.format(**names), str(row.title), link, taken)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return lacking


def check_attachments(lacking: Sequence[Mapping[str, str]], file: str) -> list[PackageFinding]:
    """Findings (PK-04) for the documents that the manifest says could not be put into the package."""
    return [
        PackageFinding(RULE, file, item["title"][:120], Message("delivery.attachment_lacking", {
            "title": shortened(item["title"]), "file": shortened(item["file"]) or "—",
            "reason": Message(item["reason"] if item["reason"] in _REASONS else "delivery.attachment.gone"),
        }))
        for item in lacking
    ]


def _entry_of(row: Any, data: PlanData, entries: Sequence[PackageEntry]) -> PackageEntry | None:
    wanted = str(row.subject_table)
    if wanted == "approval_step":
        key = plain(row.subject_key)
        code = key.get("code") if isinstance(key, dict) else key
        statuses = data.approval_step.loc[data.approval_step["code"] == code, "to_status"]
        wanted = f"approval_step/{statuses.iloc[0]}" if len(statuses) else wanted
    takers = [entry for entry in entries if entry.kind == _KIND]
    exact = next((entry for entry in takers if wanted in entry.takes), None)
    return exact or next((entry for entry in takers if _OTHER in entry.takes and _is_unclaimed(wanted)), None)


def _is_unclaimed(wanted: str) -> bool:
    """Whether a document is of the other ones: votes, waivers and steps have places of their own, or none in this edition."""
    return wanted not in ("consent", "waiver") and not wanted.startswith("approval_step")


def _content(row: Any, plan_folder: Path) -> tuple[bytes | None, str]:
    """The document's bytes, or None and why: its own copy in the plan, else the linked file as it was when it was attached."""
    own = plain(row.content)
    if own is not None:
        return bytes(own), ""
    link = plain(row.path)
    if not link:
        return None, "delivery.attachment.no_link"
    path = plan_folder / str(link)
    try:
        if not path.is_file():
            return None, "delivery.attachment.gone"
        if path.stat().st_size > _MAX_BYTES:
            return None, "delivery.attachment.too_big"
        content = path.read_bytes()
    except OSError:
        return None, "delivery.attachment.unreadable"
    stated = plain(row.sha256)
    if stated and hashlib.sha256(content).hexdigest() != str(stated).lower():
        return None, "delivery.attachment.changed"
    return content, ""


def _free_path(pattern: str, title: str, link: str, taken: set[str]) -> str:
    """A path in the package that fits the entry's pattern: its * stands for the title; a number keeps equal titles apart."""
    folder, _, stem = pattern.rpartition("/")
    suffix = Path(link).suffix[:12] or (Path(title).suffix if len(Path(title).suffix) <= 5 else "")
    name = _NOT_IN_NAMES.sub("_", title.removesuffix(suffix)).strip(" .")[:_LONGEST] or "附件"
    fixed = stem.rstrip("*")
    base = name if name.startswith(fixed) else f"{fixed}_{name}"
    number = 1
    path = f"{folder}/{base}{_NOT_IN_NAMES.sub('_', suffix)}"
    while path.lower() in taken:
        number += 1
        path = f"{folder}/{base}（{number}）{_NOT_IN_NAMES.sub('_', suffix)}"
    taken.add(path.lower())
    return path
