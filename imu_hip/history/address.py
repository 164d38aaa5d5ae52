"""Where the history is: a file of the user, or a clinic's PostgreSQL."""

import os
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from imu_hip.bluetooth.on_sensor_session import data_folder
from imu_hip.history.errors import HistoryError

ADDRESS_VARIABLE: Final = "IMU_HIP_DB"
"""Names a database or a file, instead of the file in the user's data folder."""

FILE_NAME: Final = "history.sqlite"

_POSTGRESQL: Final = {"postgres", "postgresql", "postgresql+psycopg"}
_SQLITE: Final = {"sqlite", "sqlite+pysqlite"}
_ADVICE: Final = (
    "Write postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, or the path of a file, "
    f"after --db or in {ADDRESS_VARIABLE}."
)


def recordings_folder() -> Path:
    """Where guided sessions put their recordings unless they are told another folder."""
    return data_folder() / "recordings"


def reports_folder() -> Path:
    """Where guided sessions put their reports."""
    return data_folder() / "reports"


def address_of(given: str | None) -> URL:
    """The database that is meant: what is given, else `IMU_HIP_DB`, else the user's file.

    Raises
    ------
    HistoryError
        Where it is no address of SQLite or PostgreSQL. What was given is not repeated: it may
        hold a password.
    """
    text = given or os.environ.get(ADDRESS_VARIABLE) or str(data_folder() / FILE_NAME)
    if "://" not in text:
        return _file(text)
    try:
        address = make_url(text)
    except (ArgumentError, ValueError):
        raise HistoryError("The address of the database cannot be read.", _ADVICE) from None
    if address.drivername in _SQLITE:
        if address.database in {None, "", ":memory:"}:
            raise HistoryError("The address of the database names no file.", _ADVICE)
        return _file(str(address.database))
    if address.drivername not in _POSTGRESQL:
        raise HistoryError(f"The history cannot be kept in {address.drivername}.", _ADVICE)
    if "@" in (address.host or "") or not address.database:
        # An @ in a password would be taken for its end, and the rest of it for the host.
        raise HistoryError(
            "The address of the database names no host or database that can be.",
            f"{_ADVICE} In a password write %40 for @, %3A for : and %2F for /.",
        )
    return address.set(drivername="postgresql+psycopg")


def words_of(address: URL) -> str:
    """The database as a person knows it, never with a password."""
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    host = address.host or address.query.get("host") or "this computer"
    port = f":{address.port}" if address.port else ""
    return f"PostgreSQL database {address.database} on {host}{port}"


def file_of(address: URL) -> Path | None:
    """The file of a SQLite history, None for PostgreSQL."""
    is_file = address.get_backend_name() == "sqlite"
    return Path(str(address.database)) if is_file else None


def _file(path: str) -> URL:
    whole = Path(path).expanduser().absolute()
    return URL.create("sqlite+pysqlite", database=str(whole))
