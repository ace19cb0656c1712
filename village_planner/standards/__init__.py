"""Profiles (成果标准): versioned data that say what a province's plan and package must look like."""

from village_planner.standards.keeping import profile_kept
from village_planner.standards.loading import load_profile, profile_ids
from village_planner.standards.profile import (
    CodeList,
    FieldSpec,
    InputField,
    InputSpec,
    LayerSpec,
    MetadataItem,
    PackageEntry,
    PackageSpec,
    Profile,
    RuleSetting,
    SheetClass,
    SheetColumn,
    SheetLayer,
    SheetSpec,
    SheetTable,
    TableColumn,
    TableSpec,
    Value,
)

__all__ = [
    "CodeList",
    "FieldSpec",
    "InputField",
    "InputSpec",
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
    "Value",
    "load_profile",
    "profile_ids",
    "profile_kept",
]
