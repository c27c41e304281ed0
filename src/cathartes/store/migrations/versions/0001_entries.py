"""The entries of the ledger as rows."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the table `entries`, one row per ledger entry that is not a seal."""
    op.create_table(
        "entries",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("of", sa.String, nullable=False),
    )
    op.create_index("entries_by_kind_and_id", "entries", ["kind", "id", "position"])
    op.create_index("entries_by_digest", "entries", ["digest"])


def downgrade() -> None:
    """Drops the table; the catalogue can be made again from the ledger."""
    op.drop_table("entries")
