"""How exact a packet says its own items are: the standard deviations in the SDCC-FLP of ST 0601 (item 102, laid out by ST 1010).

They belong to as many items as the matrix has rows, those that stand right before it in the packet. Correlations are not read.
"""

import struct

import numpy as np

from cathartes.earth.geodesy import error_95_m
from cathartes.model.samples import Floats
from cathartes.readers.motion.elementary import Bytes, Ints
from cathartes.readers.motion.tables import Item, table
from cathartes.readers.motion.values import Columns, Rows
from cathartes.readers.motion.walk import local_items

SDCC_FLP = 102
IEEE = {2: "e", 4: "f", 8: "d"}
FEWEST_M = 0.1
"""A deviation of latitude or longitude from here on is in metres, whatever its item's unit: in degrees it would be 11 km."""

DEGREE_M = 111_320.0


def deviation_column(item: Item) -> str:
    """The column for the standard deviation of an item."""
    return f"{item.name}_sigma_{item.unit}" if item.unit else f"{item.name}_sigma"


def fill_deviations(columns: Columns, content: Bytes, start: Ints, stop: Ints, rows: Rows) -> None:
    """Adds the standard deviations that ST 0601 packets state of their items, in the items' units."""
    sets, items = local_items(content, start, stop), table("st0601")
    for at in sets.of_tag(SDCC_FLP).tolist():
        sigmas = deviations_in(content[sets.start[at] : sets.stop[at]].tobytes())
        before = slice(at - len(sigmas), at)
        if before.start < 0 or (sets.parent[before] != sets.parent[at]).any():
            continue
        for tag, sigma in zip(sets.tag[before].tolist(), sigmas, strict=True):
            if tag in items:
                column = columns.numbers.setdefault(deviation_column(items[tag]), np.full(columns.rows, np.nan))
                column[rows[sets.parent[at]]] = sigma


def deviations_in(pack: bytes) -> tuple[float, ...]:
    """The standard deviations of an SDCC-FLP, none where it holds none that can be read: IEEE numbers only, as ST 0601 has them."""
    if len(pack) < 3 or pack[0] & 0x80:
        return ()
    rows, control, at = pack[0], pack[1], 2
    is_sparse, length, is_ieee = bool(control & 0x08), control >> 4 & 0x07, True
    if control & 0x80:
        is_sparse, length, is_ieee, at = bool(control & 0x20), pack[2] & 0x0F, not pack[2] & 0x10, 3
    at += (rows * (rows - 1) // 2 + 7) // 8 if is_sparse else 0
    if not is_ieee or length not in IEEE or len(pack) < at + rows * length:
        return ()
    return struct.unpack_from(f">{rows}{IEEE[length]}", pack, at)


def place_error_m(columns: Columns, lat_deg: Floats) -> Floats:
    """The 95 % horizontal error of the platform's stated place in metres per row; NaN where none is stated."""
    lat, lon = (columns.number(f"sensor_{name}_sigma_deg") for name in ("latitude", "longitude"))
    degrees_m = (np.full_like(lat_deg, DEGREE_M), DEGREE_M * np.cos(np.radians(lat_deg)))
    north, east = (np.where(sigma >= FEWEST_M, sigma, sigma * degree_m) for sigma, degree_m in zip((lat, lon), degrees_m, strict=True))
    return np.where((north >= 0) & (east >= 0), error_95_m(north, east), np.nan)
