"""The table of unit codes (单位代码表.xlsx): county, townships and villages with their codes, written and compared with the layers."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd

from village_planner.base import Message
from village_planner.delivery.fields import shortened
from village_planner.delivery.findings import PackageFinding
from village_planner.delivery.frames import DeliverySource, county_code
from village_planner.delivery.unpack import MALFORMED_XML, ZIP_FAULTS
from village_planner.delivery.workbook import Heading, first_data_row, write_workbook
from village_planner.standards import TableColumn, TableSpec

RULE = "QC-3301"
_FAULTS = (*ZIP_FAULTS, KeyError, TypeError, AttributeError, MALFORMED_XML)
_SOURCE = "package_structures.md 第0节（建议）"
_COLUMNS = (
    ("序号", "no", "0", 6.0), ("单位代码", "code", "", 16.0), ("单位名称", "name", "", 28.0), ("级别", "level", "", 10.0), ("类型", "kind", "", 12.0),
    ("上级单位代码", "above", "", 16.0),
)
_SPEC = TableSpec(
    "", "单位代码表", "units",
    tuple(TableColumn((heading,), value, format_, "", width) for heading, value, format_, width in _COLUMNS), (), "", _SOURCE, "proposal",
    sheet="单位代码表", paper="A4",
)


def write_unit_codes(path: Path, source: DeliverySource, heading: Heading) -> None:
    """Write the units in the order of their codes, the county first; the same bytes for the same plan. Raises OSError."""
    data = source.data
    county = county_code(data)
    rows: list[tuple[str, str, str, str | None, str | None]] = [(county, data.info["county_name"], "县级", None, None)] if county else []
    rows += [(code, name, "乡级", None, county) for code, name in zip(data.township["code"], data.township["name"])]
    kinds = source.profile.code_list("village_kind")
    rows += [(row.code, row.name, "村级", kinds.name(row.kind) or None, row.township_code) for row in data.village.itertuples(index=False)]
    frame = pd.DataFrame(sorted(rows, key=lambda row: (len(row[0]), row[0])), columns=["code", "name", "level", "kind", "above"], dtype=object)
    frame.insert(0, "no", range(1, len(frame) + 1))
    write_workbook(path, [(_SPEC, frame)], data.phases, source.profile, heading)


def check_unit_codes(path: Path, file: str, source: DeliverySource) -> list[PackageFinding]:
    """One finding (QC-3301) where townships and villages of the layers are not in the table, or have another name there.

    A table that cannot be read is passed over: other rules say so.
    """
    data = source.data
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except _FAULTS:
        return []
    try:
        rows = book[_SPEC.sheet].iter_rows(min_row=first_data_row(_SPEC.columns), max_col=len(_COLUMNS), values_only=True)
        listed = {str(row[1]).strip(): str(row[2] or "").strip() for row in rows if row[1] is not None}
    except _FAULTS:
        return []
    finally:
        book.close()
    own = {**dict(zip(data.township["code"], data.township["name"])), **dict(zip(data.village["code"], data.village["name"]))}
    wrong = [code for code, name in own.items() if listed.get(str(code)) != str(name).strip()]
    if not wrong:
        return []
    params = {"file": file, "count": len(wrong), "code": wrong[0], "name": own[wrong[0]], "listed": shortened(listed.get(str(wrong[0])) or "—")}
    return [PackageFinding(RULE, file, str(wrong[0]), Message("delivery.unit_codes", params))]
