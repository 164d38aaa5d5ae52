"""What databases complain of, as sentences that say what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from imu_hip.history.address import ADDRESS_VARIABLE, words_of
from imu_hip.history.errors import HistoryError

_DAMAGED_ADVICE: Final = (
    "Move that file away, then read a backup with `imu-hip history restore FILE`."
)
_WRITABLE_ADVICE: Final = (
    f"Ask for permission, or set {ADDRESS_VARIABLE} to a file in a folder that you may write to."
)

# By SQLite's primary result codes.
_SQLITE: Final = {
    sqlite3.SQLITE_PERM: ("may not be opened", _WRITABLE_ADVICE),
    sqlite3.SQLITE_BUSY: (
        "is in use by another program that does not let go of it",
        "Close other programs of imu_hip and try again.",
    ),
    sqlite3.SQLITE_LOCKED: ("is locked by this program", "Try again."),
    sqlite3.SQLITE_READONLY: ("cannot be written to", _WRITABLE_ADVICE),
    sqlite3.SQLITE_IOERR: (
        "cannot be read or written, the disk reports an error",
        "Check that the disk is connected and healthy.",
    ),
    sqlite3.SQLITE_CORRUPT: ("is damaged", _DAMAGED_ADVICE),
    sqlite3.SQLITE_FULL: (
        "cannot grow, the disk is full",
        "Free some space and try again; what was saved before is kept.",
    ),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", _WRITABLE_ADVICE),
    sqlite3.SQLITE_CONSTRAINT: (
        "refused values that contradict it",
        "Check them and try again; nothing was kept.",
    ),
    sqlite3.SQLITE_NOTADB: ("is no history, or damaged", _DAMAGED_ADVICE),
}

_FULL: Final = {sqlite3.SQLITE_IOERR_SHMSIZE: sqlite3.SQLITE_FULL}
"""An extended result code that in fact says that a file beside the history finds no space."""

# By PostgreSQL's SQLSTATE, or its class of two characters.
_POSTGRESQL: Final = {
    "42501": (
        "does not let this user do that",
        "Ask its administrator for the right to create and change tables.",
    ),
    "25006": ("takes no changes now", "Ask its administrator whether it is a standby."),
    "53": ("is out of space, memory or connections", "Ask its administrator, then try again."),
    "23": ("refused values that contradict it", "Check them and try again; nothing was kept."),
    "42": ("holds tables that are not those of a history", "Use a database of its own."),
}


@contextmanager
def telling(address: URL) -> Iterator[None]:
    """Turn what a database complains of into a `HistoryError` about the database at `address`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise trouble(error, address) from error


def trouble(error: Exception, address: URL) -> HistoryError:
    """What a database complains of, as a sentence."""
    cause = error.orig if isinstance(error, StatementError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, words_of(address))
    if isinstance(error, DBAPIError):
        return _of_postgresql(error, address)
    # The rest of such a message is the whole statement, with what was to be kept.
    told = str(cause).strip().split("\n")[0]
    return HistoryError(f"{words_of(address)} does not take that: {told}.", "Nothing was kept.")


def unreadable(error: Exception, address: URL) -> HistoryError:
    """What is told where a row holds what no version of imu_hip writes, such as an unknown side."""
    told = str(error).split("\n")[0]
    return HistoryError(
        f"The history {words_of(address)} is damaged, it holds a value that means nothing: {told}.",
        _DAMAGED_ADVICE,
    )


def _of_sqlite(error: sqlite3.Error, words: str) -> HistoryError:
    whole = getattr(error, "sqlite_errorcode", 0)
    code = _FULL.get(whole, whole & 0xFF)
    if code in _SQLITE:
        what, advice = _SQLITE[code]
        return HistoryError(f"The history {words} {what}.", advice)
    return HistoryError(
        f"The history {words} cannot be used: {error}.",
        "Check that it is a history of imu_hip and that the disk is healthy.",
    )


def _of_postgresql(error: DBAPIError, address: URL) -> HistoryError:
    words = words_of(address)
    state = getattr(error.orig, "sqlstate", None) or ""
    known = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    if known:
        what, advice = known
        return HistoryError(f"The {words} {what}.", advice)
    told = _one_line(str(error.orig), address.password)
    if "FATAL" in told:
        return HistoryError(
            f"The {words} refused the connection: {told.split('FATAL:')[-1].strip()}.",
            f"Check user, password and database in {ADDRESS_VARIABLE} or --db.",
        )
    if error.connection_invalidated or state[:2] in {"", "08", "57"}:
        return HistoryError(
            f"The {words} cannot be reached: {told}.",
            "Check that it runs and that the network is there; what was saved before is kept.",
        )
    return HistoryError(f"The {words} complains: {told}.", "Try again.")


def _one_line(told: str, password: object) -> str:
    line = told.strip().split("\n")[0].removeprefix("connection failed: ").rstrip(".?! ")
    return line.replace(str(password), "***") if password else line
