"""Fictitious places: a county that does not exist, its townships, and names for villages and hamlets."""

from __future__ import annotations

import random
from dataclasses import dataclass

COUNTY_CODE = "379921"
COUNTY_NAME = "岚桥县"
PROVINCE_NAME = "示例省"
CITY_NAME = "示例市"
INSTITUTE = "示例市规划设计研究院"
FARM_CODE = "379921101401"
FARM_NAME = "国有岚桥林场"
RESERVOIR_CODE = "379921101402"
RESERVOIR_NAME = "龙泉水库"

_ROOTS = (
    "柳河", "松坡", "石桥", "槐沟", "桃源", "枫岭", "竹园", "杏坡", "荷塘", "青崖", "白鹭", "金谷", "云台", "麦垄", "泉眼", "梨湾",
    "棉田", "芦苇滩", "枣林", "月坨", "栗峪", "鹊桥", "磨盘", "瓦窑", "水碾", "花石", "望湖", "苇塘", "椿树", "黄土坡", "银杏", "柿沟",
    "茶棚", "沙河", "榆林", "葛藤", "雁落", "牛栏", "石臼", "草甸",
)
_FIRST = "柳松石槐桃枫竹杏荷青白金云麦泉梨棉枣月栗磨瓦花望苇椿黄银柿茶沙榆葛雁草龙凤红清平安"
_SECOND = "河坡桥沟源岭园塘崖谷台垄湾滩林坨峪庄堡寨店集渡口泉洼"
_LONG = (
    "黄土坡水库移民", "红旗渠灌区管理站", "青石板桥头堡", "白鹭湾湿地保护区", "云台山林场分场", "金沙河流域搬迁安置", "望夫石烽火台",
    "龙泉寺下院",
)
_HAMLETS = (
    "东{0}", "西{0}", "南{0}", "北{0}", "上{0}", "下{0}", "前{0}", "后{0}", "小{0}", "新{0}",
)


@dataclass(frozen=True)
class TownshipName:
    """Code (9 digits) and name of a fictitious township."""

    code: str
    name: str

    @property
    def seat(self) -> str:
        """Where its people mean by going to town: 镇区 of a town (镇), 集镇 of a township (乡), the county's 城区 for a subdistrict (街道)."""
        kinds = {"镇": "镇区", "乡": "集镇"}
        return self.name + kinds[self.name[-1]] if self.name[-1] in kinds else COUNTY_NAME + "城区"


MAIN_TOWNSHIP = TownshipName("379921101", "砚溪镇")
NEIGHBOUR_TOWNSHIP = TownshipName("379921202", "鹤汀乡")
COUNTY_TOWNSHIPS = (
    MAIN_TOWNSHIP,
    TownshipName("379921102", "云台镇"), TownshipName("379921103", "枫林渡镇"), TownshipName("379921001", "岚城街道"),
    TownshipName("379921104", "石门镇"), TownshipName("379921105", "白沙湾镇"), TownshipName("379921106", "双桥铺镇"),
    TownshipName("379921107", "龙泉镇"), TownshipName("379921108", "望海楼镇"), TownshipName("379921109", "鹿鸣镇"),
    TownshipName("379921201", "青岩乡"), NEIGHBOUR_TOWNSHIP, TownshipName("379921203", "金谷乡"),
    TownshipName("379921204", "红叶岭林区生态保护示范乡"), TownshipName("379921205", "芦花荡乡"),
)
STRESS_TOWNSHIPS = (
    *COUNTY_TOWNSHIPS,
    TownshipName("379921110", "槐荫镇"), TownshipName("379921206", "松涛乡"), TownshipName("379921207", "清河套乡"),
)


def village_roots(count: int, seed: int) -> list[str]:
    """Return `count` different root names (柳河, 松坡 …) in an order that `seed` decides.

    Raises ValueError when more are wanted than there are.
    """
    if count > len(_ROOTS):
        raise ValueError(f"only {len(_ROOTS)} names, {count} wanted")
    return random.Random(f"{seed}:villages").sample(_ROOTS, count)


def county_roots(count: int, seed: int) -> list[str]:
    """Return `count` different root names, made of two parts, a few of them long, in an order that `seed` decides."""
    rest = {first + second for first in _FIRST for second in _SECOND} - set(_ROOTS)
    shuffle = random.Random(f"{seed}:county")
    found = [*_LONG, *shuffle.sample(sorted(rest), count - len(_LONG))]
    shuffle.shuffle(found)
    return found


def hamlet_names(root: str, count: int, seed: int) -> list[str]:
    """Return names of a village's hamlets: the main one is named as the village's root, the others after it."""
    others = random.Random(f"{seed}:{root}").sample(_HAMLETS, count - 1)
    return [root, *(pattern.format(root) for pattern in others)]
