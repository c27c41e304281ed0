"""Releases on their way: CoT events to a TAK server, STIX objects to a TAXII 2.1 collection. Both may be repeated without harm.

What is sent was made by `release.cot` and `release.stix` from a release, and from nothing else.
"""

import base64
import json
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen
from xml.etree import ElementTree as Xml

from cathartes.errors import BadInput, CathartesError

TAXII = "application/taxii+json;version=2.1"
TIMEOUT_S = 30.0
JUDGED_S = 1.0
PAGE = 50


def send_cot(events: Sequence[Xml.Element], address: str, security: ssl.SSLContext | None = None) -> int:
    """Send events to a TAK server at `tcp://host:port`, or `tls://host:port` with `security`; returns the number of bytes.

    TAK acknowledges nothing: that the socket took the bytes is no receipt, only a second client is. Raises `BadInput` for another
    address, `CathartesError` when nobody answers there.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port or (parts.scheme == "tls") != (security is not None):
        raise BadInput(f"{address!r} is no TAK server: write tcp://host:port, or tls://host:port with its certificate")
    content = b"".join(Xml.tostring(event, encoding="utf-8") for event in events)
    try:
        plain = socket.create_connection((parts.hostname, parts.port), TIMEOUT_S)
        with security.wrap_socket(plain, server_hostname=parts.hostname) if security else plain as stream:
            if isinstance(stream, ssl.SSLSocket):
                _await_judgement(stream)
            stream.sendall(content)
            _end(stream)
    except OSError as problem:
        raise CathartesError(f"the TAK server {address} did not take the events ({problem}); nothing is lost, send them again") from None
    return len(content)


def _await_judgement(stream: ssl.SSLSocket) -> None:
    """Read until the server has judged our certificate: in TLS 1.3 that is after the handshake, and sending would hide a refusal.

    A session ticket or any word says that it is trusted; so does silence, for a server that gives neither. Raises `OSError` when refused.
    """
    stream.settimeout(JUDGED_S / 20)
    for _ in range(20 if stream.version() == "TLSv1.3" else 0):
        with suppress(TimeoutError):
            if not stream.recv(65536):
                raise ConnectionAbortedError("it closed the connection")
            break
        if stream.session is not None and stream.session.has_ticket:
            break
    stream.settimeout(TIMEOUT_S)


def _end(stream: socket.socket) -> None:
    """Say that no more comes; what the other side says to that does not matter, for it has everything."""
    if isinstance(stream, ssl.SSLSocket):
        stream.settimeout(JUDGED_S)
        with suppress(OSError):
            stream.unwrap()
    else:
        stream.shutdown(socket.SHUT_WR)


@dataclass(frozen=True)
class Collection:
    """A TAXII 2.1 collection: its address up to its id (`…/collections/<id>/`), and an account where it needs one."""

    url: str
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Taken:
    """How many objects of a bundle the collection took now, and how many it had already."""

    added: int
    known: int


def send_stix(bundle: dict[str, Any], collection: Collection) -> Taken:
    """Add the bundle's objects that the collection lacks; sending again adds nothing. Waits until the collection says it has them.

    Raises `CathartesError` when the collection refuses an object, answers otherwise than TAXII 2.1 says, or cannot be reached.
    """
    objects = bundle["objects"]
    had = versions(collection)
    new = [each for each in objects if (each["id"], _version(each)) not in had]
    if not new:
        return Taken(0, len(objects))
    status = _ask(collection, "objects/", {"objects": new})
    if (failed := _settled(status, collection).get("failures")) and not _has_all(new, collection):
        raise CathartesError(
            f"the collection {collection.url} refused {len(failed)} objects: {failed[0].get('message', 'no reason given')}"
        )
    return Taken(len(new), len(objects) - len(new))


def versions(collection: Collection) -> set[tuple[str, str]]:
    """Id and version of everything in the collection, by its manifest, page by page with the same limit throughout."""
    found: set[tuple[str, str]] = set()
    following = ""
    while True:
        page = _ask(collection, f"manifest/?limit={PAGE}&match[version]=all{following}")
        found |= {(each["id"], each["version"]) for each in page.get("objects", ())}
        if not page.get("more"):
            return found
        following = f"&next={quote(str(page['next']))}"


def _has_all(objects: Sequence[dict[str, Any]], collection: Collection) -> bool:
    """Whether a failure was only that somebody had sent the same before us."""
    return {(each["id"], _version(each)) for each in objects} <= versions(collection)


def _version(each: dict[str, Any]) -> str:
    return str(each.get("modified") or each.get("created"))


def _settled(status: dict[str, Any], collection: Collection) -> dict[str, Any]:
    """The status once nothing in it is pending."""
    for pause in _pauses():
        if status.get("status") == "complete":
            return status
        time.sleep(pause)
        root = collection.url.split("/collections/")[0]
        status = _ask(Collection(f"{root}/", collection.user, collection.password), f"status/{status['id']}/")
    raise CathartesError(f"the collection {collection.url} did not finish within {TIMEOUT_S:.0f} s; send again later, nothing doubles")


def _pauses() -> Iterator[float]:
    waited, pause = 0.0, 0.05
    while waited < TIMEOUT_S:
        yield pause
        waited, pause = waited + pause, min(2 * pause, 2.0)


def _ask(collection: Collection, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    """One GET, or POST where there is content, answered with JSON."""
    if urlsplit(collection.url).scheme not in ("http", "https"):
        raise BadInput(f"{collection.url!r} is no TAXII collection; its address begins with https:// and ends with its id")
    account = base64.b64encode(f"{collection.user}:{collection.password}".encode()).decode()
    head = {"Accept": TAXII, "Content-Type": TAXII} | ({"Authorization": f"Basic {account}"} if collection.user else {})
    asked = Request(collection.url.rstrip("/") + "/" + path, json.dumps(content).encode() if content else None, head)
    try:
        with urlopen(asked, timeout=TIMEOUT_S) as answer:
            told = json.loads(answer.read())
    except HTTPError as problem:
        raise CathartesError(f"the collection {collection.url} answered {problem.code}; check its address and the account") from None
    except (URLError, OSError, ValueError) as problem:
        raise CathartesError(f"the collection {collection.url} did not answer as TAXII 2.1 says ({problem}); send again later") from None
    if not isinstance(told, dict):
        raise CathartesError(f"the collection {collection.url} did not answer as TAXII 2.1 says: a JSON object was expected")
    return told
