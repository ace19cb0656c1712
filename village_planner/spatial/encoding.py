"""Text encodings of Chinese tables: guess them from bytes, know them by the names that files give them, decode with them."""

from __future__ import annotations

import codecs
import zipfile
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Iterable, Sequence

UTF8, GB18030, BIG5, LATIN1 = "utf-8", "gb18030", "big5hkscs", "iso-8859-1"

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = {
    **dict.fromkeys(("65001", "utf8", "cp65001"), UTF8),
    **dict.fromkeys(("936", "cp936", "gbk", "gb2312", "gb18030", "54936", "ansi936"), GB18030),
    **dict.fromkeys(("950", "cp950", "big5", "big5hkscs", "ansi950"), BIG5),
    **dict.fromkeys(("88591", "iso88591", "latin1", "28591"), LATIN1),
    **dict.fromkeys(("1252", "cp1252", "windows1252", "ansi1252"), "cp1252"),
}
# Characters of Chinese place names and tables: a wrong decoding hardly ever gives them.
_FAMILIAR = frozenset(
    "村镇乡县市区庄屯寨堡营街道组社居委会省州府东西南北中上下前后大小新老山水河沟湾坡岭桥井田地林场口头家门王李张刘陈杨"
    "赵黄周吴徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭名称代码编号类型面积人户备注行政自然耕旱建设用一二三四五六七八九十"
    "鎮鄉縣區莊東後灣嶺橋場頭門張劉陳楊趙黃吳孫馬羅鄭謝許韓馮鄧里段號農業保護國"
)
_STATELESS = (UTF8, GB18030, BIG5, LATIN1, "cp1252")
_MOST_CHARACTERS = 20_000
_UTF8_SHARE = 0.9
_POOREST_CHINESE = 0.2
_ZIP_UTF8_FLAG = 0x800


@dataclass(frozen=True)
class EncodingGuess:
    """A Python codec name and how sure the guess is, 0 to 1; 1.0 for text that is plain ASCII."""

    encoding: str
    confidence: float


def sniff_encoding(samples: Iterable[bytes]) -> EncodingGuess:
    """Guess the encoding of byte strings of one table: UTF-8 (with or without mark), GB18030 (GBK, GB2312), Big5, Latin.

    samples: field values, or a whole file as one sample; a character cut off at the end of a value is no fault.
    UTF-8 is taken when nine in ten of the values that are not ASCII are UTF-8, since other text hardly ever is.
    Otherwise GB18030 and Big5 compete by how common the characters are that they yield.
    """
    values = list(dict.fromkeys(samples))
    for mark, encoding in _BYTE_ORDER_MARKS:
        if values and values[0].startswith(mark):
            return EncodingGuess(encoding, 1.0)
    telling = [value for value in values if not value.isascii()]
    if not telling:
        return EncodingGuess(UTF8, 1.0)
    utf8_share = sum(is_decodable(value, UTF8) for value in telling) / len(telling)
    if utf8_share >= _UTF8_SHARE:
        return EncodingGuess(UTF8, utf8_share)
    scores = {encoding: _plausibility(telling, encoding) for encoding in (GB18030, BIG5)}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < _POOREST_CHINESE:
        return EncodingGuess(LATIN1, 0.3)
    lead = scores[best] - min(scores.values())
    return EncodingGuess(best, round(min(1.0, scores[best]) * (0.5 + min(0.5, 2 * max(lead, 0.0))), 2))


def encoding_of(name: str) -> str | None:
    """The Python codec for an encoding as people and .cpg files write it ("ANSI 936", "GBK", "65001"); None if unknown."""
    key = "".join(character for character in name.lower() if character.isalnum())
    if key in _DECLARED:
        return _DECLARED[key]
    try:
        return codecs.lookup(name.strip()).name
    except LookupError:
        return None


def shown_encoding(encoding: str) -> str:
    """An encoding as the planner knows it: "GBK (GB18030)" for the codec gb18030."""
    return {UTF8: "UTF-8", GB18030: "GBK (GB18030)", BIG5: "Big5", LATIN1: "ISO-8859-1"}.get(encoding, encoding)


def is_decodable(value: bytes, encoding: str) -> bool:
    """Whether the bytes are text in the encoding; a character cut off at the very end counts as text."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(value, final=False)
    except UnicodeDecodeError:
        return False
    return True


def decode_values(values: Sequence[bytes | None], encoding: str) -> tuple[list[str | None], int, int]:
    """Decode field values; None stays None. Returns the texts, and of how many `decode_each` tells a fault of either kind."""
    counts = Counter(value for value in values if value is not None)
    distinct = list(counts)
    texts, cut_at, bad_at = decode_each(distinct, encoding)
    known: dict[bytes | None, str | None] = {None: None, **dict(zip(distinct, texts))}
    cut_count, bad_count = (sum(counts[distinct[position]] for position in at) for at in (cut_at, bad_at))
    return [known[value] for value in values], cut_count, bad_count


def decode_each(values: Sequence[bytes], encoding: str) -> tuple[list[str], list[int], list[int]]:
    """Decode field values.

    Returns the texts; the positions of those that ended in half a character (left off: the field was too narrow for the
    text); and the positions of those that hold bytes that are no text (shown as U+FFFD).
    """
    if encoding in _STATELESS:
        # All at once, where nothing is damaged: these encodings know no character with a zero byte in it.
        try:
            together = b"\0".join(values).decode(encoding).split("\0")
            if len(together) == len(values):
                return together, [], []
        except UnicodeDecodeError:
            pass
    texts: list[str] = []
    cut_at: list[int] = []
    bad_at: list[int] = []
    for position, value in enumerate(values):
        try:
            texts.append(value.decode(encoding))
        except UnicodeDecodeError:
            text, cut, bad = _decode_damaged(value, encoding)
            texts.append(text)
            cut_at += [position] * cut
            bad_at += [position] * bad
    return texts, cut_at, bad_at


def zip_member_name(entry: zipfile.ZipInfo) -> str:
    """Name of a file in a zip with /: archivers write UTF-8 or GBK without saying so, and zipfile reads that as code page 437."""
    name = entry.orig_filename
    if not entry.flag_bits & _ZIP_UTF8_FLAG:
        raw = name.encode("cp437", "replace")
        name = next((raw.decode(encoding) for encoding in (UTF8, GB18030) if _is_whole(raw, encoding)), name)
    return name.replace("\\", "/")


def _is_whole(value: bytes, encoding: str) -> bool:
    try:
        value.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decode_damaged(value: bytes, encoding: str) -> tuple[str, bool, bool]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(value, final=False)
    bad = not is_decodable(value, encoding)
    return text, bool(decoder.getstate()[0]), bad


def _plausibility(samples: Sequence[bytes], encoding: str) -> float:
    """Mean weight of the characters that are not ASCII: near 1 for right, near 0.5 or less for wrong decodings."""
    counts: Counter[str] = Counter()
    for sample in samples:
        counts.update(character for character in _decode_damaged(sample, encoding)[0] if not character.isascii())
        if sum(counts.values()) > _MOST_CHARACTERS:
            break
    total = sum(counts.values())
    if total == 0:
        return 0.0
    return sum(_weight(character, encoding) * count for character, count in counts.items()) / total


@lru_cache(maxsize=60_000)
def _weight(character: str, encoding: str) -> float:
    if character == "\ufffd" or "\ue000" <= character <= "\uf8ff":
        return -1.0
    if character in _FAMILIAR:
        return 1.5
    gb_lead, big5_lead = _lead_byte(character, "gb2312"), _lead_byte(character, "big5")
    # Level 1 holds the common characters: rows 16-55 of GB 2312, A4-C6 of Big5.
    gb_common, big5_common = 0xB0 <= gb_lead <= 0xD7, 0xA4 <= big5_lead <= 0xC6
    if encoding == BIG5:
        return 1.0 if big5_common else 0.3 if big5_lead else 0.0
    return 1.0 if gb_common else 0.4 if gb_lead or big5_common else 0.0


def _lead_byte(character: str, encoding: str) -> int:
    try:
        return character.encode(encoding)[0]
    except UnicodeEncodeError:
        return 0
