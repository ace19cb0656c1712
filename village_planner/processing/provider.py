"""The Processing provider `villageplanner`."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from village_planner.base import resource
from village_planner.processing.addcontrol import AddControlAlgorithm
from village_planner.processing.addfacts import AddFactsAlgorithm
from village_planner.processing.addlimits import AddLimitsAlgorithm
from village_planner.processing.check import CheckAlgorithm
from village_planner.processing.createplan import CreatePlanAlgorithm
from village_planner.processing.decide import DecideAlgorithm
from village_planner.processing.demo import DemoAlgorithm
from village_planner.processing.implement import ImplementAlgorithm
from village_planner.processing.inspect import InspectAlgorithm
from village_planner.processing.package import PackageAlgorithm
from village_planner.processing.readpackage import ReadPackageAlgorithm

ALGORITHMS = (
    DemoAlgorithm,
    CreatePlanAlgorithm,
    AddControlAlgorithm,
    AddFactsAlgorithm,
    AddLimitsAlgorithm,
    DecideAlgorithm,
    CheckAlgorithm,
    PackageAlgorithm,
    InspectAlgorithm,
    ReadPackageAlgorithm,
    ImplementAlgorithm,
)


class VillagePlannerProvider(QgsProcessingProvider):
    """Gives every step to the toolbox, the modeler and qgis_process."""

    def loadAlgorithms(self) -> None:
        """Add one instance of each algorithm."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())

    def id(self) -> str:
        """The id that the command contract names."""
        return "villageplanner"

    def name(self) -> str:
        """Name in the toolbox."""
        return QCoreApplication.translate("VillagePlannerProvider", "Village Planner")

    def icon(self) -> QIcon:
        """The plugin's icon."""
        return QIcon(str(resource().parent / "icons" / "icon.svg"))
