"""The reply form on a page of its own, for answers over the web, and what is said to an answer. No page needs a script.

What the form sends becomes the reply file of docs/reference/reply.md and is read as that. Who asks for it is `cathartes.receiving`.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from cathartes.model import Action, CountingRule, Instant, Release, Statement, digest_of, json
from cathartes.release.page import both, environment

ORDER = ("es", "en")
"""The receiver's language first."""


def list_page(waiting: Sequence[str]) -> bytes:
    """The releases that may be answered."""
    return _page("cathartes", (Statement("reply.choose" if waiting else "reply.none"),), waiting=waiting)


def form_page(release: Release, at: Instant) -> bytes:
    """The form for one release, dated now, so that sending it twice is one answer."""
    return _page(release.id, (), release=release, digest=digest_of(json.encode(release)), at=at.utc.isoformat())


def told_page(said: Sequence[Statement]) -> bytes:
    """What became of an answer."""
    return _page("cathartes", said)


def _page(title: str, said: Sequence[Statement], **shown: object) -> bytes:
    words = {"actions": [action.value for action in Action], "rules": [rule.value for rule in CountingRule]}
    nothing = {"waiting": (), "release": None, "digest": "", "at": ""}
    made = environment().get_template("reply.html")
    return made.render(title=title, said=said, order=ORDER, both=partial(both, ORDER), **words, **nothing | shown).encode()


def reply_in(fields: Mapping[str, str]) -> bytes:
    """The reply file that a filled-in form stands for; counts left blank are left out. Whether it fits is for its reader to say."""
    counted = {rule.value: fields[rule.value].strip() for rule in CountingRule if fields.get(rule.value, "").strip()}
    findings = [{"rule": rule, "count": int(count) if re.fullmatch("[0-9]{1,9}", count) else count} for rule, count in counted.items()]
    told = {name: fields.get(name, "") for name in ("release", "release_sha256", "action", "by", "at", "comment")}
    return json.encode({"format": "cathartes-reply/1", "findings": findings, **told})
