"""The statement about a state's airspace, as a page and as a PDF, in Spanish and English, with nothing in it that the verdict lacks.

The layouts are `templates/overflight.html` and `.typ`; equal overflights give equal bytes.
"""

import json
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
import typst
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from cathartes.messages import number, say
from cathartes.model import Statement
from cathartes.model.overflight import Apart, Chart, IntervalTold, Overflight, Reason, Verdict, ZoneKind
from cathartes.release.overflight_map import NAMES, overflight_svg

ORDER = ("es", "en")
SHOWN = 60
ZONES = {ZoneKind.FIR: "airspace.fir", ZoneKind.EEZ: "airspace.eez"}
HEADS = ("airspace.verdict", "airspace.from", "airspace.to", "airspace.reason", "airspace.closest")
REASONS = {
    Reason.FIXES: "airspace.by_fixes", Reason.GAP: "airspace.by_gap", Reason.ERROR: "airspace.by_error",
    Reason.FLAGGED: "airspace.by_flagged", Reason.EXTENT: "airspace.by_extent",
}  # fmt: skip
LINES = {
    "": "airspace.other_lines", "land border": "airspace.land_border", "12 nautical miles": "airspace.sea_limit",
    "median line": "airspace.median_line",
}  # fmt: skip
UNPROVED = {
    Reason.GAP: "airspace.unproved_gap", Reason.ERROR: "airspace.unproved_error", Reason.FLAGGED: "airspace.unproved_flagged",
    Reason.EXTENT: "airspace.unproved_extent",
}  # fmt: skip


def statement_page(answer: Overflight, chart: Chart) -> bytes:
    """The statement as one HTML file that needs nothing else."""
    templates = files("cathartes.release").joinpath("templates")
    source = templates.joinpath("overflight.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(source)
    style = Markup(templates.joinpath("lead.css").read_text(encoding="utf-8"))
    return template.render(parts=parts(answer, chart), style=style, svg=Markup).encode()


def statement_pdf(answer: Overflight, chart: Chart) -> bytes:
    """The statement on paper; fonts come with the typesetter and the plotting library, and no date of making goes in."""
    told = json.dumps({"parts": parts(answer, chart)}, ensure_ascii=False, sort_keys=True)
    layout = files("cathartes.release").joinpath("templates/overflight.typ").read_bytes()
    fonts = [Path(matplotlib.get_data_path()) / "fonts" / "ttf"]
    return typst.compile(layout, sys_inputs={"content": told}, font_paths=fonts, ignore_system_fonts=True, timestamp=0)  # type: ignore[misc]


def parts(answer: Overflight, chart: Chart) -> list[dict[str, Any]]:
    """All that the statement says, once per language."""
    return [part(answer, chart, language) for language in ORDER]


def part(answer: Overflight, chart: Chart, language: str) -> dict[str, Any]:
    """The statement in one language: sentences, tables and the map."""

    def told(key: str, **values: str | float) -> str:
        return say(Statement(key, values), language)

    return {
        "language": language,
        "kind": told("airspace.kind"),
        "headline": say(headline(answer), language),
        "closest": say(closest(answer), language),
        "map": {"svg": overflight_svg(chart, language), "caption": told("airspace.map")},
        "titles": {
            "intervals": told("airspace.intervals"), "unproved": told("airspace.not_proved"), "rests": told("airspace.rests_on"),
            "verify": told("airspace.verify_title"), "apart": told("airspace.apart"),
        },
        "heads": [told(key) for key in HEADS],
        "intervals": [row(each, language) for each in answer.intervals[:SHOWN]],
        "more": told("airspace.more", count=len(answer.intervals) - SHOWN) if len(answer.intervals) > SHOWN else "",
        "unproved": [say(each, language) for each in (*unproved(answer), *answer.notes)],
        "not_sovereign": told("airspace.not_fir"),
        "apart": [zones(each, language) for each in answer.apart],
        "rests": [(told(key), value) for key, value in rests_on(answer, language)],
        "verify": told("airspace.verify"),
        "attribution": answer.boundary.attribution,
    }  # fmt: skip


def zones(apart: Apart, language: str) -> dict[str, Any]:
    """The zones of one file: where they come from, and when an aircraft was in one or may have been."""
    values = {"met": len(apart.zones), "held": apart.held}
    source = f"{apart.source.name}, {apart.source.version} · SHA-256 {apart.source.sha256}"
    met = [(zone.zone, each) for zone in apart.zones for each in zone.intervals if each.verdict is not Verdict.OUT]
    return {
        "title": say(Statement(ZONES[apart.kind]), language),
        "heads": [say(Statement(key), language) for key in ("airspace.zone", *HEADS[:-1])],
        "rows": [(zone, *row(each, language)[:-1]) for zone, each in met[:SHOWN]],
        "source": f"{say(Statement('airspace.zones_met', values), language)} {source}",
    }


def headline(answer: Overflight) -> Statement:
    """What is proved, in one sentence: a visit, no visit, or that a visit cannot be excluded."""
    inside, open_ = seconds(answer, Verdict.IN), seconds(answer, Verdict.UNDECIDED)
    if any(each.verdict is Verdict.IN for each in answer.intervals):
        if not open_:
            return Statement("airspace.was_in_and_decided", {"state": answer.state, "inside": duration(inside)})
        return Statement("airspace.was_in", {"state": answer.state, "inside": duration(inside), "open": duration(open_)})
    if any(each.verdict is Verdict.UNDECIDED for each in answer.intervals):
        return Statement("airspace.not_excluded", {"state": answer.state, "open": duration(open_)})
    return Statement("airspace.never_in", {"state": answer.state})


def closest(answer: Overflight) -> Statement:
    """The closest approach while the aircraft was certainly outside."""
    outside = [each.closest_km for each in answer.intervals if each.verdict is Verdict.OUT]
    return Statement("airspace.closest_outside", {"km": number(min(outside))}) if outside else Statement("airspace.never_outside")


def unproved(answer: Overflight) -> list[Statement]:
    """For each reason that leaves something undecided, for how long."""
    lasting = {
        reason: sum(length_s(each) for each in answer.intervals if each.verdict is Verdict.UNDECIDED and each.reason is reason)
        for reason in UNPROVED
    }
    speed = f"{answer.reach.max_speed_m_s * 3600 / 1852:.0f}"
    values = {reason: {"time": duration(total)} for reason, total in lasting.items() if total > 0}
    return [Statement(UNPROVED[reason], each | ({"speed": speed} if reason is Reason.GAP else {})) for reason, each in values.items()]


def rests_on(answer: Overflight, language: str) -> list[tuple[str, str]]:
    """Names (as keys) and values of everything the verdict was made from."""
    boundary, errors, fixes = answer.boundary, answer.errors, answer.fixes
    sizes = {"position": number(errors.position_m), "boundary": number(errors.boundary_m), "datum": number(errors.datum_m)}
    counts = {name: getattr(fixes, name) for name in ("total", "held", "duplicate", "impossible", "shifted", "spoofed", "nowhere")}
    reach = {"gap": f"{answer.reach.gap_s:.0f}", "turn": f"{answer.reach.turn_m_s2:.0f}", "speed": f"{answer.reach.max_speed_m_s:.1f}"}
    rows = (
        ("airspace.track", f"{answer.track} · SHA-256 {answer.track_sha256}"),
        ("airspace.boundary", f"{boundary.name}, {boundary.version} · SHA-256 {boundary.sha256}"),
        ("airspace.claim", boundary.claim),
        ("airspace.approximation", boundary.approximation),
        ("airspace.lines", "; ".join(f"{line_name(each.what, language)} {number(each.error_m)} m" for each in boundary.lines)),
        ("airspace.errors", say(Statement("airspace.errors_value", {**sizes, "clock": f"{errors.clock_s:g}"}), language)),
        ("airspace.fixes", say(Statement("airspace.fixes_value", counts), language)),
        ("airspace.reach", say(Statement("airspace.reach_value", reach), language)),
        ("airspace.clock", say(Statement("airspace.clock_value"), language)),
    )
    return [(key, value) for key, value in rows if value]


def line_name(what: str, language: str) -> str:
    """What kind of line a part of a boundary is: our own kinds in both languages, others as their file calls them."""
    key = LINES.get(what)
    return say(Statement(key), language) if key else what


def row(each: IntervalTold, language: str) -> tuple[str, str, str, str, str]:
    """One interval as the cells of the table."""
    verdict, reason = (say(Statement(key), language) for key in (NAMES[each.verdict], REASONS[each.reason]))
    return verdict, each.start.replace("T", " "), each.end.replace("T", " "), reason, number(each.closest_km)


def seconds(answer: Overflight, verdict: Verdict) -> float:
    """How long one verdict held, all aircraft together."""
    return sum(length_s(each) for each in answer.intervals if each.verdict is verdict)


def length_s(each: IntervalTold) -> float:
    """How long an interval lasts."""
    start, end = (datetime.fromisoformat(time) for time in (each.start, each.end))
    return (end - start).total_seconds()


def duration(total_s: float) -> str:
    """A length of time as `1 h 02 min 05 s`, which both languages write alike; tenths below ten minutes."""
    if total_s < 600:
        return f"{total_s:.1f} s"
    minutes, rest = divmod(round(total_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min {rest:02d} s" if hours else f"{minutes} min {rest:02d} s"
