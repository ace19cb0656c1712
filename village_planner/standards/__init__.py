"""Profiles (成果标准): versioned data that say what a province's plan and package must look like."""

from village_planner.standards.keeping import profile_kept
from village_planner.standards.landuse import CodeSystem, Crosswalk, LandCode, Target
from village_planner.standards.loading import all_profile_ids, load_profile, profile_ids
from village_planner.standards.profile import (
    CodeList,
    EditionContent,
    FieldSpec,
    InputField,
    InputSpec,
    LayerSpec,
    MetadataItem,
    PackageEntry,
    PackageSpec,
    Profile,
    RuleSetting,
    TableColumn,
    TableSpec,
    Value,
)
from village_planner.standards.sheet import SheetClass, SheetColumn, SheetLayer, SheetSpec, SheetTable

__all__ = [
    "CodeList",
    "CodeSystem",
    "Crosswalk",
    "EditionContent",
    "FieldSpec",
    "InputField",
    "InputSpec",
    "LandCode",
    "LayerSpec",
    "MetadataItem",
    "PackageEntry",
    "PackageSpec",
    "Profile",
    "RuleSetting",
    "SheetClass",
    "SheetColumn",
    "SheetLayer",
    "SheetSpec",
    "SheetTable",
    "TableColumn",
    "TableSpec",
    "Target",
    "Value",
    "all_profile_ids",
    "load_profile",
    "profile_ids",
    "profile_kept",
]
