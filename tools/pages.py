"""Pictures of the pages of workbooks and Word documents, as they print: `python -m tools.pages FILE …` writes build/pages/<name>/<page>.png."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "build" / "pages"
DOTS_PER_INCH = 80


def page_pictures(file: Path, folder: Path, dots_per_inch: int = DOTS_PER_INCH) -> list[Path]:
    """Print a workbook, document or PDF and return the picture of each page, in order; LibreOffice and poppler must be installed.

    What `folder` held before is gone. Raises FileNotFoundError without the programs, CalledProcessError where one fails.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as work:
        printed = file if file.suffix.lower() == ".pdf" else _printed(file, Path(work))
        subprocess.run(["pdftoppm", "-r", str(dots_per_inch), "-png", str(printed), str(folder / "page")], check=True)
    return sorted(folder.glob("page-*.png"))


def _printed(file: Path, work: Path) -> Path:
    """The file as PDF; a profile of its own lets LibreOffice run beside one that is open."""
    profile = f"-env:UserInstallation=file://{work}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(work), str(file)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return work / f"{file.stem}.pdf"


def main() -> None:
    """Picture the pages of the files named on the command line and print where the pictures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--dpi", type=int, default=DOTS_PER_INCH)
    arguments = parser.parse_args()
    for file in arguments.files:
        pictures = page_pictures(file.resolve(), PAGES / file.stem, arguments.dpi)
        sys.stdout.write(f"{PAGES / file.stem}: {len(pictures)}\n")


if __name__ == "__main__":
    main()
