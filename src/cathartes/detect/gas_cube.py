"""Gases in a cube, whole: which signatures can be seen in it, their images, plumes with names, rates and limits.

Each look at the cube is in `cube_look`, its plumes in `cube_plumes`. Arithmetic is in the modules beside these: `cube_signal`,
`cube_background`, `cube_reading`, `cube_levels`, `cube_maps`, `cube_retrieval`, `cube_presence`, `plumes`, `naming`.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import erf, sqrt

import numpy as np
from threadpoolctl import threadpool_limits

import cathartes
from cathartes.detect.cube_coverage import spread_over
from cathartes.detect.cube_journal import Journal
from cathartes.detect.cube_look import METHOD, Look, Seeing, gases_in, limit_map, look_for
from cathartes.detect.cube_plumes import plumes_of
from cathartes.detect.cube_retrieval import IN_MEMORY, SIGMA
from cathartes.detect.cube_signal import Light, reflected_signal, thermal_signal
from cathartes.detect.plumes import NARROWEST, Blob, Breeze, blobs_of
from cathartes.earth.signatures import Signature
from cathartes.model import Cube, CubeFindings, Custody, GasImage, Plume, Sought, Statement
from cathartes.model.cube import SEEN, Seen
from cathartes.plugins import Progress

SEARCHING = 6.0
"""A peak of six noises, where the whole library is tried: one gas of thirty will look somewhere like three by chance."""

CLEARLY = 0.7
"""An object's peak is at least this many noises above the score at which a pixel is even."""

NARROWEST_LEFT = erf(0.5 * NARROWEST / (sqrt(2.0) * SIGMA)) ** 2
"""What the smoothing of scores leaves of the peak of the narrowest plume that is counted on, four pixels square: two thirds."""


@dataclass(frozen=True, eq=False)
class Found:
    """What one look gave, and the highest score of any pixel and gas."""

    look: Look
    images: tuple[GasImage, ...]
    plumes: tuple[Plume, ...]
    sought: tuple[Sought, ...]
    peak: float
    cpu_s: float


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
        yield iter([look_for(cube, reflected_signal(cube, gas), [gas], executor, journal.within(gas.key))])
    thermal = [each for each in gases if each.is_thermal]
    if thermal:
        progress(f"gases: {len(thermal)} vapours", 0.0)
        signal = thermal_signal(cube, thermal, cube.air_temperature_k)
        signals = {"vapours": signal} | ({"warm-air": replace(signal, air_k=-signal.air_k)} if cube.air_temperature_k is None else {})
        yield (look_for(cube, each, thermal, executor, journal.within(name)) for name, each in signals.items())


def _told(found: Found) -> tuple[float, float]:
    """How much of what was seen has a name; where that does not decide, how much stands out at all."""
    return sum(plume.significance for plume in found.plumes if plume.gas is not None), found.peak


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
