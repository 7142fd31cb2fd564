"""What numbers and amounts that are nearly the same have in common, of claims and postings; and the net amount of claims."""

from decimal import Decimal
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from infra.ledger.keys import band, look_key

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MONEY = sa.Text().with_variant(sa.Numeric(), "postgresql")
_AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("claims", sa.Column("net", MONEY))
    for table in ("claims", "postings"):
        op.add_column(table, sa.Column("look_key", WORDS))
        op.add_column(table, sa.Column("band", sa.Integer()))
        _fill(table)
    for last in ("band", "net"):
        columns = ["tenant", "vendor_key", last, "sequence"]
        op.create_index(f"ix_claims_{'_'.join(columns)}", "claims", columns)
    op.create_index("ix_claims_tenant_look_key_sequence", "claims", ["tenant", "look_key", "sequence"])
    for last in ("look_key", "band"):
        columns = ["tenant", "vendor_key", last]
        op.create_index(f"ix_postings_{'_'.join(columns)}", "postings", columns)


def _fill(table: str) -> None:
    """What was claimed and posted before is found as well."""
    bound = op.get_bind()
    rows = bound.execute(sa.text(f"SELECT execution_id, number, amount FROM {table}")).mappings().all()
    keyed = (_keys(row) for row in rows)
    update = sa.text(f"UPDATE {table} SET look_key = :look_key, band = :band WHERE execution_id = :execution_id")
    while some := list(islice(keyed, _AT_ONCE)):
        bound.execute(update, some)


def _keys(row: sa.RowMapping) -> dict[str, Any]:
    return {
        "execution_id": row["execution_id"],
        "look_key": look_key(row["number"]) if row["number"] else None,
        "band": None if row["amount"] is None else band(Decimal(row["amount"])),
    }
