"""Encodings: Chinese text is told apart by its bytes, wrong declarations notwithstanding."""

from __future__ import annotations

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from village_planner.spatial.encoding import decode_values, encoding_of, is_decodable, sniff_encoding, zip_member_name

SIMPLIFIED = ["柳树屯村", "大王庄", "青石镇", "沙河乡", "上营", "永久基本农田", "搬迁撤并", "杏花沟", "靠山屯", "三岔河"]
TRADITIONAL = ["古坑鄉", "斗六市", "東勢鄉", "農業區", "保護區", "崙背鄉", "麥寮鄉", "臺西鄉", "水林鄉", "頂湖村"]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030"])
@pytest.mark.parametrize("name", SIMPLIFIED)
def test_one_simplified_name_is_enough(name, encoding):
    assert name.encode(encoding).decode(sniff_encoding([name.encode(encoding)]).encoding) == name


@pytest.mark.parametrize("encoding", ["utf-8", "big5"])
@pytest.mark.parametrize("name", TRADITIONAL)
def test_one_traditional_name_is_enough(name, encoding):
    assert name.encode(encoding).decode(sniff_encoding([name.encode(encoding)]).encoding) == name


def test_traditional_names_in_gbk_are_not_taken_for_big5():
    samples = [name.encode("gbk") for name in TRADITIONAL]
    assert sniff_encoding(samples).encoding == "gb18030"


def test_plain_ascii_is_utf8_beyond_doubt():
    guess = sniff_encoding([b"370724", b"", b"abc"])
    assert (guess.encoding, guess.confidence) == ("utf-8", 1.0)
    assert sniff_encoding([]).encoding == "utf-8"


def test_a_byte_order_mark_settles_it():
    assert sniff_encoding([b"\xef\xbb\xbf" + "村".encode()]).encoding == "utf-8-sig"
    assert sniff_encoding(["村,镇".encode("utf-16")]).encoding == "utf-16"


def test_one_damaged_value_does_not_turn_a_utf8_table_into_mojibake():
    samples = [name.encode() for name in SIMPLIFIED + TRADITIONAL] + [b"\xff\xfe\xfd"]
    assert sniff_encoding(samples).encoding == "utf-8"


def test_western_text_is_not_read_as_chinese():
    assert sniff_encoding(["Zürich Straße".encode("latin-1"), "señor".encode("latin-1")]).encoding == "iso-8859-1"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs"])
def test_half_a_character_at_the_end_is_cut_off_and_counted(encoding):
    whole = "中村".encode(encoding)
    texts, cut, bad = decode_values([whole, whole[:-1], None], encoding)
    assert texts == ["中村", "中", None] and (cut, bad) == (1, 0)
    assert is_decodable(whole[:-1], encoding)


def test_bytes_that_are_no_text_are_shown_and_counted():
    texts, cut, bad = decode_values([b"a\xff\xffb"], "utf-8")
    assert "\ufffd" in texts[0] and (cut, bad) == (0, 1)


@given(st.lists(st.binary(max_size=30), max_size=10))
def test_any_bytes_can_be_decoded_with_the_guess(samples):
    guess = sniff_encoding(samples)
    assert 0 <= guess.confidence <= 1
    decode_values(samples, guess.encoding)


@pytest.mark.parametrize(
    ("written", "codec"),
    [("UTF-8", "utf-8"), ("65001", "utf-8"), ("GBK", "gb18030"), ("ANSI 936", "gb18030"), ("GB2312", "gb18030")]
    + [("CP936", "gb18030"), ("Big5", "big5hkscs"), ("950", "big5hkscs"), ("88591", "iso-8859-1"), ("klingon", None)],
)
def test_encodings_are_known_by_the_names_that_files_use(written, codec):
    assert encoding_of(written) == codec


@pytest.mark.parametrize(
    ("name", "encoding", "flag"),
    [("柳树屯\\村.shp", "gbk", 0), ("柳树屯/村.shp", "utf-8", 0), ("a/b.shp", "ascii", 0), ("柳/村.shp", "", 0x800)],
)
def test_names_in_a_zip_are_read_as_archivers_write_them(name, encoding, flag):
    entry = zipfile.ZipInfo()
    entry.orig_filename = name.encode(encoding).decode("cp437") if encoding else name
    entry.flag_bits = flag
    assert zip_member_name(entry) == name.replace("\\", "/")
