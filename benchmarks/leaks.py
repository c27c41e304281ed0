"""Does any format tell an audience what its marking withholds? Random leads and markings, every audience, every format.

    python benchmarks/leaks.py [LEADS [AUDIENCES]]           10,000 by default, each released to this many of four audiences, by default all
    python benchmarks/leaks.py LEADS AUDIENCES FIRST         one slice, from the lead of that number on, as a line of JSON
    python benchmarks/leaks.py sum SLICE.json...             slices together

Fields are emptied at random, and each field and each nested noun has a marking of its own at random. What a field holds is known by
words, and places and rates by digits and by their bytes, that stand nowhere else. Every release is searched whole, with its file
names and the sentence of every refusal. Page and PDF are written for one lead in `SLOW` only: they take a second each and say what
the Word document says. The mail is written for one in `MAIL`: its text and attachments are the tear line, GeoJSON and KML, which are
searched always. What is withheld because it gives another field away is read from the rules before any of them is broken.

Every second release is made under a policy of release that is drawn as well; what its permits give is worked out here anew.

As a check on the search, one release in `MUTANT` gets a withheld field back, and every rule of redaction is broken in turn
until a leak is seen; a broken rule whose leak is never seen is named.
"""

import io
import random
import struct
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pypdf import PdfReader
from tests.release.sample_lead import NOON
from tests.release.test_redact import PLANTED, TOKENS, planted

from cathartes.errors import Refused
from cathartes.model import Frame, Lead, Marking, Markings, Place, Release, Statement, Tlp, json
from cathartes.release import policy as permits
from cathartes.release import redact as rules
from cathartes.release.coordinates import degrees_minutes_seconds, utm
from cathartes.release.export import export_all, formats, suffix_of
from cathartes.release.geotiff import rasters
from cathartes.release.policy import FIELDS, LEAVING, Permit, Policy

AUDIENCES = ("MEX", "USA", "GTMQ", "PRESSQ")
SLOW, MAIL, MUTANT, TRIES = 100, 10, 50, 400
DAY, SEED = NOON.utc.date(), 20261122
MARKED = (*PLANTED, "search", "probability_map")
GROUNDS = {name: frozenset(rules.RESTS_ON.get(name, ())) | {name} for name in MARKED}
NESTED = tuple(rules.NESTED)
ALL = Markings(Marking(Tlp.GREEN, AUDIENCES))
FULL = planted(ALL)
OPTIONAL = sorted(FIELDS - set(rules.CORE))


def random_marking(draw: random.Random, strict: float) -> Marking:
    label = draw.choice(list(Tlp)) if draw.random() < strict else Tlp.GREEN
    return Marking(label, tuple(name for name in AUDIENCES if draw.random() > strict / 2))


def random_markings(draw: random.Random) -> Markings:
    strict = draw.choice((0.1, 0.5))
    whole = Marking(draw.choice((Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR)), tuple(name for name in AUDIENCES if draw.random() < 0.95))
    return Markings(whole, {name: random_marking(draw, 0.8) for name in MARKED if draw.random() < strict})


def random_policy(draw: random.Random, audience: str) -> Policy:
    """Up to three permits, most of them for the audience and still standing; half of them give every field."""
    return Policy("cathartes-policy/1", tuple(random_permit(draw, audience) for _ in range(draw.randint(1, 3))))


def random_permit(draw: random.Random, audience: str) -> Permit:
    to = audience if draw.random() < 0.9 else draw.choice(AUDIENCES)
    labels = tuple(label for label in sorted(LEAVING) if draw.random() < 0.7)
    some = tuple(name for name in OPTIONAL if draw.random() < 0.8)
    fields = ("all",) if draw.random() < 0.5 else (*rules.CORE, *some)
    return Permit(to, labels, fields, DAY + timedelta(days=draw.choice((-1, 0, 0, 30))), "agreement")


def gives(policy: Policy | None, audience: str, name: str, label: Tlp) -> bool:
    """Whether some permit lets the audience have a field under a label; without a policy the markings alone decide."""
    return policy is None or any(
        each.to == audience and each.until >= DAY and label in each.tlp and not {"all", name}.isdisjoint(each.fields)
        for each in policy.permit
    )


KNOWN = json.encode(FULL)


def spots(draw: random.Random) -> Iterator[Place]:
    """Places elsewhere than everything in the sample lead, each in a degree of its own: their digits stand nowhere else."""
    for degree in draw.sample(range(60, 80), 20):
        place = Place(-(degree + draw.random()), 5 + draw.random() * 10, Frame.WGS84)
        if digits(place.x) not in KNOWN:
            yield place


def digits(number: float) -> bytes:
    """A number to four decimals, cut and not rounded, so that it is found in any longer form."""
    return f"{number:.6f}"[:-2].encode()


def random_lead(draw: random.Random) -> Lead:
    lead, places = replace(FULL, markings=random_markings(draw)), spots(draw)
    changed: dict[str, Any] = {name: rules.EMPTY[name] for name in PLANTED if name not in NESTED and draw.random() < 0.05}
    for name in NESTED:
        nouns = (replace(each, id=f"{TOKENS[name]}{number}Y") for number, each in enumerate(getattr(lead, name)))
        marked = (replace(each, markings=Markings(random_marking(draw, 0.3)) if draw.random() < 0.3 else lead.markings) for each in nouns)
        changed[name] = tuple(replace(each, place=next(places)) if hasattr(each, "place") else each for each in marked)
    changed["emitters"] = tuple(replace(each, place=next(places)) for each in lead.emitters)
    assert lead.probability_map is not None
    changed["probability_map"] = replace(lead.probability_map, west=next(places).x)
    quoted = draw.choice([name for name in ("instruments", "author", "emitters") if name not in changed or changed[name]])
    changed["gaps"] = (*lead.gaps, Statement("gap.unread", {"count": 1, "names": TOKENS[quoted]}))
    return replace(lead, **changed)


def is_withheld(lead: Lead, name: str, audience: str, policy: Policy | None) -> bool:
    """By its own marking or the policy, or because it gives away something that is withheld, be it only in part."""

    def is_cut(ground: str) -> bool:
        nouns = getattr(lead, ground) if ground in NESTED and ground != name else ()
        label = lead.markings.fields.get(ground, lead.markings.whole).tlp
        is_had = lead.markings.permits(ground, audience) and gives(policy, audience, ground, label)
        return not is_had or any(is_kept_back(each, ground, audience, policy) for each in nouns)

    return any(is_cut(ground) for ground in GROUNDS[name])


def is_kept_back(noun: Any, name: str, audience: str, policy: Policy | None) -> bool:
    """Whether a noun within the field is withheld by its own marking or by the policy."""
    return not noun.markings.permits("id", audience) or not gives(policy, audience, name, noun.markings.whole.tlp)


def secrets(lead: Lead, audience: str, policy: Policy | None) -> set[bytes]:
    """The words, digits and bytes that the audience may not have."""
    words = {TOKENS[name].encode() for name in PLANTED if is_withheld(lead, name, audience, policy)}
    words |= {b"PARAMETERX", *(each.encode() for each in AUDIENCES[2:] if each != audience)}
    if is_withheld(lead, "probability_map", audience, policy) and lead.probability_map:
        words.add(digits(lead.probability_map.west))
    for name in (*NESTED, "emitters"):
        hidden = is_withheld(lead, name, audience, policy)
        for each in getattr(lead, name):
            if hidden or (name in NESTED and is_kept_back(each, name, audience, policy)):
                words |= ({each.id.encode()} if name in NESTED else set()) | (of_place(each.place) if hasattr(each, "place") else set())
    return words


def of_place(place: Place) -> set[bytes]:
    """A place in every notation: decimal to four places, degrees and minutes, UTM, and as bytes of a binary format."""
    return {digits(place.x), degrees_minutes_seconds(place).encode(), utm(place).encode(), struct.pack("<d", place.x)}


def opened(kind: str, written: bytes) -> bytes:
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(written)) as archive:
            return b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    if kind == "eml":
        parts = message_from_bytes(written, policy=default).walk()
        return written + b"".join((part.get_payload(decode=True) or b"") for part in parts)
    if kind == "pdf":
        made = PdfReader(io.BytesIO(written))
        return "".join([*(page.extract_text() for page in made.pages), str(made.metadata), str(made.attachments)]).encode()
    return written


def everything(release: Release, kinds: tuple[str, ...]) -> bytes:
    """The release itself and, where formats are wanted, all that would leave in them."""
    if not kinds:
        return json.encode(release)
    files = [f"{release.id}.{suffix_of(kind)}".encode() + opened(kind, written) for kind, written in export_all(release, kinds).items()]
    if "pdf" in kinds:
        lead = release.lead
        files += [name.encode() + each for name, each in rasters(lead.gas, lead.probability_map, lead.detectability).items()]
    return json.encode(release) + b"".join(files)


def leak(lead: Lead, audience: str, kinds: tuple[str, ...], policy: Policy | None) -> tuple[Release | None, int, set[bytes]]:
    """The release (none where it is refused), how many bytes were searched, and what was found that is withheld."""
    hidden = secrets(lead, audience, policy)
    try:
        given = permits.narrowed(lead, policy, audience, DAY) if policy else lead
        release = rules.redact(given, audience, "B. Releaser", NOON)
        told = everything(release, kinds)
    except Refused as refusal:
        release, told = None, str(refusal).encode()
    return release, len(told), {word for word in hidden if word in told}


@dataclass
class Tally:
    leads: int = 0
    releases: int = 0
    refused: int = 0
    under_policy: int = 0
    pages: int = 0
    searched: int = 0
    leaked: int = 0
    put_back: int = 0
    caught: int = 0
    processor_s: float = 0.0


def put_back(release: Release, lead: Lead, draw: random.Random, kinds: tuple[str, ...]) -> bool | None:
    """Whether a withheld field that somebody puts back is refused or found; `None` where nothing was withheld."""
    withheld = (name for name in PLANTED if not lead.markings.permits(name, release.audience))
    held = [name for name in withheld if TOKENS[name].encode() in json.encode(getattr(lead, name))]
    if not held:
        return None
    name = draw.choice(held)
    try:
        return TOKENS[name].encode() in everything(replace(release, lead=replace(release.lead, **{name: getattr(lead, name)})), kinds)
    except Refused:
        return True


def kinds_for(number: int) -> tuple[str, ...]:
    """The formats that the lead of this number is written in."""
    often = {"html": SLOW, "pdf": SLOW, "eml": MAIL}
    return tuple(name for name in formats() if number % often.get(name, 1) == 0)


def measured(numbers: Iterable[int], audiences: int) -> Tally:
    """The releases of the leads of these numbers; a lead is drawn by its number, so that slices add up to the whole."""
    tally = Tally()
    for number in numbers:
        draw = random.Random(f"{SEED} {number}")
        lead = random_lead(draw)
        tally.leads += 1
        turned = AUDIENCES[number % 4 :] + AUDIENCES[: number % 4]
        for turn, audience in enumerate(turned[:audiences]):
            policy = random_policy(draw, audience) if draw.random() < 0.5 else None
            release, searched, found = leak(lead, audience, kinds_for(number), policy)
            tally.searched += searched
            tally.leaked += sum(map(len, found))
            if release is None:
                tally.refused += 1
                continue
            tally.releases += 1
            tally.under_policy += policy is not None
            tally.pages += "html" in kinds_for(number)
            if number % MUTANT <= turn:
                caught = put_back(release, lead, draw, kinds_for(1))
                tally.put_back += caught is not None
                tally.caught += bool(caught)
    tally.processor_s = time.process_time()
    return tally


@contextmanager
def broken(module: Any, name: str, instead: Any) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, instead)
    try:
        yield
    finally:
        setattr(module, name, before)


def mutants() -> Iterator[tuple[str, Any, str, Any]]:
    """Every rule of redaction and of the policy, broken: what it is, its module, its name there, what stands there instead."""
    for field, grounds in rules.RESTS_ON.items():
        for ground in sorted(grounds):
            yield f"{field} rests on {ground}", rules, "RESTS_ON", {**rules.RESTS_ON, field: grounds - {ground}}
    for field in rules.NESTED:
        yield f"markings within {field}", rules, "NESTED", tuple(name for name in rules.NESTED if name != field)
    yield "sentences that quote are cut", rules, "_without_quotes", lambda lead, reduced: reduced
    yield "markings tell only of the audience itself", rules, "_outward_markings", lambda markings, audience: markings
    yield "every field is asked for", rules, "_withheld", lambda noun, above, audience: []
    yield "a policy is asked at all", permits, "narrowed", lambda lead, policy, audience, on: lead
    yield "a permit ends, and is for its receiver", permits, "_standing", lambda policy, audience, on: list(policy.permit)
    yield "a policy holds within fields", permits, "_narrowed", lambda noun, labels: noun


def is_seen(module: Any, name: str, instead: Any) -> bool:
    """Whether a leak is found in the releases of `TRIES` leads with a broken rule."""
    draw = random.Random(7)
    with broken(module, name, instead):
        tried = ((random_lead(draw), audience) for _ in range(TRIES) for audience in AUDIENCES)
        return any(leak(lead, audience, (), random_policy(draw, audience) if draw.random() < 0.5 else None)[2] for lead, audience in tried)


def told(tally: Tally) -> None:
    print(f"{tally.leads:,} leads: {tally.releases:,} releases ({tally.refused:,} refused; {tally.under_policy:,} under a policy, ", end="")
    print(f"{tally.pages:,} with page and PDF), {tally.searched / 1e9:.2f} GB searched; bytes leaked: {tally.leaked}")
    print(f"releases with a withheld field put back that were refused or found: {tally.caught} of {tally.put_back}")
    print(f"{tally.processor_s:.0f} s of one processor")


def summed(slices: Iterable[Path]) -> Tally:
    made = [json.decode(path.read_bytes(), Tally) for path in slices]
    return Tally(*(sum(values) for values in zip(*(astuple(each) for each in made), strict=True)))


def tell_mutants() -> None:
    listed = list(mutants())
    unseen = [what for what, *broken_rule in listed if not is_seen(*broken_rule)]
    print(f"rules broken in turn: {len(listed)}; a leak was seen with {len(listed) - len(unseen)}; not with: {unseen or 'none'}")


def main(words: list[str]) -> None:
    if words[:1] == ["sum"]:
        told(summed(map(Path, words[1:])))
        return
    leads, audiences, *first = (*map(int, words), *(10_000, len(AUDIENCES))[len(words) :])
    if first:
        print(json.encode(measured(range(first[0], first[0] + leads), audiences)).decode())
        return
    told(measured(range(leads), audiences))
    tell_mutants()


if __name__ == "__main__":
    main(sys.argv[1:])
