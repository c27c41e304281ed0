"""Misspelt, shortened and rearranged Spanish names, and people who are on no list: the queries of benchmarks/screening.py.

Every query is made from a listed person with two surnames or particles, by one kind of change; a seed decides which. Short forms of
given names come from another table than the product's: the pairs published at chimatli.org/blog (March 2010), names only. Negatives
are recombined from listed given names and surnames; none whose words are a subset of a listed name's words is kept.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

SHORT_FORMS = """
Adolfo Fito;Alberto Beto;Alfonso Poncho;Alfonso Fonsi;Alfonso Moncho;Anastasio Tacho;Angel Gelo;Antonio Tono;Apolinar Polino;
Apolinar Poli;Armando Mando;Arturo Turi;Basilio Chilo;Benjamin Benja;Eduardo Lalo;Eleazar Lalo;Emilio Milo;Enrique Quique;
Ernesto Neto;Ezequiel Cheque;Federico Fede;Federico Quico;Fernando Nando;Florencio Lencho;Francisco Paco;Francisco Pancho;
Gonzalo Chalo;Gregorio Goyo;Guadalupe Lupe;Guadalupe Lupillo;Guillermo Memo;Gustavo Tabo;Hector Teto;Horacio Lacho;Ignacio Nacho;
Inocencio Chencho;Isidro Chilo;Javier Javi;Jesus Chuy;Jesus Chucho;Jesus Chus;Joaquin Chimo;Jose Pepe;Jose Chepe;Lorenzo Lencho;
Luis Huicho;Luis Lucho;Manuel Lolo;Manuel Manolo;Manuel Manu;Moises Moi;Narciso Chicho;Pedro Perico;Rafael Rafa;Ramon Moncho;
Refugio Cuco;Roberto Beto;Rodrigo Ruy;Salvador Chava;Santiago Chago;Sergio Chejo;Sergio Checo;Vicente Chente;Alejandra Ale;
Alicia Licha;Alicia Ali;Antonia Tona;Asencion Chon;Beatriz Beti;Beatriz Tichi;Carolina Caro;Carolina Lina;Cecilia Chila;
Cecilia Ceci;Concepcion Concha;Concepcion Chona;Consuelo Chelo;Dolores Lola;Dolores Loli;Elena Leni;Esperanza Lancha;Eugenia Maru;
Francisca Paquita;Francisca Pancha;Graciela Chela;Guillermina Mina;Hortencia Tencha;Isabel Chavela;Josefa Pepa;Josefina Chepina;
Lourdes Lulu;Magdalena Magda;Marcela Chela;Margarita Margo;Margarita Mago"""
ABBREVIATED = """
Maria Ma.;Guadalupe Gpe.;Francisco Fco.;Jose J.;Antonio Ant.;Fernando Fdo.;Guillermo Gmo.;Hernandez Hdez.;Hernandez Hdz;
Martinez Mtz.;Martinez Mtnez.;Gonzalez Glez.;Gonzalez Gzlez.;Rodriguez Rguez.;Rodriguez Rdz.;Fernandez Fdez.;Sanchez Schez.;
Lopez Lpz.;Perez Pz.;Garcia Gcia.;Jimenez Jmnez.;Gutierrez Gtz.;Ramirez Rmz.;Vazquez Vzqz.;Dominguez Dguez.;Alvarez Alvz.;
Mendez Mdez.;Velasquez Vlqz."""
PARTICLES = {"de", "del", "la", "las", "los", "y", "san"}


@dataclass(frozen=True)
class Person:
    """A listed name, cut where the list itself cuts it: given names in lower case letters, surnames in capitals."""

    entity: str
    given: tuple[str, ...]
    surnames: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """One query; `entity` is whom it was made from, `None` for somebody on no list; `change` is the kind of change."""

    id: str
    name: str
    entity: str | None
    change: str


def pairs(table: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in table.replace("\n", "").split(";"):
        full, short = pair.split()
        found.setdefault(full.lower(), []).append(short)
    return found


NICKNAMES, ABBREVIATIONS = pairs(SHORT_FORMS), pairs(ABBREVIATED)


def person_of(entity: str, name: str) -> Person | None:
    """A listed person with two surnames or a surname with particles; `None` for other names."""
    words = name.split()
    cut = next((place for place, word in enumerate(words) if word.isupper() and len(word) > 1), len(words))
    given, surnames = words[:cut], words[cut:]
    plain = all(re.fullmatch(r"[A-Za-zÁÉÍÓÚÑÜáéíóúñü]+", word) for word in words)
    if not plain or not given or not 2 <= len(surnames) <= 4 or any(not word.isupper() for word in surnames):
        return None
    return Person(entity, tuple(given), tuple(word.title() for word in surnames))


def plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter))


def surname_groups(person: Person) -> list[str]:
    """Surnames with their particles: `De La Cruz`, `Lopez`."""
    groups: list[str] = []
    held: list[str] = []
    for word in person.surnames:
        held.append(word)
        if word.lower() not in PARTICLES:
            groups.append(" ".join(held))
            held = []
    return groups or [" ".join(person.surnames)]


def joined(given: Iterable[str], surnames: Iterable[str]) -> str:
    return " ".join([*given, *surnames])


def typo(text: str, dice: random.Random) -> str:
    """One letter dropped, doubled, swapped with its neighbour or replaced, not the first."""
    place, kind = dice.randrange(1, max(2, len(text) - 1)), dice.randrange(4)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place] + text[place:]
    if kind == 2:
        return text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :]
    return text[:place] + dice.choice("aeiorstnlm") + text[place + 1 :]


def misread(text: str, dice: random.Random) -> str:
    """One to three letters misread as by character recognition."""
    shapes = [
        ("m", "rn"),
        ("o", "0"),
        ("l", "1"),
        ("i", "l"),
        ("e", "c"),
        ("a", "o"),
        ("s", "5"),
        ("b", "h"),
        ("u", "ii"),
        ("d", "cl"),
        ("g", "q"),
        ("n", "ri"),
        ("r", "n"),
        ("z", "2"),
        ("t", "l"),
        ("c", "e"),
    ]
    for _ in range(dice.randint(1, 3)):
        shape, seen = dice.choice(shapes)
        places = [match.start() for match in re.finditer(shape, text)]
        if places:
            place = dice.choice(places)
            text = text[:place] + seen + text[place + len(shape) :]
    return text


ACCENTED = {
    "garcia": "García",
    "lopez": "López",
    "perez": "Pérez",
    "gonzalez": "González",
    "rodriguez": "Rodríguez",
    "hernandez": "Hernández",
    "martinez": "Martínez",
    "sanchez": "Sánchez",
    "jose": "José",
    "maria": "María",
    "jesus": "Jesús",
    "angel": "Ángel",
    "ramon": "Ramón",
    "munoz": "Muñoz",
    "nunez": "Núñez",
    "pena": "Peña",
    "joaquin": "Joaquín",
    "martin": "Martín",
    "guzman": "Guzmán",
    "felix": "Félix",
    "raul": "Raúl",
}


def accented(text: str, dice: random.Random) -> str:
    words = [ACCENTED.get(plain(word), word) for word in text.split()]
    vowels = dict(zip("aeiou", "áéíóú", strict=True))
    if words == text.split():
        place = dice.randrange(len(words))
        words[place] = re.sub("[aeiou]", lambda match: vowels[match[0]], words[place], count=1)
    return " ".join(words)


def sounded(text: str, dice: random.Random) -> str:
    """Spelt as it sounds."""
    swaps = [
        ("z", "s"),
        ("s", "z"),
        ("v", "b"),
        ("b", "v"),
        ("ge", "je"),
        ("gi", "ji"),
        ("ll", "y"),
        ("y", "ll"),
        ("c", "k"),
        ("qu", "k"),
        ("h", ""),
        ("x", "j"),
        ("ce", "se"),
        ("ci", "si"),
        ("gu", "w"),
        ("i", "y"),
    ]
    dice.shuffle(swaps)
    done = 0
    for written, heard in swaps:
        if written in text[1:].lower() and done < 2:
            text = text[0] + re.sub(written, heard, text[1:], count=1)
            done += 1
    return text


def nickname(person: Person, dice: random.Random, surnames: int) -> str | None:
    first = plain(person.given[0])
    if first not in NICKNAMES:
        return None
    return joined([dice.choice(NICKNAMES[first])], surname_groups(person)[:surnames])


def abbreviation(person: Person, dice: random.Random) -> str | None:
    words = [*person.given, *person.surnames]
    places = [place for place, word in enumerate(words) if plain(word) in ABBREVIATIONS]
    if not places:
        return None
    for place in dice.sample(places, min(len(places), dice.randint(1, 2))):
        words[place] = dice.choice(ABBREVIATIONS[plain(words[place])])
    return " ".join(words)


def garbled(text: str, dice: random.Random) -> str | None:
    written = accented(text, dice)
    return dice.choice(
        [
            lambda: written.encode().decode("cp1252", "replace"),
            lambda: written.encode().decode("latin-1"),
            lambda: written.encode("latin-1").decode("utf-8", "replace"),
            lambda: "".join(letter if letter.isascii() else "?" for letter in written),
            lambda: "".join(letter for letter in written if letter.isascii()),
        ]
    )()


Change = Callable[[Person, random.Random], str | None]


def whole(person: Person) -> str:
    return joined(person.given, person.surnames)


def two(person: Person) -> list[str] | None:
    groups = surname_groups(person)
    return groups if len(groups) == 2 else None


CHANGES: dict[str, Change] = {
    "exact": lambda p, _: whole(p).upper(),
    "accents": lambda p, dice: accented(whole(p), dice),
    "surnames first": lambda p, dice: (
        joined(p.surnames, p.given) if dice.random() < 0.5 else f"{' '.join(p.surnames)}, {' '.join(p.given)}"
    ),
    "surnames swapped": lambda p, _: joined(p.given, reversed(groups)) if (groups := two(p)) else None,
    "hyphen": lambda p, _: joined(p.given, ["-".join(groups)]) if (groups := two(p)) else None,
    "joined words": lambda p, dice: (
        joined(p.given, ["".join(p.surnames).title()])
        if dice.random() < 0.5 or len(p.given) < 2
        else joined(["".join(p.given).title()], p.surnames)
    ),
    "second surname dropped": lambda p, _: joined(p.given, groups[:1]) if (groups := two(p)) else None,
    "second surname dropped, typo": lambda p, dice: typo(joined(p.given, groups[:1]), dice) if (groups := two(p)) else None,
    "second given name dropped": lambda p, _: joined(p.given[:1], p.surnames) if len(p.given) > 1 else None,
    "initial for the first given name": lambda p, dice: joined([p.given[0][0] + dice.choice(["", "."]), *p.given[1:]], p.surnames),
    "initial, one given name": lambda p, _: joined([p.given[0][0] + "."], p.surnames),
    "initial for the second given name": lambda p, _: joined([p.given[0], p.given[1][0] + "."], p.surnames) if len(p.given) > 1 else None,
    "nickname, two surnames": lambda p, dice: nickname(p, dice, 2) if two(p) else None,
    "nickname, one surname": lambda p, dice: nickname(p, dice, 1),
    "abbreviation": abbreviation,
    "misread": lambda p, dice: misread(whole(p).lower(), dice),
    "broken encoding": lambda p, dice: garbled(whole(p), dice),
    "typo": lambda p, dice: typo(whole(p), dice),
    "two typos": lambda p, dice: typo(typo(whole(p), dice), dice),
    "as it sounds": lambda p, dice: sounded(whole(p), dice),
    "married name": lambda p, dice: joined(
        p.given, [surname_groups(p)[0], dice.choice(["de", "viuda de", "vda. de"]), dice.choice(["Salinas", "Robles", "Ochoa", "Tovar"])]
    ),
}


def positives(people: Sequence[Person], per_change: int, seed: int) -> list[Query]:
    """`per_change` queries of every kind, or as many as the list's people allow."""
    dice = random.Random(seed)
    made = []
    for change, make in CHANGES.items():
        order = dice.sample(list(people), len(people))
        texts = ((person, make(person, dice)) for person in order)
        good = [(person, text) for person, text in texts if text and text.strip()][:per_change]
        made += [Query(f"{change}/{number}", text, person.entity, change) for number, (person, text) in enumerate(good)]
    return made


def negatives(people: Sequence[Person], listed: Iterable[str], number: int, seed: int) -> list[Query]:
    """People on no list: one's given names, another's first surname, a third's second."""
    dice = random.Random(seed)
    holding: dict[str, list[frozenset[str]]] = {}
    for name in listed:
        words = frozenset(plain(name).replace(",", " ").replace("-", " ").split())
        for word in words:
            holding.setdefault(word, []).append(words)
    made: list[Query] = []
    while len(made) < number:
        one, other, third = dice.sample(list(people), 3)
        surnames = [surname_groups(other)[0], surname_groups(third)[-1]][: 1 if dice.random() < 0.15 else 2]
        text = joined(one.given, surnames)
        words = frozenset(plain(text).split())
        if not any(words <= held for held in holding.get(min(words, key=lambda word: len(holding.get(word, []))), [])):
            made.append(Query(f"nobody/{len(made)}", text, None, "nobody"))
    return made
