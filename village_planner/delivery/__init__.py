"""The package that is submitted (成果包): writing it, reading it back, inspecting it."""

from village_planner.delivery.inspection import Inspection, Verdict, inspect_package, read_package
from village_planner.delivery.package import FORMATS, PackageRequest, PackageResult, write_package

__all__ = [
    "FORMATS",
    "Inspection",
    "PackageRequest",
    "PackageResult",
    "Verdict",
    "inspect_package",
    "read_package",
    "write_package",
]
