"""Programs that are paused, and whose time of day is set, while they record and keep."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from imu_hip.history.records import Mode
from imu_hip.history.store import open_history
from imu_hip.live.session_files import new_recording
from imu_hip.recording.formats import open_recording
from imu_hip.recording.recover import journal_path
from tests.faults import kill_child
from tests.faults.disturbing import HOUR_S, TimeOfDay, missing_compiler
from tests.faults.kill_record import PLAN, fault_of, lost_s, sent_from
from tests.faults.kill_toll import environment_in
from tests.histories import bout
from tests.served_page import COMMAND

KEEPS = """
import sys
from imu_hip.history.records import Mode, SessionState
from imu_hip.history.store import open_history
from tests.histories import result
with open_history(sys.argv[1]) as history:
    anna = history.add_person("Anna")
    for _ in range(3):
        begun = history.begin_session(anna, "seated", Mode.ACTIVE, simulated=True, recording="")
        print("begun", flush=True)
        sys.stdin.readline()
        history.finish_session(begun.id, SessionState.FINISHED, [result()])
"""


@pytest.fixture(scope="module")
def time_of_day(tmp_path_factory):
    """A time of day that can be set for one program."""
    if missing := missing_compiler():
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return TimeOfDay(tmp_path_factory.mktemp("clock"))


@pytest.mark.slow
def test_a_recorder_that_is_paused_and_whose_clock_is_set_keeps_every_sample(tmp_path, time_of_day):
    target, log = tmp_path / "run.parquet", tmp_path / "sent"
    environment = environment_in(tmp_path, **time_of_day.environment)
    command = (
        *(sys.executable, kill_child.__file__, log, "record", target, "--virtual", PLAN),
        *("--segments", "left_thigh,left_shin", "--duration", "5"),
    )
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not process.stdout.readline().startswith("Recording"):
        assert process.poll() is None
    time.sleep(1.2)
    time_of_day.set(-HOUR_S)
    time.sleep(0.7)
    process.send_signal(signal.SIGSTOP)
    try:
        # Somebody takes it for dead: its journal is not taken away from it.
        os.utime(journal_path(target), (0, 0))
        recovering = [COMMAND, "recover", target]
        refused = subprocess.run(
            recovering, env=environment_in(tmp_path), capture_output=True, text=True, check=False
        )
        assert (refused.returncode, "paused" in refused.stderr) == (2, True)
    finally:
        process.send_signal(signal.SIGCONT)
    time.sleep(0.8)
    time_of_day.set(HOUR_S)
    # The journal goes when the recording is there, so what was sent is looked up before.
    sent = sent_from(journal_path(target), log)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    recording = open_recording(target)
    assert fault_of(recording.streams) == ""
    assert lost_s(sent, recording.streams, []) == 0.0
    assert recording.duration_s == pytest.approx(5.0, abs=0.6)
    told = " ".join(recording.warnings)
    assert "went back by 3600 s" in told
    assert "went forward by 7200 s" in told
    began = datetime.fromisoformat(str(recording.log[0].details["started_utc"]))
    assert abs(datetime.now(UTC) - began) < timedelta(minutes=5)


def test_a_session_never_ends_before_it_begins(history_address, tmp_path, time_of_day):
    time_of_day.set(0.0)
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPS, history_address],
        env=environment_in(tmp_path, **time_of_day.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    # Back by an hour, then forward by two, each in the middle of a session.
    for off_s in (-HOUR_S, HOUR_S, HOUR_S):
        assert process.stdout.readline() == "begun\n"
        time_of_day.set(off_s)
        process.stdin.write("\n")
        process.stdin.flush()
    process.communicate(timeout=60)
    assert process.returncode == 0
    with open_history(history_address) as history:
        sessions = {each.id: each for each in history.sessions()}
        assert all(len(history.results(number)) == 1 for number in sessions)
    assert len(sessions) == 3
    durations_s = [
        (each.ended_utc - each.started_utc).total_seconds() for _, each in sorted(sessions.items())
    ]
    assert durations_s[0] == 0.0
    assert durations_s[1] == pytest.approx(2 * HOUR_S, abs=30.0)
    assert 0.0 <= durations_s[2] < 30.0


@pytest.fixture
def berlin(monkeypatch):
    """The zone of a clinic in Berlin, whose clocks go back on 25 October 2026 at 3 o'clock."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
def test_a_day_of_25_hours_has_all_its_bouts(history):
    # Midnight is 22:00 UTC before and 23:00 UTC after it: 25 hours with a bout in each.
    first = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    anna = history.add_person("Anna")
    begun = history.begin_session(anna, "stretch", Mode.ACTIVE, simulated=True, recording="")
    for hour in range(-1, 26):
        history.add_bout(begun.id, bout(started_utc=first + timedelta(hours=hour)))
    found = history.bouts(anna, date(2026, 10, 25))
    assert [each.started_utc for each in found] == [first + timedelta(hours=h) for h in range(25)]
    assert len(history.bouts(anna, date(2026, 10, 24))) == 1
    assert len(history.bouts(anna, date(2026, 10, 26))) == 1


@pytest.mark.usefixtures("berlin")
def test_the_hour_that_comes_twice_gives_two_recordings_two_names(tmp_path):
    now = datetime(2026, 10, 25, 2, 30)
    first = new_recording(tmp_path, "seated", now)
    first.touch()
    # An hour later the clock on the wall shows the same.
    second = new_recording(tmp_path, "seated", now.replace(fold=1))
    assert first.name == "2026-10-25_023000_seated.parquet"
    assert second.name == "2026-10-25_023000_seated_2.parquet"
