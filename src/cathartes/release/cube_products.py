"""What `cathartes gases` leaves behind: rasters per gas, plumes as GeoJSON, the scene as JSON, a STAC item.

Rasters have the cube's own lines and columns, so that nothing is resampled before anybody has looked; where the cube lies on a map they
carry its place. The pictures are in `cube_figures`, the formats in docs/reference/cubes.md.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cathartes import __version__
from cathartes.messages import say
from cathartes.model import Cube, CubeFindings, GasImage, Plume, Quantity
from cathartes.model.cube import SEEN, Affine, Lookup, Seen
from cathartes.model.place import Ring
from cathartes.release.geotiff import Layer, cog

NONE_OF_THESE = "none of these"
PIXELS = 'LOCAL_CS["columns and lines of the cube",UNIT["pixel",1],AXIS["Column",EAST],AXIS["Line",SOUTH]]'
LAYERS = {
    "column_{}": "column, ppm m",
    "column_{}_sd": "standard deviation of the column, ppm m",
    "detected_{}": "probability that gas is there",
    "limit_{}": "column that would have been noticed with probability 0.9, ppm m",
    "seen_{}": "how it was looked at: " + ", ".join(f"{number} {seen.value}" for number, seen in enumerate(SEEN)),
}
STAC_VERSION = "1.1.0"


def rasters_of(cube: Cube, image: GasImage, called: str) -> dict[str, bytes]:
    """Every layer of one gas as a file; `called` is the gas as the user wrote it."""
    layers: tuple[Layer, ...] = (image.column, image.sd, image.probability, image.limit, image.seen)
    files = {}
    for (name, described), values in zip(LAYERS.items(), layers, strict=True):
        files[f"{name.format(called)}.tif"] = cog(values, described, *map_of(cube))
        if cube.lookup is not None:
            files[f"ortho_{name.format(called)}.tif"] = cog(on_map(values, cube.lookup), described, cube.lookup.system, cube.lookup.affine)
    return files


def on_map(values: Layer, lookup: Lookup) -> Layer:
    """A layer on the map, each cell with its pixel's own value: nothing is mixed. Where no pixel lies nothing was measured."""
    nothing = np.nan if values.dtype == np.float32 else SEEN.index(Seen.NOT_MEASURED)
    return np.where(lookup.pixel < 0, values.dtype.type(nothing), values.ravel()[lookup.pixel])


def map_of(cube: Cube) -> tuple[str, Affine]:
    """The cube's map and affine; columns and lines where it lies on none."""
    system, affine = getattr(cube.ground, "system", None), getattr(cube.ground, "affine", None)
    if system is None or affine is None:
        return PIXELS, (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    return str(system), affine


def plumes_geojson(cube: Cube, findings: CubeFindings) -> bytes:
    """The plumes as polygons: longitude and latitude where the cube has a place, else pixels (x = column, y = line)."""
    frame = "wgs84" if cube.ground is not None else "pixels"
    features = [_feature(cube, plume) for plume in findings.plumes]
    return _text({"type": "FeatureCollection", "frame": frame, "features": features}, indent=None)


def _feature(cube: Cube, plume: Plume) -> Mapping[str, Any]:
    likely = {gas: round(share, 4) for gas, share in sorted(plume.names.items(), key=lambda each: -each[1])}
    (x, y), limit = plume.origin, plume.limit_ppm_m
    (place,) = placed(cube, [(plume.origin,)])
    told = {
        "id": plume.id,
        "gas": plume.gas or NONE_OF_THESE,
        "probability": plume.probability,
        "names": likely,
        "confusable": [gas for gas, share in likely.items() if share >= 0.05],
        "significance": plume.significance,
        "pixels": plume.pixels,
        "peak_ppm_m": bounds(plume.peak),
        "limit_ppm_m": limit if np.isfinite(limit) else None,
        "mass_kg": bounds(plume.mass_kg),
        "rate_kg_h": bounds(plume.rate_kg_h),
        "origin": list(place[0]),
        "origin_pixel": [x, y],
    }
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": placed(cube, plume.outline)}, "properties": told}


def bounds(quantity: Quantity | None) -> dict[str, float | None] | None:
    """Median and bounds; the bounds carry their level in their names."""
    if quantity is None:
        return None
    level = 90 if quantity.level is None else round(100 * quantity.level)
    return {"median": quantity.value, f"lo{level}": quantity.low, f"hi{level}": quantity.high}


def placed(cube: Cube, rings: Sequence[Ring]) -> list[list[tuple[float, float]]]:
    """Rings given in pixels, on the ground where the cube has one."""
    if cube.ground is None:
        return [list(ring) for ring in rings]
    found = []
    for ring in rings:
        x, y = np.array(ring, dtype=np.float64).T
        lon, lat = cube.ground(y, x)
        found.append(list(zip(lon.tolist(), lat.tolist(), strict=True)))
    return found


def scene_json(cube: Cube, findings: CubeFindings) -> bytes:
    """What was looked at, how well, at what cost, and what must be known to read the rest."""
    sought = told_sought(findings)
    rates = {gas: each["false_alarm_rate"] for gas, each in sought.items()}
    told = {
        "lines": cube.lines,
        "columns": cube.columns,
        "pixels": cube.lines * cube.columns,
        "bands": len(cube.wavelength_nm),
        "gases_sought": list(sought),
        "false_alarm_rate_stated": max(rates.values(), default=None),
        "false_alarm_rates": rates,
        "retrieval_cpu_s": findings.retrieval_cpu_s,
        "plumes": len(findings.plumes),
        "masks": {gas: each["pixels"] for gas, each in sought.items()},
        "sought": sought,
        "damaged_lines": findings.damaged_lines,
        "pixel_m": cube.pixel_m if np.isfinite(cube.pixel_m) else None,
        "notes": [say(note, "en") for note in findings.notes],
        "inputs_sha256": findings.custody.inputs,
        "method": findings.custody.method,
        "version": __version__,
    }
    return _text(told)


def told_sought(findings: CubeFindings) -> dict[str, dict[str, Any]]:
    """Each gas that was sought: its plumes, the column a plume of it needed, and its pixels by how they were looked at."""
    named = Counter(plume.gas for plume in findings.plumes)
    return {
        each.gas: {
            "plumes": named[each.gas],
            "limit_ppm_m": each.limit_ppm_m,
            "pixels": {seen.value.replace(" ", "_"): count for seen, count in each.pixels.items()},
            "false_alarm_rate": each.false_alarm_rate,
        }
        for each in findings.sought
    }


def stac_item(cube: Cube, findings: CubeFindings, name: str, files: Sequence[str]) -> bytes | None:
    """A STAC item that lists the rasters; `None` where place or time is not known, since an item needs both."""
    if cube.ground is None or cube.taken is None:
        return None
    corners = ((0.0, 0.0), (float(cube.columns), 0.0), (float(cube.columns), float(cube.lines)), (0.0, float(cube.lines)), (0.0, 0.0))
    (ring,) = placed(cube, [corners])
    x, y = zip(*ring, strict=True)
    item = {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "id": name,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [min(x), min(y), max(x), max(y)],
        "properties": {"datetime": cube.taken.utc.isoformat().replace("+00:00", "Z"), "processing:software": {"cathartes": __version__}},
        "stac_extensions": ["https://stac-extensions.github.io/processing/v1.2.0/schema.json"],
        "links": [],
        "assets": {file: {"href": f"./{file}", "type": _media_type(file), "roles": ["data"]} for file in sorted(files)},
    }
    return _text(item)


def _media_type(file: str) -> str:
    ending = file.rpartition(".")[2]
    return {"tif": "image/tiff; application=geotiff; profile=cloud-optimized", "geojson": "application/geo+json", "png": "image/png"}.get(
        ending, "application/json"
    )


def _text(told: Mapping[str, Any], indent: int | None = 1) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=indent, default=_plain).encode() + b"\n"


def _plain(value: object) -> Any:
    """NumPy's numbers as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is no JSON")
