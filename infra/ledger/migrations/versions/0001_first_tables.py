"""The first tables. Types are spelled out here, so that a later change of ours cannot change what this made."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MONEY = sa.Text().with_variant(sa.Numeric(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", WORDS, nullable=False),
        sa.Column("first_submitted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_documents"),
    )
    op.create_table(
        "executions",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("definition", WORDS, nullable=False),
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("batch", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("run_id", WORDS, nullable=False),
        sa.Column("trace_id", WORDS),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("decision", WORDS),
        sa.Column("decided_by", WORDS),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("vendor", WORDS),
        sa.Column("number", WORDS),
        sa.Column("currency", WORDS),
        sa.Column("amount", MONEY),
        sa.Column("model_calls", sa.Integer(), nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("reasoning_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", MONEY),
        sa.Column("cost_currency", WORDS),
        sa.Column("error", WORDS),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
    )
    op.create_index("ix_executions_batch", "executions", ["batch"])
    op.create_index("ix_executions_digest", "executions", ["digest"])
    op.create_index("ix_executions_name", "executions", ["name"])
    op.create_index("ix_executions_started_at", "executions", ["started_at"])
    op.create_index("ix_executions_tenant_batch", "executions", ["tenant", "batch"])
    op.create_index("ix_executions_tenant_started_at", "executions", ["tenant", "started_at"])
    op.create_index("ix_executions_tenant_status_started_at", "executions", ["tenant", "status", "started_at"])
    op.create_table(
        "model_calls",
        sa.Column("key", WORDS, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("step", WORDS, nullable=False),
        sa.Column("tier", WORDS, nullable=False),
        sa.Column("endpoint", WORDS, nullable=False),
        sa.Column("model", WORDS, nullable=False),
        sa.Column("prompt_version", WORDS, nullable=False),
        sa.Column("request_digest", WORDS, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("reasoning_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", MONEY),
        sa.Column("currency", WORDS),
        sa.Column("price_source", WORDS),
        sa.Column("answer", WORDS),
        sa.Column("reasoning", WORDS),
        sa.Column("finish_reason", WORDS),
        sa.Column("error", WORDS),
        sa.Column("trace_id", WORDS),
        sa.Column("span_id", WORDS),
        sa.PrimaryKeyConstraint("key", "attempt", name="pk_model_calls"),
    )
    op.create_index("ix_model_calls_execution_id_started_at", "model_calls", ["execution_id", "started_at"])
    op.create_table(
        "postings",
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("vendor", WORDS),
        sa.Column("number", WORDS),
        sa.Column("currency", WORDS, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("invoice", sa.JSON(), nullable=False),
        sa.Column("posted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("execution_id", name="pk_postings"),
    )
    op.create_index("ix_postings_tenant_number", "postings", ["tenant", "number"])
    op.create_index("ix_postings_tenant_posted_at", "postings", ["tenant", "posted_at"])
    op.create_index("ix_postings_tenant_vendor_number", "postings", ["tenant", "vendor", "number"])
    op.create_table(
        "findings",
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", WORDS, nullable=False),
        sa.Column("severity", WORDS, nullable=False),
        sa.Column("message", WORDS, nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["execution_id"], ["executions.id"], name="fk_findings_executions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("execution_id", "position", name="pk_findings"),
    )
    op.create_table(
        "reviews",
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("action", WORDS, nullable=False),
        sa.Column("reviewer", WORDS, nullable=False),
        sa.Column("reason", WORDS),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["execution_id"], ["executions.id"], name="fk_reviews_executions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("execution_id", "position", name="pk_reviews"),
    )
    op.create_table(
        "steps",
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("room", WORDS, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("note", WORDS),
        sa.ForeignKeyConstraint(["execution_id"], ["executions.id"], name="fk_steps_executions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("execution_id", "position", name="pk_steps"),
    )
    op.create_table(
        "submissions",
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("batch", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("submitted_by", WORDS),
        sa.ForeignKeyConstraint(
            ["tenant", "digest"], ["documents.tenant", "documents.digest"], name="fk_submissions_documents"
        ),
        sa.PrimaryKeyConstraint("tenant", "batch", "name", "digest", name="pk_submissions"),
    )
    op.create_index("ix_submissions_batch", "submissions", ["batch"])
    op.create_index("ix_submissions_execution_id", "submissions", ["execution_id"])
    op.create_index("ix_submissions_name", "submissions", ["name"])
    op.create_index("ix_submissions_tenant_digest", "submissions", ["tenant", "digest"])
