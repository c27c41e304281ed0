"""The two catalogues say the same things: same keys, same values, every key used, every number formatted."""

import re
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

from cathartes.errors import BadInput
from cathartes.messages import LANGUAGES, catalogue, say
from cathartes.model import Action, CountingRule, Frame, Statement

SOURCE = Path(str(files("cathartes")))
KEY = re.compile(r"""["'](?P<key>[a-z]+\.[a-z0-9_-]+)["']""")
# Keys that the code makes from a word of a fixed list, by the fixed part.
MADE = {
    "state": ["machine", "stopped", "memory", "kept", "reviewed", "human"],
    "frame": [frame.value for frame in Frame],
    "action": [action.value for action in Action],
    "rule": [rule.value for rule in CountingRule],
    "hypothesis": ["nothing", "not_here", "outside", "inside", "registered", "unregistered"],
    "instrument": ["track", "point", "path"],
    "evidence": ["movement", "object", "mention"],
    "gap": ["no_purpose", "no_authority", "no_request"],
    "explanation": ["laboratory", "storage", "dump", "industry", "burning", "traffic", "nothing"],
    "sign": ["gas", "second_gas", "persistence", "registered", "movement", "mention"],
    "separates": ["gas", "second_gas", "persistence", "registered", "movement", "mention"],
    "confidence": ["low", "moderate", "high"],
    "hypotheses": ["for", "against"],
    "emitters": ["name", "distance", "declares"],
    "sources": ["source", "probability", "place", "rate"],
    "pieces": ["place", "area", "share"],
    "figure": ["east_local", "north_local", "east_wgs84", "north_wgs84", "minutes", "hours", "emitter_declares", "emitter_other"],
}
TITLES = ("where", "explain", "gaps", "rate", "evidence", "custody", "emitters", "hypotheses", "sources", "crossings", "warning")


def text_of_the_package() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for suffix in ("*.py", "*.html") for path in sorted(SOURCE.rglob(suffix)))


def placeholders(text: str) -> list[tuple[str, str]]:
    return sorted((name, form or "") for _, name, form, _ in Formatter().parse(text) if name)


def keys_named() -> set[str]:
    """Every key that stands in the code or a template, whole or made from a list."""
    text = text_of_the_package()
    named = {match["key"] for match in KEY.finditer(text)}
    named |= {f"{room}.{word}" for room, words in MADE.items() for word in words}
    named |= {f"{title}.title" for title in TITLES}
    for prefix, pattern in (
        ("figure", r'\btold\("(\w+)"'),
        ("probability", r'\d, "(\w+)"\)'),
        ("custody", r'^ +\("(\w+)", '),
        ("contradicts", r'"contradicts\.(\w+)"'),
    ):
        named |= {f"{prefix}.{word}" for word in re.findall(pattern, text, re.MULTILINE)}
    return named | {f"{key}.one" for key in named}


def test_both_catalogues_have_the_same_keys_in_the_same_order() -> None:
    assert list(catalogue("en")) == list(catalogue("es"))


@pytest.mark.parametrize("key", catalogue("en"))
def test_both_sentences_name_the_same_values_in_the_same_form(key: str) -> None:
    assert placeholders(catalogue("en")[key]) == placeholders(catalogue("es")[key])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_has_space_to_spare(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if not text or text != text.strip() or "  " in text] == []


def test_few_sentences_are_the_same_in_both_languages() -> None:
    same = {key for key, text in catalogue("en").items() if text == catalogue("es")[key]}
    assert same <= {"word.no", "figure.north", "coordinates.utm", "quantity.bare"}


def test_every_key_in_the_code_is_in_the_catalogue() -> None:
    rooms = {key.split(".")[0] for key in catalogue("en")}
    statements = set(re.findall(r'Statement\(\s*"([a-z]+\.[a-z0-9_-]+)"', text_of_the_package()))
    templated = set(re.findall(r'(?:both|told|term)\("([a-z]+\.[a-z0-9_-]+)"', text_of_the_package()))
    assert {key for key in statements | templated if key.split(".")[0] in rooms} - set(catalogue("en")) == set()
    assert {key.split(".")[0] for key in statements | templated} <= rooms


def test_every_key_in_the_catalogue_is_used() -> None:
    gases = {key for key in catalogue("en") if key.startswith("gas.")}
    assert set(catalogue("en")) - gases - keys_named() == set()


def test_every_gas_of_the_table_has_its_name() -> None:
    import tomllib

    table = tomllib.loads((SOURCE / "data" / "gases.toml").read_text(encoding="utf-8"))
    assert {f"gas.{gas}" for gas in table} <= set(catalogue("en"))


def test_a_number_is_written_as_the_sentence_says() -> None:
    statement = Statement("evidence.region", {"area_m2": 1234.5, "level": 90.0001})
    assert "1,234" in say(statement, "en")
    assert "90\N{NO-BREAK SPACE}%" in say(statement, "es")


def test_one_is_told_in_the_singular() -> None:
    assert say(Statement("health.no_time", {"count": 1}), "es") == "una posición no tiene hora"
    assert say(Statement("health.no_time", {"count": 2}), "en") == "2 fixes have no time"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_has_its_space_as_every_other_percentage_has(language: str) -> None:
    sentence = say(Statement("locate.on-share", {"share": 0.5, "low": 0.25, "high": 1.0}), language)
    assert re.findall(r"\d+(.?)%", sentence) == ["\N{NO-BREAK SPACE}"] * 3


@pytest.mark.parametrize("statement", [Statement("no.such_key"), Statement("supports.nothing", {"other": 1})])
def test_a_missing_message_or_value_is_named(statement: Statement) -> None:
    with pytest.raises(BadInput, match=statement.key):
        say(statement, "en")


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(BadInput, match="'fr'"):
        catalogue("fr")


def test_a_share_stands_apart_from_its_sign_and_a_name_with_one_stays_as_it_is() -> None:
    sentence = say(Statement("change.share", {"broker": "Pemex 50%", "now": 0.38, "before": 0.5}), "en")
    assert sentence == "Less of the traffic touches Pemex 50%, who carried most of it: 38\u00a0%, 50\u00a0% in the window before."
