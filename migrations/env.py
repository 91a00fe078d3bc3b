"""Alembic's entry: run the scripts on the connection, and in the transaction, that `store.migrating` holds."""

from alembic import context

from argosy.gateways.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
