"""Runs the migrations on a connection that was opened for them.

A migration that makes a table of SQLite anew has to name its checks and `sqlite_autoincrement`
again: they are not read from the table that is there.
"""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table=attributes["version_table"],
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
