"""The tables of the history, the same in SQLite and PostgreSQL."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from imu_hip.history.records import Mode, Moment, SessionState
from imu_hip.names import Direction, Sex, Side, Task

LONGEST_ALIAS: Final = 100
"""Characters of a person's alias."""


class FileKind(StrEnum):
    """What a file of a session is."""

    RECORDING = "recording"
    REPORT = "report"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its time zone, kept as UTC where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment as the database keeps it.

        Raises
        ------
        ValueError
            Where the moment has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment of the history needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment as an aware one in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _session_id() -> Column[int]:
    return Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False)


def _word(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, String(32), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> Column[float]:
    return Column(name, Double, nullable=nullable)


SCHEMA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

people: Final = Table(
    "people",
    SCHEMA,
    _id(),
    Column("alias", String(LONGEST_ALIAS), nullable=False),
    # The alias without regard to capitals: "anna" and "Anna" are one person.
    Column("alias_key", String(4 * LONGEST_ALIAS), nullable=False),
    _word("sex", nullable=True),
    Column("created_utc", UtcDateTime, nullable=False),
    UniqueConstraint("alias_key"),
    _one_of("sex", Sex),
    # A number of a person or session that was deleted is never given to another.
    sqlite_autoincrement=True,
)

sessions: Final = Table(
    "sessions",
    SCHEMA,
    _id(),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("protocol", Text, nullable=False),
    _word("mode"),
    Column("started_utc", UtcDateTime, nullable=False),
    Column("ended_utc", UtcDateTime),
    _word("state"),
    Column("version", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    Column("progress", Text, nullable=False),
    _one_of("mode", Mode),
    _one_of("state", SessionState),
    Index(None, "person_id", "started_utc"),
    Index(None, "started_utc"),
    Index(None, "state"),
    sqlite_autoincrement=True,
)

files: Final = Table(
    "files",
    SCHEMA,
    _id(),
    _session_id(),
    _word("kind"),
    Column("path", Text, nullable=False),
    UniqueConstraint("session_id", "kind", "path"),
    Index(None, "path"),
    _one_of("kind", FileKind),
)

repetitions: Final = Table(
    "repetitions",
    SCHEMA,
    _id(),
    _session_id(),
    _word("task"),
    _word("side"),
    # Empty for a movement without direction: two that are absent are the same one.
    _word("direction"),
    _word("moment"),
    Column("number", Integer, nullable=False),
    _number("peak_deg", nullable=True),
    _number("plateau_s", nullable=True),
    _number("thigh_elevation_deg", nullable=True),
    _number("knee_flexion_deg", nullable=True),
    Column("counted", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recording", Text, nullable=False),
    _number("start_s", nullable=True),
    _number("end_s", nullable=True),
    UniqueConstraint("session_id", "task", "moment", "side", "direction", "number"),
    _one_of("task", Task),
    _one_of("side", Side),
    _one_of("direction", ["", *Direction]),
    _one_of("moment", Moment),
)

results: Final = Table(
    "results",
    SCHEMA,
    _id(),
    _session_id(),
    _word("task"),
    _word("side"),
    _word("measure"),
    _word("moment"),
    _number("value_deg"),
    _number("sd_deg", nullable=True),
    Column("repetitions", Integer, nullable=False),
    _number("sem_deg"),
    _number("mdc95_deg"),
    UniqueConstraint("session_id", "task", "moment", "side", "measure"),
    _one_of("task", Task),
    _one_of("side", Side),
    _one_of("moment", Moment),
)

bouts: Final = Table(
    "bouts",
    SCHEMA,
    _id(),
    _session_id(),
    _word("side"),
    Column("started_utc", UtcDateTime, nullable=False),
    _number("duration_s"),
    _number("best_deg", nullable=True),
    UniqueConstraint("session_id", "started_utc", "side"),
    Index(None, "started_utc"),
    _one_of("side", Side),
)

measurement_errors: Final = Table(
    "measurement_errors",
    SCHEMA,
    _id(),
    # Whose error it is; none for everybody of the clinic.
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE")),
    _word("task"),
    _word("measure"),
    _word("mode"),
    Column("simulated", Boolean, nullable=False),
    _number("sem_deg"),
    _number("sem_low_deg"),
    _number("sem_high_deg"),
    Column("degrees_of_freedom", Integer, nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("kept_utc", UtcDateTime, nullable=False),
    Index(None, "person_id"),
    _one_of("task", Task),
    _one_of("mode", Mode),
)
