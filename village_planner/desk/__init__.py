"""QGIS without widgets: the session that owns writing, tasks, layers and styles, and API differences."""
