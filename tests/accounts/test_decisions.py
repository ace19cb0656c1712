"""What a scenario decides: actions of villages, states of patches."""

from __future__ import annotations

from tests.accounts.examples import V1, V2, action, box, example, hamlet, village
from village_planner.accounts import hamlet_actions, patch_states, village_actions

H1, H2, H3 = (hamlet(serial)["code"] for serial in (1, 2, 3))


def _action_of(*actions: dict) -> str:
    data = example(village=[village()], hamlet=[hamlet(1), hamlet(2)], action=list(actions))
    return village_actions(data, "S1")["action"].iloc[0]


def test_a_hamlet_without_a_row_is_undecided() -> None:
    data = example(village=[village()], hamlet=[hamlet(1), hamlet(2)], action=[action(H2)])
    assert hamlet_actions(data, "S1").to_dict() == {H1: "undecided", H2: "merge"}
    assert set(hamlet_actions(data, "S2")) == {"undecided"}


def test_a_village_with_some_hamlets_withdrawn_is_partly_withdrawn() -> None:
    assert _action_of(action(H1, "retain"), action(H2, "merge")) == "partly"
    assert _action_of(action(H2, "merge")) == "partly"


def test_a_wholly_withdrawn_village_goes_the_way_of_its_main_hamlet() -> None:
    assert _action_of(action(H1, "relocate"), action(H2, "merge")) == "relocate"
    assert _action_of(action(H1, "merge"), action(H2, "relocate")) == "merge"


def test_a_village_is_retained_only_when_every_hamlet_is() -> None:
    assert _action_of(action(H1, "retain"), action(H2, "retain")) == "retain"
    assert _action_of(action(H1, "retain")) == "undecided"


def test_a_village_without_hamlets_is_undecided_and_counts_none() -> None:
    data = example(village=[village(V1), village(V2)], hamlet=[hamlet(1)], action=[action(H1)])
    second = village_actions(data, "S1").iloc[1]
    assert (second["action"], second["hamlets"]) == ("undecided", 0)


def test_an_existing_patch_follows_its_hamlet() -> None:
    patches = [
        {"code": "P1", "hamlet_code": H1, "kind": "existing", "geom": box(0, 0, 10, 10)},
        {"code": "P2", "hamlet_code": H2, "kind": "existing"},
        {"code": "P3", "hamlet_code": H1, "kind": "cleared"},
        {"code": "P4", "hamlet_code": H2, "kind": "new"},
        {"code": "P5", "hamlet_code": None, "kind": "existing"},
    ]
    data = example(village=[village()], hamlet=[hamlet(1), hamlet(2)], action=[action(H1, "retain"), action(H2)], patch=patches)
    states = patch_states(data, "S1").set_index("code")
    assert states["state"].to_dict() == {"P1": "retained", "P2": "cleared", "P3": "cleared", "P4": "new", "P5": "retained"}
    assert states.loc["P1", "township_code"] == "370799101"
    assert states["township_code"].isna()["P5"]
    assert patch_states(data, "S2")["state"].tolist() == ["retained", "retained", "cleared", "new", "retained"]
