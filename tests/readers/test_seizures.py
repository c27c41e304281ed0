"""CBP's drug seizures: every cell once, the published totals, and a page that adds nothing unlike."""

from pathlib import Path

import pytest

from cathartes.errors import BadInput
from cathartes.model.seizure import EVENT_RULE, WEIGHT_RULE, Seizure
from cathartes.readers.seizures import read_seizures
from cathartes.release.dashboard import by_year, dashboard, drugs

SHARED = Path(__file__).parents[3] / "shared" / "data" / "users" / "cbp_drug_seizures"
HEADER = "FY,Month (abbv),Component,Region,Land Filter,Area of Responsibility,Drug Type,Count of Event,Sum Qty (lbs)\n"
ROW = "2023,APR,Office of Field Operations,Coastal/Interior,Other,ATLANTA FIELD OFFICE,Fentanyl,3,8.25\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_cells_that_two_files_share_count_once(tmp_path: Path) -> None:
    one, other = written(tmp_path / "a.csv", HEADER + ROW), written(tmp_path / "b.csv", HEADER + ROW + ROW.replace("APR", "MAY"))
    assert [each.month for each in read_seizures([one, other])] == ["APR", "MAY"]


def test_files_that_disagree_are_refused(tmp_path: Path) -> None:
    one, other = written(tmp_path / "a.csv", HEADER + ROW), written(tmp_path / "b.csv", HEADER + ROW.replace("8.25", "9"))
    with pytest.raises(BadInput, match=r"b\.csv and a\.csv disagree"):
        read_seizures([one, other])


@pytest.mark.parametrize(
    ("found", "instead", "said"), [("2023", "FY", "fiscal year"), (",3,", ",3.5,", "whole number"), ("8.25", "-8", "pounds")]
)
def test_a_bad_cell_is_named(tmp_path: Path, found: str, instead: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_seizures([written(tmp_path / "a.csv", HEADER + ROW.replace(found, instead, 1))])


def test_another_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not a file of CBP"):
        read_seizures([written(tmp_path / "a.csv", "fy,drug type\n2023,x\n")])


def test_the_published_fentanyl_totals_come_out() -> None:
    if not SHARED.exists():
        pytest.skip("needs ../shared/data/users/cbp_drug_seizures")
    read = read_seizures(sorted(SHARED.glob("*.csv")))
    pounds = {each.period: round(each.value) for each in by_year(read, "Fentanyl", WEIGHT_RULE)}
    assert {year: pounds[year] for year in ("FY2020", "FY2021", "FY2022", "FY2023")} == {
        "FY2020": 4791, "FY2021": 11201, "FY2022": 14700, "FY2023": 27023,
    }  # fmt: skip
    page = dashboard(read, EVENT_RULE, WEIGHT_RULE).decode()
    assert page.count("<table>") == len(drugs(read)) == 10
    assert "does not say whether they are gross or net" in page
    assert "http" not in page


def test_a_page_escapes_what_a_file_says() -> None:
    strange = Seizure(2023, "APR", "c", "r", "l", "a", "<script>", 1, 1.0)
    assert "<script>" not in dashboard([strange], EVENT_RULE, WEIGHT_RULE).decode()
