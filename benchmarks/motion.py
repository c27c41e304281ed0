"""Motion imagery in figures: packets per processor second, an hour indexed, a search over a thousand hours, and metres of error.

    python -m benchmarks.motion [--hours 1000]

The stream is simulated with exact truth by the tests' own encoder and geometry, which share no code with the reader. Where `tstrans` is
installed, its decoder runs beside ours on the same packets.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from tests.readers.motion.streams import CENTRE_AND_CORNERS, Said, flight, items, packet, stream, transport

from cathartes.earth.geoid import undulation
from cathartes.earth.ground import metres_between
from cathartes.readers.motion.packets import find_packets
from cathartes.readers.motion.parts import read_stream
from cathartes.readers.motion.reader import imagery_of
from cathartes.readers.motion.stream import decode_packets
from cathartes.readers.motion.transport import mapped, take_apart
from cathartes.store.footprints import Footprints

AN_HOUR = 108_000


def sea(lon, lat):
    return float(undulation(np.float64(lon), np.float64(lat)))


def hills(lon, lat):
    return 50 + 12 * np.sin(lon * 800) + 9 * np.cos(lat * 1100)


def an_hour(folder):
    """One hour of packets at 30 a second; two hundred different ones, over and over, with true times."""
    moments = flight(200, lon=-97.1, lat=27.9)
    told = [items(moment, moment, lambda *_: 30.0, lambda *_: -26.0, Said(), 0, 30.0) for moment in moments]
    more = {3: b"MISSION 01", 10: b"SIMULATED", 11: b"EO", 12: b"Geodetic WGS84", 48: bytes.fromhex("01010102010103052f2f555341")}
    units = []
    for number in range(AN_HOUR):
        when = (1_700_000_000_000_000 + number * 33_367).to_bytes(8, "big")
        units.append((90_000 + number * 3003, packet({**told[number % 200], 2: when, **more})))
    path = folder / "hour.ts"
    path.write_bytes(transport(units))
    return path, units


def timed(action):
    """Processor seconds, and what the action returned; run once before, so that compiling is not counted."""
    action()
    began = time.process_time()
    done = action()
    return time.process_time() - began, done


def speed(folder):
    path, units = an_hour(folder)
    spent, apart = timed(lambda: take_apart(mapped(path)))
    packets = [piece for one in apart.klv for piece in find_packets(one)]
    decoding, metadata = timed(lambda: decode_packets(packets, apart))
    whole, known = timed(lambda: read_stream(path))
    print(f"an hour: {len(metadata)} packets of {len(units[0][1])} bytes, {int(metadata.damaged.sum())} damaged")
    print(f"  demultiplexed in {spent:.2f} s, decoded in {decoding:.2f} s: {len(metadata) / decoding:,.0f} packets per processor second")
    imagery = imagery_of(path, known)
    with Footprints.open(folder) as index:
        indexing, _ = timed(lambda: index.add("hour.ts", "ab", imagery.utc_s, imagery.footprint))
    print(f"  read, checked and put on the ground in {whole:.2f} s, indexed in {indexing:.2f} s")
    rival(units)


def rival(units):
    try:
        from tstrans.klv import decode_uas_datalink
    except ImportError:
        return
    spent, _ = timed(lambda: [decode_uas_datalink(content) for _, content in units[:20_000]])
    print(f"  tstrans on the same packets: {20_000 / spent:,.0f} packets per processor second")


def search(folder, hours):
    """A thousand hours of orbits over one state, and how long a question takes."""
    rng = np.random.default_rng(1)
    square = 0.004 * np.array([(-1, 1), (1, 1), (1, -1), (-1, -1)], float)
    with Footprints.open(folder / "many") as index:
        began = time.process_time()
        for hour in range(hours):
            times = 1.7e9 + hour * 3600.0 + np.arange(0, 3600.0, 0.5)
            turn = times / 300.0
            at = rng.uniform((-107.0, 22.5), (-104.0, 26.5)) + 0.05 * np.stack((np.cos(turn), np.sin(turn)), axis=1)
            index.add(f"{hour}.ts", str(hour), times, at[:, None, :] + square)
        print(f"{hours} h indexed in {time.process_time() - began:.0f} processor seconds")
        waits, found = [], 0
        for _ in range(200):
            place = rng.uniform((-107.0, 22.5), (-104.0, 26.5))
            began = time.perf_counter()
            found += len(index.seen(*place))
            waits.append(time.perf_counter() - began)
    print(f"  a question takes {1e3 * np.median(waits):.1f} ms (median), {1e3 * max(waits):.1f} ms at most; {found} intervals found")


def geometry(folder):
    moments = flight(300, seed=21, lon=-97.1, lat=27.9)
    path = folder / "clean.ts"
    path.write_bytes(stream(moments, hills, sea))
    known = read_stream(path)
    truth = np.array([[moment.meets(*at, hills) for at in CENTRE_AND_CORNERS] for moment in moments])
    centre = metres_between(*known.view.centre.T, truth[:, 0, 0], truth[:, 0, 1])
    corners = metres_between(known.view.corners[..., 0], known.view.corners[..., 1], truth[:, 1:, 0], truth[:, 1:, 1])
    for name, off in (("frame centre", centre), ("corners, terrain height solved", corners)):
        print(f"{name}: {np.median(off):.2f} m p50, {np.quantile(off, 0.9):.2f} m p90, {off.max():.2f} m at most")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hours", type=int, default=1000)
    hours = parser.parse_args().hours
    with tempfile.TemporaryDirectory() as folder:
        geometry(Path(folder))
        speed(Path(folder))
        search(Path(folder), hours)


if __name__ == "__main__":
    main()
