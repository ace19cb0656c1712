"""A control layer that came with a package may be an excerpt (节选): its digest says so, since it is not that of the whole layer."""

from __future__ import annotations

import pandas as pd

_MARK = "excerpt:"


def excerpt_digest(digest: str) -> str:
    """The digest under which a plan lists an excerpt of the layer with `digest`; that of an excerpt stays as it is."""
    return digest if digest.startswith(_MARK) else _MARK + digest


def excerpt_codes(control_layer: pd.DataFrame, kind: str) -> list[str]:
    """Codes of the layers of a kind that are listed as excerpts; control_layer: the plan's table."""
    listed = control_layer[control_layer["kind"].eq(kind).fillna(False)]
    return [str(code) for code, digest in zip(listed["code"], listed["digest"]) if str(digest).startswith(_MARK)]
