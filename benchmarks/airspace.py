"""Airspace verdicts against the reference polygon and against brute force: `python benchmarks/airspace.py` (needs ../shared/data).

1. Random points within 5 km of the land border between Mexico and the USA: which side each boundary puts them on.
2. Gaps cut into a real flight beside the coast: unproved seconds against a search over every point of the border, ten times a second.
3. A million fixes along a coast, without speed and course and with them: seconds of CPU for the whole verdict, file read included.
"""

import resource
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely
from pyproj import Geod

from cathartes.earth.airspace import MAX_SPEED_M_S, Flown, intervals
from cathartes.earth.borderline import Borderline
from cathartes.earth.boundary import boundary_of
from cathartes.model import Flight, Track
from cathartes.model.overflight import Reason, Verdict
from cathartes.overflight import overflight
from cathartes.readers.track import TrackReader

DATA = Path(__file__).parents[2] / "shared" / "data" / "sharing"
GEOD = Geod(ellps="WGS84")
POINTS, GAPS, FIXES = 20_000, 40, 1_000_000
KNOT_M_S = 1852 / 3600


def near_the_land_border(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points within 5 km of where Mexico's border is also that of the USA."""
    mexico, usa = Borderline(boundary_of("MEX")), Borderline(boundary_of("USA"))
    points = mexico.points
    common = points[(usa.nearest(*points.T).metres < 50) & (points[:, 0] > -117.13) & (points[:, 0] < -97.13)]
    chosen = common[rng.integers(0, len(common), POINTS)]
    lon, lat, _ = GEOD.fwd(*chosen.T, rng.uniform(0, 360, POINTS), rng.uniform(0, 5000, POINTS))
    return lon, lat


def points() -> None:
    lon, lat = near_the_land_border(np.random.default_rng(2024))
    truth = shapely.contains_xy(boundary_of("MEX").area, lon, lat)
    for scale in ("10m", "50m", "110m"):
        land = boundary_of("MEX", DATA / f"mex_usa_land_naturalearth_{scale}.geojson.gz").area
        print(f"Natural Earth {scale:>4}: {100 * np.mean(shapely.contains_xy(land, lon, lat) != truth):.1f} % in the wrong country")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "points.csv"
        rows = (f"2024-05-01T00:00:00Z,{x:.8f},{y:.8f},p{number:05d}" for number, (x, y) in enumerate(zip(lon, lat, strict=True)))
        path.write_text("time_utc,lon_deg,lat_deg,aircraft\n" + "\n".join(rows) + "\n")
        said = {each.aircraft: each.verdict for each in overflight(path, "MEX").intervals}
    verdicts = [said[f"p{number:05d}"] for number in range(POINTS)]
    wrong = sum(verdict is (Verdict.OUT if inside else Verdict.IN) for verdict, inside in zip(verdicts, truth, strict=True))
    undecided = sum(verdict is Verdict.UNDECIDED for verdict in verdicts)
    print(f"cathartes: {wrong} of {POINTS} in the wrong country, {100 * undecided / POINTS:.1f} % undecided at 122 m")


def gaps() -> None:
    """Two fixes of the airliner over Yucatan with everything between them taken out, compared with brute force."""
    track = TrackReader().read(DATA / "readsb__trace_full_ac671b.json", Flight("x")).content
    assert isinstance(track, Track)
    border = Borderline(boundary_of("MEX"))
    chain = border.points
    rng, off = np.random.default_rng(7), []
    for _ in range(GAPS):
        first = int(rng.integers(0, 120))
        last = first + int(rng.integers(4, 60))
        rows, error = np.array([first, last]), 120.0
        utc_s = track.utc_s[rows]
        flown = Flown(utc_s, track.lon_deg[rows], track.lat_deg[rows], np.full(2, 100.0), np.zeros(1, np.bool_), *utc_s, 0.0)
        if utc_s[1] - utc_s[0] <= 60:
            continue
        told = sum(each.end_s - each.start_s for each in intervals(flown, border) if each.reason is Reason.GAP)
        away = [GEOD.inv(np.full(len(chain), flown.lon_deg[i]), np.full(len(chain), flown.lat_deg[i]), *chain.T)[2] for i in (0, 1)]
        lasting = utc_s[1] - utc_s[0]
        reached = [(MAX_SPEED_M_S * t + error, MAX_SPEED_M_S * (lasting - t) + error) for t in np.arange(0.0, lasting, 0.1)]
        open_ = [bool(((away[0] <= one) & (away[1] <= other)).any()) for one, other in reached]
        off.append(abs(told - 0.1 * sum(open_)))
    print(f"gaps: {len(off)} cut, unproved seconds off by {np.median(off):.2f} s (median), {max(off):.2f} s (largest)")


def a_million(*, reported: bool) -> None:
    rng = np.random.default_rng(0)
    course = np.cumsum(rng.normal(0, 0.01, FIXES))
    east, north = np.cumsum(100 * np.sin(course)), np.cumsum(100 * np.cos(course))
    lon = -90 + np.abs((east + 3e5) % 1.2e6 - 6e5) / 105e3
    lat = 19 + np.abs(north % 8e5 - 4e5) / 111e3
    velocity = np.gradient(lon * 105e3) + 1j * np.gradient(lat * 111e3)
    speed_m_s, course_deg = np.round(np.abs(velocity) / KNOT_M_S) * KNOT_M_S, np.round(np.degrees(np.angle(1j * velocity.conj()))) % 360
    with TemporaryDirectory() as folder:
        path, start = Path(folder) / "million.csv", datetime(2024, 5, 1, tzinfo=UTC)
        with path.open("w") as file:
            file.write("time_utc,lon_deg,lat_deg" + (",ground_speed_m_s,course_deg" if reported else "") + "\n")
            for number in range(FIXES):
                time = (start + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
                flown = f",{speed_m_s[number]:.2f},{course_deg[number]:.0f}" if reported else ""
                file.write(f"{time},{lon[number]:.6f},{lat[number]:.6f}{flown}\n")
        before = resource.getrusage(resource.RUSAGE_SELF)
        found = overflight(path, "MEX")
        after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    kind = "with speed and course" if reported else "bare"
    print(f"a million fixes, {kind}: {used:.1f} s of CPU, {len(found.intervals)} intervals, {len(found.crossings)} crossings")


if __name__ == "__main__":
    points()
    gaps()
    for reported in (False, True):
        a_million(reported=reported)
