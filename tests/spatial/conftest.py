"""What the spatial tests share: the folder of real files by other people, where it exists."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared real files; the test is skipped where it is missing."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared data folder is not on this machine")
    return folder
