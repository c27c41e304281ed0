"""Released leads over HTTP, for one receiver: an OGC API Features endpoint, and its answers taken at `/replies`; a WSGI application.

It serves what was released to one audience and not withdrawn. Who may connect is for the proxy before it: by itself it listens to this
machine only. Answers are read in `cathartes.receiving`.
"""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler
from wsgiref.util import application_uri

from cathartes.casework import now, refuse_beyond_policy
from cathartes.errors import Refused, StoreFailure
from cathartes.model import Release
from cathartes.receiving import PATH, page, posted, standing_to
from cathartes.release.features import Answer, answer, features_of
from cathartes.release.geojson import Feature
from cathartes.release.reply import LIMIT_BYTES
from cathartes.store import Workspace

Start: TypeAlias = Callable[[str, list[tuple[str, str]]], object]


class Handler(WSGIRequestHandler):
    """One connection. Who is silent for `timeout` seconds is hung up on: the next one waits behind."""

    timeout = 10.0


def _is_permitted(release: Release, workspace: Workspace) -> bool:
    """Whether the policy in force still permits what was released."""
    try:
        refuse_beyond_policy(release, workspace)
    except Refused:
        return False
    return True


def _media(environ: dict[str, Any]) -> str:
    """What kind of body a request says it has."""
    return str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()


def _body(environ: dict[str, Any]) -> bytes:
    """The body of a request, of the length it states; no more than twice what an answer may have, so that its refusal is heard."""
    length = environ.get("CONTENT_LENGTH") or ""
    return bytes(environ["wsgi.input"].read(min(int(length), 2 * LIMIT_BYTES))) if re.fullmatch(r"[0-9]{1,12}", length) else b""


class Endpoint:
    """The WSGI application for one workspace and one audience. The workspace is read again when another command has changed it."""

    def __init__(self, folder: Path, audience: str) -> None:
        """Raises `BadInput` where there is no workspace."""
        self._folder, self._audience = Workspace.in_folder(folder), audience
        self._read_at, self._features = (b"", ""), tuple[Feature, ...]()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """One request. While another command seals what it changed the answer is 503, never what held before."""
        try:
            given = self._answered(environ)
        except StoreFailure:
            given = Answer(503, "application/json", b'{"code": "503", "description": "the workspace is in use; ask again"}')
        except TimeoutError:
            given = Answer(408, "application/json", b'{"code": "408", "description": "the rest of the answer did not come; send it again"}')
        status = f"{given.status} {HTTPStatus(given.status).phrase}"
        start(status, [("Content-Type", given.media), ("Content-Length", str(len(given.body))), ("Cache-Control", "no-store")])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [given.body]

    def _answered(self, environ: dict[str, Any]) -> Answer:
        root, _, rest = environ.get("PATH_INFO", "/").strip("/").partition("/")
        method = environ["REQUEST_METHOD"]
        if root == PATH and method == "POST":
            media, body = _media(environ), _body(environ)  # before the workspace is taken: who sends slowly keeps nobody from it
            with Workspace.open(self._folder) as workspace:
                return posted(media, body, self._audience, workspace)
        if root == PATH and method in ("GET", "HEAD"):
            with Workspace.open(self._folder) as workspace:
                return page(rest, self._audience, workspace)
        if method not in ("GET", "HEAD"):
            return Answer(405, "application/json", b'{"code": "405", "description": "only an answer is taken, at /replies"}')
        query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        return answer(environ.get("PATH_INFO", "/"), query, application_uri(environ), self._current())

    def _current(self) -> tuple[Feature, ...]:
        today = str(now().utc.date())  # a permit may have ended overnight
        if ((self._folder / "head.txt").read_bytes(), today) != self._read_at:
            with Workspace.open(self._folder) as workspace:
                released = standing_to(self._audience, workspace).values()
                self._features = features_of(each for each in released if _is_permitted(each, workspace))
                self._read_at = workspace.head(), today
        return self._features
