"""The rows of a new plan's tables, from what its creation has gathered."""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import datetime, timezone
from typing import Any, Mapping, Sequence

import shapely

from village_planner.base import Feedback
from village_planner.intake.codes import code_text
from village_planner.intake.creation import Creation
from village_planner.intake.reconcile import Difference
from village_planner.intake.roster import COUNTS, HAMLET_COUNTS, Village
from village_planner.plan import Transaction

# 省, 市, 县, 区, 旗 end a unit, except inside a name (市中区, 沙县区); 州 only before the name of a county (凉山州盐边县), not in 德州市 or 江州区.
_UNIT = re.compile(r"市[中南北]区|[^省市县縣区區旗盟]+?(?:自治区|自治州|自治[县縣旗]|州(?!市)(?=.{2,}[县縣市])|[县縣]区|[省市县縣区區旗盟])")


def plan_info(work: Creation) -> dict[str, Any]:
    """Return the columns of table `plan`; scope is the township where there is only one."""
    request = work.request
    codes = list(work.townships)
    county = request.county_code or os.path.commonprefix(codes)[:6]
    return {
        "title": request.title.strip(), "scope": "township" if len(codes) == 1 else "county",
        "county_code": code_text(county) or None, "county_name": _county_name(request.title), "institute": (request.institute or "").strip() or None,
        "profile_id": work.profile.id, "profile_version": work.profile.version, "base_year": request.base_year, "crs": work.crs,
    }


def _county_name(title: str) -> str | None:
    """The county that a title begins with: 某某县 of 某某市某某县某某镇村庄布局规划; the whole place where no county is named."""
    place = re.match(r"[《“\"\s]*(.+?)(?:村庄布局规划|村庄布点规划|村庄规划|规划|\d{4}|[（(]|$)", title.strip())
    if place is None:
        return None
    units = _UNIT.findall(place.group(1))
    counties = [unit for unit in units if unit[-1] != "市" and not unit.endswith(("省", "自治区", "自治州", "州", "盟"))]
    cities = [unit for unit in units if unit[-1] == "市"]
    return (counties or cities or [place.group(1)])[-1]


def insert_rows(work: Creation, tx: Transaction, feedback: Feedback) -> None:
    """Write townships, villages, hamlets, aliases, patches, sites and differences in the order of their references."""
    shapes, villages = work.villages_joined.shapes, work.roster.villages
    tx.insert("township", [
        {"code": code, "name": name, "geom": work.townships_joined.shapes.get(code)} for code, name in work.townships.items()
    ])
    village_rows = [_village_row(village, shapes.get(village.code)) for village in villages]
    tx.insert("village", village_rows)
    feedback.check()
    feedback.progress(0.8)
    hamlet_rows = [row for village in villages for row in _hamlet_rows(village, work.points)]
    tx.insert("hamlet", hamlet_rows)
    feedback.check()
    # A village has no columns for homesteads: what its roster says of them is kept as a fact alone.
    more = [{name: village.facts.get(name) for name in HAMLET_COUNTS} for village in villages]
    tx.insert("fact", _fact_rows(work, [{**facts, **row} for facts, row in zip(more, village_rows)], hamlet_rows))
    tx.insert("village_alias", _alias_rows(work))
    tx.insert("patch", work.patches.patches)
    tx.insert("site", work.patches.sites)
    tx.insert("site_capacity", work.patches.capacities)
    tx.insert("roster_source", _source_rows(work))
    tx.insert("roster_difference", [_difference_row(difference) for difference in work.differences])
    feedback.check()
    feedback.progress(0.95)


def _source_rows(work: Creation) -> list[dict[str, Any]]:
    """A row for each other roster, also for one that agrees in everything: the check must know that it was compared."""
    units = Counter[str]()
    for comparison in work.comparisons:
        units[comparison.source] += comparison.units
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return [{"source": source, "units": count, "compared_at": now} for source, count in units.items()]


def _difference_row(difference: Difference) -> dict[str, Any]:
    return {
        "source": difference.source, "code": difference.code, "name": difference.name or None, "kind": difference.kind,
        "village_code": difference.village_code, "detail": difference.detail, "settled": difference.settled, "explanation": difference.explanation,
    }


def _village_row(village: Village, shape: shapely.Geometry | None) -> dict[str, Any]:
    facts = {name: village.facts.get(name) for name in (*COUNTS, "position_stated", "facts_date", "note")}
    # Where each village is its own hamlet, the hamlet has the figures: they stand in one place only.
    if len(village.hamlets) == 1 and any(village.hamlets[0].facts.get(name) is not None for name in COUNTS):
        facts.update({name: None for name in COUNTS if facts[name] == village.hamlets[0].facts.get(name)})
    return {
        "code": village.code, "name": village.name, "township_code": village.township_code, "kind": village.kind, "geom": shape, **facts,
    }


def _hamlet_rows(village: Village, points: Mapping[str, shapely.Point]) -> list[dict[str, Any]]:
    names = (*COUNTS, "homesteads", "vacant_homesteads", "protection", "protection_note", "facts_date", "note")
    rows = []
    for hamlet in village.hamlets:
        facts = {name: hamlet.facts.get(name) for name in names}
        if hamlet.is_main and facts["protection"] is None:
            facts["protection"], facts["protection_note"] = village.facts.get("protection"), village.facts.get("protection_note")
        rows.append({
            "code": hamlet.code, "village_code": village.code, "name": hamlet.name, "is_main": int(hamlet.is_main),
            "geom": points.get(hamlet.code), **facts,
        })
    return rows


def _fact_rows(work: Creation, villages: Sequence[Mapping[str, Any]], hamlets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The roster's own figures with their source and date: facts that come later are weighed against them."""
    items = work.profile.code_list("fact_item")
    found = []
    for kind, rows in (("village", villages), ("hamlet", hamlets)):
        for row in rows:
            village = row["code"] if kind == "village" else row["village_code"]
            source = work.figure_sources.get(village, work.roster.source)
            for item in items.with_role("base"):
                if row.get(item) is not None:
                    found.append({
                        "subject_kind": kind, "subject_code": row["code"], "item": item, "value": str(row[item]), "number": row[item],
                        "unit": (items.row(item) or {})["unit"], "source": source, "date": row["facts_date"],
                    })
    return found


def _alias_rows(work: Creation) -> list[dict[str, Any]]:
    rows = []
    for village in work.roster.villages:
        for former in dict.fromkeys(village.former):
            is_code = former.isdigit()
            rows.append((work.roster.source, village.code, former if is_code else "", "" if is_code else former))
    for comparison in work.comparisons:
        rows += [(comparison.source, *alias) for alias in comparison.aliases]
    return [dict(zip(("source", "village_code", "alias_code", "alias_name"), row)) for row in dict.fromkeys(rows)]
