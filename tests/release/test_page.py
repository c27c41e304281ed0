"""The page stands alone, speaks two languages without script, shows only what the release holds, and takes an answer offline."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest

from cathartes.model import DESK, Action, CountingRule, Frame, Markings, Release, digest_of, json
from cathartes.release.page import PageWriter
from cathartes.release.redact import redact
from tests.release.sample_lead import NOON, TO_MEXICO, busy_lead, sample_lead

VOID = {"meta", "input", "br", "link", "img", "hr"}


class Outline(HTMLParser):
    """Tags that were opened and not closed, ids, and every attribute that could fetch something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.fetched: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        named = dict(attrs)
        self.ids += [str(named["id"])] if "id" in named else []
        self.fetched += [str(named[name]) for name in ("src", "href", "xlink:href", "action", "data") if name in named]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def released(frame: Frame = Frame.WGS84, audience: str = "MEX", withheld: str = "") -> Release:
    markings = Markings(TO_MEXICO.whole, {withheld: Markings().whole} if withheld else {})
    return redact(sample_lead(frame, markings), audience, "B. Releaser", None if audience == DESK else NOON)


@cache
def page_of(frame: Frame = Frame.WGS84, audience: str = "MEX", withheld: str = "") -> str:
    """The page of such a release; drawn once, as drawing takes a second."""
    return page(released(frame, audience, withheld))


def page(release: Release) -> str:
    return PageWriter().write(release).decode()


@pytest.fixture(scope="module")
def partner_page() -> str:
    return page_of()


def test_the_page_is_whole_html_without_repeated_ids(partner_page: str) -> None:
    outline = Outline(partner_page)
    assert outline.open == []
    own = [name for name in outline.ids if not re.fullmatch(r"[a-z][0-9a-f]{10}", name)]
    assert len(own) == len(set(own))


def test_the_page_fetches_nothing(partner_page: str) -> None:
    assert [address for address in Outline(partner_page).fetched if not address.startswith("#")] == []
    assert "default-src 'none'" in partner_page
    assert set(re.findall(r"https?://[^\"'\s<]+", partner_page)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_same_release_gives_the_same_page() -> None:
    assert page(released()) == page_of()


@pytest.mark.parametrize(("audience", "language"), [(DESK, "en"), ("MEX", "es"), ("USA", "es")])
def test_the_desk_reads_english_first_and_partners_spanish(audience: str, language: str) -> None:
    made = page_of(audience=audience)
    assert f'<html lang="{language}">' in made
    assert re.search(rf'id="language-{language}" value="{language}" checked', made)


def test_every_sentence_stands_in_both_languages(partner_page: str) -> None:
    assert partner_page.count('<span lang="en">') == partner_page.count('<span lang="es">')
    assert partner_page.count('<div lang="en">') == partner_page.count('<div lang="es">') >= 5


def test_the_label_stands_at_the_top_and_at_the_bottom(partner_page: str) -> None:
    assert partner_page.count('<span class="tlp tlp-tlp-green">TLP:GREEN</span>') == 2


def test_the_desk_copy_carries_the_strictest_label_of_its_parts() -> None:
    assert page_of(audience=DESK, withheld="fits").count(">TLP:RED</span>") == 2
    assert page_of(withheld="fits").count(">TLP:GREEN</span>") == 2


def test_a_sample_says_so_and_a_case_does_not() -> None:
    case = replace(sample_lead(Frame.WGS84), is_sample=False)
    assert "MUESTRA" in page_of()
    assert "MUESTRA" not in page(redact(case, "MEX", "B. Releaser", NOON))


def test_a_place_on_the_globe_is_given_in_three_notations(partner_page: str) -> None:
    for written in ("24.31", "24°18′", "13N "):
        assert written in partner_page


def test_a_local_place_is_never_given_coordinates_on_the_globe() -> None:
    local = page_of(Frame.LOCAL)
    assert "37.0 m" in local
    assert "°" not in re.sub(r"<svg.*?</svg>", "", local, flags=re.DOTALL)


@pytest.mark.parametrize("name", ["sources", "emitters", "hypotheses", "gaps", "coverage", "evidence", "fits", "instruments"])
def test_a_withheld_section_is_simply_not_there(name: str) -> None:
    cut = page_of(withheld=name)
    section = {"sources": "where", "fits": "fit", "coverage": None, "gaps": None, "emitters": None, "hypotheses": None}.get(name, name)
    assert section is None or f'<section id="{section}"' not in cut
    assert "withheld" not in cut
    assert Outline(cut).open == []


def test_the_reply_form_knows_its_release_and_offers_every_answer(partner_page: str) -> None:
    release = released()
    assert f'data-release="{release.id}"' in partner_page
    assert f'data-sha256="{digest_of(json.encode(release))}"' in partner_page
    for answer in (*(f'value="{action.value}"' for action in Action), *(f'name="{rule.value}"' for rule in CountingRule)):
        assert answer in partner_page


def test_the_desk_copy_has_no_reply_form() -> None:
    assert "reply-form" not in page_of(audience=DESK).replace('getElementById("reply-form")', "")


def test_what_a_folder_says_is_text_and_never_markup() -> None:
    hostile = replace(sample_lead(), purpose="<script>alert(1)</script>", authority='"><img src=x>')
    made = page(redact(hostile, DESK, "A. Analyst", None))
    assert "<script>alert" not in made
    assert "<img" not in made


@pytest.fixture(scope="module")
def busy_page() -> str:
    return page(redact(busy_lead(Frame.WGS84), "MEX", "B. Releaser", NOON))


def test_a_search_that_did_not_settle_is_told_before_any_number(busy_page: str) -> None:
    assert busy_page.index('role="alert"') < busy_page.index('<section class="numbers"')
    assert "no coinciden" in busy_page
    assert 'role="alert"' not in page_of()


def test_every_source_of_the_gas_is_in_one_table_and_the_headline_counts_them(busy_page: str) -> None:
    table = busy_page[busy_page.index('<table class="sources">') :]
    rows = table[: table.index("</table>")]
    assert rows.count("<tr><th") == 3
    assert [each in rows for each in ("source-0d4c55aa91fe", "source-77aa00bb11cc", "62 %", "0.0550", "43.0")] == [True] * 5
    assert "Una de 2 posibles fuentes" in busy_page
    assert page_of().count('<table class="sources">') == 1


def test_a_region_in_several_parts_says_so_and_lists_them(busy_page: str) -> None:
    assert "en 2 partes separadas" in busy_page
    assert "Partes de la zona del 90" in busy_page
    assert "Partes de la zona" not in page_of()


def test_where_a_source_would_have_been_noticed_stands_in_place_of_the_coverage(busy_page: str) -> None:
    assert "Rayado: no se observó" in busy_page
    assert "Gris: no se observó" not in busy_page
    assert "Gris: no se observó" in page_of()


def test_each_crossing_is_in_the_page(busy_page: str) -> None:
    crossing = busy_page[busy_page.index('<section id="crossings"') :]
    assert crossing[: crossing.index("</section>")].count("<tr><td") == 5


def test_a_full_page_is_whole_and_fetches_nothing(busy_page: str) -> None:
    outline = Outline(busy_page)
    assert outline.open == []
    assert [address for address in outline.fetched if not address.startswith(("#", "data:image/jpeg;base64,"))] == []
    assert busy_page.count('<span lang="en">') == busy_page.count('<span lang="es">')
