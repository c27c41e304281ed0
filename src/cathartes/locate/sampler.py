"""Tempered sequential Monte Carlo in standard-normal unknowns: from the prior to the posterior, with the evidence.

Knows nothing of plumes. Each run starts from the prior; several runs with their own seeds tell whether they agree.
Del Moral, Doucet and Jasra 2006 (J. R. Stat. Soc. B 68, 411). Moves alternate between Crank-Nicolson about the particles' own
mean and covariance, whose acceptance does not fall with the number of unknowns that the data leave alone, and differential
evolution (ter Braak 2006, Stat. Comput. 16, 239), which follows bends and leaps between places.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from cathartes.model.samples import Floats

Density = Callable[[Floats], Floats]
KEEP_SHARE = 0.4
FIRST_CROWD = 10
MORE_CROWD = 5
MOST_STAGES = 60


@dataclass(frozen=True, eq=False)
class Run:
    """One finished run: equally weighted draws (standard normals), their log likelihoods, log evidence, and how it went."""

    draws: Floats
    log_likelihood: Floats
    log_evidence: float
    stages: int
    acceptance: float


def sample(
    density: Density,
    unknowns: int,
    particles: int,
    moves: int,
    seed: int,
    power_end: float = 1.0,
    blocks: Sequence[slice] = (),
    crowd: int = FIRST_CROWD,
) -> Run:
    """One run of tempered SMC on log likelihood `density` raised to `power_end`, from `crowd` draws of the prior for each particle.

    Each of `blocks` (of the unknowns) is also redrawn as a whole from the prior, now and then: a source that says nothing
    moves freely.
    """
    rng = np.random.default_rng(seed)
    return anneal(Ladder(nothing, density), rng.standard_normal((crowd * particles, unknowns)), particles, moves, rng, power_end, blocks)


def extend(density: Density, fewer: Density, found: Run, blocks: Sequence[slice], particles: int, moves: int, seed: int) -> Run:
    """One run with one of `blocks` more than `found` has: from its draws, with a block of the prior added at a random place of the order.

    `blocks` end the unknowns and are alike; `fewer` is the log likelihood that found `found`. Tempered from the mean of `fewer` over the
    ways to leave one block out, which such draws follow exactly, to `density`: where one more block explains nothing the two are nearly
    the same, and the evidence is as good as importance sampling can make it.
    """
    rng = np.random.default_rng(seed)
    first, own = blocks[0].start, blocks[0].stop - blocks[0].start

    def without_one(z: Floats) -> Floats:
        left = [fewer(np.delete(z, np.arange(block.start, block.stop), axis=1)) for block in blocks]
        return np.asarray(logsumexp(left, axis=0) - np.log(len(blocks)))

    z = found.draws[np.linspace(0, len(found.draws) - 1, MORE_CROWD * particles).astype(int)]
    z = np.hstack((z, rng.standard_normal((len(z), own))))
    parts = z[:, first:].reshape(len(z), len(blocks), own)
    order = rng.permuted(np.tile(np.arange(len(blocks)), (len(z), 1)), axis=1)
    z = np.hstack((z[:, :first], np.take_along_axis(parts, order[..., None], axis=1).reshape(len(z), -1)))
    run = anneal(Ladder(without_one, density), z, particles, moves, rng, 1.0, blocks)
    return replace(run, log_evidence=found.log_evidence + run.log_evidence)


def nothing(z: Floats) -> Floats:
    """The log likelihood of no measurement."""
    return np.zeros(len(z))


@dataclass(frozen=True)
class Ladder:
    """From a log density that draws already follow (`low`) to the one that is sought (`high`), at some `power` between them."""

    low: Density
    high: Density
    power: float = 0.0

    def ends(self, z: Floats) -> Floats:
        """Both log densities of each of `z` (n x 2); the low one is left at nought where it has no say any more."""
        return np.column_stack((self.low(z) if self.power < 1.0 else np.zeros(len(z)), self.high(z)))

    def height(self, ends: Floats) -> Floats:
        """The log density between the two `ends`."""
        return np.asarray(ends @ np.array([1.0 - self.power, self.power]))


def anneal(
    ladder: Ladder, z: Floats, particles: int, moves: int, rng: np.random.Generator, power_end: float, blocks: Sequence[slice]
) -> Run:
    """Draws `z` of the low end of `ladder` carried up to `power_end`; the evidence is the high end's over the low end's.

    Places are told apart early, so `z` is a crowd at first; the first stage thins it to `particles`.
    """
    ends = ladder.ends(z)
    evidence, step, stages, rate = 0.0, 0.5, 0, 1.0
    states = [(z, ends)]
    while ladder.power < power_end and stages < MOST_STAGES:
        value = ends[:, 1] - ends[:, 0]
        rise = next_rise(value, power_end - ladder.power, particles * (KEEP_SHARE if stages else 1.0) / len(z))
        weight = np.exp(rise * (value - value.max()))
        evidence += rise * value.max() + np.log(weight.mean())
        ladder = replace(ladder, power=min(ladder.power + rise, power_end))
        chosen = systematic(weight / weight.sum(), particles, rng)
        states, rate, step = move(ladder, z[chosen], ends[chosen], moves, step, blocks, rng)
        z, ends = states[-1]
        stages += 1
    # At the last temperature the moves go from draw to draw of the posterior: all of the second half are kept.
    kept = states[len(states) // 2 :]
    value = np.concatenate([ends[:, 1] for _, ends in kept])
    return Run(np.concatenate([z for z, _ in kept]), value, float(evidence), stages, rate)


def next_rise(value: Floats, left: float, share: float) -> float:
    """How far the likelihood's power may rise so that this share of the particles stays effective: bisection."""
    if effective(left * (value - value.max())) >= share:
        return left
    low, high = 0.0, left
    for _ in range(60):
        middle = 0.5 * (low + high)
        if effective(middle * (value - value.max())) < share:
            high = middle
        else:
            low = middle
    return max(low, 1e-12)


def effective(log_weight: Floats) -> float:
    """Effective share of particles, between 1/n and 1."""
    weight = np.exp(log_weight)
    return float(weight.sum() ** 2 / (weight**2).sum() / len(weight))


def systematic(weight: Floats, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices of a systematic resample of `count` from normalised weights."""
    ladder = (np.arange(count) + rng.random()) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), ladder), len(weight) - 1)


def move(
    ladder: Ladder, z: Floats, ends: Floats, moves: int, step: float, blocks: Sequence[slice], rng: np.random.Generator
) -> tuple[list[tuple[Floats, Floats]], float, float]:
    """Several Metropolis moves of all particles at one temperature; returns where each left them, the acceptance rate, the tuned step."""
    mean = z.mean(axis=0)
    root = np.linalg.cholesky(np.cov(z.T) + 1e-4 * np.eye(z.shape[1]))
    accepted, states = 0.0, []
    for _ in range(moves):
        white = np.linalg.solve(root, (z - mean).T).T
        fresh = np.sqrt(1.0 - step**2) * white + step * rng.standard_normal(z.shape)
        trial = mean + fresh @ root.T
        trial_ends = ladder.ends(trial)
        # Crank-Nicolson keeps the reference normal; what remains is likelihood and prior over that reference.
        ratio = ladder.height(trial_ends - ends) - 0.5 * (trial**2 - z**2).sum(1) + 0.5 * (fresh**2 - white**2).sum(1)
        good = np.log(rng.random(len(z))) < ratio
        z = np.where(good[:, None], trial, z)
        ends = np.where(good[:, None], trial_ends, ends)
        accepted += good.mean() / moves
        step = float(np.clip(step * np.exp(good.mean() - 0.3), 0.05, 0.95))
        z, ends = leap(ladder, z, ends, rng)
        if blocks:
            z, ends = redraw(ladder, z, ends, blocks, rng)
        states.append((z, ends))
    return states, float(accepted), step


def redraw(ladder: Ladder, z: Floats, ends: Floats, blocks: Sequence[slice], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """One block of each particle anew from the prior, kept by the likelihood alone."""
    trial = z.copy()
    chosen = rng.integers(len(blocks), size=len(z))
    for number, block in enumerate(blocks):
        rows = np.flatnonzero(chosen == number)
        trial[rows, block] = rng.standard_normal(trial[rows, block].shape)
    trial_ends = ladder.ends(trial)
    good = (np.log(rng.random(len(z))) < ladder.height(trial_ends - ends))[:, None]
    return np.where(good, trial, z), np.where(good, trial_ends, ends)


def leap(ladder: Ladder, z: Floats, ends: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """One differential-evolution move: each half of the crowd steps along differences between members of the other half."""
    count, unknowns = z.shape
    half = count // 2
    order = rng.permutation(count)
    z, ends = z.copy(), ends.copy()
    for own, other in ((order[:half], order[half:]), (order[half:], order[:half])):
        first, second = rng.choice(other, len(own)), rng.choice(other, len(own))
        # One step in five is a full difference: it carries a particle from one mode to another.
        length = np.where(rng.random(len(own)) < 0.2, 1.0, 2.38 / np.sqrt(2.0 * unknowns) * rng.uniform(0.3, 1.0, len(own)))
        trial = z[own] + length[:, None] * (z[first] - z[second]) + 1e-3 * rng.standard_normal((len(own), unknowns))
        trial_ends = ladder.ends(trial)
        ratio = ladder.height(trial_ends - ends[own]) - 0.5 * (trial**2 - z[own] ** 2).sum(1)
        good = np.log(rng.random(len(own))) < ratio
        z[own[good]], ends[own[good]] = trial[good], trial_ends[good]
    return z, ends
