"""Rosters that disagree: which differences come out, which are explained, and how they are settled."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.conftest import box
from village_planner.base import InputError, Refused
from village_planner.intake import CreatePlan, create_plan, settle, settle_committees
from village_planner.intake.reconcile import own_committees, reconcile
from village_planner.intake.roster import Roster, Village
from village_planner.plan import PlanFile
from village_planner.standards import Profile, load_profile

TOWN = "370799101"


def village(serial: int, name: str, kind: str = "village", code: str | None = None, **more: object) -> Village:
    return Village(f"{TOWN}{serial:03d}" if code is None else code, name, TOWN, "甲镇", kind, serial, **more)  # type: ignore[arg-type]


def villages(count: int = 40) -> list[Village]:
    return [village(200 + number, f"村庄{number:02d}村") for number in range(count)]


def kinds(differences: list) -> dict[str, int]:
    return {kind: sum(d.kind == kind for d in differences) for kind in {d.kind for d in differences}}


def write(path: Path, rows: list[tuple[str, ...]]) -> str:
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def three_rosters(tmp_path: Path) -> CreatePlan:
    """Case 2: 民政 40; 统计 41 with a new 居委会; 三调 43 with a farm, a reservoir and a pair merged since."""
    head = ("行政村代码", "行政村", "备注")
    ours = [(v.code, v.name, "") for v in villages()]
    ours[7] = (ours[7][0], ours[7][1], "2019年由原小河村、村庄07村合并")
    statistics = [(code, f"{name}民委员会", "") for code, name, _ in ours] + [(f"{TOWN}001", "新城社区居民委员会", "")]
    survey = [(f"{code}0000000", name, "") for code, name, _ in ours]
    survey += [(f"{TOWN}4010000000", "国有青山林场", ""), (f"{TOWN}4020000000", "龙泉水库", ""), (f"{TOWN}2990000000", "小河村", "")]
    return CreatePlan(
        plan=tmp_path / "规划.gpkg", title="甲镇村庄布局规划", base_year=2020, roster=write(tmp_path / "民政.csv", [head, *ours]),
        other_rosters=(write(tmp_path / "统计.csv", [head, *statistics]), write(tmp_path / "三调.csv", [head, *survey])),
    )


def test_three_rosters_that_disagree_give_exactly_four_explained_differences(three_rosters: CreatePlan) -> None:
    result = create_plan(three_rosters)
    plan = PlanFile.open(result.plan)
    found = plan.read().roster_difference
    assert result.village_count == 40
    assert sorted(zip(found["source"], found["kind"])) == [
        ("三调.csv", "merged"), ("三调.csv", "not_a_village"), ("三调.csv", "not_a_village"), ("统计.csv", "committee"),
    ]
    survey = found[found["source"] == "三调.csv"]
    assert list(survey["settled"]) == ["explained"] * 3
    assert survey["explanation"].str.contains("以本名录为准").all()  # which roster is followed; what differs stands in the detail
    assert {detail["params"]["source"] for detail in survey["detail"] if detail["message"] == "intake.diff_merged_former"} == {"三调"}
    assert result.differences == 1
    settle(plan, "统计.csv", f"{TOWN}001", "rejected", "属城镇社区，不纳入", "张")
    data = plan.read()
    assert len(data.village) == 40 and data.roster_difference["settled"].notna().all()


def test_the_residents_committee_can_be_taken_in_as_the_forty_first(three_rosters: CreatePlan) -> None:
    plan = PlanFile.open(create_plan(three_rosters).plan)
    settle(plan, "统计.csv", f"{TOWN}001", "accepted", "村改居，纳入", "张")
    data = plan.read()
    taken = data.village[data.village["code"] == f"{TOWN}001"].iloc[0]
    assert len(data.village) == 41
    assert taken["kind"] == "rural_community"
    assert list(data.hamlet.loc[data.hamlet["village_code"] == taken["code"], "code"]) == [f"{TOWN}001001"]
    plan.undo("张")
    assert len(plan.read().village) == 40


def test_settling_needs_a_reason_and_a_known_difference(three_rosters: CreatePlan) -> None:
    plan = create_plan(three_rosters).plan
    for arguments, code in (
        (("统计.csv", f"{TOWN}001", "accepted", " "), "intake.settle_reason"),
        (("统计.csv", "没有", "accepted", "x"), "intake.settle_unknown"),
        (("统计.csv", f"{TOWN}001", "maybe", "x"), "intake.settle_how"),
    ):
        with pytest.raises(InputError) as caught:
            settle(plan, *arguments, "张")
        assert caught.value.message.code == code


def test_a_suburban_county_gets_one_question_for_all_its_committees(tmp_path: Path, profile: Profile) -> None:
    rows = [("行政村代码", "行政村")] + [(f"{TOWN}{200 + n}", f"村{n}村") for n in range(86)] + [(f"{TOWN}{n:03d}", f"社{n}社区居委会") for n in range(114)]
    result = create_plan(CreatePlan(plan=tmp_path / "县.gpkg", title="县", base_year=2020, roster=write(tmp_path / "名录.csv", rows)))
    plan = PlanFile.open(result.plan)
    found = plan.read().roster_difference
    assert (result.village_count, result.differences) == (200, 1)
    assert list(found["kind"]) == ["committees"]
    codes = found["detail"].iloc[0]["codes"]
    assert len(codes) == 114
    settle_committees(plan, dict.fromkeys(codes[:100], "urban_community"), "张")
    assert len(plan.read().roster_difference["detail"].iloc[0]["codes"]) == 14
    assert plan.read().roster_difference["settled"].isna().all()
    settle_committees(plan, dict.fromkeys(codes[100:], "rural_community"), "张")
    data = plan.read()
    assert data.roster_difference["settled"].tolist() == ["accepted"]
    assert data.village["kind"].value_counts().to_dict() == {"urban_community": 100, "village": 86, "rural_community": 14}
    with pytest.raises(InputError):
        settle_committees(plan, {codes[0]: "urban_community"}, "张")


def test_a_committee_batch_takes_no_kind_that_leaves_the_question_open(tmp_path: Path) -> None:
    rows = [("行政村代码", "行政村"), (f"{TOWN}001", "甲社区居委会"), (f"{TOWN}201", "乙村")]
    plan = create_plan(CreatePlan(plan=tmp_path / "县.gpkg", title="县", base_year=2020, roster=write(tmp_path / "名录.csv", rows))).plan
    for kinds_, code in (({f"{TOWN}001": "committee"}, "intake.settle_kind"), ({f"{TOWN}201": "urban_community"}, "intake.settle_not_in_batch")):
        with pytest.raises(InputError) as caught:
            settle_committees(plan, kinds_, "张")
        assert caught.value.message.code == code


def test_renamed_recoded_extra_and_missing_are_told_apart(profile: Profile) -> None:
    ours = villages(6)
    theirs = [
        village(200, "村庄00村民委员会"), village(201, "新名村"), village(999, "村庄02村"), village(203, "村庄03村"), village(204, "村庄04村"),
        village(888, "别处村"),
    ]
    found = reconcile(ours, Roster("民政", theirs), profile).differences
    assert [(d.kind, d.code, d.village_code, d.settled) for d in found] == [
        ("renamed", f"{TOWN}201", f"{TOWN}201", None), ("recoded", f"{TOWN}999", f"{TOWN}202", None), ("extra", f"{TOWN}888", None, None),
        ("missing", f"{TOWN}205", f"{TOWN}205", None),
    ]


def test_a_former_name_explains_a_renaming_and_two_former_units_a_merger(profile: Profile) -> None:
    ours = [*villages(5), village(300, "双王村", former=["东王村", "西王村"]), village(301, "新丰村", former=["老丰村"])]
    theirs = [*villages(5), village(400, "东王村"), village(401, "西王村"), village(301, "老丰村")]
    found = reconcile(ours, Roster("民政", theirs), profile).differences
    assert [(d.kind, d.village_code, d.settled) for d in found] == [("renamed", f"{TOWN}301", "explained"), ("merged", f"{TOWN}300", "explained")]
    assert found[1].detail["codes"] == [f"{TOWN}400", f"{TOWN}401"]


def test_location_explains_a_merger(profile: Profile) -> None:
    ours, theirs = villages(5), [*villages(5), village(400, "小河村")]
    shapes = {v.code: box(3 * n, 0, 2) for n, v in enumerate(ours)}
    found = reconcile(ours, Roster("三调", theirs), profile, shapes, {400: box(4, 0)}).differences
    assert [(d.kind, d.village_code, d.settled) for d in found] == [("merged", ours[1].code, "explained")]
    assert reconcile(ours, Roster("三调", theirs), profile, shapes, {400: box(0, 5)}).differences[0].kind == "extra"


def test_a_roster_that_shares_nothing_gives_one_difference(profile: Profile) -> None:
    strange = [Village(f"110101{n:06d}", f"别{n}村", "110101000", "别镇", "village", n) for n in range(500)]
    result = reconcile(villages(), Roster("错文件", strange), profile)
    assert [(d.kind, d.settled) for d in result.differences] == [("extra", None)]
    assert len(result.differences[0].detail["codes"]) == 500
    assert [message.code for message in result.messages] == ["intake.diff_strange"]


def test_another_code_system_with_the_same_names_is_one_explained_difference(profile: Profile) -> None:
    theirs = [village(0, v.name, code=f"X{n:04d}") for n, v in enumerate(villages())]
    result = reconcile(villages(), Roster("内部", theirs), profile)
    assert [(d.kind, d.settled) for d in result.differences] == [("recoded", "explained")]
    assert len(result.aliases) == 40


def test_units_of_other_townships_are_counted_not_compared(profile: Profile) -> None:
    theirs = [*villages(), *(Village(f"370799999{n:03d}", f"远{n}村", "370799999", "远镇", "village", n) for n in range(300))]
    result = reconcile(villages(), Roster("全县", theirs), profile)
    assert not result.differences
    assert [message.code for message in result.messages] == ["intake.other_townships"]


def test_many_committees_of_another_roster_are_one_question(profile: Profile) -> None:
    theirs = [*villages(), *(village(n, f"社{n}社区居委会", "committee") for n in range(1, 60))]
    found = reconcile(villages(), Roster("统计", theirs), profile).differences
    assert [(d.kind, len(d.detail["codes"])) for d in found] == [("committees", 59)]
    few = reconcile(villages(), Roster("统计", theirs[:43]), profile).differences
    assert [d.kind for d in few] == ["committee"] * 3


def test_a_rare_character_that_got_lost_is_no_renaming_to_decide(profile: Profile) -> None:
    ours = [*villages(5), village(300, "瓦磘村"), village(301, "上河村")]
    theirs = [*villages(5), village(300, "瓦\ue123村"), village(301, "下河村")]
    found = reconcile(ours, Roster("民政", theirs), profile).differences
    assert [(d.village_code, d.settled) for d in found] == [(f"{TOWN}300", "explained"), (f"{TOWN}301", None)]


def test_a_township_written_with_its_county_is_the_same_township(profile: Profile) -> None:
    ours = [*villages(), *(Village(f"370799102{n:03d}", f"村庄{n:02d}村", "370799102", "乙镇", "village", n) for n in range(40))]
    theirs = [Village("", v.name, "", f"某某县{v.township_name}", "village", n) for n, v in enumerate(ours)]
    result = reconcile(ours, Roster("统计", theirs), profile)
    assert not result.differences and len(result.pairs) == 80
    assert all(result.pairs[v.code] is unit for v, unit in zip(ours, theirs))


def test_no_committees_no_question(profile: Profile) -> None:
    assert own_committees(villages(), "民政", profile) is None


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, 39), min_size=30), st.sets(st.integers(0, 39), min_size=30), st.randoms())
def test_every_unit_is_paired_or_a_difference(mine: set[int], theirs: set[int], random: object) -> None:
    profile = load_profile()
    pool = villages()
    ours, others = [pool[n] for n in sorted(mine)], [pool[n] for n in sorted(theirs)]
    random.shuffle(others)  # type: ignore[attr-defined]
    result = reconcile(ours, Roster("其他", others), profile)
    assert set(result.pairs) == {v.code for v in ours} & {v.code for v in others}
    counted = kinds(result.differences)
    assert counted.get("extra", 0) == len(theirs - mine)
    assert counted.get("missing", 0) == len(mine - theirs)


def test_settling_takes_over_names_and_removes_what_nobody_decided_on(tmp_path: Path) -> None:
    head = ("行政村代码", "行政村")
    ours = write(tmp_path / "我方.csv", [head, *((v.code, v.name) for v in villages(6))])
    theirs = [(v.code, v.name) for v in villages(5)]
    theirs[1] = (theirs[1][0], "新名村")
    other = write(tmp_path / "对方.csv", [head, *theirs])
    plan = PlanFile.open(create_plan(CreatePlan(plan=tmp_path / "p.gpkg", title="镇", base_year=2020, roster=ours, other_rosters=(other,))).plan)
    settle(plan, "对方.csv", f"{TOWN}201", "accepted", "已更名", "李")
    settle(plan, "对方.csv", f"{TOWN}205", "accepted", "已撤销", "李")
    data = plan.read()
    assert data.village["name"].tolist() == ["村庄00村", "新名村", "村庄02村", "村庄03村", "村庄04村"]
    assert "村庄01村" in data.village_alias["alias_name"].tolist()
    assert data.roster_difference["settled_by"].tolist() == ["李", "李"]


def test_a_village_with_decisions_cannot_leave_the_roster(tmp_path: Path) -> None:
    head = ("行政村代码", "行政村")
    ours = write(tmp_path / "我方.csv", [head, *((v.code, v.name) for v in villages(6))])
    other = write(tmp_path / "对方.csv", [head, *((v.code, v.name) for v in villages(5))])
    plan = PlanFile.open(create_plan(CreatePlan(plan=tmp_path / "p.gpkg", title="镇", base_year=2020, roster=ours, other_rosters=(other,))).plan)
    with plan.write("李", "类别") as tx:
        tx.insert("category", [{"scenario": "S1", "village_code": f"{TOWN}205", "category": "01", "origin": "manual"}])
    with pytest.raises(Refused):
        settle(plan, "对方.csv", f"{TOWN}205", "accepted", "已撤销", "李")
    assert len(plan.read().village) == 6
