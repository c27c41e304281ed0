"""One release as one HTML file that needs nothing else: no network, no account, no script to be read, two languages.

The words are in `data/messages`, the looks in `templates/lead.html` and `lead.css`. What may be said was settled by
`redact`: this module shows whatever a release holds and cannot show more.
"""

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from cathartes.messages import number, percent, say
from cathartes.model import DESK, Action, CountingRule, Frame, Lead, Release, Statement, Still, digest_of, json
from cathartes.release import figures, tables, telling
from cathartes.release.geojson import frame_of

TEMPLATES = files("cathartes.release").joinpath("templates")


class PageWriter:
    """A release as a page for a phone, a desk and a printer."""

    suffix = "html"

    def write(self, release: Release) -> bytes:
        """The page in UTF-8. A release to a partner carries the reply form of docs/reference/reply.md."""
        order, lead = telling.languages(release), release.lead
        page = environment().get_template("lead.html").render(
            release=release,
            lead=lead,
            order=order,
            is_desk=release.audience == DESK,
            digest=digest_of(json.encode(release)),
            marking=telling.overall_marking(lead).value,
            is_local=frame_of(lead) is Frame.LOCAL,
            actions=[action.value for action in Action],
            rules=[rule.value for rule in CountingRule],
            both=partial(both, order),
            drawn=partial(drawn, order, lead),
            photograph=photograph,
            headline=in_both(order, partial(telling.headline, lead)),
            estimate=in_both(order, lambda language: " ".join(telling.estimate(lead, language))),
            sized=lambda region: in_both(order, partial(telling.region_size, region)),
            gas=in_both(order, partial(telling.gas_named, lead.gas)),
        )  # fmt: skip
        return page.encode()


@cache
def environment() -> Environment:
    """The templates, with everything escaped that is not marked as safe, and an unknown name an error."""
    loader = FunctionLoader(lambda name: TEMPLATES.joinpath(name).read_text(encoding="utf-8"))
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals |= {"tables": tables, "telling": telling, "statement": Statement}
    made.filters |= {"number": number, "percent": percent, "area": telling.area}
    return made


def both(order: tuple[str, str], said: str | Statement, **values: str | float) -> Markup:
    """A message in both languages, the audience's own first; the page's style shows one of them."""
    statement = Statement(said, values) if isinstance(said, str) else said
    return in_both(order, partial(say, statement))


def in_both(order: tuple[str, str], sentence: Callable[[str], str]) -> Markup:
    """The sentence that `sentence` makes for each language, marked with its language."""
    return Markup("").join(Markup('<span lang="{0}">{1}</span>').format(language, sentence(language)) for language in order)


def photograph(picture: str, still: Still) -> Markup:
    """A picture of `release.figures` without words, by name."""
    return Markup(getattr(figures, picture)(still))


def drawn(order: tuple[str, str], lead: Lead, picture: str, **of: object) -> Markup:
    """A picture of `release.figures` by name, in both languages; nothing where there is nothing to draw."""
    draw = getattr(figures, picture)
    made = {language: draw(lead, language=language, **of) for language in order}
    return Markup("").join(Markup('<div lang="{0}">{1}</div>').format(language, Markup(svg)) for language, svg in made.items() if svg)
