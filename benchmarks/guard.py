"""Facts through the guard: invented police-style sentences with known facts, both directions, beside the bare engine.

    python benchmarks/guard.py [--seed 1] [--sentences 600] [--show]

A fact survives where its text stands in the translation as often as in the source. All names, plates and numbers are invented. The
frames and the lists here are not those of the recognisers; one seed was used while rules were written, another is held back.
"""

import argparse
from collections import Counter
from contextlib import closing
from random import Random

from cathartes.language.engines.apertium import ApertiumTranslator
from cathartes.language.facts import find_facts
from cathartes.language.translate import Piece, translate
from cathartes.model import State

FIRST = [
    "Ramiro",
    "Eleazar",
    "Yadira",
    "Iván",
    "Brenda",
    "Ovidio",
    "Néstor",
    "Marisol",
    "Teodoro",
    "Itzel",
    "Gildardo",
    "Lourdes",
    "Crispín",
    "Nayeli",
    "Abelardo",
]
LAST = [
    "Quintero",
    "Zazueta",
    "Payán",
    "Beltrones",
    "Urías",
    "Lizárraga",
    "Cota",
    "Verdugo",
    "Elenes",
    "Angulo",
    "Monge",
    "Rentería",
    "Inzunza",
    "Araujo",
    "Sepúlveda",
]
NICK = [
    "El Ratón",
    "La Güera",
    "El Tejón",
    "El Dos",
    "Los Pelones",
    "El Compa Chuy",
    "El 13",
    "El Mudo",
    "La Catrina",
    "El Zorro",
    "El Señor de la Sierra",
    "El Gallo",
]
PLACE = [
    "La Tuna",
    "Los Álamos",
    "El Encinal",
    "Paso del Águila",
    "Las Palmas",
    "El Salto",
    "Badiraguato",
    "Cosalá",
    "Tepuche",
    "El Fuerte",
    "Agua Caliente",
    "La Noria",
    "San Ignacio",
    "Ojo de Agua",
    "El Limón",
    "Piedra Blanca",
    "Tres Ríos",
    "Las Flores",
    "Mesa del Nayar",
    "Culiacán",
    "Mazatlán",
    "Los Mochis",
    "Guamúchil",
]
ORG = [
    "FGR",
    "SEDENA",
    "Marina",
    "Guardia Nacional",
    "Fiscalía General del Estado",
    "SSP",
    "Cártel del Valle",
    "INM",
    "Cruz Roja",
    "Transportes La Paloma",
]


def plate(r: Random) -> str:
    letters = "".join(r.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=3))
    return r.choice(
        [
            f"{letters}-{r.randrange(10, 99)}-{r.randrange(10, 99)}-A",
            f"{letters}-{r.randrange(100, 999)}-{r.choice('ABCD')}",
            f"{letters}{r.randrange(1000, 9999)}",
        ]
    )


def phone(r: Random) -> str:
    a, b, c = r.choice(["667", "668", "669", "687"]), r.randrange(100, 999), r.randrange(1000, 9999)
    return r.choice([f"{a} {b} {c}", f"({a}) {b}-{c}", f"+52 {a} {b} {c}", f"{a}-{b}-{c}", f"{a}{b}{c}"])


def coordinate(r: Random) -> str:
    lat, lon = r.uniform(22, 27), r.uniform(105, 109)
    return r.choice(
        [
            f"{lat:.4f}, -{lon:.4f}",
            f"{int(lat)}°{r.randrange(60)}'{r.randrange(60)}\"N {int(lon)}°{r.randrange(60)}'{r.randrange(60)}\"W",
            f"13R {r.randrange(200000, 800000)} {r.randrange(2500000, 2900000)}",
        ]
    )


def amount(r: Random, language: str) -> str:
    n = r.randrange(2, 900)
    spanish = [f"{n} kilos", f"{n} litros", f"{n / 10:.1f} toneladas", f"{n:,}.5 kg", f"{n} kg", f"{n} gramos"]
    english = [f"{n} kilos", f"{n} liters", f"{n / 10:.1f} tons", f"{n:,}.5 kg", f"{n} kg", f"{n} pounds"]
    return r.choice(spanish if language == "es" else english)


def money(r: Random, language: str) -> str:
    n = r.randrange(2, 900)
    return r.choice(
        [f"{n / 10:.1f} mdp", f"${n},000.00", f"USD ${n},500", f"{n} mil pesos"]
        if language == "es"
        else [f"${n},000", f"US${n},500", f"{n},000 pesos", f"MXN {n},000"]
    )


def day(r: Random, language: str) -> str:
    d, m, y = r.randrange(1, 28), r.randrange(12), r.randrange(2019, 2025)
    es = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"][m]
    en = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"][m]
    return r.choice(
        [f"{d} de {es} de {y}", f"{d:02d}/{m + 1:02d}/{y}", f"{d:02d}{es[:3].upper()}{y % 100}"]
        if language == "es"
        else [f"{en} {d}, {y}", f"{d} {en} {y}", f"{y}-{m + 1:02d}-{d:02d}"]
    )


def clock(r: Random, language: str) -> str:
    h, m = r.randrange(24), r.randrange(60)
    return f"{h:02d}:{m:02d} hrs" if language == "es" else f"{h:02d}:{m:02d}"


def identifier(r: Random) -> str:
    n = r.randrange(100, 99999)
    return r.choice(
        [
            f"FED/SIN/CLN/{n:07d}/2023",
            f"SSP-{n}/2024",
            f"QUIA{r.randrange(60, 99)}0{r.randrange(1, 9)}15HSLNRB0{r.randrange(9)}",
            "AK-47",
            "R-15",
            "7.62x39",
        ]
    )


SPANISH = """
{person}, alias {nick}, fue detenido en {place} con {amount} de cristal.
La {org} aseguró {amount} de metanfetamina y {money} en {place}, Sinaloa.
Según el informante, {nick} mueve la mercancía por {place} los martes.
Una camioneta con placas {plate} salió de {place} a las {clock}.
El {day} se localizó un laboratorio en las coordenadas {coordinate}.
Hablen con {person} al {phone} antes del {day}.
En el rancho {place} había {count} tambos de 200 litros y {amount} de acetona.
{person} declaró que le pagaron {money} por cuidar la casa en {place}.
El oficio {identifier} pide revisar el domicilio de {person}.
Los sicarios de {nick} levantaron a {person} en el crucero de {place}.
A las {clock} un avión aterrizó cerca de {place}; bajaron {count} bultos.
Traían {count} armas, entre ellas un {identifier}, y {money} en efectivo.
Vecinos de {place} reportan olor a químico desde el {day}.
El retén de la {org} en {place} revisó {count} vehículos.
{nick} y {nick2} se reunieron con {person} en {place}.
La bodega de {place} está a {count} metros del arroyo, en {coordinate}.
Detuvieron a {person}, {person2} y {nick}.
Mañana pasan {count} mil pastillas por {place}, hablen al {phone}.
""".strip().split("\n")
ENGLISH = """
{person}, known as {nick}, was arrested in {place} with {amount} of meth.
The {org} seized {amount} of fentanyl and {money} in {place}, Sinaloa.
A truck with plates {plate} left {place} at {clock}.
On {day} a laboratory was found at {coordinate}.
Call {person} at {phone} before {day}.
According to the source, {nick} moves the load through {place} every week.
The caller said that {person} paid {money} for the house near {place}.
File {identifier} asks for the address of {person}.
Neighbors in {place} reported a chemical smell on {day}.
There were {count} drums and {amount} of acetone at the ranch {place}.
The men of {nick} took {person} from {place} at {clock}.
The checkpoint of the {org} in {place} searched {count} cars.
{nick} and {nick2} met {person} in {place}.
They carried {count} rifles, one of them an {identifier}.
""".strip().split("\n")


def sentence(r: Random, language: str) -> tuple[str, list[str]]:
    """One sentence and the facts in it, as they are written."""
    facts = {
        "person": f"{r.choice(FIRST)} {r.choice(LAST)} {r.choice(LAST)}", "person2": f"{r.choice(FIRST)} {r.choice(LAST)}",
        "nick": r.choice(NICK[:6]), "nick2": r.choice(NICK[6:]), "place": r.choice(PLACE), "org": r.choice(ORG), "plate": plate(r),
        "phone": phone(r), "coordinate": coordinate(r), "amount": amount(r, language), "money": money(r, language),
        "day": day(r, language), "clock": clock(r, language), "identifier": identifier(r), "count": str(r.randrange(13, 99)),
    }  # fmt: skip
    frame = r.choice(SPANISH if language == "es" else ENGLISH)
    return frame.format(**facts), [value for name, value in facts.items() if "{" + name + "}" in frame]


def survivors(facts: list[str], source: str, target: str) -> list[str]:
    """The facts that stand in the target as often as in the source, or (with a gloss) more often."""
    return [fact for fact in facts if target.count(fact) >= source.count(fact)]


def recall(cases: list[tuple[str, list[str]]], language: str) -> dict[str, tuple[int, int]]:
    """Facts that the recogniser finds with exactly their span, of all: names, and those with a form of their own."""
    counted = {"names": [0, 0], "structured facts": [0, 0]}
    for text, facts in cases:
        found = {fact.text for fact in find_facts(text, language, None)}
        for fact in facts:
            of_names = counted["names" if fact in {*NICK, *PLACE, *ORG} or fact.split()[0] in FIRST else "structured facts"]
            of_names[0] += any(each == fact or (fact.isdigit() and each.split()[0] == fact) for each in found)
            of_names[1] += 1
    return {name: (hit, all_) for name, (hit, all_) in counted.items()}


def main() -> None:
    """Counts for both directions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sentences", type=int, default=600)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    for source, target in (("es", "en"), ("en", "es")):
        r = Random(options.seed)
        cases = [sentence(r, source) for _ in range(options.sentences)]
        with closing(ApertiumTranslator().open(source, target, None)) as engine:
            bare = [rendering.text or "" for rendering in engine.translate([text for text, _ in cases])]
            pieces = [Piece(text, 0, None) for text, _ in cases]
            made = translate(pieces, target, engine, lambda text, source=source: find_facts(text, source, None))
        total = sum(len(facts) for _, facts in cases)
        raw = sum(len(survivors(facts, text, output)) for (text, facts), output in zip(cases, bare, strict=True))
        lost: Counter[str] = Counter()
        for (text, facts), segment in zip(cases, made, strict=True):
            if segment.state is State.MACHINE:
                gone = set(facts) - set(survivors(facts, text, segment.target))
                lost.update(gone)
                if gone and options.show:
                    print(gone, "|", text, "|", segment.target)
        stopped = sum(segment.state is State.STOPPED for segment in made)
        print(f"{source} to {target}: {total} facts; bare engine keeps {raw / total:.1%}; guarded: {lost.total()} changed without a word,")
        print(f"  {stopped} of {len(made)} segments stopped")
        for name, (hit, all_) in recall(cases, source).items():
            print(f"  {name}: {hit} of {all_} found with exactly their span ({hit / all_:.1%})")


if __name__ == "__main__":
    main()
