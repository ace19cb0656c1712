"""Opens a source that may be a spreadsheet, a text table or the attributes of a layer, and finds its columns."""

from __future__ import annotations

from pathlib import Path

from village_planner.base import Feedback
from village_planner.intake import reporting
from village_planner.intake.codes import code_rule
from village_planner.intake.geometry import layer_table, source_name
from village_planner.intake.headers import Table, read_table
from village_planner.intake.requests import FieldMap
from village_planner.intake.tables import is_table_file, split_source
from village_planner.spatial.reading import read_layer
from village_planner.standards import InputSpec, Profile


def read_any_table(source: str, spec: InputSpec, profile: Profile, field_map: FieldMap, feedback: Feedback) -> Table:
    """Return the table of a file, or the attributes of its layer, with the columns of `spec` matched.

    source: a path, `path|layername=X` for one layer or sheet of several. field_map: may speak of the file or of the input `spec.id`.
    Raises InputError where the source cannot be read or the field map names what is not there.
    """
    file, layer = split_source(source)
    chosen = reporting.chosen_columns(field_map, spec.id, Path(file).name)
    if is_table_file(source):
        return read_table(source, spec, code_rule(profile), chosen, feedback)
    return layer_table(read_layer(file, layer, feedback=feedback), spec, code_rule(profile), chosen)


def table_name(table: Table) -> str:
    """Return how a table is called as a source: its file, with the sheet's name where that says more."""
    return source_name(table.file, table.sheet) if not table.file.endswith(f"/{table.sheet}") else table.file
