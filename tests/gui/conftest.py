"""The small plan opened in a dock, without a map; toolbar and docks in a QGIS that is only imitated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsApplication
from qgis.gui import QgsMessageBar

from tests.desk.small_plan import make_plan
from tests.gui.fake_iface import FakeIface
from village_planner.base import SilentFeedback
from village_planner.desk.demo import make_demo_plan
from village_planner.desk.layers import PlanLayers
from village_planner.desk.session import PlanSession
from village_planner.gui.classify_dock import ClassifyDock
from village_planner.gui.desk_window import DeskWindow
from village_planner.gui.telling import Teller
from village_planner.processing.provider import VillagePlannerProvider


@dataclass
class Bar:
    """A message bar that remembers what it was told."""

    told: list[str] = field(default_factory=list)

    def createMessage(self, title: str, text: str) -> Any:  # noqa: N802
        return QgsMessageBar.createMessage(title, text)

    def pushWidget(self, item: Any, level: Any, duration: int) -> None:  # noqa: N802
        self.told.append(item.text())


@dataclass
class Desk:
    """A dock with what it stands on."""

    session: PlanSession
    layers: PlanLayers
    dock: ClassifyDock
    bar: Bar

    def select(self, *codes: str) -> None:
        self.dock.selection.select(codes)

    def text(self, code: str, column: int) -> str:
        return str(self.dock.model.index_of(code).siblingAtColumn(column).data())


@pytest.fixture
def desk(qgis_app: Any, qgis_new_project: None, tmp_path: Path, qtbot: Any) -> Iterator[Desk]:
    session = PlanSession()
    layers = PlanLayers(session)
    bar = Bar()
    dock = ClassifyDock(session, layers, None, Teller(bar))
    qtbot.addWidget(dock)
    session.open(make_plan(tmp_path / "小规划.gpkg"))
    dock.show()
    yield Desk(session, layers, dock, bar)
    session.close()


@pytest.fixture(scope="session")
def demo_plan(qgis_app: Any, qgis_processing: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of the demo township with its control layers; to be copied before it is changed."""
    registry, provider = QgsApplication.processingRegistry(), VillagePlannerProvider()
    registry.addProvider(provider)
    try:
        return make_demo_plan(tmp_path_factory.mktemp("demo") / "示例", SilentFeedback())
    finally:
        registry.removeProvider(provider)


@pytest.fixture
def iface(qgis_app: Any, qgis_new_project: None, qtbot: Any) -> FakeIface:
    """A QGIS without map and menus, shown."""
    made = FakeIface()
    qtbot.addWidget(made.window)
    made.window.show()
    return made


@pytest.fixture
def window(iface: FakeIface) -> Iterator[DeskWindow]:
    """Toolbar and docks without a plan."""
    made = DeskWindow(iface)
    yield made
    made.close()
