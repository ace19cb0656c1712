"""Which language the planner reads, and messages in it."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTranslator

from village_planner.base import Message, render
from village_planner.base.messages import CHINESE, ENGLISH

_PACKAGE = Path(__file__).absolute().parent.parent


def language() -> str:
    """Return ``en`` where QGIS runs in English, else ``zh_CN``: the plan and its readers are Chinese."""
    return ENGLISH if QgsApplication.locale().lower().startswith("en") else CHINESE


def text(message: Message) -> str:
    """Return the message as a sentence in the planner's language."""
    return render(message, language())


def translator() -> QTranslator | None:
    """Return the translator of the interface for QGIS's locale, None where the interface stays English."""
    if not QgsApplication.locale().lower().startswith("zh"):
        return None
    found = QTranslator()
    path = _PACKAGE / "i18n" / "village_planner_zh_CN.qm"
    return found if found.load(str(path)) else None
