"""The counties that are measured: the demo's stress county (QUICK: the smaller one), with fewer or more parcels around the same patches."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from osgeo import gdal, ogr

from benchmarks.measuring import KINDS, PATCH_COUNT, PATCHES
from tools import environment
from tools.stage import PLUGIN
from village_planner.plan import LayerStore, PlanFile

ROOT = environment.BUILD / "bench"
_STEPS_LEFT_OUT = ("check", "package", "inspect")
_BETWEEN_COPIES_M = 2_000.0
_READY = "ready"


def plan_of(size: str) -> Path:
    """The plan file of the demo of a size, made where it is not there: sources, plan, control layers, decisions; no check."""
    base = ROOT / f"demo-{size}"
    ready = base / _READY
    if not ready.exists():
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir(parents=True)
        # Says 1 where it is enabled already.
        _qgis_process("plugins", "enable", PLUGIN, check=False)
        made = _step("villageplanner:demo", {"FOLDER": str(base / "demo"), "SIZE": size, "FAULTS": "known"})
        for step in json.loads(Path(made["STEPS"]).read_text(encoding="utf-8")):
            if step["algorithm"].split(":")[1] not in _STEPS_LEFT_OUT:
                _step(step["algorithm"], step["parameters"])
        ready.touch()
    plans = [path for path in (base / "demo" / "规划").glob("*.gpkg") if not path.name.endswith(".layers.gpkg")]
    return plans[0]


def county_of(plan: Path, parcels: int) -> Path:
    """A folder with the patches and control layers of a plan, with so many parcels (land use), made where it is not there.

    plan.layers.gpkg: as the plan has them. county.gpkg: the same geometries for other programs. tiled.gpkg: the same, with
    polygons of more than 256 vertices by native:subdivide. patch_count: a number as text.
    """
    folder = ROOT / f"{plan.parents[2].name}-{parcels}"
    if (folder / _READY).exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    data = PlanFile(plan).read()
    patches = np.concatenate([data.patch["geom"].to_numpy(), data.site["geom"].to_numpy()])
    patches = patches[~shapely.is_missing(patches) & ~shapely.is_empty(patches)]
    (folder / PATCH_COUNT).write_text(str(len(patches)))
    store = LayerStore(plan.with_suffix(".layers.gpkg"))
    near = LayerStore(folder / "plan.layers.gpkg", data.crs)
    for number, kind in enumerate(KINDS):
        frame = store.read(kind)
        if kind == "land_use":
            frame = _of_size(frame, patches, parcels)
        near.add({"code": f"c{number}", "kind": kind, "title": kind, "digest": ""}, frame.drop(columns=["geom", "layer"]), frame["geom"].to_numpy())
    _write_plain(folder / "county.gpkg", patches, folder / "plan.layers.gpkg", data.crs)
    subprocess.run(
        [environment_python(), "-m", "benchmarks.subdivide", str(folder / "county.gpkg"), str(folder / "tiled.gpkg")],
        env=qgis_python_environment(), cwd=environment.ROOT, check=True,
    )  # fmt: skip
    (folder / _READY).touch()
    return folder


def parcels_of(plan: Path) -> int:
    """How many parcels the plan has."""
    return len(LayerStore(plan.with_suffix(".layers.gpkg")).read("land_use", columns=("feature",)))


def environment_python() -> str:
    """The Python that imports qgis."""
    return str(environment.ROOT / ".venv" / "bin" / "python")


def qgis_python_environment() -> dict[str, str]:
    """Environment in which it finds this project, QGIS and the plugins that QGIS ships."""
    found = environment.qgis_environment()
    found["PYTHONPATH"] = f"{environment.ROOT}:{found['PYTHONPATH']}:/usr/share/qgis/python/plugins"
    return found


def _of_size(frame: pd.DataFrame, patches: np.ndarray, parcels: int) -> pd.DataFrame:
    """So many parcels: those whose boxes meet that of a patch, those nearest to patches, then copies of the county to the north of it."""
    geoms, tree = frame["geom"].to_numpy(), shapely.STRtree(patches)
    _, distance_m = tree.query_nearest(shapely.centroid(geoms), return_distance=True, all_matches=False)
    distance_m[np.unique(tree.query(geoms)[0])] = 0.0
    order, bounds = np.argsort(distance_m, kind="stable"), shapely.total_bounds(geoms)
    step_m = bounds[3] - bounds[1] + _BETWEEN_COPIES_M
    frames: list[pd.DataFrame] = []
    left = parcels
    while left > 0:
        taken = frame.iloc[np.sort(order[:left])].reset_index(drop=True)
        if frames:
            shift = np.array([0.0, step_m * len(frames)])
            taken["geom"] = pd.Series(shapely.transform(taken["geom"].to_numpy(), lambda xy, shift=shift: xy + shift), dtype=object)
        frames.append(taken)
        left -= len(taken)
    return pd.concat(frames, ignore_index=True)


def _write_plain(path: Path, patches: np.ndarray, layers: Path, crs: int) -> None:
    gdal.UseExceptions()
    source = gdal.OpenEx(str(layers))
    dataset = gdal.GetDriverByName("GPKG").Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
    layer = dataset.CreateLayer(PATCHES, source.GetLayer(0).GetSpatialRef(), ogr.wkbMultiPolygon, ["GEOMETRY_NAME=geom"])
    layer.CreateField(ogr.FieldDefn("number", ogr.OFTInteger))
    layer.StartTransaction()
    for number, patch in enumerate(patches):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature["number"] = number
        geometry = ogr.CreateGeometryFromWkb(shapely.to_wkb(patch))
        feature.SetGeometry(ogr.ForceToMultiPolygon(geometry))
        layer.CreateFeature(feature)
    layer.CommitTransaction()
    layer = dataset = None
    for number, kind in enumerate(KINDS):
        gdal.VectorTranslate(
            str(path), source, accessMode="update", SQLStatement=f"SELECT fid, geom FROM c{number}", layerName=kind,
            geometryType="MULTIPOLYGON", dstSRS=f"EPSG:{crs}", layerCreationOptions=["GEOMETRY_NAME=geom"],
        )  # fmt: skip


def _step(algorithm: str, parameters: dict[str, object]) -> dict[str, str]:
    said = _qgis_process("run", algorithm, "--json", "--", *environment.parameter_arguments(parameters))
    return dict(json.loads(said)["results"])


def _qgis_process(*arguments: str, check: bool = True) -> str:
    command = [environment.qgis_process_command(), *arguments]
    return subprocess.run(command, env=environment.qgis_environment(), capture_output=True, text=True, check=check).stdout
