"""The figures inside the files of map sheets: written into PDF and JPG after the drawing, read back without trusting the file."""

from __future__ import annotations

import json
import re
import struct
import uuid
from pathlib import Path
from typing import Any, Iterator, Mapping

_MARK = b"village-planner-sheet "
_TAIL_BYTES = 1 << 20
_HEAD_BYTES = 1 << 20
_MOST_TEXT = 60_000
_DATE = re.compile(rb"/CreationDate \(D:\d{14}[^)]*\)")
# Newer Qt says the time of drawing and a random id in a packet of XMP too.
_XMP_DATE = re.compile(rb'(xmp:\w+Date=")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d')
_XMP_ID = re.compile(rb'(xmpMM:DocumentID="uuid:)[0-9a-f-]{36}')
_KEYWORDS = re.compile(rb"/Keywords <FEFF([0-9A-F]+)>")
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s+(\d+)\s+%%EOF\s*$", re.DOTALL)
_INFO, _SIZE, _ROOT = re.compile(rb"/Info (\d+) 0 R"), re.compile(rb"/Size (\d+)"), re.compile(rb"/Root (\d+ \d+ R)")
_JPEG_START, _COMMENT, _APP0, _SCAN = b"\xff\xd8", 0xFE, 0xE0, 0xDA


def stamp_pdf(path: Path, facts: Mapping[str, Any], title: str, date: str) -> None:
    """Write title, subject and figures into the PDF's properties, and `date` (ISO) in place of the time of drawing.

    The same drawing gives the same bytes. Raises ValueError for a PDF that is not built as Qt builds it, OSError.
    """
    when = f"D:{date.replace('-', '')}000000Z".encode("ascii")
    content = path.read_bytes()
    found = _TRAILER.search(content)
    info, size, root = (pattern.search(found.group(1)) if found else None for pattern in (_INFO, _SIZE, _ROOT))
    if found is None or info is None or size is None or root is None:
        raise ValueError("trailer")
    content = _DATE.sub(lambda old: b"/CreationDate (" + when.ljust(len(old.group()) - 16)[: len(old.group()) - 16] + b")", content)
    content = _XMP_DATE.sub(lambda old: old.group(1) + date.encode("ascii") + b"T00:00:00", content)
    own_id = str(uuid.uuid5(uuid.NAMESPACE_OID, title + _json(facts))).encode("ascii")
    content = _XMP_ID.sub(lambda old: old.group(1) + own_id, content)
    number, entry = info.group(1), f"{len(content):010d} 00000 n \n".encode("ascii")
    properties = (
        b"/Title %s /Subject %s /Keywords %s /Creator (Village Planner) /CreationDate (%s)"
        % (_pdf_text(title), _pdf_text(_sentence(facts)), _pdf_text(_json(facts)), when)
    )
    update = number + b" 0 obj\n<< " + properties + b" >>\nendobj\n"
    table = len(content) + len(update)
    update += b"xref\n" + number + b" 1\n" + entry + b"trailer\n<< /Size " + size.group(1) + b" /Info " + number + b" 0 R /Root " + root.group(1)
    update += b" /Prev " + found.group(2) + b" >>\nstartxref\n" + str(table).encode("ascii") + b"\n%%EOF\n"
    path.write_bytes(content + update)


def stamp_jpg(path: Path, facts: Mapping[str, Any], dpi: int) -> None:
    """Write the figures as a comment into the JPG, and its resolution into its header. Raises ValueError for another file, OSError."""
    content = path.read_bytes()
    if not content.startswith(_JPEG_START) or content[2:4] != bytes((0xFF, _APP0)) or content[6:11] != b"JFIF\0":
        raise ValueError("JFIF")
    length = struct.unpack(">H", content[4:6])[0]
    header = bytearray(content[: 4 + length])
    header[13:18] = struct.pack(">BHH", 1, dpi, dpi)
    text = _MARK + _json(facts).encode("utf-8")
    comment = struct.pack(">BBH", 0xFF, _COMMENT, len(text) + 2) + text
    path.write_bytes(bytes(header) + comment + content[4 + length :])


def read_sheet_figures(path: Path) -> dict[str, Any]:
    """What a sheet's PDF or JPG says of itself: sheet, title, scenario, draft, edition, figures (group → code → figure → number or None).

    {} where the file carries nothing of the kind, cannot be read, or says it in another form: nothing in it is trusted or executed.
    """
    try:
        with path.open("rb") as stream:
            if stream.read(4) == b"%PDF":
                stream.seek(max(0, path.stat().st_size - _TAIL_BYTES))
                found = _KEYWORDS.findall(stream.read(_TAIL_BYTES))
                text = bytes.fromhex(found[-1].decode("ascii")).decode("utf-16-be") if found else "{}"
            else:
                stream.seek(0)
                text = next((text for text in _comments(stream.read(_HEAD_BYTES))), "{}")
        return _believable(json.loads(text))
    except (OSError, ValueError, RecursionError, struct.error):
        return {}


def _comments(content: bytes) -> Iterator[str]:
    """The texts of our comments in the segments of a JPEG before its picture."""
    position = 2 if content.startswith(_JPEG_START) else len(content)
    while position + 4 <= len(content) and content[position] == 0xFF and content[position + 1] != _SCAN:
        kind, length = content[position + 1], struct.unpack(">H", content[position + 2 : position + 4])[0]
        body = content[position + 4 : position + 2 + length]
        if kind == _COMMENT and body.startswith(_MARK):
            yield body[len(_MARK) :].decode("utf-8")
        position += 2 + max(length, 2)


def _believable(data: Any) -> dict[str, Any]:
    """The facts, or {} where the figures are no numbers by group, code and name."""
    if not isinstance(data, dict) or not isinstance(data.get("figures"), dict):
        return {}
    for group in data["figures"].values():
        rows = group.values() if isinstance(group, dict) else [None]
        if not all(isinstance(row, dict) and all(_is_figure(value) for value in row.values()) for row in rows):
            return {}
    return data


def _is_figure(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15)


def _json(facts: Mapping[str, Any]) -> str:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if len(text.encode("utf-8")) > _MOST_TEXT:
        raise ValueError("too many figures")
    return text


def _sentence(facts: Mapping[str, Any]) -> str:
    return f"{facts.get('edition', '')}{'草稿' if facts.get('draft') else ''} {facts.get('sheet', '')} {facts.get('title', '')}".strip()


def _pdf_text(text: str) -> bytes:
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode("ascii") + b">"
