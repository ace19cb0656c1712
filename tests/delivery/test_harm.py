"""What could run or reach out when a file is opened is told, and what only looks like it is not; nothing of it is run."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from village_planner.delivery.harm import check_harm

_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c r="B2">{}<v>1</v></c></row></sheetData></worksheet>'


def told(folder: Path, name: str, content: bytes) -> list[tuple[str, str]]:
    """Message and severity of what is found in one file."""
    (folder / name).write_bytes(content)
    return [(finding.message.code.rpartition(".")[2], finding.severity) for finding in check_harm(folder, (name,))]


def office(folder: Path, name: str, **parts: str) -> list[tuple[str, str]]:
    """The same for an Office file of these parts; __ in a name stands for /, _dot_ for a point."""
    with zipfile.ZipFile(folder / "made.zip", "w") as archive:
        for part, text in parts.items():
            archive.writestr(part.replace("__", "/").replace("_dot_", "."), text)
    return told(folder, name, (folder / "made.zip").read_bytes())


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.exe", b"x", "unsafe_program"), ("说明.pdf.lnk", b"x", "unsafe_program"), ("a.txt", b"MZ\x90\x00", "unsafe_program"),
    ("a.csv", b"#!/bin/sh", "unsafe_program"),
    ("a.csv", "序号,问题\n1,=HYPERLINK(\"x\")\n".encode(), "unsafe_formula"), ("a.csv", b"1,-2+cmd|' /C calc'!A0", "unsafe_formula"),
    ("a.csv", b"1,\"\t=1+1\"", "unsafe_formula"), ("a.pdf", b"%PDF-1.4 /OpenAction << /S /JavaScript >> %%EOF", "unsafe_pdf"),
    ("a.pdf", b"%PDF-1.4" + b" " * 1_048_570 + b"/Launch %%EOF", "unsafe_pdf"), ("a.html", b"<body onload='x()'>", "unsafe_script"),
    ("a.svg", b"<svg><script>x</script></svg>", "unsafe_script"),
    ("a.qgs", b"<qgis><properties><Macros><pythonCode type=\"QString\">import os</pythonCode></Macros></properties></qgis>", "unsafe_macro"),
])  # fmt: skip
def test_what_could_run_is_told(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert told(tmp_path, name, content) == [(code, "")]


@pytest.mark.parametrize(("name", "content"), [
    ("a.csv", "序号,问题\n1,-5.5\n2,+86\n3,-\n4,—（无）\n5,'=1+1\n".encode()), ("a.pdf", b"%PDF-1.4 /S /URI %%EOF"),
    ("a.html", b"<p>description</p>"), ("a.txt", b""), ("a.xlsx", b"no zip"), ("a.gpkg", b"no base"),
    ("a.qgs", b"<qgis><properties><Macros><pythonCode type=\"QString\"></pythonCode></Macros></properties></qgis>"),
])  # fmt: skip
def test_what_only_looks_like_it_is_not(tmp_path: Path, name: str, content: bytes) -> None:
    assert told(tmp_path, name, content) == []


def test_formulas_are_told_by_what_they_reach(tmp_path: Path) -> None:
    for formula, found in (
        ("SUM(A1:A3)", [("formulas", "C")]), ("WEBSERVICE(A1)", [("unsafe_formula", "")]), ("[1]Sheet1!A1", [("unsafe_formula", "")]),
        ("cmd|'/C calc'!A0", [("unsafe_formula", "")]),
    ):
        assert office(tmp_path, "a.xlsx", xl__worksheets__sheet1_dot_xml=_SHEET.format(f"<f>{formula}</f>")) == found
    assert office(tmp_path, "a.xlsx", xl__worksheets__sheet1_dot_xml=_SHEET.format("")) == []


def test_links_that_are_fetched_are_told_and_those_that_wait_for_a_click_are_not(tmp_path: Path) -> None:
    link = '<Relationship Id="r1" TargetMode="External" Type="http://x/{}" Target="http://example.invalid/"/>'
    for kind, found in (("attachedTemplate", [("unsafe_external", "")]), ("externalLinkPath", [("unsafe_external", "")]), ("hyperlink", [])):
        assert office(tmp_path, "a.docx", word___rels__document_dot_xml_dot_rels=_RELATIONS.format(link.format(kind))) == found


def test_macros_and_entities_in_an_office_file_are_told(tmp_path: Path) -> None:
    assert office(tmp_path, "a.docx", word__vbaProject_dot_bin="x") == [("unsafe_macro", "")]
    bomb = '<!DOCTYPE a [<!ENTITY b "' + "x" * 50 + '"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
    assert office(tmp_path, "a.docx", word__document_dot_xml=bomb) == [("unsafe_xml", "")]


def test_a_geopackage_may_have_the_triggers_of_its_kind_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (a)")
        connection.execute("CREATE TRIGGER rtree_t_geom_insert AFTER INSERT ON t BEGIN SELECT 1; END")
    assert check_harm(tmp_path, ("a.gpkg",)) == []
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE VIEW planted AS SELECT 1")
        connection.execute("CREATE TABLE qgis_projects (name)")
    codes = [finding.message.code for finding in check_harm(tmp_path, ("a.gpkg",))]
    assert sorted(codes) == ["delivery.unsafe_project", "delivery.unsafe_sql"]
