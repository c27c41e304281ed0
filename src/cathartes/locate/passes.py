"""From a moving instrument's samples to passes: short means, cut at turns, each with its own background and the wind's history.

What is missing is filled here or stated; no plume is computed here (see `crossing`), and fixed instruments are in `scene`.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
from scipy.special import erfc, erfcx, logsumexp

from cathartes.earth.background import difference_noise, floor_noise, walking_background
from cathartes.earth.gases import gas_named, ppb_per_kg_h
from cathartes.errors import BadInput
from cathartes.locate.aloft import WIND_STEP_S, air_of
from cathartes.locate.crossing import chances_of_notice, crossing_log_likelihoods, whiten
from cathartes.locate.samples import FEWEST_SAMPLES, Integers, Samples, at_floor, is_floor, usual_step
from cathartes.model import Flight, Statement
from cathartes.model.samples import Floats

MOST_BINS = 800
LONGEST_PASS_S = 120.0
TURN_RAD = np.radians(50.0)
TOGETHER_M = 100.0
DRIFT_LAGS_S = (20.0, 40.0)
STEADIEST = 320.0
LEVEL_SD_PPB = 300.0
# How far an instant's plume departs from a smooth shape, as a share of its strength.
ROUGHNESS_SHARE = 0.5
# Shares within the bands of `crossing.SHARES` that stand for them; the first is no plume.
WITHIN = (0.28, 0.43, 0.58, 0.73, 1.0)
WINGS = 8.0
STANDING_OUT = 2.0
OUT_OF_CALM, CALM_SHARE, CALMER = 4.0, 0.5, 0.98
# A crossing is worth so many independent looks at the plume's shape, however finely it was sampled.
LOOKS = 4.0
TRENDS = 2
BEND = 5.0
# A pass may be explained by no source at all with this chance.
SURPRISE = 1e-8
SURPRISE_WIDTHS = (1.5, 4.0, 10.0)
SURPRISE_STRENGTHS = (5.0, 20.0, 80.0)
WANDER_DEG, HILLY_WANDER_DEG = 3.0, 7.0


@dataclass(frozen=True, eq=False)
class Passes:
    """Bins of one or more moving instruments in time order (n), cut by `bounds` into passes.

    `place` and `motion` n x 3 (m, m/s); `y_ppb` less one level; `weight` one over variance (0 where blank); `white` the whitening
    with a plume's uneven variance, `calm` with noise alone; `drift` the background's random walk (ppb2/s); `stands` how far each bin
    stands out, over the sum of its squares in the pass; `standing` (passes x `SHARES`) log ratio of the densities of the data with the
    uneven variance of a plume that makes up such a share of what stands out and with noise alone; `doubted` (passes) log ratio under a
    plume from nowhere. `tables` stabilities x 19 x 3; `history` the wind's running integral (m) every `step_s`; `turned_rad`
    (stabilities) how much further anticlockwise the wind blows at the plume than where it was measured.
    """

    instrument: Integers
    names: tuple[str, ...]
    t_s: Floats
    place: Floats
    motion: Floats
    y_ppb: Floats
    noise_ppb: Floats
    bounds: Integers
    weight: Floats
    white: "Whitening"
    calm: "Whitening"
    drift: float
    stands: Floats
    standing: Floats
    doubted: Floats
    tables: Floats
    history: Floats
    start_s: float
    turned_rad: Floats
    bin_s: float
    scale: float
    lid_m: float
    delay_s: float
    lag_s: float
    wander_rad: float

    def mean_speed(self) -> float:
        """Speed of the mean wind over the flight (m/s), not below 0.5."""
        length = (len(self.history) - 1) * WIND_STEP_S
        return max(float(np.hypot(*(self.history[-1] - self.history[0]))) / length, 0.5)

    def log_likelihood(self, values: Floats) -> Floats:
        """Log likelihood ratio (to no source) of each row of physical `values` (draws x unknowns)."""
        out = np.zeros(len(values))
        self._run(out, np.empty((0, 0)), np.empty((0, 0)), values)
        return np.where(np.isnan(out), -np.inf, out)

    def expected(self, values: Floats) -> tuple[Floats, Floats]:
        """Mean signal given the data (draws x bins, ppb) and what each pass gained (draws x passes) for rows of `values`."""
        fitted, gained = np.zeros((len(values), len(self.t_s))), np.zeros((len(values), len(self.bounds) - 1))
        self._run(np.zeros(len(values)), fitted, gained, values)
        return fitted, gained

    def without_background(self, signal_ppb: Floats) -> Floats:
        """The measurements (n, ppb) less each pass's most probable background under a signal (n, ppb)."""
        measured = np.empty_like(signal_ppb)
        for first, last in pairwise(self.bounds):
            rows = slice(first, last)
            t, shape = self.t_s[rows], trends(last - first)
            walk = self.drift * np.minimum(t[:, None], t[None, :]) - self.drift * t[0]
            spread = walk + LEVEL_SD_PPB**2 * (shape @ shape.T)
            known = np.flatnonzero(self.weight[rows] > 0.0)
            error = np.diag(1.0 / self.weight[rows][known])
            above = self.y_ppb[rows] - signal_ppb[rows]
            measured[rows] = self.y_ppb[rows] - spread[:, known] @ np.linalg.solve(spread[np.ix_(known, known)] + error, above[known])
        return measured

    def chances_of_notice(self, cells: Floats, rates_kg_h: Floats, height_m: float, threshold: float, air: Floats) -> Floats:
        """Chance (cells x rates) that a source there, alone, would stand `threshold` standard deviations out of some pass.

        `cells` n x 2 (m); `air` draws of the shared unknowns (draws x `SHARED`).
        """
        out = np.empty((len(cells), len(rates_kg_h)))
        asked = (cells, rates_kg_h, height_m, threshold, np.ascontiguousarray(air))
        white = (self.calm.gain, self.calm.root, self.calm.trend)
        chances_of_notice(out, *asked, self.bounds, self.t_s, self.place, self.motion, *white, *self._air_and_instrument())
        return out

    def _air_and_instrument(self) -> tuple[Floats | float, ...]:
        """What the kernels take last: spreads, wind, bins, and what the instrument does."""
        middle, span = 0.5 * float(self.t_s.min() + self.t_s.max()), max(float(np.ptp(self.t_s)), 1.0)
        return (
            self.tables, self.history, self.start_s, WIND_STEP_S, self.bin_s, self.scale, self.lid_m, self.delay_s, self.lag_s,
            self.wander_rad, middle, span,
        )  # fmt: skip

    def _run(self, out: Floats, fitted: Floats, gained: Floats, values: Floats) -> None:
        white = (self.white.cleaned, self.white.gain, self.white.root, self.white.trend, self.stands, self.standing, self.doubted)
        given = (np.ascontiguousarray(values), self.bounds, self.t_s, self.place, self.motion)
        crossing_log_likelihoods(out, fitted, gained, *given, *white, *self._air_and_instrument(), SURPRISE)


def passes_of(samples: Samples, gas: str, flight: Flight) -> tuple[Passes, tuple[Statement, ...]]:
    """The passes of moving `samples`, and what was assumed. Raises `BadInput` where no wind is known, or too little is left.

    A reading at the instrument's floor lies between nothing and the floor: it stands here as the middle of that, with the error of
    an even chance over it at least, so that a plume far above the floor is ruled out and one near it is not.
    """
    floor_ppb = flight.gas_log.floor_ppb
    samples, lowest = at_floor(samples, floor_ppb, gas_named(gas).background_ppb)
    low = is_floor(samples.y_ppb, floor_ppb)
    samples = merged(replace(samples, y_ppb=samples.y_ppb - 0.5 * low * (floor_ppb or 0.0)))
    bin_s = bin_length(samples)
    t_s, instrument, place, y, count = binned(samples, bin_s)
    known = count > 0
    if known.sum() < FEWEST_SAMPLES:
        raise BadInput(f"{int(known.sum())} means of {bin_s:.0f} s hold a value and {FEWEST_SAMPLES} are needed: could not see")
    motion = velocity(place, t_s, instrument)
    bounds = cuts(t_s, instrument, motion, bin_s)
    noise = noise_of(t_s, y, instrument, count, flight.gas_log.noise_ppb)
    noise = np.maximum(noise, floor_noise(0.0, floor_ppb)) if floor_ppb and low.any() else noise
    drift, level = first_background(t_s, y, noise, instrument, known)
    excess = np.where(known, np.maximum(np.nan_to_num(y - level) - STANDING_OUT * noise, 0.0), 0.0)
    rough = roughness(excess, bounds)
    above = np.where(known, y - np.nanmedian(y), 0.0)
    white, calm, standing = uneven(above, known, noise, rough, bounds, t_s, drift)
    weight = np.where(known, 1.0 / (noise**2 + rough**2), 0.0)
    stands = out_of_background(np.where(known & (rough > 0.0), np.nan_to_num(y - level), 0.0), bounds)
    air, notes = air_of(samples, flight, t_s)
    notes += lowest
    scale = float(ppb_per_kg_h(gas, samples.temperature_k, samples.pressure_hpa, flight.air).mean())
    hilly = flight.terrain.dem is not None
    if len(samples.t_s) > known.sum():
        notes += (Statement("locate.averaged", {"kept": int(known.sum()), "of": len(samples.t_s), "window_s": bin_s}),)
    return Passes(
        instrument, samples.names, t_s, place, motion, above, noise, bounds, weight, white, calm, drift, stands, standing,
        standing[:, -1] + surprises(white, bounds, float(np.median(noise))), *air, bin_s, scale,
        (flight.wind.reanalysis.mixing_height_m or np.inf) if flight.wind.reanalysis else np.inf,
        flight.gas_log.delay_s, flight.gas_log.lag_s, float(np.radians(HILLY_WANDER_DEG if hilly else WANDER_DEG)),
    ), notes  # fmt: skip


def merged(samples: Samples) -> Samples:
    """Instruments that flew together (one air, one plume, one error) as one, each less its own median; others stay apart."""
    group = {0: 0}
    for kind in range(1, len(samples.names)):
        group[kind] = next((group[other] for other in range(kind) if _apart(samples, kind, other) < TOGETHER_M), kind)
    leader = np.array([group[kind] for kind in range(len(samples.names))])
    present = np.unique(samples.instrument)
    level = np.zeros(len(samples.names))
    level[present] = [np.median(samples.y_ppb[samples.instrument == kind]) for kind in present]
    y = samples.y_ppb + (level[leader] - level)[samples.instrument]
    return replace(samples, y_ppb=y, instrument=leader[samples.instrument])


def _apart(samples: Samples, kind: int, other: int) -> float:
    """Median distance (m) of two instruments at the times both have; infinite where they share none."""
    one, two = (np.flatnonzero(samples.instrument == number) for number in (kind, other))
    _, i, j = np.intersect1d(samples.t_s[one], samples.t_s[two], return_indices=True)
    gap = samples.paths[one[i], :2] - samples.paths[two[j], :2]
    return float(np.median(np.hypot(*gap.T))) if len(i) else np.inf


def bin_length(samples: Samples) -> float:
    """Seconds per bin: the log's own step, or as many as keep the bins few enough to search with."""
    span = sum(np.ptp(samples.t_s[samples.instrument == kind]) for kind in np.unique(samples.instrument))
    return max(usual_step(samples), float(np.ceil(span / MOST_BINS)))


def binned(samples: Samples, bin_s: float) -> tuple[Floats, Integers, Floats, Floats, Integers]:
    """Bins of each instrument one after the other: middle time, instrument, place (n x 3), mean ppb (NaN where none), count.

    Bins without a value keep their place, interpolated along the track, up to a gap of a minute; longer gaps are left out.
    """
    parts = []
    for kind in np.unique(samples.instrument):
        here = samples.take(samples.instrument == kind)
        cell = np.floor((here.t_s - here.t_s[0]) / bin_s + 1e-9).astype(np.int64)
        count = np.bincount(cell)
        middle = here.t_s[0] + (np.arange(len(count)) + 0.5) * bin_s
        track = 0.5 * (here.paths[:, :3] + here.paths[:, 3:])
        place = np.column_stack([np.interp(middle - 0.5 * usual_step(here), here.t_s, track[:, axis]) for axis in range(3)])
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.bincount(cell, here.y_ppb) / count
        gap = np.diff(here.t_s, append=here.t_s[-1])[np.maximum(np.searchsorted(here.t_s, middle, side="right") - 1, 0)]
        near = (count > 0) | (gap <= 0.5 * LONGEST_PASS_S)
        parts.append((middle[near], np.full(near.sum(), kind), place[near], mean[near], count[near]))
    joined = [np.concatenate([part[column] for part in parts]) for column in range(5)]
    return joined[0], joined[1], joined[2], joined[3], joined[4]


def velocity(place: Floats, t_s: Floats, instrument: Integers) -> Floats:
    """Velocity over ground (n x 3, m/s) by central differences within each instrument."""
    motion = np.zeros_like(place)
    for kind in np.unique(instrument):
        here = instrument == kind
        if here.sum() > 1:
            motion[here] = np.gradient(place[here], t_s[here], axis=0)
    return motion


def cuts(t_s: Floats, instrument: Integers, motion: Floats, bin_s: float) -> Integers:
    """Bounds of passes: a new one at a turn of 50 degrees, after two minutes, at a gap and at another instrument."""
    heading = np.arctan2(motion[:, 1], motion[:, 0])
    bounds = [0]
    for i in range(1, len(t_s)):
        first = bounds[-1]
        turned = abs((heading[i] - heading[first] + np.pi) % (2.0 * np.pi) - np.pi)
        gap = t_s[i] - t_s[i - 1] > 2.5 * bin_s or instrument[i] != instrument[i - 1]
        long = t_s[i] - t_s[first] > LONGEST_PASS_S
        if gap or long or (turned > TURN_RAD and i - first > 2):
            bounds.append(i)
    return np.array([*bounds, len(t_s)], dtype=np.int64)


def noise_of(t_s: Floats, y: Floats, instrument: Integers, count: Integers, stated_ppb: float | None) -> Floats:
    """Noise (ppb) of each bin: what was stated, averaged, but no less than the log itself shows."""
    noise = np.ones(len(y))
    for kind in np.unique(instrument):
        every = instrument == kind
        here = every & (count > 0)
        seen = difference_noise(t_s[here], y[here])
        noise[every] = seen if stated_ppb is None else np.maximum(stated_ppb / np.sqrt(np.maximum(count[every], 1)), seen)
    return noise


def first_background(t_s: Floats, y: Floats, noise: Floats, instrument: Integers, known: NDArray[np.bool_]) -> tuple[float, Floats]:
    """Variance per second (ppb2/s) of the background's random walk and a first level (ppb) of each bin.

    Only to tell what stands out: each pass's own background is integrated out later. Strong plumes on many passes look like a
    restless background, which then follows their flanks: so both are found again from the calm bins alone, those with nothing standing
    out in them or beside them, as long as the walk grows calmer and half of the bins of every instrument stay.
    """
    calm, drift, bins = known, drift_rate(t_s[known], y[known], noise[known]), np.bincount(instrument[known])
    while True:
        level = level_between(t_s, y, noise, instrument, calm, drift)
        above = known & (np.nan_to_num(y - level) > OUT_OF_CALM * noise)
        calm = known & ~binary_dilation(above)
        if (np.bincount(instrument[calm], minlength=len(bins)) < CALM_SHARE * bins).any():
            return drift, level
        calmer = drift_rate(t_s[calm], y[calm], noise[calm])
        if calmer > CALMER * drift:
            return drift, level
        drift = calmer


def level_between(t_s: Floats, y: Floats, noise: Floats, instrument: Integers, calm: NDArray[np.bool_], drift: float) -> Floats:
    """Background (ppb) of each bin, estimated from the calm ones of its instrument and interpolated between them."""
    level = np.zeros(len(y))
    for kind in np.unique(instrument):
        here, every = np.flatnonzero((instrument == kind) & calm), np.flatnonzero(instrument == kind)
        level[every] = np.interp(t_s[every], t_s[here], walking_background(t_s[here], y[here], noise[here], drift))
    return level


def roughness(excess: Floats, bounds: Integers) -> Floats:
    """How far (ppb) an instant's plume may depart from a smooth one in each bin: alike all over a crossing, and fading beside it.

    A crossing is a run of bins that stand out, with the bins to either side and gaps of one filled. The error is a share of its
    root mean square, not of each bin's own reading: that would trust the low bins of a patchy plume most, and come out low. Beside
    the run, to the ends of the pass, it falls by `WINGS` for every length of the run: no real plume has a Gaussian's edges.
    """
    stands = excess > 0.0
    stands[1:-1] |= stands[:-2] & stands[2:]
    inside = binary_dilation(stands)
    first = inside & ~np.concatenate(([False], inside[:-1]))
    first[bounds[:-1]] |= inside[bounds[:-1]]
    run = np.cumsum(first)
    length = np.bincount(run, inside)
    square = np.bincount(run, np.where(inside, excess**2, 0.0)) / np.maximum(length, 1.0)
    error = ROUGHNESS_SHARE * np.sqrt(square * np.maximum(length / LOOKS, 1.0))
    rough = np.where(inside, error[run], 0.0)
    for start, stop in pairwise(bounds):
        for number in np.unique(run[start:stop][inside[start:stop]]):
            own = start + np.flatnonzero(inside[start:stop] & (run[start:stop] == number))
            beside = np.maximum(np.maximum(own[0] - np.arange(start, stop), np.arange(start, stop) - own[-1]), 0)
            np.maximum(rough[start:stop], error[number] * WINGS ** -(beside / len(own)), out=rough[start:stop])
    return rough


def out_of_background(excess: Floats, bounds: Integers) -> Floats:
    """The excess over the sum of its squares in each pass: its product with a plume is the share of it that the plume makes up."""
    out = np.zeros(len(excess))
    for first, last in pairwise(bounds):
        square = float(excess[first:last] @ excess[first:last])
        if square > 0.0:
            out[first:last] = excess[first:last] / square
    return out


def uneven(
    y: Floats, known: NDArray[np.bool_], noise: Floats, rough: Floats, bounds: Integers, t_s: Floats, drift: float
) -> tuple["Whitening", "Whitening", Floats]:
    """The whitenings with a plume's uneven variance and with noise alone, and `Passes.standing`: never less for a larger share."""
    whitened = [whitening(y, np.where(known, 1.0 / (noise**2 + (share * rough) ** 2), 0.0), bounds, t_s, drift) for share in (0.0, *WITHIN)]
    density = np.column_stack([white.log_density for white in whitened])
    return whitened[-1], whitened[0], np.maximum.accumulate(density - density[:, :1], axis=1)


def drift_rate(t_s: Floats, y: Floats, noise: Floats) -> float:
    """Variance per second (ppb2/s) of the background's random walk, the faster of two lags; medians, as plumes are rarer.

    From second differences: of a walk of variance D per second y(t + 2 s) - 2 y(t + s) + y(t) has the variance 2 D s. What rises or
    falls steadily for a minute or two, as a broad far plume or a climb, drops out of them: it is no walk, and each pass's own slope
    and bend take it up. The chance by which the noise alone makes such a median larger comes off (a variance from the median of n
    numbers, every other one independent, is good to 3.3 / sqrt(n)). Never steadier than a walk that gathers the noise's variance in
    `STEADIEST` seconds.
    """
    order = np.argsort(t_s)
    t, y = t_s[order], y[order]
    white, step = float(np.median(noise)) ** 2, max(float(np.median(np.diff(t))), 1e-3)
    rates = [white / STEADIEST]
    for wanted_s in DRIFT_LAGS_S:
        lag_s = max(np.round(wanted_s / step), 1.0) * step
        bent = (np.interp(t + 2.0 * lag_s, t, y) - 2.0 * np.interp(t + lag_s, t, y) + y)[t <= t[-1] - 2.0 * lag_s]
        if len(bent):
            noisy = 6.0 * white * (1.0 + 3.3 / np.sqrt(len(bent)))
            rates.append(((1.4826 * float(np.median(np.abs(bent)))) ** 2 - noisy) / (2.0 * lag_s))
    return max(rates)


@dataclass(frozen=True, eq=False)
class Whitening:
    """What `crossing.whiten` needs, per bin, the data whitened, and the log density of the data (per pass)."""

    gain: Floats
    root: Floats
    trend: Floats
    cleaned: Floats
    log_density: Floats


def whitening(y: Floats, weight: Floats, bounds: Integers, t_s: Floats, drift: float) -> Whitening:
    """Each pass on its own: a level that may be anything, walking at random, and a slope and bend that may be anything."""
    gain, root, log_density = np.zeros(len(y)), np.zeros(len(y)), np.zeros(len(bounds) - 1)
    trend, cleaned = np.zeros((len(y), TRENDS)), y.copy()
    for number, (first, last) in enumerate(pairwise(bounds)):
        rows = slice(first, last)
        gain[rows], root[rows] = filter_gains(weight[rows], t_s[rows], drift)
        raw = trends(last - first)[:, 1:]
        none = np.zeros((last - first, 0))
        whiten(raw, 0, gain[rows], root[rows], none)
        # A bend of a few walks' size: broad far plumes bend too, and must not be taken for background altogether.
        size = np.array([LEVEL_SD_PPB, BEND * np.sqrt(drift * max(float(np.ptp(t_s[rows])), 1.0))])
        lower = np.linalg.cholesky(np.diag(1.0 / size**2) + raw.T @ raw)
        taken = np.linalg.solve(lower, raw.T).T
        whiten(cleaned[rows, None], 0, gain[rows], root[rows], none)
        lost = taken.T @ cleaned[rows]
        square = float(cleaned[rows] @ cleaned[rows] - lost @ lost)
        known = root[rows] > 0.0
        log_density[number] = np.log(root[rows][known]).sum() - np.log(np.diag(lower)).sum() - 0.5 * square
        # Taken out of data and template alike, a trend counts twice: its root is taken out of each.
        across, share, _ = np.linalg.svd(taken, full_matrices=False)
        trend[rows, : len(share)] = across * np.sqrt(1.0 - np.sqrt(np.maximum(1.0 - share**2, 0.0)))
        cleaned[rows] -= trend[rows] @ (trend[rows].T @ cleaned[rows])
    return Whitening(gain, root, trend, cleaned, log_density)


def trends(bins: int) -> Floats:
    """Level, slope and bend over a pass (bins x `TRENDS` + 1): Legendre polynomials from -1 to 1."""
    return np.asarray(legvander(np.linspace(-1.0, 1.0, bins), TRENDS))


def filter_gains(weight: Floats, t_s: Floats, drift: float) -> tuple[Floats, Floats]:
    """Gain and one over the innovation's standard deviation of a random walk's Kalman filter; both 0 where a bin is blank."""
    gain, root = np.zeros(len(weight)), np.zeros(len(weight))
    variance = LEVEL_SD_PPB**2
    for i, precision in enumerate(weight):
        variance += drift * (t_s[i] - t_s[i - 1]) if i else 0.0
        if precision > 0.0:
            total = variance + 1.0 / precision
            gain[i], root[i] = variance / total, total**-0.5
            variance -= gain[i] * variance
    return gain, root


def surprises(white: Whitening, bounds: Integers, noise: float) -> Floats:
    """Log likelihood ratio of each pass to nothing, under one bump anywhere in it, of any width and strength."""
    found = np.zeros(len(bounds) - 1)
    for number, (first, last) in enumerate(pairwise(bounds)):
        rows = slice(first, last)
        at = np.arange(last - first)
        values = []
        for width in SURPRISE_WIDTHS:
            bumps = np.exp(-0.5 * ((at[:, None] - at[None, :]) / width) ** 2)
            whiten(bumps, 0, white.gain[rows], white.root[rows], white.trend[rows])
            b, g = white.cleaned[rows] @ bumps, np.maximum((bumps**2).sum(axis=0), 1e-12)
            values += [bump_log_ratio(b, g, factor * noise) for factor in SURPRISE_STRENGTHS]
        found[number] = logsumexp(values) - np.log(np.size(values))
    return found


def bump_log_ratio(b: Floats, g: Floats, strength: float) -> Floats:
    """Log likelihood ratio of a bump of exponential strength (ppb), from its products with the data and with itself."""
    slope = b - 1.0 / strength
    return np.asarray(0.5 * np.log(np.pi / (2.0 * g)) + log_erfcx(-slope / np.sqrt(2.0 * g)) - np.log(strength))


def log_erfcx(x: Floats) -> Floats:
    """Log of exp(x^2) erfc(x) without overflow."""
    return np.asarray(np.where(x > 0.0, np.log(erfcx(np.maximum(x, 0.0))), x**2 + np.log(erfc(np.minimum(x, 0.0)))))
