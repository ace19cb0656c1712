"""The choice of a profile: those that ship, folders of one's own, and what of a profile is a proposal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standards.test_profiles import make_profile
from village_planner.base import InputError
from village_planner.gui.dialogs import NewPlanDialog
from village_planner.gui.profile_choice import ProfileChoice, provenance_html
from village_planner.standards import load_profile, profile_ids


def test_a_new_plan_follows_the_layout_where_nothing_else_is_chosen(qgis_app: object) -> None:
    dialog = NewPlanDialog()
    choice = dialog.profile
    assert choice.value() == "layout-2035"
    assert [choice.combo.itemData(row) for row in range(choice.combo.count())] == profile_ids()


def test_a_folder_of_ones_own_is_offered_once_and_chosen(qgis_app: object, tmp_path: Path) -> None:
    choice = ProfileChoice("按成果包")
    assert choice.value() is None and not choice.about.isEnabled()
    folder = make_profile(tmp_path / "yunling-2026", title="云岭省标准")
    for _ in range(2):
        choice.offer_folder(folder)
    assert choice.value() == str(folder) and choice.combo.currentText() == "云岭省标准（yunling-2026）" and choice.about.isEnabled()
    assert choice.combo.count() == len(profile_ids()) + 2


def test_a_wrong_folder_is_refused_and_the_choice_stays(qgis_app: object, tmp_path: Path) -> None:
    choice = ProfileChoice()
    with pytest.raises(InputError):
        choice.offer_folder(make_profile(tmp_path / "wrong", vlaues={}))
    with pytest.raises(InputError):
        choice.offer_folder(tmp_path)
    assert choice.value() == "layout-2035"


def test_the_page_of_a_profile_tells_its_proposals_first_and_all_of_it() -> None:
    profile = load_profile("fujian-village-2021")
    page = provenance_html(profile)
    proposals, sourced = page.index("建议值（"), page.index("有公开来源（")
    assert proposals < page.index(">CJDCQ.HJRK<") < sourced < page.index(">CJDCQ.ZLDWDM<")
    assert "fujian-village-2021 ← layout-2035 ← sandiao-2019" in page and all(f">{layer.name}<" in page for layer in profile.layers.values())
