"""What a planner's source file holds: the layers of a geodatabase or of another container."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProviderRegistry

GEODATABASE = ".gdb"


def container_of(path: str) -> str:
    """The geodatabase that a chosen file lies in (file dialogs cannot choose the folder that it is), else the path itself."""
    folder = Path(path).parent
    return str(folder) if folder.suffix.lower() == GEODATABASE else path


def layers_in(path: str) -> list[str]:
    """Names of the layers and tables of a source, in its order; empty where it has one only, or cannot be read."""
    if not path or not Path(path).exists():
        return []
    names = [layer.name() for layer in QgsProviderRegistry.instance().querySublayers(path)]
    return names if len(names) > 1 or Path(path).suffix.lower() == GEODATABASE else []
