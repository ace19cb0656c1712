"""Loads every profile that ships: each file must follow the grammar of profiles (resources/profiles/schema.json)."""

from __future__ import annotations

import sys

from village_planner.base import PlannerError
from village_planner.standards import all_profile_ids, load_profile


def main() -> int:
    """Print what is wrong, one line per profile; 1 where something is."""
    faults = 0
    for profile_id in all_profile_ids():
        try:
            load_profile(profile_id, base=True)
        except PlannerError as error:
            print(error)
            faults += 1
    print(f"profiles: {'clean' if not faults else f'{faults} wrong'}")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
