"""Facts through the guard where the text is damaged: misread by OCR, or written in small letters, both directions.

    python benchmarks/guard_noise.py --noise ocr|worn|small [--seed 11] [--sentences 250] [--show]

The sentences are those of benchmarks/guard.py; here each is damaged, its facts most of all: letters that OCR takes for one another,
accents lost, words broken at line ends, stray spaces and hyphens. `worn` is a generator of another kind, letter by letter over the
whole text: letters dropped, doubled or of the other case, words run together or apart, accents lost, lines broken anywhere. A fact is
what then stands on the page, and has to stand in the translation so. Seeds up to 59 (`worn`: up to 9) were looked at while rules were
written; those above are held back.
"""

import argparse
from collections import Counter
from contextlib import closing
from random import Random
from time import process_time
from unicodedata import normalize

from guard import sentence

from cathartes.language.engines.apertium import ApertiumTranslator
from cathartes.language.facts import find_facts
from cathartes.language.segments import stretches
from cathartes.language.translate import Piece, translate
from cathartes.model import State

CONFUSED = [
    ("0", "O"), ("O", "0"), ("1", "l"), ("l", "1"), ("I", "l"), ("l", "I"), ("rn", "m"), ("m", "rn"), ("5", "S"), ("S", "5"), ("8", "B"),
    ("B", "8"), ("cl", "d"), ("d", "cl"), ("u", "ii"), ("n", "ri"), ("vv", "w"), ("é", "e"), ("á", "a"), ("í", "i"), ("ú", "u"),
    ("ñ", "n"), ("-", "—"), ("-", " - "), ("-", "- "), ("°", "º"), ("°", "*"), (",", "."), ("e", "c"), ("t", "f"), ("G", "6"), ("Z", "2"),
]  # fmt: skip


WORN = 1 / 40
"""The share of letters that the second generator damages."""


def misread(fact: str, r: Random) -> str:
    """The fact with one or two confusions of letters, and now and then broken at a line end."""
    for wrong, seen in r.sample(CONFUSED, len(CONFUSED))[:20]:
        if wrong in fact and r.random() < 0.3:
            places = [at for at in range(len(fact)) if fact.startswith(wrong, at)]
            at = r.choice(places)
            fact = fact[:at] + seen + fact[at + len(wrong) :]
    words = fact.split(" ")
    longest = max(range(len(words)), key=lambda number: len(words[number]))
    if r.random() < 0.1 and len(words[longest]) > 6 and words[longest].isalpha():
        cut = r.randrange(3, len(words[longest]) - 2)
        words[longest] = f"{words[longest][:cut]}-\n{words[longest][cut:]}"
    return " ".join(words)


def damaged(text: str, facts: list[str], noise: str, r: Random) -> tuple[str, list[str]]:
    """The sentence and its facts after the damage."""
    if noise == "small":
        return text.lower(), [fact.lower() for fact in facts]
    if noise == "worn":
        return worn(text, facts, r)
    seen = {fact: misread(fact, r) for fact in facts}
    for number, fact in enumerate(sorted(facts, key=len, reverse=True)):
        text = text.replace(fact, chr(0xE000 + number))
    text = "".join(r.choice([seen for wrong, seen in CONFUSED[:20] if wrong == letter] or [letter]) if r.random() < 0.02 else letter
                   for letter in text)  # fmt: skip
    for number, fact in enumerate(sorted(facts, key=len, reverse=True)):
        text = text.replace(chr(0xE000 + number), seen[fact])
    return text, list(seen.values())


def worn(text: str, facts: list[str], r: Random) -> tuple[str, list[str]]:
    """The sentence with one letter in forty damaged, wherever it stands, and what is then left of each fact."""
    of = [-1] * len(text)
    for number, fact in enumerate(sorted(facts, key=len, reverse=True)):
        for start in (at for at in range(len(text)) if text.startswith(fact, at) and set(of[at : at + len(fact)]) == {-1}):
            of[start : start + len(fact)] = [number] * len(fact)
    seen = [worn_letter(letter, r) if r.random() < WORN else letter for letter in text]
    pieces = ["".join(seen[at] for at in range(len(text)) if of[at] == number).strip() for number in range(len(facts))]
    return "".join(seen), [piece for piece in pieces if any(map(str.isalnum, piece))]


def worn_letter(letter: str, r: Random) -> str:
    """What one damaged letter may look like."""
    if letter == " ":
        return r.choice(["", "\n", "  "])
    alike = [seen for wrong, seen in CONFUSED[:20] if wrong == letter]
    plain = normalize("NFD", letter)[0]
    return r.choice(["", letter + letter, letter.swapcase(), plain, f"{letter} ", *alike, *alike])


def main() -> None:
    """Silent changes and stopped segments, by direction."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--noise", choices=("ocr", "worn", "small"), required=True)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--sentences", type=int, default=250)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    for source, target in (("es", "en"), ("en", "es")):
        r = Random(options.seed)
        cases = [damaged(*sentence(r, source), options.noise, r) for _ in range(options.sentences)]
        started, words, changed, stopped, segments = process_time(), 0, Counter[str](), 0, 0
        warned = 0
        with closing(ApertiumTranslator().open(source, target, None)) as engine:
            for text, facts in cases:
                pieces = [Piece(text[start:end], start, None) for start, end in stretches(text)]
                made = translate(pieces, target, engine, lambda text, source=source: find_facts(text, source, None))
                whole = "\n".join(segment.target for segment in made)
                lost = [part for fact in facts for part in parts(fact, pieces) if whole.count(part) < text.count(part)]
                if any(segment.why for segment in made):
                    warned += len(lost)
                else:
                    changed.update(lost)
                stopped += sum(segment.state is State.STOPPED for segment in made)
                segments, words = segments + len(made), words + len(text.split())
                if options.show and any(segment.state is State.STOPPED for segment in made):
                    print("STOPPED", [[c.fact.text for c in segment.facts] for segment in made], text)
                if lost and options.show:
                    print(lost, "|", text, "|", whole)
        total = sum(len(facts) for _, facts in cases)
        print(f"{source} to {target}, {options.noise}: {total} facts, {changed.total()} changed without a word, {warned} under a warning,")
        print(f"  {stopped} of {segments} segments stopped; {words / (process_time() - started):.0f} words a second of our own CPU time")


def parts(fact: str, pieces: list[Piece]) -> list[str]:
    """The fact, or its halves where the segments part it at a line end."""
    return [fact] if any(fact in piece.source for piece in pieces) else fact.split("\n")


if __name__ == "__main__":
    main()
