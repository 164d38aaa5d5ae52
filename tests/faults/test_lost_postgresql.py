"""A clinic's PostgreSQL that stops, cuts connections or is slow, while sessions are saved."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Mode, SessionState
from imu_hip.history.store import open_history
from imu_hip.live import saver as saver_module
from imu_hip.live.saver import Saver
from tests.histories import repetition, result

SCRIPT = Path(__file__).parents[2] / ".ci" / "postgresql"


class OwnServer:
    """A server that may be stopped and started again."""

    def __init__(self, folder):
        self.folder = folder
        subprocess.run([SCRIPT, "start", folder], check=True)
        self.address = (folder / "url").read_text().strip()

    @property
    def pid(self):
        return int((self.folder / "data" / "postmaster.pid").read_text().split("\n")[0])

    def stop(self):
        subprocess.run([SCRIPT, "stop", self.folder], check=True)

    def start_again(self):
        subprocess.run([SCRIPT, "restart", self.folder], check=True)

    @contextmanager
    def paused(self):
        """Nobody answers, but the connections stay."""
        family = [self.pid, *children_of(self.pid)]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in family:
                os.kill(pid, signal.SIGCONT)


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture(scope="module")
def server(postgresql_server):
    if not Path("/proc/self/task").exists():
        pytest.skip("the processes of a server are only known on Linux")
    # The folders of pytest are closed to the user that the server runs as.
    with TemporaryDirectory(prefix="imu_hip_server_") as folder:
        made = OwnServer(Path(folder) / "server")
        yield made
        made.stop()


def begun(history):
    """A session that runs."""
    person = history.add_person("Anna")
    return history.begin_session(person, "seated", Mode.ACTIVE, simulated=True, recording="").id


async def test_a_session_goes_on_over_a_restart_and_loses_nothing(server, monkeypatch):
    monkeypatch.setattr(saver_module, "AGAIN_S", 0.1)
    told = []
    saver = Saver(told.append)
    running = asyncio.create_task(saver.run())
    with open_history(server.address) as history:
        session = await asyncio.to_thread(begun, history)
        for number in range(1, 21):
            saver.do(partial(history.add_repetition, session, repetition(number)))
            if number == 5:
                await saver.drained()
                server.stop()
            if number == 15:
                while not told:
                    await asyncio.sleep(0.02)
                server.start_again()
        saver.do(partial(history.finish_session, session, SessionState.FINISHED, [result()]))
        await saver.drained()
        running.cancel()
        kept = [one.number for one in history.repetitions(session)]
    assert kept == list(range(1, 21))
    assert any("cannot be reached" in trouble for trouble in told)
    assert all(len(trouble.splitlines()) <= 1 for trouble in told)
    assert told[-1] == ""


def test_a_stopped_server_is_one_sentence_at_once_and_nothing_is_lost(server):
    with open_history(server.address) as history:
        session = begun(history)
        server.stop()
        try:
            began_s = time.monotonic()
            with pytest.raises(HistoryError, match="cannot be reached") as told:
                history.add_repetition(session, repetition())
            assert time.monotonic() - began_s < 5.0
            assert "what was saved before is kept" in str(told.value)
            assert "throwaway" not in str(told.value)
            with pytest.raises(HistoryError, match="cannot be reached"):
                open_history(server.address)
        finally:
            server.start_again()
        history.add_repetition(session, repetition())
        assert len(history.repetitions(session)) == 1


def test_every_connection_that_is_cut_comes_back_by_itself(server):
    killer = Database(address_of(server.address))
    with open_history(server.address) as history:
        session = begun(history)
        for number in range(1, 6):
            with killer.writing() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            history.add_repetition(session, repetition(number))
        assert [one.number for one in history.repetitions(session)] == [1, 2, 3, 4, 5]
    killer.close()


async def test_a_server_that_does_not_answer_is_waited_for_beside_the_session(server):
    saver = Saver()
    running = asyncio.create_task(saver.run())
    with open_history(server.address) as history:
        session = await asyncio.to_thread(begun, history)
        with server.paused():
            saver.do(partial(history.add_repetition, session, repetition()))
            # The loop that reads the sensors turns on meanwhile.
            began_s = time.perf_counter()
            for _ in range(20):
                await asyncio.sleep(0.02)
            assert time.perf_counter() - began_s < 2.0
            assert saver.busy
        await saver.drained()
        running.cancel()
        assert len(history.repetitions(session)) == 1


def test_a_network_that_falls_silent_is_given_up_after_half_a_minute(server):
    database = Database(address_of(server.address))
    with database.reading() as connection:
        duplicate = os.dup(connection.connection.driver_connection.fileno())
    with socket.socket(fileno=duplicate) as own:
        # In ms: so long may what was sent stay without an answer of the other computer.
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        # In s: while nothing is sent, the last of these questions comes after 10 + 4 * 5 s.
        asked = [socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT]
        assert [own.getsockopt(socket.IPPROTO_TCP, each) for each in asked] == [10, 5, 4]
    database.close()
