"""The tables. A change here needs a new file in ``migrations/versions``; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
)

from infra.ledger._types import Moment, Money, PlainJson, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _usage() -> list[Column[int]]:
    return [
        Column(name, BigInteger, nullable=False)
        for name in ("prompt_tokens", "cached_tokens", "output_tokens", "reasoning_tokens")
    ]


# One row: who we are.
installations = Table(
    "installations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("unnamed", Boolean, nullable=False),
    Column("since", Moment, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("tenant", Words, primary_key=True),
    Column("digest", Words, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("first_submitted_at", Moment, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("tenant", Words, primary_key=True),
    Column("batch", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("digest", Words, primary_key=True),
    Column("execution_id", Words, nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("submitted_by", Words),
    Column("priority", Integer, nullable=False, server_default="3"),
    Column("details", PlainJson, nullable=False, server_default="{}"),
    Column("begun_at", Moment),
    Column("withheld", Words),
    ForeignKeyConstraint(["tenant", "digest"], ["documents.tenant", "documents.digest"]),
    Index(None, "execution_id"),
    Index(None, "name"),
    Index(None, "batch"),
    Index(None, "tenant", "digest"),
)
_DUE = submissions.c.begun_at.is_(None) & submissions.c.withheld.is_(None)
Index(
    "ix_submissions_due",
    *(submissions.c[name] for name in ("tenant", "batch", "priority", "submitted_at", "name")),
    # On Postgres too, as the migration that makes it says; to say so here would load that dialect, a tenth of a second.
    sqlite_where=_DUE,
)

refusals = Table(
    "refusals",
    metadata,
    Column("tenant", Words, primary_key=True),
    Column("batch", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("reason", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("tenant", Words, primary_key=True),
    Column("batch", Words, primary_key=True),
    Column("options", PlainJson, nullable=False),
    Column("opened_at", Moment, nullable=False),
)

executions = Table(
    "executions",
    metadata,
    Column("id", Words, primary_key=True),
    Column("definition", Words, nullable=False),
    Column("tenant", Words, nullable=False),
    Column("batch", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("run_id", Words, nullable=False),
    Column("trace_id", Words),
    Column("status", Words, nullable=False),
    Column("decision", Words),
    Column("decided_by", Words),
    Column("reasons", PlainJson, nullable=False),
    Column("vendor", Words),
    Column("number", Words),
    Column("currency", Words),
    Column("amount", Money),
    Column("model_calls", Integer, nullable=False),
    *_usage(),
    Column("cost", Money),
    Column("cost_currency", Words),
    Column("error", Words),
    Column("result", PlainJson, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("ended_at", Moment),
    Index(None, "tenant", "started_at"),
    Index(None, "tenant", "batch"),
    Index(None, "tenant", "status", "started_at"),
    Index(None, "started_at"),
    Index(None, "batch"),
    Index(None, "digest"),
    Index(None, "name"),
)

# Steps, findings and reviews hang on their execution, in the order of its lists.
steps = Table(
    "steps",
    metadata,
    Column("execution_id", ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("name", Words, nullable=False),
    Column("room", Words, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=False),
    Column("note", Words),
)

findings = Table(
    "findings",
    metadata,
    Column("execution_id", ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("rule", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("message", Words, nullable=False),
    Column("fields", PlainJson, nullable=False),
    Column("evidence", PlainJson, nullable=False),
    Column("verdict", Words, nullable=False, server_default="fail"),
    Column("decided_by", PlainJson, nullable=False, server_default='{"by": "rule"}'),
)

reviews = Table(
    "reviews",
    metadata,
    Column("execution_id", ForeignKey("executions.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("action", Words, nullable=False),
    Column("reviewer", Words, nullable=False),
    Column("reason", Words),
    Column("corrections", PlainJson, nullable=False),
    Column("at", Moment, nullable=False),
)

# No foreign key to executions: a call begins, and may be posted, before its execution is first recorded.
model_calls = Table(
    "model_calls",
    metadata,
    Column("key", Words, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("execution_id", Words, nullable=False),
    Column("step", Words, nullable=False),
    Column("tier", Words, nullable=False),
    Column("endpoint", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("prompt_version", Words, nullable=False),
    Column("request_digest", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    *_usage(),
    Column("cost", Money),
    Column("currency", Words),
    Column("price_source", Words),
    Column("answer", Words),
    Column("reasoning", Words),
    Column("finish_reason", Words),
    Column("error", Words),
    Column("trace_id", Words),
    Column("span_id", Words),
    Index(None, "execution_id", "started_at"),
)

postings = Table(
    "postings",
    metadata,
    Column("execution_id", Words, primary_key=True),
    Column("tenant", Words, nullable=False),
    Column("vendor", Words),
    Column("number", Words),
    Column("currency", Words, nullable=False),
    Column("amount", Money, nullable=False),
    Column("invoice", PlainJson, nullable=False),
    Column("posted_at", Moment, nullable=False),
    Column("vendor_key", Words),
    Column("number_key", Words),
    Column("look_key", Words),
    Column("band", Integer),
    Column("kind", Words),
    Column("run_id", Words),
    Index(None, "tenant", "vendor_key", "number_key"),
    Index(None, "tenant", "vendor_key", "look_key"),
    Index(None, "tenant", "vendor_key", "band"),
    Index(None, "tenant", "vendor", "number"),
    Index(None, "tenant", "number"),
    Index(None, "tenant", "posted_at"),
)

# What a controller checks against. Kept whole by whoever keeps it: importing again replaces.
vendors = Table(
    "vendors",
    metadata,
    Column("tenant", Words, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    *(Column(name, PlainJson, nullable=False) for name in ("aliases", "vat_ids", "tax_numbers", "legal_ids", "ibans")),
    Column("destinations", PlainJson, nullable=False, server_default="[]"),
    Column("country", Words),
    Column("currency", Words),
    Column("terms_days", Integer),
    Column("limit", Money),
    Column("cost_centre", Words),
    Column("order_required", Boolean, nullable=False),
    Column("blocked", Words),
    Column("updated_at", Moment, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("tenant", Words, primary_key=True),
    Column("number", Words, primary_key=True),
    Column("number_key", Words, nullable=False),
    Column("vendor_id", Words),
    Column("currency", Words, nullable=False),
    Column("ordered_on", Date),
    Column("ordered_by", Words),
    Column("cost_centre", Words),
    Column("receipt_required", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("lines", PlainJson, nullable=False),
    Index(None, "tenant", "number_key"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("tenant", Words, primary_key=True),
    Column("number", Words, primary_key=True),
    Column("order", Words, primary_key=True),
    Column("line", Words, primary_key=True),
    Column("quantity", Money, nullable=False),
    Column("received_on", Date),
    Index(None, "tenant", "order"),
)

# What people who looked at an invoice taught of its issuer. A key may name several of them.
issuers = Table(
    "issuers",
    metadata,
    Column("tenant", Words, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("keys", PlainJson, nullable=False),
    Column("profile", PlainJson, nullable=False),
    Column("execution_id", Words, nullable=False),
    Column("taught_by", Words, nullable=False),
    Column("taught_at", Moment, nullable=False),
)

issuer_keys = Table(
    "issuer_keys",
    metadata,
    Column("tenant", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("issuer", Words, primary_key=True),
    Index(None, "tenant", "issuer"),
)

# What invoices say they are and bill. No foreign key to executions: a claim may come before its execution's line.
billings = Table(
    "billings",
    metadata,
    Column("execution_id", Words, primary_key=True),
    Column("tenant", Words, nullable=False),
    Column("order", Words, primary_key=True),
    Column("line", Words, primary_key=True),
    Column("quantity", Money, nullable=False),
    Column("amount", Money, nullable=False),
    # The invoice's place among those of the order, and that of its claim when it billed.
    Column("sequence", BigInteger, nullable=False),
    Column("claim", BigInteger),
    Index(None, "tenant", "order"),
)

claims = Table(
    "claims",
    metadata,
    Column("execution_id", Words, primary_key=True),
    Column("run_id", Words, nullable=False),
    Column("tenant", Words, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("kind", Words, nullable=False),
    *(Column(name, Words) for name in ("vendor_key", "vendor", "vat_id", "number", "number_key", "currency")),
    Column("amount", Money),
    Column("issue_date", Date),
    Column("preceding", Words),
    Column("order", Words),
    Column("name", Words, nullable=False),
    Column("tokens", PlainJson, nullable=False),
    Column("net", Money),
    # Of number and amount, as `infra.ledger.keys` makes them.
    Column("look_key", Words),
    Column("band", Integer),
    Index(None, "tenant", "sequence", unique=True),
    # With the sequence, so that neither database goes through the one above for the newest of them.
    Index(None, "tenant", "number_key", "sequence"),
    Index(None, "tenant", "preceding", "sequence"),
    Index(None, "tenant", "currency", "amount", "sequence"),
    Index(None, "tenant", "vendor_key", "amount", "sequence"),
    Index(None, "tenant", "vendor_key", "issue_date"),
    Index(None, "tenant", "look_key", "sequence"),
    Index(None, "tenant", "vendor_key", "band", "sequence"),
    Index(None, "tenant", "vendor_key", "net", "sequence"),
)
