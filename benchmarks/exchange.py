"""How long a release takes to a second client of a TAK server and into a TAXII collection, and whether every one arrives.

    python benchmarks/exchange.py     needs taky and medallion

Both servers run on 127.0.0.1. From the release noun to the client's last byte, the event or bundle is made anew each time.
"""

import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as Xml

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.release.sample_lead import NOON, busy_lead
from tests.release.test_send import received, tak_server, taxii_server

from cathartes.model import Frame, Release
from cathartes.release import cot, stix
from cathartes.release.redact import redact
from cathartes.release.send import send_cot, send_stix, versions

RELEASES = 40


def told(name: str, releases: list[Release], send: Callable[[Release], bool]) -> None:
    seconds, receipts = [], 0
    for release in releases:
        begun = time.perf_counter()
        receipts += send(release)
        seconds.append(time.perf_counter() - begun)
    median, p95 = np.quantile(seconds, (0.5, 0.95))
    print(f"{name}: {receipts} of {len(releases)} received; median {median:.2f} s, p95 {p95:.2f} s")


def main() -> None:
    lead = busy_lead(Frame.WGS84)
    later = NOON.utc.replace(year=2098)
    releases = [redact(lead, "MEX", f"B. Releaser {number}", type(NOON)(later, NOON.clock)) for number in range(RELEASES)]
    with TemporaryDirectory() as folder, tak_server(Path(folder) / "tak") as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(Xml.tostring(cot.deletion(releases[0], later)))  # the server passes events on to clients that have spoken
        time.sleep(0.5)

        def to_tak(release: Release) -> bool:
            send_cot([cot.event(release)], f"tcp://127.0.0.1:{port}")
            return received(client, 1)[0].get("uid") == cot.uid(release)

        told("TAK", releases, to_tak)
    with TemporaryDirectory() as folder, taxii_server(Path(folder)) as collection:

        def to_taxii(release: Release) -> bool:
            send_stix(stix.bundle(release), collection)
            return stix.lead_id(release) in {name for name, _ in versions(collection)}

        told("TAXII", releases, to_taxii)


if __name__ == "__main__":
    main()
