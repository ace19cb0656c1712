"""What intake makes of each of other people's bad files: `python -m tools.bad_inputs [FOLDER]` writes docs/bad_inputs.md."""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from osgeo import gdal, ogr, osr

from village_planner.base import InputError, Message, render
from village_planner.base.messages import ENGLISH
from village_planner.base.report import Report
from village_planner.intake import AddControl, CreatePlan, add_control, create_plan
from village_planner.intake.tables import Grid, is_table_file, read_grids
from village_planner.plan import PlanFile
from village_planner.spatial.reading import LayerInfo, list_layers

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "bad_inputs.md"
FOLDER = ROOT.parent / "shared" / "data" / "bad_inputs"
NOT_INPUT = ("LICENSES", "README.md")
CONTROL, PATCHES, ROSTER = "control layer", "patches", "other roster"
HEADINGS = ("file", "what is odd", "given as", "in the file", "taken", "repaired", "left out", "what the planner is told")
_BESIDE = (".shx", ".prj", ".cpg", ".qpj", ".gfs")
_ROUTINE = re.compile(r"intake\.(column|columns|matched|identifier_missing|plan_crs|township|village_no_polygon|sheet_chosen|compared)")
_SAID_ROWS = 2
_EPSG = 4548

ODD = {
    "containers/bug_21100-wierd_field_names.gpkg": "field names with a blank and a hyphen",
    "containers/domains.gpkg": "no features, no CRS, any geometry; domains on its fields",
    "containers/test_gdb.gdb": "a FileGDB of three layers",
    "containers/test_json.gpkg": "no CRS; JSON in a text field; a table beside the layer",
    "containers/testzip.zip": "two layers of one name in folders of a zip",
    "corrupt/bad_layers_test.gpkg": "layers that refer to one another",
    "corrupt/data_corruption_error.shp": "heights, measures, decimal commas in texts",
    "corrupt/data_only_tables.gpkg": "rows without geometry under a CRS and a geometry type",
    "corrupt/ex2.json": "GeoJSON (degrees by definition) with metres",
    "crs/a_utm.shp": "another datum and zone", "crs/b_utm.shp": "another datum and zone",
    "crs/c_utm.shp": "no .prj", "crs/d_geo.shp": "degrees", "crs/e_merc.shp": "Mercator",
    "crs/mixed_crs.gpkg": "two layers in two CRS, one in feet",
    "crs/null_crs_gdal.gpkg": "CRS 'undefined'",
    "curves_mixed/curve.gpkg": "compound curve",
    "curves_mixed/curvepolygon.gpkg": "curve polygon",
    "curves_mixed/mixed_layers.gpkg": "two layers, two CRS, one without features",
    "encoding/big5.dbf": "Big5, and no .cpg to say so", "encoding/gbk.dbf": "GBK, and no .cpg to say so",
    "encoding/chinese.shp": "GBK told by the code page only; metres under a CRS in degrees",
    "encoding/iso-8859-1.shp": "ISO-8859-1 by its .cpg", "encoding/utf8.shp": "UTF-8 by its .cpg",
    "geometry/empty_spatial_layer.shp": "no features",
    "geometry/gap_layer.shp": "gaps between polygons",
    "geometry/invalidgeometries.gml": "boundary crosses itself",
    "geometry/line_zm.gpkg": "heights and measures",
    "geometry/multi_polys_with_empty_geoms.gpkg": "heights; one null and one empty geometry; no fields",
    "geometry/openring.json": "a ring that is not closed; no fields",
    "geometry/polygon_layer.shp": "two boundaries that cross themselves, one polygon without area",
    "geometry/polygon_layer_empty_geometries.geojson": "three empty geometries",
    "geometry/polys_overlapping.shp": "polygons over one another",
    "tables_text/spreadsheet.ods": "two sheets", "tables_text/testlatin1.csv": "ISO-8859-1", "tables_text/testutf8.csv": "UTF-8 without mark",
    "tables_text/utf16_le_bom.csv": "UTF-16", "tables_text/utf8_bom.csv": "UTF-8 with mark",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What one way of giving one layer or table came to.

    file: path in the folder, layer or sheet behind |; given_as: control layer, patches or other roster; count: features or rows in the file;
    left_out: set aside, each with its reason; refused: nothing was taken, and `said` is why; codes: of all messages.
    """

    file: str
    given_as: str
    count: int
    taken: int
    repaired: int
    left_out: int
    refused: bool
    said: str
    codes: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the page, as HEADINGS."""
        counts = ("–", "–", "–") if self.refused else (str(self.taken), str(self.repaired), str(self.left_out))
        said = f"**refused:** {self.said}" if self.refused else self.said
        return (self.file, ODD.get(self.file.split("|")[0], ""), self.given_as, str(self.count), *counts, said)


def sources(folder: Path) -> list[Path]:
    """The files and .gdb folders to be given, in order; those beside a shapefile or GML belong to it."""
    found = [path for path in sorted(folder.glob("*/*")) if path.parent.name not in NOT_INPUT and path.suffix not in _BESIDE]
    return [path for path in found if path.suffix != ".dbf" or not path.with_suffix(".shp").exists()]


def outcomes(folder: Path, work: Path) -> Iterator[Outcome]:
    """Give each layer of a folder as control layer, those that may have polygons also as patches, each table as another roster.

    work: an empty folder for the plans.
    """
    roster, villages = _given(work)
    plan = create_plan(CreatePlan(plan=work / "plan.gpkg", title="计划", base_year=2020, roster=str(roster))).plan
    for path in sources(folder):
        for item in _items(path):
            if isinstance(item, LayerInfo) and item.geometry_type != "None":
                source, name = f"{path}|layername={item.layer}", _name(folder, path, item.layer)
                yield _as_control(plan, source, name, item)
                if "Polygon" in item.geometry_type or "Unknown" in item.geometry_type:
                    yield _as_patches(work, roster, villages, source, name, item)
            else:
                yield _as_roster(folder, work, roster, path, item)


def page(found: Sequence[Outcome]) -> str:
    """The text of docs/bad_inputs.md."""
    rows = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in outcome.cells)} |" for outcome in found)
    return f"""# What intake makes of bad files

Other people's files (`../shared/data/bad_inputs`), each given as a planner would: layers as a control layer (`addcontrol`; polygons as `land_use`,
other geometry as `other`; in a plan that lies nowhere yet, in EPSG:4490) and, where it may have polygons, as PATCHES of `createplan` beside villages
in EPSG:{_EPSG}; tables as one of OTHER_ROSTERS, with the column of village names mapped. Columns that are not used and features without an identifier
are told as well, and left out below. In every row: in the file = taken + left out, or the file is refused whole. Side files (`.shx`, `.prj`, `.cpg`,
`.dbf` of a shapefile, `.gfs`) belong to their layer; given alone, a `.dbf` or `.shx` is its shapefile, a table within a `.gdb` folder is refused with
the name of the folder, and any other is refused as no layer or table.

Written by `python -m tools.bad_inputs` with GDAL {gdal_version()}; `tests/real/test_bad_inputs.py` holds it to what intake does.

| {' | '.join(HEADINGS)} |
|{'---|' * len(HEADINGS)}
{rows}
"""


def main() -> int:
    """Write the page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with tempfile.TemporaryDirectory() as work:
        PAGE.write_text(page(list(outcomes(folder, Path(work)))), encoding="utf-8")
    print(PAGE)
    return 0


def gdal_version() -> str:
    """GDAL's version, of which a page's wording may depend: 3.6."""
    return ".".join(gdal.__version__.split(".")[:2])


def _given(work: Path) -> tuple[Path, Path]:
    """A roster of one village and its polygon."""
    roster, villages = work / "名录.csv", work / "村界.gpkg"
    roster.write_text("行政村代码,行政村\n370799101201,东山村\n", encoding="utf-8")
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(_EPSG)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(villages))
    layer = dataset.CreateLayer("村界", reference, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("XZQDM", ogr.OFTString))
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetField("XZQDM", "370799101201")
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((500000 4000000,501000 4000000,501000 4001000,500000 4000000))"))
    layer.CreateFeature(feature)
    return roster, villages


def _items(path: Path) -> Sequence[LayerInfo | Grid]:
    return read_grids(path) if is_table_file(path) else list_layers(path)


def _name(folder: Path, path: Path, layer: str) -> str:
    file = path.relative_to(folder).as_posix()
    return file if layer in ("", path.stem) else f"{file}|{layer}"


def _as_control(plan: Path, source: str, name: str, info: LayerInfo) -> Outcome:
    kind = "land_use" if "Polygon" in info.geometry_type else "other"
    try:
        result = add_control(AddControl(plan, kind, source))
    except InputError as error:
        return _refused(name, CONTROL, info.feature_count, error)
    said, codes = _told(result.report)
    return Outcome(name, CONTROL, info.feature_count, result.count, result.repaired, result.set_aside, False, said, codes)


def _as_patches(work: Path, roster: Path, villages: Path, source: str, name: str, info: LayerInfo) -> Outcome:
    request = CreatePlan(
        plan=work / "patches.gpkg", title="计划", base_year=2020, roster=str(roster), villages=str(villages), patches=source, overwrite=True
    )
    try:
        result = create_plan(request)
    except InputError as error:
        return _refused(name, PATCHES, info.feature_count, error)
    codes = Counter(row.code for section in result.report.sections for row in section.rows)
    taken = len(PlanFile.open(result.plan).read().patch)
    repaired = codes["intake.geometry_repaired"] + codes["intake.geometry_mended"]
    said, told = _told(result.report)
    return Outcome(name, PATCHES, info.feature_count, taken, repaired, codes["intake.geometry_set_aside"], False, said, told)


def _as_roster(folder: Path, work: Path, roster: Path, path: Path, item: LayerInfo | Grid) -> Outcome:
    layer = item.layer if isinstance(item, LayerInfo) else item.sheet
    source, name = (f"{path}|layername={layer}" if layer else str(path)), _name(folder, path, layer)
    grid = item if isinstance(item, Grid) else read_grids(source)[0]
    body = grid.rows[1:]
    names = next((heading for column, heading in enumerate(grid.rows[0]) if body and re.search(r"[^\W\d]", str(body[0][column] or ""))), grid.rows[0][0])
    request = CreatePlan(
        plan=work / "roster.gpkg", title="计划", base_year=2020, roster=str(roster), other_rosters=(source,), overwrite=True,
        field_map={path.name: {"village": str(names)}},
    )  # fmt: skip
    try:
        result = create_plan(request)
    except InputError as error:
        return _refused(name, ROSTER, len(body), error)
    units = next(row.params["units"] for section in result.report.sections for row in section.rows if row.code == "intake.compared")
    said, codes = _told(result.report)
    return Outcome(name, ROSTER, len(body), int(units), 0, sum(code.startswith("intake.row_") for code in codes), False, said, codes)


def _refused(name: str, given_as: str, count: int, error: InputError) -> Outcome:
    return Outcome(name, given_as, count, 0, 0, 0, True, render(error.message, ENGLISH), (error.message.code,))


def _told(report: Report) -> tuple[str, tuple[str, ...]]:
    """What a report says of the source, without what it says of every file; of many rows with one word the first ones."""
    rows: list[Message] = [row for section in report.sections for row in section.rows]
    shown: list[str] = []
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row.code] += 1
        if not _ROUTINE.match(row.code) and seen[row.code] <= _SAID_ROWS:
            shown.append(render(row, ENGLISH))
    more = [f"({count - _SAID_ROWS} more like the last: {code})" for code, count in seen.items() if count > _SAID_ROWS and not _ROUTINE.match(code)]
    return " ".join([*shown, *more]).replace("\n", " "), tuple(row.code for row in rows)


if __name__ == "__main__":
    sys.exit(main())
