"""Files of queries: `query_id, name`, and `kind, curp, rfc, birth_date` where they are known."""

import csv
from pathlib import Path

from cathartes.errors import BadInput
from cathartes.network.identifiers import Identifiers
from cathartes.network.list_formats import opened_csv
from cathartes.network.screen import Query


def read_queries(path: Path) -> list[Query]:
    """The queries of a CSV file, in its order. Raises `BadInput` for a file without the two columns or with a row without an id."""
    with opened_csv(path) as lines:
        reader = csv.DictReader(lines)
        columns = {name: name.strip().lower() for name in reader.fieldnames or ()}
        if not {"query_id", "name"} <= set(columns.values()):
            raise BadInput(f"{path.name}: found the columns {', '.join(columns) or 'none'}, expected query_id and name")
        queries = []
        for row in reader:
            cells = {columns[key]: (value or "").strip() for key, value in row.items() if key in columns and isinstance(value, str)}
            if not cells.get("query_id"):
                raise BadInput(f"{path.name}, row {reader.line_num}: the query has no query_id; every row needs one")
            numbers = Identifiers(cells.get("curp", ""), cells.get("rfc", ""), cells.get("birth_date", ""))
            queries.append(Query(cells["query_id"], cells.get("name", ""), cells.get("kind", ""), numbers))
    return queries
