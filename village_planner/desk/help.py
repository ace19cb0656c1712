"""Opens the pages of the manual that ships with the plugin, without a network."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices

from village_planner.base.messages import ENGLISH
from village_planner.desk.language import language

_MANUAL = Path(__file__).absolute().parent.parent / "manual"
_ENGLISH_PAGE = "en"


def manual_page(page: str) -> Path | None:
    """The file of a page, in English the short version where there is one; None where the manual is not there."""
    wanted = (_ENGLISH_PAGE, page) if language() == ENGLISH else (page,)
    return next((path for path in (_MANUAL / f"{name}.html" for name in wanted) if path.is_file()), None)


def open_manual(page: str) -> bool:
    """Open a page of the manual in the browser; False where it is missing or no browser took it."""
    path = manual_page(page)
    return path is not None and bool(QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
