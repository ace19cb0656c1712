"""The demo township through every step of intake gives what its own oracle expects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.intake.conftest import digests
from village_planner.demo import write_demo
from village_planner.intake import AddControl, CreatePlan, Decide, DecideResult, add_control, create_plan, decide
from village_planner.plan import PlanFile


def run(steps: list[Mapping[str, Any]]) -> tuple[Path, DecideResult]:
    """Run the steps that are intake's, as the commands do."""
    taken = None
    for step in steps:
        p = step["parameters"]
        if step["algorithm"].endswith(":createplan"):
            create_plan(CreatePlan(
                Path(p["PLAN"]), p["TITLE"], p["BASE_YEAR"], county_code=p.get("COUNTY_CODE"), roster=p["ROSTER"], overwrite=True,
                other_rosters=tuple(p["OTHER_ROSTERS"]), villages=p["VILLAGES"], townships=p["TOWNSHIPS"], patches=p["PATCHES"],
            ))
        elif step["algorithm"].endswith(":addcontrol"):
            add_control(AddControl(Path(p["PLAN"]), p["KIND"], p["SOURCE"], p.get("FILTER"), title=p.get("TITLE")))
        elif step["algorithm"].endswith(":decide"):
            taken = decide(Decide(Path(p["PLAN"]), p["DECISIONS"]))
    assert taken is not None
    return Path(steps[0]["parameters"]["PLAN"]), taken


@pytest.mark.parametrize("faults", ["none", "known"])
def test_the_demo_comes_out_as_its_oracle_says(tmp_path: Path, faults: str) -> None:
    demo = write_demo(tmp_path / "demo", "township", faults, 1)
    expected = json.loads(Path(demo.expected).read_text(encoding="utf-8"))
    before = digests(Path(demo.sources))
    path, taken = run(json.loads(Path(demo.steps).read_text(encoding="utf-8")))
    assert digests(Path(demo.sources)) == before
    data = PlanFile.open(path).read()
    assert (len(data.village), len(data.hamlet)) == (expected["village_count"], expected["hamlet_count"])
    assert data.patch["hamlet_code"].notna().all()
    still_open = data.roster_difference[data.roster_difference["settled"].isna()]
    assert set(zip(still_open["source"], still_open["code"], still_open["kind"])) == {
        (row["source"], row["code"], row["kind"]) for row in expected["differences"]
    }
    refused = json.loads(taken.report_path.read_text(encoding="utf-8"))["sections"][2]["rows"]
    assert taken.rejected == sum(row["rows"] for row in expected["rejected"])
    assert {row["village"] for row in refused} == {row["village"] for row in expected["rejected"]}
    layers = data.control_layer.set_index("source")
    for source, count in expected["repaired"].items():
        assert source not in layers.index or layers.loc[source, "repaired"] == count
    assert data.hamlet["protection"].notna().sum() == 2
