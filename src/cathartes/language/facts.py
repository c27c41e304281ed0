"""All facts of a text: those with a form of their own first, names in what is left.

`find_facts` is what translation guards and what extraction reports; `normalise` (in `language.structured`) reads one expression.
"""

from datetime import date

from cathartes.language.names import aliases, names
from cathartes.language.spans import without_overlaps
from cathartes.language.structured import structured_facts
from cathartes.model import Fact


def find_facts(text: str, language: str, today: date | None) -> tuple[Fact, ...]:
    """Every fact in `text` (`language` is `es` or `en`), in order, none overlapping. `today` is the document's date."""
    return without_overlaps((*aliases(text), *structured_facts(text, language, today), *names(text, language)), len(text))
