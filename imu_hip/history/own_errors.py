"""Own measurement errors in a history, and the repeated results that they come from."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select
from sqlalchemy.sql.elements import ColumnElement

from imu_hip import __version__
from imu_hip.history.people import require_person
from imu_hip.history.records import (
    MeasurementErrorRecord,
    Mode,
    Moment,
    Person,
    RepeatedResult,
    ResultRecord,
)
from imu_hip.history.rows import MODES, RESULT_COLUMNS, TASKS, result_from
from imu_hip.history.tables import measurement_errors, people, results, sessions
from imu_hip.measures.agreement import Interval
from imu_hip.measures.own_error import OwnError, OwnErrors
from imu_hip.names import Task


def own_errors_of(
    connection: Connection, person: Person, mode: Mode, *, simulated: bool
) -> OwnErrors:
    """The own error of each task and measure: the person's where kept, else the clinic's."""
    chosen = (
        select(measurement_errors)
        .where(
            or_(_owned_by(person), _owned_by(None)),
            measurement_errors.c.mode == mode.value,
            measurement_errors.c.simulated == simulated,
        )
        # The newest stands where two programs kept one at the same moment.
        .order_by(measurement_errors.c.id)
    )
    rows = list(connection.execute(chosen).mappings())
    # What comes later takes the place of what came before: the person's that of the clinic's.
    rows.sort(key=lambda row: row["person_id"] is not None)
    return {(TASKS[row["task"]], row["measure"]): _error_of(row, person) for row in rows}


def keep_own_errors(
    connection: Connection,
    errors: Sequence[OwnError],
    person: Person | None,
    mode: Mode,
    *,
    simulated: bool,
) -> None:
    """Keep errors of a person, or of everybody, in place of earlier ones of the same measures.

    Raises
    ------
    HistoryError
        Where the person was deleted meanwhile.
    """
    if person is not None:
        require_person(connection, person)
    for error in errors:
        same = and_(
            measurement_errors.c.task == error.task.value,
            measurement_errors.c.measure == error.measure,
            _alike(person, mode, simulated=simulated),
        )
        # Deleted and inserted: only one error of a measure can hold at a time.
        connection.execute(delete(measurement_errors).where(same))
        row = {
            "person_id": None if person is None else person.id,
            "task": error.task.value,
            "measure": error.measure,
            "mode": mode.value,
            "simulated": simulated,
            "sem_deg": error.sem_deg.value,
            "sem_low_deg": error.sem_deg.low,
            "sem_high_deg": error.sem_deg.high,
            "degrees_of_freedom": error.degrees_of_freedom,
            "sessions": error.sessions,
            "people": error.people,
            "version": __version__,
            "kept_utc": datetime.now(UTC),
        }
        connection.execute(insert(measurement_errors).values(row))


def forget_own_errors(
    connection: Connection,
    person: Person | None,
    mode: Mode,
    task: Task | None,
    *,
    simulated: bool,
) -> int:
    """Remove own errors of a person, or of everybody, of one task or all; returns how many."""
    chosen = _alike(person, mode, simulated=simulated)
    if task is not None:
        chosen = and_(chosen, measurement_errors.c.task == task.value)
    return connection.execute(delete(measurement_errors).where(chosen)).rowcount


def measurement_errors_of(
    connection: Connection, person: Person
) -> tuple[MeasurementErrorRecord, ...]:
    """All own errors of one person, as they are exported."""
    chosen = select(measurement_errors).where(_owned_by(person)).order_by(measurement_errors.c.id)
    return tuple(
        MeasurementErrorRecord(
            task=TASKS[row["task"]],
            measure=row["measure"],
            mode=MODES[row["mode"]],
            simulated=row["simulated"],
            sem_deg=row["sem_deg"],
            sem_low_deg=row["sem_low_deg"],
            sem_high_deg=row["sem_high_deg"],
            degrees_of_freedom=row["degrees_of_freedom"],
            sessions=row["sessions"],
            people=row["people"],
            version=row["version"],
            kept_utc=row["kept_utc"],
        )
        for row in connection.execute(chosen).mappings()
    )


def repeated_results(
    connection: Connection,
    person: Person | None,
    task: Task | None,
    mode: Mode,
    *,
    simulated: bool,
) -> tuple[RepeatedResult, ...]:
    """Results of all tests in that mode, of a person or of everybody, oldest first.

    Retests after a stretch are left out: they are measured on warm muscle.
    """
    # A leg that somebody moves reaches farther, and virtual sensors have no skin.
    alike = and_(sessions.c.mode == mode.value, sessions.c.simulated == simulated)
    if person is not None:
        alike = and_(alike, sessions.c.person_id == person.id)
    theirs = (
        select(sessions.c.id, people.c.alias, sessions.c.started_utc)
        .join(people, people.c.id == sessions.c.person_id)
        .where(alike)
        .order_by(sessions.c.started_utc, sessions.c.id)
    )
    begun = connection.execute(theirs).all()
    wanted = and_(alike, results.c.moment == Moment.TEST.value)
    if task is not None:
        wanted = and_(wanted, results.c.task == task.value)
    columns = (results.c[name] for name in RESULT_COLUMNS)
    measured = (
        select(results.c.session_id, results.c.task, *columns)
        .join(sessions, sessions.c.id == results.c.session_id)
        .where(wanted)
        .order_by(results.c.id)
    )
    # To read moments once a session takes half the time of a sorted join.
    found: defaultdict[int, list[ResultRecord]] = defaultdict(list)
    for session, of_task, *rest in connection.execute(measured):
        found[session].append(result_from(TASKS[of_task], *rest))
    return tuple(
        RepeatedResult(alias, session, started_utc, result)
        for session, alias, started_utc in begun
        for result in found.pop(session, ())
    )


def _owned_by(person: Person | None) -> ColumnElement[bool]:
    column = measurement_errors.c.person_id
    return column.is_(None) if person is None else column == person.id


def _alike(person: Person | None, mode: Mode, *, simulated: bool) -> ColumnElement[bool]:
    return and_(
        _owned_by(person),
        measurement_errors.c.mode == mode.value,
        measurement_errors.c.simulated == simulated,
    )


def _error_of(row: RowMapping, person: Person) -> OwnError:
    return OwnError(
        task=TASKS[row["task"]],
        measure=row["measure"],
        person=None if row["person_id"] is None else person.alias,
        sem_deg=Interval(row["sem_deg"], row["sem_low_deg"], row["sem_high_deg"]),
        degrees_of_freedom=row["degrees_of_freedom"],
        sessions=row["sessions"],
        people=row["people"],
    )
