"""The QGIS entry point; it imports nothing heavy so that the plugin loads where packages are missing."""


def classFactory(iface):  # noqa: N802 - the name is fixed by QGIS
    """Return the plugin object for the running QGIS (`iface`: QgisInterface)."""
    from village_planner.plugin import VillagePlannerPlugin

    return VillagePlannerPlugin(iface)
