"""Sent over 127.0.0.1 to servers of others: every receipt counted by a second client, repeats harmless."""

import configparser
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from getpass import getuser
from ipaddress import ip_address
from pathlib import Path
from shutil import which
from uuid import uuid4
from xml.etree import ElementTree as Xml

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cathartes.errors import BadInput, CathartesError
from cathartes.model import Frame
from cathartes.release import cot, stix
from cathartes.release.redact import redact
from cathartes.release.send import Collection, Taken, send_cot, send_stix, versions
from cathartes.sending import identity
from tests.release.sample_lead import NOON, busy_lead

RELEASE = redact(busy_lead(Frame.WGS84), "MEX", "B. Releaser", NOON)
DAY = timedelta(days=1)
PROBE = "probe"
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"no server on {port}")


def beside(program: str) -> str | None:
    """A program of this environment, or of the path."""
    own = Path(sys.executable).parent / program
    return str(own) if own.exists() else which(program)


@contextmanager
def tak_server(folder: Path, authority: Path | None = None) -> Iterator[int]:
    """A running taky; its port. With an authority's folder it speaks TLS and wants a certificate of that authority."""
    setup, serve = beside("takyctl"), beside("taky")
    if setup is None or serve is None:
        pytest.skip("needs taky, a TAK server: pip install taky")
    port = free_port()
    names = ("--host", "localhost", "--public-ip", "127.0.0.1", "--bind-ip", "127.0.0.1", "--no-ssl", "--user", getuser())
    subprocess.run([setup, "setup", *names, str(folder)], check=True, capture_output=True)
    settings = folder / "taky.conf"
    told = configparser.ConfigParser(allow_no_value=True)
    told.read_string(settings.read_text())
    told["cot_server"].update({"port": str(port), "mon_port": str(free_port())})
    if authority is not None:
        told["ssl"] = {"enabled": "true", "ca": str(authority / "ca.pem")} | dict.fromkeys(("cert", "key"), str(authority / "server.pem"))
    with settings.open("w") as written:
        told.write(written)
    with running([serve, "-c", "taky.conf"], port, folder):
        yield port


@contextmanager
def running(words: list[str], port: int, folder: Path) -> Iterator[None]:
    """A server while the block runs; it answers on the port when the block begins."""
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(words, cwd=folder, stdout=quiet, stderr=quiet, env=os.environ | {"PYTHONWARNINGS": "ignore"})
    try:
        wait_for(port)
        yield
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def taky(tmp_path: Path) -> Iterator[int]:
    with tak_server(tmp_path / "tak") as port:
        yield port


def certify(folder: Path) -> Path:
    """An authority made for this test, and what it certified: `server.pem` for 127.0.0.1 and `own.pem`, each with its key."""
    folder.mkdir()
    root = ec.generate_private_key(ec.SECP256R1())
    (folder / "ca.pem").write_bytes(_certificate("authority", root, root, is_authority=True))
    for name in ("server", "own"):
        key = ec.generate_private_key(ec.SECP256R1())
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.pem").write_bytes(_certificate(name, key, root, is_authority=False) + secret)
    return folder


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, root: ec.EllipticCurvePrivateKey, *, is_authority: bool) -> bytes:
    named = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, each)]) for each in (name, "authority")]
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(*reversed(named), key.public_key(), x509.random_serial_number(), today - DAY, today + DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)
    )
    return made.sign(root, SHA256()).public_bytes(Encoding.PEM)


def introduced(client: socket.socket, send: Callable[[Xml.Element], object]) -> None:
    """Returns when what `send` sends reaches `client`: the server passes events on to whom it has read something of."""
    client.sendall(Xml.tostring(cot.deletion(RELEASE, NOON.utc.replace(year=2020))))
    client.settimeout(0.5)
    for _ in range(60):
        probe = lasting_event()
        probe.set("uid", PROBE)
        send(probe)
        with suppress(TimeoutError):
            if client.recv(65536):
                return
    pytest.fail("the server passes nothing on")


def lasting_event() -> Xml.Element:
    event = cot.event(RELEASE)
    event.set("stale", "2099-01-01T00:00:00.000Z")
    return event


def received(client: socket.socket, wanted: int) -> list[Xml.Element]:
    """What a second client of the server gets, until `wanted` events that are no probes are there."""
    held, events = b"", []
    client.settimeout(60)
    while len(events) < wanted:
        held += client.recv(65536)
        events = [event for event in map(Xml.fromstring, re.findall(rb"<event .*?</event>", held, re.DOTALL)) if event.get("uid") != PROBE]
    return events


def test_a_second_client_of_a_tak_server_gets_the_event_and_its_deletion(taky: int) -> None:
    address, now = f"tcp://127.0.0.1:{taky}", NOON.utc.replace(year=2099)
    with socket.create_connection(("127.0.0.1", taky)) as client:
        introduced(client, lambda probe: send_cot([probe], address))
        send_cot([lasting_event(), cot.deletion(RELEASE, now)], address)
        got = received(client, 2)
    assert [each.get("type") for each in got] == ["a-u-G", "t-x-d-d"]
    assert got[0].findtext("detail/remarks") == cot.event(RELEASE).findtext("detail/remarks")
    assert "LÍNEA DE CORTE" in (got[0].findtext("detail/remarks") or "")


def test_an_event_arrives_over_tls_with_a_certificate_of_the_servers_authority(tmp_path: Path) -> None:
    trusted = certify(tmp_path / "trusted")
    own = identity(trusted / "own.pem", trusted / "ca.pem")
    with (
        tak_server(tmp_path / "tak", trusted) as port,
        socket.create_connection(("127.0.0.1", port)) as plain,
        own.wrap_socket(plain, server_hostname="127.0.0.1") as client,
    ):
        address = f"tls://127.0.0.1:{port}"
        introduced(client, lambda probe: send_cot([probe], address, own))
        for _ in range(3):  # the server tells each later sender what it had before
            send_cot([lasting_event()], address, own)
        assert [each.get("type") for each in received(client, 3)] == 3 * ["a-u-G"]


def test_no_event_leaves_for_a_server_or_with_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    trusted, other = certify(tmp_path / "trusted"), certify(tmp_path / "other")
    with tak_server(tmp_path / "tak", trusted) as port:
        for certificate, authority in ((trusted, other), (other, trusted)):
            with pytest.raises(CathartesError, match="send them again"):
                send_cot([cot.event(RELEASE)], f"tls://127.0.0.1:{port}", identity(certificate / "own.pem", authority / "ca.pem"))


def test_an_event_is_read_by_another_library() -> None:
    takproto = pytest.importorskip("takproto", reason="an independent reader of CoT")
    read = takproto.parse_proto(takproto.xml2proto(Xml.tostring(cot.event(RELEASE)).decode(), takproto.TAKProtoVer.STREAM))
    source = RELEASE.lead.sources[0]
    assert (read.cotEvent.type, read.cotEvent.uid) == ("a-u-G", cot.uid(RELEASE))
    assert (read.cotEvent.lat, read.cotEvent.lon) == pytest.approx((source.place.y, source.place.x), abs=1e-6)
    assert read.cotEvent.ce == pytest.approx(cot.error_m(source), abs=0.1)


@contextmanager
def taxii_server(folder: Path) -> Iterator[Collection]:
    """A running medallion with one empty collection."""
    serve = beside("medallion")
    if serve is None:
        pytest.skip("needs medallion, a TAXII server: pip install medallion")
    about = {"id": COLLECTION, "title": "leads", "can_read": True, "can_write": True, "media_types": ["application/stix+json;version=2.1"]}
    root = {"title": "desk", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 9_000_000}
    held = {"information": root, "status": [], "collections": [about | {"objects": [], "manifest": []}]}
    data = {"/discovery": {"title": "test", "default": "http://127.0.0.1/desk/", "api_roots": ["/desk/"]}, "desk": held}
    (folder / "data.json").write_text(json.dumps(data))
    backend = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": str(folder / "data.json")}
    (folder / "conf.json").write_text(json.dumps({"backend": backend, "users": {"desk": "secret"}, "taxii": {"max_page_size": 100}}))
    port = free_port()
    with running([serve, "--host", "127.0.0.1", "--port", str(port), str(folder / "conf.json")], port, folder):
        yield Collection(f"http://127.0.0.1:{port}/desk/collections/{COLLECTION}/", "desk", "secret")


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with taxii_server(tmp_path) as served:
        yield served


def test_a_collection_takes_a_bundle_once_and_its_revocation(collection: Collection) -> None:
    assert send_stix(stix.bundle(RELEASE), collection) == Taken(5, 0)
    assert send_stix(stix.bundle(RELEASE), collection) == Taken(0, 5)
    assert send_stix(stix.bundle(RELEASE, revoked=NOON.utc.replace(year=2027)), collection) == Taken(2, 3)
    assert len([name for name, _ in versions(collection) if name == stix.lead_id(RELEASE)]) == 2


def test_more_than_a_page_is_found_again(collection: Collection) -> None:
    made = stix.bundle(RELEASE)
    many = {"objects": [made["objects"][-1] | {"id": f"{stix.KIND}--{uuid4()}"} for _ in range(130)]}
    assert send_stix(many, collection) == Taken(130, 0)
    assert send_stix(many, collection) == Taken(0, 130)


def test_a_wrong_account_is_a_sentence(collection: Collection) -> None:
    with pytest.raises(CathartesError, match="401"):
        send_stix(stix.bundle(RELEASE), Collection(collection.url, "desk", "wrong"))


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "tcp://127.0.0.1", "tls://127.0.0.1:1", ""])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="no TAK server"):
        send_cot([], address)


def test_nobody_there_is_a_sentence_and_not_a_trace() -> None:
    port = free_port()
    with pytest.raises(CathartesError, match="send them again"):
        send_cot([cot.event(RELEASE)], f"tcp://127.0.0.1:{port}")
    with pytest.raises(CathartesError, match="send again later"):
        send_stix(stix.bundle(RELEASE), Collection(f"http://127.0.0.1:{port}/desk/collections/x/"))
