"""Puts a finished package where it belongs: an earlier one is replaced in one step or stays, what others made is never lost."""

from __future__ import annotations

import errno
import glob
import os
import shutil
from pathlib import Path

from village_planner.base import Feedback, InputError, Message, Refused
from village_planner.delivery.manifest import file_entries, read_manifest
from village_planner.delivery.tree import is_litter, is_lock

_REASONS = {
    **dict.fromkeys((errno.EACCES, errno.EPERM), "delivery.reason.denied"), errno.EROFS: "delivery.reason.read_only",
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "delivery.reason.disk_full"),
}


def recover(target: Path, feedback: Feedback) -> None:
    """Clear away what a run left behind that was killed while it put its package in place; an earlier package is put back."""
    for staging in target.parent.glob(f"{glob.escape(staging_prefix(target))}*"):
        aside = staging / target.name
        if not aside.is_dir():
            continue
        if not os.path.lexists(target):
            try:
                os.rename(aside, target)
            except OSError as error:
                raise not_writable(target.parent, error) from error
            feedback.say(Message("delivery.recovered", {"folder": target.name}))
        shutil.rmtree(staging, ignore_errors=True)


def not_writable(folder: Path, error: OSError) -> InputError:
    """The error that says in words why a folder cannot be written."""
    reason = _REASONS.get(error.errno or 0)
    return InputError("delivery.folder_not_writable", folder=str(folder), reason=Message(reason) if reason else error.strerror or str(error))


def staging_prefix(target: Path) -> str:
    """How the names of staging folders for a target begin."""
    return f".{target.name[:40]}."


def check_target(target: Path, guid: str) -> None:
    """Refuse a target that is not a package of this plan as it was written: what is in it would be lost."""
    if not os.path.lexists(target):
        return
    manifest = read_manifest(target) if target.is_dir() and not target.is_symlink() else None
    if manifest is None:
        raise Refused("delivery.target_foreign", folder=target.name)
    if manifest.plan.get("guid") != guid:
        raise Refused("delivery.target_other_plan", folder=target.name)
    added = sorted(entry.path for entry in set(file_entries(target)) - set(manifest.files))
    locks = [file for file in added if is_lock(file)]
    if locks:
        raise Refused("delivery.target_open", folder=target.name, file=locks[0])
    changed = [file for file in added if not is_litter(file)]
    if changed:
        raise Refused("delivery.target_changed", folder=target.name, count=len(changed), first=changed[0])


def swap(root: Path, target: Path, aside: Path) -> None:
    """Put the new package in the place of the old one; if that fails the old one is put back."""
    replaced = os.path.lexists(target)
    if replaced:
        os.rename(target, aside)
    try:
        os.rename(root, target)
    except OSError:
        if replaced:
            os.rename(aside, target)
        raise
