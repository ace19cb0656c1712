"""Fictitious places: a county that does not exist, its townships, and names for villages and hamlets."""

from __future__ import annotations

import random
from dataclasses import dataclass

COUNTY_CODE = "379921"
COUNTY_NAME = "岚桥县"
PROVINCE_NAME = "示例省"
CITY_NAME = "示例市"
FARM_CODE = "379921101401"
FARM_NAME = "国有岚桥林场"
RESERVOIR_CODE = "379921101402"
RESERVOIR_NAME = "龙泉水库"

_ROOTS = (
    "柳河", "松坡", "石桥", "槐沟", "桃源", "枫岭", "竹园", "杏坡", "荷塘", "青崖", "白鹭", "金谷", "云台", "麦垄", "泉眼", "梨湾",
    "棉田", "芦苇滩", "枣林", "月坨", "栗峪", "鹊桥", "磨盘", "瓦窑", "水碾", "花石", "望湖", "苇塘", "椿树", "黄土坡", "银杏", "柿沟",
    "茶棚", "沙河", "榆林", "葛藤", "雁落", "牛栏", "石臼", "草甸",
)
_HAMLETS = (
    "东{0}", "西{0}", "南{0}", "北{0}", "上{0}", "下{0}", "前{0}", "后{0}", "小{0}", "新{0}",
)


@dataclass(frozen=True)
class TownshipName:
    """Code (9 digits) and name of a fictitious township."""

    code: str
    name: str


MAIN_TOWNSHIP = TownshipName("379921101", "砚溪镇")
NEIGHBOUR_TOWNSHIP = TownshipName("379921202", "鹤汀乡")


def village_roots(count: int, seed: int) -> list[str]:
    """Return `count` different root names (柳河, 松坡 …) in an order that `seed` decides.

    Raises ValueError when more are wanted than there are.
    """
    if count > len(_ROOTS):
        raise ValueError(f"only {len(_ROOTS)} names, {count} wanted")
    return random.Random(f"{seed}:villages").sample(_ROOTS, count)


def hamlet_names(root: str, count: int, seed: int) -> list[str]:
    """Return names of a village's hamlets: the main one is named as the village's root, the others after it."""
    others = random.Random(f"{seed}:{root}").sample(_HAMLETS, count - 1)
    return [root, *(pattern.format(root) for pattern in others)]
