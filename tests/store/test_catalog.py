"""The catalogue follows the ledger, and its migrations build the very table the code reads."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from cathartes.errors import StoreFailure
from cathartes.store.catalog import ENTRIES, REVISION, Catalog, rows_of
from cathartes.store.ledger import Entry


def entry(name: str, act: str = "result", of: str = "", kind: str = "lead") -> Entry:
    return {"act": act, "at": "2026-11-22T12:00:00.000Z", "digest": "ab" * 32, "id": name, "kind": kind, "of": of}


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with closing(Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")) as opened:
        yield opened


def test_the_migrations_build_the_table_that_the_code_reads(catalog: Catalog, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'catalog.db'}")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), ENTRIES.metadata)
    engine.dispose()
    assert differences == []


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", "cathartes.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_the_latest_version_of_an_id_is_found(catalog: Catalog) -> None:
    catalog.add(0, [entry("a"), entry("b"), entry("a", act="review")])
    latest = catalog.latest(kind="lead", id="a")
    assert latest is not None
    assert (latest.position, latest.act, latest.entry()) == (2, "review", entry("a", act="review"))
    assert catalog.latest(kind="lead", id="c") is None


def test_ids_come_in_the_order_they_were_first_kept(catalog: Catalog) -> None:
    catalog.add(0, [entry("b", of="flight"), entry("a", of="flight"), entry("c"), entry("b", of="flight"), entry("x", kind="step")])
    assert catalog.ids("lead", None) == ["b", "a", "c"]
    assert catalog.ids("lead", "flight") == ["b", "a"]


def test_a_catalogue_that_went_astray_is_brought_back(catalog: Catalog) -> None:
    ledger = [entry("a"), entry("seal", act="seal"), entry("b")]
    catalog.add(0, [entry("forged"), entry("too much"), entry("b")])
    catalog.follow(ledger)
    assert catalog.rows() == rows_of(ledger)
    assert [row.position for row in catalog.rows()] == [0, 2]


def test_a_database_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"no database at all, just text that is long enough" * 9)
    with pytest.raises(StoreFailure, match="catalogue could not be opened"):
        Catalog(f"sqlite:///{tmp_path / 'other.db'}")


@pytest.mark.parametrize("url", ["nonsense", "oracle9://nowhere", "sqlite:////nowhere/at/all.db"])
def test_an_address_that_leads_nowhere_is_a_sentence(url: str) -> None:
    with pytest.raises(StoreFailure, match="the catalogue c"):
        Catalog(url)
