"""The villagers' will: votes that are lawful and in time, surveys for later phases, counts in order (QC-7105)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any, Iterator, Mapping, Sequence

from village_planner.checks.rule import Context, Finding, Outcome
from village_planner.plan.schema import ConsentKind
from village_planner.standards import Profile

_MEETINGS = (ConsentKind.MEETING_ADULTS.value, ConsentKind.MEETING_HOUSEHOLDS.value)


class VoteFault(str, Enum):
    """Why a vote is not lawful."""

    NO_MEETING = "no_meeting"
    COUNTS_MISSING = "counts_missing"
    ATTENDANCE = "attendance"
    FAVOUR = "favour"


@dataclass(frozen=True)
class _Shares:
    """A vote that fell short: the share reached and the share required, as fractions of 1."""

    reached: Fraction
    required: Fraction


def vote_fault(kind: str, eligible: int | None, attended: int | None, in_favour: int | None, profile: Profile) -> VoteFault | None:
    """Why a vote is not lawful, None where it is.

    By household (户代表会议): at least `consent_household_attend` of the representatives attend; by adults (村民会议):
    more than `consent_adult_attend` of the adults; in both more than `consent_in_favour` of those attending agree. A
    survey or a signing is no vote. Counts are households or persons; a null count, or nobody eligible, is a fault.
    Exact for counts of any size. Source: 村民委员会组织法 (2025 年修订, to be verified again); rule_notes 7105.
    """
    if kind not in _MEETINGS:
        return VoteFault.NO_MEETING
    if eligible is None or attended is None or in_favour is None or eligible <= 0:
        return VoteFault.COUNTS_MISSING
    if kind == ConsentKind.MEETING_HOUSEHOLDS.value:
        enough = attended >= _share(profile, "consent_household_attend") * eligible
    else:
        enough = attended > _share(profile, "consent_adult_attend") * eligible
    if not enough:
        return VoteFault.ATTENDANCE
    return None if in_favour > _share(profile, "consent_in_favour") * attended else VoteFault.FAVOUR


def without_lawful_consent(context: Context) -> Iterator[Outcome]:
    """QC-7105: a lawful vote before each phase up to the current one, a survey or vote before later ones; counts in order.

    A vote or survey counts for a hamlet when it is its own or its whole village's. A vote without a date is told (B).
    """
    yield from _counts_out_of_order(context)
    current = context.data.current_phase
    for hamlet in context.subjects.hamlets():
        if not hamlet.moves:
            continue
        phases = sorted(move.phase for move in hamlet.moves if move.phase is not None)
        due = [phase for phase in phases if current is not None and phase <= current]
        records = _records(context, hamlet.row)
        if due:
            yield from _vote_missing(context, hamlet.code, due[0], records)
        else:
            yield from _survey_missing(context, hamlet.code, phases[0] if phases else None, records)


def _counts_out_of_order(context: Context) -> Iterator[Outcome]:
    for row in context.subjects.of_villages("consent"):
        counts = [row.in_favour, row.attended, row.eligible]
        known = [count for count in counts if count is not None]
        if known == sorted(known) and all(count >= 0 for count in known):
            continue
        hamlet = row.hamlet_code
        who = context.names.hamlet(hamlet) if hamlet else context.names.village(row.village_code)
        yield Finding(
            subject_kind="consent",
            subject_code=row.code,
            message_code="checks.7105.counts",
            facts={name: _shown(count) for name, count in zip(("in_favour", "attended", "eligible"), counts)},
            names={"who": who, "who_code": hamlet or row.village_code, **_event(context, row)},
            village_code=row.village_code,
            place=context.names.place(hamlet or row.village_code),
        )


def _vote_missing(context: Context, hamlet: str, phase: int, records: Sequence[Any]) -> Iterator[Outcome]:
    votes = [record for record in records if record.kind in _MEETINGS]
    faults = [vote_fault(vote.kind, vote.eligible, vote.attended, vote.in_favour, context.profile) for vote in votes]
    lawful, refusal = _standing(votes, faults)
    if lawful:
        yield from _too_late(context, hamlet, phase, lawful)
        yield from _undated(context, hamlet, phase, lawful)
    elif refusal is not None:
        yield _unlawful(context, hamlet, phase, refusal, VoteFault.FAVOUR)
    elif faults and faults[-1] is not None:
        yield _unlawful(context, hamlet, phase, votes[-1], faults[-1])
    else:
        yield _finding(context, hamlet, "checks.7105.no_vote", {"phase": phase})


def _standing(votes: Sequence[Any], faults: Sequence[VoteFault | None]) -> tuple[list[Any], Any]:
    """The lawful votes that no refusal undoes; where none is left, the last refusal that undid one.

    A meeting in quorum that refuses undoes an earlier vote of the same hamlet or village, and a hamlet's own refusal
    undoes the vote of its whole village at any time: nobody is moved by the votes of others.
    """
    own = [vote.hamlet_code is not None for vote in votes]
    standing, undone_by = [], -1
    refusals = [row for row, fault in enumerate(faults) if fault is VoteFault.FAVOUR]
    dates = [vote.date or "" for vote in votes]
    for row in (row for row, fault in enumerate(faults) if fault is None):
        against = [
            other for other in refusals
            if (own[other] and not own[row]) or (own[other] == own[row] and dates[row] and dates[other] > dates[row])
        ]
        standing += [] if against else [votes[row]]
        undone_by = max([undone_by, *against])
    return standing, None if undone_by < 0 or standing else votes[undone_by]


def _unlawful(context: Context, hamlet: str, phase: int, vote: Any, fault: VoteFault) -> Finding:
    shares = _shares(vote, fault, context.profile)
    percents = {} if shares is None else {"reached": float(100 * shares.reached), "required": float(100 * shares.required)}
    counts = {name: _shown(getattr(vote, name)) for name in ("eligible", "attended", "in_favour")}
    return _finding(
        context,
        hamlet,
        f"checks.7105.{fault.value}",
        {"phase": phase, **counts, **percents},
        vote,
        measure=None if shares is None else float(shares.reached),
        limit=None if shares is None else float(shares.required),
    )


def _survey_missing(context: Context, hamlet: str, phase: int | None, records: Sequence[Any]) -> Iterator[Outcome]:
    if not records:
        yield _finding(context, hamlet, "checks.7105.no_survey", {}, severity=context.limit("severity_no_survey"))
    elif phase is not None:
        yield from _too_late(context, hamlet, phase, records)


def _too_late(context: Context, hamlet: str, phase: int, records: Sequence[Any]) -> Iterator[Outcome]:
    """A finding where every record is dated after the end of the phase."""
    if not any(record.date is None or record.date <= f"{phase}-12-31" for record in records):
        yield _finding(context, hamlet, "checks.7105.too_late", {"phase": phase, "date": records[0].date}, records[0])


def _undated(context: Context, hamlet: str, phase: int, votes: Sequence[Any]) -> Iterator[Outcome]:
    """A finding where no vote has a date: nobody can tell whether it came in time."""
    if all(vote.date is None for vote in votes):
        yield _finding(context, hamlet, "checks.7105.undated", {"phase": phase}, votes[0], severity=context.limit("severity_undated"))


def _records(context: Context, hamlet: Any) -> list[Any]:
    """Consents of a hamlet (a row) and of its whole village, oldest first, undated ones last."""
    consents = context.index.consent
    own = consents.of("hamlet_code", hamlet.code)
    of_village = [] if hamlet.village_code is None else [row for row in consents.of("village_code", hamlet.village_code) if row.hamlet_code is None]
    return sorted([*own, *of_village], key=lambda row: (row.date is None, row.date or "", row.code or ""))


def _finding(
    context: Context, hamlet: str, message_code: str, facts: Mapping[str, Any], record: Any = None, **values: Any
) -> Finding:
    event = {} if record is None else _event(context, record)
    other = {} if record is None else {"other_kind": "consent", "other_code": record.code}
    if values.get("measure") is not None:
        values["unit"] = "share"
    return Finding(
        subject_kind="hamlet",
        subject_code=hamlet,
        message_code=message_code,
        facts=facts,
        names={**context.names.hamlet_params(hamlet), **event},
        village_code=context.names.village_of_hamlet[hamlet],
        place=context.names.place(hamlet),
        **other,
        **values,
    )


def _shares(vote: Any, fault: VoteFault, profile: Profile) -> _Shares | None:
    if fault is VoteFault.ATTENDANCE:
        by_household = vote.kind == ConsentKind.MEETING_HOUSEHOLDS.value
        required = _share(profile, "consent_household_attend" if by_household else "consent_adult_attend")
        return _Shares(Fraction(vote.attended, vote.eligible), required)
    if fault is VoteFault.FAVOUR:
        reached = Fraction(vote.in_favour, vote.attended) if vote.attended else Fraction(0)
        return _Shares(reached, _share(profile, "consent_in_favour"))
    return None


def _share(profile: Profile, key: str) -> Fraction:
    return Fraction(str(profile.value(key)))


def _event(context: Context, record: Any) -> dict[str, str]:
    """Kind and date of a consent in words."""
    kinds = context.profile.code_list("consent_kind")
    return {"kind": kinds.name(record.kind) or record.kind, "held_on": record.date or "—"}


def _shown(count: int | None) -> int | str:
    return "—" if count is None else count
