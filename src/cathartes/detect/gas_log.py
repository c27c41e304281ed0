"""What stands out of the background in a gas log, and where and down to what rate the log could have noticed a source.

Background and enhancement are estimated together (`earth.background`); the coverage grid turns the plume around
(`earth.dispersion`). Where the gas came from is the business of `locate`.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

import cathartes
from cathartes.earth.background import Background, difference_noise, estimate_background, floor_noise, stuck
from cathartes.earth.dispersion import response, spread_table, turbulence
from cathartes.earth.frame import LocalFrame
from cathartes.earth.gases import ppb_per_kg_h
from cathartes.earth.search import search_box
from cathartes.errors import BadInput
from cathartes.messages import number
from cathartes.model import (
    Coverage,
    Custody,
    Detection,
    DetectionKind,
    Flight,
    GasLog,
    HeightReference,
    Place,
    Quantity,
    Reading,
    Span,
    Statement,
    identifier,
)  # fmt: skip
from cathartes.model.samples import Floats
from cathartes.plugins import Detected

METHOD = "gas-log-em"
FALSE_ALARMS = 0.01
FEWEST_SAMPLES = 10
CELLS = 25
COVERAGE_SAMPLES = 400
DRIFTS_PER_RECORD = 4.0
LEVEL = 0.9
# A single mean of a few minutes differs from the mean plume by a factor whose logarithm has about this standard deviation
# (Hanna 1988, J. Air Pollut. Control Assoc. 38, 1055: half of short means lie within a factor of two of a plume model).
LOG_MODEL_ERROR = 1.0


@dataclass(frozen=True, eq=False)
class Signal:
    """One gas of one log, blanks left out: row numbers in the log, enhancement and noise (ppb) of each, significance threshold."""

    rows: NDArray[np.int64]
    enhancement_ppb: Floats
    noise_ppb: Floats
    threshold: float


class GasLogDetector:
    """Enhancements over a jointly estimated background, per instrument and gas. Content: `GasLog`."""

    content = GasLog

    def detect(self, reading: Reading, flight: Flight) -> Detected:
        """Detections of every gas in the log, and coverage where a search area and a wind are known.

        A gas whose values are all blank gives no detection and a coverage that is blind throughout, not "nothing found".
        """
        log = reading.content
        if not isinstance(log, GasLog):
            raise BadInput(f"the gas-log detector got a {type(log).__name__}; give it a gas log")
        detections: list[Detection] = []
        coverage: list[Coverage] = []
        log = without_stuck(log, flight.gas_log.floor_ppb)
        for gas in sorted(log.gases):
            signal = signal_of(log, gas, flight)
            if signal is not None:
                detections.extend(detections_of(reading, log, gas, signal))
            if flight.search is not None:
                coverage.append(coverage_of(reading, log, gas, flight, signal))
        return Detected(tuple(detections), tuple(coverage))


def without_stuck(log: GasLog, floor_ppb: float | None) -> GasLog:
    """The log with blanks for what a stuck or saturated sensor repeats: it was blind then. Readings at a stated floor stay."""
    gases = {}
    for gas, ppb in log.gases.items():
        gases[gas] = ppb.copy()
        for kind in range(len(log.instruments)):
            own = np.flatnonzero((log.instrument == kind) & np.isfinite(ppb) & np.isfinite(log.t_s))
            own = own[np.argsort(log.t_s[own], kind="stable")]
            held = own[stuck(log.t_s[own], ppb[own])]
            gases[gas][held[ppb[held] > (-np.inf if floor_ppb is None else floor_ppb)]] = np.nan
    return replace(log, gases=gases)


def signal_of(log: GasLog, gas: str, flight: Flight) -> Signal | None:
    """Enhancement of `gas`, or `None` where fewer than ten values are known."""
    rows = np.flatnonzero(np.isfinite(log.gases[gas]) & np.isfinite(log.t_s))
    if len(rows) < FEWEST_SAMPLES:
        return None
    kinds, instrument = np.unique(log.instrument[rows], return_inverse=True)
    y, t_s = log.gases[gas][rows], log.t_s[rows]
    background = estimate_background(t_s, y, instrument, max(float(np.ptp(t_s)) / DRIFTS_PER_RECORD, 60.0))
    least = flight.gas_log.noise_ppb or 0.0
    if (floor := flight.gas_log.floor_ppb) and (y <= floor).any():
        least = floor_noise(least, floor)
    noise = noise_of(background, t_s, y, instrument, least)[instrument]
    enhancement = y - background.level_ppb
    threshold = threshold_of(enhancement / noise, background.membership, instrument, len(kinds))
    return Signal(rows, enhancement, noise, max(threshold, flight.gas_log.least_significance or 0.0))


def noise_of(background: Background, t_s: Floats, y: Floats, instrument: NDArray[np.int64], least_ppb: float) -> Floats:
    """Noise per instrument (ppb): what scatters about the background, never below `least_ppb` or what successive differences show."""
    shown = np.array([difference_noise(t_s[instrument == kind], y[instrument == kind]) for kind in range(len(background.noise_ppb))])
    return np.asarray(np.maximum(background.noise_ppb, np.maximum(shown, least_ppb)))


def threshold_of(score: Floats, membership: Floats, instrument: NDArray[np.int64], kinds: int) -> float:
    """Significance a sample must reach so that a record of pure background gives a false alarm in one record out of a hundred.

    Bonferroni over the effective number of samples n (1 - r) / (1 + r), r the lag-one correlation of background samples.
    """
    correlation = []
    for kind in range(kinds):
        quiet = np.where(membership > 0.5, np.clip(score, -3.0, 3.0), np.nan)[instrument == kind]
        pairs = quiet[1:] * quiet[:-1]
        if np.isfinite(pairs).sum() > 2:
            correlation.append(float(np.nanmean(pairs) / max(np.nanmean(quiet**2), 1e-9)))
    r = float(np.clip(np.mean(correlation), 0.0, 0.95)) if correlation else 0.0
    independent = max(len(score) * (1.0 - r) / (1.0 + r), 1.0)
    return NormalDist().inv_cdf(1.0 - FALSE_ALARMS / independent)


def detections_of(reading: Reading, log: GasLog, gas: str, signal: Signal) -> list[Detection]:
    """Connected runs of samples above the threshold, per instrument in time order."""
    score = signal.enhancement_ppb / signal.noise_ppb
    found = []
    for kind, name in enumerate(log.instruments):
        own = np.flatnonzero(log.instrument[signal.rows] == kind)
        own = own[np.argsort(log.t_s[signal.rows[own]], kind="stable")]
        above = score[own] > signal.threshold
        edges = np.flatnonzero(np.diff(np.concatenate(([False], above, [False]))))
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            found.append(_detection(reading, log, gas, name, signal, own[first:end]))
    return found


def _detection(reading: Reading, log: GasLog, gas: str, instrument: str, signal: Signal, run: NDArray[np.int64]) -> Detection:
    peak = run[np.argmax(signal.enhancement_ppb[run])]
    row = signal.rows[peak]
    height, noise = float(signal.enhancement_ppb[peak]), float(signal.noise_ppb[peak])
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) * noise
    middle = 0.5 * (log.start[row] + log.end[row])
    span = Span(float(log.t_s[signal.rows[run[0]]]), float(log.t_s[signal.rows[run[-1]]]), log.zero)
    level = (float(middle[2]), log.height_reference) if np.isfinite(middle[2]) else (None, None)
    place = Place(float(middle[0]), float(middle[1]), log.frame, *level)
    custody = Custody((reading.recording.digest,), METHOD, cathartes.__version__, {"false_alarms": FALSE_ALARMS})
    parts = (reading.recording.id, gas, instrument, repr(span.start_s), repr(span.end_s), METHOD, custody.version)
    return Detection(
        identifier("detection", parts), reading.recording.id, DetectionKind.GAS_PEAK, gas, instrument, span,
        Quantity(height, "ppb", height - half, height + half, LEVEL), height / noise, place, custody, reading.recording.markings,
    )  # fmt: skip


def coverage_of(reading: Reading, log: GasLog, gas: str, flight: Flight, signal: Signal | None) -> Coverage:
    """The smallest steady rate near the ground that some sample would have shown above the threshold, cell by cell."""
    west, south, step, columns, rows, frame = _grid(flight)
    limits: tuple[float | None, ...] = (None,) * (columns * rows)
    notes: tuple[Statement, ...] = (Statement("coverage.steady-ground-source", {"level": LEVEL}),)
    if least := flight.gas_log.least_significance:
        notes += (Statement("coverage.least-significance", {"least": number(least)}),)
    seen = None if signal is None else _usable(log, signal)
    if signal is not None and seen is not None and len(seen):
        limits = _limits(log, gas, flight, signal, seen, frame, (west, south, step, columns, rows))
    else:
        notes += (Statement("coverage.could-not-see", {"gas": gas}),)
    looked, blind = _spans(log, gas)
    corner_x, corner_y = frame.back(np.array([west]), np.array([south]))
    custody = Custody((reading.recording.digest,), METHOD, cathartes.__version__, {"log_model_error": LOG_MODEL_ERROR})
    return Coverage(
        identifier("coverage", (reading.recording.id, gas, METHOD, custody.version)), reading.recording.id, gas, frame.frame,
        (float(corner_x[0]), float(corner_y[0])), step, columns, rows, limits, LEVEL, looked, blind, notes, custody, flight.marking,
    )  # fmt: skip


def _grid(flight: Flight) -> tuple[float, float, float, int, int, LocalFrame]:
    """South-west corner (m), cell size, columns and rows of the grid over the search area, and its local frame."""
    frame, (west, south, east, north) = search_box(flight)
    width, depth = east - west, north - south
    step = max(width, depth) / CELLS
    return west, south, step, max(1, round(width / step)), max(1, round(depth / step)), frame


def _usable(log: GasLog, signal: Signal) -> NDArray[np.int64]:
    """Numbers of at most 400 samples of the signal, evenly spread, that have a place, a height above ground and a wind."""
    rows = signal.rows
    known = np.isfinite(log.start[rows]).all(axis=1) & np.isfinite(log.end[rows]).all(axis=1)
    usable = np.flatnonzero(known & (log.height_reference is HeightReference.AGL))
    return usable[np.unique(np.linspace(0, len(usable) - 1, min(COVERAGE_SAMPLES, len(usable))).astype(int))] if len(usable) else usable


def _limits(
    log: GasLog,
    gas: str,
    flight: Flight,
    signal: Signal,
    seen: NDArray[np.int64],
    frame: LocalFrame,
    grid: tuple[float, float, float, int, int],
) -> tuple[float | None, ...]:
    """Limit per cell: threshold over response, times the factor that a short mean falls below its model with 90 % certainty."""
    west, south, step, columns, rows = grid
    at = signal.rows[seen]
    x1, y1 = frame.metres(log.start[at, 0], log.start[at, 1])
    x2, y2 = frame.metres(log.end[at, 0], log.end[at, 1])
    paths = np.column_stack((x1, y1, log.start[at, 2], x2, y2, log.end[at, 2]))
    air = _air(log, at, flight, 0.5 * (paths[:, 2] + paths[:, 5]))
    if air is None:
        return (None,) * (columns * rows)
    winds, tables, lids = air
    scale = ppb_per_kg_h(gas, log.temperature_k[at], log.pressure_hpa[at], flight.air)
    needed = signal.threshold * signal.noise_ppb[seen]
    margin = float(np.exp(NormalDist().inv_cdf(LEVEL) * LOG_MODEL_ERROR))
    out, other, climbed, moment = np.empty(len(at)), np.empty(len(at)), np.empty(len(at)), np.arange(len(at))
    limits: list[float | None] = []
    for cell in range(columns * rows):
        source = np.array([west + (cell % columns + 0.5) * step, south + (cell // columns + 0.5) * step, 1.0])
        response(out, other, climbed, paths, winds, tables, moment, lids, source, np.zeros(3), 0.0, np.ones(3))
        best = float((scale * out / needed).max())
        limits.append(margin / best if best > 1e-9 else None)
    return tuple(limits)


def _air(log: GasLog, at: NDArray[np.int64], flight: Flight, height: Floats) -> tuple[Floats, Floats, Floats] | None:
    """Winds (n x 3), spread tables and lids at the samples; `None` where no wind is known. Wind is carried over short gaps."""
    known = np.isfinite(log.wind_u_m_s) & np.isfinite(log.wind_v_m_s)
    model = flight.wind.reanalysis
    if known.any() and flight.wind.kind != "reanalysis":
        order = np.flatnonzero(known)[np.argsort(log.t_s[known], kind="stable")]
        u, v = (np.interp(log.t_s[at], log.t_s[order], part[order]) for part in (log.wind_u_m_s, log.wind_v_m_s))
    elif model is not None:
        u, v, height = np.full(len(at), model.u10_m_s), np.full(len(at), model.v10_m_s), np.full(len(at), 10.0)
    else:
        return None
    length = np.where(np.isfinite(log.obukhov_length_m[at]), log.obukhov_length_m[at], 1e9)
    length = np.where(length < 0, np.minimum(length, -2.0), np.maximum(length, 2.0))
    lids = np.full(len(at), (model.mixing_height_m if model else None) or np.inf)
    speed, height = np.maximum(np.hypot(u, v), 0.05), np.maximum(height, 1.0)
    guess_v, guess_w = turbulence(speed, height, length, flight.terrain.roughness_m, log.friction_velocity_m_s[at], lids)
    sigma_v = np.maximum(np.where(np.isfinite(log.sigma_v_m_s[at]), log.sigma_v_m_s[at], guess_v), 0.05)
    sigma_w = np.maximum(np.where(np.isfinite(log.sigma_w_m_s[at]), log.sigma_w_m_s[at], guess_w), 0.02)
    tables = spread_table(speed, height, sigma_v, sigma_w, length, flight.terrain.roughness_m, lids)
    return np.column_stack((u, v, sigma_v)), tables, lids


def _spans(log: GasLog, gas: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """When at least one instrument gave values (looked) and when none did for more than three usual steps (blind)."""
    times = np.unique(log.t_s[np.isfinite(log.t_s)])
    seen = np.unique(log.t_s[np.isfinite(log.gases[gas]) & np.isfinite(log.t_s)])
    if not len(times):
        return (), ()
    whole = Span(float(times[0]), float(times[-1]), log.zero)
    if not len(seen):
        return (), (whole,)
    longest = 3.0 * float(np.median(np.diff(times))) if len(times) > 1 else np.inf
    edges = np.concatenate(([times[0]], seen, [times[-1]]))
    gaps = [(float(a), float(b)) for a, b in pairwise(edges) if b - a > longest]
    starts, ends = [float(seen[0]), *(b for _, b in gaps if b > seen[0])], [*(a for a, _ in gaps if a >= seen[0]), float(seen[-1])]
    looked = tuple(Span(a, b, log.zero) for a, b in zip(starts, ends, strict=False) if b >= a)
    return looked, tuple(Span(a, b, log.zero) for a, b in gaps)
