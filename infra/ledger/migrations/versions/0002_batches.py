"""Batches: what of them is to begin, what was refused, the options they were opened with; and when executions settled."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("executions", sa.Column("settled_at", MOMENT))
    op.execute("UPDATE executions SET settled_at = ended_at")
    op.add_column("submissions", sa.Column("priority", sa.Integer(), nullable=False, server_default="3"))
    op.add_column("submissions", sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("submissions", sa.Column("begun_at", MOMENT))
    op.add_column("submissions", sa.Column("withheld", WORDS))
    # Until now every submission began its execution at once.
    op.execute("UPDATE submissions SET begun_at = submitted_at")
    due = sa.text("begun_at IS NULL AND withheld IS NULL")
    op.create_index(
        "ix_submissions_due",
        "submissions",
        ["tenant", "batch", "priority", "submitted_at", "name"],
        sqlite_where=due,
        postgresql_where=due,
    )
    op.create_table(
        "refusals",
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("batch", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "batch", "name", name="pk_refusals"),
    )
    op.create_table(
        "batches",
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("batch", WORDS, nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "batch", name="pk_batches"),
    )
