"""Explanations: saved with their documents, accepted by a reviewer, taken back, each one undoable action."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from village_planner.base import InputError, Refused
from village_planner.plan import Evidence, PlanFile, evidence, waivers

ROW = {"finding_key": "k", "finding_digest": "d", "reason": "已列入方案", "person": "张三", "date": "2026-11-21", "evidence": None}


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "附件" / "意见〔2026〕1号.pdf"
    path.parent.mkdir()
    path.write_bytes(b"%PDF-1.4 opinion")
    return path


def save(plan: PlanFile, document: Evidence | None = None, **values: object) -> None:
    with plan.write("张三", "说明") as tx:
        waivers.save_waiver(tx, {**ROW, **values}, document)


def test_an_explanation_with_a_linked_document_is_one_action(plan: PlanFile, paper: Path) -> None:
    save(plan, Evidence(paper))
    data = plan.read()
    row = data.evidence.iloc[0]
    assert data.waiver["evidence"].tolist() == [paper.name]
    assert (row["path"], row["content"]) == ("附件/意见〔2026〕1号.pdf", None)
    assert row["sha256"] == hashlib.sha256(paper.read_bytes()).hexdigest() and row["subject_key"] == {"finding_key": "k"}
    plan.undo("张三")
    data = plan.read()
    assert data.waiver.empty and data.evidence.empty
    plan.redo("张三")
    assert len(plan.read().evidence) == 1


def test_a_document_is_copied_in_on_wish(plan: PlanFile, paper: Path) -> None:
    save(plan, Evidence(paper, copied=True))
    paper.unlink()
    assert plan.read().evidence["content"].tolist() == [b"%PDF-1.4 opinion"]


def test_a_document_outside_the_plans_folder_is_linked_by_its_whole_path(plan: PlanFile, tmp_path_factory: pytest.TempPathFactory) -> None:
    far = tmp_path_factory.mktemp("elsewhere") / "a.pdf"
    far.write_bytes(b"x")
    save(plan, Evidence(far))
    assert plan.read().evidence["path"].tolist() == [str(far)]


def test_a_document_that_is_gone_or_too_large_to_copy_refuses_the_action(plan: PlanFile, paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="无此文件|missing.pdf"):
        save(plan, Evidence(paper.with_name("missing.pdf")))
    monkeypatch.setattr(evidence, "LARGEST_COPY_BYTES", 4)
    with pytest.raises(InputError, match="意见"):
        save(plan, Evidence(paper, copied=True))
    save(plan, Evidence(paper))
    assert len(plan.read().waiver) == 1


def test_a_reviewer_accepts_and_takes_it_back(plan: PlanFile) -> None:
    save(plan)
    with plan.write("李四", "认可") as tx:
        waivers.accept_waiver(tx, "k", "d", "李四", "2026-11-25")
    assert plan.read().waiver[["accepted_by", "accepted_at"]].to_numpy().tolist() == [["李四", "2026-11-25"]]
    with plan.write("李四", "撤回认可") as tx:
        waivers.take_acceptance_back(tx, "k")
    assert plan.read().waiver["accepted_by"].isna().all()


@pytest.mark.parametrize("key", ["k", "other"])
def test_only_an_explanation_of_what_is_found_now_can_be_accepted(plan: PlanFile, key: str) -> None:
    save(plan)
    with pytest.raises(Refused), plan.write("李四", "认可") as tx:
        waivers.accept_waiver(tx, key, "changed", "李四", "2026-11-25")


def test_a_changed_explanation_must_be_accepted_again(plan: PlanFile) -> None:
    save(plan)
    with plan.write("李四", "认可") as tx:
        waivers.accept_waiver(tx, "k", "d", "李四", "2026-11-25")
    save(plan, reason="另有理由")
    waiver = plan.read().waiver.iloc[0]
    assert waiver["reason"] == "另有理由" and waiver.isna()["accepted_by"]


def test_taking_an_explanation_back_takes_its_documents_too(plan: PlanFile, paper: Path) -> None:
    save(plan, Evidence(paper))
    save(plan, finding_key="k2", document=Evidence(paper))
    with plan.write("张三", "撤回") as tx:
        waivers.remove_waiver(tx, "k")
        waivers.remove_waiver(tx, "never there")
    data = plan.read()
    assert data.waiver["finding_key"].tolist() == ["k2"] and len(data.evidence) == 1


def test_a_linked_document_is_told_when_it_changed_or_is_gone(plan: PlanFile, paper: Path) -> None:
    save(plan, Evidence(paper))
    row = plan.read().evidence.iloc[0]

    def state() -> str:
        return waivers.document_state(row["path"], row["sha256"], plan.path.parent)

    assert state() == "same"
    paper.write_bytes(b"other")
    assert state() == "changed"
    paper.unlink()
    assert state() == "gone"
