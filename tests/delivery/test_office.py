"""PDF files of the texts: made where LibreOffice is, told where it is not, and never pretended."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from docx import Document

from tests.delivery.plans import plan_rows, write_plan
from village_planner.base import Cancelled, InputError, SilentFeedback
from village_planner.delivery import PackageRequest, office, write_package
from village_planner.delivery.document_tables import Styles, table_elements
from village_planner.delivery.manifest import read_manifest
from village_planner.delivery.office import find_office, make_pdfs
from village_planner.delivery.rows import PrintedRow, RowKind
from village_planner.standards import TableColumn

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts of a shell")
COPY = 'while [ "$1" != "--outdir" ]; do shift; done; mkdir -p "$2"; for file in "$@"; do :; done; '


def stand_in(folder: Path, script: str) -> Path:
    """A program that is called as LibreOffice is; `$2` is then the folder of the PDF files, `$file` the last document."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "说明书.docx"
    text = Document()
    text.add_paragraph("规划说明书")
    text.save(str(path))
    return path


@pytest.mark.skipif(find_office() is None, reason="no LibreOffice on this machine")
def test_a_document_becomes_a_pdf(document: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "说明书.pdf"
    assert make_pdfs([(document, pdf)], SilentFeedback()) == []
    assert pdf.read_bytes()[:4] == b"%PDF"


@pytest.mark.skipif(find_office() is None or shutil.which("pdftotext") is None, reason="no LibreOffice or poppler on this machine")
def test_no_row_of_a_long_table_is_lost_whatever_stands_before_it(tmp_path: Path) -> None:
    columns = [TableColumn(heading, heading[-1], "", "", 10.0) for heading in (("名称",), ("面积", "现状"), ("面积", "规划"))]
    rows = [PrintedRow([f"第{number:03d}村", "1.0", "2.0"], RowKind.ROW) for number in range(120)]
    pairs = []
    for before in range(24, 36):
        text = Document()
        for _ in range(before):
            text.add_paragraph("文字")
        top, parts = table_elements("表1", "单位：公顷", "说明", columns, rows, 150.0, Styles("", "", ""))
        text.element.body[-1:-1] = [top, *parts]
        text.save(str(tmp_path / f"{before}.docx"))
        pairs.append((tmp_path / f"{before}.docx", tmp_path / f"{before}.pdf"))
    assert make_pdfs(pairs, SilentFeedback()) == []
    for _, pdf in pairs:
        shown = "".join(subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout.split())
        assert [f"第{number:03d}村" for number in range(120) if f"第{number:03d}村" not in shown] == []


def test_the_program_gets_a_user_folder_of_its_own_and_nothing_of_the_python_of_qgis(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/of/qgis")
    log = tmp_path / "log"
    program = stand_in(tmp_path, f'echo "$PYTHONHOME|$*" > {log}; {COPY} printf %%PDF-1.4 > "$2/0.pdf"')
    assert make_pdfs([(document, tmp_path / "a.pdf")], SilentFeedback(), program) == []
    home, _, arguments = log.read_text(encoding="utf-8").partition("|")
    assert home == "" and "-env:UserInstallation=file:///" in arguments and "--headless" in arguments and "说明书" not in arguments
    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF-1.4"


@pytest.mark.parametrize("script", ["exit 1", COPY + 'echo nonsense > "$2/0.pdf"'])
def test_what_is_no_pdf_is_told_and_not_kept(document: Path, tmp_path: Path, script: str) -> None:
    notes = make_pdfs([(document, tmp_path / "a.pdf")], SilentFeedback(), stand_in(tmp_path, script))
    assert [note.code for note in notes] == ["delivery.pdf_failed"] and not (tmp_path / "a.pdf").exists()


def test_a_program_that_hangs_is_ended_with_what_it_started(document: Path, tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = stand_in(tmp_path, f"sleep 600 & echo $! > {child}; wait")
    notes = make_pdfs([(document, tmp_path / "a.pdf")], SilentFeedback(), program, timeout_s=1.0)
    assert [note.code for note in notes] == ["delivery.pdf_too_long"]
    assert is_gone(int(child.read_text(encoding="utf-8")))


def test_a_cancel_ends_the_program(document: Path, tmp_path: Path) -> None:
    class Impatient(SilentFeedback):
        def is_cancelled(self) -> bool:
            return (tmp_path / "child").exists()

    program = stand_in(tmp_path, f"sleep 600 & echo $! > {tmp_path / 'part'}; mv {tmp_path / 'part'} {tmp_path / 'child'}; wait")
    with pytest.raises(Cancelled):
        make_pdfs([(document, tmp_path / "a.pdf")], Impatient(), program)
    assert is_gone(int((tmp_path / "child").read_text(encoding="utf-8"))) and not (tmp_path / "a.pdf").exists()


def test_a_package_without_libreoffice_says_so_and_claims_no_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_office", lambda: None)
    plan = write_plan(tmp_path / "plan.gpkg", plan_rows())
    result = write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx", "docx", "pdf")))
    assert [note.code for note in result.notes] == ["delivery.pdf_no_office"] * 2
    assert [row.code for row in result.report.sections[-1].rows] == ["delivery.pdf_no_office"] * 2
    manifest = read_manifest(result.path)
    assert manifest is not None and manifest.formats == ("gpkg", "xlsx", "docx") and not list(result.path.rglob("*.pdf"))
    assert result.inspection.findings.empty
    with pytest.raises(InputError) as refusal:
        write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx", "pdf")))
    assert refusal.value.message.code == "delivery.pdf_needs_docx"


def test_a_package_takes_the_pdf_files_and_its_content_stays_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = stand_in(tmp_path, COPY + 'for number in 0 1; do printf "%%PDF-$$ %%%%EOF" > "$2/$number.pdf"; done')
    monkeypatch.setattr(office, "find_office", lambda: both)
    plan = write_plan(tmp_path / "plan.gpkg", plan_rows())
    digests = set()
    for _ in range(2):
        result = write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx", "docx", "pdf")))
        manifest = read_manifest(result.path)
        assert manifest is not None and manifest.formats[-1] == "pdf" and result.notes == () and result.inspection.findings.empty
        assert sorted(path.name[-7:] for path in result.path.rglob("*.pdf")) == ["划文本.pdf", "说明书.pdf"]
        digests.add(manifest.content_sha256)
    assert len(digests) == 1


def is_gone(process: int) -> bool:
    """Whether a process has ended, or does so within a few seconds."""
    for _ in range(50):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if "\nState:\tZ" in Path(f"/proc/{process}/status").read_text(encoding="utf-8"):
            return True
        time.sleep(0.1)
    return False
