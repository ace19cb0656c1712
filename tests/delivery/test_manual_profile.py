"""The manual's walk-through of a standard of one's own, followed step by step for its invented province."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.test_provinces import layers_of
from village_planner.base import InputError, render, resource
from village_planner.delivery import PackageRequest, inspect_package, write_package
from village_planner.intake import CreatePlan, create_plan
from village_planner.plan import PlanFile
from village_planner.standards import load_profile

_PAGE = Path(__file__).parents[2] / "docs" / "manual" / "profiles.md"
_STEP = re.compile(r"^```(?:json|csv) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROSTER = "行政村代码,行政村,自然村,户数,人口,开发边界内外\n370799101201,东山村,东山,40,130,界外\n370799101202,西河村,西河,35,110,界外\n"


def changed(old: Any, new: Any) -> Any:
    """The content of a file after what a step shows has been written into it; fields of a layer are found by their names."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: changed(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, dict):
        assert set(new) <= {entry.get("name") for entry in old}
        return [changed(entry, new.get(entry.get("name"), {})) for entry in old]
    return new


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that comes out of the steps."""
    folder = tmp_path_factory.mktemp("文档") / "yunling-2026"
    shutil.copytree(resource("profiles", "layout-2035"), folder)
    steps = _STEP.findall(_PAGE.read_text(encoding="utf-8"))
    assert len(steps) == 7
    for name, text in steps:
        file = folder / name
        assert file.is_file(), name
        content = text if name.endswith(".csv") else json.dumps(changed(json.loads(file.read_text(encoding="utf-8")), json.loads(text)), ensure_ascii=False)
        file.write_text(content, encoding="utf-8")
    return folder


def test_a_plan_of_the_invented_province_is_made_packaged_and_inspected_without_a_change_of_code(province: Path, tmp_path: Path) -> None:
    (tmp_path / "名录.csv").write_text(_ROSTER, encoding="utf-8")
    plan = create_plan(CreatePlan(
        plan=tmp_path / "规划.gpkg", profile=province, title="某县村庄布局规划", base_year=2020, county_code="370799", roster=str(tmp_path / "名录.csv"),
    )).plan  # fmt: skip
    with PlanFile.open(plan).write("测试", "分类") as tx:
        scenario = PlanFile.open(plan).read().scenario
        tx.insert("category", [
            {"scenario": scenario, "village_code": code, "category": category, "grounds": "测试", "origin": "manual"}
            for code, category in (("370799101201", "JJ"), ("370799101202", "QY"))
        ])  # fmt: skip
    written = write_package(PackageRequest(plan, tmp_path, formats=("gpkg", "xlsx")))
    assert written.path.name == "370799101村庄布局规划（370799101）征求意见稿草稿"
    inspection = inspect_package(written.path, str(province))
    assert inspection.profile.id == "yunling-2026" and list(inspection.findings["message_code"]) == []
    villages = layers_of(written.path, "layout-2035", tmp_path / "work")["CUN"]
    assert villages.alias == "云岭省村庄" and {"CUNMC": 80, "BSM": 16}.items() <= {field.name: field.width for field in villages.fields}.items()
    assert villages.rows["CUNMC"].tolist() == ["东山村", "西河村"] and villages.rows["CZFLDM"].tolist() == ["JJ", "QY"]
    assert villages.rows["BSM"].tolist() == ["3707990000000001", "3707990000000002"]
    assert {"delivery.layer_missing", "delivery.layer_unknown"} <= set(inspect_package(written.path, "layout-2035").findings["message_code"])


def test_the_rules_and_values_of_the_province_are_those_that_it_wrote(province: Path) -> None:
    profile = load_profile(province)
    assert (profile.title, profile.value("public_notice_days"), profile.rules["QC-7103"].severity) == ("云岭省村庄布局规划成果标准", 45, "B")
    assert profile.values["bsm_pattern"].confidence == "sourced" and profile.values["phases"] == load_profile().values["phases"]


def test_the_refusal_is_the_one_that_the_manual_quotes(province: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(province, tmp_path / "yunling-2026"))
    layer = json.loads((folder / "layers" / "CZBD.json").read_text(encoding="utf-8"))
    number = next(position for position, field in enumerate(layer["fields"]) if field.get("name") == "CUNMC")
    layer["fields"][number]["width"] = "八十"
    (folder / "layers" / "CZBD.json").write_text(json.dumps(layer, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_profile(folder)
    quoted = re.search(r"^> (.*)$", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert quoted is not None and render(refused.value.message, "zh_CN") == quoted.group(1).replace("fields[6]", f"fields[{number}]")
