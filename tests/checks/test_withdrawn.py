"""QC-7107: nothing new in withdrawn hamlets, reclaimed land within what is cleared and put to a use that is reclaimed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.accounts.examples import V1, action, box, example, geod_area_m2, hamlet, move, village
from village_planner.plan.data import PlanData

Check = Callable[..., pd.DataFrame]
H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))


def _plan(**tables: Any) -> PlanData:
    return example(**{"village": [village()], "hamlet": [hamlet(1), hamlet(2)], "action": [action(H2)], **tables})


def _patch(**values: Any) -> dict[str, Any]:
    return {"code": "P1", "hamlet_code": H2, "kind": "new", "geom": box(0, 0, 40, 30), **values}


def test_a_new_patch_of_a_withdrawn_hamlet(check: Check) -> None:
    row = check("QC-7107", _plan(patch=[_patch()])).iloc[0]
    assert (row["severity"], row["subject_kind"], row["subject_code"], row["other_kind"], row["other_code"]) == ("B", "patch", "P1", "hamlet", H2)
    assert (row["measure"], row["limit_value"], row["village_code"]) == (pytest.approx(geod_area_m2(box(0, 0, 40, 30)), abs=0.01), 0.0, V1)
    assert check("QC-7107", _plan(patch=[_patch(geom=None)]))["message_code"].tolist() == ["checks.7107.new_undrawn"]


@pytest.mark.parametrize("change", [{"hamlet_code": H1}, {"hamlet_code": None}, {"kind": "existing"}, {"note": "危房原址改造"}])
def test_what_is_no_new_building_there(check: Check, change: dict) -> None:
    assert check("QC-7107", _plan(patch=[_patch(**change)])).empty


def test_more_reclaimed_than_cleared(check: Check) -> None:
    def found(reclaimed: float | None, cleared: float | None) -> list[tuple]:
        findings = check("QC-7107", _plan(move=[move("M1", H2, target=H1, reclaimed_m2=reclaimed, cleared_m2=cleared)]))
        return list(zip(findings["subject_code"], findings["other_kind"], findings["other_code"], findings["measure"], findings["limit_value"]))

    assert found(5_101.0, 5_000.0) == [(H2, "move", "M1", 5_101.0, 5_000.0)]
    assert found(5_099.0, 5_000.0) == found(None, 5_000.0) == found(5_000.0, None) == []


@pytest.mark.parametrize(("direction", "found"), [("工业用地", 1), ("复垦为耕地", 0), ("林地", 0), ("生态用地", 0), (None, 0), (" ", 0)])
def test_the_use_after_clearing(check: Check, direction: str | None, found: int) -> None:
    findings = check("QC-7107", _plan(move=[move("M1", H2, target=H1, reclaim_to=direction)]))
    assert findings[["subject_kind", "other_kind", "other_code"]].to_numpy().tolist() == [["hamlet", "reclaim_to", "M1"]] * found
