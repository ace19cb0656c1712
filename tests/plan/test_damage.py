"""What another program leaves in a plan file that no guard could stop: the plan opens all the same, or says in words why not."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path

import pytest

from tests.plan.conftest import HAMLETS, INFO, PHASES, VILLAGES
from village_planner.base import PlanFileError, PlannerError, Refused
from village_planner.plan import PlanFile, decisions
from village_planner.spatial.blob import register_functions


def raw(plan: PlanFile) -> sqlite3.Connection:
    connection = sqlite3.connect(plan.path, isolation_level=None)
    register_functions(connection)
    return connection


def execute(plan: PlanFile, *statements: str) -> None:
    connection = raw(plan)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_the_row_that_the_history_needs_cannot_be_deleted_and_is_made_anew(plan: PlanFile) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        execute(plan, "DELETE FROM session")
    execute(plan, "DROP TRIGGER vp_keep_session_d", "DELETE FROM session")
    with plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
    assert tx.change.tables == {"category": [{"scenario": "S1", "village_code": VILLAGES[0]}]}
    plan.undo("张三")
    assert plan.read().category.empty


@pytest.mark.parametrize("table", ["session", "replaced"])
def test_a_table_of_the_file_itself_that_was_dropped_is_made_anew(plan: PlanFile, table: str) -> None:
    execute(plan, f"DROP TABLE {table}")
    opened = PlanFile.open(plan.path)
    with opened.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
    opened.undo("张三")
    assert opened.read().category.empty
    assert {message.code for message in opened.verify()} <= {"plan.seal_note"}


@pytest.mark.parametrize("values", [
    "('', 'I', 'hamlet', '{}', NULL, 'not json')",
    "('', 'I', 'hamlet', 'not json', NULL, '{}')",
    "('', 'D', 'hamlet', '{}', NULL, NULL)",
    "('', 'U', 'hamlet', '{}', '{\"fid\":1}', NULL)",
    "('', 'I', 'hamlet', '{}', NULL, '{}')",
])  # fmt: skip
def test_history_rows_that_nobody_could_read_are_refused(plan: PlanFile, values: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        execute(plan, f"INSERT INTO history (at, op, tbl, row_key, old, new) VALUES {values}")


def test_a_history_row_of_an_unknown_table_is_refused(plan: PlanFile) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        execute(plan, "INSERT INTO history (at, op, tbl, row_key, new) VALUES ('', 'I', 'nix', '{}', '{\"fid\":1}')")


@pytest.mark.parametrize("new", ['{"fid":1}', '{"fid":1,"code":"x","name = 1; --":2}'])
def test_a_forged_history_row_is_not_undone_and_shows(plan: PlanFile, new: str) -> None:
    execute(plan, f"INSERT INTO history (at, op, tbl, row_key, new) VALUES ('', 'I', 'hamlet', '{{}}', '{new}')")
    opened = PlanFile.open(plan.path)
    with pytest.raises(Refused) as caught:
        opened.undo("张三")
    assert caught.value.message.code == "plan.history_forged"
    assert "plan.seal_unlogged" in {message.code for message in opened.verify()}


def test_the_numbers_of_the_history_cannot_be_used_up(plan: PlanFile) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        execute(plan, f"INSERT INTO history (id, at, op, tbl, row_key, new) VALUES ({2**63 - 1}, '', 'I', 'hamlet', '{{}}', '{{\"fid\":1}}')")


def test_rows_that_another_program_wrote_in_our_name_show(plan: PlanFile) -> None:
    execute(plan, "UPDATE session SET client = 'village_planner', who = '李四', grp = 1", "UPDATE hamlet SET households = 5")
    assert [message.code for message in plan.verify()] == ["plan.seal_bypassed"]
    opened = PlanFile.open(plan.path)
    assert [message.code for message in opened.verify()] == ["plan.seal_note"]


def test_text_in_another_encoding_does_not_keep_the_plan_shut(plan: PlanFile) -> None:
    execute(plan, f"UPDATE hamlet SET note = cast(x'B4E5' AS TEXT) WHERE code = '{HAMLETS[0]}'")
    opened = PlanFile.open(plan.path)
    assert "\ufffd" in opened.read().hamlet["note"][0]
    assert opened.verify() == []
    opened.undo("张三")
    assert opened.read().hamlet["note"].isna().all()
    opened.redo("张三")
    assert opened.verify() == []


@pytest.mark.parametrize(("statement", "words"), [
    ("UPDATE hamlet SET households = '十户'", "自然村/居民点"),
    ("UPDATE hamlet SET is_main = 'yes'", "自然村/居民点"),
    ("INSERT INTO roster_difference (source, code, kind, detail) VALUES ('a', 'b', 'extra', '{')", "名录差异"),
])  # fmt: skip
def test_values_written_past_the_guards_are_named_by_their_table(plan: PlanFile, statement: str, words: str) -> None:
    execute(plan, "PRAGMA ignore_check_constraints = ON", statement)
    with pytest.raises(PlanFileError) as caught:
        PlanFile.open(plan.path).read()
    assert caught.value.message.code == "plan.values_spoiled"
    assert words in str(caught.value)


def test_a_plan_that_must_not_wait_says_at_once_that_another_program_writes(plan: PlanFile) -> None:
    connection = raw(plan)
    connection.execute("BEGIN EXCLUSIVE")
    hasty = PlanFile(plan.path, patience_s=0.1)
    start = time.monotonic()
    with pytest.raises(PlanFileError) as caught, hasty.write("张三", "分类"):
        pytest.fail("the block must not run")
    assert time.monotonic() - start < 1
    assert caught.value.message.code == "plan.file_busy"
    connection.close()


def test_a_write_does_not_wait_for_a_file_that_another_program_holds_in_wal_mode(plan: PlanFile) -> None:
    connection = raw(plan)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN")
    connection.execute("SELECT * FROM hamlet").fetchone()
    start = time.monotonic()
    with plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
    assert time.monotonic() - start < 1
    connection.close()
    assert plan.read().category["category"].tolist() == ["01"]


def test_a_plan_that_was_renamed_while_open_says_so_and_is_not_made_anew(plan: PlanFile) -> None:
    plan.path.rename(plan.path.with_name("neu.gpkg"))
    for use in (plan.read, plan.history, lambda: plan.undo("张三"), lambda: plan.write("张三", "分类").__enter__()):
        with pytest.raises(PlanFileError) as caught:
            use()
        assert caught.value.message.code == "plan.cannot_open"
    assert [path.name for path in plan.path.parent.iterdir()] == ["neu.gpkg"]


def test_garbage_in_the_middle_of_a_file_is_never_more_than_a_refusal(plan: PlanFile) -> None:
    content = plan.path.read_bytes()
    dice = random.Random(7)
    refused = 0
    for _ in range(40):
        at = dice.randrange(100, len(content) - 512)
        plan.path.write_bytes(content[:at] + dice.randbytes(512) + content[at + 512 :])
        try:
            opened = PlanFile.open(plan.path)
            opened.read()
            refused += bool(opened.verify())
        except PlannerError:
            refused += 1
    assert refused > 10


@pytest.mark.parametrize("version", ["'x'", "NULL"])
def test_a_strangers_tables_named_like_ours_are_refused_in_words(tmp_path: Path, version: str) -> None:
    path = tmp_path / "fremd.gpkg"
    connection = sqlite3.connect(path)
    for statement in ("PRAGMA application_id = 0x47504B47", "CREATE TABLE plan (schema_version)", "CREATE TABLE history (id)",
                      f"INSERT INTO plan VALUES ({version})"):  # fmt: skip
        connection.execute(statement)
    connection.commit()
    with pytest.raises(PlannerError) as caught:
        PlanFile.open(path)
    assert caught.value.message.code == "plan.truncated"
    connection.execute("ALTER TABLE plan RENAME COLUMN schema_version TO other")
    connection.close()
    with pytest.raises(PlannerError) as caught:
        PlanFile.open(path)
    assert caught.value.message.code == "plan.not_a_plan_file"


def test_copies_and_new_plans_in_a_read_only_folder_are_refused_by_their_own_name(plan: PlanFile, tmp_path: Path) -> None:
    folder = tmp_path / "只读"
    folder.mkdir()
    folder.chmod(0o555)
    target = folder / "新规划.gpkg"
    for make in (lambda: plan.copy_to(target), lambda: PlanFile.create(target, INFO, PHASES)):
        with pytest.raises(PlanFileError, match="新规划") as caught:
            make()
        assert caught.value.message.code == "plan.read_only"
    folder.chmod(0o755)


def test_a_very_long_name_will_do(tmp_path: Path) -> None:
    assert PlanFile.create(tmp_path / ("规" * 75 + ".gpkg"), INFO, PHASES).read().phases == PHASES


def test_a_clock_that_goes_backwards_changes_neither_order_nor_undo(plan: PlanFile) -> None:
    for category in ("01", "02"):
        with plan.write("张三", category) as tx:
            decisions.set_category(tx, "S1", [VILLAGES[0]], category)
    connection = raw(plan)
    guard = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'vp_keep_history_u'").fetchone()[0]
    connection.execute("DROP TRIGGER vp_keep_history_u")
    connection.execute("UPDATE history SET at = '1999-01-01T00:00:00Z' WHERE label = '02'")
    connection.execute(guard)
    connection.close()
    assert plan.history()["label"].tolist()[:2] == ["02", "01"]
    plan.undo("张三")
    assert plan.read().category["category"].tolist() == ["01"]
