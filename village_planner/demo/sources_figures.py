"""Tables of figures: facts about the villages from the statistics office, quotas and the list of fixed villages from above."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from village_planner.demo.limits import FIXED_SHEET, OTHER_HEADINGS, QUOTA_ITEMS
from village_planner.demo.names import CITY_NAME, COUNTY_NAME
from village_planner.demo.scene import Cast, Scene
from village_planner.demo.sources_tables import bold, new_book, save, title
from village_planner.demo.village_facts import facts_of

FACT_HEADINGS = (
    "行政村代码", "乡镇", "行政村", "户籍户数", "户籍人口", "常住人口", "宅基地宗数", "空置宅基地宗数", "危房户数", "村集体经济收入（万元）",
    "农民人均可支配收入（元）", "外出务工人数", "60岁以上人口", "耕地面积（亩）", "距乡镇驻地距离（km）", "主导产业", "数据日期",
)
_FACTS_DATE, _ISSUED = datetime(2020, 12, 31), datetime(2020, 11, 20)
_DOCUMENT = "示例规划〔2020〕15号"


def write_facts(scene: Scene, path: Path) -> None:
    """村情统计.xlsx: population, homesteads, dilapidated houses, income and land of each village, with units and a date."""
    book, sheet = new_book("村情统计")
    title(sheet, f"{COUNTY_NAME}村级基本情况统计表（2020年）", len(FACT_HEADINGS))
    bold(sheet, list(FACT_HEADINGS))
    for cast in scene.casts:
        for number in range(len(cast)):
            sheet.append(_facts(cast, number))
    save(book, path)


def write_quotas(scene: Scene, path: Path) -> None:
    """上级下达指标.xlsx: a row for each township and, where there are several, one for the county; blank where nothing is set."""
    book, sheet = new_book("指标分解")
    headings = {**{item.code: item.heading for item in QUOTA_ITEMS}, **OTHER_HEADINGS}
    title(sheet, f"{CITY_NAME}下达{COUNTY_NAME}村庄布局规划指标分解表", len(headings) + 4)
    bold(sheet, ["乡镇代码", "乡镇", *headings.values(), "下达日期", "文号"])
    for quota in scene.quotas:
        sheet.append([quota.area_code, quota.area_name, *(quota.values.get(code) for code in headings), _ISSUED, _DOCUMENT])
    save(book, path)


def write_fixed_villages(scene: Scene, path: Path) -> None:
    """上级定村名单.xlsx: villages whose category or action is given."""
    book, sheet = new_book(FIXED_SHEET)
    title(sheet, f"{CITY_NAME}确定的{COUNTY_NAME}村庄名单", 7)
    bold(sheet, ["乡镇", "行政村代码", "行政村", "村庄类别", "布局引导", "下达日期", "文号"])
    for row in scene.fixed:
        sheet.append([row.township, row.village_code, row.village, row.category, row.action or None, _ISSUED, _DOCUMENT])
    save(book, path)


def _facts(cast: Cast, number: int) -> list[object]:
    village, facts = cast[number], facts_of(cast, number)
    return [
        village.code, village.township.name, village.name, facts.households, cast.scene.stated_persons.get(village.code, facts.persons),
        facts.residents, facts.homesteads, facts.vacant, facts.dilapidated, facts.collective_income, facts.income, facts.away,
        facts.elderly, facts.arable_mu, facts.distance_km, facts.industry, _FACTS_DATE,
    ]
