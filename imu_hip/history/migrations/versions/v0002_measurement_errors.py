"""Measurement errors of a person or of everybody, from their own repeated sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLE = "measurement_errors"
TASKS = "task IN ('seated', 'prone', 'cross-legged', 'walk', 'run')"
MODES = "mode IN ('active', 'self-assisted', 'passive')"


def upgrade() -> None:
    """Add the table; nothing that was there changes."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer),
        *(sa.Column(name, sa.String(32), nullable=False) for name in ("task", "measure", "mode")),
        sa.Column("simulated", sa.Boolean, nullable=False),
        *(
            sa.Column(name, sa.Double, nullable=False)
            for name in ("sem_deg", "sem_low_deg", "sem_high_deg")
        ),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("degrees_of_freedom", "sessions", "people")
        ),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("kept_utc", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=f"fk_{TABLE}_person_id", ondelete="CASCADE"
        ),
        sa.CheckConstraint(TASKS, name=op.f(f"ck_{TABLE}_task")),
        sa.CheckConstraint(MODES, name=op.f(f"ck_{TABLE}_mode")),
    )
    op.create_index(f"ix_{TABLE}_person_id", TABLE, ["person_id"])
