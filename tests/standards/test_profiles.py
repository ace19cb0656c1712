"""A profile loads, inherits, and is refused with file, key and expectation when it is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from village_planner.base import InputError, render, resource
from village_planner.standards import all_profile_ids, load_profile, profile_ids
from village_planner.standards.sheet import SYMBOLS


def make_profile(folder: Path, **entries: object) -> Path:
    """Write a profile.json into `folder` and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    head = {"id": folder.name, "version": "1", "title": "测试标准", "extends": "layout-2035", "values": {}}
    (folder / "profile.json").write_text(json.dumps({**head, **entries}, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.mark.parametrize("profile_id", all_profile_ids())
def test_every_shipped_profile_loads_and_names_source_and_confidence(profile_id: str) -> None:
    profile = load_profile(profile_id, base=True)
    assert profile.id == profile_id
    assert all(value.source and value.confidence for value in profile.values.values())
    assert all(row["source"] and row["confidence"] for codes in profile.codes.values() for row in codes.rows)
    assert all(rule.source and rule.confidence for rule in profile.rules.values())
    assert all(field.source and field.confidence for layer in profile.layers.values() for field in layer.fields)


@pytest.mark.parametrize("profile_id", profile_ids())
def test_every_domain_of_a_delivered_field_is_a_code_list_of_the_profile(profile_id: str) -> None:
    profile = load_profile(profile_id)
    used = {field.domain for layer in profile.layers.values() for field in layer.fields if field.domain}
    assert used <= set(profile.codes)


def test_a_profile_takes_what_it_does_not_say_from_the_one_that_it_extends(tmp_path: Path) -> None:
    value = {"value": 11, "unit": "位", "source": "测试", "confidence": "proposal"}
    child = load_profile(make_profile(tmp_path / "child", values={"village_code_digits": value}))
    parent = load_profile("layout-2035")
    assert child.value("village_code_digits") == 11
    assert child.value("phases") == parent.value("phases")
    assert child.codes == parent.codes
    assert child.lineage == ("child", "layout-2035", "sandiao-2019")


def test_a_child_adds_field_names_in_front_of_the_inherited(tmp_path: Path) -> None:
    folder = make_profile(tmp_path / "child")
    (folder / "inputs").mkdir()
    fields = {"village_code": {"alias": "代码", "names": ["MYCODE"], "add": True, "content": "village_code"}}
    (folder / "inputs" / "roster.json").write_text(json.dumps({"fields": fields}), encoding="utf-8")
    names = load_profile(folder).inputs["roster"].fields["village_code"].names
    assert names[0] == "MYCODE"
    assert "行政村代码" in names


def test_a_rule_keeps_the_limits_that_a_child_does_not_change(tmp_path: Path) -> None:
    folder = make_profile(tmp_path / "child")
    rules = {"QC-5202": {"severity": "B", "values": {"min_m2": 5.0}}}
    (folder / "rules.json").write_text(json.dumps({"rules": rules}), encoding="utf-8")
    rule = load_profile(folder).rules["QC-5202"]
    assert (rule.severity, rule.values["min_m2"], rule.values["severity_existing"]) == ("B", 5.0, "C")


def test_a_profile_that_is_edited_is_read_again(tmp_path: Path) -> None:
    folder = make_profile(tmp_path / "child")
    limits = []
    for square_metres in (5.0, 6.0):
        rules = {"QC-5202": {"values": {"min_m2": square_metres}}}
        (folder / "rules.json").write_text(json.dumps({"rules": rules}), encoding="utf-8")
        limits.append(load_profile(folder).rules["QC-5202"].values["min_m2"])
    assert limits == [5.0, 6.0] and load_profile(folder) is load_profile(folder)


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as refused:
        load_profile("no-such-profile")
    assert "layout-2035" in render(refused.value.message, "zh_CN")


def test_a_profile_that_extends_itself_is_refused(tmp_path: Path) -> None:
    make_profile(tmp_path / "a", extends="b")
    make_profile(tmp_path / "b", extends="a")
    with pytest.raises(InputError) as refused:
        load_profile(tmp_path / "a")
    assert refused.value.message.code == "standards.circle"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"title": 3}, "title"),
        ({"values": {"phases": [2020]}}, "values.phases"),
        ({"values": {"phases": {"value": [2020], "source": "x"}}}, "values.phases.confidence"),
        ({"values": {"phases": {"value": [2020], "source": "x", "confidence": "certain"}}}, "values.phases.confidence"),
        ({"vlaues": {}}, "vlaues"),
        ({"values": {"zone_prefix": {"value": "maybe", "source": "x", "confidence": "proposal"}}}, "values.zone_prefix.value"),
        ({"values": {"bsm_pattern": {"value": "{town}{serial}", "source": "x", "confidence": "proposal"}}}, "values.bsm_pattern.value"),
        ({"values": {"vct_head": {"value": {"mark": "LANDUSE-VCT"}, "source": "x", "confidence": "proposal"}}}, "values.vct_head.value.parameters"),
        ({"id": ""}, "id"),
    ],
)
def test_a_wrong_profile_is_refused_with_file_and_key(tmp_path: Path, change: dict[str, object], key: str) -> None:
    folder = make_profile(tmp_path / "wrong", **change)
    with pytest.raises(InputError) as refused:
        load_profile(folder)
    assert refused.value.message.params["key"] == key
    assert "profile.json" in render(refused.value.message, "zh_CN")


@pytest.mark.parametrize(("file", "data", "key", "expected"), [
    ("layers/X.json", {"name": "X"}, "alias", "图层中文名"),
    ("layers/CZBD.json", {"fields": [{"name": "BSM", "alias": "标识码", "type": "string"}]}, "fields[0].required", "M / C / O"),
    ("rules.json", {"rules": {"QC-5202": {"severity": "D"}}}, "rules.QC-5202.severity", "A / B / C"),
    ("rules.json", {"rules": {"XX-1": {"on": True}}}, "rules.XX-1.title", "title"),
    ("inputs/roster.json", {"fields": {"name": {"alias": "名称", "names": "MC"}}}, "fields.name.names", "列表"),
    ("tables/B1.json", {"title": "表", "frame": "f", "columns": [], "source": "s", "confidence": "proposal"}, "columns", "非空的列表"),
    ("package.json", {"root": "x", "entries": {}}, "entries", "列表"),
    ("package.json", {"rot": "x"}, "rot", "root"),
    ("layers/X.json", {"fields": [{"use": "BMS"}]}, "fields[0].use", "BSM"),
    ("layers/X.json", {"name": "X", "extends": "CZBDD"}, "extends", "CZBD"),
    ("layers/X.json", {"name": "JMD", "extends": "CZBD"}, "name", "其他图层"),
    ("fields.json", {"fields": {"BSM": {"name": "BSM"}}}, "fields.BSM.alias", "字段中文名"),
])  # fmt: skip
def test_a_wrong_file_of_a_profile_is_refused_with_key_and_expectation(tmp_path: Path, file: str, data: dict, key: str, expected: str) -> None:
    folder = make_profile(tmp_path / "child")
    if file == "layers/CZBD.json":
        own = json.loads(resource("profiles", "layout-2035", file).read_text(encoding="utf-8"))
        data = {**own, **data}
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_profile(folder)
    assert refused.value.message.params["file"] == f"child/{file}" and refused.value.message.params["key"] == key
    assert expected in render(refused.value.message, "zh_CN")


def test_the_symbols_of_the_grammar_are_those_that_can_be_drawn() -> None:
    grammar = json.loads(resource("profiles", "schema.json").read_text(encoding="utf-8"))
    assert tuple(grammar["definitions"]["symbol"]["enum"]) == SYMBOLS


def test_a_code_list_with_a_code_twice_is_refused_with_its_row(tmp_path: Path) -> None:
    folder = make_profile(tmp_path / "twice")
    (folder / "codes").mkdir()
    rows = "code,name,source,confidence\n01,甲,s,proposal\n01,乙,s,proposal\n"
    (folder / "codes" / "category.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_profile(folder)
    assert refused.value.message.params["row"] == 3


def test_a_code_is_found_by_code_name_short_name_and_alias() -> None:
    category = load_profile().code_list("category")
    assert {category.find(text) for text in ("04", "搬迁撤并类", "搬迁撤并", " 撤并 ")} == {"04"}
    assert category.find("不存在") is None
    assert category.find("") is None


def test_shipped_profiles_lie_where_the_plugin_looks() -> None:
    assert resource("profiles", "layout-2035", "profile.json").is_file()


@pytest.mark.parametrize("profile_id", profile_ids())
def test_every_sheet_is_numbered_once_and_names_source_colours_and_lists(profile_id: str) -> None:
    profile = load_profile(profile_id)
    sheets = list(profile.sheets.values())
    assert sheets and len({sheet.number for sheet in sheets}) == len(sheets)
    assert all(sheet.source and sheet.confidence and sheet.layers for sheet in sheets)
    layers = [layer for sheet in sheets for layer in sheet.layers]
    assert {layer.codes for layer in layers if layer.codes} <= set(profile.codes)
    assert all(layer.codes or layer.classes or layer.colors for layer in layers)
    assert all(len(one.color) == 7 and one.color.startswith("#") for layer in layers for one in layer.classes)


def test_a_sheet_with_an_unknown_symbol_is_refused_by_file_and_key(tmp_path: Path) -> None:
    folder = make_profile(tmp_path / "child")
    (folder / "sheets").mkdir()
    layer = {"frame": "villages", "heading": "村庄", "symbol": "cloud", "level": 1}
    sheet = {"number": "01", "title": "图", "panels": "one", "figures": [], "layers": [layer], "source": "测试", "confidence": "proposal"}
    (folder / "sheets" / "01.json").write_text(json.dumps(sheet, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_profile(folder)
    assert refused.value.message.params["file"] == "child/sheets/01.json" and refused.value.message.params["key"] == "layers[0].symbol"


FIELD = {"name": "LB", "alias": "类别", "type": "text", "width": 2, "required": "C", "value": "category", "source": "测试", "confidence": "proposal"}


@pytest.mark.parametrize(("field", "key", "expected"), [
    ({"domain": "category", "width": 1}, "width", ">= 2"),
    ({"domain": "category", "shows": "name"}, "width", ">= 5"),
    ({"domain": "categories"}, "domain", "category"),
    ({"system": "ydyh-2020"}, "width", ">= 6"),
    ({"system": "ydyh"}, "system", "ydyh-2020"),
])  # fmt: skip
def test_a_field_that_its_codes_do_not_fit_or_whose_codes_are_nowhere_is_refused(tmp_path: Path, field: dict[str, object], key: str, expected: str) -> None:
    folder = make_profile(tmp_path / "child")
    (folder / "layers").mkdir()
    layer = {"name": "X", "extends": "CZBD", "fields": [{**FIELD, **field}]}
    (folder / "layers" / "X.json").write_text(json.dumps(layer, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_profile(folder)
    assert refused.value.message.params["key"] == f"fields[0].{key}" and expected in str(refused.value.message.params["expected"])


def test_a_layer_that_extends_another_has_its_own_fields_first_and_those_that_it_leaves_out_no_more(tmp_path: Path) -> None:
    folder = make_profile(tmp_path / "child", without={"layers": ["CZBD"]})
    (folder / "layers").mkdir()
    layer = {"name": "CUN", "alias": "村", "extends": "CZBD", "without": ["XZQMC"], "fields": [FIELD]}
    (folder / "layers" / "CUN.json").write_text(json.dumps(layer, ensure_ascii=False), encoding="utf-8")
    own, parent = load_profile(folder).layers, load_profile().layers["CZBD"]
    assert "CZBD" not in own and (own["CUN"].frame, own["CUN"].code) == (parent.frame, parent.code)
    assert [field.name for field in own["CUN"].fields] == ["LB", *(field.name for field in parent.fields if field.name != "XZQMC")]


def test_fields_that_layers_share_are_changed_in_one_place(tmp_path: Path) -> None:
    folder = make_profile(tmp_path / "child")
    shared = {"name": "BSM", "alias": "标识码", "type": "text", "width": 24, "required": "M", "value": "bsm", "source": "测试", "confidence": "proposal"}
    (folder / "fields.json").write_text(json.dumps({"fields": {"BSM": shared}}, ensure_ascii=False), encoding="utf-8")
    assert {field.width for layer in load_profile(folder).layers.values() for field in layer.fields if field.value == "bsm"} == {24}


def test_a_file_that_excel_saved_in_its_own_encoding_is_refused_and_one_with_a_mark_before_utf_8_is_read(tmp_path: Path) -> None:
    folder = make_profile(tmp_path / "child")
    (folder / "codes").mkdir()
    rows = "code,name,source,confidence\n1,甲,测试,proposal\n"
    (folder / "codes" / "own.csv").write_text(rows, encoding="utf-8-sig")
    assert load_profile(folder).code_list("own").codes == ("1",)
    (folder / "codes" / "own.csv").write_text(rows, encoding="gbk")
    with pytest.raises(InputError) as refused:
        load_profile(folder)
    assert "child/codes/own.csv" in render(refused.value.message, "zh_CN")
