"""The plan's figures: one function for each, used by checks, tables and docks, so that a number is the same everywhere."""

from village_planner.accounts.boundary import positions
from village_planner.accounts.categories import category_counts, category_totals
from village_planner.accounts.cultivated import cultivated_balance
from village_planner.accounts.decisions import hamlet_actions, patch_states, village_actions, withdrawn_hamlets
from village_planner.accounts.facilities import facilities_served, facility_coverage
from village_planner.accounts.facts import hamlet_frame, site_density, village_facts
from village_planner.accounts.figures import key_figures
from village_planner.accounts.ground import counted_once, coverage, usable_deduction, without_earlier
from village_planner.accounts.land import land_balance, newly_taken
from village_planner.accounts.ledger import implementation_at, implementation_by_year, ledger_rows, move_places
from village_planner.accounts.lines import hamlet_places, move_lines
from village_planner.accounts.people_and_land import per_capita_land, village_per_capita
from village_planner.accounts.progress import implementation_by_phase, implementation_progress, turnover
from village_planner.accounts.quotas import areas_of_plan, quota_comparison
from village_planner.accounts.reclamation import is_to_farmland, reclamation
from village_planner.accounts.scenarios import scenario_differences, scenario_figures
from village_planner.accounts.stated import stated_and_drawn
from village_planner.accounts.tasks import hamlet_completion, phase_account, phase_tasks, site_inflow, village_completion
from village_planner.accounts.work import OpenWork, open_work, villages_in_scope

__all__ = [
    "OpenWork",
    "areas_of_plan",
    "category_counts",
    "category_totals",
    "counted_once",
    "coverage",
    "cultivated_balance",
    "facilities_served",
    "facility_coverage",
    "hamlet_actions",
    "hamlet_completion",
    "hamlet_frame",
    "hamlet_places",
    "implementation_at",
    "implementation_by_phase",
    "implementation_by_year",
    "implementation_progress",
    "is_to_farmland",
    "key_figures",
    "land_balance",
    "ledger_rows",
    "move_lines",
    "move_places",
    "newly_taken",
    "open_work",
    "patch_states",
    "per_capita_land",
    "phase_account",
    "phase_tasks",
    "positions",
    "quota_comparison",
    "reclamation",
    "scenario_differences",
    "scenario_figures",
    "site_density",
    "site_inflow",
    "stated_and_drawn",
    "turnover",
    "usable_deduction",
    "village_actions",
    "village_completion",
    "village_facts",
    "village_per_capita",
    "villages_in_scope",
    "withdrawn_hamlets",
    "without_earlier",
]
