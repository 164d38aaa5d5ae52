"""A whole history in one file, from either database and back into either."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from imu_hip.history.address import address_of
from imu_hip.history.copying import (
    copy_rows,
    copy_sqlite,
    fault_of,
    knows_anybody,
    make_single_file,
)
from imu_hip.history.database import Database
from imu_hip.history.errors import HistoryError
from imu_hip.history.schema import holds_history, migrate
from imu_hip.history.troubles import telling
from imu_hip.recording.formats.files import replacing
from imu_hip.recording.private_files import PRIVATE_FILE


def back_up(database: Database, path: Path) -> None:
    """Write everything into one new SQLite file, while others go on using the history.

    Raises
    ------
    HistoryError
        Where the file is there already, or the history is damaged.
    OutputError
        Where it cannot be written.
    """
    if path.exists():
        raise HistoryError(f"{path} is there already.", "Choose another name for the backup.")
    if database.path is not None:
        copy_sqlite(database.path, path)
        return
    with replacing(path) as unfinished, telling(address_of(str(path))):
        # Nobody else on this computer has business in it.
        unfinished.chmod(PRIVATE_FILE)
        _write_rows(database, unfinished)


def restore(database: Database, path: Path) -> int:
    """Read a backup into an empty history; returns how many rows it had. The backup is only read.

    Raises
    ------
    HistoryError
        Where the history is not empty, or the file is no backup, damaged, or of a newer version.
    """
    if not path.is_file():
        raise HistoryError(f"There is no backup {path}.", "Check the name and the folder.")
    with TemporaryDirectory() as folder:
        # A backup of an older version is migrated, which must not change the backup itself.
        copy = Path(folder) / path.name
        _copy_files(path, copy)
        with telling(address_of(str(path))), closing(sqlite3.connect(copy)) as connection:
            fault = fault_of(connection)
        if fault:
            raise HistoryError(f"The backup {path} is damaged: {fault}.", "Use another backup.")
        source = Database(address_of(str(copy)))
        try:
            if not holds_history(source):
                raise HistoryError(f"{path} holds no history.", "Name a file of `history backup`.")
            migrate(source)
            return _read_rows(source, database)
        finally:
            source.close()


def _write_rows(database: Database, path: Path) -> None:
    target = Database(address_of(str(path)))
    try:
        migrate(target)
        with database.reading() as source, target.writing() as connection:
            copy_rows(source, connection)
    finally:
        target.close()
    with closing(sqlite3.connect(path)) as written:
        make_single_file(written)


def _read_rows(source: Database, database: Database) -> int:
    with database.writing() as target:
        if knows_anybody(target):
            raise HistoryError(
                "The history is not empty, so nothing was read into it.",
                "Name a new file or an empty database with --db.",
            )
        with source.reading() as connection:
            return copy_rows(connection, target)


def _copy_files(path: Path, copy: Path) -> None:
    try:
        shutil.copyfile(path, copy)
        # Where the file of a history was copied by hand, its newest rows are in the log.
        log = path.with_name(f"{path.name}-wal")
        if log.is_file():
            shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
    except OSError as error:
        raise HistoryError(
            f"The backup {path} cannot be read: {error.strerror or error}.",
            "Check that you may read it and that there is space for a copy.",
        ) from error
