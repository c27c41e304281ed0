"""How long a recall takes in a workspace of 100,000 leads.

    python benchmarks/recall.py

The ledger is filled at once with the entries that 1,000 flights of 100 leads would have left; 200 leads of one flight were released to two
partners. Nothing is skipped that a user's `cathartes recall` does: opening, listing, corrections for each receiver.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.release.sample_lead import NOON, busy_lead

from cathartes import following
from cathartes.model import Frame, digest_of, json
from cathartes.release.redact import redact
from cathartes.store import Workspace

FLIGHTS, LEADS, RELEASED = 1000, 100, 100
PARTNERS = ("MEX", "USA")


def fill(workspace: Workspace) -> None:
    """The entries of all flights in one append; the released leads' objects are real, all others are named only."""
    nothing = digest_of(b"{}")
    workspace.keep("flight", "flight-0", b"{}", act="ingest")
    entries = []
    for flight in (f"flight-{number}" for number in range(FLIGHTS)):
        recording = f"recording-{flight}"
        entries.append(entry("ingest", "file", digest_of(flight.encode()), nothing, recording))
        entries.append(entry("ingest", "recording", recording, nothing, flight))
        entries += [entry("result", "lead", f"lead-{flight}-{number}", nothing, flight) for number in range(LEADS)]
    workspace._catalog.add(workspace._ledger.append(entries), entries)
    release = redact(busy_lead(Frame.WGS84), "MEX", "B. Releaser", NOON)
    for number in range(RELEASED):
        for partner in PARTNERS:
            name = f"release-{partner}-{number}"
            workspace.keep("release", name, json.encode(release), act="release", of=f"lead-flight-7-{number}")
            manifest = workspace.keep("manifest", name, name.encode(), act="export", of=name)
            workspace.keep("proof", manifest, b"{}", act="export", of=partner)


def entry(act: str, kind: str, name: str, digest: str, of: str) -> dict[str, str]:
    return {"act": act, "at": "2026-11-22T00:00:00.000Z", "digest": digest, "id": name, "kind": kind, "of": of}


class Clock:
    """Seconds since it was made, as passed and as computed."""

    def __init__(self) -> None:
        self.begun, self.busy = time.perf_counter(), time.process_time()

    def __str__(self) -> str:
        return f"{time.perf_counter() - self.begun:.2f} s, of them {time.process_time() - self.busy:.2f} s computing"


def main() -> None:
    with TemporaryDirectory() as folder, Workspace.open(Path(folder)) as workspace:
        fill(workspace)
        clock = Clock()
        listed = following.dependants("recording-flight-7", "wrong clock", "Carla", workspace)
        print(f"dependants of one recording among {FLIGHTS * LEADS:,} leads: {clock}")
        clock = Clock()
        made = following.recall("recording-flight-7", "wrong clock", "Carla", workspace)
        told = f"{len(made.leads)} leads, {len(made.releases)} releases, corrections for {', '.join(listed.receivers)}"
        print(f"recall with its corrections ({told}): {clock}")


if __name__ == "__main__":
    main()
