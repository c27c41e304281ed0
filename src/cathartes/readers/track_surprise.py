"""How surprising each step of a track is, in nats, by what is usual on this very track: no aircraft, sensor or rate is assumed.

`track_bends` measures the positions against each other, `track_reckoning` against the speed and course reported beside them; both
compare like with like, and a surprise is minus the logarithm of the chance to exceed a value by a Student law.
docs/explanation/airspace.md tells the method.
"""

import numpy as np

from cathartes.model.samples import Floats
from cathartes.readers.track_bends import FEWEST, SPANS, UNKNOWN, Bends
from cathartes.readers.track_chain import Flown
from cathartes.readers.track_health import IMPOSSIBLE_M_S
from cathartes.readers.track_reckoning import CLOSE_S, Reckoned, reckoned_by, size, student_of

FASTER = 1.15


def surprises_of(utc_s: Floats, places_m: Floats, reported_m_s: Floats, bends: Bends) -> tuple[Flown, Floats, Floats]:
    """What is known of n fixes in order, the surprise of each step beside the velocities reported, and of the run around it (n - 1 each).

    Takes seconds, Earth-centred metres (n x 3) and velocities reported (n x 3, or NaN).
    """
    seconds = bends.seconds
    steps_m = np.diff(places_m, axis=0)
    reckoned = reckoned_by(steps_m, reported_m_s, seconds, bends.east[1:], bends.north[1:])
    surprise, reckoned_m, spans = np.zeros(len(seconds)), np.full_like(places_m, np.nan), np.full((2, len(SPANS)), np.nan)
    known = np.isfinite(reckoned.sigmas)
    if np.count_nonzero(known) > FEWEST:
        surprise[known] = student_of(reckoned.sigmas[known]).surprise(reckoned.sigmas[known])
        reckoned_m = np.concatenate((np.zeros((1, 3)), np.cumsum(reckoned.step_m, axis=0)))
        spans = laws_of_reckoning(reckoned, reckoned_m)
    velocity_m_s = reported_m_s if np.isfinite(reported_m_s).any() else (steps_m / seconds[:, None])[seconds <= CLOSE_S]
    flown = Flown(utc_s, places_m, bends, reckoned_m, reckoned.sigma_m, spans, fastest_of(velocity_m_s))
    return flown, surprise, reckoned.lasting


def laws_of_reckoning(reckoned: Reckoned, reckoned_m: Floats) -> Floats:
    """Scale in sigmas and freedoms (2 x 8) of how far places run from dead reckoning over 1, 2, 4 … 128 steps."""
    laws = np.outer(UNKNOWN, np.ones(len(SPANS)))
    for number, span in enumerate(SPANS[len(reckoned_m) > SPANS + FEWEST]):
        off_m = size(reckoned_m[span:] - reckoned_m[:-span])
        law = student_of(off_m / reckoned.sigma_m[: len(off_m)])
        laws[:, number] = law.scale, law.freedoms
    return laws


def fastest_of(velocity_m_s: Floats) -> float:
    """How fast the aircraft may have flown where it was not seen, in m/s: little faster than it was ever seen to fly."""
    known = size(velocity_m_s[np.isfinite(velocity_m_s[:, 0])])
    return float(min(FASTER * np.quantile(known, 0.98), IMPOSSIBLE_M_S)) if len(known) else IMPOSSIBLE_M_S
