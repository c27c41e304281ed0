"""What is believed before the flight is read, and the order of unknowns: every unknown is a standard normal in disguise.

`physical` turns standard normals into turn of the wind, spreads, errors, place, rate and switching. Starting points of the
sampler are draws from here and from nowhere else.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr

from cathartes.model.samples import Floats

# Unknowns of the air and the instruments, then of the errors (order of `likelihood`), then per source.
TURN, TURN_EAST, TURN_NORTH, SPEED, SPREAD_Y, SPREAD_Z, SWING, DELAY, LAG = range(9)
ERROR_0 = 9
ERRORS = 8
SHARED = ERROR_0 + ERRORS
X, Y, RATE, HEIGHT, DUTY, CYCLE = range(6)
PER_SOURCE = 6


@dataclass(frozen=True)
class Prior:
    """Scales of the prior. Angles in radians, `box` is west, south, east, north in metres; log10 of rate in kg/h."""

    turn_sd: float
    sector_sd: float
    speed_log_sd: float
    swing_sd: float
    clean_air_ppb: float
    span_s: float
    box: tuple[float, float, float, float]
    rate_mean: float
    rate_sd: float
    source_height_m: float | None

    def physical(self, z: Floats) -> Floats:
        """Physical values of standard normals `z` (draws x unknowns), same shape.

        Spread factors: published sigma schemes differ from measured spreads by about 30 % crosswind and 40 % vertically. From
        moment to moment the wind at the plume swings about the one measured, and the mean of some minutes is off by 30 % on one
        instrument, by 30 % on all (patchiness, speed) and by 30 % in sigma_z; a path's lasting gain error is 30 %. All of
        these are log-normal and inferred, as are what all instruments share (0.3 % of clean air at a moment, 1 % in an hour)
        and their offsets (2 %). Duty: logistic(2 + 2 z), a third of which is practically steady.
        """
        value = np.empty_like(z)
        value[:, TURN] = self.turn_sd * z[:, TURN]
        value[:, TURN_EAST : TURN_NORTH + 1] = self.sector_sd * z[:, TURN_EAST : TURN_NORTH + 1]
        value[:, SPEED] = np.exp(self.speed_log_sd * z[:, SPEED])
        value[:, SPREAD_Y] = np.exp(0.3 * z[:, SPREAD_Y])
        value[:, SPREAD_Z] = np.exp(0.4 * z[:, SPREAD_Z])
        value[:, SWING] = self.swing_sd * np.exp(0.5 * z[:, SWING])
        value[:, DELAY] = np.exp(0.2 * z[:, DELAY])
        value[:, LAG] = np.exp(0.2 * z[:, LAG])
        air = self.clean_air_ppb
        medians = np.array([0.3, 0.3, 0.3, 0.3, 1.0, 0.003 * air, 0.01 * air, 0.02 * air])
        log_sds = np.array([0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 0.6])
        value[:, ERROR_0:SHARED] = medians * np.exp(log_sds * z[:, ERROR_0:SHARED])
        for first in range(SHARED, z.shape[1], PER_SOURCE):
            value[:, first : first + PER_SOURCE] = self._source(z[:, first : first + PER_SOURCE])
        return value

    def _source(self, z: Floats) -> Floats:
        west, south, east, north = self.box
        value = np.empty_like(z)
        value[:, X] = west + (east - west) * ndtr(z[:, X])
        value[:, Y] = south + (north - south) * ndtr(z[:, Y])
        value[:, RATE] = 10.0 ** (self.rate_mean + self.rate_sd * z[:, RATE])
        # Near the ground within a factor e where nothing is stated.
        height, log_sd = (1.0, 1.0) if self.source_height_m is None else (self.source_height_m, 0.1)
        value[:, HEIGHT] = height * np.exp(log_sd * z[:, HEIGHT])
        value[:, DUTY] = np.clip(expit(2.0 + 2.0 * z[:, DUTY]), 0.02, 0.999)
        value[:, CYCLE] = self.span_s / 12.0 * np.exp(z[:, CYCLE])
        return value


def unknowns(sources: int) -> int:
    """How many unknowns a scene with so many sources has."""
    return SHARED + PER_SOURCE * sources
