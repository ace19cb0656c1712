"""VCT: reference samples, round trips of generated polygons with and without shared boundaries, dialects, and what is refused."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from village_planner.base import InputError
from village_planner.delivery.vct import VctContent, VctField, VctLayer, head_for, read_vct, write_vct

ZONE = 4527
X0, Y0 = 39_500_000.0, 3_900_000.0
FIELDS = (
    VctField("BSM", "Char", 18), VctField("MC", "Varchar"), VctField("JSMJ", "Float", 15, 2), VctField("HS", "Int4"), VctField("RQ", "Date", 8),
    VctField("XS", "Double", 38, 8),
)
VALUES = {"BSM": "370100060400000001", "MC": "东王村", "JSMJ": 990000.25, "HS": 12, "RQ": "2025-11-21", "XS": 0.125}


def _layer(geoms: list, geometry: str = "Polygon", code: str = "1000600400", table: str = "CJDCQ", **values: list) -> VctLayer:
    rows = pd.DataFrame([VALUES] * len(geoms), columns=list(VALUES), dtype=object).assign(**values)
    if geometry != "None":
        column = np.empty(len(geoms), dtype=object)
        column[:] = geoms
        rows["geom"] = column
    return VctLayer(code, "村级调查区", geometry, table, FIELDS, rows)


def _round_trip(folder: Path, *layers: VctLayer, shared: bool = True, crs: int = ZONE) -> VctContent:
    path = folder / "成果.vct"
    write_vct(path, head_for(crs, "20251121"), layers, shared=shared)
    return read_vct(path)


def _same(read: VctLayer, written: VctLayer) -> bool:
    geoms, expected = read.rows["geom"].to_numpy(dtype=object), written.rows["geom"].to_numpy(dtype=object)
    same = shapely.equals_exact(shapely.normalize(geoms), shapely.normalize(expected), tolerance=0.00011)
    names = [of.name for of in written.fields]
    return bool(same.all()) and read.rows[names].equals(written.rows[names].reset_index(drop=True))


@pytest.mark.parametrize("kind", ["direct", "indirect"])
def test_the_reference_samples_are_read(shared_standards: Path, kind: str) -> None:
    content = read_vct(shared_standards / f"vct3_sample_{kind}.vct")
    (layer,) = content.layers
    assert (content.head.crs, content.head.scale, content.doubts) == (ZONE, 2000, ())
    assert (layer.code, layer.title, layer.geometry, layer.table) == ("1000600400", "村级调查区", "Polygon", "CJDCQ")
    with_hole = shapely.box(X0, Y0, X0 + 1000, Y0 + 1000) - shapely.box(X0 + 400, Y0 + 400, X0 + 500, Y0 + 500)
    assert layer.rows["geom"][0].equals(with_hole) and layer.rows["geom"][1].area == 1_000_000
    assert list(layer.rows["ZLDWMC"]) == ["东王村", "西王村"] and list(layer.rows["JSMJ"]) == [990_000.0, 1_000_000.0]


@pytest.mark.parametrize("kind", ["direct", "indirect"])
def test_what_was_read_of_a_sample_is_written_with_the_same_objects(shared_standards: Path, tmp_path: Path, kind: str) -> None:
    sample = shared_standards / f"vct3_sample_{kind}.vct"
    content = read_vct(sample)
    write_vct(tmp_path / "again.vct", replace(content.head, entries={}), content.layers, shared=kind == "indirect")
    text = (tmp_path / "again.vct").read_bytes().decode("gb18030")
    original = sample.read_text(encoding="gb18030")
    for section in ("Head", "FeatureCode", "TableStructure"):
        assert _section(text, section) == _section(original, section)
    if kind == "indirect":
        assert _section(text, "Line").count("1099000000") == 4
    assert read_vct(tmp_path / "again.vct").layers[0].rows["geom"].equals(content.layers[0].rows["geom"])


def _section(text: str, name: str) -> list[str]:
    return [line for line in text.replace("\r\n", "\n").split(f"{name}Begin\n")[1].split(f"{name}End")[0].split("\n") if line]


def test_a_file_is_gb18030_with_windows_line_ends_and_neighbours_share_their_line(tmp_path: Path) -> None:
    layer = _layer([shapely.box(X0 + at, Y0, X0 + at + 10, Y0 + 10) for at in (0, 10, 20)])
    write_vct(tmp_path / "a.vct", head_for(ZONE, "20251121"), [layer])
    data = (tmp_path / "a.vct").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") and "东王村".encode("gb18030") in data
    assert data.decode("gb18030").count("1099000000") == 6


@st.composite
def _partitions(draw: st.DrawFn) -> list[shapely.Geometry]:
    """A grid with wandering nodes whose cells were given to parcels: neighbours, islands in holes, parts apart from each other."""
    columns, rows = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    moves = draw(st.lists(st.integers(-30_000, 30_000), min_size=2 * (columns + 1) * (rows + 1), max_size=2 * (columns + 1) * (rows + 1)))
    wander = np.array(moves).reshape(columns + 1, rows + 1, 2) / 10_000
    node = [[(X0 + 10 * i + wander[i, j, 0], Y0 + 10 * j + wander[i, j, 1]) for j in range(rows + 1)] for i in range(columns + 1)]
    cells = [
        shapely.Polygon([node[i][j], node[i + 1][j], node[i + 1][j + 1], node[i][j + 1]]) for i, j in itertools.product(range(columns), range(rows))
    ]
    owners = draw(st.lists(st.integers(0, 3), min_size=len(cells), max_size=len(cells)))
    parcels = [shapely.union_all([cell for cell, of in zip(cells, owners) if of == owner]) for owner in sorted(set(owners))]
    return [parcel for parcel in parcels if parcel.is_valid and not parcel.is_empty]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(geoms=_partitions(), shared=st.booleans())
def test_generated_polygons_come_back_the_same(tmp_path: Path, geoms: list, shared: bool) -> None:
    layer = _layer(geoms)
    content = _round_trip(tmp_path, layer, shared=shared)
    assert content.doubts == () and _same(content.layers[0], layer)


def test_islands_in_holes_and_a_hole_that_is_filled_by_a_neighbour_come_back(tmp_path: Path) -> None:
    outer, hole, island = (shapely.box(X0 - at, Y0 - at, X0 + at, Y0 + at) for at in (50, 30, 10))
    layer = _layer([shapely.union_all([outer - hole, island]), hole - island])
    for shared in (True, False):
        assert _same(_round_trip(tmp_path, layer, shared=shared).layers[0], layer)


def test_points_lines_plain_tables_and_rows_without_a_shape_come_back(tmp_path: Path) -> None:
    line = shapely.LineString([(X0, Y0), (X0 + 5.5, Y0 + 1)])
    parts = shapely.MultiLineString([line, shapely.LineString([(X0 + 9, Y0), (X0 + 9, Y0 + 4)])])
    written = [
        _layer([shapely.Point(X0 + 1.2345, Y0)], "Point", "2001", "JMD"), _layer([line, parts], "Line", "2002", "QY"), _layer([None, None], "None", "", "RK"),
        _layer([shapely.box(X0, Y0, X0 + 1, Y0 + 1), None]),
    ]
    content = _round_trip(tmp_path, *written)
    read = {layer.table: layer for layer in content.layers}
    assert _same(read["JMD"], written[0]) and _same(read["QY"], written[1])
    assert read["RK"].rows[list(VALUES)].equals(written[2].rows[list(VALUES)])
    assert read["CJDCQ"].rows["geom"][1] is None and [doubt.code for doubt in content.doubts] == ["delivery.vct_no_object"]


@pytest.mark.parametrize("crs", [4490, 4491, 4502, 4513, 4527, 4534, 4548, 4554])
@pytest.mark.parametrize("parameters", ["short", "long"])
def test_every_zone_is_known_again_in_both_dialects(tmp_path: Path, crs: int, parameters: str) -> None:
    write_vct(tmp_path / "a.vct", head_for(crs, "20251121", parameters=parameters), [])
    assert read_vct(tmp_path / "a.vct").head.crs == crs


def test_nulls_stay_and_separators_in_texts_become_full_width(tmp_path: Path) -> None:
    layer = _layer([shapely.box(X0, Y0, X0 + 1, Y0 + 1)] * 2, MC=["一,二\n三", None], HS=[None, 0], JSMJ=[None, 0.0])
    rows = _round_trip(tmp_path, layer).layers[0].rows
    assert list(rows["MC"]) == ["一，二 三", None] and list(rows["HS"]) == [None, 0] and list(rows["JSMJ"]) == [None, 0.0]


def test_words_in_any_case_comments_blank_lines_and_utf8_are_read(tmp_path: Path) -> None:
    write_vct(tmp_path / "a.vct", head_for(ZONE, "20251121"), [_layer([shapely.box(X0, Y0, X0 + 1, Y0 + 1)])])
    text = (tmp_path / "a.vct").read_bytes().decode("gb18030").replace("HeadEnd", "headend")
    text = text.replace("PolygonBegin", "POLYGONBEGIN\nCommentBegin\n说明\n\nCommentEnd")
    (tmp_path / "b.vct").write_bytes(b"\xef\xbb\xbf" + text.encode("utf-8"))
    (layer,) = read_vct(tmp_path / "b.vct").layers
    assert layer.rows["MC"][0] == "东王村" and layer.rows["geom"][0].area == pytest.approx(1)


@pytest.mark.parametrize(("old", "new", "doubt"), [
    ("\n11\n5\n", "\n13\n5\n", "curve"), ("-2,-1,0,4", "-2,-9,0,4", "missing_line"), ("-2,-1,0,4", "-2,1,0,4", "open_ring"),
    ("10000002,3701", "10000003,3701", "no_row"), ("10000002\n1000600400", "10000002\n1000600499", "unknown_code"),
    ("PointBegin\n", "StyleBegin\nx\nStyleEnd\nPointBegin\n", "section_skipped"), (",990000.00,", ",很大,", "value"),
    ("10000002,3701", "10000001,3701", "row_twice"),
])  # fmt: skip
def test_what_cannot_be_made_of_a_file_is_told(shared_standards: Path, tmp_path: Path, old: str, new: str, doubt: str) -> None:
    text = (shared_standards / "vct3_sample_indirect.vct").read_text(encoding="gb18030")
    assert old in text
    (tmp_path / "a.vct").write_text(text.replace(old, new), encoding="gb18030")
    content = read_vct(tmp_path / "a.vct")
    assert f"delivery.vct_{doubt}" in [message.code for message in content.doubts]
    assert len(content.layers[0].rows) >= 1 and all("vct_" not in str(message) for message in content.doubts)


@pytest.mark.parametrize(("old", "new", "reason"), [
    ("AttributeEnd", "", "end"), ("PolygonBegin", "Polygon", "section"), ("39501000.0000,3901000.0000", "39501000.0000", "coordinates"),
    ("-2,-1,0,4", "-2,x,0,4", "number"), ("\n100\n", "\n7\n", "form"), (",搬迁撤并类", "", "values"), ("AttributeBegin\nCJDCQ", "AttributeBegin\nXZQ", "table"),
    ("Dim:2", "Dim", "entry"), ("1000600400,村级调查区,Polygon,CJDCQ", "1000600400,村级调查区", "feature_code"),
])  # fmt: skip
def test_a_broken_file_is_refused_with_its_line(shared_standards: Path, tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = (shared_standards / "vct3_sample_indirect.vct").read_text(encoding="gb18030")
    assert old in text
    (tmp_path / "坏.vct").write_text(text.replace(old, new), encoding="gb18030")
    with pytest.raises(InputError) as refusal:
        read_vct(tmp_path / "坏.vct")
    assert refusal.value.message.code == f"delivery.vct_{reason}" and "坏.vct" in str(refusal.value)


def test_binary_files_and_rings_without_area_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.vct").write_bytes(b"\xff\xfe\x00\x81\x20" * 99)
    with pytest.raises(InputError, match="GB18030"):
        read_vct(tmp_path / "a.vct")
    sliver = shapely.Polygon([(X0, Y0), (X0 + 1e-6, Y0), (X0, Y0 + 1e-6)])
    with pytest.raises(InputError, match="row 2"):
        write_vct(tmp_path / "b.vct", head_for(ZONE, "20251121"), [_layer([shapely.box(X0, Y0, X0 + 1, Y0 + 1), sliver])])
