"""The tear line: the few sentences that leave, as plain text for a radio, a telephone or a mail, in both languages.

Everything in it comes from a release, so what is above the line at the desk was cut before a word was written.
"""

from collections.abc import Iterator

from cathartes.messages import say
from cathartes.model import Frame, Lead, Release, Statement
from cathartes.release.geojson import frame_of
from cathartes.release.tables import coordinates_of
from cathartes.release.telling import explanations, found, languages, overall_marking, probability_word

GAPS = 3


class TearLineWriter:
    """A release as a page of plain text, the reader's own language first."""

    suffix = "txt"

    def write(self, release: Release) -> bytes:
        """The text in UTF-8, lines ended by a line feed."""
        return tear_line(release).encode()


def tear_line(release: Release) -> str:
    """Marking, line, and per language what was found, where, what else it may be, what is not known, how to answer; marking again."""
    marking = f"{overall_marking(release.lead).value} · {release.audience}"
    parts = ["\n".join(_part(release, language)) for language in languages(release)]
    return "\n\n".join((marking, *parts, marking)) + "\n"


def _part(release: Release, language: str) -> Iterator[str]:
    lead = release.lead

    def told(key: str, **values: str | int | float) -> str:
        return say(Statement(key, values), language)

    yield told("tear.line")
    if lead.is_sample:
        yield f"{told('sample.mark')}: {told('sample.meaning')}"
    yield f"{lead.id} · {release.id}"
    yield from (say(warning, language) for warning in lead.warnings)
    yield found(lead, language)
    yield from _where(lead, language)
    for hypothesis in lead.hypotheses:
        yield f"- {told(f'hypothesis.{hypothesis.name}')}: {say(probability_word(hypothesis.probability), language)}"
    yield from (f"- {line}" for line in explanations(lead, language))
    yield from (f"- {say(gap, language)}" for gap in lead.gaps[:GAPS])
    yield told("tear.reply", release=release.id)


def _where(lead: Lead, language: str) -> Iterator[str]:
    """The place in every usual notation; nothing where it is withheld or lies in a frame that nobody else has."""
    if lead.sources and frame_of(lead) is Frame.WGS84:
        for key, written in coordinates_of(lead.sources[0].place):
            yield f"{say(Statement(key), language)}: {written}"
