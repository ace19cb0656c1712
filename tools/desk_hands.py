"""The hands of a planner in a QGIS that a script drives: they find widgets by what stands on them, click, type and answer dialogs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from qgis.PyQt.QtCore import QDate, QPoint, Qt, QTimer
from qgis.PyQt.QtGui import QInputMethodEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAction,
    QApplication,
    QComboBox,
    QDateTimeEdit,
    QFormLayout,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTableView,
    QTextEdit,
    QToolButton,
    QWidget,
)

LOOK_MS = 50
DIALOG_TIMEOUT_S = 20
LEFT = Qt.MouseButton.LeftButton
NO_KEY, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


class Hands:
    """Clicks and types as a planner does: only what is to be seen and enabled can be clicked or filled."""

    def __init__(self, desk: Any) -> None:
        """desk: what tools/inside_qgis.py offers."""
        self._desk = desk
        self.main = desk.iface.mainWindow()

    def press(self, caption: str, within: QWidget | None = None) -> None:
        """Click the button, checkbox or toolbar button that says `caption`."""
        self.click(self.button(caption, within))

    def button(self, caption: str, within: QWidget | None = None) -> Any:
        """The button in sight that says `caption`, enabled or not."""
        return _only(_with_text((within or self.main).findChildren(QAbstractButton), caption), f"button “{caption}”")

    def tool(self, name: str) -> Any:
        """The button of one of QGIS's own toolbars, by the object name of its action."""
        action = self.main.findChild(QAction, name)
        return _only([button for button in self.main.findChildren(QToolButton) if button.isVisible() and button.defaultAction() is action], name)

    def click(self, widget: Any) -> None:
        """Click the middle of a widget; of a checkbox its box."""
        _require(widget)
        middle = widget.rect().center()
        QTest.mouseClick(widget, LEFT, NO_KEY, QPoint(10, middle.y()) if hasattr(widget, "isTristate") else middle)
        self._desk.settle(0.05)

    def show_tab(self, caption: str, within: QWidget | None = None) -> None:
        """Click the tab whose title begins with `caption`."""
        bars = [bar for bar in (within or self.main).findChildren(QTabBar) if bar.isVisible()]
        found = [(bar, place) for bar in bars for place in range(bar.count()) if bar.tabText(place).startswith(caption)]
        bar, place = _only(found, f"tab “{caption}”")
        QTest.mouseClick(bar, LEFT, NO_KEY, bar.tabRect(place).center())
        self._desk.settle(0.2)

    def choose_rows(self, view: QAbstractItemView, texts: Iterable[str], column: int = 0) -> None:
        """Click the rows of a list or tree whose cell says one of `texts`: the first alone, the others with Ctrl."""
        for number, text in enumerate(texts):
            index = self.row(view, text, column).siblingAtColumn(0)
            view.scrollTo(index)
            self._desk.settle(0.02)
            QTest.mouseClick(view.viewport(), LEFT, CTRL if number else NO_KEY, view.visualRect(index).center())
        self._desk.settle(0.1)

    def click_index(self, view: QAbstractItemView, index: Any) -> None:
        """Click a row by its index."""
        view.scrollTo(index)
        self._desk.settle(0.02)
        QTest.mouseClick(view.viewport(), LEFT, NO_KEY, view.visualRect(index).center())
        self._desk.settle(0.1)

    def row(self, view: QAbstractItemView, text: str, column: int = 0) -> Any:
        """The index of the row, at any depth, whose cell in `column` says `text`."""
        return _only([index for index in _cells(view.model(), column) if str(index.data()) == text], f"row “{text}”")

    def tables(self, name: str) -> list[Any]:
        """The tables in sight with an object name, in any window: QGIS frames its attribute tables differently from edition to edition."""
        return [widget for widget in QApplication.allWidgets() if isinstance(widget, QTableView) and widget.objectName() == name and widget.isVisible()]

    def edit_cell(self, table: Any, heading: str, text: str) -> None:
        """Type into the first row's cell under a heading of a table in edit mode, and leave the cell."""
        model = table.model()
        column = next(c for c in range(model.columnCount()) if str(model.headerData(c, Qt.Orientation.Horizontal)) == heading)
        first, second = (table.visualRect(model.index(row, column)).center() for row in (0, 1))
        table.window().activateWindow()
        QTest.mouseClick(table.viewport(), LEFT, NO_KEY, first)
        QTest.mouseDClick(table.viewport(), LEFT, NO_KEY, first)
        self._desk.wait_until(lambda: bool(_editors(table)), DIALOG_TIMEOUT_S)
        (editor,) = _editors(table)
        # QGIS writes NULL into an empty cell's field until the focus comes, which on a busy machine is late.
        self._clear(editor)
        commit(editor, text)
        QTest.mouseClick(table.viewport(), LEFT, NO_KEY, second)
        self._desk.settle(0.2)

    def unfold(self, view: Any, text: str, column: int = 0) -> None:
        """Open a row of a tree with the arrow key."""
        self.choose_rows(view, [text], column)
        self.key(view, Qt.Key.Key_Right)

    def key(self, widget: QWidget, key: Any, modifier: Any = NO_KEY) -> None:
        """Press a key where the focus is in `widget`."""
        _require(widget)
        widget.window().activateWindow()
        widget.setFocus()
        self._desk.wait_until(lambda: QApplication.focusWidget() is not None, DIALOG_TIMEOUT_S)
        QTest.keyClick(widget, key, modifier)
        self._desk.settle(0.05)

    def fill(self, within: QWidget, fields: Mapping[str, str]) -> None:
        """Type into the fields beside these labels; a combo is set by the arrow keys, a date by its digits."""
        for label, text in fields.items():
            self.type_into(self.field(within, label), text)

    def field(self, within: QWidget, label: str) -> Any:
        """The field beside a label, which may end in the star of what is needed."""
        labels = [item for item in within.findChildren(QLabel) if item.isVisible() and item.text().removesuffix(" *") == label]
        return _only([field for item in labels if (field := _beside(item)) is not None], f"field “{label}”")

    def type_into(self, field: Any, text: str) -> None:
        """Replace what stands in a field."""
        _require(field)
        if isinstance(field, QComboBox) and not field.isEditable():
            self._choose(field, text)
        elif isinstance(field, QDateTimeEdit):
            self._type_date(field, text)
        else:
            target = field if isinstance(field, (QLineEdit, QPlainTextEdit)) else field.findChild(QLineEdit)
            self._clear(target)
            commit(target, text)
            QTest.keyClick(target, Qt.Key.Key_Tab)
        self._desk.settle(0.02)

    @contextmanager
    def answering(self, fill: Callable[[Any], None], button: str | None) -> Iterator[None]:
        """While the block opens a modal dialog, which holds it up, a timer fills it and presses `button` (None: `fill` closes it).

        Raises what went wrong inside.
        """
        came: list[Any] = []
        failed: list[Exception] = []
        timer = QTimer()
        timer.setInterval(LOOK_MS)

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if dialog is None or not dialog.isVisible():
                return
            timer.stop()
            came.append(dialog)
            try:
                self._desk.settle(0.2)
                fill(dialog)
                if button is not None:
                    self.press(button, dialog)
            except Exception as error:  # noqa: BLE001 - raised again once the dialog is gone
                failed.append(error)
                dialog.reject()

        timer.timeout.connect(look)
        timer.start()
        yield
        self._desk.wait_until(lambda: bool(came), DIALOG_TIMEOUT_S)
        self._desk.wait_until(lambda: QApplication.activeModalWidget() is None, DIALOG_TIMEOUT_S)
        timer.stop()
        if failed:
            raise failed[0]

    def told(self) -> list[str]:
        """What the message bar says now, the newest first."""
        bar = self._desk.iface.messageBar()
        return [plain(item.text()) for item in bar.items()]

    def forget_told(self) -> None:
        """Close the messages on the bar, as a planner who has read them."""
        self._desk.iface.messageBar().clearWidgets()
        self._desk.settle(0.1)

    def _clear(self, editor: QWidget) -> None:
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_A, CTRL)
        QTest.keyClick(editor, Qt.Key.Key_Delete)

    def _choose(self, combo: Any, text: str) -> None:
        if combo.findText(text) < 0:
            raise LookupError(f"“{text}” is not offered: {[combo.itemText(place) for place in range(combo.count())]}")
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_Home)
        for _ in range(combo.count()):
            if combo.currentText() == text:
                return
            QTest.keyClick(combo, Qt.Key.Key_Down)
        if combo.currentText() != text:
            raise AssertionError(f"the arrow keys do not reach “{text}”")

    def _type_date(self, field: Any, text: str) -> None:
        field.setFocus()
        if field.date() != QDate.fromString(text, "yyyy-MM-dd"):
            edit = field.findChild(QLineEdit)
            if not edit.text():
                # An empty date of QGIS begins with today at the first key that steps.
                QTest.keyClick(field, Qt.Key.Key_Up)
            sections = QDateTimeEdit.Section.YearSection, QDateTimeEdit.Section.MonthSection, QDateTimeEdit.Section.DaySection
            for section, digits in zip(sections, text.split("-")):
                field.setSelectedSection(section)
                QTest.keyClicks(field, digits)
            QTest.keyClick(field, Qt.Key.Key_Tab)
        if field.date() != QDate.fromString(text, "yyyy-MM-dd"):
            raise AssertionError(f"{text} was typed, {field.text()} stands there")


def _editors(table: Any) -> list[Any]:
    """The text fields that stand open in a table."""
    return [field for kind in (QLineEdit, QPlainTextEdit, QTextEdit) for field in table.viewport().findChildren(kind) if field.isVisible()]


def commit(widget: QWidget, text: str) -> None:
    """Type a text as an input method does: keys alone know no Chinese."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def plain(text: str) -> str:
    """A label's text without marks of HTML."""
    from qgis.PyQt.QtGui import QTextDocument

    document = QTextDocument()
    document.setHtml(text)
    return str(document.toPlainText())


def texts(widget: QWidget) -> str:
    """All that labels in sight within a widget say."""
    return "\n".join(plain(label.text()) for label in widget.findChildren(QLabel) if label.isVisible())


def _beside(label: QLabel) -> Any:
    """The field that a form or grid has to the right of a label; None where it has none."""
    for layout in label.parentWidget().findChildren((QFormLayout, QGridLayout)):
        place = layout.indexOf(label)
        if place < 0:
            continue
        if isinstance(layout, QFormLayout):
            row, _ = layout.getItemPosition(place)
            item = layout.itemAt(row, QFormLayout.ItemRole.FieldRole)
        else:
            row, column, _, span = layout.getItemPosition(place)
            item = layout.itemAtPosition(row, column + span)
        return item.widget() if item is not None else None
    return None


def _cells(model: Any, column: int, parent: Any = None) -> Iterator[Any]:
    rows = model.rowCount() if parent is None else model.rowCount(parent)
    for number in range(rows):
        index = model.index(number, column) if parent is None else model.index(number, column, parent)
        yield index
        yield from _cells(model, column, index.siblingAtColumn(0))


def _with_text(buttons: Iterable[Any], caption: str) -> list[Any]:
    return [button for button in buttons if button.isVisible() and button.text().replace("&", "") == caption]


def _only(found: list[Any], what: str) -> Any:
    if len(found) != 1:
        raise LookupError(f"{what}: {len(found)} in sight")
    return found[0]


def _require(widget: Any) -> None:
    if not widget.isVisible() or not widget.isEnabled():
        raise AssertionError(f"{widget.objectName() or type(widget).__name__} cannot be used: {widget.toolTip()}")
