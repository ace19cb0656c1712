"""Tells the planner in QGIS's message bar what was done or what went wrong, in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qgis.core import Qgis
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QPushButton

from village_planner.base import Cancelled, Message, PlannerError
from village_planner.desk.language import text
from village_planner.desk.log import log_path
from village_planner.gui.message_item import create_message

SHOWN_S, REFUSAL_SHOWN_S, SHOWN_WITH_DOCUMENT_S = 8, 20, 30
_log = logging.getLogger("village_planner")


def title() -> str:
    """Name of the plugin before a sentence."""
    return QCoreApplication.translate("Teller", "Village Planner")


class Teller:
    """Writes to a QgsMessageBar."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def done(self, sentence: str, document: Path | None = None) -> None:
        """Say that something succeeded; `document`: file or folder that a button opens, and for which the message stays longer."""
        if document is None:
            self._push(sentence, Qgis.MessageLevel.Success, SHOWN_S)
            return
        item = create_message(self._bar, title(), sentence)
        caption = QCoreApplication.translate("Teller", "Open folder") if document.is_dir() else QCoreApplication.translate("Teller", "Open report")
        button = QPushButton(caption)
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(document))))
        item.layout().addWidget(button)
        self._bar.pushWidget(item, Qgis.MessageLevel.Success, SHOWN_WITH_DOCUMENT_S)

    def warn(self, message: Message) -> None:
        """Say what a step that ran for a while came to, until the planner closes it."""
        self._push(text(message), Qgis.MessageLevel.Warning, 0)

    def refuse(self, message: Message) -> None:
        """Say why something is refused that the planner has just tried: what is left on the bar would cover what comes later."""
        self._push(text(message), Qgis.MessageLevel.Warning, REFUSAL_SHOWN_S)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Say what the block refuses; anything unexpected goes to the log, and a sentence to the planner."""
        try:
            yield
        except Cancelled:
            return
        except PlannerError as error:
            self.refuse(error.message)
        except Exception as error:  # noqa: BLE001 - QGIS would show a traceback
            _log.exception("the desk failed")
            self.warn(Message("desk.unexpected", {"error": f"{type(error).__name__}: {error}", "log": str(log_path())}))

    def _push(self, sentence: str, level: Any, seconds: int) -> None:
        self._bar.pushWidget(create_message(self._bar, title(), sentence), level, seconds)
