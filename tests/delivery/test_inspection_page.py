"""docs/inspection.md says of every rule what the profile, the catalogue and the tests say."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from tests.delivery.damages import DAMAGES, IN_ALL_FORMATS
from village_planner import checks
from village_planner.standards import Profile

ROOT = Path(__file__).parents[2]
COLUMNS = ("id", "title", "severity", "done", "looks at", "where", "test")
TABLE = "delivery/damages.py"


def _page() -> dict[str, dict[str, str]]:
    lines = (ROOT / "docs" / "inspection.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| (QC|NL|PK)-", line)]
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_page_has_every_rule_of_profile_and_catalogue(profile: Profile) -> None:
    page = _page()
    done = {rule for rule, row in page.items() if not row["done"].startswith("no: ")}
    assert done == {*profile.rules, *(rule.id for rule in checks.RULES)}
    for rule in done:
        setting = profile.rules[rule]
        assert (page[rule]["title"], page[rule]["severity"]) == (setting.title, setting.severity), rule


def test_the_page_has_every_rule_of_the_public_catalogue(shared_standards: Path) -> None:
    with (shared_standards / "qc_rules.csv").open(encoding="utf-8-sig", newline="") as stream:
        wanted = {row["rule_id"] for row in csv.DictReader(stream)}
    page = _page()
    assert wanted <= set(page)
    assert {rule for rule in page if rule.startswith("QC-")} == wanted


def test_the_page_says_which_rules_of_the_catalogue_run_on_packages(profile: Profile) -> None:
    run = set(profile.package.inspection["plan_rules"])
    for rule in (rule.id for rule in checks.RULES):
        assert (_page()[rule]["done"] == "yes") == (rule in run), rule


def test_every_rule_is_where_the_page_says_and_its_test_names_it() -> None:
    module_of = {rule.id: rule.find.__module__.removeprefix("village_planner.").replace(".", "/") + ".py" for rule in checks.RULES}
    damaged = {rule for _, _, expected in (*DAMAGES, *IN_ALL_FORMATS) for rule in expected}
    for rule, row in _page().items():
        if row["done"].startswith("no: "):
            continue
        (where,) = _quoted(row["where"])
        if rule in module_of:
            assert where == module_of[rule], rule
        else:
            source = (ROOT / "village_planner" / where).read_text(encoding="utf-8")
            constant = {"QC-1103": "UNREADABLE", "PK-02": "UNSAFE"}.get(rule, "NEVER")
            assert f'"{rule}"' in source or constant in source, rule
        tests = _quoted(row["test"])
        assert tests, rule
        for test in tests:
            assert rule in (ROOT / "tests" / test).read_text(encoding="utf-8"), (rule, test)
        assert (TABLE in tests) == (rule in damaged), rule
