"""Draws map sheets with QGIS layouts into PDF and JPG: on the main thread, one file per turn of the event loop, whoever asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from qgis.core import QgsLayoutExporter
from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, pyqtSignal, pyqtSlot

from village_planner.base import Feedback, InputError, Message
from village_planner.delivery.sheet_files import stamp_jpg, stamp_pdf
from village_planner.delivery.sheets import Sheet, SheetSource
from village_planner.desk import compat
from village_planner.desk.sheet_layout import compose
from village_planner.desk.sheet_page import Page

DPI = 300
_QUALITY = 92
_DOTS_PER_METRE = round(DPI / 0.0254)
_ASK_SECONDS = 0.1


def draw_sheets(source: SheetSource, folder: Path, feedback: Feedback) -> list[Path]:
    """Draw every sheet as PDF and JPG into `folder` and return the files; see `delivery.sheets.DrawSheets`.

    From a worker thread the drawing is handed to the main thread, which must be free to take it.
    """
    hand_over, later = (_here, _here) if threading.current_thread() is threading.main_thread() else (_main_thread().ask, _main_thread().send)
    files: list[Path] = []
    steps = 2 * len(source.sheets)
    for sheet in source.sheets:
        feedback.check()
        feedback.say(Message("desk.progress.sheet", {"number": sheet.number, "title": sheet.title}))
        pages: list[Page] = []
        try:
            hand_over(partial(_compose, sheet, source, pages), feedback)
            for export, suffix in ((_export_pdf, ".pdf"), (_export_jpg, ".jpg")):
                path = folder / f"{sheet.stem}{suffix}"
                hand_over(partial(_export, export, pages, path, sheet, source), feedback)
                files.append(path)
                feedback.progress(len(files) / steps)
        finally:
            # What Qt has made on the main thread dies there.
            later(pages.clear)
    return files


def _compose(sheet: Sheet, source: SheetSource, pages: list[Page]) -> None:
    pages.append(compose(sheet, source))


def _export(export: Callable[[Page, Path, Sheet, SheetSource], None], pages: list[Page], path: Path, sheet: Sheet, source: SheetSource) -> None:
    # The list, not the page, so that nobody but the list holds it when it is cleared.
    export(pages[0], path, sheet, source)


def _here(work: Callable[[], Any], feedback: Feedback | None = None) -> None:
    if feedback is not None:
        feedback.check()
    work()


@lru_cache(maxsize=1)
def _main_thread() -> _MainThread:
    """Lives on: work that was left to it is done after whoever asked has gone."""
    return _MainThread()


class _MainThread(QObject):
    """Runs one piece of work after another on the main thread."""

    _asked = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        # Before the connection: a slot runs in the thread in which its object lives.
        self.moveToThread(QCoreApplication.instance().thread())
        self._asked.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def ask(self, work: Callable[[], Any], feedback: Feedback) -> None:
        """Wait until the work is done. Raises what it raises, and Cancelled as soon as the planner cancels: the main thread may be waiting for us."""
        task = self.send(work)
        while not task.done.wait(_ASK_SECONDS):
            if feedback.is_cancelled():
                task.dropped = True
                feedback.check()
        if task.error is not None:
            raise task.error

    def send(self, work: Callable[[], Any]) -> _Work:
        """Leave the work to the main thread and go on."""
        task = _Work(work)
        self._asked.emit(task)
        return task

    @pyqtSlot(object)
    def _run(self, task: _Work) -> None:
        task.run()


class _Work:
    """A piece of work that another thread waits for."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self.done = threading.Event()
        self.dropped = False
        self.error: Exception | None = None

    def run(self) -> None:
        """Do it, unless nobody waits any more."""
        try:
            if not self.dropped:
                self._work()
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            self.error = error
        finally:
            self.done.set()


def _export_pdf(page: Page, path: Path, sheet: Sheet, source: SheetSource) -> None:
    settings = QgsLayoutExporter.PdfExportSettings()
    settings.dpi = DPI
    settings.forceVectorOutput = True
    settings.appendGeoreference = False
    settings.exportMetadata = False
    settings.textRenderFormat = compat.TEXT_AS_TEXT
    result = QgsLayoutExporter(page.layout).exportToPdf(str(path), settings)
    if result != compat.EXPORTED:
        raise InputError("desk.sheet_not_written", file=path.name)
    _stamped(path, lambda: stamp_pdf(path, sheet.facts, f"{source.heading.plan_title} {sheet.title}", source.heading.date))


def _export_jpg(page: Page, path: Path, sheet: Sheet, source: SheetSource) -> None:
    picture = QgsLayoutExporter(page.layout).renderPageToImage(0, dpi=DPI)
    picture.setDotsPerMeterX(_DOTS_PER_METRE)
    picture.setDotsPerMeterY(_DOTS_PER_METRE)
    if picture.isNull() or not picture.save(str(path), "JPG", _QUALITY):
        raise InputError("desk.sheet_not_written", file=path.name)
    _stamped(path, lambda: stamp_jpg(path, sheet.facts, DPI))


def _stamped(path: Path, stamp: Callable[[], None]) -> None:
    try:
        stamp()
    except (OSError, ValueError) as error:
        raise InputError("desk.sheet_not_written", file=path.name) from error
