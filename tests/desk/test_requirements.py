"""Where packages are missing the planner reads which, and how to get them on this platform."""

from __future__ import annotations

from typing import Any

import pytest

from village_planner.desk.requirements import REQUIREMENTS, Requirement, explanation, missing


def test_nothing_is_missing_where_the_tests_run(qgis_app: Any) -> None:
    assert missing() == []


def test_a_package_that_is_absent_or_too_old_is_missing(qgis_app: Any) -> None:
    absent = Requirement("no_such_package_at_all", "", "a", "b")
    too_old = Requirement("shapely", "99.0", "a", "b")
    assert missing((absent, too_old)) == [absent, too_old]


@pytest.mark.parametrize(("platform", "way"), [("win32", "OSGeo4W"), ("linux", "python3-pandas"), ("darwin", "conda")])
def test_the_way_to_get_them_is_that_of_the_platform(qgis_app: Any, platform: str, way: str) -> None:
    text = explanation(list(REQUIREMENTS), platform)
    assert way in text and "pandas" in text and "shapely ≥ 2.0" in text
