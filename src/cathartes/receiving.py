"""A partner's answers over the web, by its program (JSON) or by a form, beside the map features: one receiver, one door.

An answer is the reply file of docs/reference/reply.md, however it comes: read, refused and kept as `cathartes receive` does, once. What is
said back is a code and a sentence in both languages. Who may connect is for the proxy before it.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from cathartes.casework import Receipt, keep_outcome, now
from cathartes.errors import BadInput, Unproved
from cathartes.known import recalls
from cathartes.messages import LANGUAGES, say
from cathartes.model import Release, Statement, json
from cathartes.release.features import Answer
from cathartes.release.reply import LIMIT_BYTES, outcome_of, parse, unwrap
from cathartes.release.reply_page import form_page, list_page, reply_in, told_page
from cathartes.store import Workspace

PATH = "replies"
FORM, JSON, HTML = "application/x-www-form-urlencoded", "application/json", "text/html; charset=utf-8"


@dataclass(frozen=True)
class Said:
    """What is said to an answer: the HTTP status, the sentence, and what else there is to say of it; `detail` is for programmers."""

    status: int
    statement: Statement
    outcome: str | None = None
    detail: str | None = None
    doubts: tuple[Statement, ...] = ()


def released_to(audience: str, workspace: Workspace) -> dict[str, Release]:
    """Every release to this audience, by name, in the order of release."""
    made = (json.decode(workspace.load("release", name), Release) for name in workspace.find("release"))
    return {each.id: each for each in made if each.audience == audience}


def standing_to(audience: str, workspace: Workspace) -> dict[str, Release]:
    """Every release to this audience that was not withdrawn."""
    withdrawn = {name for each in recalls(workspace) for name in each.releases}
    return {name: each for name, each in released_to(audience, workspace).items() if name not in withdrawn}


def page(name: str, audience: str, workspace: Workspace) -> Answer:
    """The form for the release of this name, or the list of them for none; another receiver's release is not there."""
    releases = standing_to(audience, workspace)
    if not name:
        return Answer(200, HTML, list_page(tuple(releases)))
    if name not in releases:
        return Answer(404, HTML, told_page((Statement("reply.not_yours"),)))
    return Answer(200, HTML, form_page(releases[name], now()))


def posted(media: str, body: bytes, audience: str, workspace: Workspace) -> Answer:
    """Take the answer in a request's body: 201 when it is new, 200 when it was known, 4xx and nothing kept when it cannot be one."""
    if media not in (FORM, JSON) or not body:
        said = Said(415, Statement("reply.media"))
    elif len(body) > LIMIT_BYTES:
        said = Said(413, Statement("reply.too_large"))
    else:
        said = _taken(_filled_in(body) if media == FORM else body, audience, workspace)
    if media == FORM:
        return Answer(said.status, HTML, told_page((said.statement, *said.doubts)))
    told = {"code": said.statement.key.removeprefix("reply."), "outcome": said.outcome, "detail": said.detail}
    return Answer(
        said.status, JSON, json.encode(told | {"says": _in_both(said.statement), "doubts": [_in_both(each) for each in said.doubts]})
    )


def _filled_in(body: bytes) -> bytes:
    return reply_in(dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True)))


def _taken(content: bytes, audience: str, workspace: Workspace) -> Said:
    try:
        reply = parse("this", unwrap("this", content))
    except BadInput as problem:
        # What follows is advice for the desk; here the partner reads.
        return Said(400, Statement("reply.malformed"), detail=str(problem).partition("; ask the partner")[0])
    release = released_to(audience, workspace).get(reply.release)
    if release is None:
        return Said(404, Statement("reply.not_yours"))
    try:
        receipt = keep_outcome(outcome_of("this", reply, release), release, workspace)
    except Unproved:
        return Said(409, Statement("reply.other_text", {"release": release.id}))
    return _received(receipt)


def _received(receipt: Receipt) -> Said:
    key, status = ("reply.taken", 201) if receipt.is_new else ("reply.known", 200)
    return Said(status, Statement(key, {"release": receipt.outcome.release}), receipt.outcome.id, doubts=receipt.doubts)


def _in_both(statement: Statement) -> dict[str, str]:
    return {language: say(statement, language) for language in LANGUAGES}
