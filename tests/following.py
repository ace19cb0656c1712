"""Follows a demo's steps.json with the rooms' public functions as far as the decisions, as a batch would with the commands."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from village_planner.base import SilentFeedback
from village_planner.demo import DemoResult
from village_planner.intake import (
    AddControl,
    AddFacts,
    AddLimits,
    ControlResult,
    CreatePlan,
    CreateResult,
    Decide,
    DecideResult,
    TakeResult,
    add_control,
    add_facts,
    add_limits,
    create_plan,
    decide,
)

PHASES = (2020, 2021, 2022, 2025, 2035)


@dataclass
class Followed:
    """What the steps gave. controls: by kind (of several sources of a kind the last); taken: facts, quotas, list of villages."""

    plan: Path
    created: CreateResult
    decided: DecideResult
    controls: dict[str, ControlResult] = field(default_factory=dict)
    taken: list[TakeResult] = field(default_factory=list)


def steps_of(demo: DemoResult) -> list[tuple[str, dict[str, Any]]]:
    """Names of the steps without the provider, and their parameters."""
    return [(step["algorithm"].split(":")[1], step["parameters"]) for step in json.loads(demo.steps.read_text(encoding="utf-8"))]


def follow(demo: DemoResult, profile: str | Path = "layout-2035") -> Followed:
    """Make the demo's plan by a profile: roster and layers, control layers, facts, limits, decisions."""
    silent = SilentFeedback()
    steps = steps_of(demo)
    create = next(p for name, p in steps if name == "createplan")
    plan = Path(create["PLAN"])
    plan.parent.mkdir(exist_ok=True)
    created = create_plan(
        CreatePlan(
            plan=plan, profile=profile, title=create["TITLE"], base_year=create["BASE_YEAR"], county_code=create["COUNTY_CODE"], phases=PHASES,
            institute=create["INSTITUTE"], roster=create["ROSTER"], other_rosters=tuple(create["OTHER_ROSTERS"]), villages=create["VILLAGES"],
            townships=create["TOWNSHIPS"], patches=create["PATCHES"], overwrite=create["OVERWRITE"],
        ),
        silent,
    )
    controls = {p["KIND"]: add_control(AddControl(plan, p["KIND"], p["SOURCE"]), silent) for name, p in steps if name == "addcontrol"}
    taken = [add_facts(AddFacts(plan, p["SOURCE"]), silent) for name, p in steps if name == "addfacts"]
    taken += [add_limits(AddLimits(plan, p["KIND"], p["SOURCE"]), silent) for name, p in steps if name == "addlimits"]
    decided = decide(Decide(plan, next(p["DECISIONS"] for name, p in steps if name == "decide")), silent)
    return Followed(plan, created, decided, controls, taken)
