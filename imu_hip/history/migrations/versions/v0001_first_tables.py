"""People, their sessions, and what was measured in them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
TASKS = "task IN ('seated', 'prone', 'cross-legged', 'walk', 'run')"
SIDES = "side IN ('left', 'right')"
MOMENTS = "moment IN ('test', 'retest')"


def upgrade() -> None:
    """Make the tables of the first version."""
    _people()
    _sessions()
    _files()
    _repetitions()
    _results()
    _bouts()


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, nullable=False)


def _word(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=nullable)


def _session(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return sa.Column("session_id", sa.Integer, nullable=False), sa.ForeignKeyConstraint(
        ["session_id"], ["sessions.id"], name=f"fk_{table}_session_id", ondelete="CASCADE"
    )


def _check(table: str, column: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{column}"))


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=f"pk_{table}")


def _people() -> None:
    op.create_table(
        "people",
        _id(),
        sa.Column("alias", sa.String(100), nullable=False),
        sa.Column("alias_key", sa.String(400), nullable=False),
        _word("sex", nullable=True),
        sa.Column("created_utc", MOMENT, nullable=False),
        _key("people"),
        sa.UniqueConstraint("alias_key", name="uq_people_alias_key"),
        _check("people", "sex", "sex IN ('female', 'male')"),
        sqlite_autoincrement=True,
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        _id(),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("protocol", sa.Text, nullable=False),
        _word("mode"),
        sa.Column("started_utc", MOMENT, nullable=False),
        sa.Column("ended_utc", MOMENT),
        _word("state"),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("progress", sa.Text, nullable=False),
        _key("sessions"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_sessions_person_id", ondelete="CASCADE"
        ),
        _check("sessions", "mode", "mode IN ('active', 'self-assisted', 'passive')"),
        _check("sessions", "state", "state IN ('running', 'finished', 'stopped')"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_person_id_started_utc", "sessions", ["person_id", "started_utc"])
    op.create_index("ix_sessions_started_utc", "sessions", ["started_utc"])
    op.create_index("ix_sessions_state", "sessions", ["state"])


def _files() -> None:
    op.create_table(
        "files",
        _id(),
        *_session("files"),
        _word("kind"),
        sa.Column("path", sa.Text, nullable=False),
        _key("files"),
        sa.UniqueConstraint("session_id", "kind", "path", name="uq_files_session_id_kind_path"),
        _check("files", "kind", "kind IN ('recording', 'report')"),
    )
    op.create_index("ix_files_path", "files", ["path"])


def _repetitions() -> None:
    columns = ["session_id", "task", "moment", "side", "direction", "number"]
    op.create_table(
        "repetitions",
        _id(),
        *_session("repetitions"),
        _word("task"),
        _word("side"),
        _word("direction"),
        _word("moment"),
        sa.Column("number", sa.Integer, nullable=False),
        _number("peak_deg", nullable=True),
        _number("plateau_s", nullable=True),
        _number("thigh_elevation_deg", nullable=True),
        _number("knee_flexion_deg", nullable=True),
        sa.Column("counted", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recording", sa.Text, nullable=False),
        _number("start_s", nullable=True),
        _number("end_s", nullable=True),
        _key("repetitions"),
        sa.UniqueConstraint(*columns, name=f"uq_repetitions_{'_'.join(columns)}"),
        _check("repetitions", "task", TASKS),
        _check("repetitions", "side", SIDES),
        _check("repetitions", "direction", "direction IN ('', 'internal', 'external')"),
        _check("repetitions", "moment", MOMENTS),
    )


def _results() -> None:
    columns = ["session_id", "task", "moment", "side", "measure"]
    op.create_table(
        "results",
        _id(),
        *_session("results"),
        _word("task"),
        _word("side"),
        _word("measure"),
        _word("moment"),
        _number("value_deg"),
        _number("sd_deg", nullable=True),
        sa.Column("repetitions", sa.Integer, nullable=False),
        _number("sem_deg"),
        _number("mdc95_deg"),
        _key("results"),
        sa.UniqueConstraint(*columns, name=f"uq_results_{'_'.join(columns)}"),
        _check("results", "task", TASKS),
        _check("results", "side", SIDES),
        _check("results", "moment", MOMENTS),
    )


def _bouts() -> None:
    op.create_table(
        "bouts",
        _id(),
        *_session("bouts"),
        _word("side"),
        sa.Column("started_utc", MOMENT, nullable=False),
        _number("duration_s"),
        _number("best_deg", nullable=True),
        _key("bouts"),
        sa.UniqueConstraint(
            "session_id", "started_utc", "side", name="uq_bouts_session_id_started_utc_side"
        ),
        _check("bouts", "side", SIDES),
    )
    op.create_index("ix_bouts_started_utc", "bouts", ["started_utc"])
