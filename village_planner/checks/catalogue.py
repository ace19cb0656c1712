"""The rule catalogue: which rules there are and what each reads; their settings stand in the profile's rules.json."""

from __future__ import annotations

from village_planner.checks import (
    capacity,
    consent,
    control_lines,
    facilities,
    farmland,
    figures,
    land,
    limits,
    line_overlaps,
    mould,
    moves,
    other_lines,
    protection,
    roster,
    shapes,
    targets,
    topology,
    withdrawn,
)
from village_planner.checks.line_overlaps import BOUNDARY, FARMLAND, REDLINE
from village_planner.checks.rule import Reach, Rule

_PATCHES = ("patch", "site", "hamlet", "action")
_AREAS = ("quota", "township", "village")
_UNITS = ("township", "village")

RULES: tuple[Rule, ...] = (
    Rule("QC-5201", (), line_overlaps.overlapping_lines, layers=line_overlaps.THREE_LINES, reach=Reach.LAYERS),
    Rule("QC-5202", _PATCHES, control_lines.patches_on_farmland, (FARMLAND,), needs=(FARMLAND,), reach=Reach.LOCAL),
    Rule("QC-5203", _PATCHES, control_lines.patches_on_redline, (REDLINE,), needs=(REDLINE,), reach=Reach.LOCAL),
    Rule("QC-5204", _PATCHES, control_lines.wrong_side_of_boundary, (BOUNDARY,), needs=(BOUNDARY,), reach=Reach.LOCAL),
    Rule("QC-5205", _AREAS, limits.lines_as_stated, (FARMLAND, REDLINE)),
    Rule("QC-5301", (*_PATCHES, "township", "village"), land.reduction, ("land_use",)),
    Rule("QC-5302", (*_AREAS, "hamlet", "patch", "site", "move"), limits.cultivated_kept, ("land_use",)),
    Rule("QC-5303", ("move", "phase", "plan"), land.turnover_overdue),
    Rule("QC-5304", (*_PATCHES, "move"), figures.stated_as_drawn),
    Rule("QC-5305", ("quota", "township"), limits.reserve_within_share),
    Rule("QC-5306", (*_PATCHES, "move", "village", "quota"), figures.land_per_person),
    Rule("NL-01", ("patch", "site", "hamlet"), land.newly_taken_land, ("land_use",), needs=("land_use",)),
    Rule("NL-02", ("site", "site_capacity", "move", "phase"), capacity.sites_over_capacity, reach=Reach.LOCAL),
    Rule("NL-03", ("site", "site_capacity", "patch"), other_lines.unfit_sites, other_lines.ALL_KINDS, reach=Reach.LOCAL),
    Rule("NL-04", ("category",), mould.one_mould),
    Rule("NL-05", ("hamlet", "action", "move", "patch", "village"), facilities.facilities_in_vain, ("facility",)),
    Rule("NL-06", _PATCHES, other_lines.patches_on_rigid_lines, other_lines.RIGID, reach=Reach.LOCAL),
    Rule("NL-07", _PATCHES, other_lines.patches_on_green_line, (other_lines.GREEN,), reach=Reach.LOCAL),
    Rule("NL-08", _PATCHES, other_lines.patches_in_danger, other_lines.DANGERS, reach=Reach.LOCAL),
    Rule("NL-09", (*_AREAS, *_PATCHES, "move"), limits.limits_kept, ("land_use",)),
    Rule("NL-10", ("fixed_village", "category", "action", "hamlet", "village"), limits.villages_as_fixed, reach=Reach.LOCAL),
    Rule("NL-13", ("patch", "site", "hamlet", "action", "move", "township", "village"), farmland.taken_and_reclaimed, ("land_use",), needs=("land_use",)),
    Rule("QC-7101", ("roster_difference", "roster_source", "village"), roster.unsettled_differences),
    Rule("QC-7102", ("village", "hamlet", "patch", "category"), roster.villages_without_category, ("development_boundary",), reach=Reach.LOCAL),
    Rule("QC-7103", ("hamlet", "action", "move", "category", "phase"), moves.without_destination_or_phase, reach=Reach.LOCAL),
    Rule("QC-7104", ("township", "village", "hamlet", "patch", "site", "action", "move"), targets.impossible_targets, reach=Reach.LOCAL),
    Rule("QC-7105", ("hamlet", "move", "consent", "phase", "plan"), consent.without_lawful_consent, reach=Reach.LOCAL),
    Rule("QC-7106", ("hamlet", "action"), protection.protected_hamlets_withdrawn, documented=True, reach=Reach.LOCAL),
    Rule("QC-7107", ("hamlet", "action", "move", "patch"), withdrawn.nothing_new_where_all_goes, reach=Reach.LOCAL),
    Rule("QC-7108", ("hamlet", "action", "move", "village"), moves.sums_that_differ, reach=Reach.LOCAL),
    Rule("QC-4101", (*_PATCHES, *_UNITS), topology.overlapping_shapes, reach=Reach.LOCAL),
    Rule("QC-4102", _UNITS, topology.gaps_between_villages, reach=Reach.LOCAL),
    Rule("QC-4103", _UNITS, topology.villages_in_townships, reach=Reach.LOCAL),
    Rule("QC-4105", (*_PATCHES, *_UNITS), shapes.invalid_shapes, reach=Reach.LOCAL),
    Rule("QC-4107", _PATCHES, shapes.several_parts, reach=Reach.LOCAL),
    Rule("QC-4601", _PATCHES, shapes.slivers, reach=Reach.LOCAL),
    Rule("QC-4602", _PATCHES, shapes.below_mapping_area, reach=Reach.LOCAL),
    Rule("QC-4701", _PATCHES, shapes.edges_too_short, reach=Reach.LOCAL),
    Rule("QC-4702", _PATCHES, shapes.corners_too_acute, reach=Reach.LOCAL),
)
"""In the order in which findings are listed."""
