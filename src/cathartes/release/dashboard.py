"""Published seizures as one page: per drug and fiscal year the events and the weight, side by side, never added to anything else.

One HTML file, two languages, no network, no script. The counting rule stands on the page with the numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape

from cathartes.messages import LANGUAGES, number, say
from cathartes.model import Statement
from cathartes.model.counting import Counted, Counting, in_kg, total
from cathartes.model.seizure import Seizure

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0 2rem}th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid #ddd}"
    "th:first-child,td:first-child{text-align:left}.bar{background:#0072b2;height:.7rem}td.b{width:35%}.rule{color:#555}"
)


def by_year(seizures: Iterable[Seizure], drug: str, rule: Counting) -> tuple[Counted, ...]:
    """Totals of one drug per fiscal year, in order: events or pounds, as the rule's unit says."""
    years: dict[int, list[Counted]] = defaultdict(list)
    for each in seizures:
        if each.drug == drug:
            years[each.fiscal_year].append(Counted(each.pounds if rule.unit == "lb" else each.events, rule))
    return tuple(Counted(total(found).value, rule, f"FY{year}") for year, found in sorted(years.items()))


def drugs(seizures: Iterable[Seizure]) -> list[str]:
    """Every drug by name, the one with the most events first."""
    events: dict[str, int] = defaultdict(int)
    for each in seizures:
        events[each.drug] += each.events
    return sorted(events, key=lambda drug: (-events[drug], drug))


def dashboard(seizures: Sequence[Seizure], event_rule: Counting, weight_rule: Counting) -> bytes:
    """The page in UTF-8. Same seizures, same bytes."""
    sections = "".join(_section(seizures, drug, event_rule, weight_rule) for drug in drugs(seizures))
    title = say(Statement("seizures.title", {"by": weight_rule.by}), "en")
    heads = "".join(_head(language, weight_rule) for language in reversed(LANGUAGES))
    top = f'<!doctype html><html lang="es"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f"{top}{heads}{sections}</html>\n".encode()


def _head(language: str, rule: Counting) -> str:
    title = escape(_told(language, "seizures.title", by=rule.by))
    told = escape(_told(language, "seizures.rule", by=rule.by))
    return f'<div lang="{language}"><h1>{title}</h1><p class="rule">{told}</p></div>'


def _told(language: str, key: str, **values: str) -> str:
    return say(Statement(key, values), language)


def _section(seizures: Sequence[Seizure], drug: str, event_rule: Counting, weight_rule: Counting) -> str:
    events, weights = by_year(seizures, drug, event_rule), [in_kg(each) for each in by_year(seizures, drug, weight_rule)]
    most = max(each.value for each in weights) or 1.0
    heads = "".join(f"<th>{escape(_both(key))}</th>" for key in ("seizures.year", "seizures.events", "seizures.kg"))
    rows = "".join(
        f"<tr><td>{count.period}</td><td>{count.value:,.0f}</td><td>{number(weight.value)}</td>"
        f'<td class="b"><div class="bar" style="width:{100 * weight.value / most:.1f}%"></div></td></tr>'
        for count, weight in zip(events, weights, strict=True)
    )
    return f"<h2>{escape(drug)}</h2><table><tr>{heads}<th></th></tr>{rows}</table>"


def _both(key: str) -> str:
    return " · ".join(_told(language, key) for language in reversed(LANGUAGES))
