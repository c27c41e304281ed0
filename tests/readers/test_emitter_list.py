"""Registers of lawful emitters: rows gathered to plants, and no plant lost without a word."""

import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Emitter, EmitterList, Flight, Reading, json
from cathartes.readers.emitter_list import EmitterListReader
from tests.readers.outcome import outcome

RETC_2022 = Path(__file__).parents[3] / "shared" / "data" / "users" / "mx_lawful_emitters_2022" / "air_releases_2022.csv"

RETC = """NRA,ESTADO,MUNICIPIO,SECTOR,SCIAN,DESCRIPCIÓN SCIAN,lat,lon,CAS,SUSTANCIA,UNIDAD,air_kg
B2,Hidalgo,Tula,Cemento y Cal,3,Fabricación de cemento,20.05,-99.34,74-82-8,Metano,Kg,10.5
A1,Sonora,Nogales,Química,3,Resinas,31.3,-110.9,,Hidrofluorocarbonos,Kg,2
B2,Hidalgo,Tula,Cemento y Cal,3,Fabricación de cemento,20.05,-99.34,124-38-9,Bióxido de carbono,Kg,1e6
B2,Hidalgo,Tula,Cemento y Cal,3,Fabricación de cemento,20.05,-99.34,74-82-8,Metano,Kg,0.5
"""
PLAIN = "id,name,lon_deg,lat_deg,substance,kg_per_year\n"


def read(folder: Path, csv: str | bytes, name: str = "register.csv") -> Reading:
    path = folder / name
    path.write_bytes(csv if isinstance(csv, bytes) else csv.encode())
    return EmitterListReader().read(path, Flight("a"))


def list_of(reading: Reading) -> EmitterList:
    assert isinstance(reading.content, EmitterList)
    return reading.content


def health(reading: Reading) -> dict[str, Mapping[str, str | int | float]]:
    return {statement.key: statement.values for statement in reading.recording.health}


@pytest.mark.skipif(not RETC_2022.exists(), reason="needs ../shared/data/users/mx_lawful_emitters_2022")
def test_the_mexican_register_of_2022_has_1964_plants_and_2934_releases() -> None:
    reading = EmitterListReader().read(RETC_2022, Flight("a"))
    emitters = list_of(reading).emitters
    assert (len(emitters), sum(len(emitter.releases_kg) for emitter in emitters)) == (1_964, 2_934)
    assert sum("74-82-8" in emitter.releases_kg for emitter in emitters) == 95
    assert reading.recording.health == ()


def test_rows_of_a_plant_become_one_emitter_with_kilograms_by_cas_number_or_name(tmp_path: Path) -> None:
    assert list_of(read(tmp_path, RETC)).emitters == (
        Emitter("A1", "Química, Resinas, Nogales, Sonora", -110.9, 31.3, {"Hidrofluorocarbonos": 2.0}),
        Emitter("B2", "Cemento y Cal, Fabricación de cemento, Tula, Hidalgo", -99.34, 20.05, {"74-82-8": 11.0, "124-38-9": 1e6}),
    )


def test_the_plain_header_is_read_whatever_the_order_of_columns(tmp_path: Path) -> None:
    reading = read(tmp_path, "kg_per_year,substance,lat_deg,lon_deg,name,id\n3,74-82-8,19,-99,Dairy,x\n,NH3,19,-99,Dairy,x\n")
    assert list_of(reading) == EmitterList("register", (Emitter("x", "Dairy", -99.0, 19.0, {"74-82-8": 3.0}),))
    assert health(reading) == {"health.amount_blank": {"count": 1}}


@pytest.mark.parametrize("place", [",19", "-99,", "19.4N,99.1W", "-99,99", "-999,19", "0,0", "inf,1"])
def test_a_plant_without_usable_coordinates_is_left_out_by_name(tmp_path: Path, place: str) -> None:
    reading = read(tmp_path, PLAIN + f"a,A,{place},CO2,1\nb,B,-99,19,CO2,1\n")
    assert [emitter.id for emitter in list_of(reading).emitters] == ["b"]
    assert health(reading) == {"health.emitter_nowhere": {"count": 1, "ids": "a"}}


def test_a_plant_in_two_places_keeps_the_first_and_is_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, PLAIN + "a,A,,,CO2,1\na,A,-99,19,CO2,1\na,A,-98,19,CO2,1\n")
    assert list_of(reading).emitters == (Emitter("a", "A", -99.0, 19.0, {"CO2": 3.0}),)
    assert health(reading) == {"health.emitter_moved": {"count": 1}}


FAULTS = {
    PLAIN + ",A,-99,19,CO2,1\n": "row 2, column id: found '', expected the id under which the plant is registered",
    PLAIN + "a,A,-99,19,,1\n": "row 2, column substance: found ''",
    PLAIN + "a,A,-99,19,CO2,-1\n": "column kg_per_year: found '-1.0', expected kilograms a year, zero or more",
    PLAIN + "a,A,-99,19,CO2,much\n": "column kg_per_year: found 'much'",
    PLAIN + "a,A,x,y,CO2,1\n": "has no usable coordinates; expected degrees in lon_deg and lat_deg",
    PLAIN: "holds no rows",
    PLAIN.replace(",", ";") + "a;A;-99;19;CO2;1\n": "separates columns by semicolons",
    RETC.replace("Metano,Kg", "Metano,Ton"): "row 2, column unidad: found 'Ton', expected Kg; convert the amount",
}


@pytest.mark.parametrize(("csv", "sentence"), FAULTS.items())
def test_a_fault_is_one_sentence_with_row_and_column(tmp_path: Path, csv: str, sentence: str) -> None:
    with pytest.raises(BadInput) as fault:
        read(tmp_path, csv)
    assert sentence in str(fault.value)
    assert "register.csv" in str(fault.value)


def test_a_list_survives_json(tmp_path: Path) -> None:
    register = list_of(read(tmp_path, RETC))
    assert json.decode(json.encode(register), EmitterList) == register


def test_another_table_is_refused() -> None:
    reader = EmitterListReader()
    assert reader.refuses(Path("a.csv"), RETC.encode()) is None
    assert reader.refuses(Path("a.csv"), PLAIN.encode()) is None
    assert reader.refuses(Path("a.json"), RETC.encode()) == "its name does not end in .csv"
    assert reader.refuses(Path("a.csv"), b"") == "it is empty"
    reason = reader.refuses(Path("a.csv"), b"id,lon_deg,lat_deg\n")
    assert reason == "its first line has neither the columns id, lat_deg, lon_deg, name, substance, kg_per_year nor those of a RETC list"


@given(st.integers(0, 2**32), st.binary(max_size=40))
def test_a_list_with_some_cells_changed_gives_a_list_or_bad_input(tmp_path_factory: pytest.TempPathFactory, seed: int, junk: bytes) -> None:
    chance = random.Random(seed)
    lines = [line.split(",") for line in chance.choice([RETC, PLAIN + "a,A,-99,19,CO2,1\n"]).splitlines()]
    line = chance.choice(lines)
    line[chance.randrange(len(line))] = chance.choice(["", "NA", "1e999", "-1", "x", '"', "é", junk.decode("latin-1")])
    found = outcome(lambda: read(tmp_path_factory.getbasetemp(), "\n".join(map(",".join, lines))))
    assert "register.csv" in found if isinstance(found, str) else len(list_of(found).emitters) == found.recording.samples > 0
