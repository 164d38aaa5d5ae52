"""What is asked of a history."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection, Select, and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from imu_hip.history.errors import HistoryError
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
from imu_hip.history.rows import (
    RESULT_COLUMNS,
    bout_of,
    person_of,
    repetition_of,
    result_from,
    result_of,
    session_of,
)
from imu_hip.history.tables import FileKind, bouts, files, people, repetitions, results, sessions
from imu_hip.names import Task

_RESULT_COLUMNS: Final = tuple(results.c[name] for name in RESULT_COLUMNS)


def sessions_of(
    connection: Connection, condition: ColumnElement[bool] | None, limit: int | None
) -> tuple[SessionRecord, ...]:
    """Sessions that meet a condition, newest first."""
    chosen = select(sessions).order_by(sessions.c.started_utc.desc(), sessions.c.id.desc())
    if condition is not None:
        chosen = chosen.where(condition)
    if limit is not None:
        chosen = chosen.limit(limit)
    rows = connection.execute(chosen).mappings().all()
    ids = chosen.with_only_columns(sessions.c.id)
    recordings = _files(connection, ids, FileKind.RECORDING)
    theirs = select(people).where(
        people.c.id.in_(select(chosen.with_only_columns(sessions.c.person_id).subquery()))
    )
    persons = {row["id"]: person_of(row) for row in connection.execute(theirs).mappings()}
    return tuple(
        session_of(row, persons[row["person_id"]], tuple(recordings[row["id"]])) for row in rows
    )


def session_with(connection: Connection, session: int) -> SessionRecord:
    """One session.

    Raises
    ------
    HistoryError
        Where there is none of that number.
    """
    found = sessions_of(connection, sessions.c.id == session, None)
    if not found:
        raise no_session(session)
    return found[0]


def no_session(session: int) -> HistoryError:
    """What is told where there is no session of a number."""
    return HistoryError(
        f"There is no session {session} in the history.", "See them with `imu-hip history list`."
    )


def unfinished_sessions(connection: Connection) -> tuple[SessionRecord, ...]:
    """Sessions that were begun and neither finished nor stopped, newest first."""
    return sessions_of(connection, sessions.c.state == SessionState.RUNNING.value, None)


def reports_of(connection: Connection, session: int) -> tuple[str, ...]:
    """Paths of the reports of a session."""
    ids = select(sessions.c.id).where(sessions.c.id == session)
    return tuple(_files(connection, ids, FileKind.REPORT)[session])


def repetitions_of(connection: Connection, session: int) -> tuple[RepetitionRecord, ...]:
    """Repetitions of a session, in the order in which they were done."""
    chosen = select(repetitions).where(repetitions.c.session_id == session)
    rows = connection.execute(chosen.order_by(repetitions.c.id)).mappings()
    return tuple(repetition_of(row) for row in rows)


def results_of(connection: Connection, session: int) -> tuple[ResultRecord, ...]:
    """Results of a session, in the order in which they were given."""
    chosen = select(results).where(results.c.session_id == session).order_by(results.c.id)
    return tuple(result_of(row) for row in connection.execute(chosen).mappings())


def bouts_in(connection: Connection, session: int) -> tuple[BoutRecord, ...]:
    """Bouts of a session, oldest first."""
    chosen = select(bouts).where(bouts.c.session_id == session)
    rows = connection.execute(chosen.order_by(bouts.c.started_utc, bouts.c.id)).mappings()
    return tuple(bout_of(row) for row in rows)


def bouts_on(connection: Connection, person: Person, day: date) -> tuple[BoutRecord, ...]:
    """Bouts of a person on a day of this computer's clock, oldest first."""
    begin, end = (
        datetime.combine(d, time.min).astimezone(UTC) for d in (day, day + timedelta(days=1))
    )
    chosen = (
        select(bouts)
        .join(sessions, sessions.c.id == bouts.c.session_id)
        .where(
            sessions.c.person_id == person.id,
            bouts.c.started_utc >= begin,
            bouts.c.started_utc < end,
        )
        .order_by(bouts.c.started_utc, bouts.c.id)
    )
    return tuple(bout_of(row) for row in connection.execute(chosen).mappings())


def trend_of(
    connection: Connection, person: Person, task: Task, mode: Mode, *, simulated: bool
) -> tuple[TrendPoint, ...]:
    """Results of a task in all sessions of a person with that mode, oldest first."""
    alike = _alike(person, mode, simulated=simulated)
    theirs = select(sessions.c.id, sessions.c.started_utc).where(alike)
    started = connection.execute(theirs.order_by(sessions.c.started_utc, sessions.c.id)).all()
    measured = (
        select(results.c.session_id, results.c.id, *_RESULT_COLUMNS)
        .join(sessions, sessions.c.id == results.c.session_id)
        .where(alike, results.c.task == task.value)
    )
    # To read moments once a session and to sort here takes a third less time than a sorted join.
    found: defaultdict[int, list[tuple[int, ResultRecord]]] = defaultdict(list)
    for session, number, *columns in connection.execute(measured).all():
        found[session].append((number, result_from(task, *columns)))
    return tuple(
        TrendPoint(session, started_utc, mode, result)
        for session, started_utc in started
        for _, result in sorted(found[session], key=itemgetter(0))
    )


def last_results_of(
    connection: Connection,
    person: Person,
    tasks: Collection[Task],
    mode: Mode,
    before: int | None,
    *,
    simulated: bool,
) -> tuple[ResultRecord, ...]:
    """For each task the test's results of the newest session that has any."""
    alike = _alike(person, mode, simulated=simulated)
    if before is not None:
        limit = session_with(connection, before)
        earlier = sessions.c.started_utc < limit.started_utc
        same = and_(sessions.c.started_utc == limit.started_utc, sessions.c.id < before)
        alike = and_(alike, or_(earlier, same))
    found: list[ResultRecord] = []
    for task in tasks:
        session = connection.execute(_newest_with(task).where(alike)).scalar()
        if session is not None:
            tested = (
                result
                for result in results_of(connection, session)
                if result.task is task and result.moment is Moment.TEST
            )
            found.extend(tested)
    return tuple(found)


def _newest_with(task: Task) -> Select[int]:
    measured = (
        select(results.c.id)
        .where(
            results.c.session_id == sessions.c.id,
            results.c.task == task.value,
            results.c.moment == Moment.TEST.value,
        )
        .exists()
    )
    newest = (sessions.c.started_utc.desc(), sessions.c.id.desc())
    return select(sessions.c.id).where(measured).order_by(*newest).limit(1)


def _alike(person: Person, mode: Mode, *, simulated: bool) -> ColumnElement[bool]:
    return and_(
        sessions.c.person_id == person.id,
        sessions.c.mode == mode.value,
        sessions.c.simulated == simulated,
    )


def _files(
    connection: Connection, sessions_chosen: Select[int], kind: FileKind
) -> defaultdict[int, list[str]]:
    chosen = (
        select(files.c.session_id, files.c.path)
        .where(
            files.c.session_id.in_(select(sessions_chosen.subquery())),
            files.c.kind == kind.value,
        )
        .order_by(files.c.id)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for session, path in connection.execute(chosen):
        found[session].append(path)
    return found
