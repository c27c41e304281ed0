"""`flight.toml` as the noun `Flight`: shorthands spelt out, and a typo or an impossible number named rather than lost.

The keys are the fields of `model.flight.Flight`; the other files of the folder are read by `flight_folder`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from math import isfinite
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from msgspec import inspect

from cathartes.errors import BadInput, Unproved
from cathartes.model import Flight, digest_of

FLIGHT_FILE = "flight.toml"
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
ABOVE_ZERO = frozenset(
    {
        "air.pressure_hpa",
        "air.temperature_k",
        "gas_log.least_significance",
        "gas_log.noise_ppb",
        "search.half_width_m",
        "search.log10_rate_kg_h.sd",
        "search.max_sources",
        "terrain.dem_step_m",
        "terrain.roughness_m",
        "wind.height_m",
        "wind.reanalysis.mixing_height_m",
    }
)
NOT_BELOW_ZERO = frozenset(
    {
        "gas_log.delay_s",
        "gas_log.floor_ppb",
        "gas_log.lag_s",
        "search.source_height_m",
        "wind.direction_error_deg",
        "wind.reanalysis.direction_error_deg",
        "wind.reanalysis.speed_error_fraction",
        "wind.speed_error_fraction",
    }
)


def open_flight(folder: Path) -> Flight:
    """The flight that `folder/flight.toml` describes.

    Raises `BadInput` for a missing or broken file, a missing or unsafe id, an unknown key (with the nearest known one), and a
    value of the wrong type or range.
    """
    table = spelt_out(toml_of(folder))
    refuse_unknown(table, inspect.type_info(Flight), "")
    refuse_bad_numbers(table)
    try:
        flight = msgspec.convert(table, Flight)
    except msgspec.ValidationError as problem:
        raise BadInput(f"{FLIGHT_FILE}: {in_words(problem)}") from None
    except BadInput as problem:
        raise BadInput(f"{FLIGHT_FILE}: {problem}") from None
    refuse_unsafe_names(flight)
    return with_digest(folder, flight)


def with_digest(folder: Path, flight: Flight) -> Flight:
    """The flight with the SHA-256 of the model it names, so that what is found depends on the model's bytes and not on its name.

    Raises `BadInput` where there is no such file, `Unproved` where another SHA-256 is stated.
    """
    if flight.video.model is None:
        return flight
    try:
        digest = digest_of((folder / flight.video.model).read_bytes())
    except OSError as problem:
        raise BadInput(f"{FLIGHT_FILE}: video.model {flight.video.model} cannot be read: {problem.strerror}") from None
    if flight.video.model_sha256 not in (None, digest):
        raise Unproved(f"{flight.video.model} has the SHA-256 {digest}, but {FLIGHT_FILE} states {flight.video.model_sha256}")
    return replace(flight, video=replace(flight.video, model_sha256=digest))


def toml_of(folder: Path) -> dict[str, Any]:
    """The tables of `flight.toml`. Raises `BadInput` where there is none or it is not TOML, with the line of the fault."""
    try:
        return tomllib.loads((folder / FLIGHT_FILE).read_text("utf-8"))
    except FileNotFoundError:
        found = f"holds no {FLIGHT_FILE}" if folder.is_dir() else "does not exist"
        raise BadInput(f'{folder} {found}; expected a folder with a {FLIGHT_FILE} that says at least id = "a-name"') from None
    except NotADirectoryError:
        raise BadInput(f"{folder} is not a folder; expected one with a {FLIGHT_FILE} in it") from None
    except OSError as problem:
        raise BadInput(f"{folder / FLIGHT_FILE} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError as problem:
        raise BadInput(f"{FLIGHT_FILE}: byte {problem.start} is not UTF-8 text; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        raise BadInput(f"{FLIGHT_FILE} is not TOML: {problem}") from None
    except RecursionError:
        raise BadInput(f"{FLIGHT_FILE} nests its values too deeply; expected tables of at most three levels") from None


def spelt_out(table: dict[str, Any]) -> dict[str, Any]:
    """The table with its two shorthands written in full: `tlp` directly in `[marking]`, and `start` as a plain time."""
    full = dict(table)
    if isinstance(start := full.get("start"), datetime):
        stated = start.tzinfo is not None
        full["start"] = {"utc": start if stated else start.replace(tzinfo=UTC), "clock": "utc" if stated else "unstated"}
    marking = full.get("marking")
    if isinstance(marking, dict) and (short := {key: marking[key] for key in ("tlp", "releasable_to") if key in marking}):
        if "whole" in marking:
            raise BadInput(f"{FLIGHT_FILE} marks the flight twice, in [marking] and in [marking.whole]; keep one")
        full["marking"] = {"whole": short} | {key: value for key, value in marking.items() if key not in short}
    return full


def refuse_unknown(value: object, kind: inspect.Type, path: str) -> None:
    """Raises `BadInput` for the first key that the noun has not, or word that is not one of its choices."""
    if isinstance(kind, inspect.UnionType):
        wanted = inspect.DataclassType if isinstance(value, dict) else object
        options = [option for option in kind.types if not isinstance(option, inspect.NoneType)]
        kind = next((option for option in options if isinstance(option, wanted)), options[0])
    if isinstance(kind, inspect.EnumType | inspect.LiteralType) and isinstance(value, str):
        choices = [str(word) for word in (kind.cls if isinstance(kind, inspect.EnumType) else kind.values)]
        if value not in choices:
            raise BadInput(f"{FLIGHT_FILE}: {path} is {value!r}; expected one of {', '.join(choices)}")
    if not isinstance(value, dict):
        return
    if isinstance(kind, inspect.DataclassType):
        fields = {field.encode_name: field.type for field in kind.fields}
        for key, inner in value.items():
            if key not in fields:
                raise unknown_key(key, path, list(fields))
            refuse_unknown(inner, fields[key], f"{path}.{key}".lstrip("."))
    if isinstance(kind, inspect.DictType):
        for key, inner in value.items():
            refuse_unknown(inner, kind.value_type, f"{path}.{key}")


def unknown_key(key: str, path: str, known: list[str]) -> BadInput:
    """The sentence for a key nobody reads, with the nearest one that somebody does."""
    near = get_close_matches(key, known, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(known)}"
    return BadInput(f"{FLIGHT_FILE} has an unknown key {key!r} {f'in [{path}]' if path else 'at its top'}; {meant}")


def refuse_bad_numbers(table: Mapping[str, Any]) -> None:
    """Raises `BadInput` for a number that is not finite, or that its key cannot hold."""
    for path, number in numbers_of(table, ""):
        if not isfinite(number):
            raise BadInput(f"{FLIGHT_FILE}: {path} is {number}; expected a finite number, or leave the key out")
        if path in ABOVE_ZERO and number <= 0:
            raise BadInput(f"{FLIGHT_FILE}: {path} is {number}; expected a number above zero")
        if path in NOT_BELOW_ZERO and number < 0:
            raise BadInput(f"{FLIGHT_FILE}: {path} is {number}; expected zero or more")


def numbers_of(value: object, path: str) -> Iterator[tuple[str, float]]:
    """Every number in a table and the dotted path to it; the numbers of an array share their array's path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers_of(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_of(inner, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def refuse_unsafe_names(flight: Flight) -> None:
    """Raises `BadInput` for an id that is no safe file name, and for hints that point outside the folder."""
    if not SAFE_ID.fullmatch(flight.id):
        raise BadInput(
            f"{FLIGHT_FILE}: id is {flight.id!r}; it names folders, so expected at most 100 letters, digits, dots, hyphens and "
            "underscores, beginning with a letter or digit"
        )
    for key, name in (("gas_log.file", flight.gas_log.file), ("terrain.dem", flight.terrain.dem), ("video.model", flight.video.model)):
        if name is not None and (not name or PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name):
            raise BadInput(f"{FLIGHT_FILE}: {key} is {name!r}; expected the name of a file in the flight folder")


def in_words(problem: msgspec.ValidationError) -> str:
    """msgspec's message with the path first and without its marks: `search.half_width_m: expected float, got str`."""
    fault, _, path = str(problem).replace("`", "").partition(" - at $")
    plain = fault[0].lower() + fault[1:]
    return f"{path.lstrip('.')}: {plain}" if path else plain
