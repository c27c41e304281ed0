"""A user's own recogniser: believed before our names, guarded in translation, refused where its spans are wrong."""

from pathlib import Path

import pytest

from cathartes import texts
from cathartes.errors import BadInput
from cathartes.language.facts import find_facts
from cathartes.language.guard import mask
from cathartes.model import Fact, FactKind


class Zorks:
    """Knows one hamlet, which is written small, and one gang."""

    def names(self, text: str, language: str) -> list[Fact]:
        known = {"zork": FactKind.PLACE, "Ana Ruiz": FactKind.ORGANISATION}
        return [Fact(kind, name, at, at + len(name)) for name, kind in known.items() if (at := text.find(name)) >= 0]


class Liar:
    """Gives a span that is none of the text."""

    def names(self, text: str, language: str) -> list[Fact]:
        return [Fact(FactKind.PLACE, "zork", 0, 4)]


def test_its_names_are_facts_of_an_extraction_before_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "installed", lambda group: {"zorks": Zorks()} if group == "recognisers" else {})
    (tmp_path / "a.txt").write_text("Los de Ana Ruiz viven por zork desde 2020.", "utf-8")
    own = texts.open_recogniser("zorks")
    (document,) = texts.Gathering().documents([tmp_path / "a.txt"], None, own)
    assert {("organisation", "Ana Ruiz"), ("place", "zork")} <= {(fact.kind.value, fact.text) for fact in document.facts}


def test_what_it_finds_is_hidden_from_the_engine() -> None:
    text = "Viven por zork."
    assert mask(text, find_facts(text, "es", None, Zorks()), trust_numbers=True).text == "Viven por Xq0z."


def test_a_span_that_is_none_of_the_text_is_refused() -> None:
    with pytest.raises(BadInput, match="expected a name that stands there"):
        find_facts("Viven lejos.", "es", None, Liar())


def test_an_unknown_recogniser_is_named_with_those_there_are() -> None:
    with pytest.raises(BadInput, match="none installed"):
        texts.aids(None, None, "nobody")


def test_an_engine_is_given_no_line_break() -> None:
    text = "Salió un hombre de\nla casa y se fue."
    assert mask(text, (), trust_numbers=True).text == "Salió un hombre de la casa y se fue."
