"""The identity of the installation: made once, with the table it stands in, as migrations run in one transaction, one at a time."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    table = op.create_table(
        "installations",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("unnamed", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installations"),
    )
    began_before = op.get_bind().execute(
        sa.text("SELECT EXISTS (SELECT 1 FROM submissions) OR EXISTS (SELECT 1 FROM executions)")
    )
    unnamed = bool(began_before.scalar())
    op.bulk_insert(table, [{"id": secrets.token_hex(6), "unnamed": unnamed, "since": datetime.now(UTC)}])
