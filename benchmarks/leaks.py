"""Does any format tell an audience what its marking withholds? Random leads, random markings, four audiences, every format.

    python benchmarks/leaks.py [LEADS]      10,000 by default

Each field that can hold words holds a token of its own, and each place, rate and time of a withheld source a number that stands
nowhere else. Every release is searched whole; the two slow formats (page, PDF) are written for one lead in `SLOW`, since they and
all others are made from the searched release and nothing else. As a check on the search itself, every `MUTANT`-th release gets one
withheld field back and must be caught.
"""

import io
import random
import sys
import zipfile
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.release.sample_lead import NOON
from tests.release.test_redact import PLANTED, TOKENS, planted

from cathartes.errors import Refused
from cathartes.model import Lead, Marking, Markings, Release, Tlp, json
from cathartes.release.document import content
from cathartes.release.export import export_all, formats, suffix_of
from cathartes.release.redact import redact

AUDIENCES = ("MEX", "USA", "GTM", "press")
SLOW = 500
MUTANT = 50


def random_markings(draw: random.Random) -> Markings:
    def one() -> Marking:
        return Marking(draw.choice(list(Tlp)), tuple(name for name in AUDIENCES if draw.random() < 0.5))

    named = {name: one() for name in PLANTED if draw.random() < draw.choice((0.1, 0.5))}
    return Markings(Marking(draw.choice((Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR)), AUDIENCES), named)


def withheld(lead: Lead, audience: str) -> list[str]:
    return [name for name in PLANTED if not lead.markings.permits(name, audience)]


def secrets(lead: Lead, names: list[str]) -> set[bytes]:
    """The words, and for withheld sources the digits, that stand nowhere else."""
    words = {TOKENS[name].encode() for name in names}
    if "sources" in names:
        words |= {f"{lead.sources[0].place.x:.5f}".encode(), f"{lead.sources[0].rate.value:.6f}".encode()}
    return words


def opened(kind: str, written: bytes) -> bytes:
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(written)) as archive:
            return b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    if kind == "eml":
        parts = message_from_bytes(written, policy=default).walk()
        return written + b"".join((part.get_payload(decode=True) or b"") for part in parts)
    return written


def everything(release: Release, kinds: tuple[str, ...]) -> bytes:
    files = (f"{release.id}.{suffix_of(kind)}".encode() + opened(kind, written) for kind, written in export_all(release, kinds).items())
    return json.encode(release) + str(content(release, drawn=False)).encode() + b"".join(files)


def is_caught(leaky: Release, token: bytes, kinds: tuple[str, ...]) -> bool:
    """Refused at the door, or found by the search."""
    try:
        return token in everything(leaky, kinds)
    except Refused:
        return True


def main(leads: int) -> None:
    draw = random.Random(20261122)
    kinds = tuple(name for name in formats() if name not in ("html", "pdf"))
    released = refused = leaked = searched = mutants = caught = 0
    for number in range(leads):
        if number % 1000 == 0:
            print(f"{number:,} leads, {leaked} bytes leaked", file=sys.stderr, flush=True)
        lead = planted(random_markings(draw))
        audience = draw.choice(AUDIENCES)
        names = withheld(lead, audience)
        hidden = secrets(lead, names)
        try:
            release = redact(lead, audience, "B. Releaser", NOON)
        except Refused as refusal:
            refused += 1
            leaked += sum(len(word) for word in hidden if word in str(refusal).encode())
            continue
        told = everything(release, formats() if number % SLOW == 0 else kinds)
        released, searched = released + 1, searched + len(told)
        leaked += sum(len(word) for word in hidden if word in told)
        if names and number % MUTANT == 0:
            mutants += 1
            leaky = replace(release, lead=replace(release.lead, **{names[0]: getattr(lead, names[0])}))
            caught += is_caught(leaky, TOKENS[names[0]].encode(), kinds)
    told = f"{leads:,} leads, each for one of {len(AUDIENCES)} audiences: {released:,} releases ({refused:,} refused)"
    print(f"{told}, {searched / 1e9:.2f} GB searched; bytes leaked: {leaked}")
    print(f"releases with a withheld field put back that were refused or found: {caught} of {mutants}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
