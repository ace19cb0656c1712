"""Word documents: texts that read well whatever the plan holds, templates that refuse what they do not know, numbers that can be compared again."""

from __future__ import annotations

import io
import math
import re
import struct
import tempfile
import zipfile
import zlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable

import pandas as pd
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from lxml import etree

from tests.delivery.drawing import draw_small
from tests.delivery.plans import box, control, plan_rows, write_plan
from tools.document_templates import SOURCES, TARGET, build
from village_planner.base import InputError
from village_planner.delivery import PackageRequest, document_reading, inspect_package, write_package
from village_planner.delivery.document_figures import TextFigure, _add_bridge, text_figures
from village_planner.delivery.document_pictures import sheet_title
from village_planner.delivery.document_reading import check_explanation, read_document, read_figures
from village_planner.delivery.document_tables import Styles, table_elements
from village_planner.delivery.document_template import W
from village_planner.delivery.document_values import text_values
from village_planner.delivery.documents import write_document
from village_planner.delivery.frames import Conflicts, DeliverySource, layer_frames
from village_planner.delivery.rows import PrintedRow, RowKind
from village_planner.delivery.tables import table_frames
from village_planner.delivery.workbook import Heading
from village_planner.plan.data import plan_data
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import TableColumn, load_profile

HEADING = Heading("清河县村庄布局规划（2020—2035年）", "清河县规划编制中心", "草稿", "2026-03-01", "送审稿")
Rows = dict[str, list[dict[str, Any]]]


def source_of(rows: Rows, **changes: Any) -> DeliverySource:
    """The source of a document of these rows; the rule on texts is on."""
    profile = load_profile("layout-2035")
    rule = replace(next(iter(profile.rules.values())), on=True, values={"tolerance": 0.01})
    profile = replace(profile, rules={**profile.rules, "NL-11": rule})
    return DeliverySource(plan_data(**rows), MemoryLayers({}), profile, "S1", **changes)


def without_moves() -> Rows:
    """The clean plan without any move, site or vote."""
    rows = plan_rows()
    for table in ("move", "site", "site_capacity", "consent"):
        rows[table] = []
    rows["action"] = [{**row, "action": "retain"} for row in rows["action"]]
    rows["category"] = [{**row, "category": "05" if row["category"] == "04" else row["category"]} for row in rows["category"]]
    return rows


@lru_cache(maxsize=2)
def prepared(moving: bool) -> tuple[DeliverySource, dict[str, pd.DataFrame]]:
    """Source and tables of the clean plan, with or without its moves; they are made once."""
    source = source_of(plan_rows() if moving else without_moves())
    return source, table_frames(source, layer_frames(source))


@lru_cache(maxsize=1)
def clean_document() -> bytes:
    """The explanation of the clean plan."""
    with tempfile.TemporaryDirectory() as folder:
        return written(Path(folder)).read_bytes()


def clean(tmp_path: Path) -> Path:
    """A copy of the explanation of the clean plan, which a test may damage."""
    (tmp_path / "explanation.docx").write_bytes(clean_document())
    return tmp_path / "explanation.docx"


def written(path: Path, rows: Rows | None = None, kind: str = "explanation", sheets: tuple[Path, ...] = (), **changes: Any) -> Path:
    """A document of these rows, or of the clean plan."""
    if rows is None and not changes:
        source, tables = prepared(True)
    else:
        source = source_of(rows or plan_rows(), **changes)
        tables = table_frames(source, layer_frames(source))
    write_document(kind, path / f"{kind}.docx", source, HEADING, tables, sheets)
    return path / f"{kind}.docx"


def text_of(path: Path) -> str:
    """All paragraphs of the body outside tables."""
    return "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)


def changed(path: Path, edit: Callable[[str], str]) -> Path:
    """The document with its main part edited."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts["word/document.xml"].decode("utf-8")
    parts["word/document.xml"] = edit(before).encode("utf-8")
    assert parts["word/document.xml"].decode("utf-8") != before
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def picture(path: Path, width: int, height: int) -> Path:
    """A PNG of this size that a document takes."""
    head = b"IHDR" + struct.pack(">II", width, height) + b"\x08\x02\x00\x00\x00"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + struct.pack(">I", 0) + b"IEND\xaeB`\x82")
    return path


def template_with(tmp_path: Path, *paragraphs: str) -> Path:
    """A template of these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(tmp_path / "own.docx"))
    return tmp_path / "own.docx"


def filled(tmp_path: Path, template: Path, moving: bool = True) -> Path:
    """What a template becomes for the clean plan, with or without its moves."""
    source, tables = prepared(moving)
    source = replace(source, profile=replace(source.profile, documents={"explanation": template}))
    write_document("explanation", tmp_path / "filled.docx", source, HEADING, tables, ())
    return tmp_path / "filled.docx"


@pytest.mark.parametrize("kind", ["explanation", "text"])
def test_a_document_has_no_placeholder_left_and_says_what_the_plan_says(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, None, kind)
    content = text_of(path)
    with zipfile.ZipFile(path) as archive:
        assert not any(b"{{" in archive.read(name) or b"[[" in archive.read(name) for name in archive.namelist() if name.endswith(".xml"))
    assert "行政村（含社区等村级单元）4个" in content
    assert [part.text for part in Document(str(path)).sections[0].footer.paragraphs] == ["清河县规划编制中心", "2026年3月"] and "草稿" in content
    assert "38户" in content


@pytest.mark.parametrize("kind", ["explanation", "text"])
def test_a_plan_without_moves_reads_well_and_has_no_empty_table(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, without_moves(), kind)
    content = text_of(path)
    assert re.findall(r"(?<![\d.])0(?:\.0+)?\s?[个户人项公]", content) == []
    assert "规划期内不安排" in content
    of_moves = (
        "拆旧地块", "安置点建设", "搬迁的居民点", "新建居民点用地和集中安置点", "先安置后腾退", "减量化与", "建设、撤并搬迁", "增减挂钩", "期实施", "期推进",
    )
    assert [word for word in of_moves if word in content] == []
    assert all(len(table.rows) > 1 for table in Document(str(path)).tables)


@pytest.mark.parametrize("kind", ["explanation", "text"])
def test_the_hamlets_that_get_no_action_are_told_beside_those_that_stay_or_move(tmp_path: Path, kind: str) -> None:
    rows = plan_rows()
    inner = rows["village"][-1]["code"]
    rows["village"][-1]["position_stated"] = "inside"
    for table, key in (("category", "village_code"), ("action", "hamlet_code")):
        rows[table] = [row for row in rows[table] if not row[key].startswith(inner)]
    content = text_of(written(tmp_path, rows, kind))
    assert "现状居民点5个，规划保留2个，撤并、搬迁2个，其中就近撤并1个，搬迁1个。" in content
    assert "其余1个居民点属于城镇开发边界内的村或者不纳入分类的单位，本规划不作布局引导。" in content


def test_villages_that_the_boundary_cuts_and_those_without_a_category_are_told_apart(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["village"][0]["position_stated"] = "cut"
    rows["village"][-1]["kind"] = "urban_community"
    inner = rows["village"][-1]["code"]
    for table, key in (("category", "village_code"), ("action", "hamlet_code")):
        rows[table] = [row for row in rows[table] if not row[key].startswith(inner)]
    content = text_of(written(tmp_path, rows))
    assert "界外行政村中，村域被城镇开发边界切割（跨界）、按规则计入界外的1个。" in content and "计入界内" not in content
    assert "不纳入分类的单位1个。" in content and "不要求分类的村庄" not in content


def test_a_text_says_which_phases_need_a_vote_now(tmp_path: Path) -> None:
    rows = plan_rows()
    assert f"列入{min(row['year'] for row in rows['phase'])}年时序的迁并任务，须经村民会议（含户代表会议）或者村民代表会议" in text_of(written(tmp_path, rows))


@pytest.mark.parametrize("kind", ["explanation", "text"])
@pytest.mark.parametrize("moving", [True, False])
def test_tables_are_numbered_without_a_gap_and_sentences_name_those_numbers(tmp_path: Path, kind: str, moving: bool) -> None:
    path = written(tmp_path, None if moving else without_moves(), kind)
    captions = [text for paragraph in Document(str(path)).paragraphs if paragraph.style.name == "表题" and (text := paragraph.text)]
    for name in ("表", "附表"):
        numbers = [int(found.group(1)) for caption in captions if (found := re.match(rf"{name}(\d+)　", caption))]
        assert numbers == list(range(1, len(numbers) + 1)) and numbers
    called = dict(caption.split("　") for caption in captions)
    named = dict(re.findall(r"([一-龥]+)见(附表\d+)", text_of(path)))
    assert called[named["各村类别"]] == "村庄分类一览表（表B2）"
    assert ("各项任务" in named) is moving and called.get(named.get("各项任务", ""), "") in ("", "搬迁撤并居民点迁并方向与时序表（表B4）")
    assert not any("见。" in line or "见）" in line for line in text_of(path).split("\n"))


def test_texts_of_a_plan_without_moves_show_no_sheet_of_phases(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan.gpkg", without_moves())
    package = write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx", "docx", "sheets")), draw=draw_small).path
    assert len(list(package.rglob("*分期实施图.jpg"))) == 1
    for document in package.rglob("*.docx"):
        assert re.findall("图[1-9]　([一-龥]+)", text_of(document)) == ["村庄分类图", "布局规划图"]
    assert inspect_package(package).findings["rule"].isin(["QC-1101", "QC-1201", "NL-11", "NL-12"]).sum() == 0


def test_numbers_of_a_text_are_those_of_the_accounts(tmp_path: Path) -> None:
    figures = text_figures(*prepared(True))
    found = read_figures(clean(tmp_path))
    assert {"villages", "households", "move_households", "phase_2025_households", "withdrawn_hamlets", "site_1_capacity"} <= set(found)
    for name, value in found.items():
        figure = figures[re.sub(r"__\d+$", "", name)]
        assert figure.value is not None
        assert value == pytest.approx(round(figure.value, figure.decimals))


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert written(tmp_path / "one").read_bytes() == written(tmp_path / "two").read_bytes()


def test_an_untouched_document_agrees_with_the_layers(tmp_path: Path) -> None:
    path = clean(tmp_path)
    document = read_document(path)
    assert document is not None and {"B1", "B4", "B5", "D2", "D6"} <= set(document.tables)
    assert check_explanation(path, "说明书.docx", prepared(True)[0]) == []


def test_a_number_changed_in_the_text_is_found_with_its_sentence(tmp_path: Path) -> None:
    path = clean(tmp_path)
    pattern = r'(w:name="vp_move_households"/><w:r>(?:<w:rPr>.*?</w:rPr>)?<w:t[^>]*>)38<'
    findings = check_explanation(changed(path, lambda xml: re.sub(pattern, r"\g<1>83<", xml)), "1/说明书.docx", prepared(True)[0])
    assert [(finding.rule, finding.subject) for finding in findings] == [("NL-11", "move_households")]
    assert findings[0].message.params["found"] == "83" and findings[0].message.params["expected"] == "38"
    assert "迁并任务" in findings[0].message.params["context"]


def test_a_number_that_is_kept_hidden_does_not_count(tmp_path: Path) -> None:
    pattern = r'(w:name="vp_move_households"/>)<w:r>(?:<w:rPr>.*?</w:rPr>)?(<w:t[^>]*>38</w:t></w:r>)'
    hidden = r"\g<1><w:r><w:t>99</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr>\g<2>"
    path = changed(clean(tmp_path), lambda xml: re.sub(pattern, hidden, xml))
    assert read_figures(path)["move_households"] == 99
    assert len(check_explanation(path, "说明书.docx", prepared(True)[0])) == 1


def test_a_number_replaced_by_words_is_found(tmp_path: Path) -> None:
    pattern = r'(w:name="vp_hamlets"/><w:r>(?:<w:rPr>.*?</w:rPr>)?<w:t[^>]*>)5<'
    path = changed(clean(tmp_path), lambda xml: re.sub(pattern, r"\g<1>若干<", xml))
    assert math.isnan(read_figures(path)["hamlets"])
    assert len(check_explanation(path, "说明书.docx", prepared(True)[0])) == 1


def test_a_cell_changed_in_any_table_of_the_document_is_found(tmp_path: Path) -> None:
    path = clean(tmp_path)
    document = Document(str(path))
    wanted, edited = None, set()
    for element in document.element.body:
        marks = re.findall('w:name="vp_table_(\\w+)"', _xml(element)) if element.tag.endswith("}p") else []
        wanted = marks[0] if marks else wanted
        if not element.tag.endswith("}tbl") or wanted is None:
            continue
        cells = [node for node in element.iter() if node.tag.endswith("}t") and re.fullmatch(r"[\d,]+\.\d+|[1-9]\d+", node.text or "")]
        if cells and wanted not in ("B2", "F1", "B6", "B7", "D7"):  # without numbers, or with those of layers that this plan does not have
            cells[-1].text = "987654"
            edited.add(prepared(True)[0].profile.tables[wanted].title)
        wanted = None
    document.save(str(path))
    findings = check_explanation(path, "说明书.docx", prepared(True)[0])
    assert len(edited) >= 10
    assert {finding.subject.split("·")[0] for finding in findings} == edited
    assert {finding.rule for finding in findings} == {"NL-11"}


def _xml(element: Any) -> str:
    return str(etree.tostring(element, encoding="unicode"))


def kept_rows(table: Any) -> list[bool]:
    """Whether each row of a table stays on the page of the next one."""
    return ["w:keepNext" in _xml(row) for row in table._tbl.tr_lst]


def test_what_leads_to_the_base_is_made_of_the_figures_as_they_are_printed() -> None:
    figures = {"base_ha": TextFigure(10.125, 2), "present_ha": TextFigure(7.375, 2)}
    source = replace(source_of(plan_rows()), layers=MemoryLayers({"land_use": control("land_use", [box(450, 450, 1_000, 1_000)])}))
    _add_bridge(figures, pd.DataFrame({"village_code": ["370799102202"], "present_ha": [3.0]}), source)
    printed = {name: float(figure.text) for name, figure in figures.items()}
    assert (printed["base_ha"], printed["present_ha"]) == (10.13, 7.38)
    assert printed["present_ha"] - printed["off_base_ha"] + printed["base_beyond"] == pytest.approx(printed["base_ha"], abs=1e-9)


@pytest.mark.parametrize(("width", "more", "words"), [
    (300, [box(1_000, 6_000, 150, 100)], "多1.50公顷"), (200, [], "少1.00公顷"), (300, [], None),
])  # fmt: skip
def test_a_reader_can_add_up_from_the_present_patches_to_the_base(
    tmp_path: Path, width: int, more: list[Any], words: str | None
) -> None:
    survey = [box(450, 450, 400, 100), box(650, 750, 100, 100), box(2_450, 450, 200, 100), box(450, 4_450, width, 100), *more]
    source = replace(source_of(plan_rows()), layers=MemoryLayers({"land_use": control("land_use", survey)}))
    tables = table_frames(source, layer_frames(source))
    write_document("explanation", tmp_path / "a.docx", source, HEADING, tables, ())
    text = text_of(tmp_path / "a.docx")
    figures = text_figures(source, tables)
    assert figures["villages_off_base"].value == 1 and "按城镇统计的村庄1个，现状居民点用地3.00公顷，不计入基期规模" in text
    assert round(figures["present_ha"].value - figures["off_base_ha"].value + figures["base_beyond"].value, 2) == round(figures["base_ha"].value, 2)
    assert (f"比居民点用地图斑{words}。" in text) if words else "比居民点用地图斑" not in text


def test_a_sum_or_heading_never_stands_on_a_page_without_a_row_of_its_table(tmp_path: Path) -> None:
    for table in Document(str(clean(tmp_path))).tables:
        rows = [_xml(row) for row in table._tbl.tr_lst]
        bound = ["w:tblHeader" in row or 'w:fill="F5F7FA"' in following or "注：" in following for row, following in zip(rows, [*rows[1:], ""])]
        assert any(bound) and [keeps for keeps, must in zip(kept_rows(table), bound) if must] == [True] * sum(bound)


@pytest.mark.parametrize("note", ["", "说明"])
@pytest.mark.parametrize(("count", "kept"), [(1, []), (3, [0, 1]), (8, list(range(7))), (9, [6, 7])])
def test_a_short_table_is_whole_and_a_long_one_ends_with_three_rows_on_a_page(count: int, kept: list[int], note: str) -> None:
    rows = [PrintedRow([str(number)], RowKind.ROW) for number in range(count)]
    column = TableColumn(("名称",), "name", "", "", 10.0)
    _, parts = table_elements("表", "", note, [column], rows, 100.0, Styles("", "", ""))
    found = [number for number, row in enumerate(list(parts[0].iter(f"{W}tr"))[1 : count + 1]) if "w:keepNext" in _xml(row)]
    assert found == [*kept, *([count - 1] if note else [])]


def test_in_the_annex_a_table_that_is_cut_begins_on_a_page_of_its_own_but_the_first(tmp_path: Path) -> None:
    rows = [PrintedRow([str(number)], RowKind.ROW) for number in range(9)]
    column = TableColumn(("名称",), "name", "", "", 10.0)
    for count, begins, broken in ((9, True, True), (8, True, False), (9, False, False)):
        caption, _ = table_elements("表", "", "", [column], rows[:count], 100.0, Styles("", "", ""), begins)
        assert ("w:pageBreakBefore" in _xml(caption)) is broken
    captions = [element for element in Document(str(clean(tmp_path))).element.body if "附表1　" in "".join(element.itertext()) and element.tag == f"{W}p"]
    assert captions and not any("w:pageBreakBefore" in _xml(caption) for caption in captions)


def test_the_pages_of_contents_have_the_header_of_all_others_with_the_mark_of_a_draft(tmp_path: Path) -> None:
    for kind in ("explanation", "text"):
        cover, contents, *others = Document(str(written(tmp_path, None, kind))).sections
        assert "清河县" not in "".join(part.text for part in cover.header.paragraphs)
        assert contents.header.paragraphs[0].text == "清河县村庄布局规划（2020—2035年）（送审稿）　草稿"
        assert others and all(section.header.is_linked_to_previous for section in others)


def test_no_line_begins_with_a_closing_mark_in_any_style_of_a_document(tmp_path: Path) -> None:
    made = Document(str(clean(tmp_path)))
    assert made.styles["Normal"].element.find(f"{W}pPr/{W}kinsoku") is not None
    for name in ("表格文字", "表注", "封面标题", "目录一级"):
        assert made.styles[name].base_style.name == "Normal"
    assert 'w:kinsoku w:val="0"' not in _xml(made.styles.element) + _xml(made.element)


def test_areas_on_control_lines_are_said_only_where_they_were_checked(tmp_path: Path) -> None:
    rows = plan_rows()
    village = rows["village"][0]["code"]
    assert "永久基本农田资料，该项尚未核查" in text_of(clean(tmp_path))
    found = Conflicts({}, {village: 15_000.0}, {}, {village: 10_000.0}, {})
    content = text_of(written(tmp_path, rows, conflicts=found))
    assert "占用永久基本农田1.0000公顷" in content and "压占永久基本农田0.5000公顷" in content
    assert "不在生态保护红线内新增建设用地" in content and "不新增占用耕地" in content


@pytest.mark.parametrize(("paragraphs", "named"), [
    (["共{{villagez}}个村"], "{{villagez}}"), (["{{if:moves}}", "{{nonsense}}", "{{end}}"], "{{nonsense}}"), (["{{if:moves}}", "x"], "{{if:moves}}"),
    (["{{if:nothing}}", "{{end}}"], "{{if:nothing}}"), (["{{each:phase}}", "{{phase.colour}}", "{{end}}"], "{{phase.colour}}"),
    (["{{each:planet}}", "{{end}}"], "{{each:planet}}"), (["{{end}}"], "{{end}}"), (["{{table:B99}}"], "{{table:B99}}"), (["{{phase.name}}"], "{{phase.name}}"),
])
def test_a_template_that_names_what_does_not_exist_is_refused_by_name(tmp_path: Path, paragraphs: list[str], named: str) -> None:
    for moving in (True, False):
        with pytest.raises(InputError) as refusal:
            filled(tmp_path, template_with(tmp_path, *paragraphs), moving)
        assert named in [refusal.value.message.params.get("placeholder"), refusal.value.message.params.get("block")]
        assert refusal.value.message.params["file"] == "own.docx"


def test_a_placeholder_that_word_has_cut_into_runs_is_filled_in_the_form_of_its_beginning(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("共")
    paragraph.add_run("{{vill").bold = True
    paragraph.add_run("ages")
    paragraph.add_run("}}个村")
    document.save(str(tmp_path / "own.docx"))
    result = Document(str(filled(tmp_path, tmp_path / "own.docx"))).paragraphs[0]
    assert result.text == "共4个村"
    assert [(run.text, bool(run.bold)) for run in result.runs] == [("共", False), ("4", True), ("个村", False)]


def test_an_option_is_left_out_where_its_number_is_zero(tmp_path: Path) -> None:
    template = template_with(tmp_path, "保留{{hamlets_retain}}个[[，未定{{hamlets_undecided}}个]][[，撤并{{hamlets_merge}}个]]。")
    assert text_of(filled(tmp_path, template)) == "保留3个，撤并1个。"


def test_blocks_repeat_choose_and_nest(tmp_path: Path) -> None:
    template = template_with(
        tmp_path, "{{each:phase}}", "{{if:phase.moves}}", "{{phase.name}}{{phase.households}}户", "{{else}}", "{{phase.name}}无", "{{end}}", "{{end}}",
    )
    assert text_of(filled(tmp_path, template)).split("\n") == ["2020年无", "2021年无", "2022年无", "2025年32户", "2035年6户"]


def test_names_may_hold_what_xml_cannot(tmp_path: Path) -> None:
    rows = plan_rows()
    rows["site"][0]["name"] = "A<b>&\x07安置点"
    assert "A<b>& 安置点" in text_of(written(tmp_path, rows))


def test_a_document_is_chinese_for_the_program_that_breaks_its_lines(tmp_path: Path) -> None:
    with zipfile.ZipFile(clean(tmp_path)) as archive:
        styles, settings = (archive.read(f"word/{part}.xml").decode() for part in ("styles", "settings"))
    assert re.findall(r'<w:lang [^>]*w:eastAsia="([^"]*)"', styles) == ["zh-CN"]
    assert re.findall(r'<w:themeFontLang [^>]*w:eastAsia="([^"]*)"', settings) == ["zh-CN"]


def test_the_title_on_the_cover_breaks_before_its_years(tmp_path: Path) -> None:
    assert "清河县村庄布局规划\n（2020—2035年）" in text_of(clean(tmp_path))


def test_a_long_title_on_the_cover_breaks_before_what_is_planned(tmp_path: Path) -> None:
    source = prepared(True)[0]
    county = "某某回族蒙古族哈萨克族自治县"
    for title, lines in (
        (f"{county}村庄布局规划（2020—2035年）", [county, "村庄布局规划", "（2020—2035年）"]), (f"{county}村庄布局规划", [county, "村庄布局规划"]),
        ("清河县东河镇村庄布局规划", ["清河县东河镇村庄布局规划"]), ("（暂定名）规划", ["（暂定名）规划"]),
    ):
        values = text_values(source, replace(HEADING, plan_title=title), text_figures(*prepared(True)), False)
        assert values["plan.cover_title"].text.split("\n") == lines


@pytest.mark.parametrize(("size", "orientation"), [((3, 4), WD_ORIENT.PORTRAIT), ((4, 3), WD_ORIENT.LANDSCAPE)])
def test_a_page_stands_as_its_map_sheet_does_and_tables_keep_theirs(tmp_path: Path, size: tuple[int, int], orientation: WD_ORIENT) -> None:
    made = Document(str(written(tmp_path, sheets=(picture(tmp_path / "01a.png", 3, 4), picture(tmp_path / "02b.png", *size)))))
    assert [section.orientation for section in made.sections[-3:]] == [WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT, orientation]
    header = made.sections[-1].header.paragraphs[0]
    assert header.alignment == WD_ALIGN_PARAGRAPH.CENTER and header.text.endswith("（送审稿）　草稿")
    for shape, section in zip(made.inline_shapes, made.sections[-2:]):
        assert shape.width <= section.page_width - section.left_margin - section.right_margin
        assert shape.height <= section.page_height - section.top_margin - section.bottom_margin - Mm(30)


def test_a_map_sheet_stands_in_the_document_with_its_title(tmp_path: Path) -> None:
    sheet = tmp_path / "370799清河县01村庄分类图.png"
    picture(sheet, 4, 3)
    content = text_of(written(tmp_path, sheets=(sheet, tmp_path / "x.pdf")))
    assert "图1　村庄分类图" in content and "附图" in content and "缩印" not in content
    picture(sheet, 2000, 1500)
    assert "图1　村庄分类图（缩印，以线段比例尺为准）" in text_of(written(tmp_path, sheets=(sheet,)))
    made = Document(str(written(tmp_path, sheets=(sheet,))))
    assert [section.orientation for section in made.sections[-2:]] == [WD_ORIENT.LANDSCAPE, WD_ORIENT.LANDSCAPE]
    sheet.write_bytes(b"no picture")
    with pytest.raises(InputError) as refusal:
        written(tmp_path, sheets=(sheet,))
    assert refusal.value.message.code == "delivery.document_picture"


@pytest.mark.parametrize(("file", "title"), [("370799清河县02布局规划图.jpg", "布局规划图"), ("分期实施图.png", "分期实施图")])
def test_the_title_of_a_sheet_is_its_name_without_code_area_and_number(file: str, title: str) -> None:
    assert sheet_title(Path(file)) == title


def test_a_document_with_entities_or_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = clean(tmp_path)
    monkeypatch.setattr(document_reading, "_MOST_BYTES", 100)
    assert read_document(path) is None
    monkeypatch.undo()
    evil = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    changed(path, lambda xml: re.sub(r"<w:document", evil + "<w:document", xml, count=1))
    assert read_document(path) is None
    assert read_figures(tmp_path / "none.docx") == {}


def test_no_template_is_a_clear_refusal(tmp_path: Path) -> None:
    source = prepared(True)[0]
    source = replace(source, profile=replace(source.profile, documents={}))
    with pytest.raises(InputError) as refusal:
        write_document("text", tmp_path / "t.docx", source, HEADING, {}, ())
    assert refusal.value.message.code == "delivery.document_no_template"
    (tmp_path / "broken.docx").write_bytes(b"nothing")
    with pytest.raises(InputError) as refusal:
        filled(tmp_path, tmp_path / "broken.docx")
    assert refusal.value.message.code == "delivery.document_template_unreadable"


@pytest.mark.parametrize("kind", ["explanation", "text"])
def test_the_templates_are_built_from_their_source(kind: str) -> None:
    """After a change of tools/documents run `python -m tools.document_templates`."""
    with zipfile.ZipFile(TARGET / f"{kind}.docx") as shipped:
        own = shipped.read("word/document.xml")
    with zipfile.ZipFile(io.BytesIO(build(SOURCES / f"{kind}.txt"))) as built:
        assert built.read("word/document.xml") == own
