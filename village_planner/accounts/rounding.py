"""Rounding as it is done by hand, and by the largest remainder, so that printed parts add up to their printed whole."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Sequence


def half_up(value: float, decimals: int = 0) -> float:
    """A finite number rounded as by hand (四舍五入): a half goes up, or down where it is negative. What counts are the digits that it is written with."""
    # So large a number has no digits behind the point.
    return value if abs(value) >= 2**52 else float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def rounded_parts(parts: Sequence[float], decimals: int = 0) -> list[float]:
    """Parts rounded so that their sum is the rounded sum of the parts; each keeps within one unit of the last place.

    Every part is rounded down, and the units that the rounded sum then lacks go to the parts with the largest
    remainders, of equal ones to the first. What is rounded already stays. NaN stays NaN and counts for nothing.

    parts: of one unit, also negative; decimals: digits kept behind the point.
    """
    known = [position for position, part in enumerate(parts) if not math.isnan(part)]
    # Nine digits below the last place are noise of binary fractions: 0.29 × 100 is 28.999999999999996.
    scaled = [round(parts[position] * 10**decimals, 9) for position in known]
    units = [math.floor(value) for value in scaled]
    lacking = round(math.fsum(scaled)) - sum(units)
    rounded = [math.nan] * len(parts)
    for position, unit in zip(known, _raised(units, [value - unit for value, unit in zip(scaled, units)], lacking)):
        rounded[position] = unit / 10**decimals
    return rounded


def percentages(counts: Sequence[int], whole: int) -> list[float | None]:
    """Shares of a whole in percent with 2 decimals that add up to 100 together with that of the rest; None where the whole is 0.

    counts: not negative, together at most `whole`. No division is rounded before the largest remainders are known.
    """
    if whole == 0:
        return [None] * len(counts)
    parts = [divmod(count * 10_000, whole) for count in (*counts, whole - sum(counts))]
    units, remainders = [unit for unit, _ in parts], [remainder for _, remainder in parts]
    return [unit / 100 for unit in _raised(units, remainders, 10_000 - sum(units))[:-1]]


def _raised(units: list[int], remainders: Sequence[float], lacking: int) -> list[int]:
    first = sorted(range(len(units)), key=lambda position: -remainders[position])[:lacking]
    return [unit + (position in first) for position, unit in enumerate(units)]
