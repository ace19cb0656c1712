"""The log file in the user's QGIS profile, where unexpected errors leave their details."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from qgis.core import QgsApplication

_LARGEST_BYTES = 500_000
_logger = logging.getLogger("village_planner")


def log_path() -> Path:
    """Where the log lies."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "village_planner.log"


def start_log() -> logging.Handler | None:
    """Send the plugin's log records to the log file; returns the handler, None where the folder cannot be written."""
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(log_path(), maxBytes=_LARGEST_BYTES, backupCount=1, encoding="utf-8", delay=True)
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    _logger.addHandler(handler)
    _logger.setLevel(logging.INFO)
    # The planner reads a sentence; a traceback on the console would only frighten.
    _logger.propagate = False
    return handler


def stop_log(handler: logging.Handler | None) -> None:
    """Undo `start_log`."""
    if handler is not None:
        _logger.removeHandler(handler)
        handler.close()
        _logger.propagate = True
