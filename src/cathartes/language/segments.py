"""A document cut into segments, the pieces that are translated and judged one by one.

A line is a segment, as lists and forms are written; one that ends inside a broken word goes on in the next. A line longer than a long
sentence is cut where sentences end.
"""

import re
from collections.abc import Iterator

LONGEST_LINE = 600
"""Characters up to which a line is one segment."""

_REST = r"[^\r\n\x0b\x0c\x85\u2028\u2029]+"
_LINE = re.compile(rf"{_REST}(?:(?<=[^\W\d_]-)\r?\n(?=[a-zà-öø-ÿ]){_REST})*")
_ENDS = re.compile(r"(?<=[.!?…])[\"”»’)]*\s+(?=[\"“«¿¡(—]*[A-ZÀ-ÖØ-Þ\d])")
_ABBREVIATION = re.compile(r"(?:\b(?:Sra?|Dra?|Lic|Ing|Gral|Cap|Cmdte|Tte|Sta|Sto|Av|Col|No|Núm|Art|Mr|Mrs|Ms|St|Lt|Sgt|[A-ZÀ-Þ]))\.$")


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every segment that holds a letter or a digit, without the space around it."""
    for line in _LINE.finditer(text):
        for start, end in _sentences(line.group()) if len(line.group()) > LONGEST_LINE else ((0, len(line.group())),):
            piece = line.group()[start:end]
            if any(character.isalnum() for character in piece):
                at = line.start() + start + len(piece) - len(piece.lstrip())
                yield at, at + len(piece.strip())


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every sentence; a line end closes one too."""
    for line in _LINE.finditer(text):
        for start, end in _sentences(line.group()):
            yield line.start() + start, line.start() + end


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _ENDS.finditer(line):
        if not _ABBREVIATION.search(line[start : end.start()]):
            yield start, end.start()
            start = end.end()
    yield start, len(line)
