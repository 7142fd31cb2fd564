"""Ways a vendor may be paid other than to an IBAN."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vendors", sa.Column("destinations", sa.JSON(), nullable=False, server_default="[]"))
