"""Opening a database, and transactions in it: reading sees one moment, writing loses nothing."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event

from imu_hip.history.address import file_of
from imu_hip.history.errors import HistoryError
from imu_hip.history.troubles import telling, unreadable
from imu_hip.recording.private_files import PRIVATE_FILE, private_folder

PATIENCE_S: Final = 30
"""How long a write waits for another program's."""

CONNECT_S: Final = 10

_POSTGRESQL: Final = {
    "connect_timeout": CONNECT_S,
    # A network that falls silent is noticed as soon as a file that somebody holds on to, and not
    # after the quarter of an hour that systems wait by themselves.
    "tcp_user_timeout": 1000 * PATIENCE_S,
    "keepalives_idle": PATIENCE_S // 3,
    "keepalives_interval": PATIENCE_S // 6,
    "keepalives_count": 4,
}

_WRITES: Final = "imu_hip_writes"
_PRAGMAS: Final = (
    "foreign_keys = ON",
    # A committed result outlives a power cut.
    "synchronous = FULL",
    # What was deleted is overwritten: it is about people.
    "secure_delete = ON",
    # A file from elsewhere may define what is done by itself; nothing in it may call functions.
    "trusted_schema = OFF",
)


class Database:
    """A database and how to begin transactions in it; safe to use from several threads.

    Parameters
    ----------
    address
        As `address_of` gives it. The file and its folder are made where they are missing.

    Raises
    ------
    HistoryError
        Where the folder cannot be made or the driver is not installed.
    """

    def __init__(self, address: URL) -> None:
        self.address = address
        self.path = file_of(address)
        if self.path is not None:
            _make_file(self.path)
        self._engine = _engine(address)
        postgresql = self.path is None
        self._reader = self._engine.execution_options(
            **({"isolation_level": "REPEATABLE READ"} if postgresql else {})
        )
        self._writer = self._engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the database as it is at one moment.

        Raises
        ------
        HistoryError
            Where the database cannot be used.
        """
        with telling(self.address), self._reader.begin() as connection:
            try:
                yield connection
            except (ValueError, KeyError, TypeError) as error:
                raise unreadable(error, self.address) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept as a whole when the block ends, or not at all.

        Raises
        ------
        HistoryError
            Where the database cannot be used, or stays in use by another program.
        """
        with telling(self.address), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """A `writing` transaction in which tables can be replaced without losing their rows.

        Raises
        ------
        HistoryError
            As `writing` does, or where a row would belong to nothing in the end.
        """
        if self.path is None:
            with self.writing() as connection:
                yield connection
            return
        with telling(self.address), self._writer.connect() as connection:
            # To drop a table would otherwise delete what refers to it, and inside a transaction
            # SQLite does not let go of foreign keys.
            _tell_sqlite(connection, "PRAGMA foreign_keys = OFF")
            try:
                with connection.begin():
                    yield connection
                    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise HistoryError(
                            f"The tables of {self.path} cannot be brought to this version.",
                            "Nothing in it was changed; please report it.",
                        )
            finally:
                _tell_sqlite(connection, "PRAGMA foreign_keys = ON")

    def empty_log(self) -> None:
        """Empty SQLite's log, in which rows that were deleted may still stand."""
        if self.path is not None:
            with telling(self.address), self._engine.connect() as connection:
                _tell_sqlite(connection, "PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _make_file(path: Path) -> None:
    try:
        private_folder(path.parent)
        if not path.exists():
            # Others on this computer have no business in it.
            path.touch(mode=PRIVATE_FILE, exist_ok=True)
    except OSError as error:
        raise HistoryError(
            f"The history {path} cannot be made: {error.strerror or error}.",
            "Set IMU_HIP_DB to a file in a folder that you may write to.",
        ) from error


def _engine(address: URL) -> Engine:
    if file_of(address) is None:
        try:
            return create_engine(
                address, pool_pre_ping=True, connect_args=_POSTGRESQL, hide_parameters=True
            )
        except ImportError as error:
            raise HistoryError(
                "PostgreSQL needs a driver that is not installed.",
                "Run `pip install 'imu-hip[clinic]'`.",
            ) from error
    # What was to be kept is about people, and has no business in an error that is logged.
    engine = create_engine(address, connect_args={"timeout": PATIENCE_S}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tell_sqlite(connection: Connection, statement: str) -> None:
    """Give SQLite a statement outside of any transaction."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(statement).fetchall()


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # The driver begins no transactions of its own: they would begin too late.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    deadline_s = time.monotonic() + PATIENCE_S
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            # SQLite does not wait by itself where several programs open a new file at once.
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline_s:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # Of two writers that began by reading, one would fail instead of waiting for the other.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
