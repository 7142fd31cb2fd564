"""How issuers print their invoices, as people who looked at one taught it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "issuers",
        sa.Column("tenant", WORDS, primary_key=True),
        sa.Column("id", WORDS, primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("taught_by", WORDS, nullable=False),
        sa.Column("taught_at", MOMENT, nullable=False),
    )
    op.create_table(
        "issuer_keys",
        sa.Column("tenant", WORDS, primary_key=True),
        sa.Column("key", WORDS, primary_key=True),
        sa.Column("issuer", WORDS, primary_key=True),
    )
    op.create_index("ix_issuer_keys_tenant_issuer", "issuer_keys", ["tenant", "issuer"])
