"""Keeps the profile of a plan beside the plan file, where it does not ship with the program."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from village_planner.base import InputError, resource
from village_planner.standards.loading import PROFILES, load_profile, profile_chain

_EARLIER = ".earlier"


@contextmanager
def profile_kept(profile: str | Path, plan_folder: Path, replace: bool = False) -> Iterator[None]:
    """Copy a profile's folder, and those of the profiles that it extends, into `profiles` of a plan's folder; taken back when the block raises.

    profile: id or folder; what ships with the program is not copied. replace: another edition that lies there makes way.
    Raises InputError where another edition lies there and may not be replaced, or where it cannot be copied.
    """
    copies = _missing_copies(profile, plan_folder / PROFILES)
    for target in copies.values():
        if target.exists() and not replace:
            raise InputError("standards.other_edition", profile=target.name, folder=str(target))
    try:
        for folder, target in copies.items():
            _put(folder, target)
        yield
    except BaseException:
        for target in copies.values():
            _take_back(target)
        raise
    for target in copies.values():
        shutil.rmtree(_earlier(target), ignore_errors=True)


def _missing_copies(profile: str | Path, profiles: Path) -> dict[Path, Path]:
    """Folder → where it belongs, for each profile of the chain that neither ships nor lies there already."""
    source = Path(profile)
    if not (source / "profile.json").is_file():
        return {}
    chain = [folder for folder in profile_chain(source) if folder.resolve().parent != resource("profiles").resolve()]
    # The plan names the first by its id; each other one is named by who extends it: by its folder.
    names = [load_profile(source).id, *(folder.name for folder in chain[1:])][: len(chain)]
    if len(set(names)) < len(names):
        raise InputError("standards.same_id", profile=names[0])
    wanted = {folder: profiles / name for folder, name in zip(chain, names)}
    return {folder: target for folder, target in wanted.items() if not target.is_dir() or _files(target) != _files(folder)}


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _put(folder: Path, target: Path) -> None:
    try:
        if target.exists():
            target.rename(_earlier(target))
        shutil.copytree(folder, target)
    except OSError as error:
        raise InputError("standards.not_kept", folder=str(target), detail=str(error)[:200]) from error


def _take_back(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if _earlier(target).exists():
        _earlier(target).rename(target)
    elif target.parent.is_dir() and not any(target.parent.iterdir()):
        target.parent.rmdir()


def _earlier(target: Path) -> Path:
    return target.with_name(f".{target.name}{_EARLIER}")
