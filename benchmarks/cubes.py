"""Gas in cubes, ours beside SPy, a sparse filter and fastmag1c, in one run: CPU seconds on one thread, extra memory, ranking, bias.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=. python benchmarks/cubes.py [SCENE.npz] [--seeds 100 101 102]

Scenes are the simulator's of tests/cubes.py, and the npz given (radiance in uW/cm2/nm/sr, wavelength_nm, fwhm_nm, truth_ppmm). Peers that
are not installed are left out. Speed is told for one large cube; wall clocks are not looked at, since machines are shared.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tests.cubes import Scene, ranked, sunlit

from cathartes.detect.cube_background import background_of
from cathartes.detect.cube_maps import filters_of, target_of
from cathartes.detect.cube_presence import presence
from cathartes.detect.cube_reading import Reading
from cathartes.detect.cube_retrieval import IN_MEMORY, retrieve, scores, summed
from cathartes.detect.cube_signal import reflected_signal
from cathartes.earth.signatures import library

Floats = NDArray[np.float64]
GAS = library()["ch4"]
BINS = ((300.0, 1000.0), (1000.0, 3000.0), (3000.0, 1e9))
LARGE = (1000, 600)


class InTurn(Executor):
    """Does one thing after the other in this thread, so that its CPU time is the whole."""

    def map(self, compute: Callable[..., Any], *items: Iterable[Any], **_: Any) -> Iterator[Any]:
        return map(compute, *items)

    def submit(self, compute: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(compute(*given, **named))
        return future


class Answer(NamedTuple):
    """Columns (ppm m) and the score that ranks pixels."""

    column: NDArray[np.floating[Any]]
    score: NDArray[np.floating[Any]]


def ours(scene: Scene) -> Answer:
    """The retrieval and the probability of gas of cathartes."""
    cube = scene.cube()
    signal = reflected_signal(cube, GAS)
    target = target_of(GAS, signal.wavelength_nm, cube.fwhm_nm[signal.bands])
    maps = retrieve(cube, signal, [target], InTurn()).maps(0)
    return Answer(maps.column, presence(maps, signal.light).probability)


def plain_global(scene: Scene) -> Answer:
    """One pass of cathartes' retrieval: background of all pixels, gas and all, and one filter. It has no probabilities."""
    cube = scene.cube()
    signal = reflected_signal(cube, GAS)
    target = target_of(GAS, signal.wavelength_nm, cube.fwhm_nm[signal.bands])
    reading = Reading(cube, signal, InTurn())
    sums = summed(reading, reading.strips, IN_MEMORY, "everything", np.ones(scene.truth.shape, bool))
    filters = filters_of(background_of(sums, signal, target.response.slope), [target])
    column = scores(reading, reading.strips, filters, IN_MEMORY, "scores", lit=False)[0][0]
    return Answer(column, column)


def spy_global(scene: Scene) -> Answer:
    """SPy's matched filter over the whole image, with the target as a difference from the mean, in 64 bits."""
    import spectral

    x = scene.radiance.astype(np.float64)
    mean = x.mean(axis=(0, 1))
    signature = mean * GAS.response(scene.wavelength_nm, scene.fwhm_nm).slope
    background = spectral.calc_stats(x)
    column = spectral.matched_filter(x, mean + 1000.0 * signature, background) * 1000.0
    return Answer(column, column)


def spy_ace(scene: Scene) -> Answer:
    """SPy's adaptive cosine estimator over the whole image. It is a squared cosine: it ranks, without a sign and without a column."""
    import spectral

    x = scene.radiance.astype(np.float64)
    background = spectral.calc_stats(x)
    signature = background.mean * GAS.response(scene.wavelength_nm, scene.fwhm_nm).slope
    score = spectral.ace(x, background.mean + 1000.0 * signature, background)
    return Answer(np.full(score.shape, np.nan), score)


def sparse_columns(scene: Scene) -> Answer:
    """The albedo-corrected, reweighted sparse filter by columns, 30 passes in 64 bits, without a negative column (Foote et al. 2020, IEEE
    TGRS 58, 6480, algorithm 1): the method of mag1c, written here after the paper."""
    unit = 1e5 * GAS.response(scene.wavelength_nm, scene.fwhm_nm).slope
    found = [_sparse(scene.radiance[:, column].astype(np.float64), unit) for column in range(scene.truth.shape[1])]
    answer = 1e5 * np.column_stack(found)
    return Answer(answer, answer)


def _sparse(x: Floats, unit: Floats, passes: int = 30) -> Floats:
    """One column of pixels (lines x bands); the answer is in 1e5 ppm m, on which the weight of sparsity depends."""
    albedo = x @ x.mean(axis=0) / np.sum(x.mean(axis=0) ** 2)
    gas, mean = np.zeros(len(x)), x.mean(axis=0)
    for number in range(passes + 1):
        target = mean * unit
        calm = x - (albedo * gas)[:, None] * target
        mean = calm.mean(axis=0)
        row = np.linalg.solve(np.cov(calm.T, bias=True), target)
        weight = 0.0 if number == 0 else 1.0 / (albedo * (gas + 1e-9))
        gas = np.maximum(((x - mean) @ row - weight) / (albedo * (target @ row)), 0.0)
    return gas


def fastmag1c_columns(scene: Scene) -> Answer:
    """fastmag1c by columns, 30 iterations in 64 bits, as its authors advise."""
    import torch
    from fastmag1c.filters import fastmag1c

    torch.set_num_threads(1)
    x = torch.from_numpy(np.ascontiguousarray(scene.radiance.transpose(1, 0, 2)).astype(np.float64))
    signature = torch.from_numpy(1e5 * GAS.response(scene.wavelength_nm, scene.fwhm_nm).slope)
    column = fastmag1c(x, signature[None, None])[0][..., 0].numpy().T
    return Answer(column, column)


PEERS: dict[str, Callable[[Scene], Answer]] = {
    "cathartes": ours, "cathartes, one pass": plain_global, "SPy matched filter": spy_global, "SPy ACE": spy_ace,
    "sparse, by columns": sparse_columns, "fastmag1c": fastmag1c_columns,
}  # fmt: skip


QUICK = ("cathartes", "cathartes, one pass", "SPy matched filter")


def measured(scene: Scene, answer: Answer) -> str:
    """Ranking against the truth, and bias by strength."""
    area, best = ranked(scene.truth > 200.0, np.asarray(answer.score, np.float32))
    bias = []
    for low, high in BINS:
        inside = (scene.truth > low) & (scene.truth < high)
        ratio = answer.column[inside].mean() / scene.truth[inside].mean() if inside.any() else np.nan
        bias.append(f"{100 * (ratio - 1):+.0f}" if np.isfinite(ratio) else "-")
    return f"AUPRC {area:.3f}  F1 {best:.3f}  bias % {' '.join(bias)}"


def run(name: str, scene: Scene) -> tuple[Answer, float, float] | None:
    """A peer's answer, its CPU seconds and extra memory (MB); `None` where it is not installed."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    try:
        answer = PEERS[name](scene)
    except ImportError as problem:
        print(f"  {name:20s} left out: {problem}")
        return None
    return answer, time.process_time() - started, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def large(bands: int) -> Scene:
    """A cube of 600,000 pixels made of one scene and fresh noise, all `bands` between the first and the last of the scene's."""
    scene = sunlit(1)
    wavelength = np.linspace(scene.wavelength_nm[0], scene.wavelength_nm[-1], bands)
    between = np.array([np.interp(wavelength, scene.wavelength_nm, one) for one in np.eye(len(scene.wavelength_nm))], np.float32)
    scene = scene._replace(radiance=scene.radiance @ between, wavelength_nm=wavelength, fwhm_nm=np.full(bands, scene.fwhm_nm[0]))
    again = tuple(-(-wanted // found) for wanted, found in zip(LARGE, scene.truth.shape, strict=True))
    radiance = np.tile(scene.radiance, (*again, 1))[: LARGE[0], : LARGE[1]]
    random = np.random.default_rng(1)
    for line in radiance:
        line *= 1 + 0.003 * random.standard_normal(line.shape, np.float32)
    return scene._replace(radiance=np.ascontiguousarray(radiance, np.float32), truth=np.tile(scene.truth, again)[: LARGE[0], : LARGE[1]])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scene", nargs="?", type=Path)
    parser.add_argument("--seeds", nargs="*", type=int, default=[100, 101, 102, 103])
    given = parser.parse_args()
    scenes = {f"seed {seed}": sunlit(seed) for seed in given.seeds}
    if given.scene is not None:
        held = np.load(given.scene)
        wavelength, width = held["wavelength_nm"].astype(float), held["fwhm_nm"].astype(float)
        scenes[given.scene.stem] = Scene(held["radiance"] * np.float32(10), wavelength, width, held["truth_ppmm"].astype(float))
    for title, scene in scenes.items():
        print(title)
        for name in PEERS:
            if (found := run(name, scene)) is not None:
                print(f"  {name:20s} {measured(scene, found[0])}")
    for bands in (50, 285):
        print(f"{LARGE[0]} x {LARGE[1]} x {bands}, one thread")
        cube = large(bands)
        for name in PEERS if bands == 50 else QUICK:
            if (found := run(name, cube)) is not None:
                _, cpu_s, extra = found
                print(f"  {name:20s} {cube.truth.size / 1000 / cpu_s:.0f} kpx per CPU-second, {extra:.0f} MB extra")


if __name__ == "__main__":
    main()
