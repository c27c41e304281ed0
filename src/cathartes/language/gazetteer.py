"""Places by name: ranked candidates with coordinates, never a silent pick.

Shipped are GeoNames' Mexican places of 500 people or more. A user's own list (INEGI's AGEEML or ITER as CSV, or GeoNames' dump) is read
by `load`; rural hamlets are only in those.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from cathartes.errors import BadInput
from cathartes.language.coordinates import place_of
from cathartes.language.lexicon import names_table
from cathartes.model import Place

TOWN_STEP_M = 3500.0
"""A place name is known to about a kilometre: the spread given to the point of a locality."""

STATE_WEIGHT = 50.0
"""How much more probable a candidate is whose state the text names beside it."""

INEGI_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("NOM_LOC", "NOMGEO_LOC", "NOM_LOCALIDAD"), "state": ("NOM_ENT", "NOMGEO_ENT", "NOM_ENTIDAD"),
    "municipality": ("NOM_MUN", "NOMGEO_MUN", "NOM_MUNICIPIO"), "lat": ("LAT_DECIMAL", "LAT_DEC", "LATITUD"),
    "lon": ("LON_DECIMAL", "LON_DEC", "LONGITUD"), "population": ("POB_TOTAL", "POBTOT", "POBLACION_TOTAL"),
}  # fmt: skip


@dataclass(frozen=True)
class Locality:
    """One entry of a gazetteer: its name and state, degrees, and people (0 where the list does not say)."""

    name: str
    state: str
    lat: float
    lon: float
    population: int
    municipality: str = ""


@dataclass(frozen=True)
class Candidate:
    """A locality that a name may mean, its probability among those known, and its place."""

    locality: Locality
    probability: float
    place: Place


Gazetteer = Mapping[str, Sequence[Locality]]


@cache
def shipped() -> Gazetteer:
    """GeoNames' Mexican places by every name they have, in small letters."""
    states = {code: name for name, code in reversed(names_table()["states"].items())}
    found = []
    for row in files("cathartes").joinpath("data/gazetteer/geonames_mx.tsv").read_text("utf-8").splitlines():
        if not row.startswith("#"):
            _, name, lat, lon, state, population, others = row.split("\t")
            entry = Locality(name, states.get(state, state), float(lat), float(lon), int(population))
            found += [(each, entry) for each in {name, *filter(None, others.split("|"))}]
    return _by_name(found)


def load(path: Path) -> Gazetteer:
    """A user's list: INEGI's AGEEML or ITER as CSV. Raises `BadInput` naming the columns that are missing."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            columns = {
                key: next((each for each in rows.fieldnames or () if each.upper() in names), None) for key, names in INEGI_COLUMNS.items()
            }
            missing = [INEGI_COLUMNS[key][0] for key in ("name", "lat", "lon") if columns[key] is None]
            if missing:
                raise BadInput(f"{path.name} is no list of localities: it lacks the column {', '.join(missing)} (INEGI AGEEML or ITER)")
            return _by_name((entry.name, entry) for row in rows if (entry := _locality(row, columns)) is not None)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise BadInput(f"{path.name} cannot be read as a CSV file in UTF-8: {problem}") from None


def _locality(row: Mapping[str, str], columns: Mapping[str, str | None]) -> Locality | None:
    told = {key: row[column] or "" if column else "" for key, column in columns.items()}
    try:
        population = int(told["population"]) if told["population"].isdigit() else 0
        return Locality(told["name"], told["state"], float(told["lat"]), float(told["lon"]), population, told["municipality"])
    except ValueError:
        return None  # totals of a municipality or a state have no coordinates


def _by_name(entries: Iterable[tuple[str, Locality]]) -> Gazetteer:
    found: dict[str, list[Locality]] = {}
    for name, entry in entries:
        found.setdefault(name.casefold(), []).append(entry)
    return found


def candidates(name: str, beside: Sequence[str], gazetteers: Sequence[Gazetteer]) -> tuple[Candidate, ...]:
    """What `name` may mean, most probable first; `beside` are the place names it stands with ("Badiraguato, Sinaloa").

    Probabilities compare the known localities of that name only: by people, and by the state or municipality named beside it.
    """
    entries = list(dict.fromkeys(entry for gazetteer in gazetteers for entry in gazetteer.get(name.casefold(), ())))
    codes = names_table()["states"]
    named = {codes[each] for each in beside if each in codes}
    around = {each.casefold() for each in beside}
    weights = []
    for entry in entries:
        agrees = codes.get(entry.state) in named or entry.municipality.casefold() in around - {""}
        weights.append((entry.population + 100) * (STATE_WEIGHT if agrees else 1.0))
    total = sum(weights)
    ranked = sorted(zip(weights, entries, strict=True), key=lambda pair: (-pair[0], pair[1].state, pair[1].lat))
    return tuple(Candidate(entry, weight / total, place_of(entry.lat, entry.lon, TOWN_STEP_M)) for weight, entry in ranked)
