"""Gases in a cube, whole: which signatures can be seen in it, their images, plumes with names, rates and limits.

Arithmetic is in the modules beside this one: `cube_signal`, `cube_background`, `cube_reading`, `cube_levels`, `cube_maps`,
`cube_retrieval`, `cube_presence`, `plumes`, `naming`.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from math import erf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

import cathartes
from cathartes.detect.cube_coverage import spread_over
from cathartes.detect.cube_journal import Journal
from cathartes.detect.cube_maps import Maps, Target
from cathartes.detect.cube_presence import Presence, presence
from cathartes.detect.cube_reading import Reading
from cathartes.detect.cube_retrieval import IN_MEMORY, SIGMA, Retrieval, retrieve
from cathartes.detect.cube_signal import (
    DARKEST,
    FEWEST_BANDS,
    LEAST_CONTRAST_K,
    Light,
    Signal,
    reflected_signal,
    thermal_signal,
)
from cathartes.detect.naming import NONE_OF_THESE, Naming, mean_contrast, name, spectra_of
from cathartes.detect.plumes import (
    LEVEL,
    NARROWEST,
    Blob,
    Breeze,
    blobs_of,
    limit_of,
    mass_of,
    origin_of,
    outline_of,
    peak_of,
    rate_of,
)
from cathartes.earth.signatures import Signature, library
from cathartes.errors import BadInput
from cathartes.model import Cube, CubeFindings, Custody, GasImage, Plume, Quantity, Sought, Statement, identifier
from cathartes.model.cube import SEEN, Floats32, Seen
from cathartes.model.samples import Floats
from cathartes.plugins import Progress

METHOD = "cube-matched-filter"
SEARCHING = 6.0
"""A peak of six noises, where the whole library is tried: one gas of thirty will look somewhere like three by chance."""

CLEARLY = 0.7
"""An object's peak is at least this many noises above the score at which a pixel is even."""

NARROWEST_LEFT = erf(0.5 * NARROWEST / (sqrt(2.0) * SIGMA)) ** 2
"""What the smoothing of scores leaves of the peak of the narrowest plume that is counted on, four pixels square: two thirds."""

OVERLAP = 0.2
EVEN = 0.5
"""A name is given where it is likelier than not."""


@dataclass(frozen=True, eq=False)
class Seeing:
    """One gas's maps, what they mean, and the seconds that the maps took."""

    signature: Signature
    maps: Maps
    presence: Presence
    cpu_s: float


@dataclass(frozen=True, eq=False)
class Object:
    """An object, its name (`None` for none of these), which gas of the look it is measured as, and the spectrum that named it."""

    blob: Blob
    gas: str | None
    number: int
    naming: Naming
    spectrum: Floats


@dataclass(frozen=True, eq=False)
class Look:
    """All gases that share a signal, what the retrieval gave for them, and how each pixel was looked at (numbers of `SEEN`)."""

    gases: tuple[Signature, ...]
    targets: tuple[Target, ...]
    retrieval: Retrieval
    seen: NDArray[np.uint8]
    held: dict[int, Seeing] = field(default_factory=dict)

    def see(self, number: int) -> Seeing:
        """One gas. Only the last one asked for is held: the maps of a whole library may not fit into memory."""
        if number not in self.held:
            self.held.clear()
            started = time.process_time()
            maps = self.retrieval.maps(number)
            spent = time.process_time() - started
            self.held[number] = Seeing(self.gases[number], maps, presence(maps, self.retrieval.signal.light), spent)
        return self.held[number]


@dataclass(frozen=True, eq=False)
class Found:
    """What one look gave, and the highest score of any pixel and gas."""

    look: Look
    images: tuple[GasImage, ...]
    plumes: tuple[Plume, ...]
    sought: tuple[Sought, ...]
    peak: float
    cpu_s: float


def gases_in(cube: Cube) -> list[Signature]:
    """The signatures whose bands the cube has. Raises `BadInput` where it has none."""
    found = [each for each in library().values() if _bands_for(cube, each) >= FEWEST_BANDS]
    if not found:
        span = f"{cube.wavelength_nm.min():.0f} to {cube.wavelength_nm.max():.0f} nm"
        raise BadInput(f"no gas of the library can be seen at {span}; methane needs 2110-2490 nm, vapours 7400-13600 nm")
    return found


def _bands_for(cube: Cube, signature: Signature) -> int:
    low, high = signature.window_nm
    return int(((cube.wavelength_nm >= low) & (cube.wavelength_nm <= high) & cube.is_good).sum())


def find_gases(
    cube: Cube,
    wanted: Sequence[Signature],
    breeze: Breeze | None,
    inputs: tuple[str, ...],
    executor: Executor,
    progress: Progress,
    journal: Journal = IN_MEMORY,
) -> CubeFindings:
    """Images and plumes of the `wanted` gases, or of every gas of the library the cube can show where none is named.

    Same cube and version, same bits, whatever the executor; also where a run that was stopped goes on with its `journal`. Raises
    `BadInput` where a gas's bands are not in the cube.
    """
    gases = list(wanted) or gases_in(cube)
    found, cpu_s = list[Found](), 0.0
    # The executor's workers are all the threads there are: each would wait for those of the linear algebra, and spend time at it.
    with threadpool_limits(1, "blas"):
        for looks in _looks(cube, gases, executor, progress, journal):
            either = [_found(cube, look, searching=not wanted, breeze=breeze, inputs=inputs, executor=executor) for look in looks]
            found.append(max(either, key=_told))
            cpu_s += sum(each.cpu_s for each in either)
            progress("gases: plumes named", 0.9)
    plumes = sorted((plume for each in found for plume in each.plumes), key=lambda plume: (-plume.significance, plume.id))
    custody = Custody(inputs, METHOD, cathartes.__version__, {"gases": " ".join(gas.key for gas in gases)})
    return CubeFindings(
        tuple(image for each in found for image in each.images), tuple(plumes), cpu_s,
        max(each.look.retrieval.damaged_lines for each in found), tuple(each for one in found for each in one.sought),
        _notes(cube, [each.look for each in found], breeze), custody,
    )  # fmt: skip


def _looks(cube: Cube, gases: Sequence[Signature], executor: Executor, progress: Progress, journal: Journal) -> Iterator[Iterator[Look]]:
    """Each gas in sunlight by itself; gases in thermal light share a signal. Where nobody measured the air it may be cooler than the
    ground or warmer: then gas dims or brightens, and both are tried."""
    for gas in (each for each in gases if not each.is_thermal):
        progress(f"gases: {gas.key}", 0.0)
        yield iter([_look(cube, reflected_signal(cube, gas), [gas], executor, journal.within(gas.key))])
    thermal = [each for each in gases if each.is_thermal]
    if thermal:
        progress(f"gases: {len(thermal)} vapours", 0.0)
        signal = thermal_signal(cube, thermal, cube.air_temperature_k)
        signals = {"vapours": signal} | ({"warm-air": replace(signal, air_k=-signal.air_k)} if cube.air_temperature_k is None else {})
        yield (_look(cube, each, thermal, executor, journal.within(name)) for name, each in signals.items())


def _told(found: Found) -> tuple[float, float]:
    """How much of what was seen has a name; where that does not decide, how much stands out at all."""
    return sum(plume.significance for plume in found.plumes if plume.gas is not None), found.peak


def _look(cube: Cube, signal: Signal, gases: Sequence[Signature], executor: Executor, journal: Journal) -> Look:
    width = cube.fwhm_nm[signal.bands]
    targets = tuple(Target(gas.key, gas.response(signal.wavelength_nm, width)) for gas in gases)
    retrieval = retrieve(cube, signal, targets, executor, journal)
    return Look(tuple(gases), targets, retrieval, how_seen(retrieval))


def how_seen(retrieval: Retrieval) -> NDArray[np.uint8]:
    """How each pixel was looked at, as numbers of `SEEN`."""
    brightness, signal = retrieval.brightness, retrieval.signal
    seen = np.full(brightness.shape, SEEN.index(Seen.LOOKED), np.uint8)
    if signal.light is Light.REFLECTED:
        seen[brightness < DARKEST] = SEEN.index(Seen.DARK)
    else:
        seen[np.abs(signal.contrast(brightness)) < LEAST_CONTRAST_K] = SEEN.index(Seen.NO_CONTRAST)
    seen[np.isnan(brightness)] = SEEN.index(Seen.NOT_MEASURED)
    return seen


def _found(cube: Cube, look: Look, *, searching: bool, breeze: Breeze | None, inputs: tuple[str, ...], executor: Executor) -> Found:
    """What one look gave; of a whole library, images of those gases only that some plume was named as."""
    blobs, sought, peak, cpu_s = list[tuple[Blob, int]](), list[Sought](), 0.0, look.retrieval.cpu_s
    for number in range(len(look.gases)):
        seeing = look.see(number)
        bar = max(SEARCHING, seeing.presence.threshold) if searching else seeing.presence.threshold + CLEARLY
        blobs += [(blob, number) for blob in blobs_of(seeing.presence, bar)]
        sought.append(sought_of(cube, look, seeing, bar))
        peak, cpu_s = max(peak, float(seeing.presence.score.max())), cpu_s + seeing.cpu_s
    plumes = plumes_of(cube, look, blobs, breeze=breeze, inputs=inputs, executor=executor)
    named = {plume.gas for plume in plumes}
    shown = [number for number, gas in enumerate(look.gases) if not searching or len(look.gases) == 1 or gas.key in named]
    return Found(look, tuple(image_of(look, look.see(number)) for number in shown), tuple(plumes), tuple(sought), peak, cpu_s)


def image_of(look: Look, seeing: Seeing) -> GasImage:
    """The maps of one gas as they are delivered."""
    limit = np.where(look.seen == SEEN.index(Seen.LOOKED), limit_map(seeing, seeing.presence.threshold), np.float32(np.nan))
    return GasImage(seeing.signature.key, seeing.maps.column, seeing.maps.sd, seeing.presence.probability, limit, look.seen)


def sought_of(cube: Cube, look: Look, seeing: Seeing, bar: float) -> Sought:
    """What could be seen of one gas. `bar` is the score that the peak of the narrowest plume must reach once it is smoothed."""
    somewhere = np.ix_(*spread_over(cube))
    could_see = look.seen[somewhere] == SEEN.index(Seen.LOOKED)
    limit = np.where(could_see, limit_map(seeing, bar)[somewhere] / np.float32(NARROWEST_LEFT), np.float32(np.nan))
    pixels = {seen: int((look.seen == number).sum()) for number, seen in enumerate(SEEN)}
    return Sought(seeing.signature.key, pixels, limit, seeing.presence.false_alarm_rate)


def limit_map(seeing: Seeing, bar: float) -> Floats32:
    """The column over some pixels whose score would have reached `bar` with probability 0.9 (ppm m), pixel by pixel."""
    noises = bar + NormalDist().inv_cdf(LEVEL)
    return np.asarray(seeing.maps.floor * np.float32(noises * seeing.presence.noise), np.float32)


def plumes_of(
    cube: Cube, look: Look, blobs: Sequence[tuple[Blob, int]], *, breeze: Breeze | None, inputs: tuple[str, ...], executor: Executor
) -> list[Plume]:
    """The objects of one look, named. Each place is one object, however many gases see it."""
    if not blobs:
        return []
    signal, retrieval = look.retrieval.signal, look.retrieval
    rivals = _rivals(cube, look)
    objects = []
    spectra = spectra_of([blob for blob, _ in blobs], Reading(cube, signal, executor), retrieval)
    for (blob, number), spectrum in zip(blobs, spectra, strict=True):
        naming = name(spectrum, signal, rivals, mean_contrast(blob, signal, retrieval.brightness))
        objects.append(Object(blob, *_named(naming, look, number), naming, spectrum.seen))
    kept, occupied = _apart(objects, (cube.lines, cube.columns))
    return [plume_of(cube, each, look, occupied, breeze, inputs) for each in sorted(kept, key=lambda each: each.number)]


def _apart(objects: Sequence[Object], shape: tuple[int, int]) -> tuple[list[Object], NDArray[np.bool_]]:
    """Objects that hardly overlap, and all their pixels. Those that a gas explains come first: the same place may be seen, worse, as a
    larger object by gases that answer to its ground as well; then the strongest."""
    taken = np.zeros(shape, bool)
    kept = []
    for each in sorted(objects, key=lambda each: (each.gas is None, -each.blob.significance)):
        if taken[each.blob.box][each.blob.inside].mean() < OVERLAP:
            kept.append(each)
            taken |= each.blob.mask(shape)
    return kept, taken


def _rivals(cube: Cube, look: Look) -> list[Target]:
    """Every gas of the library that this signal could show: an object asked to be acetone may be something else."""
    signal = look.retrieval.signal
    width, thermal = cube.fwhm_nm[signal.bands], signal.light is Light.THERMAL
    known = {target.gas: target for target in look.targets}
    others = [gas for gas in gases_in(cube) if gas.is_thermal is thermal and gas.key not in known and thermal]
    return [*look.targets, *(Target(gas.key, gas.response(signal.wavelength_nm, width)) for gas in others)]


def _named(naming: Naming, look: Look, number: int) -> tuple[str | None, int]:
    """The likeliest gas, `None` where none of these is likelier, and whose maps measure it: its own, where this look has them."""
    gas = max(naming.names, key=lambda each: naming.names[each])
    own = next((place for place, each in enumerate(look.gases) if each.key == gas), number)
    return None if gas == NONE_OF_THESE or naming.names[gas] < EVEN else gas, own


def plume_of(cube: Cube, found: Object, look: Look, occupied: NDArray[np.bool_], breeze: Breeze | None, inputs: tuple[str, ...]) -> Plume:
    """The object as it is delivered. It keeps its name only where it is not below the gas's own limit."""
    blob, seeing, gas, naming = found.blob, look.see(found.number), found.gas, found.naming
    limit = limit_of(blob, limit_map(seeing, seeing.presence.threshold))
    peak = peak_of(blob, seeing.maps)
    if gas is not None and peak.value < limit:
        gas = None
    mass, rate = _amount(cube, blob, seeing, occupied, breeze) if gas is not None else (None, None)
    outline, origin = outline_of(blob), origin_of(blob, seeing.maps, breeze)
    fit = {
        "wavelength_nm": tuple(map(float, look.retrieval.signal.wavelength_nm)),
        "seen": tuple(map(float, found.spectrum)),
        "fitted": tuple(map(float, naming.fitted)),
    }
    parts = (*inputs, METHOD, cathartes.__version__, seeing.signature.key, repr(outline))
    return Plume(
        identifier("plume", parts), gas, naming.names, int(blob.inside.sum()), blob.probability, blob.significance, peak, outline, origin,
        limit, mass, rate, (), fit,
    )  # fmt: skip


def _amount(
    cube: Cube, blob: Blob, seeing: Seeing, occupied: NDArray[np.bool_], breeze: Breeze | None
) -> tuple[Quantity | None, Quantity | None]:
    if not np.isfinite(cube.pixel_m):
        return None, None
    mass = mass_of(blob, seeing.maps, seeing.signature, cube.pixel_m, occupied)
    return mass, None if breeze is None else rate_of(blob, mass, breeze, cube.pixel_m)


def _notes(cube: Cube, looks: Sequence[Look], breeze: Breeze | None) -> tuple[Statement, ...]:
    """What a reader of the result must know."""
    thermal = [look.retrieval.signal.air_k for look in looks if look.retrieval.signal.light is Light.THERMAL]
    assumed = [] if cube.air_temperature_k is not None else thermal
    found = [Statement("cube.air-cooler" if air_k < 0 else "cube.air-warmer") for air_k in assumed]
    if breeze is None:
        found.append(Statement("cube.no-wind"))
    if not np.isfinite(cube.pixel_m):
        found.append(Statement("cube.no-pixel-size"))
    return tuple(found)
