"""What the tests of accounts share."""

from __future__ import annotations

import pytest

from village_planner.standards import Profile, load_profile


@pytest.fixture(scope="session")
def profile() -> Profile:
    return load_profile()
