"""The zip that is handed out: what is in it, what is not, and that it works from an empty profile."""

from __future__ import annotations

import configparser
import io
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT, ProcessResult, qgis_process_for
from tools.stage import make_zip, plugin_version

REPOSITORY_LIMIT_BYTES = 25_000_000
COMPILED = {".so", ".dll", ".pyd", ".exe", ".dylib", ".pyc", ".whl"}


@pytest.fixture(scope="module")
def plugin_zip(staged_plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_zip(staged_plugin, tmp_path_factory.mktemp("dist"))


def test_the_zip_carries_the_version_of_the_metadata(plugin_zip: Path) -> None:
    assert plugin_zip.name == f"village_planner-{plugin_version()}.zip"


def test_everything_lies_in_the_folder_that_qgis_expects(plugin_zip: Path) -> None:
    names = set(zipfile.ZipFile(plugin_zip).namelist())
    assert all(name.startswith("village_planner/") for name in names)
    for needed in ("__init__.py", "plugin.py", "metadata.txt", "LICENSE", "icons/icon.svg", "resources/profiles/layout-2035/profile.json"):
        assert f"village_planner/{needed}" in names


def test_every_source_file_of_the_package_is_in_the_zip(plugin_zip: Path) -> None:
    names = set(zipfile.ZipFile(plugin_zip).namelist())
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "village_planner").rglob("*.py")}
    assert sources <= names


def test_no_caches_tests_sources_of_translations_or_binaries_are_handed_out(plugin_zip: Path) -> None:
    for name in zipfile.ZipFile(plugin_zip).namelist():
        path = Path(name)
        assert "__pycache__" not in path.parts and "tests" not in path.parts
        assert path.suffix not in COMPILED | {".ts"}
        assert not any(part.startswith(".") for part in path.parts)
    assert plugin_zip.stat().st_size < REPOSITORY_LIMIT_BYTES


def test_the_same_files_give_the_same_zip(plugin_zip: Path, staged_plugin: Path, tmp_path: Path) -> None:
    assert make_zip(staged_plugin, tmp_path).read_bytes() == plugin_zip.read_bytes()


def test_the_metadata_says_what_the_plugin_repository_asks_for(plugin_zip: Path) -> None:
    metadata = configparser.ConfigParser(interpolation=None)
    metadata.read_file(io.StringIO(zipfile.ZipFile(plugin_zip).read("village_planner/metadata.txt").decode("utf-8")))
    general = metadata["general"]
    for key in ("name", "description", "about", "version", "author", "email", "tracker", "repository", "homepage", "icon"):
        assert general[key].strip()
    assert general["qgisMinimumVersion"] == "3.22"
    assert general["qgisMaximumVersion"] == "4.99"
    assert general["hasProcessingProvider"] == "yes"
    assert f"village_planner/{general['icon']}" in zipfile.ZipFile(plugin_zip).namelist()


@pytest.mark.qgis
def test_an_algorithm_runs_from_the_zip_in_an_empty_profile(plugin_zip: Path, tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    zipfile.ZipFile(plugin_zip).extractall(plugins)
    run = qgis_process_for(plugins, tmp_path / "config")
    result: ProcessResult = run("villageplanner:demo", FOLDER=tmp_path / "demo", SIZE="township", FAULTS="none")
    assert result.exit_code == 0, result.stderr
    assert Path(result.outputs["STEPS"]).is_file()
    assert Path(result.outputs["SOURCES"]).is_dir()
