"""Which Python packages are missing, and how to get them on this platform without a network."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication


@dataclass(frozen=True)
class Requirement:
    """A package: name to import, lowest version ('' for any), and its name with apt and OSGeo4W."""

    name: str
    lowest: str
    debian: str
    osgeo4w: str


REQUIREMENTS = (
    Requirement("shapely", "2.0", "python3-shapely", "python3-shapely"),
    Requirement("pandas", "1.5", "python3-pandas", "python3-pandas"),
    Requirement("openpyxl", "", "python3-openpyxl", "python3-openpyxl"),
    Requirement("lxml", "", "python3-lxml", "python3-lxml"),
    Requirement("pyproj", "", "python3-pyproj", "python3-pyproj"),
)


def missing(requirements: tuple[Requirement, ...] = REQUIREMENTS) -> list[Requirement]:
    """Return the requirements that this Python lacks or has too old; nothing heavy is imported."""
    return [requirement for requirement in requirements if not _satisfied(requirement)]


def explanation(lacking: list[Requirement], platform: str = sys.platform) -> str:
    """Say in the planner's language what is missing and how to get it on `platform` (a `sys.platform`)."""
    names = "、".join(_with_version(requirement) for requirement in lacking)
    return "\n\n".join(
        [
            QCoreApplication.translate(
                "Requirements", "Village Planner needs Python packages that this QGIS lacks or has too old: {0}."
            ).format(names),
            _way_to_get(lacking, platform),
            QCoreApplication.translate(
                "Requirements", "Without a network, use the offline installer or package files from another computer. Then restart QGIS."
            ),
        ]
    )


def _satisfied(requirement: Requirement) -> bool:
    if importlib.util.find_spec(requirement.name) is None:
        return False
    return not requirement.lowest or _numbers(_version(requirement.name)) >= _numbers(requirement.lowest)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        # Some installers ship packages without their metadata.
        return str(getattr(importlib.import_module(name), "__version__", "0"))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def _with_version(requirement: Requirement) -> str:
    return f"{requirement.name} ≥ {requirement.lowest}" if requirement.lowest else requirement.name


def _way_to_get(lacking: list[Requirement], platform: str) -> str:
    if platform.startswith("win"):
        return QCoreApplication.translate(
            "Requirements",
            "Windows: the standalone QGIS installer (.msi) carries them. With OSGeo4W, start its Setup, choose Advanced Install "
            "and select qgis-full, or these packages: {0}.",
        ).format(" ".join(requirement.osgeo4w for requirement in lacking))
    if platform == "darwin":
        return QCoreApplication.translate(
            "Requirements", "macOS: install QGIS from conda-forge, which carries them: conda install -c conda-forge qgis {0}"
        ).format(" ".join(requirement.name for requirement in lacking))
    if (Path(sys.prefix) / "conda-meta").is_dir():
        return QCoreApplication.translate("Requirements", "conda: conda install -c conda-forge {0}").format(
            " ".join(f'"{one.name}>={one.lowest}"' if one.lowest else one.name for one in lacking)
        )
    return QCoreApplication.translate(
        "Requirements",
        "Debian, Ubuntu, UOS, Kylin: sudo apt install {0}. Debian 12 has shapely 1.8: install a newer one for your user "
        'from a package file, python3 -m pip install --user --break-system-packages "shapely>=2.0,<2.1" "numpy<2".',
    ).format(" ".join(requirement.debian for requirement in lacking))
