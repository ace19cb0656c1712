"""The plan's figures: one function for each, used by checks, tables and docks, so that a number is the same everywhere."""

from village_planner.accounts.boundary import positions, villages_inside
from village_planner.accounts.categories import category_counts, category_totals
from village_planner.accounts.cultivated import cultivated_balance
from village_planner.accounts.decisions import hamlet_actions, patch_state, patch_states, village_action, village_actions, withdrawn_hamlets
from village_planner.accounts.facilities import facilities_served, facility_coverage
from village_planner.accounts.facts import hamlet_frame, village_counts, village_facts
from village_planner.accounts.farmland import farmland_balance, farmland_entries, reclaimed_ground
from village_planner.accounts.figures import key_figures
from village_planner.accounts.ground import counted_once, coverage, covered_m2, usable_deduction, without_earlier
from village_planner.accounts.inflow import Inflow, inflow_of_site, site_inflow
from village_planner.accounts.kept import Accounts
from village_planner.accounts.land import land_balance, newly_taken
from village_planner.accounts.ledger import implementation_at, implementation_by_year, ledger_rows, move_places
from village_planner.accounts.lines import hamlet_place, hamlet_places, line_between, move_lines, site_place
from village_planner.accounts.people_and_land import off_base, per_capita_land, village_per_capita
from village_planner.accounts.progress import implementation_by_phase, implementation_progress, turnover
from village_planner.accounts.quotas import areas_of_plan, quota_comparison
from village_planner.accounts.reclamation import is_to_farmland, reclamation
from village_planner.accounts.rounding import percentages, rounded_parts
from village_planner.accounts.scenarios import scenario_differences, scenario_figures
from village_planner.accounts.stated import stated_and_drawn
from village_planner.accounts.tasks import hamlet_completion, phase_account, phase_tasks, village_completion
from village_planner.accounts.work import APART, OpenWork, open_work, unguided_hamlets, villages_in_scope

__all__ = [
    "APART",
    "Accounts",
    "Inflow",
    "OpenWork",
    "areas_of_plan",
    "category_counts",
    "category_totals",
    "counted_once",
    "coverage",
    "covered_m2",
    "cultivated_balance",
    "facilities_served",
    "facility_coverage",
    "farmland_balance",
    "farmland_entries",
    "hamlet_actions",
    "hamlet_completion",
    "hamlet_frame",
    "hamlet_place",
    "hamlet_places",
    "implementation_at",
    "implementation_by_phase",
    "implementation_by_year",
    "implementation_progress",
    "inflow_of_site",
    "is_to_farmland",
    "key_figures",
    "land_balance",
    "ledger_rows",
    "line_between",
    "move_lines",
    "move_places",
    "newly_taken",
    "open_work",
    "patch_state",
    "patch_states",
    "off_base",
    "per_capita_land",
    "percentages",
    "phase_account",
    "phase_tasks",
    "positions",
    "quota_comparison",
    "reclaimed_ground",
    "reclamation",
    "rounded_parts",
    "scenario_differences",
    "scenario_figures",
    "site_inflow",
    "site_place",
    "stated_and_drawn",
    "turnover",
    "unguided_hamlets",
    "usable_deduction",
    "village_action",
    "village_actions",
    "village_completion",
    "village_counts",
    "village_facts",
    "village_per_capita",
    "villages_in_scope",
    "villages_inside",
    "withdrawn_hamlets",
    "without_earlier",
]
