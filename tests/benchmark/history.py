"""How long a history of many sessions takes to answer, in SQLite and in PostgreSQL."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.records import Mode
from imu_hip.history.store import History, open_history
from imu_hip.history.tables import people, repetitions, results, sessions
from imu_hip.names import Direction, Side, Task
from tests.histories import new_database

Row = tuple[str, str, str]

PEOPLE = 200
MANY = 1_000
"""Sessions of the person who has most: almost three years of one a day."""

RANGES = [(side, measure) for side in Side for measure in ("internal", "external", "total_arc")]
TASKS = (Task.SEATED, Task.PRONE)
AT_ONCE = 20_000


def fill(address: str, count: int, *, with_repetitions: bool = True) -> None:
    """Write `count` finished sessions with twelve results each, one person having many."""
    open_history(address).close()
    database = Database(address_of(address))
    began = datetime(2020, 1, 1, tzinfo=UTC)
    with database.writing() as connection:
        connection.execute(
            insert(people),
            [
                {
                    "id": n,
                    "alias": f"person {n}",
                    "alias_key": f"person {n}",
                    "sex": None,
                    "created_utc": began,
                }
                for n in range(1, PEOPLE + 1)
            ],
        )
        for table, rows in (
            (sessions, _sessions(count, began)),
            (results, _results(count)),
            (repetitions, _repetitions(count) if with_repetitions else iter(())),
        ):
            for part in _parts(rows):
                connection.execute(insert(table), part)
        if database.path is None:
            for name in ("people", "sessions"):
                connection.execute(
                    text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")
                )
    with database.writing() as connection:
        # PostgreSQL does this by itself after a while.
        connection.execute(text("ANALYZE"))
    database.close()


def _person_of(session: int, count: int) -> int:
    # The first person's sessions lie between those of all others.
    stride = max(count // MANY, 1)
    return 1 if session % stride == 0 else 2 + session % (PEOPLE - 1)


def _sessions(count: int, began: datetime) -> Iterator[dict[str, Any]]:
    for n in range(1, count + 1):
        started = began + timedelta(minutes=20 * n)
        yield {
            "id": n,
            "person_id": _person_of(n, count),
            "protocol": "seated",
            "mode": Mode.ACTIVE.value,
            "started_utc": started,
            "ended_utc": started + timedelta(minutes=3),
            "state": "finished",
            "version": "0.1.0",
            "simulated": False,
            "comment": "",
            "progress": "",
        }


def _results(count: int) -> Iterator[dict[str, Any]]:
    for n in range(1, count + 1):
        for task in TASKS:
            for side, measure in RANGES:
                yield {
                    "session_id": n,
                    "task": task.value,
                    "side": side.value,
                    "measure": measure,
                    "moment": "test",
                    "value_deg": 30.0 + n % 17,
                    "sd_deg": 1.0,
                    "repetitions": 3,
                    "sem_deg": 2.2,
                    "mdc95_deg": 6.1,
                }


def _repetitions(count: int) -> Iterator[dict[str, Any]]:
    for n in range(1, count + 1):
        for side in Side:
            for direction in Direction:
                for number in (1, 2, 3):
                    yield {
                        "session_id": n,
                        "task": "seated",
                        "side": side.value,
                        "direction": direction.value,
                        "moment": "test",
                        "number": number,
                        "peak_deg": 35.0,
                        "plateau_s": 1.2,
                        "thigh_elevation_deg": 3.0,
                        "knee_flexion_deg": 90.0,
                        "counted": True,
                        "reason": "",
                        "recording": "",
                        "start_s": 1.0 * number,
                        "end_s": 4.0 * number,
                    }


def _parts(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while part := list(islice(rows, AT_ONCE)):
        yield part


def median_ms(work: Callable[[], object], rounds: int = 7) -> float:
    """The usual time of a call that has been made before, in milliseconds."""
    work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return 1000.0 * statistics.median(times)


def questions(history: History) -> dict[str, Callable[[], object]]:
    """What is asked of the person with most sessions."""
    person = history.person("person 1")
    newest, before = history.sessions(person, 2)
    return {
        f"trend of {MANY} sessions": lambda: history.trend(person, Task.SEATED, Mode.ACTIVE),
        "results of two sessions, to compare them": lambda: (
            history.results(newest.id),
            history.results(before.id),
        ),
        "last results of two tasks": lambda: history.last_results(
            person, TASKS, Mode.ACTIVE, newest.id
        ),
        "20 newest sessions of everybody": lambda: history.sessions(limit=20),
        "everybody with the number of sessions": history.summaries,
    }


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    server = os.environ.get("IMU_HIP_TEST_POSTGRESQL")
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "history.sqlite")
        if server is None:
            print("IMU_HIP_TEST_POSTGRESQL names no server, so only SQLite is measured.")
            yield {"SQLite": file}
            return
        with new_database(server) as address:
            yield {"SQLite": file, "PostgreSQL": address}


def answers(count: int = 10_000, bar_ms: int = 100) -> list[Row]:
    """Times of all questions with `count` sessions of twelve results each."""
    rows: list[Row] = []
    with _databases() as databases:
        for name, address in databases.items():
            fill(address, count, with_repetitions=count <= 10_000)
            with open_history(address) as history:
                for what, work in questions(history).items():
                    told = f"history, {count} sessions in {name}: {what}"
                    rows.append((told, f"{median_ms(work):.1f} ms", f"<= {bar_ms} ms"))
                opened = median_ms(lambda address=address: open_history(address).close())
            rows.append(
                (f"history, {count} sessions in {name}: to open it", f"{opened:.1f} ms", "")
            )
    return rows


def many_answers() -> list[Row]:
    """The same with a million results."""
    return answers(84_000, 150)
