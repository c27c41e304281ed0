"""Text in capitals: what may be a name is carried by its place in the sentence, since its letters say nothing."""

import pytest

from cathartes.language.capitals import with_capitalised
from cathartes.language.facts import find_facts


@pytest.mark.parametrize(
    ("text", "language", "carried"),
    [
        ("SE FUGA EL INGENIERO PAZ DEL PENAL", "es", "EL INGENIERO PAZ DEL PENAL"),
        ("CAE EL TAPICERO EN CULIACÁN CON FENTANILO", "es", "EL TAPICERO"),
        ("ASESINAN A DOS HOMBRES EN BAILA", "es", "BAILA"),
        ("HALLAN LABORATORIO EN LAS HIGUERAS DE ABUYA", "es", "LAS HIGUERAS DE ABUYA"),
        ("CAE MIGUEL DE LA O CON DOS BOLSAS", "es", "MIGUEL DE LA O"),
        ("HALLAN DROGA EN BAJÍO DE ABAJO", "es", "BAJÍO DE ABAJO"),
        ("CÁRTELES UNIDOS ASEGURA 20 KILOS EN CULIACÁN", "es", "CÁRTELES UNIDOS"),
        ("NOMBRE: X LUGAR: AGUA SALADA; HORA: 8", "es", "AGUA SALADA"),
        ("SE FUGA EL 40 DEL PENAL DE CONCORDIA", "es", "EL 40"),
        ("CLOSED BY WILL HARDY AT NOON", "en", "WILL HARDY"),
        ("CAR THEFT UP IN EAGLE PASS", "en", "EAGLE PASS"),
        ("WESTERN UNION ROBBED AT NOON", "en", "WESTERN UNION"),
        ("JUEZ LIBERA A NORTE; BUSCAN A SOLDADO", "es", "NORTE"),
        ("JUEZ LIBERA A NORTE; BUSCAN A SOLDADO", "es", "SOLDADO"),
        ("PISTOLA Y JACINTO OLMO PACTARON LA ENTREGA", "es", "PISTOLA"),
        ("CUANDO LLEGARON LOS DE LA FAMILIA", "es", "LA FAMILIA"),
        ("COMPRÓ ACETONA A GRÚAS MEDINA E HIJOS", "es", "GRÚAS MEDINA E HIJOS"),
        ("LA UNIDAD SALIÓ DEL PUNTO A", "es", "PUNTO A"),
        ("SUE SHARP DIES IN RED ROCK", "en", "SUE SHARP"),
        ("SUE SHARP DIES IN RED ROCK", "en", "RED ROCK"),
        ("RESIDENTS OF SUGAR LAND TOLD REPORTERS", "en", "SUGAR LAND"),
        ("THE SUNDAY POST FOUND IT", "en", "THE SUNDAY POST"),
        ("BOAT SINKS OFF DEMING; CREW SAFE", "en", "DEMING"),
        ("CREW LEFT DEMING BEFORE DAWN", "en", "DEMING"),
        ("LIBRADO HERAS / F-11 / SANTA ROSALÍA", "es", "LIBRADO HERAS"),
        ("EJECUTAN ORDEN CONTRA MARTÍN MARTÍNEZ Y DE ANDA EN AGUA PRIETA", "es", "MARTÍN MARTÍNEZ Y DE ANDA"),
        ("PATROL FOUND Three Points 2 TONS STOP", "en", "Three Points"),
        ("PETER CHURCH HELD IN SUGAR LAND", "en", "SUGAR LAND"),
    ],
)
def test_what_may_be_a_name_is_carried_whole(text: str, language: str, carried: str) -> None:
    assert any(carried in fact.text for fact in with_capitalised(text, find_facts(text, language, None), language))


@pytest.mark.parametrize(("text", "language"), [("DETIENEN A DOS HOMBRES ARMADOS", "es"), ("THEY LEAVE A TRUCK HERE", "en")])
def test_verbs_and_what_is_counted_are_left_to_the_engine(text: str, language: str) -> None:
    assert with_capitalised(text, find_facts(text, language, None), language) == []
