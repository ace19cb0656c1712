"""How quick the overlay, the areas and the rules are on a county as large as they come, beside what planners use today: `make bench`."""
