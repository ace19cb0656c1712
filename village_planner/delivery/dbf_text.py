"""The texts of a dBASE table that may state its encoding wrongly: read by what it is, with a doubt where that is not what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from village_planner.base import Message
from village_planner.delivery.fields import shortened
from village_planner.spatial.encoding import GB18030, decode_values, encoding_of, is_decodable, sniff_encoding

if TYPE_CHECKING:
    from village_planner.delivery.geodata import LayerContent

_SHOWN_BYTES = 20


def decode_table(content: LayerContent, folder: Path) -> LayerContent:
    """The layer with its texts decoded; as read they are bytes shown as Latin-1.

    The encoding that the .cpg states is believed where all texts are that; otherwise it is guessed from the bytes.
    Doubts: no .cpg, one that states another encoding than GB18030, one that the texts contradict.
    """
    columns = [field.name for field in content.fields if field.type == "text"]
    texts = {name: [None if text is None else text.encode("latin-1", "replace") for text in content.rows[name]] for name in columns}
    samples = list({value for values in texts.values() for value in values if value is not None and not value.isascii()})
    stated = _stated(folder, content.name)
    encoding = encoding_of(stated) if stated else None
    doubts: tuple[Message, ...] = ()
    if encoding is None or not all(is_decodable(sample, encoding) for sample in samples):
        encoding = sniff_encoding(samples).encoding if samples else GB18030
        params = {"layer": content.name, "stated": shortened(stated) or "—", "found": encoding.upper()}
        doubts = (Message("delivery.dbf_encoding_wrong" if stated else "delivery.dbf_encoding_missing", params),)
    elif encoding != GB18030:
        doubts = (Message("delivery.dbf_encoding_other", {"layer": content.name, "stated": shortened(stated)}),)
    decoded = {name: decode_values(values, encoding)[0] for name, values in texts.items()}
    rows = content.rows.assign(**{name: list(values) for name, values in decoded.items()}).astype(dict.fromkeys(columns, object))
    return replace(content, rows=rows, doubts=doubts)


def _stated(folder: Path, name: str) -> str:
    """What the .cpg says, '' without one."""
    for path in folder.iterdir():
        if path.stem.lower() == name.lower() and path.suffix.lower() == ".cpg":
            return path.read_bytes()[:_SHOWN_BYTES].decode("ascii", "replace").strip()
    return ""
