"""What must not harm a plan file: kills, other writers, read-only places, old, new and broken files, tampering."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.plan.conftest import HAMLETS, INFO, PHASES, VILLAGES
from tests.plan.procedure import approve
from village_planner.base import InputError, PlanFileError, PlannerError
from village_planner.plan import PlanFile, decisions, migrations
from village_planner.plan.schema import SCHEMA_VERSION
from village_planner.spatial.blob import register_functions

ROOT = Path(__file__).parents[2]

WRITER = textwrap.dedent("""
    import sys
    from village_planner.plan import PlanFile
    plan, start = PlanFile.open(sys.argv[1]), int(sys.argv[2])
    print("ready", flush=True)
    for number in range(start, start + int(sys.argv[3])):
        with plan.write("子进程", f"第{number}次") as tx:
            for hamlet in sys.argv[4:]:
                tx.update("hamlet", {"code": hamlet}, homesteads=number)
                tx.upsert("action", [{"scenario": "S1", "hamlet_code": hamlet, "action": "merge", "grounds": str(number), "origin": "manual"}])
        print(number, flush=True)
""")


def writer(plan: PlanFile, start: int, count: int, hamlets: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(plan.path), str(start), str(count), *hamlets], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def raw(plan: PlanFile) -> sqlite3.Connection:
    connection = sqlite3.connect(plan.path, isolation_level=None)
    register_functions(connection)
    return connection


def codes(plan: PlanFile) -> list[str]:
    return [message.code for message in plan.verify()]


def test_the_journal_of_a_killed_writer_does_not_reach_the_file_that_takes_its_place(plan: PlanFile) -> None:
    # More rows than a cache of one page holds: the writer has spilled into the file, and the journal is hot.
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(f"""
        import os, sqlite3
        connection = sqlite3.connect({str(plan.path)!r}, isolation_level=None)
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        for number in range(200):
            connection.execute("INSERT INTO phase (year, title) VALUES (?, ?)", (3000 + number, "x" * 2000))
        os.kill(os.getpid(), 9)
    """)])  # fmt: skip
    child.wait()
    assert plan.path.with_name("plan.gpkg-journal").stat().st_size > 0
    PlanFile.create(plan.path, INFO, PHASES, overwrite=True)
    opened = PlanFile.open(plan.path)
    assert opened.read().phases == PHASES
    assert opened.read().village.empty
    assert opened.verify() == []


@pytest.mark.slow
def test_kill_minus_nine_loses_nothing_that_was_confirmed(plan: PlanFile) -> None:
    moments = random.Random(20)
    confirmed = 0
    for _ in range(20):
        child = writer(plan, confirmed + 1, 100_000, HAMLETS)
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        time.sleep(moments.uniform(0.0, 0.15))
        child.send_signal(signal.SIGKILL)
        lines = [int(line) for line in child.stdout.read().split("\n")[:-1]]
        child.wait()
        confirmed = max([confirmed, *lines])
        data = PlanFile.open(plan.path).read()
        seen = set(data.hamlet["homesteads"].dropna().tolist())
        # All hamlets of an action or none of them; the last one may be on disk although it could no longer say so.
        assert seen <= {confirmed, confirmed + 1} and len(seen) <= 1
        assert set(data.action["grounds"]) == {str(number) for number in seen}
        assert plan.verify() == []
        confirmed = max([confirmed, *seen])
    assert confirmed > 0
    plan.undo("张三")
    assert set(plan.read().hamlet["homesteads"]) == {confirmed - 1}


def test_two_processes_write_at_once_and_both_are_heard(plan: PlanFile) -> None:
    children = [writer(plan, 1, 15, HAMLETS[:3]), writer(plan, 1001, 15, HAMLETS[3:])]
    for child in children:
        assert child.wait(timeout=60) == 0
    data = plan.read()
    assert data.hamlet["homesteads"].tolist() == [15] * 3 + [1015] * 3
    assert len(plan.history(limit=100)) == 32
    assert plan.verify() == []


def test_a_file_that_another_program_is_writing_is_named_as_busy(plan: PlanFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("village_planner.plan.connection.BUSY_SECONDS", 0.1)
    connection = raw(plan)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(PlanFileError) as caught, plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
    assert caught.value.message.code == "plan.file_busy"
    connection.execute("ROLLBACK")
    connection.close()
    with plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")


def test_a_plan_opens_while_another_program_is_writing_it(plan: PlanFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("village_planner.plan.connection.BUSY_SECONDS", 0.1)
    connection = raw(plan)
    connection.execute("UPDATE hamlet SET households = 33")
    connection.execute("BEGIN IMMEDIATE")
    opened = PlanFile.open(plan.path)
    assert opened.read().hamlet["households"][0] == 33
    connection.execute("ROLLBACK")
    connection.close()
    assert opened.history()["label"][0] == "其他软件修改"


@pytest.mark.parametrize("place", ["file", "folder"])
def test_what_is_read_only_opens_and_refuses_writes(plan: PlanFile, place: str) -> None:
    path = plan.path if place == "file" else plan.path.parent
    mode = path.stat().st_mode
    path.chmod(mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:
        opened = PlanFile.open(plan.path)
        assert opened.read().village["code"].tolist() == VILLAGES
        assert not opened.writable
        with pytest.raises(PlanFileError) as caught, opened.write("张三", "分类"):
            pytest.fail("the block must not run")
        assert caught.value.message.code == "plan.read_only"
    finally:
        path.chmod(mode)


def test_a_read_only_file_left_in_wal_mode_still_opens(plan: PlanFile) -> None:
    connection = raw(plan)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    plan.path.chmod(0o444)
    assert PlanFile.open(plan.path).read().village["code"].tolist() == VILLAGES


def test_a_file_in_wal_mode_is_brought_back_on_open(plan: PlanFile) -> None:
    connection = raw(plan)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("UPDATE hamlet SET note = '注'")
    connection.close()
    PlanFile.open(plan.path)
    connection = raw(plan)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    connection.close()
    assert not list(plan.path.parent.glob("*-wal"))


def test_a_missing_file_and_files_of_other_kinds_are_refused_in_words(tmp_path: Path) -> None:
    text, empty, other = tmp_path / "a.gpkg", tmp_path / "b.gpkg", tmp_path / "c.gpkg"
    text.write_text("不是数据库" * 500)
    empty.touch()
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE plan (id)")
    connection.commit()
    connection.close()
    for path, code in ((tmp_path / "无.gpkg", "plan.missing"), (text, "plan.not_a_plan_file"), (empty, "plan.not_a_plan_file"),
                       (other, "plan.not_a_plan_file"), (tmp_path, "plan.missing")):  # fmt: skip
        with pytest.raises(InputError) as caught:
            PlanFile.open(path)
        assert caught.value.message.code == code
        assert path.name in str(caught.value)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused_in_words(plan: PlanFile, share: float) -> None:
    content = plan.path.read_bytes()
    plan.path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(PlanFileError) as caught:
        PlanFile.open(plan.path)
    assert caught.value.message.code == "plan.truncated"


def test_creation_in_a_missing_folder_or_with_a_wrong_value_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        PlanFile.create(tmp_path / "无" / "a.gpkg", INFO, PHASES)
    for wrong in ({"crs": 999999}, {"scope": "province"}, {"title": None}):
        with pytest.raises(PlannerError):
            PlanFile.create(tmp_path / "a.gpkg", {**INFO, **wrong}, PHASES)
    assert list(tmp_path.iterdir()) == []


def _set_version(plan: PlanFile, version: int) -> None:
    connection = raw(plan)
    connection.execute("DROP TRIGGER vp_plan_schema_version")
    connection.execute("UPDATE plan SET schema_version = ?", (version,))
    connection.close()


def test_a_file_of_a_newer_version_is_refused(plan: PlanFile) -> None:
    _set_version(plan, SCHEMA_VERSION + 1)
    before = plan.path.read_bytes()
    with pytest.raises(PlanFileError) as caught:
        PlanFile.open(plan.path)
    assert caught.value.message.code == "plan.newer_version"
    assert plan.path.read_bytes() == before


@pytest.fixture
def old_plan(plan: PlanFile) -> PlanFile:
    """A file of a made-up version 0, which had no public_notice_days and guards of its own."""
    connection = raw(plan)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'vp\\_%' ESCAPE '\\'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("CREATE TRIGGER vp_old BEFORE DELETE ON category BEGIN SELECT RAISE(ABORT, 'old'); END")
    connection.execute("UPDATE plan SET schema_version = 0, public_notice_days = NULL")
    connection.close()
    return plan


def test_an_older_file_is_migrated_after_a_backup_beside_it(old_plan: PlanFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def add_days(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE plan SET public_notice_days = 45")

    monkeypatch.setattr(migrations, "MIGRATIONS", {version: lambda connection: None for version in range(SCHEMA_VERSION)} | {0: add_days})
    data = PlanFile.open(old_plan.path).read()
    assert (data.info["schema_version"], data.info["public_notice_days"]) == (SCHEMA_VERSION, 45)
    backups = list(old_plan.path.parent.glob("plan.v0-backup*.gpkg"))
    assert len(backups) == 1
    assert migrations.file_version(backups[0]) == 0
    with old_plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
        decisions.clear_category(tx, "S1", [VILLAGES[0]])
    assert old_plan.verify() == []


def test_a_migration_that_fails_leaves_the_old_file_as_it_was(old_plan: PlanFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM patch")
        connection.execute("SELECT * FROM no_such_table")

    monkeypatch.setitem(migrations.MIGRATIONS, 0, fail)
    with pytest.raises(PlanFileError):
        PlanFile.open(old_plan.path)
    assert migrations.file_version(old_plan.path) == 0
    assert len(old_plan.read().patch) == 2


def test_an_older_file_that_no_migration_leads_from_is_refused(old_plan: PlanFile) -> None:
    with pytest.raises(PlanFileError) as caught:
        PlanFile.open(old_plan.path)
    assert caught.value.message.code == "plan.too_old"


@pytest.mark.parametrize("name", ["100% 草稿.gpkg", "a#b?c=d&e.gpkg", "村庄 布局\"规划'.gpkg"])
def test_any_file_name_will_do(plan: PlanFile, tmp_path: Path, name: str) -> None:
    plan.copy_to(tmp_path / name)
    copy = PlanFile.open(tmp_path / name)
    with copy.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
    assert copy.read().category["category"].tolist() == ["01"]
    assert plan.read().category.empty


def test_a_copy_equals_the_original(plan: PlanFile, tmp_path: Path) -> None:
    copy = tmp_path / "copy.gpkg"
    plan.copy_to(copy)
    opened = PlanFile.open(copy)
    assert opened.state_hash() == plan.state_hash()
    assert opened.verify() == []
    assert opened.history().equals(plan.history())
    with pytest.raises(InputError):
        plan.copy_to(copy)


def _tamper(plan: PlanFile, *statements: str) -> None:
    """Change rows behind the triggers' back and put the triggers back afterwards."""
    connection = raw(plan)
    kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'vp\\_%' ESCAPE '\\'").fetchall()
    for name, _ in kept:
        connection.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        assert connection.execute(statement).rowcount > 0
    for _, sql in kept:
        connection.execute(sql)
    connection.close()


@pytest.mark.parametrize(("statement", "code"), [
    ("UPDATE hamlet SET households = 99 WHERE code LIKE '%001'", "plan.seal_unlogged"),
    ("UPDATE patch SET geom = (SELECT geom FROM site) WHERE code = 'P0'", "plan.seal_unlogged"),
    ("DELETE FROM site", "plan.seal_unlogged"),
    ("INSERT INTO phase (year, title) VALUES (2040, '远期')", "plan.seal_unlogged"),
    ("UPDATE history SET who = '李四' WHERE id = 9", "plan.seal_broken"),
    ("DELETE FROM history WHERE id = 9", "plan.seal_rows_missing"),
    ("INSERT INTO history (id, at, grp, op, tbl, row_key, new) VALUES (500, '', 1, 'I', 'phase', '{}', json_object('fid', 1))", "plan.seal_bypassed"),
    ("DELETE FROM history_seal WHERE id = 2", "plan.seal_bypassed"),
    ("UPDATE history_seal SET last_id = last_id + 1 WHERE id = 1", "plan.seal_rows_added"),
    ("UPDATE history_seal SET sha256 = 'x' WHERE id = 1", "plan.seal_broken"),
])  # fmt: skip
def test_what_was_changed_behind_the_triggers_shows(plan: PlanFile, statement: str, code: str) -> None:
    assert plan.verify() == []
    _tamper(plan, statement)
    assert code in codes(plan)


def test_a_dropped_trigger_shows_and_still_shows_after_it_was_put_back(plan: PlanFile) -> None:
    connection = raw(plan)
    connection.execute("DROP TRIGGER vp_lock_category_u")
    connection.close()
    assert codes(plan) == ["plan.seal_triggers"]
    opened = PlanFile.open(plan.path)
    assert codes(opened) == ["plan.seal_note"]
    assert "vp_lock_category_u" in str(opened.verify()[0])


def test_an_altered_trigger_shows_but_another_wording_of_its_sentence_does_not(plan: PlanFile) -> None:
    connection = raw(plan)
    (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'vp_plan_d'").fetchone()
    connection.execute("DROP TRIGGER vp_plan_d")
    connection.execute(sql.replace("一个规划文件有且只有一个规划", "旧的说法"))
    connection.close()
    assert codes(plan) == []
    PlanFile.open(plan.path)
    connection = raw(plan)
    assert connection.execute("SELECT sql FROM sqlite_master WHERE name = 'vp_plan_d'").fetchone() == (sql,)
    connection.execute("DROP TRIGGER vp_lock_category_u")
    connection.execute("CREATE TRIGGER vp_lock_category_u BEFORE UPDATE ON category WHEN 0 BEGIN SELECT 1; END")
    connection.close()
    assert codes(plan) == ["plan.seal_triggers"]


def test_a_closed_plan_changed_behind_the_triggers_no_longer_matches_its_approval(plan: PlanFile) -> None:
    with plan.write("张三", "分类") as tx:
        decisions.set_category(tx, "S1", [VILLAGES[0]], "01")
    approve(plan)
    _tamper(plan, "UPDATE category SET category = '02'")
    assert "plan.locked_but_changed" in codes(plan)
    _tamper(plan, "UPDATE approved_state SET row = replace(row, '\"01\"', '\"02\"') WHERE tbl = 'category'")
    assert "plan.approved_state_changed" in codes(plan)


def test_a_column_that_another_program_renamed_is_named_on_opening(plan: PlanFile) -> None:
    connection = raw(plan)
    connection.execute("ALTER TABLE category RENAME COLUMN grounds TO reason")
    connection.close()
    with pytest.raises(PlanFileError) as caught:
        PlanFile.open(plan.path)
    assert caught.value.message.code == "plan.columns_lost"
    assert "分类理由" in str(caught.value)


def test_a_column_that_the_guards_use_cannot_be_dropped_and_a_strangers_own_column_does_no_harm(plan: PlanFile) -> None:
    connection = raw(plan)
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("ALTER TABLE category DROP COLUMN grounds")
    connection.execute("ALTER TABLE hamlet ADD COLUMN mine TEXT")
    connection.execute("UPDATE hamlet SET mine = '注', households = 50")
    connection.close()
    plan = PlanFile.open(plan.path)
    assert plan.read().hamlet["households"].tolist() == [50] * 6
    assert plan.verify() == []
    plan.undo("张三")
    assert plan.read().hamlet["households"][0] == 10


def test_a_geometry_that_another_program_spoiled_does_not_keep_the_plan_shut(plan: PlanFile) -> None:
    connection = raw(plan)
    connection.execute("UPDATE patch SET geom = x'4750' WHERE code = 'P0'")
    connection.close()
    geoms = PlanFile.open(plan.path).read().patch["geom"]
    assert geoms[0] is None
    assert geoms[1].area > 0
