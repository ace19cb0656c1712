"""What is wrong with a file that calls itself a workbook: lock files, web pages and text in disguise, formulas without their results."""

from __future__ import annotations

import io
import re
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from village_planner.base import InputError, Message

_ZIP_MAGIC = b"PK"
_CELL = re.compile(rb"<c\b([^>]*[^/])>(.*?)</c>", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+\d+)"')
_SAID_CELLS = 5
_HEAD_BYTES = 4096


def refuse_no_workbook(source: Path) -> None:
    """Raise InputError for a lock file, an empty file or a web page that bears the ending of a workbook."""
    head = _head(source)
    if source.name.startswith("~$"):
        raise InputError("intake.table_is_lock", file=source.name, real=source.name[2:])
    if not head:
        raise InputError("intake.table_no_bytes", file=source.name)
    if not head.startswith(_ZIP_MAGIC) and re.search(rb"<(!doctype|html|table|\?xml|meta)", head.replace(b"\0", b""), re.IGNORECASE):
        raise InputError("intake.table_is_web_page", file=source.name)


def is_text(source: Path) -> bool:
    """Whether a file that bears the ending of a workbook is plain text (CSV with another name)."""
    head = _head(source)
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return b"\n" in head and (is_utf16 or (not head.startswith(_ZIP_MAGIC) and b"\0" not in head))


def formulas_without_result(content: bytes) -> tuple[int, list[str]]:
    """Return how many cells of an .xlsx are formulas whose results were never saved, and where the first few stand."""
    count = 0
    first: list[str] = []
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                    continue
                sheet = archive.read(name)
                for cell in _CELL.finditer(sheet) if b"<f" in sheet else ():
                    if b"<f" in cell.group(2) and not _has_result(cell.group(1), cell.group(2)):
                        count += 1
                        if len(first) < _SAID_CELLS and (place := _PLACE.search(cell.group(1))):
                            first.append(place.group(1).decode())
    except (BadZipFile, OSError, NotImplementedError):
        return 0, []
    return count, first


def formula_note(source: Path, content: bytes) -> tuple[Message, ...]:
    """Return what to say of formulas without results; nothing where there are none."""
    count, first = formulas_without_result(content)
    return (Message("intake.formulas_unsaved", {"file": source.name, "count": count, "cells": "、".join(first)}),) if count else ()


def _has_result(attributes: bytes, content: bytes) -> bool:
    # An empty text is a result too.
    return b't="str"' in attributes or re.search(rb"<v[^>]*>[^<]", content) is not None


def _head(source: Path) -> bytes:
    with source.open("rb") as stream:
        return stream.read(_HEAD_BYTES)
