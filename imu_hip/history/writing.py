"""What is written into a history while a session runs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, Table, and_, delete, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from imu_hip import __version__
from imu_hip.history.errors import HistoryError
from imu_hip.history.people import require_person
from imu_hip.history.reading import no_session, session_with
from imu_hip.history.records import (
    BoutRecord,
    Mode,
    Moment,
    Person,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
    SessionState,
    Step,
)
from imu_hip.history.rows import clean, row_of
from imu_hip.history.tables import FileKind, bouts, files, repetitions, results, sessions
from imu_hip.names import Direction, Side, Task

REPETITION_KEY: Final = ("session_id", "task", "side", "direction", "moment", "number")
"""What tells repetitions apart."""


def begin_session(
    connection: Connection,
    person: Person,
    protocol: str,
    mode: Mode,
    *,
    simulated: bool,
    recording: str,
) -> SessionRecord:
    """Write a new session down, with its recording where there is one.

    Raises
    ------
    HistoryError
        Where the person was deleted meanwhile.
    """
    require_person(connection, person)
    row = {
        "person_id": person.id,
        "protocol": clean(protocol),
        "mode": mode.value,
        "started_utc": datetime.now(UTC),
        "ended_utc": None,
        "state": SessionState.RUNNING.value,
        "version": __version__,
        "simulated": simulated,
        "comment": "",
        "progress": "",
    }
    session = connection.execute(insert(sessions).values(row).returning(sessions.c.id)).scalar_one()
    if recording:
        add_file(connection, session, FileKind.RECORDING, recording)
    return session_with(connection, session)


def add_file(connection: Connection, session: int, kind: FileKind, path: str) -> None:
    """List a file of a session; once where it is given twice."""
    require_session(connection, session)
    row = {"session_id": session, "kind": kind.value, "path": clean(path)}
    if not _rows_like(connection, files, row):
        connection.execute(insert(files).values(row))


def add_repetition(connection: Connection, session: int, repetition: RepetitionRecord) -> None:
    """Keep a repetition; once where the same one is given twice.

    Raises
    ------
    HistoryError
        Where another repetition of that movement has its number.
    """
    require_session(connection, session)
    row = {"session_id": session, **row_of(repetition)}
    _insert_once(connection, repetitions, row, REPETITION_KEY)


def correct_repetition(connection: Connection, session: int, repetition: RepetitionRecord) -> None:
    """Put what is known better of a repetition in place of what was kept, in one step.

    Raises
    ------
    HistoryError
        Where no repetition of that movement has its number.
    """
    require_session(connection, session)
    row = {"session_id": session, **row_of(repetition)}
    key = {name: row[name] for name in REPETITION_KEY}
    changed = connection.execute(update(repetitions).where(_like(repetitions, key)).values(row))
    if not changed.rowcount:
        raise HistoryError(
            f"Session {session} has no repetition {repetition.number} of that movement.",
            "Look at it with: imu-hip history show.",
        )


def withdraw_repetition(
    connection: Connection,
    session: int,
    *,
    task: Task,
    side: Side,
    direction: Direction | None,
    moment: Moment,
    number: int,
) -> None:
    """Forget one repetition; no error where there is none of that number."""
    require_session(connection, session)
    key = {
        "session_id": session,
        "task": task.value,
        "side": side.value,
        "direction": direction.value if direction else "",
        "moment": moment.value,
        "number": number,
    }
    connection.execute(delete(repetitions).where(_like(repetitions, key)))


def add_bout(connection: Connection, session: int, bout: BoutRecord) -> None:
    """Keep a bout; once where the same one is given twice."""
    require_session(connection, session)
    row = {"session_id": session, **row_of(bout)}
    _insert_once(connection, bouts, row, ("session_id", "side", "started_utc"))


def save_progress(connection: Connection, session: int, progress: str) -> None:
    """Keep what a session needs to be resumed, in place of what was kept before."""
    _update(connection, session, progress=clean(progress))


def keep_step(connection: Connection, session: int, step: Step) -> None:
    """Keep what one moment of a session finished.

    In one transaction: a session that was resumed without knowing a repetition that is kept would
    measure it again, and could not keep it.
    """
    for gone_one in step.withdrawn:
        withdraw_repetition(
            connection,
            session,
            task=gone_one.task,
            side=gone_one.side,
            direction=gone_one.direction,
            moment=gone_one.moment,
            number=gone_one.number,
        )
    for repetition in step.added:
        add_repetition(connection, session, repetition)
    for bout in step.bouts:
        add_bout(connection, session, bout)
    save_progress(connection, session, step.progress)


def finish_session(
    connection: Connection,
    session: int,
    state: SessionState,
    measured: Sequence[ResultRecord],
    comment: str,
) -> None:
    """Write down how a session ended and its results, in place of earlier ones.

    Raises
    ------
    HistoryError
        Where there is no such session.
    ValueError
        Where the state is that of a session that runs.
    """
    if state is SessionState.RUNNING:
        raise ValueError("a session that ends is finished or stopped")
    begun = session_with(connection, session).started_utc
    _update(
        connection,
        session,
        state=state.value,
        # The computer's clock may have been set back meanwhile, but nothing ends before it begins.
        ended_utc=max(begun, datetime.now(UTC)),
        comment=clean(comment),
        progress="",
    )
    connection.execute(delete(results).where(results.c.session_id == session))
    if measured:
        rows = [{"session_id": session, **row_of(result)} for result in measured]
        connection.execute(insert(results), rows)


def require_session(connection: Connection, session: int) -> None:
    """Make sure that a session is there and stays until the transaction ends.

    Raises
    ------
    HistoryError
        Where there is none of that number.
    """
    chosen = select(sessions.c.id).where(sessions.c.id == session).with_for_update()
    if connection.execute(chosen).first() is None:
        raise no_session(session)


def _update(connection: Connection, session: int, **values: object) -> None:
    changed = connection.execute(update(sessions).where(sessions.c.id == session).values(values))
    if not changed.rowcount:
        raise no_session(session)


def _insert_once(
    connection: Connection, table: Table, row: Mapping[str, object], key: tuple[str, ...]
) -> None:
    there = _rows_like(connection, table, {name: row[name] for name in key})
    if not there:
        connection.execute(insert(table).values(row))
    elif any(there[0][name] != value for name, value in row.items()):
        raise HistoryError(
            f"Session {row['session_id']} has another entry in {table.name} already, of the same "
            "movement and number or start.",
            "Withdraw that one first.",
        )


def _rows_like(
    connection: Connection, table: Table, values: Mapping[str, object]
) -> list[RowMapping]:
    return list(connection.execute(select(table).where(_like(table, values))).mappings())


def _like(table: Table, values: Mapping[str, object]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in values.items()))
