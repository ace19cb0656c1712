"""Writing the demo: what is refused, what is replaced, and that the same seed gives the same files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from osgeo import gdal

from village_planner.base import Cancelled, InputError, SilentFeedback
from village_planner.demo import DemoResult, write_demo


class _CancelAfter(SilentFeedback):
    def __init__(self, checks: int) -> None:
        self.left = checks

    def is_cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_an_unknown_size_and_unknown_faults_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no size “village”"):
        write_demo(tmp_path / "demo", "village", "none", 1)
    with pytest.raises(InputError, match="FAULTS is “some”"):
        write_demo(tmp_path / "demo", "township", "some", 1)


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "报告.docx").write_text("x")
    with pytest.raises(InputError, match="报告.docx"):
        write_demo(tmp_path, "township", "none", 1)
    assert [entry.name for entry in tmp_path.iterdir()] == ["报告.docx"]


def test_foreign_files_beside_a_former_demo_are_refused_too(tmp_path: Path) -> None:
    write_demo(tmp_path, "township", "none", 1)
    (tmp_path / "我的笔记.txt").write_text("x")
    with pytest.raises(InputError, match="我的笔记.txt"):
        write_demo(tmp_path, "township", "none", 2)


def test_a_former_demo_is_replaced_and_what_came_of_it_stays(tmp_path: Path) -> None:
    first = write_demo(tmp_path, "township", "none", 1)
    before = (first.sources / "村庄名录.xlsx").read_bytes()
    (tmp_path / "规划" / "我的规划.gpkg").write_bytes(b"work")
    write_demo(tmp_path, "township", "none", 2)
    assert (first.sources / "村庄名录.xlsx").read_bytes() != before
    assert (tmp_path / "规划" / "我的规划.gpkg").read_bytes() == b"work"
    assert {entry.name for entry in tmp_path.iterdir()} == {"资料", "规划", "成果", "demo.json", "expected.json", "steps.json"}


def test_a_cancelled_demo_leaves_the_former_one_whole(tmp_path: Path) -> None:
    first = write_demo(tmp_path, "township", "none", 1)
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(Cancelled):
        write_demo(tmp_path, "township", "none", 2, _CancelAfter(8))
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert first.sources.is_dir()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        write_demo(tmp_path / "demo", "township", "none", 1)


@pytest.mark.parametrize("faults", ["known", "none"])
def test_the_same_seed_gives_the_same_files(
    tmp_path: Path, clean: DemoResult, faulty: DemoResult, faults: str, read_vector: Callable
) -> None:
    former = faulty if faults == "known" else clean
    again = write_demo(tmp_path / "again", "township", faults, 1)
    names = sorted(entry.name for entry in former.sources.iterdir())
    assert names == sorted(entry.name for entry in again.sources.iterdir())
    for name in names:
        if not name.endswith(".gdb"):
            assert (former.sources / name).read_bytes() == (again.sources / name).read_bytes(), name
    for file, layer in (("第三次国土调查.gdb", "DLTB"), ("三线.gdb", "YJJBNTTB"), ("三线.gdb", "STBHHX"), ("三线.gdb", "CZKFBJ")):
        assert read_vector(former.sources / file, layer) == read_vector(again.sources / file, layer)
    assert former.expected.read_text("utf-8") == again.expected.read_text("utf-8")


def test_another_seed_gives_other_names_and_the_same_structure(tmp_path: Path, clean: DemoResult) -> None:
    other = write_demo(tmp_path / "other", "township", "none", 7)
    assert (other.sources / "民政部门行政区划名录.csv").read_bytes() != (clean.sources / "民政部门行政区划名录.csv").read_bytes()
    assert sorted(p.name for p in other.sources.iterdir()) == sorted(p.name for p in clean.sources.iterdir())


def test_a_folder_that_cannot_be_made_is_a_refusal_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        write_demo(tmp_path / "file" / "demo", "township", "none", 1)


def test_shapefiles_stay_gbk_where_qgis_has_emptied_the_shape_encoding(tmp_path: Path) -> None:
    gdal.SetConfigOption("SHAPE_ENCODING", "")
    try:
        result = write_demo(tmp_path, "township", "none", 1)
    finally:
        gdal.SetConfigOption("SHAPE_ENCODING", None)
    content = (result.sources / "行政村.dbf").read_bytes()
    assert "砚溪镇".encode("gbk") in content
    assert "砚溪镇".encode() not in content
