"""Gases in a cube, whole: which signatures can be seen in it, their images, plumes with names, rates and limits.

Arithmetic is in the modules beside this one: `cube_signal`, `cube_background`, `cube_retrieval`, `cube_presence`, `plumes`, `naming`.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

import cathartes
from cathartes.detect.cube_presence import Presence, presence
from cathartes.detect.cube_retrieval import Maps, Reading, Retrieval, Target, retrieve
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
from cathartes.model import Cube, CubeFindings, Custody, GasImage, Plume, Quantity, Statement, identifier
from cathartes.model.cube import SEEN, Seen
from cathartes.model.samples import Floats
from cathartes.plugins import Progress

METHOD = "cube-matched-filter"
MAP_NUMBERS = 16_000_000
"""At most so many pixels times gases are kept as maps at a time."""

SEARCHING = 6.0
"""A peak of six noises, where the whole library is tried: one gas of thirty will look somewhere like three by chance."""

CLEARLY = 0.7
"""An object's peak is at least this many noises above the score at which a pixel is even."""

OVERLAP = 0.2
EVEN = 0.5
"""A name is given where it is likelier than not."""


@dataclass(frozen=True, eq=False)
class Seeing:
    """One gas's maps and what they mean."""

    signature: Signature
    maps: Maps
    presence: Presence


@dataclass(frozen=True, eq=False)
class Object:
    """An object, the maps of the gas it may be, its name (`None` for none of these), and the spectrum that named it."""

    blob: Blob
    seeing: Seeing
    gas: str | None
    naming: Naming
    seen: Floats


@dataclass(frozen=True, eq=False)
class Look:
    """All gases that share a signal, with the retrieval they came from."""

    signal: Signal
    targets: tuple[Target, ...]
    retrieval: Retrieval
    seen: tuple[Seeing, ...]


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
    cube: Cube, wanted: Sequence[Signature], breeze: Breeze | None, inputs: tuple[str, ...], executor: Executor, progress: Progress
) -> CubeFindings:
    """Images and plumes of the `wanted` gases, or of every gas of the library the cube can show where none is named.

    Same cube and version, same bits, whatever the executor. Raises `BadInput` where a gas's bands are not in the cube.
    """
    gases = list(wanted) or gases_in(cube)
    plumes: list[Plume] = []
    # The executor's workers are all the threads there are: each would wait for those of the linear algebra, and spend time at it.
    with threadpool_limits(1, "blas"):
        looks = list(_looks(cube, gases, executor, progress))
        for look in looks:
            progress("gases: name plumes", 0.9)
            plumes += plumes_of(cube, look, searching=not wanted, breeze=breeze, inputs=inputs, executor=executor)
    plumes.sort(key=lambda plume: (-plume.significance, plume.id))
    shown = {gas.key for gas in gases} if wanted or len(gases) == 1 else {plume.gas for plume in plumes}
    images = tuple(image_of(cube, look, seeing) for look in looks for seeing in look.seen if seeing.signature.key in shown)
    custody = Custody(inputs, METHOD, cathartes.__version__, {"gases": " ".join(gas.key for gas in gases)})
    return CubeFindings(
        images, tuple(plumes), sum(look.retrieval.cpu_s for look in looks), max(look.retrieval.damaged_lines for look in looks),
        tuple(gas.key for gas in gases), _notes(cube, looks, breeze), custody,
    )  # fmt: skip


def _looks(cube: Cube, gases: Sequence[Signature], executor: Executor, progress: Progress) -> Iterator[Look]:
    """Each gas in sunlight by itself; gases in thermal light share a signal, some at a time so that their maps fit into memory."""
    for gas in (each for each in gases if not each.is_thermal):
        progress(f"gases: {gas.key}", 0.0)
        yield _look(cube, reflected_signal(cube, gas), [gas], executor)
    thermal = [each for each in gases if each.is_thermal]
    together = max(1, MAP_NUMBERS // (cube.lines * cube.columns))
    signal = thermal_signal(cube, thermal, cube.air_temperature_k) if thermal else None
    for first in range(0, len(thermal), together):
        assert signal is not None
        progress(f"gases: {thermal[first].key} …", first / len(thermal))
        yield _look(cube, signal, thermal[first : first + together], executor)


def _look(cube: Cube, signal: Signal, gases: Sequence[Signature], executor: Executor) -> Look:
    width = cube.fwhm_nm[signal.bands]
    targets = tuple(Target(gas.key, gas.response(signal.wavelength_nm, width)) for gas in gases)
    retrieval = retrieve(cube, signal, targets, executor)
    seen = tuple(Seeing(gas, maps, presence(maps)) for gas, maps in zip(gases, retrieval.maps, strict=True))
    return Look(signal, targets, retrieval, seen)


def image_of(cube: Cube, look: Look, seeing: Seeing) -> GasImage:
    """The maps of one gas as they are delivered."""
    seen = np.full((cube.lines, cube.columns), SEEN.index(Seen.LOOKED), np.uint8)
    brightness = look.retrieval.brightness
    if look.signal.light is Light.REFLECTED:
        seen[brightness < DARKEST] = SEEN.index(Seen.DARK)
    else:
        seen[np.abs(look.signal.contrast(brightness)) < LEAST_CONTRAST_K] = SEEN.index(Seen.NO_CONTRAST)
    seen[np.isnan(brightness)] = SEEN.index(Seen.NOT_MEASURED)
    limit = limit_map(seeing)
    limit[seen != SEEN.index(Seen.LOOKED)] = np.nan
    return GasImage(
        seeing.signature.key, seeing.maps.column, seeing.maps.sd, seeing.presence.probability, limit, seen,
        seeing.presence.false_alarm_rate,
    )  # fmt: skip


def limit_map(seeing: Seeing) -> NDArray[np.float32]:
    """The column over some pixels that would have been noticed with probability 0.9 (ppm m), pixel by pixel."""
    noises = seeing.presence.threshold + NormalDist().inv_cdf(LEVEL)
    return np.asarray(seeing.maps.floor * np.float32(noises * seeing.presence.noise), np.float32)


def plumes_of(
    cube: Cube, look: Look, *, searching: bool, breeze: Breeze | None, inputs: tuple[str, ...], executor: Executor
) -> list[Plume]:
    """The objects of one look, named; where the whole library is searched, each place is one object however many gases see it."""
    found = [
        (blob, seeing)
        for seeing in look.seen
        for blob in blobs_of(seeing.presence, SEARCHING if searching else seeing.presence.threshold + CLEARLY)
    ]
    if not found:
        return []
    rivals, contrast = _rivals(cube, look), look.signal.contrast(look.retrieval.brightness)
    spectra = spectra_of([blob for blob, _ in found], Reading(cube, look.signal, executor), look.retrieval)
    objects = []
    for (blob, seeing), spectrum in zip(found, spectra, strict=True):
        naming = name(spectrum, look.signal, rivals, mean_contrast(blob, contrast, look.signal.light))
        objects.append(Object(blob, *_named(naming, look, seeing), naming, spectrum.seen))
    kept, occupied = _apart(objects, (cube.lines, cube.columns))
    return [plume_of(cube, each, look.signal, occupied, breeze, inputs) for each in kept]


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
    width = cube.fwhm_nm[look.signal.bands]
    thermal = look.signal.light is Light.THERMAL
    known = {target.gas: target for target in look.targets}
    others = [gas for gas in gases_in(cube) if gas.is_thermal is thermal and gas.key not in known and thermal]
    return [*look.targets, *(Target(gas.key, gas.response(look.signal.wavelength_nm, width)) for gas in others)]


def _named(naming: Naming, look: Look, seeing: Seeing) -> tuple[Seeing, str | None]:
    """The maps of the likeliest gas and its name; `None` where none of these is likelier, or the gas is below its own limit."""
    gas = max(naming.names, key=lambda each: naming.names[each])
    own = next((each for each in look.seen if each.signature.key == gas), seeing)
    return own, None if gas == NONE_OF_THESE or naming.names[gas] < EVEN else gas


def plume_of(
    cube: Cube, found: Object, signal: Signal, occupied: NDArray[np.bool_], breeze: Breeze | None, inputs: tuple[str, ...]
) -> Plume:
    """The object as it is delivered."""
    blob, seeing, gas, naming = found.blob, found.seeing, found.gas, found.naming
    limit = limit_of(blob, limit_map(seeing))
    peak = peak_of(blob, seeing.maps)
    if gas is not None and peak.value < limit:
        gas = None
    mass, rate = _amount(cube, blob, seeing, occupied, breeze) if gas is not None else (None, None)
    outline, origin = outline_of(blob), origin_of(blob, seeing.maps, breeze)
    fit = {
        "wavelength_nm": tuple(map(float, signal.wavelength_nm)),
        "seen": tuple(map(float, found.seen)),
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
    found = []
    if any(look.signal.light is Light.THERMAL for look in looks) and cube.air_temperature_k is None:
        found.append(Statement("cube.air-assumed"))
    if breeze is None:
        found.append(Statement("cube.no-wind"))
    if not np.isfinite(cube.pixel_m):
        found.append(Statement("cube.no-pixel-size"))
    return tuple(found)
