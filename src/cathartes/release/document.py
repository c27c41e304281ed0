"""One release as a PDF of a few pages: what a partner prints, first in the reader's own language, then in the other.

The layout is `templates/document.typ`; the words and numbers are those of the page. Fonts come with the typesetter and the
plotting library, never from the machine, and no date of making goes in: equal releases give equal bytes.
"""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
import typst

from cathartes.messages import number, say
from cathartes.model import DESK, Hypothesis, Lead, Release, Statement, Still, digest_of
from cathartes.model import json as canonical
from cathartes.release import figures, tables, telling

NEAREST_EMITTERS = 6
CROSSINGS = 6


class DocumentWriter:
    """A release as a PDF."""

    suffix = "pdf"

    def write(self, release: Release) -> bytes:
        """The PDF. Everything in it comes from `content`, as data: no text of a release is ever read as layout."""
        told = json.dumps(content(release), ensure_ascii=False, sort_keys=True)
        fonts = [Path(matplotlib.get_data_path()) / "fonts" / "ttf"]
        return typst.compile(_template(), sys_inputs={"content": told}, font_paths=fonts, ignore_system_fonts=True, timestamp=0)  # type: ignore[misc]


@cache
def _template() -> bytes:
    return files("cathartes.release").joinpath("templates/document.typ").read_bytes()


def content(release: Release, *, drawn: bool = True) -> dict[str, Any]:
    """All that the document says: what both languages share, and one part per language in the reader's order, pictures if `drawn`."""
    lead = release.lead
    return {
        "lead": lead.id,
        "release": release.id,
        "marking": telling.overall_marking(lead).value,
        "parts": [_part(release, language, drawn=drawn) for language in telling.languages(release)],
    }


def _part(release: Release, language: str, *, drawn: bool) -> dict[str, Any]:
    lead = release.lead

    def told(key: str, **values: str | float) -> str:
        return say(Statement(key, values), language)

    to = told("banner.desk") if release.audience == DESK else told("banner.released", audience=release.audience)
    titles = ("where", "explain", "gaps", "rate", "evidence", "custody", "emitters", "hypotheses", "sources", "crossings", "warning")
    return {
        "language": language,
        "to": to,
        "kind": told("page.kind"),
        "sample": [told("sample.mark"), told("sample.meaning")] if lead.is_sample else [],
        "headline": telling.headline(lead, language),
        "estimate": " ".join(telling.estimate(lead, language)),
        "titles": {name: told(f"{name}.title") for name in titles} | {"explanations": told("explanation.title")},
        "captions": {name: told(f"hypotheses.{name}") for name in ("for", "against")} | {"note": told("explanation.note")},
        "limits": told("page.limits"),
        "warnings": [say(each, language) for each in lead.warnings],
        "sources": _sources(lead, language),
        "pieces": _pieces(lead, language),
        "noticed": _noticed(lead, language),
        "pictures": _pictures(lead, language) if drawn else {},
        "stills": [_still(number, each, language) for number, each in enumerate(lead.stills, 1)],
        "numbers": _numbers(lead, language),
        "emitters": _emitters(lead, language),
        "hypotheses": [_hypothesis(each, language) for each in lead.hypotheses],
        "explanations": telling.explanations(lead, language),
        "gaps": [say(gap, language) for gap in lead.gaps],
        "evidence": [say(each.statement, language) for each in lead.evidence],
        "custody": _custody(release, language),
        "verify": told("custody.verify_desk" if release.audience == DESK else "custody.verify"),
    }


def _pictures(lead: Lead, language: str) -> dict[str, dict[str, str]]:
    """The map, the rate, what could be seen and the strongest crossings, each with its caption; what there is nothing of is left out."""
    pictures = {}
    if lead.sources:
        pictures["map"] = _picture(figures.map_of(lead, language), "where.caption", language)
        if tables.rate_rows(lead.sources[0]):
            pictures["rate"] = _picture(figures.rate_of(lead, language), "rate.caption", language)
    if lead.crossings:
        shown = min(len(lead.crossings), CROSSINGS)
        svg = figures.crossings_of(lead, language, most=shown)
        pictures["crossings"] = _picture(svg, "crossings.caption", language, shown=shown, count=len(lead.crossings))
    if lead.detectability:
        pictures["coverage"] = _picture(figures.detectability_of(lead, language), "detectability.caption", language)
        return pictures
    for covered in lead.coverage[:1]:
        svg = figures.coverage_of(lead, covered, language)
        pictures["coverage"] = _picture(svg, "coverage.caption", language, level=round(100 * covered.level))
    return pictures


def _still(number: int, still: Still, language: str) -> dict[str, str]:
    """A still, the square about the thing, and what they are."""
    at = still.custody.at.utc.strftime("%Y-%m-%d %H:%M:%S UTC.") if still.custody.at else ""
    words = (say(each, language) for each in (Statement("still.caption"), still.says))
    title = say(Statement("still.title", {"number": number}), language)
    caption = " ".join((title, still.detection, at, *words))
    return {"svg": figures.still_of(still), "close": figures.close_up_of(still), "caption": caption}


def _picture(svg: str, caption: str, language: str, **values: float) -> dict[str, str]:
    return {"svg": svg, "caption": say(Statement(caption, values), language)}


def _numbers(lead: Lead, language: str) -> list[tuple[str, str]]:
    """Names and values: coordinates, their error, the regions, the rate."""
    if not lead.sources:
        return []
    source = lead.sources[0]
    rows = [(say(Statement(name), language), written) for name, written in tables.coordinates_of(source.place)]
    if spread := tables.spread_of(source.place):
        error = Statement("coordinates.spread_value", {"east": spread[0], "north": spread[1]})
        rows.append((say(Statement("coordinates.spread"), language), say(error, language)))
    for region in (source.region50, source.region90):
        name = Statement("coordinates.region", {"level": round(100 * region.level)})
        rows.append((say(name, language), telling.region_size(region, language)))
    frame = say(Statement(f"frame.{source.place.frame.value}"), language)
    return [*rows, ("", frame)]


def _sources(lead: Lead, language: str) -> list[tuple[str, ...]]:
    """Every source of the gas under its heads, the lead's own first; nothing where it is the only one and all of it is told above."""
    if not lead.neighbours:
        return []
    heads = [say(Statement(f"sources.{name}"), language) for name in ("source", "probability", "place", "rate")]
    region = say(Statement("coordinates.region", {"level": round(100 * lead.sources[0].region90.level)}), language)
    return [(*heads, region), *(_source(row, language) for row in tables.source_rows(lead))]


def _source(row: tables.SourceRow, language: str) -> tuple[str, ...]:
    named = Statement("sources.this") if row.away is None else Statement("sources.away", {"distance": row.away})
    rate = say(telling.interval(row.source.rate), language)
    return say(named, language), f"{row.probability} %", row.place, rate, telling.region_size(row.source.region90, language)


def _pieces(lead: Lead, language: str) -> list[tuple[str, ...]]:
    """The parts of the lead's 90 % region under their heads; nothing where it is one."""
    parts = tables.pieces(lead.sources[0]) if lead.sources else ()
    heads = tuple(say(Statement(f"pieces.{name}"), language) for name in ("place", "area", "share"))
    rows = [(each.place, telling.area(each.area_m2), f"{each.percent} %") for each in parts]
    return [heads, *rows] if rows else []


def _noticed(lead: Lead, language: str) -> list[tuple[str, ...]]:
    """Per rate the shares of the search area, under their heads."""
    keys = ("detectability.noticed", "detectability.missed", "coverage.not_looked")
    heads = ("kg/h", *(say(Statement(key), language) for key in keys))
    rows = [(row.rate, *(f"{share} %" for share in (row.noticed, row.missed, row.not_looked))) for row in tables.noticed_rows(lead)]
    return [heads, *rows] if rows else []


def _emitters(lead: Lead, language: str) -> list[tuple[str, str, str]]:
    """The first emitters of the lead: those that declare the gas, then the nearest."""
    words = {declares: say(Statement("word.yes" if declares else "word.no"), language) for declares in (True, False)}
    names = [say(Statement(f"emitters.{name}"), language) for name in ("name", "distance", "declares")]
    heads = (names[0], names[1], f"{names[2]} {telling.gas_named(lead.gas, language)}")
    rows = [(each.name, f"{number(each.distance_m / 1000)} km", words[each.emits_this_gas]) for each in lead.emitters]
    return [heads, *rows[:NEAREST_EMITTERS]] if rows else []


def _hypothesis(hypothesis: Hypothesis, language: str) -> dict[str, Any]:
    return {
        "name": say(Statement(f"hypothesis.{hypothesis.name}"), language),
        "probability": hypothesis.probability,
        "word": say(telling.probability_word(hypothesis.probability), language),
        "for": " ".join(say(each, language) for each in hypothesis.supports),
        "against": " ".join(say(each, language) for each in hypothesis.would_contradict),
    }


def _custody(release: Release, language: str) -> list[tuple[str, str]]:
    """Names and values of how it came about; what is withheld or unknown is left out."""
    lead = release.lead
    at = lead.custody.at.utc.strftime("%Y-%m-%d %H:%M UTC") if lead.custody.at else ""
    released = release.at.utc.strftime("%Y-%m-%d %H:%M UTC") if release.at else ""
    rows = (
        ("flight", lead.flight),
        ("purpose", lead.purpose or ""),
        ("authority", lead.authority or ""),
        ("author", lead.author),
        ("method", f"{lead.custody.method} {lead.custody.version}".strip()),
        ("recorded", at),
        ("released_by", release.by if release.audience != DESK else ""),
        ("released_at", released),
        ("inputs", " ".join(lead.custody.inputs)),
        ("digest", digest_of(canonical.encode(release))),
    )
    return [(say(Statement(f"custody.{name}"), language), value) for name, value in rows if value]
