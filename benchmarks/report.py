"""Writes what was measured: benchmarks.json for programs, benchmarks.md for readers."""

from __future__ import annotations

import json
import os
import platform
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from benchmarks.engines import OURS
from benchmarks.measuring import MOST_NODES

if TYPE_CHECKING:
    from benchmarks.__main__ import Measured

_ABOUT = """# Benchmarks

What `make bench` measured last. Patches and sites of the demo's stress county ({patches} polygons) are overlaid with its parcels, basic farmland, red lines
(up to 200,000 vertices) and development boundaries; the result is the area that each patch has in common with each of the four. Every engine runs in a
process of its own, in turns with the others; seconds are medians of wall time from opening the files to the areas, without the start of the program, and
without what is prepared once (our import, subdividing, loading a database). Ours takes ellipsoidal areas by the national rule, the others planar ones.

Run on {day}: {machine}. GEOS: {geos}.{busy}
"""
_BUSY = "\n\n**Other programs ran on the machine meanwhile (load {load:.1f} at the beginning): CPU seconds may be compared, seconds only roughly.**"
_IDLE_LOAD = 1.0

_NOTES = """
`agree to`: the largest relative difference, patch by patch and layer by layer, from plain intersections of all pairs by shapely (below 1 m²: in m²); ours is
compared on the ellipsoid, the others in the plane. Ours differs by what the chords of edges that tiles cut make (decision 0280); the overlap analysis of QGIS
by up to 0.004 m², since it sums products of whole coordinates of millions of metres, which shows where a patch meets a feature in a sliver. `peak`: memory of
the process, of PostGIS that of the backend. `tiled`: large polygons are cut beforehand, ours by the import, for the others by native:subdivide ({nodes} nodes).
`>`: broken off after that time. 100,000 and 1,000,000 parcels are the same county with fewer or more parcels around the same patches.
"""

_EDITS = """## After an edit

After a full check of the stress county each random edit is followed by the rules that it can change, and what they find is stored: from the commit that
was read to the findings in the file. Sums over the whole plan wait for the pause after an edit (decision 0400), which is not in the times.
"""


def write_report(
    folder: Path, measured: Sequence[Measured], others: Mapping[str, Sequence[Mapping[str, Any]]], edits: Mapping[str, Mapping[str, Any]], patches: int,
    has_postgis: bool, load: float,
) -> None:
    """Write both files into a folder.

    others: runs of "areas" and "check"; edits: what `edits` measured of kinds "hamlet" and "all"; patches: how many polygons were overlaid; load: the
    machine's, before.
    """
    ours = {(item.parcels, item.engine.geos): item.seconds for item in measured if item.engine.name == OURS}
    rows = [_row(item, ours[item.parcels, item.engine.geos]) for item in measured] + _other_rows(measured, others)
    (folder / "benchmarks.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "benchmarks.md").write_text(_page(rows, others, edits, patches, has_postgis, load), encoding="utf-8")


def _row(item: Measured, ours_s: float) -> dict[str, Any]:
    return {
        "engine": item.engine.name,
        "tiled": item.engine.tiled,
        "source": "PostgreSQL table" if item.engine.database else "GeoPackage",
        "parcels": item.parcels,
        "seconds_median": round(item.seconds, 3),
        "cpu_seconds_median": None if item.cpu_seconds is None else round(item.cpu_seconds, 3),
        "ratio_to_ours": round(item.seconds / ours_s, 2),
        "peak_mb": None if item.peak_mb is None else round(item.peak_mb),
        "geos": item.runs[-1]["geos"] if item.runs else item.engine.geos,
        "areas_agree_to": float(f"{item.agrees_to:.1e}") if item.runs else None,
        "broken_off": not item.runs,
    }


def _other_rows(measured: Sequence[Measured], others: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of the areas and of the whole check, beside the bare overlay of the same county."""
    overlay = next(item for item in sorted(measured, key=lambda item: item.parcels != 300_000) if item.engine.name == OURS and item.engine.geos == "3.11")
    names = {"areas": f"{OURS}: ellipsoidal areas of all parcels", "check": f"{OURS}: all rules of the plan, findings stored"}
    return [
        {
            "engine": names[name], "tiled": True, "source": "memory" if name == "areas" else "GeoPackage", "parcels": runs[-1]["parcels"],
            "seconds_median": round(median(run["seconds"] for run in runs), 3), "cpu_seconds_median": round(median(run["cpu_seconds"] for run in runs), 3),
            "ratio_to_ours": round(median(run["seconds"] for run in runs) / overlay.seconds, 2), "peak_mb": round(max(run["peak_mb"] for run in runs)),
            "geos": runs[-1]["geos"], "areas_agree_to": None, "broken_off": False,
        }
        for name, runs in others.items()
    ]  # fmt: skip


def _page(
    rows: Sequence[Mapping[str, Any]], others: Mapping[str, Sequence[Mapping[str, Any]]], edits: Mapping[str, Mapping[str, Any]], patches: int,
    has_postgis: bool, load: float,
) -> str:
    overlays = [row for row in rows if not row["engine"].startswith(f"{OURS}:")]
    geos = "; ".join(dict.fromkeys(row["geos"] for row in overlays if not row["broken_off"]))
    check = others["check"][-1]
    busy = _BUSY.format(load=load) if load > _IDLE_LOAD else ""
    text = [_ABOUT.format(patches=f"{patches:,}", day=date.today().isoformat(), machine=_machine(), geos=geos, busy=busy)]
    text += ["## How many times as long as ours\n", _ratios(overlays)]
    text += ["" if has_postgis else "\nPostGIS was not run: no PostgreSQL with PostGIS is installed here.\n"]
    text += ["\n## All runs\n", _table(rows), _NOTES.format(nodes=MOST_NODES)]
    text += [f"\n## Where the seconds of a whole check go\n\n{check['findings']} findings. The rules that take longest, in seconds of the last run:\n"]
    text += ["\n| rule | seconds |\n|---|---|", *(f"| {rule} | {seconds:.2f} |" for rule, seconds in check["rules"][:10]), ""]
    text += [_edits(edits)]
    return "\n".join(text)


def _edits(edits: Mapping[str, Mapping[str, Any]]) -> str:
    """What following edits costs, and which kinds of them cost most."""
    names = {"hamlet": "one hamlet, its decision or its patches", "all": "anything a planner edits"}
    lines = ["| edits of | how many | p50, ms | p95, ms | longest, ms | CPU p50, ms | CPU p95, ms | peak MB |", "|---" * 8 + "|"]
    for kinds, name in names.items():
        found = edits[kinds]
        figures = [f"{found[key]:,.0f}" for key in ("p50_ms", "p95_ms", "max_ms", "cpu_p50_ms", "cpu_p95_ms", "peak_mb")]
        lines.append("| " + " | ".join([name, f"{found['edits']:,.0f}", *figures]) + " |")
    slowest = "; ".join(f"{kind} {ms:.0f}" for kind, ms in list(edits["all"]["by_kind"].items())[:5])
    waiting = edits["hamlet"]
    return "\n".join([
        _EDITS, *lines, "", f"Longest at the 95th percentile, in ms: {slowest}. Rules that an edit of a hamlet leaves to the pause: "
        f"{waiting['waiting_mean']:.1f} in the mean, {waiting['waiting_max']:.0f} at most; still waiting after it: {waiting['left_mean']:.1f}.", "",
    ])  # fmt: skip


def _ratios(rows: Sequence[Mapping[str, Any]]) -> str:
    """A line for each engine, a column for each size."""
    sizes = sorted({row["parcels"] for row in rows})
    found: dict[tuple[str, bool, str], dict[int, str]] = {}
    for row in rows:
        mark = ">" if row["broken_off"] else ""
        found.setdefault((row["engine"], row["tiled"], row["geos"]), {})[row["parcels"]] = f"{mark}{row['ratio_to_ours']:.1f}"
    lines = ["| engine | large polygons | GEOS | " + " | ".join(f"{size:,} parcels" for size in sizes) + " |", "|---" * (3 + len(sizes)) + "|"]
    for (engine, tiled, geos), cells in found.items():
        lines.append(f"| {engine} | {'tiled' if tiled else 'whole'} | {geos} | " + " | ".join(cells.get(size, "–") for size in sizes) + " |")
    return "\n".join(lines)


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = ["| engine | tiled | source | parcels | seconds | CPU seconds | times ours | peak MB | GEOS | agree to |", "|---" * 10 + "|"]
    for row in rows:
        mark = ">" if row["broken_off"] else ""
        cells = [
            row["engine"], "yes" if row["tiled"] else "no", row["source"], f"{row['parcels']:,}", f"{mark}{row['seconds_median']:.2f}",
            _figure(row["cpu_seconds_median"], ".2f"), f"{mark}{row['ratio_to_ours']:.2f}", _figure(row["peak_mb"], ",.0f"), row["geos"],
            _figure(row["areas_agree_to"], ".1e"),
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _machine() -> str:
    processor = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "processor")
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}"
