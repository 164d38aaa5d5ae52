"""Histories for tests: databases of their own, and records as sessions make them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import make_url, text

from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.records import (
    BoutRecord,
    Mode,
    Moment,
    RepetitionRecord,
    ResultRecord,
    SessionState,
)
from imu_hip.history.store import open_history
from imu_hip.names import Direction, Side, Task

_NUMBERS = count(1)
BEGAN = datetime(2026, 3, 1, 9, 30, 0, 250_000, tzinfo=UTC)


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """A new PostgreSQL database, dropped in the end."""
    import psycopg  # noqa: PLC0415

    name = f"imu_hip_test_{os.getpid()}_{next(_NUMBERS)}"
    address = make_url(server)
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        # By far the quickest way, and the server of tests is thrown away anyway.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log")
        try:
            yield address.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def without_rows(address: str) -> str:
    """Empty a history in PostgreSQL, so that it counts from one again; its address."""
    open_history(address).close()
    database = Database(address_of(address))
    with database.writing() as connection:
        connection.execute(text("TRUNCATE people RESTART IDENTITY CASCADE"))
        for table in ("sessions", "files", "repetitions", "results", "bouts", "measurement_errors"):
            connection.execute(text(f"ALTER SEQUENCE {table}_id_seq RESTART"))
    database.close()
    return address


def repetition(number=1, peak_deg=36.5, **changes):
    record = {
        "task": Task.SEATED,
        "side": Side.LEFT,
        "direction": Direction.INTERNAL,
        "moment": Moment.TEST,
        "number": number,
        "peak_deg": peak_deg,
        "plateau_s": 1.25,
        "thigh_elevation_deg": 4.0,
        "knee_flexion_deg": 88.5,
        "counted": True,
        "reason": "",
        "recording": "session.parquet",
        "start_s": 10.0,
        "end_s": 14.5,
    }
    return RepetitionRecord(**(record | changes))


def result(value_deg=36.5, **changes):
    record = {
        "task": Task.SEATED,
        "side": Side.LEFT,
        "measure": "internal",
        "moment": Moment.TEST,
        "value_deg": value_deg,
        "sd_deg": 1.5,
        "repetitions": 3,
        "sem_deg": 2.2,
        "mdc95_deg": 6.1,
    }
    return ResultRecord(**(record | changes))


def bout(minutes=0.0, **changes):
    record = {
        "side": Side.LEFT,
        "started_utc": BEGAN + timedelta(minutes=minutes),
        "duration_s": 45.0,
        "best_deg": 41.0,
    }
    return BoutRecord(**(record | changes))


def session(history, person, *results, mode=Mode.ACTIVE, simulated=False, recording=""):
    """A finished session with these results; its number."""
    begun = history.begin_session(person, "seated", mode, simulated=simulated, recording=recording)
    history.finish_session(begun.id, SessionState.FINISHED, results)
    return begun.id


def everything(history):
    """All that a history answers, to compare two of them."""
    sessions = history.sessions()
    return (
        history.people(),
        sessions,
        [
            (
                repr(history.repetitions(s.id)),
                history.results(s.id),
                history.session_bouts(s.id),
                history.reports(s.id),
            )
            for s in sessions
        ],
    )
