"""Tells the planner in QGIS's message bar what was done or what went wrong, in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qgis.core import Qgis
from qgis.PyQt.QtCore import QCoreApplication

from village_planner.base import Cancelled, Message, PlannerError
from village_planner.desk.language import text
from village_planner.desk.log import log_path

_log = logging.getLogger("village_planner")


def title() -> str:
    """Name of the plugin before a sentence."""
    return QCoreApplication.translate("Teller", "Village Planner")


class Teller:
    """Writes to a QgsMessageBar."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def done(self, sentence: str) -> None:
        """Say that something succeeded."""
        self._bar.pushMessage(title(), sentence, Qgis.MessageLevel.Success, 8)

    def warn(self, message: Message) -> None:
        """Say what was refused or failed, until the planner closes it."""
        self._bar.pushMessage(title(), text(message), Qgis.MessageLevel.Warning, 0)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Say what the block refuses; anything unexpected goes to the log, and a sentence to the planner."""
        try:
            yield
        except Cancelled:
            return
        except PlannerError as error:
            self.warn(error.message)
        except Exception as error:  # noqa: BLE001 - QGIS would show a traceback
            _log.exception("the desk failed")
            self.warn(Message("desk.unexpected", {"error": f"{type(error).__name__}: {error}", "log": str(log_path())}))
