"""What was not looked at, not known or not compared: the part of a lead that keeps its reader from believing too much."""

from collections.abc import Iterator, Sequence

import numpy as np

from cathartes.assess.search_area import search_region
from cathartes.earth.raster import noticed
from cathartes.messages import number, percent
from cathartes.model import Coverage, Detectability, EmitterList, Flight, Frame, Recording, Region, Span, Statement

NO_CONTRAST = "coverage.no-contrast"


def gaps_of(
    flight: Flight,
    coverage: Sequence[Coverage],
    recordings: Sequence[Recording],
    unread: Sequence[str],
    registers: Sequence[EmitterList],
    detectability: Detectability | None = None,
    not_found: Sequence[Coverage] = (),
) -> tuple[Statement, ...]:
    """Every gap we know of, the ones about the ground first. `unread` names the files that no reader accepted, `not_found` is the
    coverage of gases that were sought as well and seen nowhere.

    What could be seen is told from the locator's `detectability` where there is one, else from the detectors' coverage: two
    methods side by side would give two answers to one question.
    """
    ground = _of_coverage(coverage) if detectability is None else _of_detectability(detectability, search_region(flight, coverage))
    return (
        *([Statement("gap.search_assumed")] if flight.search is not None and flight.search.is_assumed else []),
        *ground,
        *_of_contrast((*coverage, *not_found)),
        *_of_blindness([span for each in coverage for span in each.blind]),
        *_of_other_gases(not_found),
        *_of_files(recordings, unread),
        *_of_registers(flight, registers),
        *_of_flight(flight),
    )


def _of_coverage(coverage: Sequence[Coverage]) -> Iterator[Statement]:
    """How much was not looked at, and what would have been missed where it was."""
    if not coverage:
        yield Statement("gap.no_coverage")
        return
    limits = best_limits(coverage)
    looked = limits[np.isfinite(limits)]
    missed = 1 - looked.size / limits.size
    yield Statement("gap.not_looked", {"percent": percent(missed)}) if missed else Statement("gap.all_looked")
    if looked.size:
        usual, largest = number(float(np.median(looked))), number(float(looked.max()))
        yield Statement("gap.limit", {"usual": usual, "largest": largest, "percent": 100 * coverage[0].level})


def _of_detectability(detectability: Detectability, search: Region | None) -> Iterator[Statement]:
    """How much was not looked at, and where the smallest and the largest rate would have been noticed more likely than not.

    Not looked at is where not even the largest rate would have shown: a small one that is missed was looked for all the same.
    """
    shares = noticed(detectability, search)
    largest, unseen = shares[-1].rate_kg_h, shares[-1].not_looked
    yield Statement("gap.unseen", {"percent": percent(unseen), "rate": f"{largest:g}"}) if unseen else Statement("gap.all_looked")
    for each in dict.fromkeys((shares[0], shares[-1])):
        yield Statement("gap.noticed", {"rate": f"{each.rate_kg_h:g}", "percent": percent(each.noticed)})


def _of_blindness(blind: Sequence[Span]) -> Iterator[Statement]:
    if blind:
        yield Statement("gap.blind", {"count": len(blind), "hours": sum(span.duration_s for span in blind) / 3600})


def _of_contrast(coverage: Sequence[Coverage]) -> Iterator[Statement]:
    """Where there was nothing to see a vapour against, each such sentence once: vapours of one cube share it."""
    yield from {note.values["percent"]: note for each in coverage for note in each.notes if note.key == NO_CONTRAST}.values()


def _of_other_gases(not_found: Sequence[Coverage]) -> Iterator[Statement]:
    """Each gas that was sought as well with the rate that would usually have been noticed, and those that could be seen nowhere."""
    by_gas = {gas: best_limits([each for each in not_found if each.gas == gas]) for gas in sorted({each.gas for each in not_found})}
    usual = {gas: number(float(np.median(limits[np.isfinite(limits)]))) for gas, limits in by_gas.items() if np.isfinite(limits).any()}
    if usual:
        yield Statement("gap.not_found", {"gases": ", ".join(f"{gas} {rate}" for gas, rate in usual.items())})
    if blind := sorted(set(by_gas) - set(usual)):
        yield Statement("gap.not_seen", {"gases": ", ".join(blind)})


def best_limits(coverage: Sequence[Coverage]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Per cell the smallest limit of all recordings with the first one's grid (kg/h); NaN where nobody looked."""
    first = coverage[0]
    same = [each for each in coverage if (each.origin, each.step_m, each.columns) == (first.origin, first.step_m, first.columns)]
    grids = np.array([[np.inf if limit is None else limit for limit in each.limit_kg_h] for each in same], dtype=np.float64)
    best = grids.min(axis=0)
    return np.where(np.isinf(best), np.nan, best)


def _of_files(recordings: Sequence[Recording], unread: Sequence[str]) -> Iterator[Statement]:
    """What the reader of the gas logs had to say, the files nobody read, and kinds of recording that are not there."""
    yield from (statement for recording in recordings if recording.kind == "gas_log" for statement in recording.health)
    if unread:
        yield Statement("gap.unread", {"count": len(unread), "names": ", ".join(unread)})
    if not any(recording.kind in ("text_report", "motion_imagery") for recording in recordings):
        yield Statement("gap.only_gas")


def _of_registers(flight: Flight, registers: Sequence[EmitterList]) -> Iterator[Statement]:
    if flight.frame.kind is Frame.LOCAL:
        yield Statement("gap.local_frame")
    elif not registers:
        yield Statement("gap.no_register")
    yield Statement("gap.register_proves_nothing")


def _of_flight(flight: Flight) -> Iterator[Statement]:
    """Ground instruments, and every question about the flight that its folder leaves open."""
    if flight.aircraft is None:
        yield Statement("gap.no_aircraft")
    elif flight.aircraft.casefold().startswith("none"):
        yield Statement("gap.ground_instruments")
    for name in ("purpose", "authority", "request"):
        if getattr(flight, name) is None:
            yield Statement(f"gap.no_{name}")
    if flight.start is None:
        yield Statement("gap.no_date")
