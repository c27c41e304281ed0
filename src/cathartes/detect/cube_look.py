"""One look at a cube: gases that share a signal, what the retrieval gave for them, and where each could be seen.

What is found in a look is in `cube_plumes`; which looks a cube is given, in `gas_cube`.
"""

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from cathartes.detect.cube_journal import Journal
from cathartes.detect.cube_maps import Maps, Target, target_of
from cathartes.detect.cube_presence import Presence, presence
from cathartes.detect.cube_retrieval import Retrieval, retrieve
from cathartes.detect.cube_signal import DARKEST, FEWEST_BANDS, LEAST_CONTRAST_K, Light, Signal
from cathartes.detect.plumes import LEVEL
from cathartes.earth.signatures import Signature, library
from cathartes.errors import BadInput
from cathartes.model import Cube
from cathartes.model.cube import SEEN, Floats32, Seen

METHOD = "cube-matched-filter"


@dataclass(frozen=True, eq=False)
class Seeing:
    """One gas's maps, what they mean, and the seconds that the maps took."""

    signature: Signature
    maps: Maps
    presence: Presence
    cpu_s: float


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


def look_for(cube: Cube, signal: Signal, gases: Sequence[Signature], executor: Executor, journal: Journal) -> Look:
    """What the cube shows of some gases."""
    width = cube.fwhm_nm[signal.bands]
    targets = tuple(target_of(gas, signal.wavelength_nm, width) for gas in gases)
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


def limit_map(seeing: Seeing, bar: float) -> Floats32:
    """The column over some pixels whose score would have reached `bar` with probability 0.9 (ppm m), pixel by pixel."""
    noises = bar + NormalDist().inv_cdf(LEVEL)
    return np.asarray(seeing.maps.floor * np.float32(noises * seeing.presence.noise), np.float32)
