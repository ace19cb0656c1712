"""Makes PDF files of Word documents with LibreOffice, where it is installed; nothing is made where it is not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess  # nosec B404: a program that was found in its usual places, without a shell
import sys
import tempfile
import time
from pathlib import Path
from typing import Sequence

from village_planner.base import Feedback, Message

TIMEOUT_S = 240.0
_POLL_S = 0.2
_NAMES = ("soffice", "libreoffice")
_FOLDERS = ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)")
"""Variables of Windows that name where LibreOffice\\program\\soffice.exe may lie."""
_MAC = Path("/Applications/LibreOffice.app/Contents/MacOS/soffice")
_OWN = ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "QT_PLUGIN_PATH")
"""What QGIS sets for itself, and LibreOffice with its own Python and Qt must not take over."""
_PDF = b"%PDF"


def find_office() -> Path | None:
    """The program of LibreOffice: on PATH, else where its installers put it on Windows and macOS; None without."""
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    folders = [os.environ[name] for name in _FOLDERS if os.environ.get(name)]
    usual = [*(Path(folder) / "LibreOffice" / "program" / "soffice.exe" for folder in folders), _MAC]
    return next((path for path in usual if path.is_file()), None)


def make_pdfs(documents: Sequence[tuple[Path, Path]], feedback: Feedback, office: Path | None = None, timeout_s: float = TIMEOUT_S) -> list[Message]:
    """Write the PDF of each document; return why one could not be made, in words: a PDF that is not told of is there and whole.

    documents: Word document and the PDF to write. office: program, None: as found. LibreOffice runs without a window and with a user
    folder of its own in a temporary folder, so that neither a running one nor its settings are touched; it is ended after timeout_s
    seconds and on a cancel. Raises Cancelled, OSError.
    """
    office = office or find_office()
    if office is None:
        return [Message("delivery.pdf_no_office", {"file": target.name}) for _, target in documents]
    with tempfile.TemporaryDirectory(prefix="village-planner-") as work:
        # Under plain names: a converter that meets characters outside its code page finds no file.
        made = Path(work) / "made"
        sources = [Path(work) / f"{number}.docx" for number in range(len(documents))]
        for (document, _), source in zip(documents, sources):
            shutil.copyfile(document, source)
        said = _run(office, sources, made, Path(work), feedback, timeout_s)
        notes = []
        for (_, target), source in zip(documents, sources):
            pdf = made / f"{source.stem}.pdf"
            if pdf.is_file() and pdf.read_bytes()[:4] == _PDF:
                shutil.copyfile(pdf, target)
            else:
                notes.append(said or Message("delivery.pdf_failed", {"file": target.name}))
        return notes


def _run(office: Path, sources: Sequence[Path], made: Path, work: Path, feedback: Feedback, timeout_s: float) -> Message | None:
    """Convert; returns what went wrong with the program itself."""
    command = [
        str(office), "--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard", f"-env:UserInstallation={(work / 'user').as_uri()}",
        "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(made), *map(str, sources),
    ]
    environment = {name: value for name, value in os.environ.items() if name not in _OWN}
    try:
        process = subprocess.Popen(  # nosec B603
            command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
    except OSError as error:
        return Message("delivery.pdf_no_start", {"program": office.name, "reason": error.strerror or str(error)})
    end = time.monotonic() + timeout_s
    try:
        while process.poll() is None:
            feedback.check()
            if time.monotonic() > end:
                return Message("delivery.pdf_too_long", {"seconds": int(timeout_s)})
            time.sleep(_POLL_S)
    finally:
        _end(process)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with what it started: soffice is a starter that waits for another process."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        taskkill = Path(os.environ.get("SystemRoot", r"C:\Windows")) / "System32" / "taskkill.exe"
        subprocess.run([str(taskkill), "/F", "/T", "/PID", str(process.pid)], check=False, capture_output=True)  # nosec B603
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
