"""Does the demo's whole job with qgis_process, as a planner's batch would, tells what came out, and opens it in QGIS."""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools import desktop, environment
from tools.stage import PLUGIN, shipped_files

DEMO = environment.BUILD / "demo"
RECORD = "run.json"
PROVIDER = "villageplanner"
SIZE, FAULTS = "township", "known"

LINES = {
    "demo": ("示例数据", "demo source files", "{SOURCES}"),
    "createplan": ("建立规划文件", "plan created", "{VILLAGE_COUNT} 个村 villages, {DIFFERENCES} 处名册差异 roster differences"),
    "addcontrol": ("导入管控图层", "control layer imported", "{KIND_NAME} {KIND}, {COUNT} 个图斑 features, 修复 repaired {REPAIRED}"),
    "addfacts": ("导入村情数据", "facts taken", "接受 accepted {ACCEPTED}, 退回 rejected {REJECTED}"),
    "addlimits": ("导入上级指标", "limits from above taken", "{KIND}: 接受 accepted {ACCEPTED}, 退回 rejected {REJECTED}"),
    "decide": ("录入布局决定", "decisions taken", "接受 accepted {ACCEPTED}, 退回 rejected {REJECTED}"),
    "suggest": ("分类建议", "suggestions", "{CANDIDATES} 个候选 candidates"),
    "check": ("质检", "check", "A {COUNT_A}, B {COUNT_B}, C {COUNT_C}; 例外 waived {WAIVED}; 未检查 not checked {NOT_CHECKED}"),
    "package": ("生成成果包", "package written", "{FILE_COUNT} 个文件 files"),
    "inspect": (
        "成果质检", "package inspected",
        "A {COUNT_A}, B {COUNT_B}, C {COUNT_C}; 未检查 not checked {NOT_CHECKED}; 结论 verdict: {VERDICT_NAME} {VERDICT}",
    ),
}


VERDICTS = {"passed": "已检查项合格", "passed_with_findings": "已检查项合格，尚有问题需处理", "incomplete": "已检查项合格，尚有未检查项", "failed": "不合格"}


class StepFailed(Exception):
    """A step of the demo was refused; the text is what qgis_process said."""


def run_demo(size: str = SIZE, faults: str = FAULTS) -> dict[str, Any]:
    """Run every step into build/demo (another size or clean plan: beside it), printing a line with its seconds for each.

    Nothing runs when the last run was of the same plugin.
    Returns the record of the run: `lines` printed, `plan`, `findings`, `package` paths (null where no step wrote one),
    `seconds` of all steps.
    """
    folder = DEMO if (size, faults) == (SIZE, FAULTS) else DEMO.with_name(f"{DEMO.name}-{size}-{faults}")
    fingerprint = _fingerprint(environment.STAGED_PLUGINS / PLUGIN)
    record = _finished_run(folder, fingerprint)
    if record:
        print("示例已是最新，未重新生成 / the demo is up to date, nothing was run again (make clean starts over)")
        print("\n".join(record["lines"]))
        return record
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    surroundings = environment.qgis_environment()
    _qgis_process(["plugins", "enable", PLUGIN], surroundings)
    record = {"fingerprint": fingerprint, "lines": [], "plan": None, "findings": None, "package": None, "expected": None, "seconds": 0.0}

    demo = _step(record, surroundings, f"{PROVIDER}:demo", {"FOLDER": str(folder), "SIZE": size, "FAULTS": faults})
    record["expected"] = demo["EXPECTED"]
    for step in json.loads(Path(demo["STEPS"]).read_text(encoding="utf-8")):
        outputs = _step(record, surroundings, step["algorithm"], step["parameters"])
        # Findings of the plan, not those of an inspected package, are what the planner looks at first.
        if step["algorithm"].endswith(":check"):
            record["findings"] = outputs.get("FINDINGS")
        for name, key in (("plan", "PLAN"), ("package", "PACKAGE")):
            record[name] = outputs.get(key) or record[name]
    _tell(record, f"全部步骤 / all steps: {record['seconds']:.1f} s")
    (folder / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    return record


def report(record: dict[str, Any]) -> None:
    """Print where plan, findings and package lie, and what was found: a line for each rule and severity."""
    print()
    print(f"规划文件 plan:     {record['plan']}")
    print(f"问题清单 findings: {record['findings']}")
    print(f"成果包 package:    {record['package']}")
    if record["findings"]:
        found = Counter((row["severity"], row["rule"]) for row in _finding_rows(Path(record["findings"])))
        planted = Counter((row["severity"], row["rule"]) for row in _planted(record))
        print(f"发现问题 found:    {sum(found.values())}（预置 planted: {sum(planted.values())}）")
        for severity, rule in sorted({*found, *planted}):
            count, expected = found[severity, rule], planted[severity, rule]
            print(f"  {severity}  {rule:<10} {count}" + (f"（预置 planted: {expected}）" if count != expected else ""))


def _step(record: dict[str, Any], surroundings: dict[str, str], algorithm: str, parameters: dict[str, Any]) -> dict[str, Any]:
    full_id = algorithm if ":" in algorithm else f"{PROVIDER}:{algorithm}"
    start = time.monotonic()
    completed = _qgis_process(["run", full_id, "--json", "--", *environment.parameter_arguments(parameters)], surroundings)
    if completed.returncode != 0:
        # qgis_process says a refusal twice.
        said = dict.fromkeys(line for line in (completed.stderr or completed.stdout).splitlines() if line.strip())
        raise StepFailed(f"{full_id}: " + "\n".join(said))
    outputs: dict[str, Any] = json.loads(completed.stdout)["results"]
    seconds = time.monotonic() - start
    record["seconds"] += seconds
    _tell(record, f"{_line(full_id.split(':')[1], {**parameters, **outputs})}  [{seconds:.1f} s]")
    return outputs


def _tell(record: dict[str, Any], line: str) -> None:
    print(line, flush=True)
    record["lines"].append(line)


def _line(name: str, values: dict[str, Any]) -> str:
    chinese, english, figures = LINES.get(name, (name, name, ""))
    named = {"KIND_NAME": _control_kinds().get(values.get("KIND", ""), ""), "VERDICT_NAME": VERDICTS.get(values.get("VERDICT", ""), "")}
    return f"{chinese} / {english}: " + figures.format_map(_Shown({**values, **named}))


@functools.cache
def _control_kinds() -> dict[str, str]:
    """Chinese name of each kind of control layer."""
    codes = environment.ROOT / "resources" / "profiles" / "layout-2035" / "codes" / "control_kind.csv"
    with open(codes, encoding="utf-8-sig", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


class _Shown(dict):  # type: ignore[type-arg]
    """Values of a step; one that it did not give is shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _finding_rows(path: Path) -> Iterable[dict[str, Any]]:
    if path.suffix.lower() == ".csv":
        with open(path, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    from osgeo import ogr

    ogr.UseExceptions()
    source = ogr.Open(str(path))
    return [feature.items() for layer in source for feature in layer]


def _planted(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The faults that the demo has planted, as its expected.json lists them."""
    listed: list[dict[str, Any]] = json.loads(Path(record["expected"]).read_text(encoding="utf-8"))["findings"]
    return listed


def _fingerprint(staged: Path) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name, path in shipped_files(staged):
        if not name.endswith((".qm", ".svg")):
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _finished_run(folder: Path, fingerprint: str) -> dict[str, Any] | None:
    if not (folder / RECORD).exists():
        return None
    record: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    written = [record[name] for name in ("plan", "findings", "package") if record[name]]
    return record if record["fingerprint"] == fingerprint and all(Path(path).exists() for path in written) else None


def _qgis_process(arguments: list[str], surroundings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [environment.qgis_process_command(), *arguments]
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)


def main(arguments: list[str]) -> int:
    """Run the demo of a size (township) with faults (known); then open it in QGIS where there is a display and HEADLESS is not set."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        record = run_demo(*arguments)
    except StepFailed as error:
        print(error, file=sys.stderr)
        return 1
    report(record)
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if has_display and os.environ.get("HEADLESS", "0") in ("", "0"):
        return desktop.open_plan(Path(record["plan"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
