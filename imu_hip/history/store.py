"""The history: what is kept of people and their sessions, and every question that is asked of it.

>>> history = open_history()                                                    # doctest: +SKIP
>>> anna = history.add_person("Anna")                                           # doctest: +SKIP
>>> history.trend(anna, Task.SEATED, Mode.ACTIVE)                               # doctest: +SKIP
"""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from imu_hip.history import people, reading, writing
from imu_hip.history.address import address_of, recordings_folder, reports_folder, words_of
from imu_hip.history.database import Database
from imu_hip.history.records import (
    BoutRecord,
    Mode,
    Moment,
    Person,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
    SessionState,
    TrendPoint,
)
from imu_hip.history.schema import migrate
from imu_hip.history.tables import FileKind, sessions
from imu_hip.names import Direction, Sex, Side, Task


def open_history(url: str | None = None, *, folders: Collection[Path] | None = None) -> "History":
    """Open the history and bring its tables to this version's.

    Parameters
    ----------
    url
        `postgresql+psycopg://...`, `sqlite:///...` or the path of a file; None for what the
        environment variable `IMU_HIP_DB` names, else the file in the user's data folder.
    folders
        Where the program puts recordings and reports. Only there are files ever removed.

    Raises
    ------
    HistoryError
        Where it cannot be opened, is damaged, or was written by a newer version.
    """
    database = Database(address_of(url))
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    usual = (recordings_folder(), reports_folder())
    return History(database, tuple(usual if folders is None else folders))


class History:
    """The history of people and their sessions; every method is one transaction.

    All methods wait for the database and may be called from any thread. All raise a
    `HistoryError` where the database cannot be used; those that take the number of a session also
    where there is none of that number.

    Parameters
    ----------
    database
        With the tables of this version, as `open_history` gives it.
    folders
        Where files may be removed.
    """

    def __init__(self, database: Database, folders: tuple[Path, ...]) -> None:
        self._database = database
        self._folders = folders

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def words(self) -> str:
        """Which database this is, as a person knows it and without a password."""
        return words_of(self._database.address)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def people(self) -> tuple[Person, ...]:
        """Everybody, by alias."""
        with self._database.reading() as connection:
            return people.all_people(connection)

    def person(self, alias: str) -> Person:
        """The person of an alias, whatever its capitals; a `HistoryError` lists who is known."""
        with self._database.reading() as connection:
            return people.person_named(connection, alias)

    def add_person(self, alias: str, sex: Sex | None = None) -> Person:
        """The person of an alias, new where there was none; a sex that is given becomes theirs."""
        with self._database.writing() as connection:
            return people.add_person(connection, alias, sex)

    def rename(self, person: Person, alias: str) -> Person:
        """Give a person another alias; refused where somebody else has it."""
        with self._database.writing() as connection:
            return people.rename_person(connection, person, alias)

    def begin_session(
        self, person: Person, protocol: str, mode: Mode, *, simulated: bool, recording: str
    ) -> SessionRecord:
        """Write a new session down, running from now; an empty `recording` is none."""
        with self._database.writing() as connection:
            return writing.begin_session(
                connection, person, protocol, mode, simulated=simulated, recording=recording
            )

    def add_recording(self, session: int, recording: str) -> None:
        """List one more recording of a session, by its absolute path."""
        with self._database.writing() as connection:
            writing.add_file(connection, session, FileKind.RECORDING, recording)

    def add_report(self, session: int, report: str) -> None:
        """List a report of a session, by its absolute path, so that it is exported and deleted."""
        with self._database.writing() as connection:
            writing.add_file(connection, session, FileKind.REPORT, report)

    def add_repetition(self, session: int, repetition: RepetitionRecord) -> None:
        """Keep a repetition; the same one twice is kept once.

        Task, side, direction, moment and number name it: `number` counts all repetitions of a
        movement, also those that do not count. Another one with the same names is refused.
        """
        with self._database.writing() as connection:
            writing.add_repetition(connection, session, repetition)

    def withdraw_repetition(  # noqa: PLR0917
        self,
        session: int,
        task: Task,
        side: Side,
        direction: Direction | None,
        moment: Moment,
        number: int,
    ) -> None:
        """Forget a repetition, so that it can be done again; nothing happens where it is not."""
        with self._database.writing() as connection:
            writing.withdraw_repetition(
                connection,
                session,
                task=task,
                side=side,
                direction=direction,
                moment=moment,
                number=number,
            )

    def add_bout(self, session: int, bout: BoutRecord) -> None:
        """Keep a bout of a stretch; the same one twice is kept once."""
        with self._database.writing() as connection:
            writing.add_bout(connection, session, bout)

    def save_progress(self, session: int, progress: str) -> None:
        """Keep what a session needs to be resumed, in place of what was kept before."""
        with self._database.writing() as connection:
            writing.save_progress(connection, session, progress)

    def finish_session(
        self,
        session: int,
        state: SessionState,
        results: Sequence[ResultRecord],
        comment: str = "",
    ) -> None:
        """Write down how a session ended, finished or stopped, and its results."""
        with self._database.writing() as connection:
            writing.finish_session(connection, session, state, results, comment)

    def unfinished(self) -> tuple[SessionRecord, ...]:
        """Sessions that run or that a crash left, newest first."""
        with self._database.reading() as connection:
            return reading.unfinished_sessions(connection)

    def sessions(
        self, person: Person | None = None, limit: int | None = None
    ) -> tuple[SessionRecord, ...]:
        """Sessions of a person, or of everybody, newest first."""
        condition = None if person is None else sessions.c.person_id == person.id
        with self._database.reading() as connection:
            return reading.sessions_of(connection, condition, limit)

    def session(self, id: int) -> SessionRecord:
        """One session by its number."""
        with self._database.reading() as connection:
            return reading.session_with(connection, id)

    def repetitions(self, session: int) -> tuple[RepetitionRecord, ...]:
        """Repetitions of a session, in the order in which they were kept."""
        with self._database.reading() as connection:
            return reading.repetitions_of(connection, session)

    def results(self, session: int) -> tuple[ResultRecord, ...]:
        """Results of a session, in the order in which they were given."""
        with self._database.reading() as connection:
            return reading.results_of(connection, session)

    def reports(self, session: int) -> tuple[str, ...]:
        """Paths of the reports of a session."""
        with self._database.reading() as connection:
            return reading.reports_of(connection, session)

    def bouts(self, person: Person, day: date) -> tuple[BoutRecord, ...]:
        """Bouts of a person on a day of this computer's clock, oldest first."""
        with self._database.reading() as connection:
            return reading.bouts_on(connection, person, day)

    def session_bouts(self, session: int) -> tuple[BoutRecord, ...]:
        """Bouts of a session, oldest first."""
        with self._database.reading() as connection:
            return reading.bouts_in(connection, session)

    def last_results(
        self,
        person: Person,
        tasks: Collection[Task],
        mode: Mode,
        before: int | None = None,
        *,
        simulated: bool = False,
    ) -> tuple[ResultRecord, ...]:
        """For each task the results of the newest session with that mode that has any.

        Those of the test, not of a retest after a stretch. Virtual and real sensors are never
        mixed: `simulated` says which are meant.

        Parameters
        ----------
        before
            A session; only earlier ones are looked at.
        """
        with self._database.reading() as connection:
            return reading.last_results_of(
                connection, person, tasks, mode, before, simulated=simulated
            )

    def trend(
        self, person: Person, task: Task, mode: Mode, *, simulated: bool = False
    ) -> tuple[TrendPoint, ...]:
        """Results of a task in all sessions of a person with that mode, oldest first.

        Virtual and real sensors are never mixed: `simulated` says which are meant.
        """
        with self._database.reading() as connection:
            return reading.trend_of(connection, person, task, mode, simulated=simulated)
