"""The table of unit codes (单位代码表.xlsx): county, townships and villages with their codes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from village_planner.delivery.frames import DeliverySource, county_code
from village_planner.delivery.workbook import Heading, write_workbook
from village_planner.standards import TableColumn, TableSpec

_SOURCE = "package_structures.md 第0节（建议）"
_COLUMNS = (
    ("序号", "no", "0", 6.0), ("单位代码", "code", "", 16.0), ("单位名称", "name", "", 28.0), ("级别", "level", "", 10.0), ("上级单位代码", "above", "", 16.0),
)
_SPEC = TableSpec(
    "单位代码表", "单位代码表", "units",
    tuple(TableColumn((heading,), value, format_, "", width) for heading, value, format_, width in _COLUMNS), (), "", _SOURCE, "proposal", paper="A4",
)


def write_unit_codes(path: Path, source: DeliverySource, heading: Heading) -> None:
    """Write the units in the order of their codes, the county first; the same bytes for the same plan. Raises OSError."""
    data = source.data
    county = county_code(data)
    rows: list[tuple[str, str, str, str | None]] = [(county, data.info["county_name"], "县级", None)] if county else []
    rows += [(code, name, "乡级", county) for code, name in zip(data.township["code"], data.township["name"])]
    kinds = source.profile.code_list("village_kind")
    rows += [(row.code, row.name, kinds.name(row.kind) or "村级", row.township_code) for row in data.village.itertuples(index=False)]
    frame = pd.DataFrame(sorted(rows, key=lambda row: (len(row[0]), row[0])), columns=["code", "name", "level", "above"], dtype=object)
    frame.insert(0, "no", range(1, len(frame) + 1))
    write_workbook(path, [(_SPEC, frame)], data.phases, source.profile, heading)
