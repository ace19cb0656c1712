"""What an explanation (例外说明) is worth: it excuses a finding until what it excused has changed."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import pandas as pd

from village_planner.checks.catalogue import RULES

OPEN, WAIVED, ACCEPTED, FIXED = "open", "waived", "accepted", "fixed"
EXCUSED = (WAIVED, ACCEPTED)
NO_WAIVER, HOLDS, DIED, LACKS_EVIDENCE = "none", "holds", "died", "lacks_evidence"


def apply_waivers(findings: pd.DataFrame, waivers: pd.DataFrame) -> pd.DataFrame:
    """The findings with a column state.

    A waiver (table `waiver`) holds while its finding_key and finding_digest both agree, and for a `documented` rule only
    with evidence: then the finding is `accepted` where accepted_by is set, else `waived`. A finding that is `fixed` stays so;
    any other is `open`.
    """
    held = _by_key(waivers)
    before = findings["state"] if "state" in findings else [None] * len(findings)
    states = []
    for rule, key, digest, state in zip(findings["rule"], findings["key"], findings["digest"], before):
        states.append(FIXED if state == FIXED else _state(rule, digest, held.get(key)))
    return findings.assign(state=pd.array(states, dtype="string"))


def with_states(records: Sequence[Mapping[str, Any]], waivers: pd.DataFrame) -> list[dict[str, Any]]:
    """As `apply_waivers`, of findings that are there, as records; quick for a few."""
    held = _by_key(waivers) if records else {}
    return [{**record, "state": _state(record["rule"], record["digest"], held.get(record["key"]))} for record in records]


def waiver_fates(findings: pd.DataFrame, waivers: pd.DataFrame) -> list[str]:
    """What became of each finding's waiver: `none`, `holds`, `died` (what it excused has changed) or `lacks_evidence`."""
    held = _by_key(waivers)
    return [_fate(rule, digest, held.get(key)) for rule, key, digest in zip(findings["rule"], findings["key"], findings["digest"])]


def needs_evidence(rule_id: str) -> bool:
    """Whether only a waiver with evidence excuses a finding of the rule."""
    return any(rule.documented for rule in RULES if rule.id == rule_id)


def is_blank(text: object) -> bool:
    """Whether a cell says nothing."""
    return bool(pd.isna(text)) or not str(text).strip()


def _by_key(waivers: pd.DataFrame) -> dict[str, Any]:
    return {row.finding_key: row for row in waivers.itertuples(index=False)} if len(waivers) else {}


def _state(rule: str, digest: str, waiver: Any) -> str:
    if waiver is None or _fate(rule, digest, waiver) != HOLDS:
        return OPEN
    return WAIVED if is_blank(waiver.accepted_by) else ACCEPTED


def _fate(rule: str, digest: str, waiver: Any) -> str:
    if waiver is None:
        return NO_WAIVER
    if waiver.finding_digest != digest:
        return DIED
    return LACKS_EVIDENCE if needs_evidence(rule) and is_blank(waiver.evidence) else HOLDS
