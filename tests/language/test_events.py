"""Events: told once however often they are reported, in whatever order the reports are read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes import texts
from cathartes.errors import BadInput
from cathartes.language import grouping
from cathartes.language.copies import copies
from cathartes.language.events import Event, events_of
from cathartes.language.facts import find_facts
from cathartes.language.grouping import gathered, is_same_event
from cathartes.language.segments import stretches
from cathartes.language.tellings import Source, Telling, tellings_of
from cathartes.model import Fact
from cathartes.readers import text_report
from cathartes.texts import Extraction, Gathering, extraction_json

DAY = date(2024, 3, 13)
FIRST = (
    "Culiacán, Sin., 12 de marzo de 2024.- Elementos de la Marina localizaron este martes tres laboratorios clandestinos en Cosalá, "
    "Sinaloa, informó la Fiscalía.\nEn el lugar aseguraron 2 mil 500 litros de metanfetamina. No hubo detenidos."
)
SECOND = (
    "13 de marzo de 2024. La Marina halló cinco laboratorios en el municipio de Cosalá el martes pasado. Los marinos decomisaron 3 mil "
    "litros de metanfetamina.\nEn lo que va del sexenio se han destruido mil 200 laboratorios en el estado."
)
COPY = FIRST.replace("informó la Fiscalía", "informó la Fiscalía General")
ENGLISH = "March 14, 2024. Soldiers found two drug laboratories near Elota on Wednesday and arrested four men."


def source(name: str, text: str, written: date = DAY) -> Source:
    facts: list[Fact] = []
    for start, end in stretches(text):
        language = "en" if " and " in text[start:end] else "es"
        found = find_facts(text[start:end], language, written)
        facts += [replace(fact, start=start + fact.start, end=start + fact.end) for fact in found]
    return Source(name, text, written, tuple(facts))


def events(sources: Sequence[Source]) -> tuple[Event, ...]:
    ordered = sorted(sources, key=lambda source: (source.written or DAY, source.name))
    return events_of([telling for source in sources for telling in tellings_of(source)], {source.name: source.text for source in ordered})


def told(*texts: str) -> list[Event]:
    return list(events([source(f"{number}.txt", text) for number, text in enumerate(texts)]))


def extracted(*paths: Path) -> Extraction:
    gathering = Gathering()
    assert list(gathering.documents(paths, None))
    return gathering.extraction()


def of_kind(kind: str, *texts: str) -> list[Event]:
    return [event for event in told(*texts) if event.kind == kind]


def test_a_raid_told_three_times_once_by_a_copy_is_one_event_with_a_range_and_its_conflict() -> None:
    (event,) = of_kind("laboratory found", FIRST, SECOND, COPY)
    assert (event.place, event.time, event.count) == ("Cosalá, Sinaloa", "2024-03-12", (3, 5))
    assert event.copies == {"2.txt": "0.txt"}
    assert [(conflict.on, dict(conflict.values)) for conflict in event.conflicts] == [("count", {"0.txt": 3, "1.txt": 5})]


def test_what_was_seized_is_not_added_up_over_reports() -> None:
    (event,) = of_kind("seizure", FIRST, SECOND, COPY)
    (meth,) = event.quantities
    assert (meth["of"], meth["unit"], meth["low"], meth["high"]) == ("metanfetamina", "L", 2500, 3000)


def test_the_order_of_reading_changes_nothing() -> None:
    sources = [source(f"{number}.txt", text) for number, text in enumerate((FIRST, SECOND, ENGLISH))]
    assert all(events(order) == events(sources) for order in permutations(sources))


def test_another_place_is_another_event_and_english_counts_too() -> None:
    found = of_kind("laboratory found", FIRST, ENGLISH)
    assert [(event.place, event.count) for event in found] == [("Cosalá, Sinaloa", (3, 3)), ("Elota", (2, 2))]
    assert [event.count for event in of_kind("arrest", ENGLISH)] == [(4, 4)]


@pytest.mark.parametrize(
    "sentence",
    [
        "La universidad de Sinaloa tiene un laboratorio de análisis químicos.",
        "La FGR descartó que se hallara un laboratorio en Cosalá.",
        "No se localizó ningún laboratorio en Cosalá.",
        "El Ejército podría asegurar más laboratorios en Cosalá.",
        "En lo que va del año se han localizado 40 laboratorios en Sinaloa.",
        "Participaron en un simulacro de aseguramiento de un laboratorio en Cosalá.",
        "The army could raid more labs in Sinaloa.",
        "Soldiers have destroyed six meth labs this week in Durango.",
        "De ahí salía el olor a químicos que los vecinos habían denunciado en Navolato.",
        "No hubo detenidos en Cosalá.",
        "Se difundió que hallaron un laboratorio en Cosalá, pero la Fiscalía lo negó.",
        "La versión de que aseguraron un laboratorio en Cosalá es falsa.",
    ],
)
def test_a_mention_without_an_event_makes_none(sentence: str) -> None:
    assert told(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Soldados localizaron un laboratorio en Cosalá, y no hubo detenidos.", "laboratory found"),
        ("Soldados localizaron un laboratorio en Cosalá; no se reportan personas detenidas.", "laboratory found"),
        ("Soldiers found a drug lab in Cosalá and no arrests were made.", "laboratory found"),
        ("Dos hombres fueron detenidos en Cosalá; no hubo heridos.", "arrest"),
        ("Soldados localizaron un laboratorio en Cosalá; en el lugar no se encontró a nadie.", "laboratory found"),
        ("Authorities did not say who owned the lab that was found in Cosalá.", "laboratory found"),
        ("Two men were arrested in Cosalá, but officials did not give their names.", "arrest"),
        ("No se reportaron heridos durante el aseguramiento de 40 litros de acetona en Cosalá.", "seizure"),
        ("Soldiers seized 200 kilograms of acetone in Cosalá without making any arrests.", "seizure"),
        ("No obstante, fueron detenidos dos hombres en Cosalá.", "arrest"),
        ("Aseguraron 40 litros de acetona en Cosalá, sin personas detenidas.", "seizure"),
    ],
)
def test_what_is_denied_beside_an_event_does_not_deny_it(sentence: str, kind: str) -> None:
    assert [event.kind for event in told(sentence)] == [kind]


@pytest.mark.parametrize(
    "denial",
    ["No hubo detenidos.", "Nadie fue detenido.", "No se reportan personas detenidas.", "No arrests were made.", "No one was arrested."],
)
def test_who_says_that_nobody_was_arrested_contradicts_who_names_a_number(denial: str) -> None:
    arrests = of_kind(
        "arrest",
        "Soldados hallaron el 12 de marzo de 2024 un laboratorio en Cosalá. " + denial,
        "Dos detenidos en Cosalá el 12 de marzo de 2024.",
    )
    assert [(event.count, dict(event.conflicts[0].values)) for event in arrests] == [((0, 2), {"0.txt": 0, "1.txt": 2})]


def test_two_places_with_their_own_numbers_are_two_events() -> None:
    found = of_kind("laboratory found", "Localizaron cuatro laboratorios: tres en Cosalá y uno en Elota.")
    assert [(event.place, event.count) for event in found] == [("Cosalá", (3, 3)), ("Elota", (1, 1))]


def test_a_bound_is_not_a_number() -> None:
    (event,) = of_kind("laboratory found", "Hallaron al menos tres laboratorios en Cosalá.")
    assert event.count == (3, None)
    (event,) = of_kind("laboratory found", "Hallaron al menos tres laboratorios en Cosalá.", "Hallaron cuatro laboratorios en Cosalá.")
    assert event.count == (4, 4)


def test_short_texts_are_no_copies_and_a_quoted_report_is() -> None:
    assert copies({"a": "Hallaron un laboratorio.", "b": "Hallaron un laboratorio."}) == {}
    assert copies({"a": FIRST, "b": "Según la agencia: " + FIRST}) == {"b": "a"}


def test_a_document_that_cannot_be_read_is_listed_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FIRST)
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    answer = extraction_json(extracted(tmp_path / "b.pdf", tmp_path / "a.txt"))
    assert [refusal["file"] for refusal in answer["refused"]] == ["b.pdf"]  # type: ignore[attr-defined]
    assert len(answer["events"]) == 2  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="damaged"):
        extracted(tmp_path / "b.pdf")


def test_the_answer_for_programs_has_facts_entities_and_events_with_candidates(tmp_path: Path) -> None:
    path = tmp_path / "nota.txt"
    path.write_text("12 de marzo de 2024. Ramiro Ochoa, alias “El Cuervo”, fue detenido en Mazatlán, Sinaloa.\n")
    answer = extraction_json(extracted(path))
    people = [entity for entity in answer["entities"] if entity["schema"] == "Person"]  # type: ignore[attr-defined]
    assert [person["properties"] for person in people] == [{"name": ["Ramiro Ochoa"], "alias": ["El Cuervo"]}]
    assert all("longitude" not in person["properties"] for person in people)
    (event,) = answer["events"]  # type: ignore[misc]
    assert (event["kind"], event["place"], event["count"]) == ("arrest", "Mazatlán, Sinaloa", [1, 1])
    assert event["candidates"][0]["state"] == "Sinaloa"


TWO_HAMLETS = (
    "3 de octubre de 2022. La Guardia Nacional aseguró un laboratorio en el poblado de Chacala, municipio de Tamazula. No se reportaron "
    "detenidos.",
    "4 de octubre de 2022. La Guardia Nacional halló un laboratorio en Tamazula, ahora en la localidad de El Durazno.",
    "5 de octubre de 2022. Dos laboratorios fueron desmantelados en Tamazula, informó la Guardia Nacional.",
)


@pytest.mark.parametrize("order", list(permutations(TWO_HAMLETS)))
def test_two_hamlets_of_one_municipality_are_two_events_and_their_sum_is_none(order: tuple[str, ...]) -> None:
    days = {text: date(2022, 10, 3 + number) for number, text in enumerate(TWO_HAMLETS)}
    found = events([source(f"{days[text].day}.txt", text, days[text]) for text in order])
    assert [(event.kind, event.place, event.count) for event in found] == [
        ("laboratory found", "Chacala, Tamazula", (1, 1)),
        ("laboratory found", "El Durazno, Tamazula", (1, 1)),
    ]


def test_an_event_has_the_date_beside_its_verb_and_no_report_of_earlier_days() -> None:
    early = "6 de marzo de 2024. Hallaron tres laboratorios en Cosalá."
    late = "20 de marzo de 2024. El fiscal corrigió ayer la cifra: fueron hallados dos laboratorios el 18 de marzo en Cosalá."
    found = events([source("a", early, date(2024, 3, 6)), source("b", late, date(2024, 3, 20))])
    assert [(event.time, event.count) for event in found] == [("2024-03-06", (3, 3)), ("2024-03-18", (2, 2))]


def test_one_substance_in_two_languages_is_one() -> None:
    (event,) = of_kind("seizure", "Aseguraron 40 kilos de cristal en Tepic.", "Police seized 42 kilos of crystal and fled in Tepic.")
    assert [(amount["of"], amount["low"], amount["high"]) for amount in event.quantities] == [("cristal", 40, 42)]


def test_a_correction_replaces_the_number_that_it_names() -> None:
    (event,) = of_kind("laboratory found", "Fueron seis, y no cuatro, los laboratorios localizados en Cosalá.")
    assert event.count == (6, 6)
    (event,) = of_kind("laboratory found", "Police found six, not four, drug labs in Cosalá.")
    assert event.count == (6, 6)


def test_an_authority_that_is_called_like_a_hamlet_is_no_place() -> None:
    (event,) = of_kind("laboratory found", "La Defensa corrigió: fueron cuatro los laboratorios hallados en Tamazula, Durango.")
    assert event.place == "Tamazula, Durango"


def test_what_would_be_done_if_one_were_found_is_no_event() -> None:
    assert told("De localizarse un laboratorio en Navolato, la Fiscalía abriría una investigación.") == []


def test_a_text_read_in_parts_tells_the_same_facts_and_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "volcado.txt"
    line = "El 12 de marzo de 2024 hallaron tres laboratorios en Cosalá, Sinaloa.\n"
    path.write_text(f"12 de marzo de 2024.\n{line * 4}Ramiro Ochoa huyó a Elota.\n{line * 4}", encoding="utf-8")

    def told() -> tuple[list[dict[str, object]], dict[str, object]]:
        gathering = Gathering()
        facts = [texts.fact_json(fact, document) for document in gathering.documents([path], None) for fact in document.facts]
        return facts, extraction_json(gathering.extraction())

    whole = told()
    monkeypatch.setattr(texts, "TEXT_LIMIT", 100)
    monkeypatch.setattr(text_report, "PART", 200)
    assert told() == whole


def telling(kind: str, places: tuple[str, ...], day: int | None, written: int | None, at: int) -> Telling:
    days = [date(2024, 3, 1) + timedelta(each) if each is not None else None for each in (day, written)]
    return Telling(kind, f"report {at % 3}", at, at, str(at), places, days[0], days[1], None, False, False, ())


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["seizure", "arrest"]),
            st.lists(st.sampled_from(["La Tuna", "Badiraguato", "badiraguato", "Sinaloa"]), max_size=3, unique=True).map(tuple),
            st.none() | st.integers(0, 25),
            st.none() | st.integers(0, 25),
        ),
        max_size=25,
    )
)
def test_a_telling_stands_alone_only_where_none_of_its_event_was_told_before(rows: list[tuple[str, tuple[str, ...], int, int]]) -> None:
    tellings = [telling(*row, at) for at, row in enumerate(rows)]
    groups = gathered(tellings)
    assert sorted(each.start for group in groups for each in group) == list(range(len(tellings)))
    order = sorted((each for each in tellings if each.places), key=lambda each: -len(each.places))
    for at, one in enumerate(order):
        begins = any(group[0] is one for group in groups)
        assert begins is not any(is_same_event(one, earlier) for earlier in order[:at])


def test_a_long_series_is_gathered_without_comparing_all_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    monkeypatch.setattr(grouping, "is_same_event", lambda one, other: bool(compared.append(1)) or is_same_event(one, other))
    tellings = [telling("seizure", (f"Rancho {at}", "Culiacán"), at % 300, None, at) for at in range(2000)]
    assert len(gathered(tellings)) == 2000
    assert len(compared) < 60_000


def test_one_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "nota.txt"
    path.write_text(FIRST, encoding="utf-8")
    once, twice = Gathering(), Gathering()
    assert list(twice.documents([path, tmp_path / "." / "nota.txt"], None)) == list(once.documents([path], None))
    assert twice.extraction().events == once.extraction().events
