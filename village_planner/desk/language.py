"""Which language the planner reads, and messages in it."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from village_planner.base import Message, render
from village_planner.base.messages import CHINESE, ENGLISH
from village_planner.desk import compat

_BUTTON_OF_QT = ("QPlatformTheme", "Cancel")
_PACKAGE = Path(__file__).absolute().parent.parent


@lru_cache(maxsize=1)
def language() -> str:
    """Return ``en`` where QGIS runs in English, else ``zh_CN``: the plan and its readers are Chinese.

    QGIS keeps its locale until it starts again, and looks it up in its settings, which takes long for a sentence of each finding.
    """
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


def translators() -> list[QTranslator]:
    """Return the translators of the interface for QGIS's locale, to be installed in this order; none where it stays English.

    QGIS looks for Qt's own Chinese under the name of its locale (``zh-Hans``), which Qt does not know: then Qt's buttons stay English.
    """
    if not QgsApplication.locale().lower().startswith("zh"):
        return []
    wanted = [_PACKAGE / "i18n" / "village_planner_zh_CN.qm"]
    if QCoreApplication.translate(*_BUTTON_OF_QT) == _BUTTON_OF_QT[1]:
        wanted.insert(0, Path(compat.QT_TRANSLATIONS) / "qtbase_zh_CN.qm")
    found = []
    for path in wanted:
        translator = QTranslator()
        if translator.load(str(path)):
            found.append(translator)
    return found
