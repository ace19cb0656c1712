"""docs/rules.md says what the catalogue, the profile and the messages say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from village_planner import checks
from village_planner.base import resource
from village_planner.checks.rule import Rule
from village_planner.standards import Profile

ROOT = Path(__file__).parents[2]
COLUMNS = ("id", "title", "severity", "reads", "measure", "limits", "values", "messages", "tests")
MESSAGES = json.loads(resource("i18n", "messages.checks.json").read_text(encoding="utf-8"))


def _page() -> list[dict[str, str]]:
    lines = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| (QC|NL)-", line)]
    return [dict(zip(COLUMNS, row)) for row in cells]


def _quoted(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def test_the_page_lists_the_rules_of_the_catalogue_in_order() -> None:
    assert [row["id"] for row in _page()] == [rule.id for rule in checks.RULES]


@pytest.mark.parametrize("rule", checks.RULES, ids=lambda rule: rule.id)
def test_the_page_says_of_each_rule_what_holds(rule: Rule, profile: Profile) -> None:
    row = next(row for row in _page() if row["id"] == rule.id)
    setting = profile.rule(rule.id)
    assert setting is not None
    assert (row["title"], row["severity"]) == (setting.title, setting.severity)
    assert row["reads"].split(", ") == [*rule.tables, *(f"**{kind}**" if kind in rule.needs else kind for kind in rule.layers)]
    assert row["limits"] == (", ".join(f"`{name}` = {value}" for name, value in setting.values.items()) or "–")
    assert _quoted(row["values"]) <= set(profile.values)
    prefix = rule.id.replace("QC-", "").replace("-", "").lower()
    assert _quoted(row["messages"]) == {code.split(".", 1)[1] for code in MESSAGES if code.startswith(f"checks.{prefix}.")}
    assert rule.id in (ROOT / "tests" / "checks" / row["tests"]).read_text(encoding="utf-8")


def test_the_table_of_shapes_has_each_rule_on_shapes_and_the_two_that_have_nothing_to_look_at(profile: Profile) -> None:
    section = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8").split("## Shapes")[1]
    told = re.findall(r"QC-\d+", "".join(line.split("|")[1] for line in section.splitlines() if line.startswith("|")))
    assert told == sorted({*(rule_id for rule_id in profile.rules if re.match("QC-(34|4)", rule_id)), "QC-3402", "QC-4104"})
