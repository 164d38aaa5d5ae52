"""Bringing a history to this version's tables, and refusing those of a newer one."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from imu_hip.history.copying import copy_sqlite
from imu_hip.history.database import Database
from imu_hip.history.errors import HistoryError
from imu_hip.history.tables import SCHEMA

REVISIONS: Final = ("0001", "0002")
"""Names of all migrations, in order; the last is what this version works with."""

SCRIPTS: Final = Path(__file__).with_name("migrations")
VERSION_TABLE: Final = "imu_hip_version"

_ACTIVE: Final = (
    "SELECT type || ' ' || name FROM sqlite_master WHERE type NOT IN ('table', 'index') "
    "OR lower(sql) LIKE 'create virtual%' OR lower(sql) LIKE '%generated always%' LIMIT 1"
)
"""The first part of a SQLite file that is more than a table of values."""

_LOCK: Final = 0x1_4D55_5F48_4950
"""Any number, the same in all programs that migrate a history in PostgreSQL."""


def migrate(
    database: Database, revisions: Sequence[str] = REVISIONS, scripts: Path = SCRIPTS
) -> None:
    """Bring the tables to the last revision; a file that holds data is copied before.

    Raises
    ------
    HistoryError
        Where a newer version of imu_hip made the tables, or another program did.
    OutputError
        Where a file cannot be copied; it is then as it was.
    """
    with database.reading() as connection:
        if _revision(connection, database) == revisions[-1]:
            return
    with database.rebuilding() as connection:
        if database.path is None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = _revision(connection, database)
        if found == revisions[-1]:
            return
        if found is not None and found not in revisions:
            raise HistoryError(
                f"The history was written by a newer version of imu_hip (its tables are {found}, "
                f"this version knows {revisions[-1]}).",
                "Update with `pip install -U imu-hip`; nothing in it was changed.",
            )
        if found is not None and database.path is not None:
            copy_sqlite(database.path, _free_name(database.path))
        _run(connection, scripts)


def holds_history(database: Database) -> bool:
    """Whether a database holds a history already, of whatever version."""
    with database.reading() as connection:
        return _revision(connection, database) is not None


def copies_before_migration(path: Path) -> tuple[Path, ...]:
    """Copies that `migrate` left beside a history."""
    return tuple(sorted(path.parent.glob(f"{path.stem}.before-*{path.suffix}")))


def _require_plain(connection: Connection, database: Database) -> None:
    """Refuse a file in which something would act by itself, as no history does.

    A backup from a stranger could hold triggers and views that answer, or change, what is asked.
    """
    found = connection.execute(text(_ACTIVE)).scalar()
    if found is not None:
        raise HistoryError(
            f"{database.path} holds {found}, which acts by itself and is of no history.",
            "Use a file that imu_hip made, from somebody whom you trust.",
        )


def _revision(connection: Connection, database: Database) -> str | None:
    if database.path is not None:
        _require_plain(connection, database)
    names = set(inspect(connection).get_table_names())
    if VERSION_TABLE in names:
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
        return None if found is None else str(found)
    strangers = names if database.path is not None else names & set(SCHEMA.tables)
    if strangers:
        raise HistoryError(
            f"{database.path or 'The database'} holds tables of another program, such as "
            f"{min(strangers)}.",
            "Name a file or a database of its own for the history.",
        )
    return None


def _free_name(path: Path) -> Path:
    names = (f"{path.stem}.before-{number}{path.suffix}" for number in count(1))
    return next(each for name in names if not (each := path.with_name(name)).exists())


def _run(connection: Connection, scripts: Path) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    # A percent sign in a path would be taken for the name of a setting.
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")
