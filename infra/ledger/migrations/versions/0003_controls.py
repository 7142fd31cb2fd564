"""What a controller checks against: vendors, orders, receipts; what invoices claim to be and bill; verdicts of findings."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MONEY = sa.Text().with_variant(sa.Numeric(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("findings", sa.Column("verdict", WORDS, nullable=False, server_default="fail"))
    op.add_column("findings", sa.Column("decided_by", sa.JSON(), nullable=False, server_default='{"by": "rule"}'))
    op.add_column("postings", sa.Column("vendor_key", WORDS))
    op.add_column("postings", sa.Column("number_key", WORDS))
    op.create_index("ix_postings_tenant_vendor_key_number_key", "postings", ["tenant", "vendor_key", "number_key"])
    op.create_table(
        "vendors",
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        *(
            sa.Column(name, sa.JSON(), nullable=False)
            for name in ("aliases", "vat_ids", "tax_numbers", "legal_ids", "ibans")
        ),
        sa.Column("country", WORDS),
        sa.Column("currency", WORDS),
        sa.Column("terms_days", sa.Integer()),
        sa.Column("limit", MONEY),
        sa.Column("cost_centre", WORDS),
        sa.Column("order_required", sa.Boolean(), nullable=False),
        sa.Column("blocked", WORDS),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_vendors"),
    )
    op.create_table(
        "orders",
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("number", WORDS, nullable=False),
        sa.Column("number_key", WORDS, nullable=False),
        sa.Column("vendor_id", WORDS),
        sa.Column("currency", WORDS, nullable=False),
        sa.Column("ordered_on", sa.Date()),
        sa.Column("ordered_by", WORDS),
        sa.Column("cost_centre", WORDS),
        sa.Column("receipt_required", sa.Boolean(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "number", name="pk_orders"),
    )
    op.create_index("ix_orders_tenant_number_key", "orders", ["tenant", "number_key"])
    op.create_table(
        "receipts",
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("number", WORDS, nullable=False),
        sa.Column("order", WORDS, nullable=False),
        sa.Column("line", WORDS, nullable=False),
        sa.Column("quantity", MONEY, nullable=False),
        sa.Column("received_on", sa.Date()),
        sa.PrimaryKeyConstraint("tenant", "number", "order", "line", name="pk_receipts"),
    )
    op.create_index("ix_receipts_tenant_order", "receipts", ["tenant", "order"])
    op.create_table(
        "billings",
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("order", WORDS, nullable=False),
        sa.Column("line", WORDS, nullable=False),
        sa.Column("quantity", MONEY, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("claim", sa.BigInteger()),
        sa.PrimaryKeyConstraint("execution_id", "order", "line", name="pk_billings"),
    )
    op.create_index("ix_billings_tenant_order", "billings", ["tenant", "order"])
    op.create_table(
        "claims",
        sa.Column("execution_id", WORDS, nullable=False),
        sa.Column("run_id", WORDS, nullable=False),
        sa.Column("tenant", WORDS, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        *(sa.Column(name, WORDS) for name in ("vendor_key", "vendor", "vat_id", "number", "number_key", "currency")),
        sa.Column("amount", MONEY),
        sa.Column("issue_date", sa.Date()),
        sa.Column("preceding", WORDS),
        sa.Column("order", WORDS),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("tokens", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("execution_id", name="pk_claims"),
    )
    op.create_index("ix_claims_tenant_sequence", "claims", ["tenant", "sequence"], unique=True)
    op.create_index("ix_claims_tenant_number_key_sequence", "claims", ["tenant", "number_key", "sequence"])
    op.create_index("ix_claims_tenant_preceding_sequence", "claims", ["tenant", "preceding", "sequence"])
    op.create_index(
        "ix_claims_tenant_vendor_key_amount_sequence", "claims", ["tenant", "vendor_key", "amount", "sequence"]
    )
    alike = ["tenant", "currency", "amount", "sequence"]
    op.create_index("ix_claims_tenant_currency_amount_sequence", "claims", alike)
    op.create_index("ix_claims_tenant_vendor_key_issue_date", "claims", ["tenant", "vendor_key", "issue_date"])
