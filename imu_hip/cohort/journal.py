"""What was measured, kept beside the table: each result as it comes, so that none is lost.

An SQLite file: it survives a killed program, holds a million recordings without holding them in
memory, and lets one program write at a time.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.finding import Found
from imu_hip.cohort.plan import Problem
from imu_hip.cohort.tidy import TidyRow
from imu_hip.cohort.work import Outcome

SCHEMA: Final = 1
AT_ONCE: Final = 200
_TABLES: Final = """
DROP TABLE IF EXISTS listed;
CREATE TABLE listed (number INTEGER PRIMARY KEY, recording TEXT UNIQUE, fingerprint TEXT);
CREATE TABLE IF NOT EXISTS outcome (
    recording TEXT PRIMARY KEY, fingerprint TEXT, version TEXT, task TEXT, final INTEGER,
    reason TEXT, measured TEXT
);
"""
_WAITING: Final = """
SELECT number, recording FROM listed WHERE number > ? AND NOT EXISTS (
    SELECT 1 FROM outcome WHERE outcome.recording = listed.recording
    AND outcome.fingerprint = listed.fingerprint AND final AND version = ? AND task = ?
) ORDER BY number LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """A recording that was measured: its rows and the version that made them."""

    recording: str
    version: str
    rows: tuple[TidyRow, ...]


class Journal:
    """The journal of one table; to be used in a `with`, which lets nobody else write.

    Raises
    ------
    CohortError
        Where another program writes it, or it is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        with _told(self._path):
            self._database = sqlite3.connect(self._path, timeout=0.5)
            try:
                # Two runs of one table would replace each other's list of what is to be measured.
                self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
                # Where the computer loses power, the last results may be measured again, which
                # is cheaper than to wait for the disk after each of ten thousand.
                self._database.execute("PRAGMA synchronous = NORMAL")
                # Outcomes of another schema cannot be read; all of it can be measured again.
                if self._database.execute("PRAGMA user_version").fetchone()[0] not in {0, SCHEMA}:
                    self._database.execute("DROP TABLE IF EXISTS outcome")
                self._database.executescript(_TABLES)
                self._database.execute(f"PRAGMA user_version = {SCHEMA}")
                self._database.commit()
            except sqlite3.Error:
                self._database.close()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def enlist(self, found: Iterable[Found]) -> int:
        """Take down what the cohort holds, each recording once; returns how many they are."""
        with _told(self._path), self._database as database:
            # A recording that two names mean would count twice for its person.
            database.executemany(
                "INSERT OR IGNORE INTO listed (recording, fingerprint) VALUES (?, ?)",
                ((one.recording, one.fingerprint) for one in found),
            )
            return int(database.execute("SELECT count(*) FROM listed").fetchone()[0])

    def recordings(self) -> Iterator[str]:
        """Everything that is listed, in order."""
        with _told(self._path):
            found = self._database.execute("SELECT recording FROM listed ORDER BY number")
            yield from (recording for (recording,) in found)

    def waiting(self, version: str, task: str) -> Iterator[tuple[int, str]]:
        """Numbers and recordings that are still to be measured, whatever comes in meanwhile."""
        # In parts, since what an open query sees of outcomes that `keep` adds is not defined.
        last = 0
        while part := self._part_of_waiting(last, version, task):
            yield from part
            last = part[-1][0]

    def _part_of_waiting(self, last: int, version: str, task: str) -> Sequence[tuple[int, str]]:
        with _told(self._path):
            return self._database.execute(_WAITING, (last, version, task, AT_ONCE)).fetchall()

    def count_waiting(self, version: str, task: str) -> int:
        """How many are still to be measured."""
        counted = f"SELECT count(*) FROM ({_WAITING})"
        with _told(self._path):
            return int(self._database.execute(counted, (0, version, task, -1)).fetchone()[0])

    def keep(self, number: int, task: str, outcome: Outcome) -> None:
        """Write down what came of a recording; after this it is not lost."""
        rows = json.dumps([astuple(row) for row in outcome.rows], ensure_ascii=False)
        with _told(self._path), self._database as database:
            database.execute(
                "INSERT OR REPLACE INTO outcome SELECT recording, fingerprint, ?, ?, ?, ?, ? "
                "FROM listed WHERE number = ?",
                (outcome.version, task, outcome.final, outcome.reason, rows, number),
            )

    def measured(self) -> Iterator[Measured]:
        """All that was measured of what is listed, in its order."""
        with _told(self._path):
            found = self._database.execute(
                "SELECT recording, version, measured FROM listed JOIN outcome USING (recording) "
                "WHERE reason = '' ORDER BY number"
            )
            for recording, version, rows in found:
                yield Measured(recording, version, _rows(rows))

    def problems(self) -> Iterator[Problem]:
        """All that could not be measured of what is listed, in its order."""
        with _told(self._path):
            found = self._database.execute(
                "SELECT recording, reason FROM listed JOIN outcome USING (recording) "
                "WHERE reason <> '' ORDER BY number"
            )
            for recording, reason in found:
                yield Problem(recording, reason)


def _rows(text: str) -> tuple[TidyRow, ...]:
    try:
        return tuple(TidyRow(*row) for row in json.loads(text))
    except (ValueError, TypeError, RecursionError) as error:
        raise sqlite3.DatabaseError(f"rows that are none ({error})") from error


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Errors of the database as sentences."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise CohortError(
                f"Another run is writing {path}.", "Wait for its end, or name another table."
            ) from error
        raise CohortError(
            f"{path} cannot be written: {error}.",
            "Choose a folder that you may write to and that has space left.",
        ) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        # What SQLite says of damage names tables, whose names may be no text any more.
        raise CohortError(
            f"{path} is damaged: {error}.", "Delete it; everything is then measured again."
        ) from error
