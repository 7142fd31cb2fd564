"""What kind of document a posting is of, and of which run of its execution."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_OF_CLAIM = "(SELECT kind FROM claims WHERE claims.execution_id = postings.execution_id)"


def upgrade() -> None:
    op.add_column("postings", sa.Column("kind", WORDS))
    op.add_column("postings", sa.Column("run_id", WORDS))
    op.execute(f"UPDATE postings SET kind = {_OF_CLAIM}")
