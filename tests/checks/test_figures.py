"""QC-5304 land as stated and as drawn, QC-5306 land per person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.accounts.examples import TOWNSHIP, V1, action, box, example, geod_area_m2, hamlet, move, village
from village_planner.plan.data import PlanData

Check = Callable[..., pd.DataFrame]
H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))
CENT = 0.01
PRESENT = {"code": "P1", "hamlet_code": H2, "kind": "existing", "geom": box(0, 0, 100, 100)}
NEW = {"code": "P2", "hamlet_code": H1, "kind": "new", "geom": box(500, 0, 50, 100)}
SITE = {"code": "Z1", "name": "安置点", "setting": "rural", "village_code": V1, "geom": box(800, 0, 50, 100)}


def _plan(**tables: Any) -> PlanData:
    standard = {"village": [village()], "hamlet": [hamlet(1), hamlet(2)], "action": [action(H2)], "patch": [PRESENT, NEW], "site": [SITE]}
    return example(**{**standard, **tables})


def _found(findings: pd.DataFrame) -> list[tuple]:
    return list(findings[["severity", "subject_kind", "subject_code", "other_kind", "other_code"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("off", "found"), [(-101.0, 1), (-99.0, 0), (99.0, 0), (101.0, 1)])
def test_cleared_land_is_that_of_the_patches(check: Check, off: float, found: int) -> None:
    drawn = geod_area_m2(box(0, 0, 100, 100))
    parts = [move("M1", H2, target=H1, cleared_m2=4_000.0), move("M2", H2, "cash", cleared_m2=drawn - 4_000.0 + off)]
    findings = check("QC-5304", _plan(move=parts))
    assert _found(findings) == [("B", "hamlet", H2, "sum", "cleared_m2")] * found
    assert findings["measure"].tolist() == pytest.approx([drawn + off] * found, abs=CENT)
    assert findings["limit_value"].tolist() == pytest.approx([drawn] * found, abs=CENT)


def test_built_land_is_that_of_the_target(check: Check) -> None:
    drawn, cleared = geod_area_m2(box(500, 0, 50, 100)), geod_area_m2(box(0, 0, 100, 100))
    both = [move("M1", H2, target=H1, built_m2=drawn + 200, cleared_m2=cleared), move("M2", H2, "site", "Z1", built_m2=drawn - 200)]
    assert _found(check("QC-5304", _plan(move=both))) == [("B", "hamlet", H1, "sum", "built_m2"), ("B", "site", "Z1", "sum", "built_m2")]
    right = [{**both[0], "built_m2": drawn}, {**both[1], "built_m2": drawn}]
    assert check("QC-5304", _plan(move=right)).empty
    assert check("QC-5304", _plan(move=[{**both[0], "built_m2": None}])).empty
    nowhere = [move("M1", H2, "town", built_m2=9_999.0, cleared_m2=cleared)]
    assert check("QC-5304", _plan(move=nowhere)).empty


def test_moves_that_state_no_cleared_area_are_told(check: Check, not_checked: Callable) -> None:
    assert not_checked("QC-5304", _plan(move=[move("M1", H2, target=H1)])) == ["no_cleared"]
    assert not_checked("QC-5304", _plan(action=[action(H2, "retain")])) == []
    assert check("QC-5304", _plan(action=[action(H2, "retain")], move=[move("M1", H2, target=H1, cleared_m2=1.0)])).empty


def _people(check: Check, limit: float, persons: int | None = 100, **tables: Any) -> pd.DataFrame:
    quota = [{"area_code": TOWNSHIP["code"], "item": "per_capita_m2", "value": limit, "source": "q"}]
    hamlets = [hamlet(1, persons=persons), hamlet(2, persons=40)]
    return check("QC-5306", _plan(**{"quota": quota, "hamlet": hamlets, "patch": [{**PRESENT, "hamlet_code": H1}], "site": [], **tables}))


def test_more_land_per_person_than_the_limit(check: Check) -> None:
    each = geod_area_m2(box(0, 0, 100, 100)) / 100
    row = _people(check, each - 0.1).iloc[0]
    assert (row["severity"], row["subject_kind"], row["subject_code"], row["unit"]) == ("B", "village", V1, "m2/person")
    assert pd.isna(row["other_kind"])
    assert row["measure"] == pytest.approx(each, abs=1e-4)
    assert _people(check, each + 0.1).empty
    assert _people(check, each - 0.1, move=[move("M1", H2, target=H1, persons=40)]).empty


def test_a_village_that_goes_is_silent_about_land_per_person(check: Check) -> None:
    assert _people(check, 1.0, action=[action(H1), action(H2)]).empty


def test_land_per_person_needs_a_limit_and_people(check: Check, not_checked: Callable) -> None:
    assert not_checked("QC-5306", _plan()) == ["no_limit"]
    quota = [{"area_code": "370799", "item": "per_capita_m2", "value": 1.0, "source": "q"}]
    assert not_checked("QC-5306", _plan(quota=quota)) == ["no_population"]
