"""The demo township through every step of intake gives what its own oracle expects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.following import follow
from tests.intake.conftest import digests
from village_planner.demo import write_demo
from village_planner.plan import PlanFile


@pytest.mark.parametrize("faults", ["none", "known"])
def test_the_demo_comes_out_as_its_oracle_says(tmp_path: Path, faults: str) -> None:
    demo = write_demo(tmp_path / "demo", "township", faults, 1)
    expected = json.loads(Path(demo.expected).read_text(encoding="utf-8"))
    before = digests(Path(demo.sources))
    followed = follow(demo)
    assert digests(Path(demo.sources)) == before
    data = PlanFile.open(followed.plan).read()
    assert (len(data.village), len(data.hamlet)) == (expected["village_count"], expected["hamlet_count"])
    assert data.patch["hamlet_code"].notna().all()
    still_open = data.roster_difference[data.roster_difference["settled"].isna()]
    assert set(zip(still_open["source"], still_open["code"], still_open["kind"])) == {
        (row["source"], row["code"], row["kind"]) for row in expected["differences"]
    }
    refused = json.loads(followed.decided.report_path.read_text(encoding="utf-8"))["sections"][2]["rows"]
    assert followed.decided.rejected == sum(row["rows"] for row in expected["rejected"])
    assert {row["village"] for row in refused} == {row["village"] for row in expected["rejected"]}
    layers = data.control_layer.set_index("source")
    for source, count in expected["repaired"].items():
        assert source not in layers.index or layers.loc[source, "repaired"] == count
    assert data.hamlet["protection"].notna().sum() == 4
    assert [result.rejected for result in followed.taken] == [0, 0, 0]
