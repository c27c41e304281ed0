"""Columns of gases from a cube: a matched filter whose background is taken from the pixels without gas, in a few passes.

Each pass reads the cube strip by strip, so that a cube larger than memory does; only maps of one number per pixel and gas stay. What
the numbers mean as a probability is in `cube_presence`. Method: docs/explanation/cubes.md.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from cathartes.detect.cube_background import Background, Sums, background_of, noise_equivalents, sums_of, total, unknown_background
from cathartes.detect.cube_journal import Arrays, Journal
from cathartes.detect.cube_signal import LEAST_CONTRAST_K, PART_PIXELS, Light, Signal, Strip, brightness_of, strips_of
from cathartes.earth.signatures import Response
from cathartes.kernels import compiled
from cathartes.model import Cube
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

Part = TypeVar("Part")

PASSES = 6
"""Most passes over the cube; they end when fewer than two in a thousand pixels change sides."""

SETTLED = 2e-3
EXCLUDED, EXCLUDED_ALONE = 3.0, 1.0
MASK_SIGMA = 1.0
SIGMA = 1.5
"""Pixels over which scores are smoothed: plumes are wider than a pixel, noise and stripes are not."""

CLIPPED = 6.0
"""Scores are cut at six noises before they are smoothed: one bright outlier must not become a blob."""

LINES_ENOUGH, PIXELS_ENOUGH = 240, 300
"""A background is told by so many lines, and so many pixels for each band: more of an even choice tell no more."""

NOTHING = 1.3
"""Where the smoothed answer is within so many noises of no gas, a pixel that does not tell the background is not asked how unlike that it
is: it could not pass for gas."""

CLASSES = 12
ESTIMATED_FROM = 60_000
HEAVY_TAIL = 2.0
"""Degrees of freedom, per band, of the clutter's tails: a pixel that fits nothing else well counts less (Kelly 1989; Theiler 2008)."""

RESPONSE_ERROR = 0.05
"""Spectra of gases and widths of bands are known to some five per cent; a column's error is never below this share of it."""

EVEN_GROUND, QUIETER = 0.005, 0.95
"""A vapour has a second filter, for which surfaces have this share of the prior's variance, a fourteenth of its kelvins. It is taken
where the noise of its smoothed answer is below the second share of the first one's: where ground is even, the prior hides gas."""

LEAST_LIT = {Light.REFLECTED: 0.3, Light.THERMAL: LEAST_CONTRAST_K}
"""What a gas acts on in a pixel (see `Signal.lit`) is never taken for less."""

KEPT_BYTES = 1 << 25
"""The radiance of so much of a cube stays in memory between the passes over it."""

BLOCK_STRIPS = 16
"""Strips whose result is kept at once: a quarter of a million pixels."""

TRIANGLE_PIECES = 4
"""A product with a triangle is done in so many, over five eighths of its square."""

IN_MEMORY = Journal()


@dataclass(frozen=True, eq=False)
class Target:
    """One gas and what it does to the bands of a signal, per ppm m (see `earth.signatures`)."""

    gas: str
    response: Response


@dataclass(frozen=True, eq=False)
class Maps:
    """One gas over the cube, arrays of lines x columns: column and its error (ppm m), and the score (noises, sign kept).

    `floor` is the error of a column of nothing; `excluded` marks pixels kept out of the background. NaN where not measured. `equal` is the
    noise-equivalent column: the one whose signal equals the scatter of the whole scene.
    """

    column: Floats32
    sd: Floats32
    floor: Floats32
    score: Floats32
    excluded: NDArray[np.bool_]
    equal: float


@dataclass(frozen=True, eq=False)
class Filter:
    """The row that gives a gas's column from a pixel's signal, what it gives for each column's mean, and its variance.

    `curve` is what it gives for `columns` of gas, over what `lit` then gives: not a straight line, since absorption saturates.
    """

    row: Floats
    offset: Floats
    columns: Floats
    curve: Floats
    slope: Floats
    power: float

    @property
    def lit(self) -> Floats:
        """The row that gives what the gas acts on in a pixel, each band counting by what it adds to the answer for gas."""
        return self.row * self.slope


@dataclass(frozen=True, eq=False)
class Layers:
    """One map (lines x columns) per filter, held as blocks of lines wherever these are; a map is put together when asked for."""

    blocks: Sequence[Callable[[], Arrays]]
    part: int = 0

    def __len__(self) -> int:
        return len(self.blocks[0]()[self.part])

    def __getitem__(self, number: int) -> Floats32:
        return np.concatenate([block()[self.part][number] for block in self.blocks])

    def __iter__(self) -> Iterator[Floats32]:
        return (self[number] for number in range(len(self)))


@dataclass(frozen=True, eq=False)
class Retrieval:
    """What all gases of one signal gave, the brightness or temperature of the pixels, and what it cost and could not read.

    `maps` puts together those of one gas. `filters`, `equal`, `unlike` and `lit` have one entry for each gas, `raw` one for each filter
    there was, of which the gas's own is `chosen`. `excluded` marks pixels kept out of the background, `telling` those that tell it.
    """

    signal: Signal
    filters: tuple[Filter, ...]
    chosen: tuple[int, ...]
    equal: Floats
    raw: Layers
    unlike: Layers
    lit: Layers
    brightness: Floats32
    excluded: NDArray[np.bool_]
    telling: NDArray[np.bool_]
    background: Background
    cpu_s: float
    damaged_lines: int

    @cached_property
    def trust(self) -> Floats32:
        """How much a pixel counts in a mean: 1, less the more it is unlike the background whatever gas is taken out of it."""
        least = np.full(self.brightness.shape, np.inf, np.float32)
        for one in self.unlike:
            least = np.minimum(least, usual(one, self.brightness, self.telling))
        return np.asarray(np.nan_to_num(1.0 / np.maximum(least, 1.0)), np.float32)

    def maps(self, number: int) -> Maps:
        """Column, error and score of the gas of this number."""
        unlike = usual(self.unlike[number], self.brightness, self.telling)
        raw = self.raw[self.chosen[number]]
        equal = float(self.equal[number])
        return maps_of(self.signal, self.filters[number], raw, self.lit[number], self.brightness, unlike, self.excluded, equal)


class Reading:
    """A cube as strips of a signal, in order, on all workers; counts the time of the computing and the lines it could not read."""

    def __init__(self, cube: Cube, signal: Signal, executor: Executor) -> None:
        self.cube, self.signal, self.executor = cube, signal, executor
        self.strips = strips_of(cube)
        self.damaged: set[int] = set()
        self.kept: dict[int, Floats32] = {}
        self.brightness: dict[int, Floats32] = {}
        self.reading_cpu_s: list[float] = []
        self.started, self.blocks_cpu_s, self.computing_cpu_s = time.process_time(), 0.0, 0.0

    def cpu_s(self) -> float:
        """Seconds of computing since the beginning, those of a run that was stopped too; the reading of files is none."""
        return time.process_time() - self.started - self.blocks_cpu_s + self.computing_cpu_s

    def goes_on(self, spent_s: float) -> None:
        """A run that was stopped had spent so much when its last pass began."""
        self.computing_cpu_s = max(self.computing_cpu_s, spent_s)

    def each(self, compute: Callable[[Strip], Part]) -> Iterable[Part]:
        """`compute` of every strip, in the order of the strips."""
        return self.executor.map(partial(self._one, compute), self.strips)

    def in_blocks(
        self, journal: Journal, step: str, compute: Callable[[Strip], Arrays], gather: Callable[[list[Arrays]], Arrays]
    ) -> list[Callable[[], Arrays]]:
        """`compute` of every strip, gathered by blocks of strips, each a step of the journal. The last array is not for the caller."""
        found = []
        for first in range(0, len(self.strips), BLOCK_STRIPS):
            block = self.strips[first : first + BLOCK_STRIPS]
            found.append(journal.kept(f"{step}-{first}", partial(self._block, block, compute, gather)))
            spent, *damaged = found[-1]()[-1].tolist()
            self.computing_cpu_s += spent
            self.damaged.update(map(int, damaged))
        return found

    def _block(
        self, block: Sequence[tuple[int, int]], compute: Callable[[Strip], Arrays], gather: Callable[[list[Arrays]], Arrays]
    ) -> Arrays:
        """The block's arrays, and after them the seconds spent and the damaged lines: a run that goes on knows them too."""
        started, reading = time.process_time(), sum(self.reading_cpu_s)
        arrays = gather(list(self.executor.map(partial(self._one, compute), block)))
        spent = time.process_time() - started
        self.blocks_cpu_s += spent
        lines = sorted(line for line in self.damaged if block[0][0] <= line < block[-1][1])
        return (*arrays, np.array([spent - (sum(self.reading_cpu_s) - reading), *lines]))

    def _one(self, compute: Callable[[Strip], Part], lines: tuple[int, int]) -> Part:
        radiance = self._radiance(lines)
        if lines[0] not in self.brightness:
            self.brightness[lines[0]] = brightness_of(radiance, self.signal)
        return compute(Strip(self.signal, *lines, radiance, self.brightness[lines[0]]))

    def _radiance(self, lines: tuple[int, int]) -> Floats32:
        """The strip's radiance, pixels x bands: the first strips stay in memory, the others are read each time."""
        if lines[0] in self.kept:
            return self.kept[lines[0]]
        started = time.thread_time()
        radiance = self._read(lines)
        self.reading_cpu_s.append(time.thread_time() - started)
        if lines[1] * self.cube.columns * len(self.signal.bands) * radiance.itemsize <= KEPT_BYTES:
            self.kept[lines[0]] = radiance
        return radiance

    def _read(self, lines: tuple[int, int]) -> Floats32:
        """A strip that cannot be read is read line by line, and what is damaged left out."""
        first, end = lines
        bands = self.signal.bands
        try:
            return np.ascontiguousarray(self.cube.tile(first, end, bands).reshape(-1, len(bands)))
        except OSError:
            parts = [self._read_line(line) for line in range(first, end)]
            return np.concatenate(parts)

    def _read_line(self, line: int) -> Floats32:
        try:
            return self.cube.tile(line, line + 1, self.signal.bands).reshape(-1, len(self.signal.bands))
        except OSError:
            self.damaged.add(line)
            return np.full((self.cube.columns, len(self.signal.bands)), np.nan, np.float32)


def retrieve(cube: Cube, signal: Signal, targets: Sequence[Target], executor: Executor, journal: Journal = IN_MEMORY) -> Retrieval:
    """What all `targets` give. Same cube, same bits, whatever the executor, and also where a run that was stopped goes on."""
    compile_kernels(signal)
    reading = Reading(cube, signal, executor)
    journal = IN_MEMORY if fits_into_memory(cube, signal) else journal
    telling = telling_pixels(cube, len(signal.bands))
    everything = summed(reading, journal, "everything", telling)
    number = journal.latest("pass")
    begun = journal.within(f"pass-{number}")
    excluded, spent = begun.kept("begun", lambda: (np.zeros((cube.lines, cube.columns), bool), np.zeros(1)))()
    reading.goes_on(float(spent[0]))
    while True:
        calm = everything - summed(reading, begun, "excluded", excluded & telling) if excluded.any() else everything
        background = background_of(calm, signal, targets[0].response.slope) if number else unknown_background(calm, signal)
        filters = filters_of(background, targets)
        raw, brightness = scores(reading, filters, begun, "scores")
        before, excluded = excluded, plume_pixels(raw, brightness, signal, excluded if number else None)
        if (number and np.mean(excluded != before) < SETTLED) or number == PASSES - 1:
            break
        number, done = number + 1, f"pass-{number}"
        begun = journal.within(f"pass-{number}")
        begun.kept("begun", partial(tuple, (excluded, np.array([reading.cpu_s()]))))
        journal.forget(done)
    backgrounds = [background]
    if signal.light is Light.THERMAL:
        backgrounds.append(background_of(calm, signal, targets[0].response.slope, EVEN_GROUND))
        filters = tuple(one for each in backgrounds for one in filters_of(each, targets))
        raw, _ = scores(reading, filters, begun, "either")
    chosen = tuple(quietest(raw, range(gas, len(filters), len(targets)), excluded) for gas in range(len(targets)))
    own = tuple(filters[which] for which in chosen)
    some = telling | stands_out([raw[which] for which in chosen], excluded)
    unlike, lit = unlikeness(reading, [(backgrounds[which // len(targets)], own[gas]) for gas, which in enumerate(chosen)], some, begun)
    telling &= ~excluded
    equal = noise_equivalents(calm, background, signal.lit * np.array([target.response.slope for target in targets]))
    spent_s, damaged = reading.cpu_s(), len(reading.damaged)
    return Retrieval(signal, own, chosen, equal, raw, unlike, lit, brightness, excluded, telling, background, spent_s, damaged)


def telling_pixels(cube: Cube, bands: int) -> NDArray[np.bool_]:
    """The pixels that tell the background: all of a small cube, else those of lines spread evenly."""
    count = min(cube.lines, max(LINES_ENOUGH, PIXELS_ENOUGH * bands // cube.columns))
    found = np.zeros((cube.lines, cube.columns), bool)
    found[np.linspace(0, cube.lines - 1, count).astype(int)] = True
    return found


def stands_out(raw: Iterable[Floats32], excluded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels in which some gas's smoothed answer is beyond the noise, either way."""
    found = np.zeros(excluded.shape, bool)
    for one in raw:
        centre, width = _middle(_calm(one, excluded))
        smooth = gaussian_filter(np.clip(np.nan_to_num((one - centre) / width), -CLIPPED, CLIPPED), SIGMA)
        centre, width = _middle(_calm(smooth, excluded))
        found |= np.abs(smooth - centre) > NOTHING * width
    return found


def quietest(raw: Layers, answers: Sequence[int], excluded: NDArray[np.bool_]) -> int:
    """Which of a gas's `answers` has the least noise once it is smoothed; the first, unless another's is clearly less."""
    if len(answers) == 1:
        return answers[0]
    first, second = (lower_mode(_calm(gaussian_filter(np.nan_to_num(raw[number]), MASK_SIGMA), excluded))[1] for number in answers)
    return answers[1] if second < QUIETER * first else answers[0]


def fits_into_memory(cube: Cube, signal: Signal) -> bool:
    """Whether the whole signal stays in memory between the passes: then it takes seconds, and nothing need be kept on disk."""
    return cube.lines * cube.columns * len(signal.bands) * np.dtype(np.float32).itemsize <= KEPT_BYTES


def compile_kernels(signal: Signal) -> None:
    """Kernels compile when a machine first calls them: that is no time of the cube's."""
    sums_of(Strip(signal, 0, 1, np.ones((1, len(signal.bands)), np.float32), np.ones(1, np.float32)), 1)
    one = np.ones(2, np.float32)
    _add_rises(one, one, one[1:], one)


def summed(reading: Reading, journal: Journal, step: str, chosen: NDArray[np.bool_]) -> Sums:
    """The sums over the chosen pixels."""

    def one(strip: Strip) -> Arrays:
        pixels = chosen[strip.first : strip.end].ravel()
        return tuple(sums_of(strip, reading.cube.columns, None if pixels.all() else pixels))

    def gather(parts: list[Arrays]) -> Arrays:
        return tuple(total(Sums(*part) for part in parts))

    return total(Sums(*block()[:-1]) for block in reading.in_blocks(journal, step, one, gather))


def filters_of(background: Background, targets: Sequence[Target]) -> tuple[Filter, ...]:
    """The matched filters of all gases."""
    return tuple(filter_of(background, target) for target in targets)


def filter_of(background: Background, target: Target) -> Filter:
    """The matched filter of one gas: least variance of all rows that give 1 for a ppm m of it."""
    slope = target.response.slope
    row = background.precision @ slope
    power = float(slope @ row)
    row = row / power
    change = target.response.change
    return Filter(row, background.mean @ row, target.response.columns, change @ row / (1.0 + change @ (row * slope)), slope, power)


def scores(reading: Reading, filters: Sequence[Filter], journal: Journal, step: str) -> tuple[Layers, Floats32]:
    """What each filter gives in each pixel, and the pixels' brightness. NaN where not measured."""
    columns = reading.cube.columns
    rows = np.column_stack([one.row for one in filters])
    offset = np.stack([one.offset for one in filters]).astype(np.float32)

    def one(strip: Strip) -> Arrays:
        found = strip.answers(rows).T.reshape(len(filters), -1, columns)
        return found - offset[:, None], strip.brightness.reshape(1, -1, columns)

    blocks = reading.in_blocks(journal, step, one, _joined)
    return Layers(blocks), Layers(blocks, 1)[0]


def _joined(parts: list[Arrays]) -> Arrays:
    """Maps of some lines (gases x lines x columns each) as maps of all of them."""
    return tuple(np.concatenate(maps, axis=1) for maps in zip(*parts, strict=True))


def unlikeness(
    reading: Reading, chosen: Sequence[tuple[Background, Filter]], some: NDArray[np.bool_], journal: Journal
) -> tuple[Layers, Layers]:
    """How unlike its background each pixel is once a gas is taken out (squared Mahalanobis distance; NaN but for `some` pixels), and
    what the gas acts on there."""
    columns, base = reading.cube.columns, reading.signal.lit
    rows = np.column_stack([each.lit for _, each in chosen])
    of = {id(background): [gas for gas, each in enumerate(chosen) if each[0] is background] for background, _ in chosen}
    distances = [(gases, _distance(columns, chosen[gases[0]][0], [chosen[gas][1] for gas in gases])) for gases in of.values()]

    def one(strip: Strip) -> Arrays:
        lit = strip.answers(rows).T + (base @ rows).astype(np.float32)[:, None]
        found = np.full_like(lit, np.nan)
        numbers = np.flatnonzero(some[strip.first : strip.end])
        for gases, distance in distances:
            found[np.ix_(np.array(gases), numbers)] = distance(strip, numbers)
        return found.reshape(len(chosen), -1, columns), lit.reshape(len(chosen), -1, columns)

    blocks = reading.in_blocks(journal, "unlike", one, _joined)
    return Layers(blocks), Layers(blocks, 1)


def _distance(columns: int, background: Background, filters: Sequence[Filter]) -> Callable[[Strip, NDArray[np.intp]], Floats32]:
    """What gives the unlikeness of some of a strip's pixels to one background (filters x pixels)."""
    whiten, mean = np.linalg.cholesky(background.precision).astype(np.float32), background.mean.astype(np.float32)
    rows = np.column_stack([one.row * np.sqrt(one.power) for one in filters]).astype(np.float32)

    def one(strip: Strip, numbers: NDArray[np.intp]) -> Floats32:
        found = np.empty((len(filters), len(numbers)), np.float32)
        for first in range(0, len(numbers), PART_PIXELS):
            part = slice(first, first + PART_PIXELS)
            about = strip.only(numbers[part]).plain() - mean[numbers[part] % columns]
            found[:, part] = _lengths(about, whiten) - (about @ rows).T ** 2
        return found

    return one


def _lengths(x: Floats32, whiten: Floats32) -> Floats32:
    """The squared length of each row of `x @ whiten`. `whiten` is a lower triangle: most products with its zeros are left out."""
    found = np.zeros(len(x), np.float32)
    for first, end in pairwise(np.linspace(0, len(whiten), TRIANGLE_PIECES + 1).astype(int).tolist()):
        piece = x[:, first:] @ whiten[first:, first:end]
        found += np.einsum("pb,pb->p", piece, piece)
    return found


def plume_pixels(raw: Iterable[Floats32], brightness: Floats32, signal: Signal, before: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Pixels in which some gas stands out, with their neighbours: they are kept out of the background."""
    found = np.zeros(brightness.shape, bool)
    for one in raw:
        score = signed(one, signal, brightness)
        if before is not None:
            score = score / spread(one, brightness, before)
        centre, width = lower_mode(_calm(score, before))
        score = (score - np.float32(centre)) / np.float32(width)
        smooth = gaussian_filter(np.clip(np.nan_to_num(score), -CLIPPED, CLIPPED), MASK_SIGMA)
        centre, width = lower_mode(_calm(smooth, before))
        found |= (smooth > centre + EXCLUDED * width) & (score > EXCLUDED_ALONE)
    return found


def signed(raw: Floats32, signal: Signal, brightness: Floats32) -> Floats32:
    """The filter's answer, positive for gas: in thermal light a plume warmer than the ground adds radiance."""
    return raw if signal.light is Light.REFLECTED else np.asarray(raw * np.sign(signal.contrast(brightness)), np.float32)


def _calm(values: Floats32, excluded: NDArray[np.bool_] | None) -> Floats32:
    """Some of the values that are measured and not excluded."""
    known = np.isfinite(values)
    return values.ravel()[thinned(np.flatnonzero(known if excluded is None else known & ~excluded))]


def _middle(values: Floats32) -> tuple[float, float]:
    """Centre and spread of values without gas."""
    centre = float(np.median(values))
    return centre, max(1.4826 * float(np.median(np.abs(values - centre))), 1e-30)


def lower_mode(values: Floats32) -> tuple[float, float]:
    """Centre of the densest eighth among the lower three fifths, and the spread of what lies below it: gas, even over half a scene,
    only adds."""
    ordered = np.sort(values).astype(np.float64)
    lower, eighth = ordered[: max(2, int(0.6 * len(ordered)))], max(1, len(ordered) // 8)
    first = int(np.argmin(lower[eighth:] - lower[:-eighth]))
    centre = float(0.5 * (lower[first] + lower[first + eighth]))
    below = ordered[ordered < centre]
    return centre, max(1.4826 * float(np.median(centre - below)), 1e-30) if len(below) else 1e-30


def thinned(pixels: NDArray[np.intp]) -> NDArray[np.intp]:
    """At most some 60,000 of the pixels, evenly spread."""
    return pixels[:: max(1, len(pixels) // ESTIMATED_FROM)]


def by_brightness(values: Floats32, brightness: Floats32, chosen: NDArray[np.bool_], statistic: Callable[[Floats32], float]) -> Floats32:
    """A positive statistic of the chosen finite values at each pixel's brightness: that of twelve classes, joined smoothly."""
    known = thinned(np.flatnonzero(np.isfinite(values) & np.isfinite(brightness) & chosen))
    level, value = brightness.ravel()[known], values.ravel()[known]
    classes = int(np.clip(len(level) // 200, 1, CLASSES))
    edges = np.quantile(level, np.linspace(0.0, 1.0, classes + 1)).astype(np.float64)
    which = np.clip(np.searchsorted(edges, level, side="right") - 1, 0, classes - 1)
    told = np.array([statistic(value[which == each]) for each in range(classes)])
    middle, logs = (0.5 * (edges[1:] + edges[:-1])).astype(np.float32), np.log(told).astype(np.float32)
    found = np.full(brightness.shape, logs[0], np.float32)
    _add_rises(brightness.ravel(), middle, np.diff(logs), found.ravel())
    return np.asarray(np.exp(found, found))


@compiled
def _add_rises(brightness: Floats32, level: Floats32, rise: Floats32, found: Floats32) -> None:
    """Add to each pixel the rises from one of the ascending levels to the next, as far as its brightness has come. Level by level: a search
    for each pixel's level would take five times as long."""
    for number in range(rise.shape[0]):
        steep = np.float32(1.0) / max(level[number + 1] - level[number], np.float32(1e-12))
        for pixel in range(brightness.shape[0]):
            share = (brightness[pixel] - level[number]) * steep
            if share < np.float32(0.0):
                share = np.float32(0.0)
            if share > np.float32(1.0):
                share = np.float32(1.0)
            found[pixel] += share * rise[number]


def spread(raw: Floats32, brightness: Floats32, excluded: NDArray[np.bool_]) -> Floats32:
    """The noise of `raw` in each pixel, as it depends on the brightness of pixels without gas."""
    return by_brightness(raw, brightness, ~excluded, lambda values: _middle(values)[1])


def maps_of(
    signal: Signal,
    one: Filter,
    raw: Floats32,
    lit: Floats32,
    brightness: Floats32,
    unlike: Floats32,
    excluded: NDArray[np.bool_],
    equal: float,
) -> Maps:
    """Column, error and score of one gas from what its filter gave and what it acts on. `unlike` is 1 where a pixel is as unlike the
    others as usual."""
    noise = spread(raw, brightness, excluded)
    answer = signed(raw, signal, brightness)
    centre = _middle(_calm(answer, excluded))[0]
    contrast = np.maximum(signed(lit, signal, brightness), np.float32(LEAST_LIT[signal.light]))
    column = columns_of(((answer - np.float32(centre)) / contrast).astype(np.float32), one)
    floor = noise / contrast
    share = RESPONSE_ERROR if signal.light is Light.REFLECTED else np.hypot(RESPONSE_ERROR, signal.air_error_k / contrast)
    sd = np.hypot(floor, share * column).astype(np.float32)
    tail = HEAVY_TAIL / len(signal.bands)
    score = (answer - np.float32(centre)) / noise / np.sqrt(np.maximum((tail + unlike) / (tail + 1.0), 0.8))
    if signal.light is Light.THERMAL:
        score = np.where(np.abs(signal.contrast(brightness)) <= LEAST_CONTRAST_K, np.float32(0.0), score)
    return Maps(column, sd, floor.astype(np.float32), score.astype(np.float32), excluded, equal)


def columns_of(answer: Floats32, one: Filter) -> Floats32:
    """Columns (ppm m) whose response the filter would answer so. Negative answers stay as they are; what no column could answer gets the
    column that answers most."""
    rising = one.curve[: int(np.argmax(one.curve)) + 1]
    flat = answer.ravel()
    column = np.where(flat > 0, np.interp(flat, np.maximum.accumulate(rising), one.columns[: len(rising)]), flat)
    return np.where(np.isnan(flat), np.nan, column).astype(np.float32).reshape(answer.shape)


def usual(unlike: Floats32, brightness: Floats32, telling: NDArray[np.bool_]) -> Floats32:
    """Unlikeness over the median at each pixel's brightness. Pixels that were not asked are as usual."""
    flat = by_brightness(unlike, brightness, telling, lambda values: max(float(np.median(values)), 1e-6))
    return np.asarray(np.where(np.isnan(unlike), brightness * 0.0 + 1.0, unlike / flat), np.float32)
