"""Scans and photographs of pages, read by Tesseract; every word keeps its confidence, and doubtful ones are marked.

Pages are turned upright and straightened first. Where Tesseract is not installed the recording is read as empty and says so.
"""

import csv
import io
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.model import Custody, Doubt, Flight, Reading, Statement, TextReport
from cathartes.readers.intake import opened, write_up
from cathartes.readers.text_report import language_of

SUFFIXES = (".png", ".jpg", ".jpeg")
SCAN_LIMIT = 64 * 1024 * 1024
PIXEL_LIMIT = 120_000_000
PATIENCE_S = 300
SURE = 70.0
"""Confidence of Tesseract (0 to 100) below which a word is marked as doubtful."""

UPRIGHT = 45.0
"""Mean confidence below which a page is tried in its other three directions."""

LEAST_WIDTH = 1000
"""Pixels across below which a page is enlarged: Tesseract wants letters of some thirty pixels."""


@dataclass(frozen=True)
class Page:
    """What was read on one page: words in lines, each with its confidence."""

    lines: tuple[tuple[tuple[str, float], ...], ...]

    @property
    def confidence(self) -> float:
        """Mean over all words, weighted by their length; 0 for an empty page."""
        words = [(len(word), sure) for line in self.lines for word, sure in line]
        return sum(length * sure for length, sure in words) / max(sum(length for length, _ in words), 1)


class ScanReader:
    """Reads pictures of pages."""

    kind = "text_report"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is no picture of a kind we read."""
        if path.suffix.lower() not in SUFFIXES:
            return f"its name does not end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        return None if head.startswith((b"\x89PNG", b"\xff\xd8")) else "it is neither a PNG nor a JPEG picture"

    def read(self, path: Path, flight: Flight) -> Reading:
        """The words on the picture, line by line. Raises `BadInput` for a broken picture."""
        with opened(path, SCAN_LIMIT) as (file, digest):
            picture = file.read()
        report, health = read_pages([picture], path.name)
        recording = write_up(path, flight, Custody((digest,), __name__, __version__), self.kind, 1, health)
        return Reading(recording, report)


def read_pages(pictures: Sequence[bytes], name: str) -> tuple[TextReport, tuple[Statement, ...]]:
    """Pages as one text with its doubtful words, and what there is to say about the reading."""
    try:
        pages = [read_page(picture, name) for picture in pictures]
    except FileNotFoundError:
        return TextReport("", None), (Statement("health.no-tesseract"),)
    text, doubts = "", []
    for line in (line for page in pages for line in page.lines):
        for number, (word, sure) in enumerate(line):
            text += " " if number else ""
            if sure < SURE:
                doubts.append(Doubt(len(text), len(text) + len(word), round(sure / 100, 2)))
            text += word
        text += "\n"
    if not text:
        return TextReport("", None), (Statement("health.no-words"),)
    words = len(text.split())
    return TextReport(text, language_of(text), tuple(doubts)), (Statement("health.scan", {"words": words, "doubtful": len(doubts)}),)


def read_page(picture: bytes, name: str) -> Page:
    """The page, upright. Raises `BadInput` for a broken picture and `FileNotFoundError` without Tesseract."""
    grey = grey_of(picture, name)
    best = Page(())
    for turns in range(4):
        page = recognised(straightened(np.rot90(grey, -turns)))
        best = max(best, page, key=lambda each: each.confidence)
        if best.confidence >= UPRIGHT:
            break
    return best


def grey_of(picture: bytes, name: str) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The picture's brightness, 0 to 255, large enough to be read."""
    # Pillow costs 0.1 s to import, and most flights bring no scan.
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(picture)) as image:
            if image.width * image.height > PIXEL_LIMIT:
                raise BadInput(f"{name} has {image.width} x {image.height} pixels; at most {PIXEL_LIMIT} are read")
            grey = image.convert("L")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
        raise BadInput(f"{name} is no readable picture ({problem}); save it again as PNG") from None
    if grey.width < LEAST_WIDTH:
        factor = max(1, round(LEAST_WIDTH / grey.width))
        grey = grey.resize((grey.width * factor, grey.height * factor), Image.Resampling.LANCZOS)
    return np.asarray(grey, np.uint8)


def straightened(grey: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The page turned so that its lines run level: by the angle, up to 3 degrees, at which rows of ink stand out most."""
    from PIL import Image

    image = Image.fromarray(grey)
    small = image.resize((max(1, image.width * 600 // max(image.width, 1)), max(1, image.height * 600 // max(image.width, 1))))
    angles = np.arange(-3.0, 3.01, 0.25)
    contrast = [np.asarray(small.rotate(float(angle), fillcolor=255), float).mean(axis=1).var() for angle in angles]
    angle = float(angles[int(np.argmax(contrast))])
    return grey if abs(angle) < 0.3 else np.asarray(image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255), np.uint8)


def recognised(grey: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> Page:
    """What Tesseract reads, with Spanish where it is installed. Raises `FileNotFoundError` where Tesseract is not."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        Image.fromarray(np.ascontiguousarray(grey)).save(path)
        for language in ("spa", "eng"):
            command = ["tesseract", str(path), "stdout", "-l", language, "--dpi", "200", "tsv"]
            try:
                told = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)
            except subprocess.TimeoutExpired:
                return Page(())
            if told.returncode == 0:
                return Page(tuple(_lines(told.stdout.decode("utf-8", "replace"))))
    return Page(())


def _lines(table: str) -> Iterator[tuple[tuple[str, float], ...]]:
    lines: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = (row.get("text") or "").strip()
        if word and float(row["conf"]) >= 0:
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append((word, float(row["conf"])))
    return (tuple(line) for line in lines.values())
