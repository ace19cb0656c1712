"""The check of Qt spellings refuses what breaks on Qt 6, and nothing else."""

from __future__ import annotations

import pytest

from tools.check_qt import misspellings

pytestmark = pytest.mark.qgis


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("from qgis.PyQt.QtCore import Qt\nrole = Qt.UserRole\n", "write Qt.ItemDataRole.UserRole for Qt.UserRole"),
        (
            "from qgis.PyQt import QtWidgets\nyes = QtWidgets.QMessageBox.Yes\n",
            "write QtWidgets.QMessageBox.StandardButton.Yes for QtWidgets.QMessageBox.Yes",
        ),
        ("from PyQt5.QtCore import QObject\n\n", "import PyQt5.QtCore from qgis.PyQt"),
    ],
)
def test_a_spelling_that_breaks_on_qt6_is_refused(source: str, advice: str) -> None:
    assert [found.advice for found in misspellings(source)] == [advice]


@pytest.mark.parametrize(
    "source",
    [
        "from qgis.PyQt.QtCore import Qt\nrole = Qt.ItemDataRole.UserRole\n",
        "from qgis.PyQt.QtWidgets import QMessageBox\nyes = QMessageBox.StandardButton.Yes\nask = QMessageBox.question\n",
        "from enum import Enum\nclass Kind(Enum):\n    ONE = 1\none = Kind.ONE\n",
    ],
)
def test_a_scoped_enum_passes(source: str) -> None:
    assert misspellings(source) == []
