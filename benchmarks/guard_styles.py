"""Facts through the guard in many styles of text: releases, news, chat, forms and tables, court files, radio, headlines in capitals.

    python benchmarks/guard_styles.py SET.toml [--seed 1] [--texts 500] [--show]

The sets in benchmarks/language/ were written before what they measure was run on them. A fact is kept where it stands in the translation
as often as in the source; a number in the translation that the source does not have is a change as well.
"""

import argparse
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from string import ascii_uppercase

from cathartes.language.engines.apertium import ApertiumTranslator
from cathartes.language.facts import find_facts
from cathartes.language.segments import stretches
from cathartes.language.translate import Piece, translate
from cathartes.model import NAMES, Segment, State

DRAWN = {"%d": "0123456789", "%n": "123456789", "%L": ascii_uppercase}
NAMED = ("person", "caps", "surname", "alias", "radio_call", "place", "hamlet", "street", "colony", "org", "company", "group", "ship")


def made(pattern: str, r: Random) -> str:
    """A fact from its pattern."""
    return re.sub("%[dnL]", lambda mark: r.choice(DRAWN[mark.group()]), pattern)


def text_of(style: str, frame: str, patterns: Mapping[str, Sequence[str]], r: Random) -> tuple[str, dict[str, str]]:
    """One text and its facts by the names that the frame gives them ("place2")."""
    facts: dict[str, str] = {}
    for name in dict.fromkeys(re.findall(r"\{(\w+)\}", frame)):
        of_kind = patterns[name.rstrip("2")]
        facts[name] = made(r.choice([each for each in of_kind if each not in facts.values()]), r)
    text = frame.format(**facts)
    return (text.upper(), {name: fact.upper() for name, fact in facts.items()}) if style == "capitals" else (text, facts)


def times_told(fact: str, text: str) -> int:
    """How often the fact stands in the text as a whole."""
    return len(re.findall(rf"(?<!\w){re.escape(fact)}(?!\w)", text))


def changes(source: str, facts: Mapping[str, str], segments: Sequence[Segment]) -> list[str]:
    """The facts that are not in the translation, without those of segments that were stopped, and the numbers that are new."""
    told = "\n".join(segment.target for segment in segments)
    lost = [fact for fact in facts.values() if times_told(fact, told) < times_told(fact, source)]
    new = set(re.findall(r"\d+", re.sub(r"\[[^]]*\]", "", told))) - set(re.findall(r"\d+", source))
    return [*lost, *(f"+{number}" for number in new)]


def recall(source: str, facts: Mapping[str, str], language: str, pieces: Sequence[Piece], counted: Counter[str]) -> list[str]:
    """Counts facts, and those found with exactly their span (of what is counted, its number) and as a name or none; gives the missed."""
    found = [fact for piece in pieces for fact in find_facts(piece.source, language, None)]
    missed = []
    for name, fact in facts.items():
        of_name = name.rstrip("2") in NAMED
        group = "names" if of_name else "structured"
        counted[group] += 1
        number = "" if of_name else fact  # of "12 mil pastillas" the number alone is labelled
        hit = any(
            (each.kind in NAMES) is of_name and (fact in (each.text, each.text.split()[0]) or each.text.rsplit(" ", 1)[0] == number)
            for each in found
        )
        counted[f"{group} found"] += hit
        if not hit:
            missed.append(f"{name} {fact} ~ {[each.text for each in found if set(each.text.split()) & set(fact.split())]}")
    return missed


def main() -> None:
    """Changes, stopped segments and recall by style, both directions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("set", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=int, default=500)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    table = tomllib.loads(options.set.read_text("utf-8"))
    for language, source, target in (("spanish", "es", "en"), ("english", "en", "es")):
        r, patterns = Random(options.seed), table["facts"] | table[language]
        frames = [(style, frame) for style, frames in table[f"{language}_texts"].items() for frame in frames]
        changed, counted, stopped, segments = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        with closing(ApertiumTranslator().open(source, target, None)) as engine:
            for number in range(options.texts):
                style, frame = frames[number % len(frames)]
                text, facts = text_of(style, frame, patterns, r)
                pieces = [Piece(text[start:end], start, None) for start, end in stretches(text)]
                done = translate(pieces, target, engine, lambda piece, source=source: find_facts(piece, source, None))
                lost, missed = changes(text, facts, done), recall(text, facts, source, pieces, counted)
                changed[style] += len(lost)
                stopped[style] += sum(segment.state is State.STOPPED for segment in done)
                segments[style] += len(done)
                if options.show and lost:
                    print("CHANGED", lost, "|", text, "|", "\n".join(segment.target for segment in done))
                if options.show:
                    print(*(f"MISSED {each} | {text}" for each in missed), sep="\n", end="\n" if missed else "")
        facts_told = counted["names"] + counted["structured"]
        print(
            f"{source} to {target}: {facts_told} facts, {changed.total()} changed, {stopped.total()} of {segments.total()} segments stopped"
        )
        print("  changed:", dict(changed), "stopped:", dict(stopped))
        for group in ("names", "structured"):
            hit, of_all = counted[f"{group} found"], counted[group]
            print(f"  {group}: {hit} of {of_all} found with exactly their span ({hit / of_all:.1%})")


if __name__ == "__main__":
    main()
