"""Plumes as objects: connected pixels in which gas is likelier than not, how much gas they hold, and what rate that stands for.

Which gas an object is, is decided in `naming`. Mass and rate are `None` where the ground or the wind is not known.
"""

from dataclasses import dataclass
from math import exp, hypot, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cathartes.detect.cube_maps import Maps
from cathartes.detect.cube_presence import Presence
from cathartes.earth.signatures import Signature
from cathartes.model import Quantity
from cathartes.model.cube import Floats32
from cathartes.model.place import Ring
from cathartes.model.samples import Floats

LEVEL = 0.9
FEWEST_PIXELS = 5
LIKELY = 0.5
MARGIN = 3
"""Pixels by which an object is widened before its gas is added up: its edge is where it stops being noticed, not where it ends."""

TRANSPORT = 1.2
TRANSPORT_ERROR = 0.25
"""A plume travels at some 1.0 to 1.5 times the wind at 10 m (Varon et al. 2018, AMT 11, 5673)."""

TAPER = 1.25
"""A plume's outline tapers towards its end and leaves out its faint edges: its mean cross-section holds four fifths of the flux. From
simulated puffs carried by a meandering wind (docs/explanation/cubes.md)."""

NARROWEST = 4.0
"""Pixels across the thinnest plume that is noticed by its column alone: the width of the smoothing."""

UNSEEN_SHARE = 0.15
SPECTRUM_ERROR = 0.07
EVERYWHERE = np.ones((3, 3), int)


@dataclass(frozen=True)
class Breeze:
    """Wind at 10 m: the velocity the air moves TOWARDS across (columns) and along (lines) the image, where the image is placed on the
    ground, else the speed alone; and its error as a share."""

    speed_m_s: float
    error_share: float
    towards: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Blob:
    """One connected object of a gas image: its pixels (a box of the image and which pixels in it), and how strongly it stands out.

    `core` marks the pixels that score at least half of what the strongest does.
    """

    box: tuple[slice, slice]
    inside: NDArray[np.bool_]
    core: NDArray[np.bool_]
    significance: float
    probability: float

    def mask(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """Its pixels in the whole image."""
        whole = np.zeros(shape, bool)
        whole[self.box] = self.inside
        return whole


def blobs_of(presence: Presence, strictest: float = 0.0) -> list[Blob]:
    """Objects of at least five pixels, the strongest first; `strictest` is a score their peak must reach. One or two dead columns do not
    part them."""
    likely = np.nan_to_num(presence.probability) > LIKELY
    beside = ndimage.maximum_filter(likely, 3)
    labels, _ = ndimage.label(likely | (np.isnan(presence.probability) & beside), structure=EVERYWHERE)
    found = []
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        inside = (labels[box] == number) & likely[box]
        score = presence.score[box]
        peak = float(score[inside].max())
        if inside.sum() >= FEWEST_PIXELS and peak >= strictest:
            core = inside & (score >= 0.5 * peak)
            found.append(Blob((box[0], box[1]), inside, core, peak, float(presence.probability[box][inside].max())))
    return sorted(found, key=lambda blob: (-blob.significance, blob.box[0].start, blob.box[1].start))


def outline_of(blob: Blob) -> tuple[Ring, ...]:
    """The object's border in pixels (x, y): outer rings and holes, closed, along the sides of pixels."""
    from rasterio.features import shapes

    shift_y, shift_x = blob.box[0].start, blob.box[1].start
    drawn = shapes(blob.inside.astype(np.uint8), mask=blob.inside, connectivity=8)
    return tuple(
        tuple((float(x + shift_x), float(y + shift_y)) for x, y in ring) for shape, _ in drawn for ring in shape["coordinates"]
    )  # fmt: skip


def origin_of(blob: Blob, maps: Maps, breeze: Breeze | None) -> tuple[float, float]:
    """Where the plume most probably begins, in pixels (x, y): its thickest part, in the upwind third where the wind's way is known."""
    smooth = ndimage.gaussian_filter(np.nan_to_num(maps.column[blob.box]), 1.0)
    y, x = np.nonzero(blob.inside)
    value = smooth[y, x]
    if breeze is not None and breeze.towards is not None:
        downwind = x * breeze.towards[0] + y * breeze.towards[1]
        value = np.where(downwind <= np.quantile(downwind, 1.0 / 3.0), value, -np.inf)
    best = int(np.argmax(value))
    return float(x[best] + blob.box[1].start + 0.5), float(y[best] + blob.box[0].start + 0.5)


def peak_of(blob: Blob, maps: Maps) -> Quantity:
    """The largest column of the object (ppm m) as the mean of 3 x 3 pixels, with its 90 % interval."""
    column = ndimage.uniform_filter(np.nan_to_num(maps.column[blob.box]), 3)
    at = np.unravel_index(int(np.argmax(np.where(blob.inside, column, -np.inf))), blob.inside.shape)
    value = float(column[at])
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) * hypot(float(maps.floor[blob.box][at]) / 2.0, SPECTRUM_ERROR * value)
    return Quantity(value, "ppm m", value - half, value + half, LEVEL)


def mass_of(blob: Blob, maps: Maps, signature: Signature, pixel_m: float, others: NDArray[np.bool_]) -> Quantity:
    """Gas in the widened object (kg) above the background around it, with its 90 % interval. `others` are other objects' pixels."""
    lines, columns = maps.column.shape
    rows = slice(max(0, blob.box[0].start - 3 * MARGIN), min(lines, blob.box[0].stop + 3 * MARGIN))
    sides = slice(max(0, blob.box[1].start - 3 * MARGIN), min(columns, blob.box[1].stop + 3 * MARGIN))
    own = blob.mask((lines, columns))[rows, sides]
    usable = np.isfinite(maps.column[rows, sides]) & ~(others[rows, sides] & ~own)
    wide = ndimage.binary_dilation(own, EVERYWHERE, MARGIN) & usable
    around = ndimage.binary_dilation(own, EVERYWHERE, 3 * MARGIN) & ~wide & usable
    column, floor = maps.column[rows, sides].astype(np.float64), maps.floor[rows, sides].astype(np.float64)
    level = float(np.median(column[around])) if around.sum() > 20 else 0.0
    total = float((column[wide] - level).sum())
    pieces = max(1.0, around.sum() / 9.0)
    noise = hypot(sqrt(float((floor[wide] ** 2).sum())) * 2.0, wide.sum() * float(np.median(floor[wide])) / sqrt(pieces))
    scale = signature.kg_per_m2(1.0) * pixel_m**2
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2) * hypot(noise, hypot(SPECTRUM_ERROR, UNSEEN_SHARE) * total)
    return Quantity(total * scale, "kg", (total - half) * scale, (total + half) * scale, LEVEL)


def rate_of(blob: Blob, mass: Quantity, breeze: Breeze, pixel_m: float) -> Quantity:
    """Mean rate (kg/h): the mass per metre of the plume's length times the speed at which it is carried away.

    This is the cross-sectional flux, averaged over the plume's length; the interval is log-normal in the speed.
    """
    length = (extent_of(blob, breeze.towards) + MARGIN) * pixel_m
    value = max(mass.value, 0.0) / length * TAPER * TRANSPORT * breeze.speed_m_s * 3600.0
    low, high = mass.low or 0.0, mass.high or 0.0
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2)
    relative = 0.5 * (high - low) / half / max(mass.value, 1e-9)
    spread = exp(half * sqrt(np.log1p(relative**2) + TRANSPORT_ERROR**2 + breeze.error_share**2))
    return Quantity(value, "kg/h", value / spread, value * spread, LEVEL)


def least_rate(limit_ppm_m: float, signature: Signature, pixel_m: float, breeze: Breeze) -> float:
    """The rate (kg/h) of the smallest plume whose column reaches the limit over its narrowest width."""
    return signature.kg_per_m2(limit_ppm_m) * NARROWEST * pixel_m * TRANSPORT * breeze.speed_m_s * 3600.0


def extent_of(blob: Blob, towards: tuple[float, float] | None) -> float:
    """Length of the object (pixels) along the wind, or along its own longest axis."""
    y, x = np.nonzero(blob.inside)
    points = np.column_stack((x, y)).astype(np.float64)
    along = points @ (_longest_axis(points) if towards is None else np.array(towards) / hypot(*towards))
    return float(np.ptp(along)) + 1.0


def _longest_axis(points: Floats) -> Floats:
    _, axes = np.linalg.eigh(np.cov((points - points.mean(axis=0)).T))
    return np.asarray(axes[:, -1])


def limit_of(blob: Blob, limit: Floats32) -> float:
    """The column (ppm m) that would just have been noticed where the object is."""
    return float(np.nanmedian(limit[blob.box][blob.inside]))
