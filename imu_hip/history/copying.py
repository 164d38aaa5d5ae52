"""Copies of whole histories: file to file, and row by row between databases."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, insert, select, text

from imu_hip.history.address import address_of
from imu_hip.history.database import PATIENCE_S
from imu_hip.history.errors import HistoryError
from imu_hip.history.tables import SCHEMA, measurement_errors, people
from imu_hip.history.troubles import trouble
from imu_hip.recording.formats.files import replacing
from imu_hip.recording.private_files import PRIVATE_FILE

ROWS_AT_ONCE: Final = 2000


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a history file while others use it; the copy is one file, whole and checked.

    Raises
    ------
    HistoryError
        Where the source is damaged, or where one cannot be used; then there is no copy.
    OutputError
        Where the copy cannot be written.
    """
    # One that was broken off must not be taken for a copy that can be gone back to.
    with replacing(target) as unfinished:
        # As private as a history; SQLite would leave it to the user's setting.
        unfinished.chmod(PRIVATE_FILE)
        try:
            with (
                closing(sqlite3.connect(source, timeout=PATIENCE_S)) as original,
                closing(sqlite3.connect(unfinished)) as copy,
            ):
                original.backup(copy)
                make_single_file(copy)
                fault = fault_of(copy)
        except sqlite3.Error as error:
            code = error.sqlite_errorcode & 0xFF
            damaged = code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
            raise trouble(error, address_of(str(source if damaged else target))) from error
        if fault:
            raise HistoryError(
                f"The history {source} is damaged: {fault}.",
                "Read a backup with `imu-hip history restore FILE`.",
            )


def make_single_file(connection: sqlite3.Connection) -> None:
    """Take the write-ahead log into the file, so that it can be copied like any other."""
    connection.execute("PRAGMA journal_mode = DELETE")


def fault_of(connection: sqlite3.Connection) -> str:
    """The first fault of a database file, empty where there is none."""
    # The names of damaged tables are part of what is told, and may be no text any more.
    connection.text_factory = _text
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        return " ".join(str(found).split())
    dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    return f"a row of {dangling[0]} belongs to nothing" if dangling else ""


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def copy_rows(source: Connection, target: Connection) -> int:
    """Copy all rows into tables that are empty; returns how many."""
    copied = 0
    for table in SCHEMA.sorted_tables:
        rows = source.execution_options(yield_per=ROWS_AT_ONCE).execute(
            select(table).order_by(table.c.id)
        )
        for part in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in part])
            copied += len(part)
        if target.dialect.name == "postgresql":
            _go_on_counting(target, table.name)
    return copied


def knows_anybody(connection: Connection) -> bool:
    """Whether a history holds anything."""
    # The errors of a clinic belong to nobody and stay when the last person goes.
    tables = (people, measurement_errors)
    return any(connection.execute(select(t.c.id).limit(1)).first() is not None for t in tables)


def _go_on_counting(connection: Connection, table: str) -> None:
    connection.execute(
        text(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} "
            "HAVING max(id) IS NOT NULL"
        )
    )
