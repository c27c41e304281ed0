"""Streams with exactly known truth, made without the code under test: its own encoder, its own geometry (pyproj and bisection)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

LABEL_0601 = bytes.fromhex("060e2b34020b01010e01030101000000")
START_US = 1_700_000_000_000_000
CENTRE_AND_CORNERS = ((0.0, 0.0), (-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
GEOID_M = -20.0
"""Sea level where the scenes are, above the ellipsoid, to a few metres; what streams say is made with the grid's own value."""


def ber(length: int) -> bytes:
    if length < 128:
        return bytes([length])
    size = (length.bit_length() + 7) // 8
    return bytes([0x80 | size]) + length.to_bytes(size, "big")


def oid(tag: int) -> bytes:
    groups = [tag & 0x7F]
    while tag := tag >> 7:
        groups.append(tag & 0x7F | 0x80)
    return bytes(reversed(groups))


def item(tag: int, value: bytes) -> bytes:
    return oid(tag) + ber(len(value)) + value


def linear(value: float, low: float, high: float, length: int) -> bytes:
    """Unsigned integer that spans low to high."""
    return round((value - low) / (high - low) * (256**length - 1)).to_bytes(length, "big")


def signed(value: float, limit: float, length: int) -> bytes:
    """Signed integer that spans -limit to limit."""
    return round(value / limit * (256**length // 2 - 1)).to_bytes(length, "big", signed=True)


def packet(items: Mapping[int, bytes], label: bytes = LABEL_0601) -> bytes:
    """A local set with its checksum."""
    body = b"".join(item(tag, value) for tag, value in items.items()) + b"\x01\x02"
    whole = label + ber(len(body) + 2) + body
    return whole + checksum(whole)


def checksum(whole: bytes) -> bytes:
    return (sum(byte << (8 * ((at + 1) % 2)) for at, byte in enumerate(whole)) & 0xFFFF).to_bytes(2, "big")


def transport(units: list[tuple[int, bytes]], stream_type: int = 0x06, stream_id: int = 0xFC, pid: int = 0x1F1) -> bytes:
    """A transport stream of one programme whose units are (PTS, payload)."""
    pmt = bytes([0x02, 0xB0, 18, 0, 1, 0xC1, 0, 0, 0xE1, 0xFF, 0xF0, 0, stream_type, 0xE0 | pid >> 8, pid & 0xFF, 0xF0, 0]) + bytes(4)
    pat = bytes([0x00, 0xB0, 13, 0, 1, 0xC1, 0, 0, 0, 1, 0xF0, 0x00]) + bytes(4)
    out = [_table(0, pat), _table(0x1000, pmt)]
    counter = 0
    for pts, payload in units:
        stamp = bytes(
            [0x21 | (pts >> 29) & 0x0E, (pts >> 22) & 0xFF, 0x01 | (pts >> 14) & 0xFE, (pts >> 7) & 0xFF, 0x01 | (pts << 1) & 0xFE]
        )
        pes = b"\0\0\1" + bytes([stream_id]) + (len(payload) + 8).to_bytes(2, "big") + b"\x84\x80\x05" + stamp + payload
        for at in range(0, len(pes), 184):
            part = pes[at : at + 184]
            out.append(_transport_packet(pid, part, counter, is_first=at == 0))
            counter = counter + 1 & 0x0F
    return b"".join(out)


def _table(pid: int, section: bytes) -> bytes:
    return bytes([0x47, 0x40 | pid >> 8, pid & 0xFF, 0x10, 0]) + section + b"\xff" * (183 - len(section))


def _transport_packet(pid: int, part: bytes, counter: int, *, is_first: bool) -> bytes:
    head = bytes([0x47, (0x40 if is_first else 0) | pid >> 8, pid & 0xFF])
    room = 184 - len(part)
    if room == 0:
        return head + bytes([0x10 | counter]) + part
    filling = b"" if room == 1 else b"\0" + b"\xff" * (room - 2)
    return head + bytes([0x30 | counter, room - 1]) + filling + part


@cache
def _frames() -> tuple[Transformer, Transformer]:
    return Transformer.from_crs(4979, 4978, always_xy=True), Transformer.from_crs(4978, 4979, always_xy=True)


def _about(axis: int, degrees: float) -> NDArray[np.float64]:
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    one, two = [(1, 2), (2, 0), (0, 1)][axis]
    matrix = np.eye(3)
    matrix[one, one] = matrix[two, two] = cosine
    matrix[one, two], matrix[two, one] = -sine, sine
    return matrix


@dataclass(frozen=True)
class Moment:
    """One true pose: degrees and metres above the ellipsoid."""

    lon: float
    lat: float
    height: float
    heading: float
    pitch: float
    roll: float
    azimuth: float
    elevation: float
    turn: float = 0.0
    hfov: float = 6.0
    vfov: float = 4.5

    def looks(self, right: float, down: float) -> NDArray[np.float64]:
        """Earth-centred direction through a picture point, by rotations about single axes."""
        lon, lat = np.radians(self.lon), np.radians(self.lat)
        north = np.array((-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)))
        east = np.array((-np.sin(lon), np.cos(lon), 0.0))
        local = np.column_stack((north, east, np.cross(north, east)))
        platform = _about(2, self.heading) @ _about(1, self.pitch) @ _about(0, self.roll)
        sensor = _about(2, self.azimuth) @ _about(1, self.elevation) @ _about(0, self.turn)
        vector = np.array((1.0, right * np.tan(np.radians(self.hfov / 2)), down * np.tan(np.radians(self.vfov / 2))))
        return np.asarray(local @ platform @ sensor @ vector / np.linalg.norm(vector))

    def meets(self, right: float, down: float, ground: Callable[[float, float], float]) -> tuple[float, float, float]:
        """Where the ray first comes under the ground, by steps of 10 m and bisection."""
        to, back = _frames()
        start, along = np.array(to.transform(self.lon, self.lat, self.height)), self.looks(right, down)

        def clearance(distance: float) -> float:
            lon, lat, height = back.transform(*(start + distance * along))
            return float(height - ground(lon, lat))

        far = next(distance for distance in np.arange(10.0, 60_000.0, 10.0) if clearance(distance) < 0)
        near = far - 10.0
        for _ in range(40):
            middle = (near + far) / 2
            near, far = (middle, far) if clearance(middle) > 0 else (near, middle)
        return tuple(float(value) for value in back.transform(*(start + far * along)))  # type: ignore[return-value]


def flight(count: int, seed: int = 1, rate_hz: float = 10.0, lon: float = -99.5, lat: float = 19.5) -> list[Moment]:
    """A banked orbit while the sensor wanders over a valley: every angle changes."""
    rng = np.random.default_rng(seed)
    phase = rng.uniform(0, 2 * np.pi, 6)
    moments = []
    for number in range(count):
        t = number / rate_hz
        around = np.radians(30.0) + t / 40.0
        east, north = 2500 * np.sin(around), 2500 * np.cos(around)
        heading = np.degrees(around) + 90.0
        sway = [np.sin(t / period + shift) for period, shift in zip((5, 7, 3, 11, 4, 9), phase, strict=True)]
        moments.append(
            Moment(
                lon + east / (111_320 * np.cos(np.radians(lat))), lat + north / 110_700, 4800.0 + 30 * sway[0], heading % 360,
                3.0 + 2 * sway[1], 18.0 + 4 * sway[2], (85.0 + 12 * sway[3]) % 360, -48.0 + 6 * sway[4], 2.0 * sway[5],
            )
        )  # fmt: skip
    return moments


@dataclass(frozen=True)
class Said:
    """How an encoder goes wrong: what it adds to or leaves out of the truth, or tells in every tenth packet only (`seldom`)."""

    north_deg: float = 0.0
    is_bearing: bool = False
    level: bool = False
    elevation: Callable[[float, int], float] | None = None
    centre_up_m: float = 0.0
    late: int = 0
    turn_deg: float = 0.0
    widened: float = 1.0
    leave_out: frozenset[int] = field(default_factory=frozenset)
    seldom: frozenset[int] = field(default_factory=frozenset)
    targets: Callable[[Moment], bytes] | None = None


def stream(
    moments: list[Moment], ground: Callable[[float, float], float], undulation: Callable[[float, float], float], said: Said | None = None,
    rate_hz: float = 10.0,
) -> bytes:  # fmt: skip
    """A transport stream of ST 0601 packets that tell the moments, and their meeting with the ground, as an encoder would."""
    said = said or Said()
    units = []
    for number, moment in enumerate(moments):
        pose = moments[max(0, number - said.late)]
        units.append((90_000 + round(number / rate_hz * 90_000), packet(items(moment, pose, ground, undulation, said, number, rate_hz))))
    return transport(units)


def items(
    moment: Moment, pose: Moment, ground: Callable[[float, float], float], undulation: Callable[[float, float], float], said: Said,
    number: int, rate_hz: float,
) -> dict[int, bytes]:  # fmt: skip
    """The items of one packet in the standard's encoding."""
    places = [moment.meets(*at, ground) for at in CENTRE_AND_CORNERS]
    (lon, lat, height), corners = places[0], places[1:]
    azimuth, elevation = pose.azimuth, pose.elevation
    if said.is_bearing:
        azimuth += pose.heading
    if said.level:
        ahead = replace(pose, pitch=0.0, roll=0.0)
        azimuth, elevation = _level_angles(pose, ahead)
    if said.elevation:
        elevation = said.elevation(elevation, number)
    to, _ = _frames()
    slant = float(np.linalg.norm(np.subtract(to.transform(lon, lat, height), to.transform(moment.lon, moment.lat, moment.height))))
    width = 2 * slant * np.tan(np.radians(moment.hfov / 2))
    told = {
        2: (START_US + round(number / rate_hz * 1e6)).to_bytes(8, "big"),
        5: linear((pose.heading + said.north_deg) % 360, 0, 360, 2),
        90: signed(pose.pitch, 90, 4),
        91: signed(pose.roll, 90, 4),
        13: signed(pose.lat, 90, 4),
        14: signed(pose.lon, 180, 4),
        15: linear(pose.height - undulation(pose.lon, pose.lat), -900, 19000, 2),
        16: linear(said.widened * moment.hfov, 0, 180, 2),
        17: linear(said.widened * moment.vfov, 0, 180, 2),
        18: linear(azimuth % 360, 0, 360, 4),
        19: signed((elevation + 180) % 360 - 180, 180, 4),
        20: linear((pose.turn + said.turn_deg) % 360, 0, 360, 4),
        21: linear(slant, 0, 5e6, 4),
        22: linear(width, 0, 10000, 2),
        23: signed(lat, 90, 4),
        24: signed(lon, 180, 4),
        25: linear(height - undulation(lon, lat) + said.centre_up_m, -900, 19000, 2),
        65: bytes([13]),
    }
    for corner, (corner_lon, corner_lat, _) in enumerate(corners):
        told[26 + 2 * corner] = signed(corner_lat - lat, 0.075, 2)
        told[27 + 2 * corner] = signed(corner_lon - lon, 0.075, 2)
    if said.targets:
        told[74] = said.targets(moment)
    left_out = said.leave_out | (frozenset() if number % 10 == 5 else said.seldom)
    return {tag: value for tag, value in told.items() if tag not in left_out}


def _level_angles(pose: Moment, level: Moment) -> tuple[float, float]:
    """The angles that a sensor on a platform without pitch and roll would need to look the same way."""
    along = replace(level, heading=0.0, azimuth=0.0, elevation=0.0, turn=0.0)
    axes = np.column_stack([along.looks(0, 0), _east(along), -_up(along)])
    north, east, down = axes.T @ pose.looks(0, 0)
    return float(np.degrees(np.arctan2(east, north))) - pose.heading, float(np.degrees(np.arcsin(-down)))


def _east(moment: Moment) -> NDArray[np.float64]:
    lon = np.radians(moment.lon)
    return np.array((-np.sin(lon), np.cos(lon), 0.0))


def _up(moment: Moment) -> NDArray[np.float64]:
    lon, lat = np.radians(moment.lon), np.radians(moment.lat)
    return np.array((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
