"""What is wrong with a stream before its geometry is looked at: bytes, packets, labels, lengths and clocks."""

from collections.abc import Iterator

import numpy as np

from cathartes.model import Statement, StreamFinding
from cathartes.model.samples import Floats
from cathartes.readers.motion.elementary import CLOCK_HZ
from cathartes.readers.motion.stream import Metadata
from cathartes.readers.motion.transport import Pictures

CLOCKS_AGREE_S = 0.1
DRIFT_PPM = 200.0
"""Crystal clocks keep to some tens of parts per million; more is two clocks, or one that is not one."""
LEAP_S = 1.0
LOCKED_S = 0.0005


def findings(metadata: Metadata) -> tuple[StreamFinding, ...]:
    """Everything there is to say, from the outer layer to the inner."""
    return (*_of_transport(metadata), *_of_packets(metadata), *_of_items(metadata), *_of_clocks(metadata))


def _of_transport(metadata: Metadata) -> Iterator[StreamFinding]:
    transport = metadata.transport
    if len(transport.programmes) > 1:
        yield _count(Statement("stream.programmes", {"count": len(transport.programmes)}), len(transport.programmes))
    if len(transport.klv) > 1:
        yield _count(Statement("stream.klv-streams", {"count": len(transport.klv)}), len(transport.klv))
    if transport.lost_bytes:
        yield _count(Statement("stream.lost-bytes", {"count": transport.lost_bytes}), transport.lost_bytes)
    if broken := sum(stream.broken for stream in transport.klv):
        yield _count(Statement("stream.discontinuity", {"count": broken}), broken)
    for stream in transport.klv:
        if stream.stream_type == 0x06 and stream.stream_id == 0xFC:
            labels: dict[str, str | float] = {"type": "0x06", "id": "0xFC", "pid": stream.pid}
            yield StreamFinding("stream-labels", Statement("stream.stream-labels", {"pid": stream.pid}), evidence=labels)
    if transport.packet_size and transport.pictures is None:
        yield StreamFinding("no-video", Statement("stream.no-video"))


def _of_packets(metadata: Metadata) -> Iterator[StreamFinding]:
    if not len(metadata):
        yield StreamFinding("no-klv", Statement("stream.no-klv"))
    total = len(metadata)
    if cut := int(metadata.cut.sum()):
        yield _count(Statement("stream.cut-packets", {"count": cut, "of": total}), cut)
    if bad := int(metadata.bad_checksum.sum()):
        yield _count(Statement("stream.checksum", {"count": bad, "of": total}), bad)
    if metadata.stray_bytes:
        yield _count(Statement("stream.stray-bytes", {"count": metadata.stray_bytes}), metadata.stray_bytes)
    if unknown := metadata.seen["unknown"]:
        yield _count(Statement("stream.unknown-packets", {"count": unknown}), unknown)


def _of_items(metadata: Metadata) -> Iterator[StreamFinding]:
    for oddity, count in sorted(metadata.columns.oddities.items(), key=lambda pair: (pair[0].kind, pair[0].column)):
        values: dict[str, str | int | float] = {"column": oddity.column, "count": count}
        detail: dict[str, str | float] = {"detail": oddity.detail} if oddity.detail else {}
        evidence = {"column": oddity.column, **detail}
        if oddity.kind in ("length", "padded"):
            said = Statement("stream.container-length", {**values, "detail": oddity.detail})
            yield StreamFinding("container-length", said, count, "packets", {**evidence, "read_as": oddity.kind})
        elif oddity.kind == "layout":
            yield StreamFinding("item-layout", Statement("stream.item-layout", values), count, "packets", evidence)
        elif oddity.kind == "no_value":
            yield StreamFinding("no-value", Statement("stream.no-value", values), count, "packets", evidence)
        elif oddity.kind == "unknown":
            yield StreamFinding("unknown-item", Statement("stream.unknown-item", values), count, "packets", evidence)
        else:
            yield StreamFinding("repeated-item", Statement("stream.repeated-item", values), count, "packets", evidence)
    targets = metadata.targets
    if len(targets) and targets.is_legacy.any():
        legacy = int(targets.is_legacy.sum())
        yield StreamFinding("legacy-targets", Statement("stream.legacy-targets", {"count": legacy}), legacy, "targets")
    if len(targets) and not targets.is_stated:
        yield StreamFinding("target-version", Statement("stream.target-version"))


def _of_clocks(metadata: Metadata) -> Iterator[StreamFinding]:
    own = np.isfinite(metadata.utc_us)
    if len(metadata) and not own.any():
        yield StreamFinding("no-time", Statement("stream.no-time"))
        return
    utc_s = metadata.utc_us / 1e6
    if backwards := int((np.diff(utc_s[own]) < 0).sum()):
        yield _count(Statement("stream.time-backwards", {"count": backwards}), backwards)
    timed = own & np.isfinite(metadata.pts_s)
    if metadata.transport.packet_size and len(metadata) and not timed.any():
        yield StreamFinding("no-pts", Statement("stream.no-pts"))
        return
    yield from _apart(metadata.pts_s[timed], utc_s[timed])
    if metadata.transport.pictures is not None and timed.any():
        yield from _against_pictures(metadata.pts_s[timed], utc_s[timed], metadata.transport.pictures)


def _apart(pts_s: Floats, utc_s: Floats) -> Iterator[StreamFinding]:
    """Where the metadata's clock and the programme's leap against one another, and how they drift apart between."""
    if len(pts_s) < 2:
        return
    step = np.diff(utc_s - pts_s)
    leaps = np.where(np.abs(step) > LEAP_S, step, 0.0)
    if leaps.any():
        largest = float(leaps[np.abs(leaps).argmax()])
        count = int(np.count_nonzero(leaps))
        said = Statement("stream.clock-leap", {"count": count, "seconds": largest})
        yield StreamFinding("clock-leap", said, float(f"{largest:.6g}"), "s", {"places": count})
    yield from _drift(pts_s, utc_s - np.concatenate(([0.0], np.cumsum(leaps))))


def _drift(pts_s: Floats, utc_s: Floats) -> Iterator[StreamFinding]:
    """The metadata's clock against the programme's over the whole stream, without leaps."""
    if len(pts_s) < 10 or np.ptp(pts_s) < 10.0:
        return
    slope = np.polyfit(pts_s - pts_s[0], utc_s - utc_s[0], 1)[0]
    parts = 1e6 * float(slope - 1.0)
    if abs(parts) > DRIFT_PPM:
        yield StreamFinding("clock-drift", Statement("stream.clock-drift", {"ppm": parts}), float(f"{parts:.6g}"), "ppm")


def _against_pictures(pts_s: Floats, utc_s: Floats, pictures: Pictures) -> Iterator[StreamFinding]:
    """Packets against pictures: is there a packet at each picture's time, and do times inside the pictures agree with it?"""
    shown = np.sort(pictures.pts[pictures.pts >= 0]) / CLOCK_HZ
    if not len(shown):
        return
    off = pts_s - _nearest(shown, pts_s)
    apart = float(np.median(np.abs(off)))
    if apart > LOCKED_S:
        yield StreamFinding("not-locked", Statement("stream.not-locked", {"apart": apart}), float(f"{apart:.4g}"), "s")
    embedded = np.flatnonzero((pictures.embedded != 0) & (pictures.pts >= 0))
    if not embedded.size:
        return
    scale = _embedded_scale(pictures)
    inside = pictures.embedded[embedded] / scale
    by_pts = np.interp(pictures.pts[embedded] / CLOCK_HZ, pts_s, utc_s) if len(pts_s) > 1 else np.full(len(embedded), utc_s[0])
    clash = float(inside[0] - by_pts[0])
    if abs(clash) > CLOCKS_AGREE_S:
        evidence = {
            "pictures": int(embedded.size),
            "at_the_end_s": round(float(inside[-1] - by_pts[-1]), 3),
            "unit": "ns" if scale == 1e9 else "us",
            "label": "ns" if pictures.embedded_ns else "us",
        }
        yield StreamFinding("clock-offset", Statement("stream.clock-offset", {"off": clash}), float(f"{clash:.6g}"), "s", evidence)
    if pictures.embedded_reserved_wrong:
        yield StreamFinding("picture-time-status", Statement("stream.picture-time-status"))


def _nearest(steps: Floats, values: Floats) -> Floats:
    """For each value the nearest of `steps`, which ascend."""
    right = np.clip(np.searchsorted(steps, values), 0, len(steps) - 1)
    left = np.maximum(right - 1, 0)
    return np.where(np.abs(steps[left] - values) < np.abs(steps[right] - values), steps[left], steps[right])


def _embedded_scale(pictures: Pictures) -> float:
    """Units per second of the times inside pictures; their size tells, since labels are wrong in public streams."""
    return 1e9 if float(np.median(pictures.embedded[pictures.embedded != 0])) > 1e17 else 1e6


def _count(statement: Statement, count: int) -> StreamFinding:
    return StreamFinding(statement.key.removeprefix("stream."), statement, count, "count")
