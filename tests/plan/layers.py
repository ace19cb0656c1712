"""Layers that the tests of the layer store share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

META = {"code": "c001", "kind": "land_use", "title": "三调", "digest": "d1"}
ROW = {**META, "source": "a.shp", "imported_at": "2026-11-21", "features": 2, "repaired": 0, "set_aside": 0}


def squares(count: int) -> np.ndarray:
    """Squares of 10 m, 100 m apart."""
    at = np.arange(count) * 100.0
    return shapely.box(at, 0, at + 10, 10)


def frame(count: int, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"source_id": [str(n) for n in range(count)], **columns}, index=range(count))
