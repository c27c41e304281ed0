"""What a release says, as statements: the finding in one sentence, words bound to probabilities, what each section rests on.

The page, the document and the map formats all say it through these, so that no format tells another story. The sentences
themselves are in `data/messages`; how they look is for the templates.
"""

import numpy as np

from cathartes.messages import catalogue, number, percent, say
from cathartes.model import DESK, Coverage, Detection, Lead, Quantity, Region, Release, Source, Statement, Still, Tlp
from cathartes.model.samples import Floats

PROBABILITY_WORDS = (
    (0.05, "almost_no_chance"),
    (0.20, "very_unlikely"),
    (0.45, "unlikely"),
    (0.55, "even_chance"),
    (0.80, "likely"),
    (0.95, "very_likely"),
    (1.01, "almost_certain"),
)
"""Upper bounds of the words of Intelligence Community Directive 203 (2 January 2015), section D.6.e(2)(a)."""


def languages(release: Release) -> tuple[str, str]:
    """Both languages, English first for the desk and Spanish first for everybody else."""
    return ("en", "es") if release.audience == DESK else ("es", "en")


def probability_word(probability: float) -> Statement:
    """The fixed word for a probability, with the number beside it, so that nobody has to guess what `likely` means."""
    word = next(word for bound, word in PROBABILITY_WORDS if probability < bound)
    return Statement(f"probability.{word}", {"percent": percent(probability)})


def interval(quantity: Quantity) -> Statement:
    """A quantity as `0.26 kg/h (90 % interval 0.19 to 0.38)`, or without the bracket where no interval is known."""
    values: dict[str, str | int | float] = {"value": number(quantity.value), "unit": quantity.unit}
    if quantity.low is None or quantity.high is None or quantity.level is None:
        return Statement("quantity.bare", values)
    bounds: dict[str, str | int | float] = {
        "low": number(quantity.low),
        "high": number(quantity.high),
        "level": round(100 * quantity.level),
    }
    return Statement("quantity.interval", values | bounds)


def gas_named(gas: str, language: str) -> str:
    """The gas as people call it; one that the catalogue lacks keeps the name it has in the log."""
    return catalogue(language).get(f"gas.{gas}", gas)


def overall_marking(lead: Lead) -> Tlp:
    """The strictest label of anything in the lead: what the top and the bottom of every product carry."""
    nested: tuple[tuple[Source | Detection | Coverage | Still, ...], ...]
    nested = lead.sources, lead.neighbours, lead.detections, lead.coverage, lead.stills
    nouns: tuple[Lead | Source | Detection | Coverage | Still, ...] = (lead, *(noun for each in nested for noun in each))
    labels = {marking.tlp for noun in nouns for marking in (noun.markings.whole, *noun.markings.fields.values())}
    return next(label for label in Tlp if label in labels)


def found(lead: Lead, language: str) -> str:
    """What was found: what, how sure, how much, how well placed."""
    return " ".join((headline(lead, language), *estimate(lead, language)))


def headline(lead: Lead, language: str) -> str:
    """What was found and how sure it is, in one sentence."""
    gas = gas_named(lead.gas, language)
    if not lead.sources:
        return say(Statement("found.withheld", {"gas": gas}), language)
    word = say(probability_word(lead.sources[0].probability), language)
    if lead.neighbours:
        return say(Statement("found.one_of", {"gas": gas, "word": word, "count": 1 + len(lead.neighbours)}), language)
    return say(Statement("found.source", {"gas": gas, "word": word}), language)


def explanations(lead: Lead, language: str) -> list[str]:
    """What may stand behind the source, the most probable first, then what would tell the first two apart and how well founded it is."""
    listed = [
        f"{say(Statement(f'explanation.{each.name}'), language)}: {say(probability_word(each.probability), language)}"
        for each in lead.explanations
    ]
    next_look = [say(each, language) for one in lead.explanations[:1] for each in one.would_contradict]
    return listed + next_look + ([say(lead.confidence, language)] if lead.confidence else [])


def estimate(lead: Lead, language: str) -> tuple[str, ...]:
    """How much, and how well placed, in one sentence; nothing where no source may be told of."""
    if not lead.sources:
        return ()
    source = lead.sources[0]
    rate, level = say(interval(source.rate), language), round(100 * source.region90.level)
    return (say(Statement("found.estimate", {"rate": rate, "area": area(source.region90.area_m2), "level": level}), language),)


def area(square_metres: float) -> str:
    """An area in the unit a reader can picture: square metres, hectares or square kilometres."""
    for limit, unit, size in ((1e4, "m²", 1.0), (1e6, "ha", 1e4), (float("inf"), "km²", 1e6)):
        if square_metres < limit:
            return f"{number(square_metres / size)}\N{NO-BREAK SPACE}{unit}"
    raise AssertionError  # every area is below infinity


def region_size(region: Region, language: str) -> str:
    """The region's area and, where it is not one, in how many separate pieces it lies."""
    if len(region.polygons) < 2:
        return area(region.area_m2)
    return say(Statement("region.pieces", {"area": area(region.area_m2), "count": len(region.polygons)}), language)


def rates_and_weights(source: Source) -> tuple[Floats, Floats]:
    """Rates (kg/h) of the draws that hold this source, and their weights: the raw material of the histogram."""
    pairs = [(point.rate_kg_h, draw.weight) for draw in source.draws.draws for point in draw.sources]
    rates, weights = np.asarray(pairs, dtype=np.float64).reshape(-1, 2).T
    return rates, weights
