"""The usable samples of one gas, from all logs together, in local metres; nothing is averaged and nothing assumed here."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.background import stuck
from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput
from cathartes.model import Flight, Frame, GasLog, HeightReference, Statement
from cathartes.model.samples import Floats

Integers = NDArray[np.int64]
FEWEST_SAMPLES = 10
MOVING_M = 5.0
# A floor below this share of clean air is never reached by an instrument that breathes air.
LEAST_AIR = 0.5
FASTEST_M_S = 350.0
# Positions of one moment may differ by the antenna's noise.
LEAP_M = 20.0
# Gas from further away has been under way for hours, through other winds.
REACH_M = 30_000.0


@dataclass(frozen=True, eq=False)
class Samples:
    """Usable samples of one gas, all logs together, in time order: paths in local metres (n x 6), ppb, and their air."""

    t_s: Floats
    instrument: Integers
    names: tuple[str, ...]
    paths: Floats
    y_ppb: Floats
    wind: Floats
    sigma_v: Floats
    sigma_w: Floats
    obukhov_m: Floats
    ustar: Floats
    temperature_k: Floats
    pressure_hpa: Floats
    swing: Floats

    def take(self, rows: Integers | NDArray[np.bool_]) -> "Samples":
        """Some of the samples."""
        columns = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "names"}
        return Samples(names=self.names, **{name: column[rows] for name, column in columns.items()})


def gather(logs: Sequence[GasLog], gas: str, frame: LocalFrame) -> Samples:
    """All samples of `gas` in `logs`. Raises `BadInput` where no log has the gas or every value is blank."""
    having = [log for log in logs if gas in log.gases]
    if not having:
        known = sorted({name for log in logs for name in log.gases})
        raise BadInput(f"no gas log has {gas!r}; they have {', '.join(known) or 'no gas at all'}; name one of these in [gas_log] gas")
    refuse_other_heights(having)
    names = tuple(sorted({name for log in having for name in log.instruments}))
    parts = [_columns(log, gas, frame, names) for log in having]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    usable = np.isfinite(joined["y_ppb"]) & np.isfinite(joined["paths"]).all(axis=1) & np.isfinite(joined["t_s"])
    if usable.sum() < FEWEST_SAMPLES:
        raise BadInput(
            f"{int(usable.sum())} samples of {gas!r} have a value, a time and a place and {FEWEST_SAMPLES} are needed: could not see; "
            "check the log for blanks"
        )
    order = np.flatnonzero(usable)[np.lexsort((joined["instrument"][usable], joined["t_s"][usable]))]
    return without_copies(Samples(names=names, **{name: column[order] for name, column in joined.items()}))


def without_copies(samples: Samples) -> Samples:
    """Each measurement once: the same value at the same time and place is a copy, whatever the instrument is called."""
    same = np.column_stack((samples.t_s, samples.paths, samples.y_ppb))
    _, first = np.unique(same, axis=0, return_index=True)
    return of_those_left(samples.take(np.sort(first)))


def of_those_left(samples: Samples) -> Samples:
    """The same samples, without the names of instruments that have none."""
    present = np.unique(samples.instrument)
    return replace(samples, names=tuple(samples.names[kind] for kind in present), instrument=np.searchsorted(present, samples.instrument))


def refuse_other_heights(logs: Sequence[GasLog]) -> None:
    """Raises `BadInput` where heights are not above ground: they would have been converted at the door, had there been a way."""
    references = {(log.height_reference, log.frame) for log in logs}
    if (HeightReference.ELLIPSOID, Frame.LOCAL) in references:
        raise BadInput(
            "heights above the WGS 84 ellipsoid cannot become heights above ground in a local frame, which lies nowhere on it; give "
            'z_agl_m, or heights above mean sea level (height_reference = "msl") and a height grid'
        )
    if any(reference is not HeightReference.AGL for reference, _ in references):
        raise BadInput(
            "heights above mean sea level or the ellipsoid need the ground's height to become heights above ground; give a height grid in "
            "flight.toml, [terrain] dem, or z_agl_m"
        )


def _columns(log: GasLog, gas: str, frame: LocalFrame, names: tuple[str, ...]) -> dict[str, Any]:
    """The columns of `Samples` by name, from one log."""
    x1, y1 = frame.metres(log.start[:, 0], log.start[:, 1])
    x2, y2 = frame.metres(log.end[:, 0], log.end[:, 1])
    paths = np.column_stack((x1, y1, log.start[:, 2], x2, y2, log.end[:, 2]))
    number = np.array([names.index(name) for name in log.instruments])
    wind = np.column_stack((log.wind_u_m_s, log.wind_v_m_s))
    return {
        "t_s": log.t_s, "instrument": number[log.instrument], "paths": paths, "y_ppb": log.gases[gas], "wind": wind,
        "sigma_v": log.sigma_v_m_s, "sigma_w": log.sigma_w_m_s, "obukhov_m": log.obukhov_length_m, "ustar": log.friction_velocity_m_s,
        "temperature_k": log.temperature_k, "pressure_hpa": log.pressure_hpa, "swing": np.zeros(len(log.t_s)),
    }  # fmt: skip


def moving_and_fixed(samples: Samples) -> tuple[Samples, Samples]:
    """Samples of instruments whose middle moved by more than 5 m, and of those that stood still."""
    middle = 0.5 * (samples.paths[:, :2] + samples.paths[:, 3:5])
    extent = [np.ptp(middle[samples.instrument == kind], axis=0).max(initial=0.0) for kind in range(len(samples.names))]
    moved = (np.array(extent) > MOVING_M)[samples.instrument]
    return samples.take(moved), samples.take(~moved)


def usual_step(samples: Samples) -> float:
    """Median time (s) from one moment with samples to the next; 1 where there is only one moment."""
    times = np.unique(samples.t_s)
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def credible(samples: Samples, floor_ppb: float | None) -> tuple[Samples, tuple[Statement, ...]]:
    """The samples less what no working instrument writes (see `stuck` and `leaps`), and how many were left out.

    Raises `BadInput` where too few stay, or an instrument is at two places at once most of the time.
    """
    held, leapt = np.zeros(len(samples.t_s), dtype=np.bool_), np.zeros(len(samples.t_s), dtype=np.bool_)
    for kind, name in enumerate(samples.names):
        own = np.flatnonzero(samples.instrument == kind)
        held[own] = stuck(samples.t_s[own], samples.y_ppb[own]) & ~is_floor(samples.y_ppb[own], floor_ppb)
        leapt[own] = leaps(samples.t_s[own], samples.paths[own])
        if leapt[own].sum() > 0.5 * len(own):
            raise BadInput(f"{name} is at two places at once most of the time; name each instrument in the column 'instrument'")
    kept = ~held & ~leapt
    if kept.sum() < FEWEST_SAMPLES:
        raise BadInput(
            f"{int(held.sum())} of {len(held)} values repeat one number, as a stuck or saturated sensor does: could not see; check the "
            "instrument, or give [gas_log] floor_ppb if that number is the least it shows"
        )
    counted = {"locate.stuck": int(held.sum()), "locate.leaps": int((leapt & ~held).sum())}
    notes = tuple(Statement(key, {"count": count, "of": len(kept)}) for key, count in counted.items() if count)
    return of_those_left(samples.take(kept)), notes


def leaps(t_s: Floats, paths: Floats) -> NDArray[np.bool_]:
    """Samples of one instrument, in time order, to or from which it would have gone faster than anything flies: a clock was set back."""
    middle = 0.5 * (paths[:, :2] + paths[:, 3:5])
    far = np.hypot(*np.diff(middle, axis=0).T) > LEAP_M + FASTEST_M_S * np.diff(t_s)
    return np.asarray(np.concatenate(([False], far)) | np.concatenate((far, [False])))


def refuse_far(samples: Samples, box: tuple[float, float, float, float]) -> None:
    """Raises `BadInput` where no sample was taken within `REACH_M` of the search area: nothing there could have been seen."""
    west, south, east, north = box
    x, y = 0.5 * (samples.paths[:, :2] + samples.paths[:, 3:5]).T
    nearest = float(np.hypot(np.maximum.reduce([west - x, x - east, 0.0 * x]), np.maximum.reduce([south - y, y - north, 0.0 * y])).min())
    if nearest > REACH_M:
        raise BadInput(
            f"no sample was taken within {nearest / 1000.0:.0f} km of the search area: could not see; check [search] and the coordinates"
        )


def modelled_wind(flight: Flight, count: int) -> tuple[Floats, tuple[Statement, ...]]:
    """The weather model's wind at 10 m (count x 2, m/s TOWARDS), and that it was used. Raises `BadInput` where none is given either."""
    model = flight.wind.reanalysis
    if model is None:
        raise BadInput("no wind in the log and no [wind.reanalysis] in flight.toml; give wind_u_m_s, wind_v_m_s or u10_m_s, v10_m_s")
    return np.tile([model.u10_m_s, model.v10_m_s], (count, 1)), (Statement("locate.wind-from-model", {}),)


def at_floor(samples: Samples, floor_ppb: float | None, clean_air_ppb: float) -> tuple[Samples, tuple[Statement, ...]]:
    """Samples whose values below the instrument's floor are the floor itself, the most they can be; and how many there are.

    Where clean air alone is far above the floor, a reading there is of no air, and left out. Raises `BadInput` where too few stay.
    """
    if floor_ppb is None or not (low := samples.y_ppb <= floor_ppb).any():
        return samples, ()
    counted = {"count": int(low.sum()), "of": len(low), "floor_ppb": floor_ppb}
    if floor_ppb >= LEAST_AIR * clean_air_ppb:
        return replace(samples, y_ppb=np.maximum(samples.y_ppb, floor_ppb)), (Statement("locate.at-floor", counted),)
    if (~low).sum() < FEWEST_SAMPLES:
        raise BadInput(
            f"{int((~low).sum())} samples are above floor_ppb and {FEWEST_SAMPLES} are needed, though clean air is: could not see; "
            "check the instrument and [gas_log] floor_ppb"
        )
    return samples.take(~low), (Statement("locate.no-air", counted | {"air_ppb": clean_air_ppb}),)


def is_floor(y_ppb: Floats, floor_ppb: float | None) -> NDArray[np.bool_]:
    """Which values are nothing but readings at the floor (see `at_floor`). A mean of both kinds counts as measured."""
    # The mean of equal numbers may differ from them in the last digit.
    return np.asarray(y_ppb <= (-np.inf if floor_ppb is None else floor_ppb * (1.0 + 1e-9)))
