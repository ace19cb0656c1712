"""The control layers of a package (管控图层): what of them is delivered, and how a reviewer's rules get them back."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from village_planner.accounts import reclaimed_ground
from village_planner.accounts.parcels import LAND_USE, class_codes, parcels_of_class
from village_planner.delivery.fields import is_empty, kept_fields, words_of
from village_planner.delivery.geodata import LayerContent
from village_planner.plan.data import PlanData
from village_planner.plan.layers import COLUMNS, Layers, MemoryLayers
from village_planner.plan.schema import PatchKind
from village_planner.spatial.area import area_by_rule_m2
from village_planner.spatial.columns import objects
from village_planner.spatial.nearness import within_distance
from village_planner.standards import LayerSpec, Profile

_BALANCE = "NL-13"
_DIMENSIONS = {"Point": 0, "LineString": 1, "MultiPolygon": 2}


def control_frames(data: PlanData, layers: Layers, profile: Profile) -> dict[str, pd.DataFrame]:
    """Frames of the delivered control layers by the name that LayerSpec.frame uses.

    Columns: those of `Layers.read`, kind, area_m2 (ellipsoidal by the profile's rule, of polygons; else null). A kind comes whole, but land use: of that
    what the rules on packages need. Lines and points in several parts become several rows. Kinds that the plan lacks give no rows.
    """
    frames = {}
    for spec in profile.layers.values():
        if spec.kinds:
            parts = [_features(kind, spec, data, layers, profile) for kind in spec.kinds if layers.has(kind)]
            frames[spec.frame] = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*COLUMNS, "kind", "area_m2"], dtype=object)
    return frames


def delivered_kinds(profile: Profile) -> set[str]:
    """Kinds of control layers that the layers of a profile hold."""
    return {kind for spec in profile.layers.values() for kind in spec.kinds}


def control_layers(contents: Sequence[LayerContent], profile: Profile) -> MemoryLayers:
    """The control layers that a package holds; a kind of which it has no feature is not there."""
    parts: dict[str, list[dict[str, Any]]] = {}
    by_name = {content.name: content for content in contents}
    for spec in profile.layers.values():
        content = by_name.get(spec.name)
        if spec.kinds and content is not None and "geom" in content.rows:
            for kind, row in _rows_by_kind(spec, content, profile):
                parts.setdefault(kind, []).append(row)
    return MemoryLayers({kind: _frame(rows) for kind, rows in parts.items()})


def _features(kind: str, spec: LayerSpec, data: PlanData, layers: Layers, profile: Profile) -> pd.DataFrame:
    frame = _needed_parcels(data, layers, profile) if kind == LAND_USE else layers.read(kind)
    geoms = frame["geom"].to_numpy()
    frame = frame[shapely.get_dimensions(geoms) == _DIMENSIONS[spec.geometry]].reset_index(drop=True)
    if spec.geometry == "MultiPolygon":
        return frame.assign(kind=kind, area_m2=area_by_rule_m2(frame["geom"].to_numpy(), data.crs, profile.value("area_rule")))
    pieces, owners = shapely.get_parts(frame["geom"].to_numpy(), return_index=True)
    return frame.iloc[owners].assign(geom=objects(list(pieces)), kind=kind, area_m2=None)


def _needed_parcels(data: PlanData, layers: Layers, profile: Profile) -> pd.DataFrame:
    """Land use parcels that the reduction (QC-5301), newly taken land (NL-01) and the farmland balance (NL-13) are made of: the built ones
    of towns and villages, every parcel that a new patch or a site touches, and cultivated ones around ground that is reclaimed.
    A whole survey would be the survey's to deliver."""
    parcels = layers.read(LAND_USE)
    codes = {*profile.value("village_czcsxm"), *profile.value("built_czcsxm")}
    needed = parcels.index.isin(parcels_of_class(parcels, profile.value("construction_landuse"), codes).index)
    new = data.patch.loc[data.patch["kind"] == PatchKind.NEW.value, "geom"]
    items = np.array([geom for geom in [*new, *data.site["geom"]] if geom is not None and not geom.is_empty], dtype=object)
    if len(items):
        touched, _ = shapely.STRtree(items).query(parcels["geom"].to_numpy(), predicate="intersects")
        needed[np.unique(touched)] = True
    needed |= _around_reclaimed(parcels, data, profile)
    # Mended here: on a part of the codes it could no longer be seen that they had lost their zeros.
    return parcels.assign(class_code=class_codes(parcels["class_code"]))[needed]


def _around_reclaimed(parcels: pd.DataFrame, data: PlanData, profile: Profile) -> np.ndarray:
    """Whether each parcel is cultivated land from which the quality of reclaimed ground is read."""
    rule, ground = profile.rule(_BALANCE), reclaimed_ground(data, profile)
    if rule is None or not len(ground):
        return np.zeros(len(parcels), dtype=bool)
    geoms = parcels["geom"].to_numpy()
    near = np.zeros(len(parcels), dtype=bool)
    near[within_distance(ground, geoms, float(rule.values["reach_m"]), data.crs)["other"]] = True
    return near & parcels.index.isin(parcels_of_class(parcels, profile.value("farmland_landuse"), None).index)


def _rows_by_kind(spec: LayerSpec, content: LayerContent, profile: Profile) -> Iterator[tuple[str, dict[str, Any]]]:
    name_of = {value: field for value, field in kept_fields(spec, profile, content.rows.columns).items() if field.name in content.rows}
    cells = {value: list(content.rows[field.name]) for value, field in name_of.items()}
    words: Mapping[str, str] = words_of(name_of["kind"], profile) if "kind" in name_of else {}
    for position, geom in enumerate(content.rows["geom"]):
        row = {value: None if is_empty(values[position]) else values[position] for value, values in cells.items()}
        kind = spec.kinds[0] if len(spec.kinds) == 1 else words.get(str(row.get("kind")), "")
        if kind in spec.kinds and geom is not None and not geom.is_empty:
            yield kind, {**row, "geom": geom}


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows with the columns of COLUMNS; what stands for a number and is none becomes null."""
    columns = {name: [row.get(name) for row in rows] for name in COLUMNS}
    frame = pd.DataFrame({name: objects(values) for name, values in columns.items()})
    frame["deduction"] = pd.to_numeric(frame["deduction"], errors="coerce")
    return frame
