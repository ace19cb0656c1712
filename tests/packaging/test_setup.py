"""What the set-up promises: it keeps to its versions and refuses plainly where it cannot install."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.environment import parameter_arguments, qgis_environment
from tools.stage import stage


@pytest.mark.parametrize("release", ["debian12", "debian13"])
def test_the_constraints_hold_every_development_tool(release: str) -> None:
    held = _names(ROOT / "constraints" / f"{release}.txt")
    # shapely and pandas may be Debian's own, of whatever version it ships.
    assert _names(ROOT / "constraints" / "requirements.txt") - {"shapely", "pandas"} <= held


def test_shapely_on_debian_12_stays_below_the_version_that_clashes_with_its_geos() -> None:
    assert "shapely>=2.0,<2.1" in (ROOT / "constraints" / "debian12.txt").read_text(encoding="utf-8")


def test_without_root_and_sudo_the_set_up_names_what_an_administrator_must_install(tmp_path: Path) -> None:
    refused = _set_up_as_a_user_without_rights(tmp_path)
    assert refused.returncode != 0
    assert "neither root nor is there sudo" in refused.stderr
    assert "apt-get install qgis python3-qgis" in refused.stderr
    assert not (tmp_path / ".venv").exists()


def test_staging_again_touches_nothing(staged_plugin: Path) -> None:
    before = {path.name: path.lstat().st_mtime_ns for path in staged_plugin.iterdir()}
    stage(staged_plugin)
    assert {path.name: path.lstat().st_mtime_ns for path in staged_plugin.iterdir()} == before


def test_what_left_the_package_leaves_the_staged_folder(tmp_path: Path) -> None:
    target = tmp_path / "village_planner"
    stage(target)
    (target / "forgotten.py").write_text("", encoding="utf-8")
    stage(target)
    assert not (target / "forgotten.py").exists()
    assert (target / "metadata.txt").is_file()


def test_parameters_are_spelled_as_qgis_process_reads_them() -> None:
    assert parameter_arguments({"PLAN": Path("a.gpkg"), "ACCEPT": True, "RULES": ["x", "y"], "REPORT": None}) == [
        "PLAN=a.gpkg", "ACCEPT=true", "RULES=x", "RULES=y",
    ]


def test_qgis_sees_no_profile_but_the_one_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QGIS_OPTIONS_PATH", "elsewhere")
    environment = qgis_environment(tmp_path)
    assert environment["QGIS_CUSTOM_CONFIG_PATH"] == str(tmp_path)
    assert "QGIS_OPTIONS_PATH" not in environment


def _set_up_as_a_user_without_rights(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of the set-up where no Debian package is installed, the user is not root, and sudo is not on PATH."""
    (checkout / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "setup.sh", checkout / "tools")
    shutil.copytree(ROOT / "constraints", checkout / "constraints")
    commands = checkout / "commands"
    commands.mkdir()
    for name, body in {"id": "echo 1000", "dpkg-query": "exit 1"}.items():
        (commands / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (commands / name).chmod(0o755)
    for name in ("dirname", "sha256sum", "tr", "cat"):
        (commands / name).symlink_to(str(shutil.which(name)))
    return subprocess.run(
        [str(shutil.which("bash")), str(checkout / "tools" / "setup.sh")],
        env={"PATH": str(commands)}, capture_output=True, text=True, timeout=60, check=False,
    )


def _names(path: Path) -> set[str]:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return {re.split(r"[=<>!~ ]", line)[0].lower().replace("_", "-") for line in lines if line and not line.startswith("#")}
