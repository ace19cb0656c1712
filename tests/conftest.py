"""Fixtures that the tests of all rooms share: the staged plugin, qgis_process, and the real data beside the checkout."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tools import environment
from tools.stage import PLUGIN, stage

ROOT = environment.ROOT
ROOMS_WITH_QGIS = ("gui", "desk", "processing")
HAS_QGIS = importlib.util.find_spec("qgis") is not None
PROCESS_TIMEOUT_S = 600

# Two workers of pytest-xdist shall not write into one profile.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if WORKER and "QGIS_CUSTOM_CONFIG_PATH" in os.environ:
    os.environ["QGIS_CUSTOM_CONFIG_PATH"] += f"-{WORKER}"

collect_ignore = [] if HAS_QGIS else list(ROOMS_WITH_QGIS)


@dataclass(frozen=True)
class ProcessResult:
    """What one run of qgis_process gave: exit code, outputs by name (empty after a refusal), and both streams as text."""

    exit_code: int
    outputs: Mapping[str, Any] = field(default_factory=dict)
    stdout: str = ""
    stderr: str = ""


LONG = ("processing", "desktop", "survival", "real", "demo", "packaging")
"""Rooms with files whose first test takes a minute or so: begun last, one of them would be waited for at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the QGIS rooms, skip what needs QGIS where there is none, and begin with what takes long."""
    tests = Path(__file__).parent
    rooms = [item.path.relative_to(tests).parts[0] for item in items]
    items[:] = [item for _, item in sorted(zip(rooms, items), key=lambda pair: LONG.index(pair[0]) if pair[0] in LONG else len(LONG))]
    for item in items:
        if item.path.relative_to(tests).parts[0] in ROOMS_WITH_QGIS:
            item.add_marker("qgis")
        if not HAS_QGIS and item.get_closest_marker("qgis"):
            item.add_marker(pytest.mark.skip(reason="this Python cannot import qgis"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let a test that is marked `alone` run while no other worker runs one."""
    environment.BUILD.mkdir(parents=True, exist_ok=True)
    with (environment.BUILD / "tests.queue").open("w") as queue, (environment.BUILD / "tests.lock").open("w") as lock:
        # Who waits for the lock holds up the queue, so that a test that runs alone gets its turn.
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Folder with real data and standards beside the checkout, or where VILLAGE_PLANNER_SHARED says."""
    folder = Path(os.environ.get("VILLAGE_PLANNER_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("no shared data beside the checkout; VILLAGE_PLANNER_SHARED names another place")
    return folder


@pytest.fixture(scope="session")
def shared_data(shared_folder: Path) -> Path:
    """Folder with the real files (`tw_yunlin`, `cn_village_codes`, `bad_inputs` …)."""
    return _existing(shared_folder / "data")


@pytest.fixture(scope="session")
def shared_standards(shared_folder: Path) -> Path:
    """Folder with the reference tables and the worked cases."""
    return _existing(shared_folder / "standards")


@pytest.fixture(scope="session")
def staged_plugin() -> Path:
    """The plugin folder as `make stage` builds it."""
    folder = environment.STAGED_PLUGINS / PLUGIN
    with (environment.BUILD / "stage.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stage(folder)
    return folder


@pytest.fixture(scope="session")
def qgis_process(staged_plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ProcessResult]:
    """Run an algorithm as a user of the command line does: `qgis_process("villageplanner:check", PLAN=path)`.

    Values are paths, texts, numbers, booleans (`true`/`false`) or lists of these (given one by one).
    """
    return qgis_process_for(staged_plugin.parent, tmp_path_factory.mktemp("qgis-config"))


def qgis_process_for(plugin_path: Path, config_path: Path) -> Callable[..., ProcessResult]:
    """A runner of algorithms that sees the plugin in `plugin_path` and an empty profile at `config_path`."""
    surroundings = environment.qgis_environment(config_path, plugin_path)
    _call(["plugins", "enable", PLUGIN], surroundings)

    def run(algorithm: str, /, **parameters: Any) -> ProcessResult:
        completed = _call(["run", algorithm, "--json", "--", *environment.parameter_arguments(parameters)], surroundings)
        outputs = json.loads(completed.stdout).get("results", {}) if completed.stdout.strip() else {}
        return ProcessResult(completed.returncode, outputs, completed.stdout, completed.stderr)

    return run


def _call(arguments: list[str], surroundings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [environment.qgis_process_command(), *arguments],
        env=dict(surroundings), capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=PROCESS_TIMEOUT_S, check=False,
    )


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"{folder.name} is not among the shared data")
    return folder
