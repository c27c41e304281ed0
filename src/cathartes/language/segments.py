"""A document cut into segments, the pieces that are translated and judged one by one.

A line, or a cell between tabs, is a segment, as lists and forms are written, unless it goes on in the next: it ends inside a word, at a
number or at a word such as "de", or is a long one that the next takes up in small letters. What is longer than a long sentence is cut
where sentences end.
"""

import re
from collections.abc import Iterator

LONGEST_LINE = 600
"""Characters up to which a line is one segment."""

WRAPPED = 40
"""Characters from which a line may have been broken for its width."""

_LINE = re.compile(r"[^\r\n\t\x0b\x0c\x85\u2028\u2029]+")
_OPEN = re.compile(
    r"(?:[^\W\d_]-|\b(?:de|del|la|el|los|las|en|con|por|para|y|a|al|un|una|san|santa|of|the|in|at|and|to|from|with))$", re.IGNORECASE
)
_TAKES_UP = re.compile(r"(?:de|del|y|e|o|en|con|que|a|al|por|para|se|of|and|or|in|to|at|that|with)\b")
_ENDS = re.compile(r"(?<=[.!?…])[\"”»’)]*\s+(?=[\"“«¿¡(—]*[A-ZÀ-ÖØ-Þ\d])")
_ABBREVIATION = re.compile(r"(?:\b(?:Sra?|Dra?|Lic|Ing|Gral|Cap|Cmdte|Tte|Sta|Sto|Av|Col|No|Núm|Art|Mr|Mrs|Ms|St|Lt|Sgt|[A-ZÀ-Þ]))\.$")


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every segment that holds a letter or a digit, without the space around it."""
    for first, last in _lines(text):
        line = text[first:last]
        for start, end in _sentences(line) if len(line) > LONGEST_LINE else ((0, len(line)),):
            piece = line[start:end]
            if any(character.isalnum() for character in piece):
                at = first + start + len(piece) - len(piece.lstrip())
                yield at, at + len(piece.strip())


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every sentence; the end of a line that does not go on closes one too."""
    for first, last in _lines(text):
        for start, end in _sentences(text[first:last]):
            yield first + start, first + end


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every line, with those it goes on in."""
    start = last = end = -1
    for line in _LINE.finditer(text):
        if start >= 0 and text[end : line.start()] in ("\n", "\r\n") and _goes_on(text[last:end], line.group()):
            last, end = line.span()
            continue
        if start >= 0:
            yield start, end
        start, end = line.span()
        last = start
    if start >= 0:
        yield start, end


def _goes_on(before: str, after: str) -> bool:
    """Whether a line is taken up by the next."""
    before, after = before.rstrip(), after.lstrip()
    if not before:
        return False
    if _OPEN.search(before):
        return after[:1].islower() or (after[:1].isalnum() and not before.endswith("-"))
    if _TAKES_UP.match(after):
        return before[-1] not in ".:;!?…"
    if len(before) >= WRAPPED and before.endswith(","):
        return True
    return after[:1].islower() and (before[-1].isdigit() or (len(before) >= WRAPPED and before[-1] not in ".:;!?…"))


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _ENDS.finditer(line):
        if not _ABBREVIATION.search(line[start : end.start()]):
            yield start, end.start()
            start = end.end()
    yield start, len(line)
