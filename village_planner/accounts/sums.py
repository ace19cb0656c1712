"""Sums of the plan's figures in which an unknown stays unknown instead of becoming 0."""

from __future__ import annotations

from typing import Any, Sequence

import pandas as pd


def known_sum(values: pd.Series) -> Any:
    """Sum of the known values; null (NA) when there are values and all are null; 0 when there are none.

    values: of one unit; a partly known column gives the sum of what is known.
    """
    if len(values) == 0:
        return 0
    return values.sum(min_count=1)


def known_sums(frame: pd.DataFrame, by: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """`known_sum` of `columns` for each group of `by`; the keys are the index, null keys are a group of their own."""
    return frame.groupby(list(by), dropna=False, sort=False)[list(columns)].sum(min_count=1)
