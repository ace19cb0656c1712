"""Where the files that ship with the plugin lie, in the checkout as in the installed plugin."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).absolute().parent.parent


def resource(*parts: str) -> Path:
    """Return the path of a shipped resource, e.g. ``resource("profiles", "layout-2035")``.

    The installed plugin holds `resources` inside the package, the checkout beside it.
    The path need not exist.
    """
    inside = _PACKAGE / "resources"
    folder = inside if inside.is_dir() else _PACKAGE.parent / "resources"
    return folder.joinpath(*parts)
