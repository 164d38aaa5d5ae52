"""Histories and backups that a disk damaged, and rows that something else wrote."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from imu_hip.history.store import open_history
from tests.faults.fuzz_target import Target, scratch
from tests.histories import bout, everything, repetition, result, session

Run = Callable[[bytes], None]


def _history_seeds() -> Sequence[bytes]:
    """A whole history as a file; small pages, so that damage hits something."""
    with scratch() as folder:
        path = folder / "history.sqlite"
        with open_history(str(path)) as history:
            person = history.add_person("Ada")
            number = session(history, person, result())
            history.add_repetition(number, repetition())
            history.add_bout(number, bout())
            history.backup(folder / "backup.sqlite")
        data = (folder / "backup.sqlite").read_bytes()
    return [data]


def _restored(folder: Path) -> Run:
    """Read a damaged backup into a new history, and ask that for everything."""
    backup, empty = folder / "backup.sqlite", folder / "empty.sqlite"
    open_history(str(empty)).close()
    target = folder / "history.sqlite"

    def run(data: bytes) -> None:
        backup.write_bytes(data)
        shutil.copyfile(empty, target)
        with open_history(str(target), folders=(folder,)) as history:
            history.restore(backup)
            everything(history)

    return run


def _put(data: bytes, target: Path) -> None:
    """Write a history, without the log of the one before it."""
    for rest in target.parent.glob(f"{target.name}*"):
        rest.unlink()
    target.write_bytes(data)


def _damaged(folder: Path) -> Run:
    """Open a damaged history itself, and ask it for everything."""
    target = folder / "history.sqlite"

    def run(data: bytes) -> None:
        _put(data, target)
        with open_history(str(target), folders=(folder,)) as history:
            everything(history)

    return run


def _row_seeds() -> Sequence[bytes]:
    """Values of one row by table and column."""
    return [
        json.dumps({"table": table, "column": column, "value": value}).encode()
        for table, column, value in (
            ("people", "alias", "Ada"),
            ("people", "sex", "female"),
            ("sessions", "started_utc", "2026-03-01 09:30:00.000000"),
            ("sessions", "progress", "{}"),
            ("sessions", "mode", "active"),
            ("results", "value_deg", 36.5),
            ("results", "task", "seated"),
            ("repetitions", "peak_deg", 36.5),
            ("repetitions", "direction", "internal"),
            ("bouts", "duration_s", 45.0),
        )
    ]


def _rows_changed(folder: Path) -> Run:
    """Put any value into one column of a history, and ask that for everything."""
    target = folder / "history.sqlite"
    (base,) = _history_seeds()

    def run(data: bytes) -> None:
        _put(base, target)
        try:
            asked = json.loads(data)
            with closing(sqlite3.connect(target)) as connection, connection:
                connection.execute("PRAGMA ignore_check_constraints = ON")
                connection.execute(
                    f"UPDATE {asked['table']} SET {asked['column']} = ?", (asked["value"],)
                )
        except (sqlite3.Error, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return
        with open_history(str(target), folders=(folder,)) as history:
            everything(history)

    return run


HISTORIES = (
    Target("history backup", _history_seeds, _restored, weight=0.25),
    Target("history file", _history_seeds, _damaged, weight=0.25),
    Target("history values", _row_seeds, _rows_changed, weight=0.25),
)
