"""Which language the planner reads, and messages in it."""

from __future__ import annotations

from datetime import datetime, timezone
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


def local_time(stamp: str) -> str:
    """An ISO time stamp (UTC where it names no zone) as date and minute on the planner's clock; a text that is none as it is."""
    try:
        moment = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    except ValueError:
        return stamp
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone().strftime("%Y-%m-%d %H:%M")


def translator() -> QTranslator | None:
    """Return the translator of the interface for QGIS's locale, None where the interface stays English."""
    if not QgsApplication.locale().lower().startswith("zh"):
        return None
    found = QTranslator()
    path = _PACKAGE / "i18n" / "village_planner_zh_CN.qm"
    return found if found.load(str(path)) else None
