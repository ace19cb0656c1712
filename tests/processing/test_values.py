"""Texts that stand for lists, years and field maps are read, or refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from village_planner.base import InputError
from village_planner.processing.values import field_map, listed, make_folder, phases


def test_lists_take_chinese_commas() -> None:
    assert listed("QC-5201，QC-5202、 NL-01,") == ["QC-5201", "QC-5202", "NL-01"]


def test_years_are_read() -> None:
    assert phases("2020，2025,2035") == (2020, 2025, 2035)


@pytest.mark.parametrize("text", ["2025,近期", "25", "2025-2035"])
def test_what_is_no_year_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no year"):
        phases(text)


def test_a_field_map_comes_as_text_or_as_a_file(tmp_path: Path) -> None:
    text = '{"roster": {"code": "村代码"}}'
    (tmp_path / "字段.json").write_text(text, encoding="utf-8-sig")
    assert field_map(text) == field_map(str(tmp_path / "字段.json")) == {"roster": {"code": "村代码"}}
    assert field_map(None) == {}


@pytest.mark.parametrize("text", ["{", '{"roster": "村代码"}', "无此文件.json"])
def test_a_field_map_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="field map"):
        field_map(text)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file"):
        make_folder(tmp_path / "file" / "inner")
