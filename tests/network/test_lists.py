"""Lists in every published form, with invented parties; broken ones; and when a new version takes the place of an old one."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.network.chart import read_chart
from cathartes.network.claim_files import read_claims
from cathartes.network.graph import read_ties
from cathartes.network.identifiers import Identifiers
from cathartes.network.list_formats import read_list
from cathartes.network.lists import ListedParty, PartyList, difference, successor
from cathartes.network.queries import read_queries

SHARED = Path(__file__).parents[3] / "shared" / "data" / "network" / "screening"
SDN_CSV = (
    b'36,"QUINTANAR VEGA, Beltran","individual","SDNTK] [TCO",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"DOB 27 Apr 1956; R.F.C. GODE-561231-GR8 (Mexico); C.U.R.P. HEGG560427MVZRRL04 (Mexico)."\r\n'
    b'37,"ACEITES DEL ISTMO, S.A. DE C.V.",-0- ,"SDNTK",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a\r\n'
)
ALT_CSV = b'36,1,"aka","EL CUERVO",-0- \r\n\x1a'
SDN_XML = b"""<?xml version="1.0"?><sdnList xmlns="x"><publshInformation><Publish_Date>02/20/2025</Publish_Date>
<Record_Count>1</Record_Count></publshInformation><sdnEntry><uid>36</uid><firstName>Beltran</firstName>
<lastName>QUINTANAR VEGA</lastName><sdnType>Individual</sdnType>
<programList><program>SDNTK</program></programList><akaList><aka><uid>1</uid><type>a.k.a.</type><lastName>EL CUERVO</lastName>
</aka></akaList><dateOfBirthList><dateOfBirthItem><uid>1</uid><dateOfBirth>27 Apr 1956</dateOfBirth></dateOfBirthItem></dateOfBirthList>
<idList><id><uid>2</uid><idType>C.U.R.P.</idType><idNumber>HEGG560427MVZRRL04</idNumber></id></idList></sdnEntry></sdnList>"""
UN_XML = b"""<CONSOLIDATED_LIST dateGenerated="2025-03-01T10:00:00.000Z"><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID>
<FIRST_NAME>BELTRAN</FIRST_NAME><SECOND_NAME>QUINTANAR</SECOND_NAME><UN_LIST_TYPE>Testland</UN_LIST_TYPE><REFERENCE_NUMBER>TLi.001</REFERENCE_NUMBER>
<LISTED_ON>2024-05-06</LISTED_ON><INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>El Cuervo</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1956-04-27</DATE></INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY>
<DATAID>2</DATAID><FIRST_NAME>ACEITES DEL ISTMO</FIRST_NAME><REFERENCE_NUMBER>TLe.002</REFERENCE_NUMBER></ENTITY></ENTITIES>
</CONSOLIDATED_LIST>"""
EU_XML = b"""<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2025-04-02T00:00:00">
<sanctionEntity euReferenceNumber="EU.1.1" logicalId="1">
<regulation programme="TST" entryIntoForceDate="2020-01-02"/><subjectType code="person" classificationCode="P"/>
<nameAlias wholeName="Beltran Quintanar Vega"/><nameAlias wholeName="El Cuervo"/>
<birthdate birthdate="1956-04-27"/></sanctionEntity></export>"""
FTM = (
    b'{"id":"x-1","schema":"Person","datasets":["test"],"first_seen":"2025-01-01T00:00:00","properties":{"name":["Beltran Quintanar"],'
    b'"alias":["El Cuervo"],"birthDate":["1956"]}}\n{"id":"broken"\n{"id":"x-2","schema":"Company","properties":{"name":["Aceites"]}}\n'
)
FORMS = {"sdn.csv": SDN_CSV, "sdn.xml": SDN_XML, "un.xml": UN_XML, "eu.xml": EU_XML, "ftm.json": FTM}


def written(folder: Path, **files: bytes) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def listed(folder: Path, content: bytes) -> PartyList:
    return read_list(written(folder, list=content), "test")


def test_ofac_csv_main_and_alias_files_are_one_list(tmp_path: Path) -> None:
    found = read_list(written(tmp_path, **{"sdn.csv": SDN_CSV, "alt.csv": ALT_CSV}), "sdn")
    person, company = found.parties
    assert person == ListedParty(
        "36", "person", ("QUINTANAR VEGA, Beltran", "EL CUERVO"), ("SDNTK", "TCO"), None,
        Identifiers("HEGG560427MVZRRL04", "GODE561231GR8", "1956-04-27"),
    )  # fmt: skip
    assert (company.kind, company.names) == ("organization", ("ACEITES DEL ISTMO, S.A. DE C.V.",))
    assert found.faults == ()


@pytest.mark.parametrize(
    ("form", "dated", "id_"),
    [
        ("sdn.xml", date(2025, 2, 20), "36"),
        ("un.xml", date(2025, 3, 1), "TLi.001"),
        ("eu.xml", date(2025, 4, 2), "EU.1.1"),
        ("ftm.json", None, "x-1"),
    ],
)
def test_every_form_gives_the_party_its_alias_and_the_lists_date(form: str, dated: date | None, id_: str, tmp_path: Path) -> None:
    found = listed(tmp_path, FORMS[form])
    assert found.dated == dated
    party = found.parties[0]
    assert (party.id, party.kind) == (id_, "person")
    assert "beltran" in party.names[0].lower()
    assert party.names[1].lower() == "el cuervo"
    assert party.identifiers.born.startswith("1956")


def test_a_broken_row_is_counted_and_the_rest_is_kept(tmp_path: Path) -> None:
    found = listed(tmp_path, b"entity_id,name,kind\n1,Ana Quetzal,person\n2,too,many,cells\n3,,person\n1,Anita Quetzal,person\n")
    assert [party.names for party in found.parties] == [("Ana Quetzal", "Anita Quetzal")]
    assert {fault.key: fault.values for fault in found.faults} == {
        "lists.broken-rows": {"rows": 1, "first": 3}, "lists.empty-names": {"rows": 1, "first": 4},
    }  # fmt: skip


def test_a_file_in_another_encoding_is_read_and_told(tmp_path: Path) -> None:
    found = listed(tmp_path, "entity_id,name,kind\n1,Núñez Peña,person\n".encode("cp1252"))
    assert found.parties[0].names == ("Núñez Peña",)
    assert [fault.key for fault in found.faults] == ["lists.guessed-encoding"]


@pytest.mark.parametrize("content", [b"", b"hello", b"a,b\n1,2\n", b"<sdnList><sdnEntry>", b"entity_id,name\n", b"\xff\xfe\x00\x00", b"{}"])
def test_what_is_no_list_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"list|party|damaged"):
        listed(tmp_path, content)


def test_an_xml_bomb_is_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sdnList><sdnEntry><uid>&b;</uid></sdnEntry></sdnList>'
    with pytest.raises(BadInput, match="damaged"):
        listed(tmp_path, bomb)


@settings(max_examples=150, deadline=None)
@given(form=st.sampled_from(sorted(FORMS)), place=st.integers(0, 2000), noise=st.binary(max_size=12), keep=st.booleans())
def test_no_damage_to_a_file_ends_in_anything_but_a_list_or_a_sentence(
    form: str, place: int, noise: bytes, keep: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = FORMS[form]
    place %= len(content)
    damaged = content[:place] + noise + (content[place:] if keep else b"")
    path = tmp_path_factory.mktemp("damaged") / form
    path.write_bytes(damaged)
    with suppress(BadInput):
        assert read_list([path], "test").parties


def version(*ids: str, dated: date | None = None) -> PartyList:
    return PartyList("test", dated, "", tuple(ListedParty(id_, "person", (f"Somebody {id_}",)) for id_ in ids))


def test_two_versions_differ_by_who_came_who_went_and_who_changed() -> None:
    old, new = version("1", "2", "3"), version("2", "3", "4")
    new = replace(new, parties=(replace(new.parties[0], basis=("X",)), *new.parties[1:]))
    found = difference(old, new)
    assert (found.added, found.removed, found.changed) == (("4",), ("1",), ("2",))


def test_an_older_an_empty_or_a_cut_off_version_does_not_take_the_place_of_the_last_good_one() -> None:
    old = version(*map(str, range(10)), dated=date(2025, 2, 20))
    for bad in (
        version(dated=date(2025, 3, 1)),
        version(*map(str, range(10)), dated=date(2025, 2, 19)),
        version("1", "2", dated=date(2025, 3, 1)),
    ):
        with pytest.raises(BadInput, match="stays in force"):
            successor(old, bad)
    assert successor(old, good := version(*map(str, range(1, 10)), dated=date(2025, 3, 1))) is good


@pytest.mark.skipif(not SHARED.exists(), reason="the 2021 list is in ../shared/data, which is absent")
def test_the_real_list_of_persons_is_read_whole() -> None:
    found = read_list([SHARED / "list.csv"], "ofac-2021")
    assert (len(found.parties), len(found.listed())) == (4620, 12624)


@pytest.mark.parametrize("read", [read_queries, read_claims, read_chart, read_ties, lambda path: read_list([path], "x")])
@pytest.mark.parametrize("content", [b"\x82\rno\rtable", b'source,target,said,query_id,name\n1,2,"' + b"a" * 200_000])
def test_a_file_that_is_no_csv_file_is_refused_with_a_sentence(read: Callable[[Path], object], content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"a\.csv"):
        read(path)
