"""Tempered sequential Monte Carlo in standard-normal unknowns: from the prior to the posterior, with the evidence.

Knows nothing of plumes. Each run starts from the prior; several runs with their own seeds tell whether they agree.
Del Moral, Doucet and Jasra 2006 (J. R. Stat. Soc. B 68, 411). Moves alternate between Crank-Nicolson about the particles' own
mean and covariance, whose acceptance does not fall with the number of unknowns that the data leave alone, and differential
evolution (ter Braak 2006, Stat. Comput. 16, 239), which follows bends and leaps between places.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cathartes.model.samples import Floats

Density = Callable[[Floats], Floats]
KEEP_SHARE = 0.4
FIRST_CROWD = 10
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
    # Places are told apart early, so the crowd is larger at first; the first stage thins it.
    z = rng.standard_normal((crowd * particles, unknowns))
    value = density(z)
    power, evidence, step, stages, rate = 0.0, 0.0, 0.5, 0, 1.0
    states = [(z, value)]
    while power < power_end and stages < MOST_STAGES:
        rise = next_rise(value, power_end - power, particles * (KEEP_SHARE if stages else 1.0) / len(z))
        weight = np.exp(rise * (value - value.max()))
        evidence += rise * value.max() + np.log(weight.mean())
        power = min(power + rise, power_end)
        chosen = systematic(weight / weight.sum(), particles, rng)
        states, rate, step = move(density, z[chosen], value[chosen], power, moves, step, blocks, rng)
        z, value = states[-1]
        stages += 1
    # At the last temperature the moves go from draw to draw of the posterior: all of the second half are kept.
    kept = states[len(states) // 2 :]
    return Run(np.concatenate([z for z, _ in kept]), np.concatenate([value for _, value in kept]), float(evidence), stages, rate)


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
    density: Density, z: Floats, value: Floats, power: float, moves: int, step: float, blocks: Sequence[slice], rng: np.random.Generator
) -> tuple[list[tuple[Floats, Floats]], float, float]:
    """Several Metropolis moves of all particles at one temperature; returns where each left them, the acceptance rate, the tuned step."""
    mean = z.mean(axis=0)
    root = np.linalg.cholesky(np.cov(z.T) + 1e-4 * np.eye(z.shape[1]))
    accepted, states = 0.0, []
    for _ in range(moves):
        white = np.linalg.solve(root, (z - mean).T).T
        fresh = np.sqrt(1.0 - step**2) * white + step * rng.standard_normal(z.shape)
        trial = mean + fresh @ root.T
        trial_value = density(trial)
        # Crank-Nicolson keeps the reference normal; what remains is likelihood and prior over that reference.
        ratio = power * (trial_value - value) - 0.5 * (trial**2 - z**2).sum(1) + 0.5 * (fresh**2 - white**2).sum(1)
        good = np.log(rng.random(len(z))) < ratio
        z = np.where(good[:, None], trial, z)
        value = np.where(good, trial_value, value)
        accepted += good.mean() / moves
        step = float(np.clip(step * np.exp(good.mean() - 0.3), 0.05, 0.95))
        z, value = leap(density, z, value, power, rng)
        if blocks:
            z, value = redraw(density, z, value, power, blocks, rng)
        states.append((z, value))
    return states, float(accepted), step


def redraw(
    density: Density, z: Floats, value: Floats, power: float, blocks: Sequence[slice], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """One block of each particle anew from the prior, kept by the likelihood alone."""
    trial = z.copy()
    chosen = rng.integers(len(blocks), size=len(z))
    for number, block in enumerate(blocks):
        rows = np.flatnonzero(chosen == number)
        trial[rows, block] = rng.standard_normal(trial[rows, block].shape)
    trial_value = density(trial)
    good = np.log(rng.random(len(z))) < power * (trial_value - value)
    return np.where(good[:, None], trial, z), np.where(good, trial_value, value)


def leap(density: Density, z: Floats, value: Floats, power: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """One differential-evolution move: each half of the crowd steps along differences between members of the other half."""
    count, unknowns = z.shape
    half = count // 2
    order = rng.permutation(count)
    trial = z.copy()
    for own, other in ((order[:half], order[half:]), (order[half:], order[:half])):
        first, second = rng.choice(other, len(own)), rng.choice(other, len(own))
        # One step in five is a full difference: it carries a particle from one mode to another.
        length = np.where(rng.random(len(own)) < 0.2, 1.0, 2.38 / np.sqrt(2.0 * unknowns) * rng.uniform(0.3, 1.0, len(own)))
        trial[own] = z[own] + length[:, None] * (z[first] - z[second]) + 1e-3 * rng.standard_normal((len(own), unknowns))
        own_value = density(trial[own])
        ratio = power * (own_value - value[own]) - 0.5 * (trial[own] ** 2 - z[own] ** 2).sum(1)
        good = np.log(rng.random(len(own))) < ratio
        z[own[good]], value[own[good]] = trial[own[good]], own_value[good]
    return z, value
