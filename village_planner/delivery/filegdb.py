"""Writes delivered layers into a FileGDB: feature datasets, aliases, coded domains, text widths, mandatory fields as NOT NULL."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
from osgeo import ogr

from village_planner.base import Feedback
from village_planner.delivery.fields import is_empty
from village_planner.delivery.vector import OGR_GEOMETRIES, OGR_TYPES, Delivered, add_fields, created, demand, reference, write_rows, writing_vectors
from village_planner.spatial.crs import CrsKind, describe_crs
from village_planner.standards import FieldSpec, Profile

DRIVER = "OpenFileGDB"
PRECISION_M = 1e-8
"""Coordinates snap to a grid of this size. Not kept by the driver: widths and precision of numbers, and dates become dates with a time."""
_METRES = ("XYSCALE=1e8", "XORIGIN=-1e7", "YORIGIN=-1e7")
"""A grid of 1e-8 m. The origin belongs to it: from the driver's own, 2**31 below zero, a double cannot count so small steps."""
_DEGREES = ("XYSCALE=1e12", "XORIGIN=-400", "YORIGIN=-400")
_UNIQUE_TABLES = ("a00000004", "a00000006")


def write_filegdb(path: Path, layers: Delivered, profile: Profile, crs: int, feedback: Feedback) -> None:
    """Write the folder `path` anew; values have been looked at before: the driver itself takes texts that are too long in silence.

    A mandatory field is NOT NULL where all its values are there. Raises InputError when GDAL cannot write, Cancelled.
    """
    grid = _DEGREES if describe_crs(crs).kind is CrsKind.CGCS2000_GEOGRAPHIC else _METRES
    with writing_vectors(path, {}):
        with created(DRIVER, path) as source:
            _add_domains(source, layers, profile)
            for spec, rows in layers.values():
                spatial = spec.geometry != "None"
                options = [f"LAYER_ALIAS={spec.alias}", "FID=OBJECTID"]
                if spatial:
                    options += grid
                    options += [f"FEATURE_DATASET={spec.dataset}"] if spec.dataset else []
                layer = source.CreateLayer(spec.name, reference(crs) if spatial else None, OGR_GEOMETRIES[spec.geometry], options)
                demand(layer is None)
                add_fields(layer, spec, partial(_definition, rows=rows, profile=profile))
                write_rows(layer, spec, rows, feedback)
                demand(layer.SyncToDisk())
                del layer


def is_repeatable(path: str) -> bool:
    """Whether a file of a FileGDB is the same for the same content; the tables of items and their relations hold random ids."""
    return not path.rsplit("/", 1)[-1].startswith(_UNIQUE_TABLES)


def _add_domains(source: ogr.DataSource, layers: Delivered, profile: Profile) -> None:
    names = profile.package.domains
    for domain in sorted({field.domain for spec, _ in layers.values() for field in spec.fields if field.domain in names}):
        codes = {row["code"]: row["name"] for row in profile.code_list(domain).rows}
        demand(not source.AddFieldDomain(ogr.CreateCodedFieldDomain(names[domain], names[domain], ogr.OFTString, ogr.OFSTNone, codes)))


def _definition(field: FieldSpec, rows: pd.DataFrame, profile: Profile) -> ogr.FieldDefn:
    definition = ogr.FieldDefn(field.name, OGR_TYPES[field.type])
    if field.type == "text":
        definition.SetWidth(field.width)
    definition.SetAlternativeName(field.alias)
    if field.domain in profile.package.domains:
        definition.SetDomainName(profile.package.domains[field.domain])
    definition.SetNullable(not (field.required == "M" and not any(is_empty(value) for value in rows[field.name])))
    return definition
