"""Identifiers (标识码) are given once: they stay whatever is added or removed, are not given again, and come back with a package."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.delivery.plans import box, point
from village_planner.base import PlanFileError
from village_planner.delivery import PackageRequest, ReadBack, read_back, write_package
from village_planner.delivery.content import delivered_layers
from village_planner.delivery.frames import DeliverySource, layer_frames
from village_planner.delivery.serials import Serials
from village_planner.plan import MemoryLayers, PlanFile
from village_planner.standards import load_profile

_KEYS = {"CZBD": "XZQDM", "JMD": "JMDDM", "JMDYD": "YDBH", "CZQBGX": "RWBH", "CMBJ": "BJBH"}


def identifiers(path: Path, profile: str = "layout-2035") -> dict[str, str]:
    """The identifier of each row of the layers that have a code, by layer and code, as a package of the plan would have them now."""
    plan = PlanFile.open(path)
    data = plan.read()
    source = DeliverySource(data, MemoryLayers({}), load_profile(profile), data.scenario)
    layers = delivered_layers(source, layer_frames(source), plan.give_serials)
    return {f"{name} {code}": bsm for name, key in _KEYS.items() for code, bsm in zip(layers[name][1][key], layers[name][1]["BSM"])}


def change(path: Path) -> None:
    """Add rows that stand before others in their layer, and take away the last patch."""
    village = "370799101200"
    with PlanFile.open(path).write("测试", "改动") as tx:
        tx.insert("village", [{"code": village, "name": "新村", "township_code": village[:9], "kind": "village", "geom": box(-2_000, 0, 1_900, 3_900)}])
        tx.insert("hamlet", [{"code": f"{village}001", "village_code": village, "name": "新村", "is_main": 1, "geom": point(-1_500, 500)}])
        tx.delete("patch", {"code": "P5"})
        tx.insert("patch", [{"code": "P0", "hamlet_code": f"{village}001", "kind": "existing", "geom": box(-1_550, 450, 100, 100)}])


def test_what_is_added_or_removed_leaves_the_identifiers_of_all_else_alone(plan_path: Path) -> None:
    before = identifiers(plan_path)
    assert before["CZBD 370799101201"] == "370799901000000001" and before["JMDYD P5"] == "370799903000000005"
    change(plan_path)
    after = identifiers(plan_path)
    assert {key: after[key] for key in before if key != "JMDYD P5"} == {key: bsm for key, bsm in before.items() if key != "JMDYD P5"}
    assert after["CZBD 370799101200"] == "370799901000000005" and after["JMD 370799101200001"] == "370799902000000006"
    assert after["JMDYD P0"] == "370799903000000006"
    assert len(set(after.values())) == len(after)


def test_an_identifier_is_not_given_again_but_comes_back_with_its_row(plan_path: Path) -> None:
    before = identifiers(plan_path)
    change(plan_path)
    assert before["JMDYD P5"] not in identifiers(plan_path).values()
    PlanFile.open(plan_path).undo("测试")
    assert identifiers(plan_path) == before


def test_a_plan_that_cannot_be_written_gives_what_it_has_and_refuses_new_identifiers(plan_path: Path) -> None:
    before = identifiers(plan_path)
    plan_path.chmod(0o444)
    assert identifiers(plan_path) == before
    plan_path.chmod(0o644)
    change(plan_path)
    plan_path.chmod(0o444)
    with pytest.raises(PlanFileError) as refused:
        identifiers(plan_path)
    assert refused.value.message.code == "plan.serials_read_only" and refused.value.message.params["count"] == 3


def test_a_plan_that_is_read_back_has_the_identifiers_of_its_package(plan_path: Path, tmp_path: Path) -> None:
    identifiers(plan_path)
    change(plan_path)
    package = write_package(PackageRequest(plan_path, tmp_path, formats=("gpkg", "xlsx"))).path
    again = read_back(ReadBack(package, tmp_path / "读回.gpkg")).plan
    assert identifiers(again) == identifiers(plan_path)
    with PlanFile.open(again).write("测试", "删除") as tx:
        tx.delete("patch", {"code": "P0"})
        tx.insert("patch", [{"code": "P00", "hamlet_code": "370799101200001", "kind": "existing", "geom": box(-1_550, 450, 100, 100)}])
    assert identifiers(again)["JMDYD P00"] == "370799903000000007"


@pytest.mark.parametrize("number", [0, -1, "x", "①"])
def test_an_identifier_that_is_composed_otherwise_is_not_taken_over(number: object) -> None:
    profile = load_profile("layout-2035")
    spec = profile.layers["JMDYD"]
    rows = [{"patch_code": "P1", "bsm": f"3707999030000000{number}"}, {"patch_code": "P2", "bsm": "370799903000000007"}, {"patch_code": "P3", "bsm": None}]
    taken = {key.row_key: found for key, found in Serials(profile, "370799").taken(rows, spec).items()}
    assert taken == {'["P2"]': 7}


def test_every_layer_delivers_what_its_rows_are_numbered_by() -> None:
    profile = load_profile("layout-2035")
    serials = Serials(profile, "370799")
    lacking = [
        spec.name for spec in profile.layers.values()
        if not serials.taken([{**{field.value: None for field in spec.fields}, "bsm": f"370799{spec.code[-4:]}00000001"}], spec)
    ]
    assert lacking == []


def test_rows_of_one_key_are_told_apart() -> None:
    profile = load_profile("layout-2035")
    row = {"kind": "road", "layer": "c001", "source_id": "7"}
    first, second = Serials(profile, "370799").keys([row, row], profile.layers["GKYSX"])
    assert first != second and first.series == second.series == "GKYSX"


def test_where_the_layer_is_not_named_all_layers_share_one_series(plan_path: Path) -> None:
    plan = PlanFile.open(plan_path)
    data = plan.read()
    profile = load_profile("zhejiang-village")
    source = DeliverySource(data, MemoryLayers({}), profile, data.scenario)
    layers = delivered_layers(source, layer_frames(source), plan.give_serials)
    values = [value for _, rows in layers.values() if "BSM" in rows for value in rows["BSM"]]
    assert sorted(int(value) for value in values) == list(range(1, len(values) + 1))
