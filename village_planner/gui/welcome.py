"""What stands in the 分类 dock while no plan is open: what one can do now."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget


class Welcome(QWidget):
    """Says that no plan is open and offers the ways to one."""

    new_wished = pyqtSignal()
    open_wished = pyqtSignal()
    package_wished = pyqtSignal()
    demo_wished = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        offers = (
            (self.tr("No plan is open."), None, None),
            (self.tr("You have rosters and layers of your own:"), self.tr("New plan…"), self.new_wished),
            (self.tr("You or a colleague have begun a plan (.gpkg):"), self.tr("Open plan…"), self.open_wished),
            (self.tr("You have the submission package of a plan:"), self.tr("Read plan from package…"), self.package_wished),
            (self.tr("You want to see how it works, on a fictitious township:"), self.tr("Demo…"), self.demo_wished),
        )
        self.buttons: list[QPushButton] = []
        for text, caption, wish in offers:
            label = QLabel(text)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
            if caption is not None:
                button = QPushButton(caption)
                button.clicked.connect(wish)
                layout.addWidget(button)
                self.buttons.append(button)
            layout.addSpacing(12)
        layout.addStretch(2)
