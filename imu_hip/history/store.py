"""The history: what is kept of people and their sessions."""

from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from imu_hip.history import own_errors, people, writing
from imu_hip.history.address import address_of, recordings_folder, reports_folder, words_of
from imu_hip.history.backup import back_up, restore
from imu_hip.history.database import Database
from imu_hip.history.deletion import delete_rows, files_of, remove_files
from imu_hip.history.export import contents, write_export
from imu_hip.history.questions import Questions
from imu_hip.history.records import (
    BoutRecord,
    Deleted,
    Exported,
    Mode,
    Moment,
    Person,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
    SessionState,
    Step,
)
from imu_hip.history.schema import copies_before_migration, migrate
from imu_hip.history.tables import FileKind
from imu_hip.measures.own_error import OwnError
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


class History(Questions):
    """The history of people and their sessions; every method is one transaction.

    All methods wait for the database and may be called from any thread. All raise a
    `HistoryError` where the database cannot be used; those that write to a session also where
    there is none of that number.

    Parameters
    ----------
    database
        With the tables of this version, as `open_history` gives it.
    folders
        Where files may be removed.
    """

    def __init__(self, database: Database, folders: tuple[Path, ...]) -> None:
        super().__init__(database)
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

    def correct_repetition(self, session: int, repetition: RepetitionRecord) -> None:
        """Put what is known better of a repetition in place of what was kept."""
        with self._database.writing() as connection:
            writing.correct_repetition(connection, session, repetition)

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

    def keep_step(self, session: int, step: Step) -> None:
        """Keep what one moment of a session finished, all of it or nothing."""
        with self._database.writing() as connection:
            writing.keep_step(connection, session, step)

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

    def keep_own_errors(
        self, errors: Sequence[OwnError], person: Person | None, mode: Mode, *, simulated: bool
    ) -> None:
        """Keep own errors of a person, of everybody where None, in place of earlier ones."""
        with self._database.writing() as connection:
            own_errors.keep_own_errors(connection, errors, person, mode, simulated=simulated)

    def forget_own_errors(
        self, person: Person | None, mode: Mode, task: Task | None, *, simulated: bool
    ) -> int:
        """Forget own errors of a person, of everybody where None; returns how many there were."""
        with self._database.writing() as connection:
            return own_errors.forget_own_errors(connection, person, mode, task, simulated=simulated)

    def export(self, person: Person, folder: Path) -> Exported:
        """Write everything of a person into a new folder, or a file that ends in .zip.

        JSON, tables as CSV, and copies of the recordings and reports that are there.

        Raises
        ------
        OutputError
            Where it cannot be written; a `HistoryError` where something is there already.
        """
        with self._database.reading() as connection:
            content = contents(connection, person)
            errors = own_errors.measurement_errors_of(connection, person)
        return write_export(person, content, errors, folder)

    def delete(self, person: Person, *, recordings: bool) -> Deleted:
        """Remove every row of a person and, with `recordings`, also recordings and reports.

        Only files that the history lists and that lie in the program's folders are removed.

        Raises
        ------
        HistoryError
            Where a file cannot be removed; then the rows stay, so that it can be tried again.
        """
        with self._database.reading() as connection:
            listed = files_of(connection, person) if recordings else ()
        removed, left = remove_files(listed, self._folders)
        with self._database.writing() as connection:
            count = delete_rows(connection, person)
        self._database.empty_log()
        path = self._database.path
        copies = () if path is None else copies_before_migration(path)
        return Deleted(count, removed, left, tuple(map(str, copies)))

    def backup(self, path: Path) -> None:
        """Write the whole history into one new SQLite file, also where it is in PostgreSQL.

        Raises
        ------
        OutputError
            Where it cannot be written; a `HistoryError` where something is there already.
        """
        back_up(self._database, path)

    def restore(self, path: Path) -> int:
        """Read a backup into this history, which must be empty; returns how many rows it had."""
        return restore(self._database, path)
