"""Whose sky a track was in: a recording and a state's boundary → fixes with flags, verdicts with times, and what stays unproved.

The geometry is in `earth.airspace`, what makes a fix doubtful in `readers.track_flags`; here they meet. A statement for a partner
is in `release.overflight_statement`, the bundle it can be recomputed from is packed and checked here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.airspace import GAP_S, MAX_SPEED_M_S, TURN_M_S2, Flown, Interval
from cathartes.earth.airspace import judged as decided
from cathartes.earth.borderline import Borderline
from cathartes.earth.boundary import Boundary, boundary_bytes, boundary_of, land_neighbours, rings_of, zones_of
from cathartes.earth.territorial_sea import with_sea
from cathartes.errors import BadInput
from cathartes.model import MotionImagery, Reading, Statement, Track, digest_of, identifier, json
from cathartes.model.overflight import (
    Apart,
    BoundaryUsed,
    Chart,
    Claims,
    CrossingTold,
    Errors,
    Fixes,
    IntervalTold,
    LineUsed,
    Overflight,
    Reach,
    Verdict,
    ZoneKind,
    ZoneTold,
)
from cathartes.model.place import Ring
from cathartes.model.samples import Floats
from cathartes.readers.flight_file import FLIGHT_FILE
from cathartes.readers.flight_folder import Refusal, flight_beside, read_one
from cathartes.readers.times import iso_utc
from cathartes.readers.track_flags import Flag, flags_of, order_of, tick, words
from cathartes.readers.track_table import fixes_csv
from cathartes.release.bundle import listed, pack
from cathartes.release.overflight_statement import statement_page, statement_pdf
from cathartes.store import Workspace
from cathartes.verifier import Folder, unpack

Flags = NDArray[np.int64]
ZoneFiles = Sequence[tuple[ZoneKind, Path]]

ASSUMED_ERROR_M = 100.0
"""The 95 % error of a fix whose recording states none: ADS-B in the USA must be better than 92.6 m (14 CFR 91.227, NACp 8)."""

DATUM_M = 2.0
"""Realisations of WGS 84 and ITRF differ by less, and so does a continental plate in the years between them."""

QUESTION, VERDICT, FIXES = "question.json", "verdict.json", "fixes.csv"
SHOWN = 2000
FAR_M, NEAR_M = 2_000_000.0, 300_000.0


@dataclass(frozen=True)
class Question:
    """What a verdict answers: enough to ask it again."""

    state: str
    track: str
    boundary: str
    max_speed_m_s: float
    zones: tuple[tuple[ZoneKind, str], ...] = ()


def read_track(path: Path) -> Reading:
    """The recording in `path`, a track or a video whose metadata is one. Raises `BadInput` where it holds no position fixes."""
    if not path.is_file():
        raise BadInput(f"{path} is no file; expected a track (CSV, GPX, KML, ADS-B JSON, or video with metadata)")
    reading = read_one(path, flight_beside(path))
    if isinstance(reading, Refusal):
        raise BadInput(f"{path.name} is not a track ({reading.reasons.get('track', 'another reader takes it')})")
    if not isinstance(reading.content, Track | MotionImagery):
        raise BadInput(f"{path.name} is a {reading.recording.kind}; expected a track of position fixes")
    if not np.isfinite(track_of(reading).lon_deg).any():
        raise BadInput(f"{path.name} states no position of the platform; expected a track of position fixes")
    return reading


def checked(path: Path) -> tuple[bytes, Fixes]:
    """Every fix of a track with its flags, as CSV, and how many of each there are."""
    track = track_of(read_track(path))
    flags = flags_of(track)
    return fixes_csv(track, errors_of(track), [words(each) for each in flags.tolist()]), counted(flags)


def overflight(
    path: Path, state: str, boundary: Path | None = None, max_speed_m_s: float = MAX_SPEED_M_S, zones: ZoneFiles = ()
) -> Overflight:
    """When the track in `path` was in the airspace of `state`, when not, and when neither can be proved; other zones apart."""
    return judged(read_track(path), claimed(state, boundary), max_speed_m_s, zones)


def claimed(state: str, path: Path | None) -> Boundary:
    """The boundary of a state in a file; where the file holds land only, with twelve nautical miles of sea built on."""
    boundary = boundary_of(state, path)
    return boundary if boundary.has_sea else with_sea(boundary, land_neighbours(state, path))


def side_by_side(answers: Sequence[Overflight]) -> Claims:
    """Several claims to one state's airspace, compared."""
    seconds = sum(
        overlap_s(one, other)
        for one in answers[0].intervals
        for answer in answers[1:]
        for other in answer.intervals
        if one.aircraft == other.aircraft and {one.verdict, other.verdict} == {Verdict.IN, Verdict.OUT}
    )
    return Claims(**vars(answers[0]), claims=tuple(answers), contradicted_s=round(seconds, 3))


def overlap_s(one: IntervalTold, other: IntervalTold) -> float:
    """For how many seconds both intervals last."""
    start, end = (datetime.fromisoformat(time) for time in (max(one.start, other.start), min(one.end, other.end)))
    return max((end - start).total_seconds(), 0.0)


def with_chart(path: Path, state: str, boundary: Path | None, max_speed_m_s: float, zones: ZoneFiles) -> tuple[Overflight, Chart]:
    """The answer, and what a picture of it shows."""
    reading, claim = read_track(path), claimed(state, boundary)
    answer = judged(reading, claim, max_speed_m_s, zones)
    return answer, chart_of(track_of(reading), answer, claim)


def chart_of(track: Track, answer: Overflight, boundary: Boundary) -> Chart:
    """The usable fixes as lines by verdict, thinned to what a picture can show, and every ring of the border near them."""
    way: dict[Verdict, tuple[Ring, ...]] = dict.fromkeys((Verdict.OUT, Verdict.IN, Verdict.UNDECIDED), ())
    for rows, good in order_of(track, flags_of(track)):
        times = np.array([iso_utc(time) for time in track.utc_s[good].tolist()])
        for each in answer.intervals:
            if each.aircraft == track.aircraft[rows[0]] and len(good):
                first, last = np.searchsorted(times, each.start), np.searchsorted(times, each.end, "right")
                wider = 1 if each.verdict is Verdict.UNDECIDED else 0
                shown = good[max(first - wider, 0) : last + wider]
                shown = shown[np.unique(np.linspace(0, len(shown) - 1, min(len(shown), SHOWN)).astype(np.intp))]
                if not len(shown):
                    continue
                way[each.verdict] += (tuple(zip(track.lon_deg[shown].tolist(), track.lat_deg[shown].tolist(), strict=True)),)
    rings = tuple(tuple(map(tuple, ring.tolist())) for ring in rings_of(boundary.area))
    return Chart(way, rings)


def bundle(
    path: Path, state: str, boundary: Path | None, max_speed_m_s: float, zones: ZoneFiles, audience: str, workspace: Workspace
) -> str:
    """Keep the statement in the ledger and write the bundle from which anybody recomputes it; returns its path below `products/`."""
    files = recomputable(path, state, boundary, max_speed_m_s, zones)
    answer, chart = with_chart(path, state, boundary, max_speed_m_s, zones)
    files |= {"statement.html": statement_page(answer, chart), "statement.pdf": statement_pdf(answer, chart)}
    name = identifier("airspace", [digest_of(files[VERDICT]), audience])
    every = listed("airspace-readme.txt", name, audience, files, workspace.public_key())
    product = f"airspace/{name}.zip"
    workspace.publish(product, pack(every, workspace.seal(name, every["manifest.json"], audience)))
    return product


def recomputable(path: Path, state: str, boundary: Path | None, max_speed_m_s: float, zones: ZoneFiles) -> dict[str, bytes]:
    """The inputs of a verdict by file name, the question, and the two files that follow from them byte for byte."""
    drawn, hints = boundary_bytes(boundary), path.parent / FLIGHT_FILE
    asked = Question(state, path.name, drawn[0], max_speed_m_s, tuple((kind, file.name) for kind, file in zones))
    inputs = [(path.name, path.read_bytes()), drawn, *(boundary_bytes(file) for _, file in zones)]
    inputs += [(FLIGHT_FILE, hints.read_bytes())] if hints.exists() else []
    made = (QUESTION, VERDICT, FIXES)
    if twice := [name for name, number in Counter([*made, *(name for name, _ in inputs)]).items() if number > 1]:
        raise BadInput(f"two files of the bundle would be called {twice[0]} ({', '.join(made)} are its own); rename yours")
    verdict = json.encode(overflight(path, state, boundary, max_speed_m_s, zones))
    return dict(inputs) | {QUESTION: json.encode(asked), VERDICT: verdict, FIXES: checked(path)[0]}


def recomputes(bundle_path: Path) -> bool | None:
    """Whether the verdict in a bundle follows, byte for byte, from the recording and the boundary in it; `None` for other bundles."""
    files = unpack(bundle_path.name, bundle_path.read_bytes()) if bundle_path.is_file() else Folder(bundle_path)
    if QUESTION not in files:
        return None
    asked = json.decode(files[QUESTION], Question)
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name in (asked.track, asked.boundary, *(name for _, name in asked.zones), *({FLIGHT_FILE} & files.keys())):
            (folder / PurePosixPath(name).name).write_bytes(files[name])
        zones = [(kind, folder / name) for kind, name in asked.zones]
        again = recomputable(folder / asked.track, asked.state, folder / asked.boundary, asked.max_speed_m_s, zones)
    return all(again[name] == files[name] for name in (VERDICT, FIXES))


def judged(reading: Reading, boundary: Boundary, max_speed_m_s: float = MAX_SPEED_M_S, zones: ZoneFiles = ()) -> Overflight:
    """The verdict on a recording by a boundary. Raises `BadInput` for a track that can only be swapped coordinates."""
    track, border = track_of(reading), Borderline(boundary)
    refuse_swapped(track, border, reading.recording.name)
    flags = flags_of(track)
    flights = tuple(flown_by_each(track, flags))
    told: list[IntervalTold] = []
    changes: list[CrossingTold] = []
    for aircraft, flown in flights:
        found, crossed = decided(flown, border, max_speed_m_s)
        told += told_of(aircraft, found)
        changes += [
            CrossingTold(
                aircraft, each.into, None if each.at_s is None else iso_utc(each.at_s), iso_utc(each.earliest_s), iso_utc(each.latest_s)
            )
            for each in crossed
        ]
    errors = errors_in(track, flags, boundary)
    reach = Reach(GAP_S, TURN_M_S2, max_speed_m_s)
    notes = tuple(notes_on(track, flags, boundary, errors))
    recording = reading.recording
    return Overflight(
        boundary.state, used(boundary), recording.name, recording.digest, tuple(told), tuple(changes), counted(flags), errors, reach, notes,
        tuple(apart(kind, file, flights, max_speed_m_s) for kind, file in zones),
    )  # fmt: skip


def told_of(aircraft: str, found: Sequence[Interval]) -> tuple[IntervalTold, ...]:
    """Intervals with their times written out."""
    return tuple(
        IntervalTold(aircraft, each.verdict, iso_utc(each.start_s), iso_utc(each.end_s), each.reason, round(each.closest_m / 1000, 3))
        for each in found
    )


def used(boundary: Boundary) -> BoundaryUsed:
    """What an answer says of the boundary it rests on."""
    return BoundaryUsed(
        boundary.name, boundary.version, boundary.sha256, boundary.claim, boundary.error_m, boundary.is_error_assumed, boundary.attribution,
        boundary.approximation, tuple(LineUsed(each.what, each.error_m) for each in boundary.stretches),
    )  # fmt: skip


def apart(kind: ZoneKind, file: Path, flights: Sequence[tuple[str, Flown]], max_speed_m_s: float) -> Apart:
    """The zones in a file that the aircraft were in or may have been in: by the same rules as sovereignty, and never mixed with it."""
    held, met = zones_of(file, kind), []
    for zone in held:
        border = Borderline(zone)
        told = [each for aircraft, flown in flights for each in told_of(aircraft, decided(flown, border, max_speed_m_s)[0])]
        if any(each.verdict is not Verdict.OUT for each in told):
            met.append(ZoneTold(zone.state, tuple(told)))
    return Apart(kind, used(held[0]), len(held), tuple(met))


def track_of(reading: Reading) -> Track:
    """The fixes of a reading that is known to be a track, or imagery with the platform's places."""
    if isinstance(reading.content, MotionImagery):
        return reading.content.track(Path(reading.recording.name).stem)
    assert isinstance(reading.content, Track)
    return reading.content


def flown_by_each(track: Track, flags: Flags) -> Iterator[tuple[str, Flown]]:
    """What can be used of each aircraft's fixes, by the aircraft's name."""
    error_m = errors_of(track) + DATUM_M
    clock_s = tick(track.utc_s[np.isfinite(track.utc_s)]) / 2
    for rows, good in order_of(track, flags):
        good = good[np.diff(track.utc_s[good], prepend=-np.inf) > 0]
        timed = rows[(flags[rows] & Flag.SHIFTED) == 0]
        doubtful = np.sort(track.utc_s[rows[(flags[rows] & (Flag.IMPOSSIBLE | Flag.SPOOFED | Flag.SHIFTED)) > 0]])
        passed = np.searchsorted(doubtful, track.utc_s[good])
        ends = track.utc_s[timed] if len(timed) else track.utc_s[rows]
        yield track.aircraft[rows[0]], Flown(
            track.utc_s[good], track.lon_deg[good], track.lat_deg[good], error_m[good], np.diff(passed) > 0, float(ends.min()),
            float(ends.max()), clock_s,
        )  # fmt: skip


def errors_of(track: Track) -> Floats:
    """The 95 % error of every fix in metres: as stated, else as assumed."""
    stated = np.full(len(track.utc_s), np.nan) if track.error_m is None else track.error_m
    return np.where(np.isnan(stated), ASSUMED_ERROR_M, stated)


def errors_in(track: Track, flags: Flags, boundary: Boundary) -> Errors:
    """The largest errors that went into the verdicts."""
    used = flags == 0
    largest = float(errors_of(track)[used].max()) if used.any() else ASSUMED_ERROR_M
    assumed = track.error_m is None or bool(np.isnan(track.error_m[used]).any())
    clock_s = tick(track.utc_s[np.isfinite(track.utc_s)]) / 2
    return Errors(largest, assumed, boundary.error_m, DATUM_M, clock_s)


def counted(flags: Flags) -> Fixes:
    """How many fixes carry each flag."""

    def having(flag: int) -> int:
        return int(np.count_nonzero(flags & flag))

    distinct = len(flags) - having(Flag.HELD | Flag.DUPLICATE | Flag.NOWHERE)
    named = (Flag.HELD, Flag.DUPLICATE, Flag.IMPOSSIBLE, Flag.SHIFTED, Flag.SPOOFED, Flag.NOWHERE)
    return Fixes(len(flags), distinct, *(having(flag) for flag in named))


def notes_on(track: Track, flags: Flags, boundary: Boundary, errors: Errors) -> Iterator[Statement]:
    """What a reader of the verdict must know about track and boundary before believing it."""
    if errors.position_assumed:
        yield Statement("airspace.error_assumed", {"metres": ASSUMED_ERROR_M})
    if boundary.is_error_assumed:
        yield Statement("airspace.boundary_error_assumed", {"metres": boundary.error_m})
    if boundary.approximation:
        yield Statement("airspace.sea_built", {"metres": boundary.error_m})
    if boundary.extent:
        yield Statement("airspace.clipped")
    for _, good in order_of(track, flags):
        if len(good) == 1:
            yield Statement("airspace.one_fix")
    if np.any(np.diff(track.utc_s) < 0):
        yield Statement("airspace.unsorted")
    if (doubtful := int(np.count_nonzero(flags & (Flag.IMPOSSIBLE | Flag.SPOOFED | Flag.SHIFTED)))) > len(flags) / 4:
        yield Statement("airspace.mostly_doubtful", {"count": doubtful, "total": len(flags)})


def refuse_swapped(track: Track, border: Borderline, name: str) -> None:
    """Raises `BadInput` where the track is on the other side of the Earth as written, and beside the state with its columns swapped."""
    known = np.flatnonzero(np.isfinite(track.lon_deg) & np.isfinite(track.lat_deg))
    middle = known[len(known) // 2]
    lon, lat = track.lon_deg[middle], track.lat_deg[middle]
    if abs(lon) > 90:
        return
    away_m, swapped_m = border.nearest(np.array([lon, lat]), np.array([lat, lon])).metres
    if away_m > FAR_M and swapped_m < NEAR_M:
        raise BadInput(
            f"{name} is {away_m / 1000:,.0f} km from {border.boundary.state}, and beside it with longitude and latitude swapped; "
            "swap the columns if that is what happened"
        )
