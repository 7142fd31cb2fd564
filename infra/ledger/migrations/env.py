"""Run by Alembic: the migrations, on the connection that `infra.ledger.migrate` opened."""

from alembic import context

from infra.ledger._tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
