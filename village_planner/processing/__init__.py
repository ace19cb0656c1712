"""Every step as a QGIS Processing algorithm, for batch, the modeler and qgis_process."""
