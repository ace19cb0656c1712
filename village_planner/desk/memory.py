"""Keeps Python's search for garbage short: it holds up every thread, and the window with them."""

from __future__ import annotations

import gc


def settle_memory() -> None:
    """Take what is there now, the modules of QGIS, its plugins and pandas, out of every later search for unreachable cycles.

    It stays as long as QGIS runs anyway. A full search goes through some hundred thousand such objects in 0.1 s and more, and a check in
    another thread sets several of them off.
    """
    gc.collect()
    gc.freeze()


def release_memory() -> None:
    """Let Python search all again."""
    gc.unfreeze()
