"""Parameters that come as text: lists with commas, target years, field maps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from village_planner.base import InputError


def listed(text: str) -> list[str]:
    """Split at commas, Chinese ones too; blanks are dropped."""
    return [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]


def phases(text: str) -> tuple[int, ...]:
    """Target years such as ``2025,2035``; raises InputError for what is no year."""
    years = listed(text)
    for year in years:
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            raise InputError("processing.bad_phases", text=text, part=year)
    return tuple(int(year) for year in years)


def make_folder(folder: Path) -> None:
    """Make a folder that the user named as target; raises InputError where that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("processing.no_folder", folder=str(folder), reason=error.strerror or str(error)) from error


def field_map(text: str | None) -> dict[str, dict[str, str]]:
    """A field map given as a .json file or as JSON text: input → field → heading. None is an empty map.

    Raises InputError where it cannot be read or has another shape.
    """
    if text is None:
        return {}
    source = "FIELD_MAP"
    try:
        if not text.lstrip().startswith("{"):
            source = Path(text).name
            text = Path(text).read_text(encoding="utf-8-sig")
        content: Any = json.loads(text)
    except (OSError, ValueError) as error:
        raise InputError("processing.bad_field_map", source=source, reason=str(error)) from error
    if not isinstance(content, dict) or not all(isinstance(fields, dict) for fields in content.values()):
        raise InputError("processing.bad_field_map", source=source, reason='{"roster": {"code": "…"}}')
    return {str(name): {str(key): str(value) for key, value in fields.items()} for name, fields in content.items()}
