"""Sums of the plan's figures in which an unknown stays unknown instead of becoming 0."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Sequence

import pandas as pd

from village_planner.plan.data import plain


def known_sum(values: pd.Series) -> Any:
    """Sum of the known values; null (NA) when there are values and all are null; 0 when there are none.

    values: of one unit; a partly known column gives the sum of what is known.
    """
    if len(values) == 0:
        return 0
    return values.sum(min_count=1)


def groups(frame: pd.DataFrame, by: Sequence[str]) -> dict[tuple[Any, ...], pd.DataFrame]:
    """The rows of each combination of `by` that the frame holds, in their order; a null key is None."""
    positions: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for position, key in enumerate(zip(*(map(plain, frame[column]) for column in by))):
        positions[key].append(position)
    return {key: frame.iloc[rows] for key, rows in positions.items()}


def known_sums(frame: pd.DataFrame, by: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """`known_sum` of `columns` for each group of `by`; the keys are the index, null keys are a group of their own."""
    return frame.groupby(list(by), dropna=False, sort=False)[list(columns)].sum(min_count=1)
