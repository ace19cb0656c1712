"""Which layers of the project read a plan file, and what of it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from qgis.core import QgsProject, QgsProviderRegistry, QgsVectorLayer


def layers_reading(path: Path) -> list[QgsVectorLayer]:
    """The project's layers that read the file at `path` through OGR."""
    wanted = resolved(path)
    return [layer for layer in QgsProject.instance().mapLayers().values() if layer_source(layer)[0] == wanted]


@lru_cache(maxsize=64)
def resolved(path: Path) -> Path:
    """The path without links, asked of the system once: it asks for each folder on the way, and beside a busy thread every such call waits for the GIL."""
    return path.resolve()


def layer_source(layer: Any) -> tuple[Path | None, str]:
    """The file that a layer reads through OGR, and the table there; (None, '') for any other layer."""
    if not isinstance(layer, QgsVectorLayer) or layer.providerType() != "ogr":
        return None, ""
    return _decoded(layer.source())


@lru_cache(maxsize=512)
def _decoded(source: str) -> tuple[Path | None, str]:
    parts = QgsProviderRegistry.instance().decodeUri("ogr", source)
    path = parts.get("path", "")
    return Path(path).resolve() if path else None, str(parts.get("layerName", ""))
