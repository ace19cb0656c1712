"""The steps that make a plan and a package of the demo's files: what a batch or `make run` calls, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from village_planner.demo.names import COUNTY_CODE, COUNTY_NAME, INSTITUTE
from village_planner.demo.scene import Scene
from village_planner.standards import load_profile

SOURCES, PLANS, PACKAGES = "资料", "规划", "成果"
_EDITION = "consultation"
_DRAFT = "草稿"
_QUICK_FORMATS, _ALL_FORMATS = "gpkg,xlsx", "gpkg,gdb,shp,vct,xlsx,docx,sheets"
_PROVIDER = "villageplanner"
AREA_FILES = {
    "road_red_line": "道路红线.shp", "heritage_purple_line": "城市紫线.shp", "water_blue_line": "城市蓝线.shp", "green_line": "城市绿线.shp",
    "heritage": "文物保护范围.shp", "protected_area": "自然保护地.shp", "mining": "采矿权.shp",
}
_CONTROLS = (
    ("development_boundary", "三线.gdb|layername=CZKFBJ"),
    ("permanent_basic_farmland", "三线.gdb|layername=YJJBNTTB"),
    ("ecological_redline", "三线.gdb|layername=STBHHX"),
    ("land_use", "第三次国土调查.gdb|layername=DLTB"),
    ("hazard", "地质灾害隐患.shp"),
    ("road", "道路.shp"),
    ("heritage", "保护名录.xlsx"),
    *AREA_FILES.items(),
    ("facility", "公共服务设施.xlsx"),
)


def steps(folder: Path, scene: Scene, size: str, formal: bool) -> list[dict[str, Any]]:
    """Return `{"algorithm", "parameters"}` in order, with absolute paths inside `folder`.

    The findings of the check lie in 规划/问题.gpkg, the package below 成果: `formal` (a plan without faults) or a draft,
    of a township's faulty plan only what is quickly written.
    """
    sources = folder / SOURCES
    plan = str(folder / PLANS / f"{plan_name(scene)}.gpkg")
    create = {
        "PLAN": plan,
        "TITLE": f"{plan_name(scene)}村庄布局规划（2020—2035年）",
        "COUNTY_CODE": COUNTY_CODE,
        "INSTITUTE": INSTITUTE,
        "BASE_YEAR": 2020,
        "ROSTER": str(sources / "村庄名录.xlsx"),
        "OTHER_ROSTERS": [str(sources / "民政部门行政区划名录.csv"), f"{sources / '第三次国土调查.gdb'}|layername=CJDCQ"],
        "VILLAGES": str(sources / "行政村.shp"),
        "TOWNSHIPS": f"{sources / '第三次国土调查.gdb'}|layername=XZQ",
        "PATCHES": str(sources / "居民点用地.shp"),
        "OVERWRITE": True,
    }
    found: list[tuple[str, dict[str, Any]]] = [("createplan", create)]
    found += [("addcontrol", {"PLAN": plan, "KIND": kind, "SOURCE": str(sources / source)}) for kind, source in _CONTROLS]
    mode, formats = ("formal" if formal else "draft"), (_ALL_FORMATS if formal or size != "township" else _QUICK_FORMATS)
    found += [
        ("addfacts", {"PLAN": plan, "SOURCE": str(sources / "村情统计.xlsx")}),
        ("addlimits", {"PLAN": plan, "KIND": "quota", "SOURCE": str(sources / "上级下达指标.xlsx")}),
        ("addlimits", {"PLAN": plan, "KIND": "villages", "SOURCE": str(sources / "上级定村名单.xlsx")}),
        ("decide", {"PLAN": plan, "DECISIONS": str(sources / "决策.xlsx")}),
        ("check", {"PLAN": plan, "FINDINGS": str(folder / PLANS / "问题.gpkg")}),
        ("package", {"PLAN": plan, "FOLDER": str(folder / PACKAGES), "MODE": mode, "EDITION": _EDITION, "FORMATS": formats}),
        ("inspect", {"PACKAGE": str(folder / PACKAGES / _package_name(scene, formal)), "REFERENCE": plan}),
    ]
    return [{"algorithm": f"{_PROVIDER}:{name}", "parameters": parameters} for name, parameters in found]


def plan_name(scene: Scene) -> str:
    """County and township, or the county alone when the plan covers more than one township."""
    names = [township.name for township in scene.townships]
    return COUNTY_NAME + (names[0] if len(names) == 1 else "")


def _package_name(scene: Scene, formal: bool) -> str:
    """Name of the package's folder by the profile's template: code and name of the only township, else of the county."""
    spec = load_profile().package
    townships = [(township.code, township.name) for township in scene.townships]
    code, name = townships[0] if len(townships) == 1 else (COUNTY_CODE, COUNTY_NAME)
    return spec.root.format(code=code, name=name, edition=spec.editions[_EDITION], draft="" if formal else _DRAFT)
