"""Stands in for the desk's drawing of map sheets: small files with the figures that the real ones carry."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from osgeo import gdal, gdal_array

from village_planner.base import Feedback
from village_planner.delivery.sheet_files import stamp_jpg
from village_planner.delivery.sheets import SheetSource


def draw_small(source: SheetSource, folder: Path, feedback: Feedback) -> list[Path]:
    """A grey JPG and a PDF of one line for each sheet."""
    files = []
    for sheet in source.sheets:
        pdf, jpg = folder / f"{sheet.stem}.pdf", folder / f"{sheet.stem}.jpg"
        pdf.write_bytes(b"%PDF-1.4\n/Keywords <FEFF" + json.dumps(sheet.facts).encode("utf-16-be").hex().upper().encode() + b">\n%%EOF\n")
        picture = gdal_array.OpenArray(np.full((8, 12), 127, dtype=np.uint8))
        gdal.GetDriverByName("JPEG").CreateCopy(str(jpg), picture)
        jpg.with_suffix(".jpg.aux.xml").unlink(missing_ok=True)
        stamp_jpg(jpg, sheet.facts, 300)
        files += [pdf, jpg]
    return files
