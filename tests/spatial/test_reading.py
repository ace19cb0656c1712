"""Reading: values and geometry as they stand in the file, liberties said in notes, the source folder untouched."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from osgeo import gdal, ogr, osr

from village_planner.base.errors import Cancelled, InputError
from village_planner.base.feedback import SilentFeedback
from village_planner.spatial.blob import register_functions
from village_planner.spatial.crs import CrsKind, describe_crs
from village_planner.spatial.reading import SourceLayer, list_layers, read_layer

VILLAGES = [("001234567890", "柳树屯村", 12, 3.5, "POLYGON ((0 0,10 0,10 10,0 10,0 0))"), ("2", None, None, None, None)]


def write(path: Path, driver: str, layers: dict[str, list] | None = None, encoding: str | None = None) -> Path:
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4549)
    # QGIS, where a test before this one opened a layer, leaves SHAPE_ENCODING empty, which outdoes ENCODING.
    gdal.SetThreadLocalConfigOption("SHAPE_ENCODING", encoding)
    source = gdal.GetDriverByName(driver).Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
    for name, rows in (layers or {"village": VILLAGES}).items():
        options = [f"ENCODING={encoding}"] if encoding else []
        layer = source.CreateLayer(name, srs, ogr.wkbPolygon, options)
        for field, kind in (("CODE", ogr.OFTString), ("NAME", ogr.OFTString), ("HH", ogr.OFTInteger), ("HA", ogr.OFTReal)):
            layer.CreateField(ogr.FieldDefn(field, kind))
        for *values, wkt in rows:
            feature = ogr.Feature(layer.GetLayerDefn())
            for number, value in enumerate(values):
                if value is not None:
                    feature.SetField(number, value)
            if wkt:
                feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
            layer.CreateFeature(feature)
            del feature
        del layer
    del source
    gdal.SetThreadLocalConfigOption("SHAPE_ENCODING", None)
    return path


def gbk_shapefile(folder: Path) -> Path:
    path = write(folder / "village.shp", "ESRI Shapefile", encoding="GBK")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    dbf = path.with_suffix(".dbf")
    content = bytearray(dbf.read_bytes())
    content[29] = 0
    dbf.write_bytes(content)
    return path


def digest(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.rglob("*")) if file.is_file()}


def codes(layer: SourceLayer) -> set[str]:
    return {note.code for note in layer.notes}


@pytest.mark.parametrize(
    ("name", "driver"),
    [("v.gpkg", "GPKG"), ("village.shp", "ESRI Shapefile"), ("v.gdb", "OpenFileGDB"), ("v.geojson", "GeoJSON"), ("v.gml", "GML")],
)
def test_values_keep_their_type_and_null_stays_null(tmp_path, name, driver):
    path = write(tmp_path / name, driver, encoding="UTF-8" if driver == "ESRI Shapefile" else None)
    before = digest(tmp_path)
    layer = read_layer(path)
    assert digest(tmp_path) == before
    assert layer.frame["CODE"].tolist() == ["001234567890", "2"]
    assert layer.frame["NAME"].tolist() == ["柳树屯村", None]
    assert layer.frame["HH"].tolist() == [12, pd.NA] and str(layer.frame["HH"].dtype) == "Int64"
    assert layer.frame["HA"].dtype == float and layer.frame["HA"][0] == 3.5 and np.isnan(layer.frame["HA"][1])
    assert layer.geoms[0].equals(shapely.box(0, 0, 10, 10)) and layer.geoms[1] is None
    assert len(layer.fids) == 2 and layer.fids.dtype == np.int64
    if driver != "GeoJSON":
        assert (layer.crs.epsg, layer.crs.kind) == (4549, CrsKind.CGCS2000_PROJECTED)


def test_a_gbk_shapefile_that_does_not_say_so_is_read_and_the_guess_told(tmp_path):
    path = gbk_shapefile(tmp_path)
    layer = read_layer(path)
    assert layer.frame["NAME"][0] == "柳树屯村" and layer.encoding == "gb18030"
    assert codes(layer) == {"spatial.encoding_guessed"}
    assert layer.notes[0].params["encoding"] == "GBK (GB18030)"
    assert list_layers(path)[0].encoding == "gb18030"


@pytest.mark.parametrize("declared", ["UTF-8", "ISO-8859-1"])
def test_a_wrong_cpg_is_overruled_with_a_note(tmp_path, declared):
    path = gbk_shapefile(tmp_path)
    path.with_suffix(".cpg").write_text(declared)
    layer = read_layer(path)
    assert layer.frame["NAME"][0] == "柳树屯村"
    assert codes(layer) == {"spatial.encoding_overruled"}


def test_the_planners_word_on_the_encoding_wins(tmp_path):
    layer = read_layer(gbk_shapefile(tmp_path), encoding="UTF-8")
    assert layer.encoding == "utf-8" and "\ufffd" in layer.frame["NAME"][0]
    assert "spatial.text_damaged" in codes(layer) and "spatial.encoding_guessed" not in codes(layer)
    with pytest.raises(InputError) as refusal:
        read_layer(gbk_shapefile(tmp_path / ".." / tmp_path.name), encoding="klingon")
    assert refusal.value.message.code == "spatial.encoding_unknown"


def test_a_chinese_filter_works_whatever_the_encoding(tmp_path):
    for folder, make in (("a", gbk_shapefile), ("b", lambda at: write(at / "v.gpkg", "GPKG"))):
        (tmp_path / folder).mkdir()
        path = make(tmp_path / folder)
        assert len(read_layer(path, where="NAME = '柳树屯村'").frame) == 1
        assert len(read_layer(path, where="NAME = '无此村'").frame) == 0
        with pytest.raises(InputError) as refusal:
            read_layer(path, where="NO_SUCH = ")
        assert refusal.value.message.code == "spatial.filter_not_understood"


def test_a_shapefile_without_shx_is_read_and_gets_none_in_its_folder(tmp_path):
    path = gbk_shapefile(tmp_path)
    path.with_suffix(".shx").unlink()
    before = digest(tmp_path)
    layer = read_layer(path)
    assert layer.geoms[0].area == 100 and "spatial.shx_rebuilt" in codes(layer)
    assert digest(tmp_path) == before


def test_a_shapefile_in_capital_letters_is_read_whole(tmp_path):
    path = gbk_shapefile(tmp_path)
    for part in list(tmp_path.iterdir()):
        part.rename(part.with_name(part.name.upper()))
    capital = path.with_name("VILLAGE.SHP")
    assert read_layer(capital).frame["NAME"][0] == "柳树屯村"
    (tmp_path / "VILLAGE.SHX").unlink()
    layer = read_layer(capital)
    assert layer.layer == "VILLAGE" and layer.frame["NAME"][0] == "柳树屯村" and layer.crs.epsg == 4549


def test_a_table_beside_geometry_without_index_writes_nothing(tmp_path):
    path = gbk_shapefile(tmp_path)
    path.with_suffix(".shx").unlink()
    before = digest(tmp_path)
    assert read_layer(path.with_suffix(".dbf")).frame["NAME"][0] == "柳树屯村"
    assert digest(tmp_path) == before


def test_a_shapefile_alone_has_geometry_and_no_fields(tmp_path):
    path = gbk_shapefile(tmp_path)
    for suffix in (".dbf", ".prj", ".shx"):
        path.with_suffix(suffix).unlink()
    layer = read_layer(path)
    assert layer.crs.kind is CrsKind.MISSING and layer.frame.shape[0] == 2 and layer.geoms[0].area == 100


def test_a_geopackage_in_wal_mode_gives_its_last_rows_and_no_new_files(tmp_path):
    path = write(tmp_path / "v.gpkg", "GPKG")
    writer = sqlite3.connect(path)
    register_functions(writer)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("INSERT INTO village (CODE) VALUES ('3')")
    writer.commit()
    left_over = tmp_path / "left over"
    left_over.mkdir()
    for part in list(tmp_path.glob("v.gpkg*")):
        shutil.copyfile(part, left_over / part.name)
    before = digest(tmp_path)
    for each in (path, left_over / path.name):
        assert read_layer(each).frame["CODE"].tolist() == ["001234567890", "2", "3"]
    after = digest(tmp_path)
    # The -shm file is SQLite's shared memory: a reader leaves its mark in it.
    assert {name for name in before if before[name] != after.get(name)} <= {"v.gpkg-shm", "left over/v.gpkg-shm"}
    assert after.keys() == before.keys()
    writer.close()
    shutil.rmtree(left_over)
    before = digest(tmp_path)
    assert len(read_layer(path).frame) == 3
    assert digest(tmp_path) == before and len(before) == 1


def test_a_zip_with_gbk_names_is_read_where_it_lies(tmp_path):
    (tmp_path / "made").mkdir()
    shapefile = gbk_shapefile(tmp_path / "made")
    path = tmp_path / "v.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(shapefile.with_suffix(part), f"../AAAA/BBBB{part}")
    # Chinese archivers write names in GBK without the UTF-8 flag, which zipfile cannot.
    path.write_bytes(path.read_bytes().replace(b"AAAA/BBBB", "数据/村庄".encode("gbk")))
    before = digest(tmp_path)
    assert [info.layer for info in list_layers(path)] == ["村庄"]
    assert read_layer(path, "村庄").frame["NAME"][0] == "柳树屯村"
    assert digest(tmp_path) == before


def test_a_zip_tells_members_apart_that_have_one_name(tmp_path):
    write(tmp_path / "a.gpkg", "GPKG")
    write(tmp_path / "b.gpkg", "GPKG")
    path = tmp_path / "v.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "a.gpkg", "a.gpkg")
        archive.write(tmp_path / "b.gpkg", "b.gpkg")
        archive.writestr("notes.json", "not json")
    names = [info.layer for info in list_layers(path)]
    assert names == ["a.gpkg/village", "b.gpkg/village"]
    layer = read_layer(path, names[1])
    assert len(layer.frame) == 2 and [note.params["file"] for note in layer.notes] == ["notes.json"]


def test_of_several_layers_one_must_be_named(tmp_path):
    path = write(tmp_path / "v.gpkg", "GPKG", {"village": VILLAGES, "hamlet": VILLAGES})
    with pytest.raises(InputError) as refusal:
        read_layer(path)
    assert refusal.value.message.params["layers"] == "village, hamlet"
    with pytest.raises(InputError) as refusal:
        read_layer(path, "parcel")
    assert refusal.value.message.code == "spatial.no_such_layer"
    assert len(read_layer(path, "hamlet").frame) == 2


def test_curves_heights_and_open_rings_are_plain_and_said_so(tmp_path):
    path = tmp_path / "open.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","properties":{"n":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}},'
        '{"type":"Feature","properties":{"n":2},"geometry":{"type":"Polygon","coordinates":[[[0,0,5],[1,0,5],[1,1,5],[0,0,5]]]}},'
        '{"type":"Feature","properties":{"n":3},"geometry":{"type":"Polygon","coordinates":[[[0,0]]]}}]}'
    )
    layer = read_layer(path)
    assert codes(layer) == {"spatial.geometry_rings_closed", "spatial.heights_left_out", "spatial.geometry_unreadable"}
    assert layer.geoms[0].area == layer.geoms[1].area == 0.5 and not layer.geoms[1].has_z and layer.geoms[2] is None
    assert layer.geometry_faults == {0: "spatial.geometry_rings_closed", 2: "spatial.geometry_unreadable"}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.shp", b"rubbish", "spatial.format_not_supported"),
        ("a.gpkg", b"SQLite format 3\0 and then rubbish", None),
        ("a.zip", b"PK rubbish", "spatial.zip_unreadable"),
        ("a.txt", b"hello", "spatial.format_not_supported"),
        (None, None, "spatial.file_missing"),
    ],
)
def test_rubbish_is_an_input_error(tmp_path, name, content, code):
    path = tmp_path / (name or "missing.shp")
    if name:
        path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        list_layers(path)
    assert code in (None, refusal.value.message.code)
    assert path.name in str(refusal.value)


@pytest.mark.parametrize("suffix", [".shp", ".dbf", ".gpkg", ".gdb", ".geojson", ".json", ".gml", ".zip", ".xlsx", ""])
@pytest.mark.parametrize("content", [b"", b"\x00" * 200, b"SQLite format 3\x00" + b"\x02" * 200, b"{", b"<a/>", None])
def test_whatever_is_no_layer_is_refused_in_words(tmp_path, suffix, content):
    path = tmp_path / f"a{suffix}"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    before = digest(tmp_path)
    with pytest.raises(InputError) as refusal:
        read_layer(path)
    assert not str(refusal.value).startswith(refusal.value.message.code)
    assert digest(tmp_path) == before


def test_a_truncated_shapefile_says_how_many_rows_are_lost(tmp_path):
    rows = [(str(n), "村", n, 1.0, f"POLYGON (({n} 0,{n + 1} 0,{n + 1} 1,{n} 0))") for n in range(20)]
    path = write(tmp_path / "village.shp", "ESRI Shapefile", {"village": rows}, "UTF-8")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    layer = read_layer(path)
    assert codes(layer) & {"spatial.rows_unreadable", "spatial.file_damaged"}


def test_reading_stops_when_the_planner_cancels(tmp_path):
    class Impatient(SilentFeedback):
        def is_cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        read_layer(write(tmp_path / "v.gpkg", "GPKG"), feedback=Impatient())


def test_it_works_the_same_where_gdal_raises_exceptions(tmp_path):
    shapefile = gbk_shapefile(tmp_path)
    gdal.UseExceptions()
    ogr.UseExceptions()
    osr.UseExceptions()
    try:
        assert read_layer(shapefile).frame["NAME"][0] == "柳树屯村"
        (tmp_path / "a.txt").write_text("hello")
        package = write(tmp_path / "v.gpkg", "GPKG")
        not_understood, not_supported = "spatial.filter_not_understood", "spatial.format_not_supported"
        cases = ((tmp_path / "a.txt", None, not_supported), (shapefile, "NO_SUCH = ", not_understood), (package, "NO_SUCH = ", not_understood))
        for path, where, code in cases:
            with pytest.raises(InputError) as refusal:
                read_layer(path, where=where)
            assert refusal.value.message.code == code
        assert describe_crs(osr.SpatialReference()).kind is CrsKind.MISSING
    finally:
        for module in (osr, ogr, gdal):
            module.DontUseExceptions()


def bad_inputs() -> list[str]:
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "bad_inputs"
    beside = {".prj", ".cpg", ".qpj", ".md", ".shx"}
    files = [f for f in folder.glob("*/*") if f.suffix not in beside and f.parent.name != "LICENSES"]
    return sorted(f"{f.parent.name}/{f.name}" for f in files) or ["none"]


@pytest.mark.parametrize("name", bad_inputs())
def test_every_bad_file_is_read_or_refused_and_its_folder_left_alone(shared_data, tmp_path, name):
    source = shared_data / "bad_inputs" / name
    folder = tmp_path / "copy"
    shutil.copytree(source.parent, folder, copy_function=shutil.copyfile)
    before = digest(folder)
    try:
        for info in list_layers(folder / source.name):
            layer = read_layer(folder / source.name, info.layer)
            assert len(layer.frame) == len(layer.fids) == len(layer.geoms) == info.feature_count
            assert list(layer.frame.columns) == [field.name for field in info.fields]
            assert all(not str(note).startswith(note.code) for note in layer.notes)
    except InputError as refusal:
        assert source.name in str(refusal) and not str(refusal).startswith(refusal.message.code)
    assert digest(folder) == before


@pytest.mark.parametrize(("name", "text"), [("gbk.dbf", "简体国语"), ("big5.dbf", "繁體國語"), ("chinese.shp", "简体")])
def test_chinese_files_by_other_people_are_decoded(shared_data, name, text):
    assert read_layer(shared_data / "bad_inputs" / "encoding" / name).frame["NAME"].tolist() == [text]


def test_the_villages_of_a_real_county_are_read(shared_data):
    path = shared_data / "tw_yunlin" / "villages_tw_yunlin.gpkg"
    layer = read_layer(path, list_layers(path)[0].layer)
    assert len(layer.geoms) == 389 and not shapely.is_missing(layer.geoms).any()
