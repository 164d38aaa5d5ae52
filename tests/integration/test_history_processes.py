"""Several programs on one history at once, and programs that are killed."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.store import open_history
from tests.histories import repetition

WRITER = """
import sys
from imu_hip.history.records import Mode, SessionState
from imu_hip.history.store import open_history
from tests.histories import bout, repetition, result

address, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
with open_history(address) as history:
    for number in range(1, rounds + 1):
        person = history.add_person("shared")
        begun = history.begin_session(person, name, Mode.ACTIVE, simulated=True, recording="")
        history.add_repetition(begun.id, repetition(number))
        # All programs write to the first session, too.
        history.add_repetition(1, repetition(1000 * (int(name) + 1) + number))
        history.add_bout(begun.id, bout(number))
        history.finish_session(begun.id, SessionState.FINISHED, [result()])
        print(begun.id, flush=True)
"""
ROUNDS = 3


@pytest.fixture
def start():
    """Start a writer that waits for a line before it opens the history."""
    started = []

    def start(address, name, rounds=ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, address, str(name), str(rounds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def go(*processes):
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()


@pytest.mark.parametrize("count", [2, 8])
@pytest.mark.slow
def test_programs_that_write_at_once_lose_nothing(empty_address, start, count):
    # They also all find an empty database and make its tables at once.
    writers = [start(empty_address, name) for name in range(count)]
    go(*writers)
    printed = [writer.communicate(timeout=120)[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * count
    with open_history(empty_address) as history:
        (person,) = history.people()
        sessions = history.sessions()
        assert {str(each.id) for each in sessions} == {id for ids in printed for id in ids}
        assert Counter(each.protocol for each in sessions) == dict.fromkeys(
            map(str, range(count)), ROUNDS
        )
        assert len(history.trend(person, repetition().task, sessions[0].mode, simulated=True)) == (
            count * ROUNDS
        )
        for each in sessions:
            assert len(history.session_bouts(each.id)) == len(history.results(each.id)) == 1
            shared = count * ROUNDS if each.id == 1 else 0
            assert len(history.repetitions(each.id)) == 1 + shared
        assert history.unfinished() == ()


def test_a_lock_of_a_program_that_was_killed_does_not_stay(tmp_path):
    address = str(tmp_path / "h.sqlite")
    open_history(address).close()
    program = (
        "import sys, os, signal; from imu_hip.history.database import Database;"
        "from imu_hip.history.address import address_of; from sqlalchemy import text;"
        "d = Database(address_of(sys.argv[1])); c = d.writing(); x = c.__enter__();"
        "x.execute(text(\"INSERT INTO people VALUES (1, 'a', 'a', NULL, '2026-01-01 00:00:00')\"));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program, address], check=False)
    assert done.returncode == -signal.SIGKILL
    with open_history(address) as history:
        assert history.people() == ()
        assert history.add_person("Anna").alias == "Anna"
    database = Database(address_of(address))
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    database.close()
