"""Files of claims: one row per claim, a column per field of `Claim`, the grade as one word such as B2."""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from cathartes.errors import BadInput
from cathartes.network.claims import Claim, Grade
from cathartes.network.list_formats import opened_csv

TEXTS = ("party", "schema", "property", "value", "source", "origin", "author", "basis", "place_in_source")
DAYS = ("first_seen", "last_seen", "review_on", "expires_on")
OPTIONAL = frozenset({"origin", "place_in_source"})


def read_claims(path: Path) -> list[Claim]:
    """The claims of a CSV file. Raises `BadInput` naming the row; then none of the file's claims is taken."""
    with opened_csv(path) as lines:
        reader = csv.DictReader(lines)
        lacking = {*TEXTS, *DAYS, "grade"} - OPTIONAL - set(reader.fieldnames or ())
        if lacking:
            raise BadInput(f"{path.name}: the columns {', '.join(sorted(lacking))} are missing; see docs/reference/claims.md")
        found = []
        for row in reader:
            try:
                found.append(_claim({key: value.strip() for key, value in row.items() if isinstance(key, str) and isinstance(value, str)}))
            except (BadInput, KeyError, ValueError) as problem:
                raise BadInput(f"{path.name}, row {reader.line_num}: {problem}") from None
    return found


def _claim(cells: Mapping[str, str]) -> Claim:
    grade = cells["grade"]
    if len(grade) != 2 or not grade[1].isdigit():
        raise BadInput(f"found the grade {grade!r}; expected a letter A to F and a number 1 to 6, such as B2")
    days = {name: date.fromisoformat(cells[name]) for name in DAYS}
    return Claim(**{name: cells.get(name, "") for name in TEXTS}, **days, grade=Grade(grade[0].upper(), int(grade[1])))  # type: ignore[arg-type]
