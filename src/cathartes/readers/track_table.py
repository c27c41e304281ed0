"""A track as a table: every fix in file order with its error, its source and its flags."""

import csv
import io
from collections.abc import Sequence

import numpy as np

from cathartes.model import Track
from cathartes.model.samples import Floats
from cathartes.readers.times import iso_utc

HEADER = ("fix", "aircraft", "time_utc", "lon_deg", "lat_deg", "height_m", "barometric_altitude_m", "error_m", "source", "flags")


def fixes_csv(track: Track, error_m: Floats, flags: Sequence[str]) -> bytes:
    """CSV in UTF-8, one row per fix in file order; blank is not known, and blank flags are nothing found."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    source = track.source or ("",) * len(track.aircraft)
    numbers = (track.lon_deg, track.lat_deg, track.height_m, track.barometric_altitude_m, error_m)
    columns = ([written(value, places) for value in column.tolist()] for column, places in zip(numbers, (8, 8, 1, 1, 1), strict=True))
    times = [iso_utc(utc_s) for utc_s in track.utc_s.tolist()]
    writer.writerows(zip(range(1, len(times) + 1), track.aircraft, times, *columns, source, flags, strict=True))
    return text.getvalue().encode()


def written(value: float, places: int) -> str:
    """A number with at most so many decimal places."""
    return "" if np.isnan(value) else f"{value:.{places}f}".rstrip("0").rstrip(".")
