"""Every question that is asked of a history."""

from collections.abc import Collection
from datetime import date

from imu_hip.history import own_errors, people, reading
from imu_hip.history.database import Database
from imu_hip.history.records import (
    BoutRecord,
    Mode,
    Person,
    PersonSummary,
    RepeatedResult,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
    TrendPoint,
)
from imu_hip.history.tables import sessions
from imu_hip.measures.own_error import OwnErrors
from imu_hip.names import Task


class Questions:
    """Questions to a history; each sees it as it is at one moment.

    Those that take the number of one session and find none answer with nothing, but for
    `session`, which raises a `HistoryError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def people(self) -> tuple[Person, ...]:
        """Everybody, by alias."""
        with self._database.reading() as connection:
            return people.all_people(connection)

    def summaries(self) -> tuple[PersonSummary, ...]:
        """Everybody by alias, with how much the history holds of them."""
        with self._database.reading() as connection:
            return people.summaries(connection)

    def person(self, alias: str) -> Person:
        """The person of an alias, whatever its capitals; a `HistoryError` lists who is known."""
        with self._database.reading() as connection:
            return people.person_named(connection, alias)

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

    def repeated(
        self,
        person: Person | None,
        task: Task | None,
        mode: Mode,
        *,
        simulated: bool = False,
    ) -> tuple[RepeatedResult, ...]:
        """Results of tests in that mode, oldest first; of everybody and of all tasks where None."""
        with self._database.reading() as connection:
            return own_errors.repeated_results(connection, person, task, mode, simulated=simulated)

    def own_errors(self, person: Person, mode: Mode, *, simulated: bool = False) -> OwnErrors:
        """Own errors between days that hold for a person: theirs where kept, else the clinic's."""
        with self._database.reading() as connection:
            return own_errors.own_errors_of(connection, person, mode, simulated=simulated)
