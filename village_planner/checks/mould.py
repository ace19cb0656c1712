"""Villages that all look alike: one text of grounds for most of them, too many withdrawn or left undecided (NL-04)."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Iterator

from village_planner.checks.land import unit_code
from village_planner.checks.rule import Context, Finding, Outcome

_ALARMS = (("withdraw", "max_withdraw"), ("undecided", "max_undecided"))


def one_mould(context: Context) -> Iterator[Outcome]:
    """NL-04: the same grounds on most villages (千村一面), or a share of 搬迁撤并 or 暂不分类 above the alarm of the profile.

    Nothing is judged where fewer than `min_villages` have grounds, or a category.
    """
    rows = context.subjects.categories()
    categories = context.profile.code_list("category")
    texts = ["".join(str(row.grounds).split()) for row in rows if row.grounds is not None]
    texts = [text for text in texts if text]
    if len(texts) >= context.limit("min_villages"):
        for text, count in Counter(texts).items():
            share = count / len(texts)
            if share > context.limit("max_same_grounds"):
                digest = hashlib.sha1(text.encode("utf-8"), usedforsecurity=False).hexdigest()[:8]
                yield _alarm(context, "grounds", "grounds", digest, count, len(texts), "max_same_grounds", {"grounds": text[:40]})
    chosen = [row.category for row in rows if row.category is not None]
    for role, limit in _ALARMS if len(chosen) >= context.limit("min_villages") else ():
        for code in categories.with_role(role):
            count = chosen.count(code)
            if count / len(chosen) > context.limit(limit):
                yield _alarm(context, role, "category", code, count, len(chosen), limit, {"category": categories.name(code)})


def _alarm(context: Context, about: str, other_kind: str, other_code: str, count: int, whole: int, limit: str, params: dict[str, str]) -> Finding:
    share, most = count / whole, float(context.limit(limit))
    return Finding(
        subject_kind=str(context.data.info["scope"]),
        subject_code=unit_code(context),
        message_code=f"checks.nl04.{about}",
        facts={"count": count, "whole": whole, "percent": 100 * share, "limit_percent": 100 * most, **params},
        other_kind=other_kind,
        other_code=other_code,
        measure=share,
        limit=most,
        unit="share",
    )
