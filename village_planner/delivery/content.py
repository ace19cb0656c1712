"""Fills the package folder: vector data, workbook, sheets, documents, attachments, metadata; and says what its manifest must say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Mapping

import numpy as np
import pandas as pd
import shapely

from village_planner.base import Feedback, Message
from village_planner.base.feedback import PartFeedback
from village_planner.delivery.atlas import atlas_sources, atlas_townships, townships_left_out
from village_planner.delivery.attachments import copy_attachments
from village_planner.delivery.control import delivered_kinds
from village_planner.delivery.documents import write_explanation, write_text
from village_planner.delivery.editions import edition_content
from village_planner.delivery.fields import deliver
from village_planner.delivery.filegdb import write_filegdb
from village_planner.delivery.fitting import refuse_unfitting
from village_planner.delivery.frames import DeliverySource, county_code, layers_of
from village_planner.delivery.geodata import GDB, GPKG, SHP, VCT
from village_planner.delivery.geopackage import write_geopackage
from village_planner.delivery.lists import write_lists
from village_planner.delivery.manifest import Manifest
from village_planner.delivery.metadata import write_metadata
from village_planner.delivery.naming import plan_date
from village_planner.delivery.office import make_pdfs
from village_planner.delivery.request import ATLAS, CSV, PDF
from village_planner.delivery.serials import Give, Serials
from village_planner.delivery.shapefile import write_shapefiles
from village_planner.delivery.sheets import DrawSheets, SheetHeading, sheet_folder, sheet_source
from village_planner.delivery.tables import delivered_tables, tables_of
from village_planner.delivery.tree import entries_of, entry_path
from village_planner.delivery.unit_codes import write_unit_codes
from village_planner.delivery.vct_layers import write_vct_layers
from village_planner.delivery.vector import Delivered
from village_planner.delivery.verdict import draft_mark
from village_planner.delivery.workbook import Heading, write_workbook
from village_planner.plan.data import PlanData, plain
from village_planner.spatial.crs import CGCS2000_GEOGRAPHIC, describe_crs, transform
from village_planner.standards import LayerSpec

_PLAN_FACTS = ("guid", "title", "scope", "county_code", "county_name", "institute", "base_year", "current_phase", "status", "secrecy", "created_at")
_LAYER_FACTS = ("code", "kind", "title", "edition_date", "imported_at", "features", "repaired", "set_aside", "digest")
_FORMAT_TITLES = {
    GPKG: "GeoPackage", GDB: "FileGDB", SHP: "SHP", VCT: "VCT", "xlsx": "XLSX", CSV: "CSV", "docx": "DOCX", PDF: "PDF", "sheets": "PDF、JPG",
    ATLAS: "分乡镇图集",
}
_PRECISION = {
    GPKG: "GeoPackage：坐标不取舍", SHP: "SHP：坐标不取舍，不含值域和字段别名（见字段对照表）",
    VCT: "VCT：坐标取至0.0001米，文本中的半角逗号写作全角，换行写作空格",
    GDB: "FileGDB：坐标取至0.00000001米（1e-8 m），数值字段不限位数，日期字段含时刻",
}


@dataclass(frozen=True)
class PackageContent:
    """What a package is made from.

    source: with the profile as the edition uses it. names: as for `tree.root_name`; edition: id; person: contact, '' for none.
    formats: of package.FORMATS. plan_folder: of the plan file, where links to documents begin. give: finds the serial numbers of features in the plan file.
    control_lines: whether the edition may carry control layers.
    """

    source: DeliverySource
    names: Mapping[str, str]
    edition: str
    draft: bool
    person: str
    formats: tuple[str, ...]
    plan_folder: Path
    give: Give
    control_lines: bool = True


def write_content(root: Path, content: PackageContent, draw: DrawSheets | None, feedback: Feedback) -> tuple[Manifest, list[Message]]:
    """Write the files of the profile's tree that this program makes, but record and manifest.

    Returns the manifest without its files, and what of the wished formats could not be made, which the manifest does not name.
    Raises OSError, InputError, PlanFileError where new features cannot be given identifiers, Cancelled.
    """
    source, spec = content.source, content.source.profile.package
    entries = entries_of(spec, content.edition)
    frames = layers_of(source)
    feedback.check()
    layers = delivered_layers(source, frames, content.give)
    refuse_unfitting(layers, content.formats)
    for entry in entries:
        if entry.kind == "folder" and entry.required:
            (root / entry.path.format(**content.names)).mkdir(parents=True, exist_ok=True)
    _write_vectors(root, content, layers, PartFeedback(feedback, 0.1, 0.6))
    heading = package_heading(content)
    tables = tables_of(source)
    if "xlsx" in content.formats:
        write_workbook(_made(root, content, "workbook"), delivered_tables(source, tables), source.data.phases, source.profile, heading)
    if CSV in content.formats:
        folder = _made(root, content, "lists")
        folder.mkdir(exist_ok=True)
        write_lists(folder, delivered_tables(source, tables), source.data.phases, source.profile)
    feedback.progress(0.65)
    drawn = 0.7 if ATLAS in content.formats else 0.9
    pictures = _draw(root, content, draw, PartFeedback(feedback, 0.65, drawn)) if "sheets" in content.formats and draw else []
    if ATLAS in content.formats and draw:
        _draw_atlas(root, content, draw, PartFeedback(feedback, drawn, 0.9))
    if "docx" in content.formats:
        write_text(_made(root, content, "text"), content, tables, pictures)
        write_explanation(_made(root, content, "explanation"), content, tables, pictures)
    notes = _write_pdfs(root, content, PartFeedback(feedback, 0.9, 0.95)) if PDF in content.formats else []
    if notes:
        content = replace(content, formats=tuple(name for name in content.formats if name != PDF))
    left_out = townships_left_out(source.data) if ATLAS in content.formats else []
    notes += [Message("delivery.atlas_left_out", {"townships": "、".join(left_out)})] if left_out else []
    feedback.progress(0.95)
    if any(entry.kind == "unit_codes" for entry in entries):
        write_unit_codes(_made(root, content, "unit_codes"), source, heading)
    lacking = copy_attachments(root, source.data, entries, content.names, content.plan_folder)
    write_metadata(_made(root, content, "metadata"), spec, _metadata(content, layers, heading.date))
    return _manifest(content, {name: len(rows) for name, (_, rows) in layers.items()}, lacking), notes


def delivered_layers(source: DeliverySource, frames: Mapping[str, pd.DataFrame], give: Give) -> dict[str, tuple[LayerSpec, pd.DataFrame]]:
    """The layers of the profile with their rows; one that is not required is left out without rows."""
    specs = [spec for spec in source.profile.layers.values() if spec.required or len(frames[spec.frame])]
    given = Serials(source.profile, county_code(source.data)).given({spec.name: (spec, frames[spec.frame]) for spec in specs}, give)
    return {spec.name: (spec, deliver(spec, given[spec.name], source.profile)) for spec in specs}


def package_heading(content: PackageContent) -> Heading:
    """What stands around the tables and on the sheets of a package."""
    info = content.source.data.info
    return Heading(str(info["title"]), str(info["institute"] or ""), draft_mark(content.draft), plan_date(content.source.data), content.names["edition"])


def _draw(root: Path, content: PackageContent, draw: DrawSheets, feedback: Feedback) -> list[Path]:
    """Draw the map sheets, without control lines where the edition does not deliver them; returns the files of those that texts show.

    A sheet of phases of a plan without moves stands in the package, which must have it, and shows no reader anything.
    """
    source = content.source
    folder = root / sheet_folder(source.profile.package, content.names)
    folder.mkdir(parents=True, exist_ok=True)
    sheets = sheet_source(source, _sheet_heading(content), bool(delivered_kinds(source.profile)))
    idle = {sheet.stem for sheet in sheets.sheets if sheet.is_idle}
    return [file for file in draw(sheets, folder, feedback) if file.stem not in idle]


def _draw_atlas(root: Path, content: PackageContent, draw: DrawSheets, feedback: Feedback) -> None:
    """Draw the map sheets of each township into a folder of its own."""
    source, folder = content.source, _made(root, content, "atlas")
    sheets = atlas_sources(source, _sheet_heading(content), bool(delivered_kinds(source.profile)))
    count = len(atlas_townships(source.data))
    for number, (name, own) in enumerate(sheets):
        (folder / name).mkdir(parents=True, exist_ok=True)
        draw(own, folder / name, PartFeedback(feedback, number / count, (number + 1) / count))


def _sheet_heading(content: PackageContent) -> SheetHeading:
    info = content.source.data.info
    return SheetHeading(
        content.names["code"], content.names["name"], str(info["title"]), str(info["institute"] or ""), content.names["edition"], content.draft,
        plan_date(content.source.data), str(plain(info["secrecy"]) or ""),
    )


def _write_pdfs(root: Path, content: PackageContent, feedback: Feedback) -> list[Message]:
    """PDF files of the texts, all or none; returns why there are none."""
    feedback.say(Message("delivery.progress.pdf"))
    kinds = {entry.kind for entry in entries_of(content.source.profile.package, content.edition)}
    pairs = [(_made(root, content, kind), _made(root, content, f"{kind}_pdf")) for kind in ("text", "explanation") if f"{kind}_pdf" in kinds]
    notes = make_pdfs(pairs, feedback)
    for _, pdf in pairs if notes else ():
        pdf.unlink(missing_ok=True)
    return notes


def _made(root: Path, content: PackageContent, kind: str) -> Path:
    """Path of the only file of a kind, its folder made."""
    path = root / entry_path(content.source.profile.package, kind, content.names)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write_vectors(root: Path, content: PackageContent, layers: Delivered, feedback: Feedback) -> None:
    profile, crs, date = content.source.profile, content.source.data.crs, plan_date(content.source.data)
    if GPKG in content.formats:
        write_geopackage(_made(root, content, "geopackage"), layers, profile, crs, date, feedback)
    if GDB in content.formats:
        write_filegdb(_made(root, content, "filegdb"), _without(layers, GDB), profile, crs, feedback)
    if SHP in content.formats:
        write_shapefiles(_made(root, content, "shapefile"), _without(layers, SHP), profile, crs, date, feedback)
    if VCT in content.formats:
        write_vct_layers(_made(root, content, "vct"), _without(layers, VCT), profile, crs, date, feedback)


def _without(layers: Delivered, format_: str) -> Delivered:
    """The layers that a format can hold, as the profile says."""
    return {name: (spec, rows) for name, (spec, rows) in layers.items() if format_ not in spec.not_in}


def _manifest(content: PackageContent, counts: Mapping[str, int], lacking: list[dict[str, str]]) -> Manifest:
    source, info = content.source, content.source.data.info
    phases = source.data.phase.sort_values("year")
    kinds = delivered_kinds(source.profile)
    held = source.data.control_layer[source.data.control_layer["kind"].isin(kinds)]
    return Manifest(
        profile_id=source.profile.id, profile_version=source.profile.version, edition=content.edition, draft=content.draft,
        code=content.names["code"], name=content.names["name"], crs=source.data.crs,
        plan={name: info[name] for name in _PLAN_FACTS},
        scenario={"code": source.scenario, "title": _scenario_title(source)},
        phases=tuple((int(year), str(title)) for year, title in zip(phases["year"], phases["title"])),
        counts=dict(counts), control_lines=content.control_lines, withheld=tuple(sorted(source.layers.kinds() - kinds)),
        control_layers=tuple({name: plain(row[name]) for name in _LAYER_FACTS} for row in held.to_dict("records")),
        formats=content.formats, lacking=tuple(lacking),
    )


def _scenario_title(source: DeliverySource) -> str:
    scenarios = source.data.tables["scenario"]
    return str(dict(zip(scenarios["code"], scenarios["title"])).get(source.scenario) or source.scenario)


def _metadata(content: PackageContent, layers: Delivered, date: str) -> dict[str, str | None]:
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
        "formats": "、".join(title for name, title in _FORMAT_TITLES.items() if name in content.formats),
        "profile": f"{source.profile.title}（{source.profile.id} {source.profile.version}）",
        "west": west, "east": east, "south": south, "north": north,
        "datum": "2000国家大地坐标系", "crs_name": crs.name, "crs": str(source.data.crs),
        "meridian": None if crs.central_meridian_deg is None else f"{crs.central_meridian_deg:g}",
        "quality": "质检结果见质检记录.csv", "lineage": "；".join(filter(None, lineage)),
        "precision": "；".join(text for name, text in _PRECISION.items() if name in content.formats) or None,
        "layers": "、".join(f"{name} {layer.alias}" for name, (layer, _) in layers.items()),
        "institute": plain(info["institute"]), "person": content.person or None if edition_content(source.profile, content.edition).person else None,
    }


def _extent(data: PlanData, layers: Delivered) -> tuple[str | None, ...]:
    """West, south, east, north of all geometry in degrees with 6 decimals; None without geometry."""
    geoms = [geom for _, rows in layers.values() if "geom" in rows for geom in rows["geom"] if geom is not None and not geom.is_empty]
    if not geoms:
        return (None, None, None, None)
    corners = np.array([shapely.box(*shapely.total_bounds(geoms))], dtype=object)
    return tuple(f"{value:.6f}" for value in shapely.total_bounds(transform(corners, data.crs, CGCS2000_GEOGRAPHIC)))
