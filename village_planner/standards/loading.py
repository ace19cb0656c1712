"""Finds a profile folder, merges what it extends, and refuses a wrong one with file, key and expectation."""

from __future__ import annotations

import os
import re
from collections.abc import Hashable
from functools import lru_cache
from pathlib import Path

from village_planner.base import InputError, resource
from village_planner.standards.merging import Merged
from village_planner.standards.profile import Profile
from village_planner.standards.reading import read_json, wrong_key

DEFAULT_PROFILE = "layout-2035"
PROFILES = "profiles"
_PACKAGE = "package.json"
_ID = re.compile(r"[^\\/:*?\"<>|\s.][^\\/:*?\"<>|\n]*")


def profile_ids(folder: Path | None = None) -> list[str]:
    """Return the ids of the profiles in `folder` (default: those that ship with the plugin) by which a package can be made."""
    return [profile_id for profile_id in all_profile_ids(folder) if _has_package((folder or resource("profiles")) / profile_id)]


def all_profile_ids(folder: Path | None = None) -> list[str]:
    """Return the ids of the profiles in `folder` (default: the shipped), also of those on which others only stand."""
    root = folder or resource("profiles")
    return sorted(path.parent.name for path in root.glob("*/profile.json"))


def load_profile(profile: str | Path = DEFAULT_PROFILE, beside: Path | None = None, base: bool = False) -> Profile:
    """Load a shipped profile by id, or any profile by the path of its folder.

    beside: folder of a plan; `profile` is then an id, looked for in its `profiles` folder, then among the shipped.
    base: also one that describes no package, on which others stand.
    A profile that `extends` another takes every value, rule, input field, code list, layer and
    table that it neither holds itself nor leaves out (`without`); the parent is looked for beside it, then among the shipped.
    Raises InputError naming file and key where something is missing or wrong.
    """
    folder = _find(profile) if beside is None else _find_beside(str(profile), beside)
    chain = profile_chain(folder)
    own = read_json(folder / "profile.json", "profile")
    if not _ID.fullmatch(own["id"]):
        raise wrong_key(folder / "profile.json", "id", "A-Z a-z 0-9 -", own["id"])
    if not base and not any((part / _PACKAGE).is_file() for part in chain):
        raise InputError("standards.no_package", profile=folder.name)
    return _merged(tuple(chain), tuple(map(_state, chain)))


def profile_chain(folder: Path) -> list[Path]:
    """Return the folder of a profile and of every one that it extends, the nearest first. Raises InputError for a missing one or a circle."""
    chain = [folder]
    while True:
        parent = read_json(chain[-1] / "profile.json", "profile").get("extends")
        if not parent:
            return chain
        beside = chain[-1].parent / str(parent)
        found = beside if (beside / "profile.json").is_file() else _find(str(parent))
        if found in chain:
            raise InputError("standards.circle", profile=folder.name, parent=str(parent))
        chain.append(found)


@lru_cache(maxsize=16)
def _merged(chain: tuple[Path, ...], states: tuple[Hashable, ...]) -> Profile:
    """The profile of a chain of folders, read once as long as their files are the same ones: profiles are asked for at every step."""
    return Merged(list(chain)).profile()


def _state(folder: Path) -> Hashable:
    """What tells the files of a folder from those of an earlier moment."""
    files = []
    for place, _, names in os.walk(folder):
        for name in names:
            stat = os.stat(os.path.join(place, name))
            files.append((place, name, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return tuple(sorted(files))


def _has_package(folder: Path) -> bool:
    return any((part / _PACKAGE).is_file() for part in profile_chain(folder))


def _find_beside(profile_id: str, plan_folder: Path) -> Path:
    """The folder of a plan's profile. The id comes out of a file that anybody may have written: it may not lead elsewhere."""
    for root in (plan_folder / PROFILES, resource("profiles")):
        if _ID.fullmatch(profile_id) and (root / profile_id / "profile.json").is_file():
            return root / profile_id
    raise InputError(
        "standards.no_profile_beside", profile=profile_id[:60], folder=str(plan_folder / PROFILES), known="、".join(profile_ids())
    )


def _find(profile: str | Path) -> Path:
    path = Path(profile)
    if (path / "profile.json").is_file():
        return path
    shipped = resource("profiles", str(profile))
    if (shipped / "profile.json").is_file():
        return shipped
    raise InputError("standards.no_profile", profile=str(profile), known="、".join(profile_ids()))
