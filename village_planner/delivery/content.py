"""Fills the package folder: GeoPackage, workbook, metadata; and says what its manifest must say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Mapping

import numpy as np
import pandas as pd
import shapely

from village_planner.base import Feedback
from village_planner.delivery.fields import deliver
from village_planner.delivery.frames import DeliverySource, county_code, layer_frames, with_serials
from village_planner.delivery.geopackage import write_geopackage
from village_planner.delivery.inspection import draft_mark
from village_planner.delivery.manifest import Manifest
from village_planner.delivery.metadata import write_metadata
from village_planner.delivery.naming import plan_date
from village_planner.delivery.tables import delivered_tables, table_frames
from village_planner.delivery.tree import entry_path
from village_planner.delivery.workbook import Heading, write_workbook
from village_planner.plan.data import PlanData, plain
from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC, describe_crs, transform
from village_planner.standards import LayerSpec

_PLAN_FACTS = ("guid", "title", "scope", "county_code", "county_name", "institute", "base_year", "current_phase", "status", "secrecy")
_WITHOUT_PERSON = ("notice",)


@dataclass(frozen=True)
class PackageContent:
    """What a package is made from. names: as for `tree.root_name`; edition: id; person: contact, '' for none."""

    source: DeliverySource
    names: Mapping[str, str]
    edition: str
    draft: bool
    person: str


def write_content(root: Path, content: PackageContent, feedback: Feedback) -> Manifest:
    """Write the files of the profile's tree that this program makes, but record and manifest; return the manifest without its files.

    Raises OSError, InputError, Cancelled.
    """
    source, spec = content.source, content.source.profile.package
    for entry in spec.entries:
        if entry.kind == "folder" and entry.required:
            (root / entry.path.format(**content.names)).mkdir(parents=True, exist_ok=True)
    frames = layer_frames(source)
    if content.edition in _WITHOUT_PERSON:
        frames["waivers"] = frames["waivers"].drop(columns=["person", "accepted_by"])
    feedback.check()
    county = county_code(source.data)
    layers = {
        name: (layer, deliver(layer, with_serials(frames[layer.frame], layer, county), source.profile))
        for name, layer in source.profile.layers.items()
    }
    date = plan_date(source.data)
    write_geopackage(root / entry_path(spec, "geopackage", content.names), layers, source.data.crs, date, feedback)
    feedback.progress(0.6)
    feedback.check()
    tables = table_frames(source, frames)
    info = source.data.info
    heading = Heading(str(info["title"]), str(info["institute"] or ""), draft_mark(content.draft), date)
    sheets = delivered_tables(source, tables)
    write_workbook(root / entry_path(spec, "workbook", content.names), sheets, source.data.phases, source.profile, heading)
    feedback.progress(0.9)
    write_metadata(root / entry_path(spec, "metadata", content.names), spec, _metadata(content, layers, date))
    return _manifest(content, {name: len(rows) for name, (_, rows) in layers.items()})


def _manifest(content: PackageContent, counts: Mapping[str, int]) -> Manifest:
    source, info = content.source, content.source.data.info
    phases = source.data.phase.sort_values("year")
    return Manifest(
        profile_id=source.profile.id, profile_version=source.profile.version, edition=content.edition, draft=content.draft,
        code=content.names["code"], name=content.names["name"], crs=source.data.crs,
        plan={name: info[name] for name in _PLAN_FACTS},
        scenario={"code": source.scenario, "title": _scenario_title(source)},
        phases=tuple((int(year), str(title)) for year, title in zip(phases["year"], phases["title"])),
        counts=dict(counts),
    )


def _scenario_title(source: DeliverySource) -> str:
    scenarios = source.data.tables["scenario"]
    return str(dict(zip(scenarios["code"], scenarios["title"])).get(source.scenario) or source.scenario)


def _metadata(content: PackageContent, layers: Mapping[str, tuple[LayerSpec, pd.DataFrame]], date: str) -> dict[str, str | None]:
    source, info = content.source, content.source.data.info
    crs = describe_crs(source.data.crs)
    hamlets, villages = len(source.data.hamlet), len(source.data.village)
    moves = int((source.data.move["scenario"] == source.scenario).sum())
    facts = sorted({str(date) for date in source.data.village["facts_date"].dropna()})
    west, south, east, north = _extent(source.data, layers)
    lineage = [f"由规划文件的“{_scenario_title(source)}”生成", f"人口等数据日期：{'、'.join(facts)}" if facts else ""]
    return {
        "title": str(info["title"]), "date": date, "code": content.names["code"], "name": content.names["name"],
        "edition": content.names["edition"], "draft": draft_mark(content.draft) or None, "language": "zh-CN",
        "abstract": f"{info['title']}，含行政村 {villages} 个、居民点 {hamlets} 个、迁并任务 {moves} 项。",
        "base_year": str(info["base_year"]), "phases": "、".join(str(year) for year in source.data.phases), "secrecy": plain(info["secrecy"]),
        "formats": "GeoPackage、XLSX", "profile": f"{source.profile.title}（{source.profile.id} {source.profile.version}）",
        "west": west, "east": east, "south": south, "north": north,
        "datum": "2000国家大地坐标系", "crs_name": crs.name, "crs": str(source.data.crs),
        "meridian": None if crs.central_meridian_deg is None else f"{crs.central_meridian_deg:g}",
        "quality": "质检结果见质检记录.csv", "lineage": "；".join(filter(None, lineage)),
        "layers": "、".join(f"{name} {layer.alias}" for name, (layer, _) in layers.items()),
        "institute": plain(info["institute"]), "person": None if content.edition in _WITHOUT_PERSON else content.person or None,
    }


def _extent(data: PlanData, layers: Mapping[str, tuple[LayerSpec, pd.DataFrame]]) -> tuple[str | None, ...]:
    """West, south, east, north of all geometry in degrees with 6 decimals; None without geometry."""
    geoms = [geom for _, rows in layers.values() if "geom" in rows for geom in rows["geom"] if geom is not None and not geom.is_empty]
    if not geoms:
        return (None, None, None, None)
    corners = np.array([shapely.box(*shapely.total_bounds(geoms))], dtype=object)
    return tuple(f"{value:.6f}" for value in shapely.total_bounds(transform(corners, data.crs, CGCS2000_GEOGRAPHIC)))
