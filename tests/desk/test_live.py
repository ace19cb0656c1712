"""After each edit the plan file holds what a full check would find, and says of every rule whether it has been looked at."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.desk.small_plan import HAMLETS, VILLAGES, make_plan
from tests.edits import random_edit, write
from village_planner import checks
from village_planner.base import PlannerError, SilentFeedback
from village_planner.desk.live import UNREAD, LiveCheck, LostTrack, check_and_follow, quick_of
from village_planner.desk.steps import find_faults, store
from village_planner.plan import PlanFile
from village_planner.plan.data import PlanData
from village_planner.plan.index import PlanIndex
from village_planner.plan.news import News
from village_planner.plan.runs import FIXED, known_digests, last_run

RULE = "QC-7103"
"""Withdrawn without a move."""


class Followed:
    """A plan with a live check, and the news of what is edited in it."""

    def __init__(self, path: Path, patience_s: float | None = None) -> None:
        self.file = PlanFile(path)
        self.data, self.seen = self.file.read(), self.file.last_row()
        outcome = find_faults(path, SilentFeedback(), snapshot=self.data)
        store(path, outcome.record)
        outcome.checked.checker._patience_s = patience_s
        self.live = LiveCheck(path, outcome.checked)

    def news(self) -> News:
        news = self.file.read_news(self.data, self.seen)
        self.data, self.seen = news.data, news.seen
        return news

    def edit(self, rows: list, label: str = "改") -> None:
        with self.file.write("甲", label) as tx:
            write(tx, rows)

    def follow(self) -> None:
        news = self.news()
        self.live.follow(news.data, [news.change])

    def stored(self) -> PlanData:
        return self.file.read()


@pytest.fixture
def followed(tmp_path: Path) -> Followed:
    return Followed(make_plan(tmp_path / "小规划.gpkg"))


def outdated(file: PlanFile, data: PlanData) -> list[str]:
    """What the digests in the file say."""
    digests = checks.input_digests(data, file.layers(), file.profile(), data.scenario)
    return checks.outdated(digests, known_digests(last_run(data, data.scenario)))


def open_keys(data: PlanData) -> dict[str, str]:
    found = data.finding[data.finding["state"] != FIXED]
    return dict(zip(found["key"], found["digest"]))


def test_what_is_stored_after_random_edits_is_what_a_full_check_finds(followed: Followed) -> None:
    rng, done = Random(7), 0
    while done < 24:
        _, rows = random_edit(rng, PlanIndex(followed.data))
        try:
            followed.edit(rows)
        except PlannerError:
            continue
        done += 1
        followed.follow()
        if done % 6:
            continue
        data = followed.stored()
        run = checks.run(data, followed.file.layers(), followed.file.profile())
        assert open_keys(data) == dict(zip(run.findings["key"], run.findings["digest"]))
        kept = last_run(data, data.scenario)
        assert sorted(kept["rules"]) == sorted(run.ran) and followed.live.outdated == []
        assert sorted((note["rule"], note["code"]) for note in kept["not_checked"]) == sorted((note.rule, note.message.code) for note in run.not_checked)


def test_a_finding_that_an_edit_makes_is_new_and_one_that_it_mends_is_gone(followed: Followed) -> None:
    first = last_run(followed.stored(), "S1")["code"]
    assert len(open_keys(followed.stored()))
    with followed.file.write("甲", "撤") as tx:
        tx.upsert("action", [{"scenario": "S1", "hamlet_code": HAMLETS[1], "action": "merge", "origin": "manual"}])
    followed.follow()
    made = followed.stored().finding
    made = made[(made["subject_code"] == HAMLETS[1]) & (made["rule"] == RULE)]
    assert len(made) and set(made["since"]) == {first} and len(followed.stored().check_run) == 1
    followed.file.undo("甲")
    followed.follow()
    after = followed.stored().finding.set_index("key")
    assert set(after.loc[made["key"], "state"]) == {FIXED}


def test_an_explained_finding_that_is_found_again_stays_explained(followed: Followed) -> None:
    with followed.file.write("甲", "撤") as tx:
        tx.upsert("action", [{"scenario": "S1", "hamlet_code": HAMLETS[1], "action": "merge", "origin": "manual"}])
    followed.follow()
    finding = followed.stored().finding
    finding = finding[(finding["subject_code"] == HAMLETS[1]) & (finding["rule"] == RULE)].iloc[0]
    with followed.file.write("甲", "例外") as tx:
        tx.insert("waiver", [{"finding_key": finding["key"], "finding_digest": finding["digest"], "reason": "另行安排", "person": "甲", "date": "2021-01-01"}])
    for _ in range(2):
        followed.file.undo("甲")
        followed.follow()
    followed.file.redo("甲")
    followed.file.redo("甲")
    followed.follow()
    now = followed.stored().finding.set_index("key")
    assert now.loc[finding["key"], "state"] == "waived"


def test_a_slow_rule_waits_and_the_file_says_that_it_was_not_looked_at(tmp_path: Path) -> None:
    followed = Followed(make_plan(tmp_path / "小规划.gpkg"), patience_s=0.0)
    with followed.file.write("甲", "类别") as tx:
        tx.upsert("category", [{"scenario": "S1", "village_code": VILLAGES[0], "category": "01", "origin": "manual"}])
    followed.follow()
    waiting = followed.live.outdated
    assert waiting and set(waiting) <= set(outdated(followed.file, followed.stored())) and followed.live.is_behind
    followed.live.catch_up(SilentFeedback())
    assert outdated(followed.file, followed.stored()) == waiting and not followed.live.is_behind
    followed.live.catch_up(SilentFeedback(), waiting)
    assert outdated(followed.file, followed.stored()) == followed.live.outdated == []
    followed.file.undo("甲")
    followed.follow()
    assert followed.live.outdated == waiting
    outcome, live = check_and_follow(tmp_path / "小规划.gpkg", SilentFeedback(), "S1", followed.data, followed.live._alone, followed.live, True)
    assert live is followed.live and outcome.record is not None and outdated(followed.file, followed.stored()) == []
    assert last_run(followed.stored(), "S1")["code"] == live.run == outcome.record.run["code"]


def test_an_edit_that_is_not_told_is_noticed(followed: Followed) -> None:
    with followed.file.write("甲", "类别") as tx:
        tx.upsert("category", [{"scenario": "S1", "village_code": VILLAGES[0], "category": "01", "origin": "manual"}])
    news = followed.news()
    with pytest.raises(LostTrack):
        followed.live.follow(news.data, [])


@pytest.mark.parametrize("what", ["control layer", "layers file", "profile", "another check"])
def test_after_what_edits_do_not_tell_of_one_checks_anew(followed: Followed, what: str) -> None:
    if what == "control layer":
        control = {
            "code": "c001", "kind": "red_line", "title": "红线", "source": "三线.gdb", "imported_at": "2021-01-01", "features": 1, "repaired": 0,
            "set_aside": 0, "digest": "0",
        }  # fmt: skip
        with followed.file.write("甲", "导入") as tx:
            tx.insert("control_layer", [control])
    elif what == "layers file":
        followed.file.layers_path.write_bytes(b"")
        os.utime(followed.file.layers_path, (1, 1))
    elif what == "another check":
        store(followed.file.path, find_faults(followed.file.path, SilentFeedback()).record)
        with followed.file.write("甲", "撤") as tx:
            tx.upsert("action", [{"scenario": "S1", "hamlet_code": HAMLETS[1], "action": "merge", "origin": "manual"}])
    news = followed.news()
    data = news.data
    if what == "profile":
        plan = data.tables["plan"].assign(profile_version="9")
        news = replace(news, change=replace(news.change, tables={"plan": [{"id": "plan"}]}))
        data = PlanData({**data.tables, "plan": plan})
    before = followed.stored().finding
    with pytest.raises(LostTrack):
        followed.live.follow(data, [news.change])
    assert followed.stored().finding.equals(before)


def test_no_rule_reads_what_a_live_check_does_not_look_at() -> None:
    assert not UNREAD & {table for rule in checks.RULES for table in rule.tables}


def test_the_pause_is_for_rules_that_follow_edits_again_after_it_then_for_the_quickest() -> None:
    local, whole, quick = "QC-4101", "QC-5301", "QC-5305"
    assert quick_of([whole, quick, local], {local: 0.8, whole: 0.5, quick: 0.1}) == [local, quick]
    assert quick_of([whole, local], {local: 1.2, whole: 0.5}) == [whole]
    assert quick_of([whole, quick], {}) == [quick]
