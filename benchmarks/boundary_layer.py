"""The air below a simulated aircraft and the gas that particles carry through it: a boundary layer with a lid, wind that turns with
height, drifts and bends round hills, eddies that move all particles together, and small turbulence that each particle has for itself.

`aircraft.py` draws the scenes and writes them. There is no plume or puff formula here, and no code of the inversion.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.signal import lfilter
from surface_layer import VON_KARMAN, Counts, Floats, momentum_gradient, scalar_gradient, wander

TICK_S = 5.0
"""Step of the series of the mean wind and of the rates."""
LEVELS = 64
"""Heights of the tabulated profiles, even in the square root of height from the ground to the lid."""
FLOOR_M = 2.0
"""Turbulence is taken as constant below this height, which keeps the particles' steps above a tenth of a second."""
EDDY_CELLS = 128
"""The eddies repeat after this many cells in each direction; they have changed by the time that they come round."""
ROTATIONAL_EAST, ROTATIONAL_NORTH, CONVERGING_EAST, CONVERGING_NORTH, UPDRAUGHT = range(5)
"""Fields of an eddy: horizontal without convergence, horizontal that feeds the updraughts, and the updraughts, each in two phases."""
HILL_DEPTH_M = 400.0
"""The hills' effect on the wind fades over this height."""
KERNEL_M, KERNEL_MOST_M, KERNEL_GROWTH = 20.0, 80.0, 0.12
"""Least and most horizontal standard deviation of the kernel that counts a particle; it grows by this share of what the small
turbulence alone would spread, so that it stays well within the plume. Its height grows likewise, within `KERNEL_DEPTH`."""
KERNEL_DEPTH = 0.05
"""Most height of the kernel over that of the layer."""
REACH = 3.0
"""A kernel is cut at this many standard deviations."""
STEPS_S = (0.25, 5.0)
STEP_SHARE = 0.25
"""Shortest and longest step of a particle, and its share of the vertical time scale between them."""
PASSED_M, WINDOW_S = 500.0, 60.0
"""A particle this far downwind of all that the aircraft will still visit, looked up every `WINDOW_S`, is let go."""
BIN_S = 30.0
"""Width of the release-time bins in which the pilot particles say where the aircraft meets the gas."""


class Layer(NamedTuple):
    """A boundary layer: friction velocity, inverse Obukhov length, height of the lid, roughness, veer from ground to lid."""

    friction_m_s: float
    inverse_obukhov: float
    height_m: float
    roughness_m: float
    veer_rad: float


class Flow(NamedTuple):
    """The air as the particles see it, in arrays that a compiled kernel reads.

    `profile`, levels x 6: speed (m/s), veer (rad), standard deviation of the large horizontal eddies and of the small ones (m/s),
    variance of the small vertical motion, its time scale (s). `series`, ticks from `start_s` on x 4: how far the eddies have been
    carried (x, y), where the mean wind at the ground blows to (rad, anticlockwise from east), factor of its speed. `eddies`, cells x
    cells x phases x fields. `hills`, rows (y up) x columns x 4, from `hills_corner_m` up and right: change of (u, v) per unit of mean
    wind to the east, then to the north.
    """

    height_m: float
    profile: Floats
    start_s: float
    series: Floats
    eddies: Floats
    eddy_step_m: float
    turnover_s: float
    updraught_m_s: float
    small_memory_s: float
    hills: Floats
    hills_corner_m: float
    hills_step_m: float


class Track(NamedTuple):
    """Where the aircraft is every second from 0 s on, its top speed, and for every `WINDOW_S` the box of all that it will still visit."""

    x_m: Floats
    y_m: Floats
    z_m: Floats
    top_speed_m_s: float
    ahead: Floats


def profiles(layer: Layer, large_share: float, updraught_m_s: float, schmidt: float) -> Floats:
    """The profiles of a `Flow`. `large_share` of the horizontal variance belongs to the large eddies.

    Shear: Högström (1988), fading to the lid. Horizontal variance: Panofsky et al. (1977) where unstable, else 1.9 u* falling to the lid.
    Vertical variance: Lenschow et al. (1980) plus the mechanical part; time scale from the surface layer's diffusivity, at most that of
    an eddy as deep as the layer (Hanna 1982).
    """
    z = layer.height_m * (np.arange(LEVELS) / (LEVELS - 1)) ** 2
    above, part = np.maximum(z, FLOOR_M), z / layer.height_m
    heating = max(-layer.inverse_obukhov * layer.height_m, 0.0)
    fading = np.maximum(1 - part, 0.15)
    lateral = layer.friction_m_s * ((12 + 0.5 * heating) ** (1 / 3) if heating > 1 else 1.9 * fading**0.75)
    rising = 1.8 * (heating / VON_KARMAN) ** (2 / 3) * (above / layer.height_m) ** (2 / 3) * (1 - 0.8 * part) ** 2
    variance = layer.friction_m_s**2 * (rising + 1.25**2 * fading**1.5)
    small = np.maximum(variance - (updraught_m_s * np.sin(np.pi * part)) ** 2, 0.3 * variance)
    diffusivity = VON_KARMAN * layer.friction_m_s * above / (schmidt * scalar_gradient(above * layer.inverse_obukhov))
    time_scale = np.minimum(diffusivity / variance, 0.15 * layer.height_m / np.sqrt(variance))
    lateral = np.broadcast_to(lateral, z.shape)
    columns = (
        mean_speed(layer, z), layer.veer_rad * part, np.sqrt(large_share) * lateral, np.sqrt(1 - large_share) * lateral, small, time_scale
    )  # fmt: skip
    return np.column_stack(columns)


def mean_speed(layer: Layer, z_m: Floats) -> Floats:
    """Mean wind: the shear u* phi_m / (k z), fading linearly to the lid, summed up from the roughness length."""
    z = np.geomspace(layer.roughness_m, layer.height_m, 400)
    shear = layer.friction_m_s / VON_KARMAN * momentum_gradient(z * layer.inverse_obukhov) * (1 - z / layer.height_m)
    speed = np.concatenate(([0.0], np.cumsum((shear[1:] + shear[:-1]) / 2 * np.diff(np.log(z)))))
    return np.interp(z_m, z, speed)


def mean_wind(rng: np.random.Generator, start_s: float, end_s: float, toward_rad: float, carried_m_s: float, restless: float) -> Floats:
    """The `series` of a `Flow`: a trend and slow wandering of direction and speed, `restless` times the usual."""
    count = int((end_s - start_s) / TICK_S) + 2
    hours = (start_s + np.arange(count) * TICK_S) / 3600
    wandering = np.radians(6) * wander(rng, count, TICK_S, 1500) + np.radians(12) * rng.normal() * (hours - 0.3)
    factor = np.clip(1 + restless * (0.08 * wander(rng, count, TICK_S, 1500) + 0.15 * rng.normal() * (hours - 0.3)), 0.5, 1.6)
    toward = toward_rad + restless * wandering
    velocity = carried_m_s * factor * np.exp(1j * toward) * TICK_S
    carried = np.concatenate(([0], np.cumsum(velocity)[:-1]))
    return np.column_stack((carried.real, carried.imag, toward, factor))


def eddy_fields(rng: np.random.Generator, layer_height_m: float, step_m: float) -> Floats:
    """Two phases of random eddies, periodic, of unit variance: a spectrum of -5/3 below some twice the layer's height, flat above it.

    The rotational pair has no divergence; the converging pair is the gradient that feeds updraughts of a sine shape between ground and
    lid, so that the whole moves no air out of nowhere.
    """
    k = 2 * np.pi * np.fft.fftfreq(EDDY_CELLS, step_m)
    east, north = np.meshgrid(k, k)
    size = np.hypot(east, north)
    size[0, 0] = np.inf
    fields = np.empty((EDDY_CELLS, EDDY_CELLS, 2, 5))
    for phase in range(2):
        stream = waves(rng, size, 2 * np.pi / (2.5 * layer_height_m)) / size
        updraught = waves(rng, size, 2 * np.pi / (1.5 * layer_height_m))
        feeding = -np.pi / layer_height_m * updraught / size**2
        for field, spectrum in enumerate(
            (1j * north * stream, -1j * east * stream, -1j * east * feeding, -1j * north * feeding, updraught)
        ):
            fields[:, :, phase, field] = np.fft.ifft2(spectrum).real
    fields[..., :2] /= fields[..., :2].std()
    fields[..., 2:] /= fields[..., UPDRAUGHT].std()
    return fields


def waves(rng: np.random.Generator, size: Floats, peak: float) -> Floats:
    """Random amplitudes of a plane's waves: energy per wavenumber flat up to `peak` and falling with the power -5/3 above it."""
    amplitude = np.sqrt(np.minimum(1.0, (size / peak) ** (-5 / 3)) / size)
    amplitude[size > 0.6 * size[np.isfinite(size)].max() / np.sqrt(2)] = 0
    return np.asarray(amplitude * np.fft.fft2(rng.normal(size=size.shape)))


@njit(cache=True)
def mix(table, part, row, column):  # type: ignore[no-untyped-def]  # numba infers the types of a kernel
    """Linear interpolation in a table between two rows."""
    return table[row, column] * (1 - part) + table[row + 1, column] * part


@njit(cache=True)
def level_of(z, height_m):  # type: ignore[no-untyped-def]
    """Row of the profiles below a height, and how far the height is towards the next."""
    root = np.sqrt(max(min(z / height_m, 1.0), 0.0)) * (LEVELS - 1)
    level = min(int(root), LEVELS - 2)
    return level, (root * root - level * level) / (2 * level + 1)


@njit(cache=True)
def velocity(flow, t, x, y, z):  # type: ignore[no-untyped-def]
    """The air's velocity (u, v, w) but for the small turbulence: mean wind, hills, large eddies."""
    level, part = level_of(z, flow.height_m)
    place = (t - flow.start_s) / TICK_S
    tick = min(max(int(place), 0), len(flow.series) - 2)
    ahead = place - tick
    speed = mix(flow.profile, part, level, 0) * mix(flow.series, ahead, tick, 3)
    toward = mix(flow.series, ahead, tick, 2) - mix(flow.profile, part, level, 1)
    east, north = speed * np.cos(toward), speed * np.sin(toward)
    u, v = east, north
    if len(flow.hills) > 1:
        across, up = (x - flow.hills_corner_m) / flow.hills_step_m, (y - flow.hills_corner_m) / flow.hills_step_m
        column = min(max(int(across), 0), flow.hills.shape[1] - 2)
        row = min(max(int(up), 0), flow.hills.shape[0] - 2)
        across, up = min(max(across - column, 0.0), 1.0), min(max(up - row, 0.0), 1.0)
        fade = np.exp(-z / HILL_DEPTH_M)
        for one in range(4):
            bend = (
                (flow.hills[row, column, one] * (1 - across) + flow.hills[row, column + 1, one] * across) * (1 - up)
                + (flow.hills[row + 1, column, one] * (1 - across) + flow.hills[row + 1, column + 1, one] * across) * up
            )  # fmt: skip
            wind = east if one < 2 else north
            if one % 2 == 0:
                u += fade * wind * bend
            else:
                v += fade * wind * bend
    right = (x - mix(flow.series, ahead, tick, 0)) / flow.eddy_step_m
    up = (y - mix(flow.series, ahead, tick, 1)) / flow.eddy_step_m
    column, row = int(np.floor(right)), int(np.floor(up))
    right, up = right - column, up - row
    column, row = column % EDDY_CELLS, row % EDDY_CELLS
    column_on, row_on = (column + 1) % EDDY_CELLS, (row + 1) % EDDY_CELLS
    swirl = mix(flow.profile, part, level, 2)
    height = np.pi * min(z / flow.height_m, 1.0)
    feed, lift = flow.updraught_m_s * np.cos(height), flow.updraught_m_s * np.sin(height)
    w = 0.0
    for phase in range(2):
        turn = np.cos(t / flow.turnover_s) if phase == 0 else np.sin(t / flow.turnover_s)
        for cell in range(4):
            here = flow.eddies[row if cell < 2 else row_on, column if cell % 2 == 0 else column_on, phase]
            share = turn * (1 - up if cell < 2 else up) * (1 - right if cell % 2 == 0 else right)
            u += share * (swirl * here[ROTATIONAL_EAST] + feed * here[CONVERGING_EAST])
            v += share * (swirl * here[ROTATIONAL_NORTH] + feed * here[CONVERGING_NORTH])
            w += share * lift * here[UPDRAUGHT]
    return u, v, w


@njit(cache=True)
def carry(seed, flow, track, leave_s, mass_kg, place, height_m, first_s, bins):  # type: ignore[no-untyped-def]
    """Concentration (kg/m3) at the aircraft every second, its variance from the number of particles, and the sum in each release bin.

    Particle by particle: leaves `place` (x, y) at `height_m` at `leave_s` weighing `mass_kg`. Vertical small turbulence: the well-mixed
    Langevin model of Thomson (1987) in one dimension with the large eddies' vertical motion in its drift; horizontal: Langevin with one
    time scale. Ground and lid reflect. Every second, a Gaussian kernel with its images in ground and lid counts the particle.
    """
    np.random.seed(seed)
    samples = len(track.x_m)
    found, variance, met = np.zeros(samples), np.zeros(samples), np.zeros(bins)
    lowest, middle = 0.5, LEVELS // 3
    grow_m_s = KERNEL_GROWTH * flow.profile[middle, 3]
    grow_z_m_s = KERNEL_GROWTH * np.sqrt(flow.profile[middle, 4])
    for particle in range(len(leave_s)):
        t, x, y, z = leave_s[particle], place[0], place[1], height_m[particle]
        level, part = level_of(z, flow.height_m)
        a, b = np.random.normal(), np.random.normal()
        w = np.random.normal() * np.sqrt(mix(flow.profile, part, level, 4))
        look = max(0, int(np.ceil(t)))
        born = t
        while t < samples - 1:
            level, part = level_of(z, flow.height_m)
            spread = mix(flow.profile, part, level, 3)
            small = mix(flow.profile, part, level, 4)
            low, high = flow.height_m * (level / (LEVELS - 1)) ** 2, flow.height_m * ((level + 1) / (LEVELS - 1)) ** 2
            slope = (flow.profile[level + 1, 4] - flow.profile[level, 4]) / (high - low)
            scale = mix(flow.profile, part, level, 5)
            step = min(max(STEP_SHARE * scale, STEPS_S[0]), STEPS_S[1])
            east, north, rise = velocity(flow, t, x, y, z)
            fade = np.exp(-step / scale)
            w = fade * w + np.sqrt(small * (1 - fade * fade)) * np.random.normal() + 0.5 * (1 + w * (w + rise) / small) * slope * step
            fade = np.exp(-step / flow.small_memory_s)
            kick = np.sqrt(1 - fade * fade)
            a, b = fade * a + kick * np.random.normal(), fade * b + kick * np.random.normal()
            x_on, y_on, z_on = x + (east + spread * a) * step, y + (north + spread * b) * step, z + (rise + w) * step
            if z_on < lowest:
                z_on, w = 2 * lowest - z_on, -w
            if z_on > flow.height_m:
                z_on, w = 2 * flow.height_m - z_on, -w
            z_on = min(max(z_on, lowest), flow.height_m)
            while look < samples and look <= t + step:
                share = (look - t) / step
                px, py, pz = x + (x_on - x) * share, y + (y_on - y) * share, z + (z_on - z) * share
                wide = min(KERNEL_M + grow_m_s * (look - born), KERNEL_MOST_M)
                far = (px - track.x_m[look]) ** 2 + (py - track.y_m[look]) ** 2
                if far > (REACH * wide) ** 2:
                    # Nothing can happen before aircraft and particle have closed the distance at their top speeds.
                    look += max(1, int((np.sqrt(far) - REACH * KERNEL_MOST_M) / (track.top_speed_m_s + 25)))
                    continue
                up = track.z_m[look]
                if up < flow.height_m:
                    kernel_z_m = max(8.0, min(5.0 + grow_z_m_s * (look - born), KERNEL_DEPTH * flow.height_m))
                    weight = np.exp(-0.5 * ((up - pz) / kernel_z_m) ** 2) + np.exp(-0.5 * ((up + pz) / kernel_z_m) ** 2)
                    weight += np.exp(-0.5 * ((2 * flow.height_m - up - pz) / kernel_z_m) ** 2)
                    weight *= np.exp(-0.5 * far / wide**2) * mass_kg[particle] / ((2 * np.pi) ** 1.5 * wide**2 * kernel_z_m)
                    found[look] += weight
                    variance[look] += weight * weight
                    met[int((born - first_s) / BIN_S)] += weight
                look += 1
            t, x, y, z = t + step, x_on, y_on, z_on
            window = min(max(int(t / WINDOW_S), 0), len(track.ahead) - 1)
            if (x > track.ahead[window, 1] + PASSED_M and east > 0) or (x < track.ahead[window, 0] - PASSED_M and east < 0):
                break
            if (y > track.ahead[window, 3] + PASSED_M and north > 0) or (y < track.ahead[window, 2] - PASSED_M and north < 0):
                break
    return found, variance, met


@njit(cache=True)
def winds_along(flow, track):  # type: ignore[no-untyped-def]
    """The air's horizontal velocity at the aircraft every second without small turbulence, and the latter's standard deviation."""
    winds = np.empty((len(track.x_m), 3))
    for second in range(len(winds)):
        z = track.z_m[second]
        u, v, _ = velocity(flow, float(second), track.x_m[second], track.y_m[second], min(z, flow.height_m))
        level, part = level_of(min(z, flow.height_m), flow.height_m)
        winds[second, 0], winds[second, 1], winds[second, 2] = u, v, mix(flow.profile, part, level, 3)
    return winds


def tracked(x_m: Floats, y_m: Floats, z_m: Floats) -> Track:
    """A track with what the kernel looks up: top speed, and the boxes of what is still to be visited."""
    every = np.arange(0, len(x_m), int(WINDOW_S))
    ahead = np.array([(x_m[i:].min(), x_m[i:].max(), y_m[i:].min(), y_m[i:].max()) for i in every])
    return Track(x_m, y_m, z_m, float(np.hypot(np.diff(x_m), np.diff(y_m)).max()), ahead)


def met_by(
    rng: np.random.Generator, flow: Flow, track: Track, place: Floats, heights: Floats, rate_kg_s: Floats, pilots: int, particles: int
) -> tuple[Floats, Floats]:
    """Concentration (kg/m3) along the track from one source, and its standard error from the number of particles.

    `rate_kg_s` is per tick from `flow.start_s` on; `heights` are drawn from for every particle. A few pilot particles, spread evenly,
    say which release times the aircraft meets; the others leave mostly then and weigh accordingly less.
    """
    bins = int((len(track.x_m) - flow.start_s) / BIN_S) + 1
    even = np.full(bins, pilots // bins + 1)
    _, _, met = released(rng, flow, track, place, heights, rate_kg_s, even)
    smooth = np.sqrt(np.convolve(met, [0.25, 0.5, 1, 0.5, 0.25], mode="same"))
    wanted = smooth / smooth.sum() if smooth.sum() > 0 else np.full(bins, 1 / bins)
    each = np.ceil(particles * (0.8 * wanted + 0.2 / bins)).astype(int)
    found, variance, _ = released(rng, flow, track, place, heights, rate_kg_s, each)
    return found, np.sqrt(variance)


def released(
    rng: np.random.Generator, flow: Flow, track: Track, place: Floats, heights: Floats, rate_kg_s: Floats, each: Counts
) -> tuple[Floats, Floats, Floats]:
    """`carry` with `each[i]` particles leaving in release bin i, weighing what the source emits then."""
    bins = np.repeat(np.arange(len(each)), each)
    leave = flow.start_s + (bins + rng.random(len(bins))) * BIN_S
    ticks = np.minimum(((leave - flow.start_s) / TICK_S).astype(int), len(rate_kg_s) - 1)
    mass = rate_kg_s[ticks] * BIN_S / each[bins]
    on = mass > 0
    seed = int(rng.integers(2**31))
    height = rng.choice(heights, len(leave))
    found, variance, met = carry(seed, flow, track, leave[on], mass[on], place, height[on], flow.start_s, len(each))
    return found, variance, met


def lagged(values: Floats, delay_s: float, lag_s: float) -> Floats:
    """What an instrument with a delay and a first-order lag shows of a series at 1 Hz."""
    keep = np.exp(-1 / lag_s)
    seconds = np.arange(len(values))
    late = np.interp(seconds - delay_s, seconds, values)
    return np.asarray(lfilter([1 - keep], [1.0, -keep], late, zi=[keep * late[0]])[0])
