"""How many villages have which category."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from village_planner.accounts.facts import village_facts
from village_planner.accounts.sums import groups, known_sum
from village_planner.accounts.work import villages_in_scope
from village_planner.plan.data import PlanData
from village_planner.standards import Profile


def category_counts(data: PlanData, profile: Profile, scenario: str, inside: Collection[str] = ()) -> pd.DataFrame:
    """Villages, households, persons and built land per township and category (村庄分类汇总).

    Counts the villages that need a category (`villages_in_scope`), and any other that has one. inside: codes of villages inside the
    development boundary, which need none. Rows: every township × every category of the profile in its order, then per township one
    row with category NA for the villages that lack one.
    Columns: township_code, township_name, category, category_name, villages, share (of the township's counted
    villages, 0 to 1, null where there are none), households, persons, built_m2. A sum is null where all are null.
    """
    categories = profile.code_list("category")
    facts = village_facts(data)
    rows = data.category[data.category["scenario"] == scenario]
    facts["category"] = facts["village_code"].map(dict(zip(rows["village_code"], rows["category"]))).astype("string")
    in_scope = facts["village_code"].isin(villages_in_scope(data, profile, inside))
    counted = facts[in_scope | facts["category"].notna()]
    parts, sizes, nothing = groups(counted, ["township_code", "category"]), counted["township_code"].value_counts(), counted.iloc[:0]
    result = []
    for township, name in zip(data.township["code"], data.township["name"]):
        mine = [parts.get((township, category), nothing) for category in (*categories.codes, None)]
        whole = int(sizes.get(township, 0))
        for category, part in zip((*categories.codes, None), mine):
            result.append((township, name, pd.NA if category is None else category, "" if category is None else categories.name(category), *_sums(part, whole)))
    columns = ["township_code", "township_name", "category", "category_name", "villages", "share", "households", "persons", "built_m2"]
    frame = pd.DataFrame(result, columns=columns)
    texts = dict.fromkeys(columns[:4], "string")
    frame["built_m2"] = pd.to_numeric(frame["built_m2"], errors="coerce").astype("float64")
    return frame.astype({**texts, "villages": "Int64", "share": "float64", "households": "Int64", "persons": "Int64"})


def category_totals(data: PlanData, profile: Profile, scenario: str, inside: Collection[str] = ()) -> pd.DataFrame:
    """`category_counts` of the whole plan: a row per category of the profile, then one with category NA.

    Columns: category, category_name, villages, share (of all counted villages, 0 to 1, null where there are none),
    households, persons, built_m2. A sum is null where it is null in every township that has such villages.
    """
    counts = category_counts(data, profile, scenario, inside)
    rows, whole = [], int(counts["villages"].sum())
    for category in (*profile.code_list("category").codes, pd.NA):
        mine = counts[counts["category"].isna()] if pd.isna(category) else counts[counts["category"].eq(category).fillna(False)]
        held = mine[mine["villages"] > 0]
        villages = int(mine["villages"].sum())
        share = villages / whole if whole else float("nan")
        rows.append((category, profile.code_list("category").name(None if pd.isna(category) else category), villages, share,
                     *(known_sum(held[column]) for column in ("households", "persons", "built_m2"))))
    frame = pd.DataFrame(rows, columns=["category", "category_name", "villages", "share", "households", "persons", "built_m2"])
    frame["built_m2"] = pd.to_numeric(frame["built_m2"], errors="coerce").astype("float64")
    counts_of = dict.fromkeys(["villages", "households", "persons"], "Int64")
    return frame.astype({"category": "string", "category_name": "string", "share": "float64", **counts_of})


def _sums(part: pd.DataFrame, whole: int) -> tuple:
    share = len(part) / whole if whole else float("nan")
    return (len(part), share, *(known_sum(part[column]) for column in ("households", "persons", "built_m2")))
