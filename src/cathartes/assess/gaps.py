"""What was not looked at, not known or not compared: the part of a lead that keeps its reader from believing too much."""

from collections.abc import Iterator, Sequence

import numpy as np

from cathartes.messages import number, percent
from cathartes.model import Coverage, EmitterList, Flight, Frame, Recording, Statement


def gaps_of(
    flight: Flight, coverage: Sequence[Coverage], recordings: Sequence[Recording], unread: Sequence[str], registers: Sequence[EmitterList]
) -> tuple[Statement, ...]:
    """Every gap we know of, the ones about the ground first. `unread` names the files that no reader accepted."""
    return (
        *([Statement("gap.search_assumed")] if flight.search is not None and flight.search.is_assumed else []),
        *_of_coverage(coverage),
        *_of_files(recordings, unread),
        *_of_registers(flight, registers),
        *_of_flight(flight),
    )


def _of_coverage(coverage: Sequence[Coverage]) -> Iterator[Statement]:
    """How much was not looked at, what would have been missed where it was, when instruments were blind."""
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
    blind = [span for each in coverage for span in each.blind]
    if blind:
        yield Statement("gap.blind", {"count": len(blind), "hours": sum(span.duration_s for span in blind) / 3600})


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
    if not any(recording.kind == "text_report" for recording in recordings):
        yield Statement("gap.only_gas")


def _of_registers(flight: Flight, registers: Sequence[EmitterList]) -> Iterator[Statement]:
    if flight.frame.kind is Frame.LOCAL:
        yield Statement("gap.local_frame")
    elif not registers:
        yield Statement("gap.no_register")
    yield Statement("gap.register_proves_nothing")


def _of_flight(flight: Flight) -> Iterator[Statement]:
    """Ground instruments, and every question about the flight that its folder leaves open."""
    if flight.search is not None and flight.search.is_assumed:
        yield Statement("gap.search_assumed")
    if flight.aircraft is None:
        yield Statement("gap.no_aircraft")
    elif flight.aircraft.casefold().startswith("none"):
        yield Statement("gap.ground_instruments")
    for name in ("purpose", "authority", "request"):
        if getattr(flight, name) is None:
            yield Statement(f"gap.no_{name}")
    if flight.start is None:
        yield Statement("gap.no_date")
