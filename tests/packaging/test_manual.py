"""The manual that ships with the plugin: every page is whole, and every rule and message stands in it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tools import manual
from village_planner.standards import load_profile


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("manual")
    return {path.stem: path.read_text(encoding="utf-8") for path in manual.build(folder)}


def test_every_message_of_the_program_stands_on_the_page_of_messages(pages: dict[str, str]) -> None:
    missing = [code for _, code, _, _ in manual.messages() if f"<code>{code}</code>" not in pages["messages"]]
    assert missing == []


def test_every_page_of_the_contents_is_there(pages: dict[str, str]) -> None:
    assert list(pages) == list(manual.CONTENTS)


def test_every_rule_of_the_profile_has_its_section_with_what_it_looks_at(pages: dict[str, str]) -> None:
    sections = re.split(r'<h3 id="([a-z]{2}-\d+)">', pages["rules"])
    told = dict(zip(sections[1::2], sections[2::2]))
    profile = load_profile()
    assert set(told) == {rule_id.lower() for rule_id in manual.rule_ids(profile)}
    for rule_id in manual.rule_ids(profile):
        setting = profile.rule(rule_id)
        assert setting is not None and setting.title in told[rule_id.lower()], rule_id
        assert "<strong>检查什么</strong>：" in told[rule_id.lower()], rule_id


def test_every_command_stands_in_the_manual_with_its_parameters_and_outputs(pages: dict[str, str]) -> None:
    from village_planner.processing.provider import VillagePlannerProvider

    provider = VillagePlannerProvider()
    provider.loadAlgorithms()
    sections = re.split(r'<h2 id="(\w+)">', pages["commands"])
    told = dict(zip(sections[1::2], sections[2::2]))
    assert set(told) == {algorithm.name() for algorithm in provider.algorithms()}
    for algorithm in provider.algorithms():
        for definition in (*algorithm.parameterDefinitions(), *algorithm.outputDefinitions()):
            assert re.search(rf"\b{definition.name()}\b", told[algorithm.name()]), f"{algorithm.name()} {definition.name()}"


def test_every_picture_is_shown_on_a_page(pages: dict[str, str]) -> None:
    shown = {source for text in pages.values() for source in re.findall(r'src="images/([^"]+)"', text)}
    assert shown == {path.name for path in (manual.SOURCES / manual.IMAGES).iterdir()}


def test_pictures_are_small_enough_to_ship() -> None:
    sizes = {path.name: path.stat().st_size for path in (manual.SOURCES / manual.IMAGES).iterdir()}
    assert max(sizes.values()) < 150_000 and sum(sizes.values()) < 3_000_000


def test_no_link_and_no_picture_of_the_manual_leads_nowhere(pages: dict[str, str], tmp_path: Path) -> None:
    anchors = {name: set(re.findall(r'id="([^"]+)"', text)) for name, text in pages.items()}
    lost = []
    for name, text in pages.items():
        for page, anchor in re.findall(r'href="([\w-]*?)(?:\.html)?(?:#([^"]*))?"', text):
            page = page or name
            if page not in pages or (anchor and unquote(anchor) not in anchors[page]):
                lost.append(f"{name}: {page}#{anchor}")
        lost += [f"{name}: {source}" for source in re.findall(r'src="([^"]+)"', text) if not (manual.SOURCES / source).is_file()]
    assert lost == []


def test_no_mark_of_the_source_is_left_in_a_page(pages: dict[str, str]) -> None:
    left = {name: re.findall(r".{0,20}(?:\*\*|\{\{|^#+ ).{0,20}", re.sub(r"<(code|pre)>.*?</\1>", "", text)) for name, text in pages.items()}
    assert {name: found for name, found in left.items() if found} == {}


def test_nothing_in_the_manual_needs_a_network(pages: dict[str, str]) -> None:
    assert not any(re.search(r'(?:src|href)="(?:https?:)?//', text) for text in pages.values())


def test_a_directive_that_is_not_known_names_its_page(tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text("# 规则\n\n{{rulez QC-5202}}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"rules\.md.*rulez"):
        manual.build(tmp_path / "out", tmp_path)


def test_a_page_shows_what_the_profile_says_of_a_rule(tmp_path: Path) -> None:
    (tmp_path / "rules.md").write_text("# 规则\n\n### QC-5202\n\n{{rule QC-5202}}\n", encoding="utf-8")
    (page,) = manual.build(tmp_path / "out", tmp_path)
    text = page.read_text(encoding="utf-8")
    setting = load_profile().rule("QC-5202")
    assert setting is not None and setting.title in text and '<h3 id="qc-5202">' in text
