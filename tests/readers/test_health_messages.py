"""Every health statement that a reader can make is a sentence in both languages."""

import re
from pathlib import Path

import pytest

from cathartes.messages import LANGUAGES, catalogue, say
from cathartes.readers import __file__ as room
from cathartes.readers.flight_folder import inspect_file

EXAMPLES = Path(__file__).parents[2] / "examples"
KEYS = sorted({key for module in Path(room).parent.glob("*.py") for key in re.findall(r'"(health\.\w+)"', module.read_text("utf-8"))})

TROUBLED = """time_utc,instrument,x_m,y_m,z_agl_m,ch4_ppb,wind_u_m_s,wind_v_m_s,sigma_v_m_s,flag
2024-05-01T00:00:00,A,1,2,-3,0.5,60,1,20,x
2024-05-01T00:00:00,A,1,2,-3,0.5,60,1,20,x
2024-05-01T00:00:00,A,1,2,-3,-0.7,1,,20,x
2024-04-30T00:00:00,A,1,,3,NA,1,1,1,x
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_key_of_the_readers_is_in_the_catalogue(language: str) -> None:
    assert len(KEYS) > 25
    assert [key for key in KEYS if key not in catalogue(language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_log_with_all_kinds_of_trouble_is_said_without_a_gap(language: str, tmp_path: Path) -> None:
    (tmp_path / "troubled.csv").write_text(TROUBLED)
    health = inspect_file(tmp_path / "troubled.csv").health
    sentences = [say(statement, language) for statement in health]
    assert len(sentences) == 14
    assert all(sentence and "{" not in sentence for sentence in sentences)
