"""The QGIS entry point; it imports nothing heavy so that the plugin loads where packages are missing."""

import sys
from pathlib import Path

# Pure-Python packages that QGIS installers lack; at the end of the path, so that an installed copy wins.
_VENDOR = str(Path(__file__).parent / "_vendor")
if _VENDOR not in sys.path:
    sys.path.append(_VENDOR)


def classFactory(iface):  # noqa: N802 - the name is fixed by QGIS
    """Return the plugin object for the running QGIS (`iface`: QgisInterface)."""
    from village_planner.plugin import VillagePlannerPlugin

    return VillagePlannerPlugin(iface)
