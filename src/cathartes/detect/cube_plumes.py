"""From what stands out in a look at a cube to plumes: one object at each place, its name, and how much gas it is."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import cathartes
from cathartes.detect.cube_look import METHOD, Look, Seeing, gases_in, limit_map
from cathartes.detect.cube_maps import Target, target_of
from cathartes.detect.cube_reading import Reading
from cathartes.detect.cube_signal import Light
from cathartes.detect.naming import NONE_OF_THESE, Naming, mean_contrast, name, spectra_of
from cathartes.detect.plumes import Blob, Breeze, limit_of, mass_of, origin_of, outline_of, peak_of, rate_of
from cathartes.model import Cube, Plume, Quantity, identifier
from cathartes.model.samples import Floats

OVERLAP = 0.2
EVEN = 0.5
"""A name is given where it is likelier than not."""


@dataclass(frozen=True, eq=False)
class Object:
    """An object, its name (`None` for none of these), which gas of the look it is measured as, and the spectrum that named it."""

    blob: Blob
    gas: str | None
    number: int
    naming: Naming
    spectrum: Floats


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
    return [*look.targets, *(target_of(gas, signal.wavelength_nm, width) for gas in others)]


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
