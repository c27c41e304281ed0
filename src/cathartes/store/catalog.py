"""The catalogue: the ledger's entries as rows of a database, so that they can be found quickly.

It holds nothing that the ledger does not; when it cannot be trusted it is emptied and filled again. SQLite by default, PostgreSQL
by URL. The schema's history is in `migrations`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, create_engine, delete, event, func, insert, inspect, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.sql import ColumnElement

from cathartes.errors import StoreFailure
from cathartes.store.erasure import ERASURE
from cathartes.store.ledger import Entry

REVISION = "0001"
"""The newest migration."""

ENTRIES = Table(
    "entries",
    MetaData(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("act", String, nullable=False),
    Column("at", String, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("of", String, nullable=False),
    Index("entries_by_kind_and_id", "kind", "id", "position"),
    Index("entries_by_digest", "digest"),
)


class Kept(NamedTuple):
    """One row: an entry and its position in the ledger."""

    position: int
    act: str
    at: str
    digest: str
    id: str
    kind: str
    of: str

    def entry(self) -> Entry:
        """The entry as it stands in the ledger."""
        return {name: str(value) for name, value in self._asdict().items() if name != "position"}


def rows_of(entries: Sequence[Entry], start: int = 0) -> list[Kept]:
    """The rows that the catalogue should hold for entries that stand in the ledger from `start` on."""
    return [Kept(position, **entry) for position, entry in enumerate(entries, start) if entry["act"] != "seal"]


class Catalog:
    """An open catalogue. Positions are those of the ledger; seals are left out, since a seal holds the catalogue's own digest."""

    def __init__(self, url: str) -> None:
        """Opens the database at `url` and brings its schema up to date. Raises `StoreFailure` if there is no such database."""
        try:
            self._engine = create_engine(url)
        except (ArgumentError, ImportError) as problem:
            raise StoreFailure(f"the catalogue cannot be at {url!r}: {problem}; use a database address that SQLAlchemy knows") from None
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _hurry)
        self._migrate()

    def close(self) -> None:
        self._engine.dispose()

    def is_at(self, path: Path) -> bool:
        """Whether the database is this file."""
        return self._engine.url.drivername == "sqlite" and self._engine.url.database == str(path)

    def add(self, position: int, entries: Sequence[Entry]) -> None:
        """Adds entries that the ledger holds from `position` on. Raises `StoreFailure` when the disk is full."""
        self._insert(rows_of(entries, position))

    def follow(self, entries: Sequence[Entry]) -> None:
        """Brings the rows into line with the whole ledger."""
        rows = rows_of(entries)
        if self.rows() != rows:
            with self._engine.begin() as connection:
                connection.execute(delete(ENTRIES))
            self._insert(rows)

    def rows(self) -> list[Kept]:
        """All rows in the order of the ledger."""
        with self._engine.connect() as connection:
            return [Kept(*row) for row in connection.execute(select(ENTRIES).order_by(ENTRIES.c.position))]

    def latest(self, **fields: str) -> Kept | None:
        """The last entry whose fields have these values, such as `latest(kind="lead", id="lead-1")`."""
        query = select(ENTRIES).filter_by(**fields).order_by(ENTRIES.c.position.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Kept(*row) if row else None

    def ids(self, kind: str, of: str | None) -> list[str]:
        """Ids of a kind in the order in which they were first kept, less the erased; only those kept under `of`, where that is given."""
        query = select(ENTRIES.c.id).where(*_there(kind))
        if of is not None:
            query = query.where(ENTRIES.c.of == of)
        with self._engine.connect() as connection:
            return list(connection.scalars(query.group_by(ENTRIES.c.id).order_by(func.min(ENTRIES.c.position))))

    def listed(self, kind: str) -> list[Kept]:
        """All entries of a kind, less the erased, in the order of the ledger."""
        with self._engine.connect() as connection:
            return [Kept(*row) for row in connection.execute(select(ENTRIES).where(*_there(kind)).order_by(ENTRIES.c.position))]

    def first(self, kind: str, id_: str) -> Kept | None:
        """The first entry of one thing: when it came."""
        query = select(ENTRIES).where(ENTRIES.c.kind == kind, ENTRIES.c.id == id_).order_by(ENTRIES.c.position).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Kept(*row) if row else None

    def _insert(self, rows: Sequence[Kept]) -> None:
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(ENTRIES), [row._asdict() for row in rows]) if rows else None
        except DatabaseError as problem:
            raise StoreFailure(f"the catalogue could not be written: {problem.orig}; free some space, then run it again") from None

    def _migrate(self) -> None:
        try:
            if inspect(self._engine).has_table("alembic_version"):
                with self._engine.connect() as connection:
                    if connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISION:
                        return
            _upgrade(self._engine)
        except DatabaseError as problem:
            self.close()
            raise StoreFailure(f"the catalogue could not be opened: {problem.orig}; check the database address") from None


def _there(kind: str) -> tuple[ColumnElement[bool], ...]:
    """Conditions: of this kind, and never erased."""
    erased = select(ENTRIES.c.id).where(ENTRIES.c.kind == kind, ENTRIES.c.act == ERASURE)
    return ENTRIES.c.kind == kind, ENTRIES.c.id.not_in(erased)


def _hurry(connection: object, _record: object) -> None:
    """A crash may cost the catalogue, never the ledger: SQLite need not wait for the disk nor keep files beside the database."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.execute("PRAGMA journal_mode = MEMORY")
    cursor.close()


def _upgrade(engine: Engine) -> None:
    # Alembic costs 0.1 s to import, and most commands find the schema as it should be.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "cathartes.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
