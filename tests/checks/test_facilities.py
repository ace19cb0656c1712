"""NL-05: facilities that are planned at hamlets to be withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.accounts.examples import V1, action, box, example, features, hamlet, move, point, village
from village_planner import checks
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.standards import Profile

Check = Callable[..., pd.DataFrame]
H1, H2 = (hamlet(serial)["code"] for serial in (1, 2))


def _plan(**tables: Any) -> PlanData:
    standard = {
        "village": [village()],
        "hamlet": [hamlet(1, geom=point(0, 0)), hamlet(2, geom=point(0, 0))],
        "action": [action(H2)],
        "patch": [{"code": "P2", "hamlet_code": H2, "kind": "existing", "geom": box(500, 0, 100, 100)}],
    }
    return example(**{**standard, **tables})


def _facility(x: float = 550, **values: Any) -> dict[str, pd.DataFrame]:
    return {"facility": features({"source_id": "F1", "name": "柳湾卫生室", "class_code": "卫生室", "state": "planned", "geom": point(x, 50), **values})}


def test_a_planned_facility_at_a_hamlet_that_goes(check: Check) -> None:
    row = check("NL-05", _plan(), _facility()).iloc[0]
    assert (row["severity"], row["subject_kind"], row["subject_code"]) == ("B", "control", "facility/F1")
    assert (row["other_kind"], row["other_code"], row["village_code"]) == ("hamlet", H2, V1)


@pytest.mark.parametrize(
    ("year", "phase", "code"),
    [(None, None, "planned"), ("2022", None, "planned_year"), (None, 2025, "planned_phase"), ("2022", 2025, "planned_year_phase")],
)
def test_the_sentence_says_when(check: Check, year: str | None, phase: int | None, code: str) -> None:
    data = _plan(move=[move("M1", H2, target=H1, phase=phase)])
    assert check("NL-05", data, _facility(year=year))["message_code"].tolist() == [f"checks.nl05.{code}"]


@pytest.mark.parametrize(("x", "found"), [(699, 1), (701, 0), (450, 1), (50, 0)])
def test_it_counts_for_the_nearest_hamlet_within_reach(check: Check, x: float, found: int) -> None:
    assert len(check("NL-05", _plan(), _facility(x))) == found


def test_what_is_there_already_or_at_a_hamlet_that_stays_is_no_finding(check: Check) -> None:
    assert check("NL-05", _plan(), _facility(state="present")).empty
    assert check("NL-05", _plan(action=[]), _facility()).empty


def test_what_is_not_known_is_told(profile: Profile, not_checked: Callable) -> None:
    assert not_checked("NL-05", _plan()) == ["optional_layers"]
    assert not_checked("NL-05", _plan(), _facility(state=None)) == ["facility_state"]
    assert not_checked("NL-05", _plan(action=[]), _facility(state=None)) == []
    assert not_checked("NL-05", _plan(), _facility(geom=None)) == ["facility_undrawn"]
    result = checks.run(_plan(), MemoryLayers({}), profile, ["NL-05"])
    assert (result.ran, [note.holds_up for note in result.not_checked]) == ([], [False])
