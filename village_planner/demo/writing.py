"""Writing the demo: the township's source files, what a check must find in them, and the steps to run."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional

from village_planner.base.errors import InputError
from village_planner.base.feedback import Feedback, SilentFeedback
from village_planner.base.messages import Message
from village_planner.demo import sources_figures, sources_tables, sources_vector
from village_planner.demo.county import build_county
from village_planner.demo.decisions import add_decisions
from village_planner.demo.expected import expected_record
from village_planner.demo.faults import Planted, plant_faults
from village_planner.demo.faults_terrain import lay_clean, lay_with_faults
from village_planner.demo.limits import FIXED_LIST, set_limits
from village_planner.demo.parcels import Survey, surveyed
from village_planner.demo.scene import Scene
from village_planner.demo.steps import AREA_FILES, PACKAGES, PLANS, SOURCES, steps
from village_planner.demo.stress import build_stress
from village_planner.demo.township import build_township

EXPECTED, STEPS, MARK = "expected.json", "steps.json", "demo.json"
_SCENES: dict[str, Callable[[int], Scene]] = {"township": build_township, "county": build_county, "stress": build_stress}
_FAULTS = ("known", "none")
_OWN_RESULTS = (PLANS, PACKAGES, "run.json")
_STAGING = ".demo-"


@dataclass(frozen=True)
class DemoResult:
    """Where the demo lies: the folder of source files, expected.json and steps.json."""

    sources: Path
    expected: Path
    steps: Path


def write_demo(
    folder: Path | str, size: str = "township", faults: str = "known", seed: int = 1, feedback: Optional[Feedback] = None
) -> DemoResult:
    """Write the demo into `folder`, replacing an earlier demo there; plans and packages made from that one stay.

    size: ``township``: 30 villages, 90 hamlets, about 5,000 parcels (``known`` adds a neighbouring township of two villages);
    ``county``: 15 townships, 400 villages, about 1,300 hamlets and 65,000 parcels;
    ``stress``: 18 townships, 800 villages, 3,000 patches, 300,000 parcels, half as many pieces of basic farmland and red
    lines of 200,000 vertices (two minutes, 1.5 GB of memory).
    faults: ``known`` plants faults and lists in expected.json exactly what must be found; ``none`` is a clean plan.
    seed: decides names, figures and the shapes of fields; the same seed gives the same content.
    Raises InputError for an unknown size or faults, for a folder with files that are not the demo's, and where nothing
    can be written; Cancelled, and then an earlier demo is untouched.
    """
    folder, feedback = Path(folder).absolute(), feedback or SilentFeedback()
    _refuse_unknown(size, faults)
    _refuse_foreign_files(folder)
    written = write_scene(_SCENES[size](seed), folder, size, faults, feedback)
    feedback.say(Message("demo.written", {"folder": str(folder), **written}))
    return DemoResult(folder / SOURCES, folder / EXPECTED, folder / STEPS)


def write_scene(scene: Scene, folder: Path, size: str, faults: str, feedback: Feedback) -> dict[str, int]:
    """Tell a scene's story to its end and write it into `folder`; return the counts of villages, hamlets and parcels.

    size: what the demo calls it; faults: ``known`` or ``none``. Raises as `write_demo` does.
    """
    add_decisions(scene)
    planted = plant_faults(scene) if faults == "known" else Planted()
    feedback.check()
    terrain = None
    if scene.mesh is not None:
        terrain = lay_with_faults(scene, planted) if faults == "known" else lay_clean(scene)
    survey = surveyed(scene, terrain)
    feedback.check()
    set_limits(scene, survey, planted, faults == "known")
    feedback.check()
    try:
        for name in (PLANS, PACKAGES):
            (folder / name).mkdir(parents=True, exist_ok=True)
        _write_sources(scene, survey, folder, feedback)
        _write_json(folder / EXPECTED, expected_record(scene, planted, len(survey)))
        _write_json(folder / STEPS, steps(folder, scene, size, formal=faults == "none"))
        _write_json(folder / MARK, {"size": size, "faults": faults, "seed": scene.seed, "entries": [SOURCES, EXPECTED, STEPS, MARK]})
    except OSError as error:
        raise InputError("demo.cannot_write", file=folder.name, reason=str(error.strerror or error)) from error
    hamlets = sum(len(village.hamlets) for village in scene.villages)
    return {"villages": len(scene.villages), "hamlets": hamlets, "parcels": len(survey)}


def _refuse_unknown(size: str, faults: str) -> None:
    if size not in _SCENES:
        raise InputError("demo.unknown_size", size=size, known=", ".join(_SCENES))
    if faults not in _FAULTS:
        raise InputError("demo.unknown_faults", faults=faults, known=", ".join(_FAULTS))


def _refuse_foreign_files(folder: Path) -> None:
    """A folder is the demo's when it is empty, or holds the mark of an earlier demo and nothing else than what came of it."""
    if folder.exists() and not folder.is_dir():
        raise InputError("demo.not_a_folder", folder=str(folder))
    if not folder.is_dir():
        return
    present = {entry.name for entry in folder.iterdir() if not entry.name.startswith(_STAGING)}
    own = {SOURCES, EXPECTED, STEPS, MARK, *_OWN_RESULTS} if MARK in present else set()
    foreign = sorted(present - own)
    if foreign:
        raise InputError("demo.folder_in_use", folder=folder.name, files=", ".join(foreign[:5]))


def _write_sources(scene: Scene, survey: Survey, folder: Path, feedback: Feedback) -> None:
    """Write into a hidden folder first, and replace the files of an earlier demo once all are written."""
    with tempfile.TemporaryDirectory(prefix=_STAGING, dir=folder) as staging:
        work = Path(staging)
        tasks: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
            (sources_tables.write_roster, (scene, work / "村庄名录.xlsx")),
            (sources_tables.write_second_roster, (scene, work / "民政部门行政区划名录.csv")),
            (sources_tables.write_protection_list, (scene, work / "保护名录.xlsx")),
            (sources_tables.write_facilities, (scene, work / "公共服务设施.xlsx")),
            (sources_figures.write_facts, (scene, work / "村情统计.xlsx")),
            (sources_figures.write_quotas, (scene, work / "上级下达指标.xlsx")),
            (sources_figures.write_fixed_villages, (scene, work / FIXED_LIST)),
            (sources_tables.write_decisions, (scene, work / "决策.xlsx")),
            (sources_vector.write_villages, (scene, work / "行政村.shp")),
            (sources_vector.write_patches, (scene, work / "居民点用地.shp")),
            (sources_vector.write_hazards, (scene, work / "地质灾害隐患.shp")),
            (sources_vector.write_roads, (scene, work / "道路.shp")),
            *((sources_vector.write_areas, (scene.controls[kind], work / name)) for kind, name in AREA_FILES.items()),
            (sources_vector.write_control_lines, (scene, survey.terrain, work / "三线.gdb")),
            (sources_vector.write_survey, (scene, survey, work / "第三次国土调查.gdb")),
        ]
        for done, (task, arguments) in enumerate(tasks):
            feedback.check()
            feedback.progress(done / len(tasks))
            task(*arguments)
        feedback.check()
        _replace_entries(work, folder / SOURCES)
    feedback.progress(1.0)


def _replace_entries(work: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for entry in sorted(work.iterdir()):
        old = target / entry.name
        if old.is_dir():
            shutil.rmtree(old)
        shutil.move(str(entry), str(old))


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
