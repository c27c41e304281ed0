"""A partner's reply file becomes an outcome. The file's contract is docs/reference/reply.md; the form that writes it is in the page.

A reply comes from outside: its size, nesting and unpacking are bounded before anything in it is believed.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from cathartes.errors import BadInput, Unproved
from cathartes.model import Action, Clock, CountingRule, Finding, Instant, Outcome, Quantity, Release, Statement, digest_of, json

LIMIT_BYTES = 1_000_000
CLOCK_TOLERANCE = timedelta(days=2)


class Count(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How many were found, by one rule."""

    rule: CountingRule
    count: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Reply(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The reply file, field by field."""

    format: Literal["cathartes-reply/1"]
    release: str
    release_sha256: str
    action: Action
    by: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    findings: tuple[Count, ...]
    comment: Annotated[str, msgspec.Meta(max_length=10_000)]


def read_reply(path: Path, released: Callable[[str], Release | None]) -> Outcome:
    """The outcome that the reply file at `path` reports; `released` finds a release of this workspace by its id.

    Raises `BadInput` with one sentence for a file that is no reply, `Unproved` for a reply to another text than was released.
    The same answer gives the same outcome, however the file is wrapped or indented.
    """
    reply = parse(path.name, unwrap(path.name, bounded(path)))
    release = released(reply.release)
    if release is None:
        raise BadInput(f"{path.name} answers {reply.release!r}, which this workspace never released; name the workspace that did with -w")
    return outcome_of(path.name, reply, release)


def outcome_of(name: str, reply: Reply, release: Release) -> Outcome:
    """The outcome that a reply to this release reports. Raises `Unproved` for a reply to another text than was released."""
    if reply.release_sha256 != digest_of(json.encode(release)):
        raise Unproved(f"{name} answers another text than {release.id} as it was released here; ask the partner which file they opened")
    digest = digest_of(json.encode(reply))
    return Outcome(
        id=f"outcome-{digest[:12]}",
        release=release.id,
        partner=release.audience,
        action=reply.action,
        by=reply.by,
        at=Instant(reply.at, Clock.UNSTATED),
        findings=tuple(Finding(found.rule, Quantity(float(found.count), "1")) for found in reply.findings),
        comment=reply.comment,
        reply_digest=digest,
    )


def doubts(outcome: Outcome, release: Release, received: Instant) -> tuple[Statement, ...]:
    """What the desk should know of the reply's clock: an answer from before the question, or from the days to come."""
    written = outcome.at.utc
    if release.at is not None and written < release.at.utc - CLOCK_TOLERANCE:
        return (Statement("reply.clock_early", {"reply": written.isoformat(), "released": release.at.utc.isoformat()}),)
    if written > received.utc + CLOCK_TOLERANCE:
        return (Statement("reply.clock_late", {"reply": written.isoformat(), "received": received.utc.isoformat()}),)
    return ()


def bounded(path: Path) -> bytes:
    """The file's bytes, if there are not too many."""
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT_BYTES + 1)
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}; name the reply file the partner sent") from None
    return within_limit(path.name, content)


def within_limit(name: str, content: bytes) -> bytes:
    """The content, or `BadInput` if it is larger than any reply."""
    if len(content) > LIMIT_BYTES:
        raise BadInput(f"{name} is larger than 1 MB; a reply is one small JSON file: ask the partner to send that file alone")
    return content


def unwrap(name: str, content: bytes) -> bytes:
    """The one JSON file in a zip, where the content is a zip; else the content. Unpacks no more than the limit."""
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            plain = all(
                member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not member.flag_bits & 1 for member in members
            )
            if len(members) == 1 and members[0].filename.endswith(".json") and plain:
                with archive.open(members[0]) as member:
                    return within_limit(name, member.read(LIMIT_BYTES + 1))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as problem:
        raise BadInput(f"{name} is a damaged zip ({problem}); ask the partner to send the reply file again") from None
    raise BadInput(f"{name} is a zip, but not of one .json file without a password; ask the partner to send the reply file alone")


def parse(name: str, content: bytes) -> Reply:
    """The reply in JSON bytes. Raises `BadInput` naming the first thing that does not fit."""
    try:
        reply = msgspec.json.decode(content, type=Reply)
        reply = msgspec.structs.replace(reply, at=reply.at.astimezone(UTC))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as problem:
        raise BadInput(
            f"{name} is not a reply as docs/reference/reply.md has it: {problem}; ask the partner to fill in the form again"
        ) from None
    rules = [found.rule for found in reply.findings]
    if not reply.by.strip():
        raise BadInput(f"{name} does not say who answers: `by` is blank; ask the partner to sign the form with a name or an office")
    if len(set(rules)) < len(rules):
        raise BadInput(f"{name} counts by the same rule twice ({', '.join(rules)}); ask the partner for one count per rule")
    if not re.fullmatch("[0-9a-f]{64}", reply.release_sha256):
        raise BadInput(f"{name}: release_sha256 is not 64 hexadecimal digits; ask the partner to use the form in the bundle")
    return reply
