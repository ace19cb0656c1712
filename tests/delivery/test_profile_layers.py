"""The profile's delivered layers: nothing of the proposed field list is lost, and every field has a frame column that fills it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from village_planner.delivery.fields import deliver, word_of_code
from village_planner.delivery.frames import DeliverySource, layer_frames
from village_planner.plan.data import PlanData
from village_planner.plan.layers import MemoryLayers
from village_planner.plan.schema import Action, ConsentKind, Destination, PatchKind, Position
from village_planner.standards import Profile

UNKNOWN_YET = {"planned_persons_2025", "planned_persons_2035", "progress"}
"""Columns that no table of the plan holds so far; their fields are optional."""


@pytest.mark.parametrize("layer", ["CZBD", "CZQBGX"])
def test_every_proposed_field_is_delivered_in_its_order_and_at_least_as_wide(shared_standards: Path, profile: Profile, layer: str) -> None:
    with (shared_standards / "profiles_fields.csv").open(encoding="utf-8", newline="") as stream:
        proposed = [row for row in csv.DictReader(stream) if row["profile"] == "PROPOSED_CZBJ_LAYOUT" and row["layer"] == layer]
    fields = {field.name: field for field in profile.layers[layer].fields}
    names = [row["field"] for row in proposed]
    assert [name for name in fields if name in names] == names
    for row in proposed:
        assert fields[row["field"]].width >= int(row["length"] or 0)
        assert fields[row["field"]].confidence == row["confidence"]
        assert "PROPOSED_CZBJ_LAYOUT" in fields[row["field"]].source


def test_every_field_has_a_column_that_fills_it(profile: Profile, data: PlanData) -> None:
    frames = layer_frames(DeliverySource(data, MemoryLayers({}), profile, "S1"))
    missing = {
        (spec.name, field.value)
        for spec in profile.layers.values()
        for field in spec.fields
        if field.value not in ("bsm", "ysdm", *frames[spec.frame].columns)
    }
    assert {column for _, column in missing} <= UNKNOWN_YET


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ("delivered_action", Action), ("delivered_destination", Destination), ("delivered_consent", ConsentKind), ("delivered_position", Position),
    ],
)
def test_every_word_of_the_plan_has_a_delivered_code(profile: Profile, codes: str, words: type) -> None:
    assert set(word_of_code(profile.codes[codes]).values()) == {member.value for member in words}


@pytest.mark.parametrize(("codes", "plan_codes"), [("delivered_village_kind", "village_kind"), ("delivered_protection", "protection")])
def test_every_kind_of_the_profile_has_a_delivered_code(profile: Profile, codes: str, plan_codes: str) -> None:
    assert set(word_of_code(profile.codes[codes]).values()) == set(profile.codes[plan_codes].codes)


def test_patch_states_have_codes_for_what_patches_can_be(profile: Profile) -> None:
    words = set(word_of_code(profile.codes["delivered_patch_state"]).values())
    assert words == {"retained", PatchKind.CLEARED.value, PatchKind.NEW.value}


def test_field_aliases_are_unique_within_a_layer(profile: Profile) -> None:
    for spec in profile.layers.values():
        aliases = [field.alias for field in spec.fields]
        assert len(set(aliases)) == len(aliases), spec.name


def test_a_word_without_a_code_is_delivered_as_it_is_and_found_later(profile: Profile, data: PlanData) -> None:
    frame = layer_frames(DeliverySource(data, MemoryLayers({}), profile, "S1"))["villages"].assign(kind="pasture")
    assert set(deliver(profile.layers["CZBD"], frame, profile)["CZXZ"]) == {"pasture"}
