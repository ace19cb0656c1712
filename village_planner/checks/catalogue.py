"""The rule catalogue: which rules there are and what each reads; their settings stand in the profile's rules.json."""

from __future__ import annotations

from village_planner.checks import (
    capacity,
    consent,
    control_lines,
    facilities,
    figures,
    land,
    limits,
    mould,
    moves,
    other_lines,
    protection,
    roster,
    withdrawn,
)
from village_planner.checks.rule import Rule

_PATCHES = ("patch", "site", "hamlet", "action")
_AREAS = ("quota", "township", "village")

RULES: tuple[Rule, ...] = (
    Rule("QC-5201", (), control_lines.overlapping_lines, layers=control_lines.THREE_LINES),
    Rule(
        "QC-5202", _PATCHES, control_lines.patches_on_farmland, (control_lines.FARMLAND,), needs=(control_lines.FARMLAND,)
    ),
    Rule("QC-5203", _PATCHES, control_lines.patches_on_redline, (control_lines.REDLINE,), needs=(control_lines.REDLINE,)),
    Rule(
        "QC-5204", _PATCHES, control_lines.wrong_side_of_boundary, (control_lines.BOUNDARY,), needs=(control_lines.BOUNDARY,)
    ),
    Rule("QC-5205", _AREAS, limits.lines_as_stated, (control_lines.FARMLAND, control_lines.REDLINE)),
    Rule("QC-5301", (*_PATCHES, "township", "village"), land.reduction, ("land_use",)),
    Rule("QC-5302", (*_AREAS, "hamlet", "patch", "site", "move"), limits.cultivated_kept, ("land_use",)),
    Rule("QC-5303", ("move", "phase", "plan"), land.turnover_overdue),
    Rule("QC-5304", (*_PATCHES, "move"), figures.stated_as_drawn),
    Rule("QC-5305", ("quota", "township"), limits.reserve_within_share),
    Rule("QC-5306", (*_PATCHES, "move", "village", "quota"), figures.land_per_person),
    Rule("NL-01", ("patch", "site", "hamlet"), land.newly_taken_land, ("land_use",), needs=("land_use",)),
    Rule("NL-02", ("site", "site_capacity", "move", "phase"), capacity.sites_over_capacity),
    Rule("NL-03", ("site", "site_capacity", "patch"), other_lines.unfit_sites, other_lines.ALL_KINDS),
    Rule("NL-04", ("category",), mould.one_mould),
    Rule("NL-05", ("hamlet", "action", "move", "patch", "village"), facilities.facilities_in_vain, ("facility",)),
    Rule("NL-06", _PATCHES, other_lines.patches_on_rigid_lines, other_lines.RIGID),
    Rule("NL-07", _PATCHES, other_lines.patches_on_green_line, (other_lines.GREEN,)),
    Rule("NL-08", _PATCHES, other_lines.patches_in_danger, other_lines.DANGERS),
    Rule("NL-09", (*_AREAS, *_PATCHES, "move"), limits.limits_kept, ("land_use",)),
    Rule("NL-10", ("fixed_village", "category", "action", "hamlet", "village"), limits.villages_as_fixed),
    Rule("QC-7101", ("roster_difference", "roster_source", "village"), roster.unsettled_differences),
    Rule("QC-7102", ("village", "hamlet", "patch", "category"), roster.villages_without_category, ("development_boundary",)),
    Rule("QC-7103", ("hamlet", "action", "move", "category", "phase"), moves.without_destination_or_phase),
    Rule("QC-7104", ("township", "village", "hamlet", "patch", "site", "action", "move"), moves.impossible_targets),
    Rule("QC-7105", ("hamlet", "move", "consent", "phase", "plan"), consent.without_lawful_consent),
    Rule("QC-7106", ("hamlet", "action"), protection.protected_hamlets_withdrawn, documented=True),
    Rule("QC-7107", ("hamlet", "action", "move", "patch"), withdrawn.nothing_new_where_all_goes),
    Rule("QC-7108", ("hamlet", "action", "move", "village"), moves.sums_that_differ),
)
"""In the order in which findings are listed."""
