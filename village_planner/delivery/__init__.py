"""The package that is submitted (成果包): writing it, reading it back, inspecting it."""

from village_planner.delivery.inspection import inspect_package, read_package
from village_planner.delivery.package import PackageResult, write_package
from village_planner.delivery.readback import ReadBack, ReadBackResult, read_back
from village_planner.delivery.request import FORMATS, PackageRequest, default_formats, possible_formats, required_formats
from village_planner.delivery.verdict import Inspection, Verdict

__all__ = [
    "FORMATS",
    "Inspection",
    "PackageRequest",
    "PackageResult",
    "ReadBack",
    "ReadBackResult",
    "Verdict",
    "default_formats",
    "inspect_package",
    "possible_formats",
    "read_back",
    "read_package",
    "required_formats",
    "write_package",
]
