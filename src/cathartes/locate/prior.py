"""What is believed before the flight is read, and the order of unknowns: every unknown is a standard normal in disguise.

`physical` turns standard normals into turn of the wind, spreads, errors, place, rate and switching. Starting points of the
sampler are draws from here and from nowhere else.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from cathartes.earth.search import SearchArea
from cathartes.model.samples import Floats

# Unknowns of the air; of fixed instruments (errors in the order of `likelihood`); of moving ones; then per source.
TURN, SPEED, SPREAD_Y, SPREAD_Z = range(4)
TURN_EAST, TURN_NORTH, SWING, ERROR_0 = range(4, 8)
ERRORS = 8
VEER, STABILITY, LID, BREADTH, PATCHINESS, GROWTH_Y, GROWTH_Z, DELAY, LAG = range(ERROR_0 + ERRORS, ERROR_0 + ERRORS + 9)
SHARED = ERROR_0 + ERRORS + 9
X, Y, RATE, HEIGHT, DUTY, CYCLE = range(6)
PER_SOURCE = 6


def duty_of(z: Floats) -> Floats:
    """Share of the time that a source is on, of standard normals."""
    return np.asarray(np.clip(expit(2.0 + 2.0 * z), 0.02, 0.999))


@dataclass(frozen=True)
class Prior:
    """Scales of the prior. Angles in radians, `box` is west, south, east, north in metres; log10 of rate in kg/h.

    `stability` is mean and standard deviation on the axis of `aloft.INVERSE_OBUKHOV`; `height` median (m) and its log's.
    Sources lie evenly in `area` where there is one, in all of `box` otherwise. Unknowns of instruments that a flight does not have
    (`fixed`, `moving`) are not sampled. `turned_rad` is the mean turn of a moving instrument's wind down to the plume, for each stability.
    """

    turn_sd: float
    veer_sd: float
    sector_sd: float
    speed_log_sd: float
    swing_sd: float
    stability: tuple[float, float]
    clean_air_ppb: float
    span_s: float
    box: tuple[float, float, float, float]
    rate: tuple[float, float]
    height: tuple[float, float]
    fixed: bool
    moving: bool
    area: SearchArea | None
    turned_rad: tuple[float, ...] = (0.0,)

    def unknowns(self, sources: int) -> NDArray[np.int64]:
        """Columns of `physical` that are sampled where there are so many sources."""
        shared = [TURN, SPEED, SPREAD_Y, SPREAD_Z]
        shared += list(range(TURN_EAST, VEER)) if self.fixed else []
        shared += list(range(VEER, SHARED)) if self.moving else []
        own = [X, Y, RATE, HEIGHT, DUTY] + ([CYCLE] if self.fixed else [])
        return np.array(shared + [SHARED + PER_SOURCE * source + part for source in range(sources) for part in own])

    def blocks(self, sources: int) -> list[slice]:
        """The sampled columns of each source."""
        shared, own = len(self.unknowns(0)), len(self.unknowns(1)) - len(self.unknowns(0))
        return [slice(shared + own * source, shared + own * (source + 1)) for source in range(sources)]

    def physical(self, sampled: Floats, sources: int) -> Floats:
        """Physical values (draws x all unknowns) of standard normals `sampled` (draws x `unknowns(sources)`).

        Spread factors: published sigma schemes differ from measured spreads by about 30 % crosswind and 40 % vertically. From
        moment to moment the wind at the plume swings about the one measured, and the mean of some minutes is off by 30 % on one
        instrument, by 30 % on all (patchiness, speed) and by 30 % in sigma_z; a path's lasting gain error is 30 %. All of
        these are log-normal and inferred, as are what all instruments share (0.3 % of clean air at a moment, 1 % in an hour)
        and their offsets (2 %). Duty: logistic(2 + 2 z), a third of which is practically steady.
        """
        z = np.zeros((len(sampled), SHARED + PER_SOURCE * sources))
        z[:, self.unknowns(sources)] = sampled
        value = np.empty_like(z)
        value[:, TURN] = self.turn_sd * z[:, TURN]
        value[:, SPEED] = np.exp(self.speed_log_sd * z[:, SPEED])
        value[:, SPREAD_Y] = np.exp(0.3 * z[:, SPREAD_Y])
        value[:, SPREAD_Z] = np.exp(0.4 * z[:, SPREAD_Z])
        self._fixed(value, z)
        self._moving(value, z)
        for first in range(SHARED, z.shape[1], PER_SOURCE):
            value[:, first : first + PER_SOURCE] = self._source(z[:, first : first + PER_SOURCE])
        return value

    def _fixed(self, value: Floats, z: Floats) -> None:
        value[:, TURN_EAST : TURN_NORTH + 1] = self.sector_sd * z[:, TURN_EAST : TURN_NORTH + 1]
        value[:, SWING] = self.swing_sd * np.exp(0.5 * z[:, SWING])
        air = self.clean_air_ppb
        medians = np.array([0.3, 0.3, 0.3, 0.3, 1.0, 0.003 * air, 0.01 * air, 0.02 * air])
        log_sds = np.array([0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 0.6])
        value[:, ERROR_0:VEER] = medians * np.exp(log_sds * z[:, ERROR_0:VEER])

    def _moving(self, value: Floats, z: Floats) -> None:
        value[:, VEER] = self.veer_sd * z[:, VEER]
        value[:, STABILITY] = self.stability[0] + self.stability[1] * z[:, STABILITY]
        value[:, TURN] += np.interp(value[:, STABILITY], np.arange(len(self.turned_rad)), self.turned_rad)
        value[:, LID] = np.exp(0.2 * z[:, LID])
        value[:, BREADTH] = 0.2 + 0.75 * expit(z[:, BREADTH])
        value[:, PATCHINESS] = 0.7 * np.exp(0.5 * z[:, PATCHINESS])
        value[:, GROWTH_Y : GROWTH_Z + 1] = 0.15 * z[:, GROWTH_Y : GROWTH_Z + 1]
        value[:, DELAY] = np.exp(0.2 * z[:, DELAY])
        value[:, LAG] = np.exp(0.2 * z[:, LAG])

    def area_m2(self) -> float:
        """How much ground is searched."""
        west, south, east, north = self.box
        return (east - west) * (north - south) if self.area is None else self.area.area_m2

    def _places(self, across: Floats, up: Floats) -> tuple[Floats, Floats]:
        if self.area is not None:
            return self.area.points(across, up)
        west, south, east, north = self.box
        return west + (east - west) * across, south + (north - south) * up

    def _source(self, z: Floats) -> Floats:
        value = np.empty_like(z)
        value[:, X], value[:, Y] = self._places(ndtr(z[:, X]), ndtr(z[:, Y]))
        value[:, RATE] = 10.0 ** (self.rate[0] + self.rate[1] * z[:, RATE])
        value[:, HEIGHT] = self.height[0] * np.exp(self.height[1] * z[:, HEIGHT])
        value[:, DUTY] = duty_of(z[:, DUTY])
        value[:, CYCLE] = self.span_s / 12.0 * np.exp(z[:, CYCLE])
        return value
