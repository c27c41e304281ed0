"""Columns of gases from a cube: a matched filter whose background is taken from the pixels without gas, in a few passes.

What the numbers mean as a probability is in `cube_presence`. Method: docs/explanation/cubes.md.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, label, maximum_filter

from cathartes.detect.cube_background import Background, Sums, background_of, noise_equivalents, sums_of, total, unknown_background
from cathartes.detect.cube_gain import gain_of, strong_pixels
from cathartes.detect.cube_journal import Arrays, Journal
from cathartes.detect.cube_levels import add_rises, centre_and_width, lower_mode, spread, usual, without_gas
from cathartes.detect.cube_maps import Filter, Maps, Target, filters_of, maps_of, signed
from cathartes.detect.cube_reading import Layers, Lines, Reading, fits_into_memory, joined
from cathartes.detect.cube_signal import Light, Signal, Strip, strips_of
from cathartes.detect.cube_unlikeness import form_about, unlikeness
from cathartes.model import Cube
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

PASSES = 6
"""Most passes over the cube; they end when fewer than three in a thousand pixels change sides."""

SETTLED = 3e-3
EXCLUDED, EXCLUDED_ALONE = 3.0, 1.0
MASK_SIGMA = 1.0
SURE, AROUND = 5.0, {Light.REFLECTED: 5, Light.THERMAL: 0}
"""Faint gas reaches some pixels beyond what stands out. Once the passes have settled, all pixels so close to one of five noises are kept
out of the background as well, whatever they hold: in means of columns they would take a tenth off thin gas. In thermal light odd patches
of ground stand out as far, and what is around them is ground to be told."""

SIGMA = 1.5
"""Pixels over which scores are smoothed: plumes are wider than a pixel, noise and stripes are not."""

CLIPPED = 6.0
"""Scores are cut at six noises before they are smoothed: one bright outlier must not become a blob."""

LINES_ENOUGH, PIXELS_ENOUGH, SHORT_LINES = 120, 300, 10
"""The background of a cube of more than twice as many lines is told by so many, and so many pixels for each band, in strips of so many
lines: more of an even choice tell no more, and plumes are seen in strips as they are in the whole."""

PUT_BACK = 0.4
"""The lightest pieces that stand out in sunlight are put back once: were they gas, they would add this share of the answers' variance at
most."""

UNEVEN, WIDE, LOWER, LEARNT = 2.0, 16.0, 0.4, 0.93
"""Where smoothed answers spread so many times as far as noise of pixels would, the background is sought twice more, from so many of the
pixels: those whose answers are least over so many pixels around, by the settled filter, and by the first, which knows nothing of the scene:
the settled one may be blind to the gas. The quieter is taken where its noise is below the last share of the first one's. Gas that was
learnt: 2.0 to 3.9 times and .72 to .92, elsewhere 1.0 to 1.9."""

LINES_USUAL, PIXELS_USUAL = 40, 25_000
"""How unlike the background pixels usually are is told by so many lines, and so many pixels, at least."""

NOTHING = 2.0
"""Where the smoothed answer is within so many noises of no gas, a pixel is not asked how unlike the background it is, but for those that
tell what is usual: it could not pass for gas."""

EVEN_GROUND, QUIETER = 0.005, 0.95
"""A vapour has a second filter, for which surfaces have this share of the prior's variance, a fourteenth of its kelvins. It is taken
where the noise of its smoothed answer is below the second share of the first one's: where ground is even, the prior hides gas."""

IN_MEMORY = Journal()


@dataclass(frozen=True, eq=False)
class Retrieval:
    """What all gases of one signal gave, the brightness or temperature of the pixels, and what it cost and could not read.

    `maps` puts together those of one gas. `equal` and `unlike` have one entry for each gas, `filters`, `raw` and `lit` one for each filter
    there was, of which the gas's own is `chosen`. `gain` is the share of the library's answer that gas gives here. `excluded` marks
    pixels kept out of the background, `sample` those that tell how unlike it pixels without gas are.
    """

    signal: Signal
    filters: tuple[Filter, ...]
    chosen: tuple[int, ...]
    equal: Floats
    gain: float
    raw: Layers
    unlike: Layers
    lit: Layers
    brightness: Floats32
    excluded: NDArray[np.bool_]
    sample: NDArray[np.bool_]
    background: Background
    cpu_s: float
    damaged_lines: int

    @cached_property
    def trust(self) -> Floats32:
        """How much a pixel counts in a mean: 1, less the more it is unlike the background whatever gas is taken out of it."""
        least = np.full(self.brightness.shape, np.inf, np.float32)
        for one in self.unlike:
            least = np.minimum(least, usual(one, self.brightness, self.sample))
        return np.asarray(np.nan_to_num(1.0 / np.maximum(least, 1.0)), np.float32)

    def maps(self, number: int) -> Maps:
        """Column, error and score of the gas of this number."""
        unlike = usual(self.unlike[number], self.brightness, self.sample)
        own, equal = self.chosen[number], float(self.equal[number])
        return maps_of(
            self.signal, self.filters[own], self.raw[own], self.lit[own], self.brightness, unlike, self.excluded, equal, self.gain
        )  # fmt: skip


def retrieve(cube: Cube, signal: Signal, targets: Sequence[Target], executor: Executor, journal: Journal = IN_MEMORY) -> Retrieval:
    """What all `targets` give. Same cube, same bits, whatever the executor, and also where a run that was stopped goes on."""
    compile_kernels(signal)
    reading = Reading(cube, signal, executor)
    told = settled(reading, targets, IN_MEMORY if fits_into_memory(cube, signal) else journal)
    backgrounds = [told.background]
    if signal.light is Light.THERMAL:
        backgrounds.append(background_of(told.calm, signal, targets[0].response.slope, EVEN_GROUND))
    filters = tuple(one for each in backgrounds for one in filters_of(each, targets))
    raw, lit, brightness = scores(reading, reading.strips, filters, told.journal, "whole", lit=True)
    excluded = np.logical_or(*plume_pixels(islice(raw, len(targets)), brightness, signal, told.apart))
    chosen = tuple(quietest(raw, range(gas, len(filters), len(targets)), excluded) for gas in range(len(targets)))
    sample = spread_lines(cube, max(LINES_USUAL, PIXELS_USUAL // cube.columns))
    some = sample | stands_out([raw[which] for which in chosen], excluded)
    unlike = unlikeness(reading, [(backgrounds[which // len(targets)], filters[which]) for which in chosen], brightness, some, told.journal)
    equal = noise_equivalents(told.calm, told.background, signal.lit * np.array([target.response.slope for target in targets]))
    gain = gain_told(reading, told, targets[0], filters[0], raw[0], lit[0], brightness, excluded)
    spent_s, damaged = reading.cpu_s(), len(reading.damaged)
    return Retrieval(
        signal, filters, chosen, equal, gain, raw, unlike, lit, brightness, excluded, sample & ~excluded, told.background, spent_s, damaged
    )


@dataclass(frozen=True, eq=False)
class Settled:
    """A background and the sums it comes from; the pixels that are no part of these: not asked, or in a plume; what the first gas's filter
    last gave in the lines asked, and that pass's journal."""

    background: Background
    calm: Sums
    apart: NDArray[np.bool_]
    answer: Floats32
    journal: Journal


def settled(reading: Reading, targets: Sequence[Target], journal: Journal) -> Settled:
    """The background of the lines that tell it. In sunlight, patches of ground may have been kept out of it as if they were plumes: they
    are put back, and stand out no more. Gas over half of the lines may have been learnt as ground: then some of it is left in the answers,
    wider than noise, and adds to the noise in its own direction, as no ground does."""
    cube, slope = reading.cube, targets[0].response.slope
    strips = telling_strips(cube, len(reading.signal.bands))
    everything = summed(reading, strips, journal, "everything", np.ones((cube.lines, cube.columns), bool))
    found = settled_from(None, reading, strips, targets, everything, journal)
    if reading.signal.light is Light.THERMAL:
        return found
    lines = lines_of(strips)
    found = settled_from(weighty(found, lines, slope), reading, strips, targets, everything, journal.within("put-back"))
    if unevenness(found.answer, found.apart[lines]) < UNEVEN:
        return found
    blank, again = filters_of(unknown_background(everything, reading.signal), targets[:1]), journal.within("again")
    answers = (found.answer, scores(reading, strips, blank, again, "blank", lit=False)[0][0])
    others = []
    for number, answer in enumerate(answers):
        start, wide = np.zeros_like(found.apart), gaussian_filter(np.nan_to_num(answer), WIDE)
        start[lines] = wide > np.quantile(wide, LOWER)
        others.append(settled_from(start, reading, strips, targets, everything, again.within(f"{number}")))
    other = min(others, key=lambda each: each.background.noise(slope))
    return other if other.background.noise(slope) < LEARNT * found.background.noise(slope) else found


def weighty(found: Settled, lines: NDArray[np.intp], slope: Floats) -> NDArray[np.bool_]:
    """What is kept out of the background, but for its lightest pieces. A piece of gas adds the square of its mean score to the variance of
    answers, hardly stands out less for that, and leaves again; ground that is unlike the rest is learnt in its own direction."""
    piece, count = label(found.apart[lines])
    score = np.nan_to_num(found.answer / found.background.noise(slope))
    pixels, whole = np.bincount(piece.ravel()), np.bincount(piece.ravel(), score.ravel())
    adds = whole**2 / np.maximum(pixels * pixels[0], 1)
    adds[0] = 0.0
    lightest, kept = np.argsort(adds), found.apart.copy()
    heavy = np.zeros(count + 1, bool)
    heavy[lightest] = np.cumsum(adds[lightest]) > PUT_BACK
    kept[lines] = heavy[piece]
    return kept


def settled_from(
    start: NDArray[np.bool_] | None,
    reading: Reading,
    strips: Sequence[Lines],
    targets: Sequence[Target],
    everything: Sums,
    journal: Journal,
) -> Settled:
    """The background of some strips, from which plumes are taken out pass by pass until hardly a pixel changes sides. `start` is what is
    left out at first; where it is not given, the first pass knows nothing of the scene."""
    signal, slope, shape = reading.signal, targets[0].response.slope, (reading.cube.lines, reading.cube.columns)
    lines = lines_of(strips)
    number = journal.latest("pass")
    begun = journal.within(f"pass-{number}")
    excluded, spent = begun.kept("begun", lambda: (np.zeros(shape, bool) if start is None else start, np.zeros(1)))()
    reading.goes_on(float(spent[0]))
    while True:
        known = number > 0 or start is not None
        calm = everything - summed(reading, strips, begun, "excluded", excluded) if excluded.any() else everything
        background = background_of(calm, signal, slope) if known else unknown_background(calm, signal)
        raw, _, brightness = scores(reading, strips, filters_of(background, targets), begun, "scores", lit=False)
        before, excluded, around = excluded, np.zeros(shape, bool), np.zeros(shape, bool)
        excluded[lines], around[lines] = plume_pixels(raw, brightness, signal, before[lines] if known else None)
        if (known and np.mean((excluded != before)[lines]) < SETTLED) or number == PASSES - 1:
            break
        number, done = number + 1, f"pass-{number}"
        begun = journal.within(f"pass-{number}")
        begun.kept("begun", partial(tuple, (excluded, np.array([reading.cpu_s()]))))
        journal.forget(done)
    apart = excluded | around
    calm = everything - summed(reading, strips, begun, "apart", apart)
    apart[np.isin(np.arange(len(apart)), lines, invert=True)] = True
    return Settled(background_of(calm, signal, slope), calm, apart, raw[0], begun)


def gain_told(
    reading: Reading,
    told: Settled,
    target: Target,
    one: Filter,
    raw: Floats32,
    lit: Floats32,
    brightness: Floats32,
    excluded: NDArray[np.bool_],
) -> float:
    """The share of the library's answer that a gas gives here; 1 where no plume is strong, and in thermal light."""
    strong = strong_pixels(raw, one, excluded)
    if reading.signal.light is Light.THERMAL or not strong.any():
        return 1.0
    strips = [(first, end) for first, end in reading.strips if strong[first:end].any()]
    sums = summed(reading, strips, told.journal, "strong", strong)
    return gain_of(sums, told.background, reading.signal.wavelength_nm, target, one, raw[strong], lit[strong], brightness[strong])


def compile_kernels(signal: Signal) -> None:
    """Kernels compile when a machine first calls them: that is no time of the cube's."""
    sums_of(Strip(signal, 0, 1, np.ones((1, len(signal.bands)), np.float32)), 1)
    one = np.ones(2, np.float32)
    add_rises(one, one, one[1:], one)
    form_about(one[None], one, one, one, one, one[None], np.zeros(1, np.intp), one[None])


def telling_strips(cube: Cube, bands: int) -> list[tuple[int, int]]:
    """The lines that tell the background: all of a small cube, else short strips spread evenly."""
    count = max(LINES_ENOUGH, PIXELS_ENOUGH * bands // cube.columns) // SHORT_LINES
    if cube.lines <= 2 * count * SHORT_LINES:
        return strips_of(cube)
    return [(first, first + SHORT_LINES) for first in np.linspace(0, cube.lines - SHORT_LINES, count).astype(int).tolist()]


def lines_of(strips: Sequence[Lines]) -> NDArray[np.intp]:
    """The lines of some strips."""
    return np.concatenate([np.arange(*each) for each in strips])


def unevenness(answer: Floats32, excluded: NDArray[np.bool_]) -> float:
    """How many times as far as noise of pixels would the smoothed answer spreads where no plume is."""
    smooth = gaussian_filter(np.nan_to_num(answer), SIGMA)
    width, left = (centre_and_width(without_gas(each, excluded))[1] for each in (answer, smooth))
    return left / width * 2.0 * sqrt(pi) * SIGMA


def spread_lines(cube: Cube, count: int) -> NDArray[np.bool_]:
    """The pixels of so many lines spread evenly; all of a cube that has no more."""
    found = np.zeros((cube.lines, cube.columns), bool)
    found[np.linspace(0, cube.lines - 1, min(count, cube.lines)).astype(int)] = True
    return found


def summed(reading: Reading, strips: Sequence[Lines], journal: Journal, step: str, chosen: NDArray[np.bool_]) -> Sums:
    """The sums over the chosen pixels of some strips."""

    def one(strip: Strip) -> Arrays:
        pixels = chosen[strip.first : strip.end].ravel()
        return tuple(sums_of(strip, reading.cube.columns, None if pixels.all() else pixels))

    def gather(parts: list[Arrays]) -> Arrays:
        return tuple(total(Sums(*part) for part in parts))

    return total(Sums(*block()[:-1]) for block in reading.in_blocks(strips, journal, step, one, gather))


def scores(
    reading: Reading, strips: Sequence[Lines], filters: Sequence[Filter], journal: Journal, step: str, *, lit: bool
) -> tuple[Layers, Layers, Floats32]:
    """What each filter gives in the pixels of some strips, what its gas acts on there (nothing unless `lit`), and their brightness. NaN
    where not measured."""
    columns, count = reading.cube.columns, len(filters)
    rows = np.stack([one.row for one in filters] + [one.lit for one in filters if lit])
    offset = np.stack([one.offset for one in filters]).astype(np.float32)
    base = (rows[count:] @ reading.signal.lit).astype(np.float32)

    def one(strip: Strip) -> Arrays:
        found, brightness = strip.answers(rows)
        maps = found.reshape(len(rows), -1, columns)
        return maps[:count] - offset[:, None], maps[count:] + base[:, None, None], brightness.reshape(1, -1, columns)

    blocks = reading.in_blocks(strips, journal, step, one, joined)
    return Layers(blocks), Layers(blocks, 1), Layers(blocks, 2)[0]


def quietest(raw: Layers, answers: Sequence[int], excluded: NDArray[np.bool_]) -> int:
    """Which of a gas's `answers` has the least noise once it is smoothed; the first, unless another's is clearly less."""
    if len(answers) == 1:
        return answers[0]
    first, second = (lower_mode(without_gas(gaussian_filter(np.nan_to_num(raw[number]), MASK_SIGMA), excluded))[1] for number in answers)
    return answers[1] if second < QUIETER * first else answers[0]


def stands_out(raw: Iterable[Floats32], excluded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels in which some gas's smoothed answer is beyond the noise, either way."""
    found = np.zeros(excluded.shape, bool)
    for one in raw:
        centre, width = centre_and_width(without_gas(one, excluded))
        smooth = gaussian_filter(np.clip(np.nan_to_num((one - centre) / width), -CLIPPED, CLIPPED), SIGMA)
        centre, width = centre_and_width(without_gas(smooth, excluded))
        found |= np.abs(smooth - centre) > NOTHING * width
    return found


def plume_pixels(
    raw: Iterable[Floats32], brightness: Floats32, signal: Signal, before: NDArray[np.bool_] | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Pixels in which some gas stands out, with their neighbours, and those around sure ones: they are kept out of the background."""
    found, sure = np.zeros(brightness.shape, bool), np.zeros(brightness.shape, bool)
    for one in raw:
        score = signed(one, signal, brightness)
        if before is not None:
            score = score / spread(one, brightness, before)
        centre, width = lower_mode(without_gas(score, before))
        score = (score - np.float32(centre)) / np.float32(width)
        smooth = gaussian_filter(np.clip(np.nan_to_num(score), -CLIPPED, CLIPPED), MASK_SIGMA)
        centre, width = lower_mode(without_gas(smooth, before))
        found |= (smooth > centre + EXCLUDED * width) & (score > EXCLUDED_ALONE)
        sure |= smooth > centre + SURE * width
    return found, maximum_filter(sure, 2 * AROUND[signal.light] + 1)
