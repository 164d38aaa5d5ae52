"""`imu-hip test` and `imu-hip stretch` as a person uses them, killed and resumed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from imu_hip.history.records import SessionState
from imu_hip.history.store import open_history
from imu_hip.names import Direction, Side
from imu_hip.recording.recover import journal_path
from tests.integration.live.conftest import COMMAND, ended

PLAN = "dot,play=guided,pace=3,left=36/41"


def wait_until(happened, timeout_s=120.0):
    end_s = time.monotonic() + timeout_s
    while time.monotonic() < end_s:
        found = happened()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@pytest.mark.slow
def test_a_killed_session_is_gone_on_with_and_nothing_finished_is_lost(folders, start_command):
    killed = start_command("test", "Anna", "--protocol", "left.toml", "--virtual", PLAN)
    history = open_history()

    def first_repetition():
        return [
            (session, repetition)
            for session in history.unfinished()
            for repetition in history.repetitions(session.id)
            if session.progress
        ]

    (session, finished), *_ = wait_until(first_repetition)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert journal_path(Path(session.recordings[0])).exists()

    out = ended(start_command("test", "--resume", "--protocol", "left.toml", "--virtual", PLAN))
    assert out[0] == 0, out
    assert "Your left hip turns inward" in out[1]
    assert "Report: " in out[1]
    record = history.session(session.id)
    assert record.state is SessionState.FINISHED
    assert len(record.recordings) == 2
    kept = [one for one in history.repetitions(session.id) if one.counted]
    assert [one.direction for one in kept] == [Direction.INTERNAL, Direction.EXTERNAL]
    # The first is that of the killed program, measured again on what its journal held.
    assert kept[0].recording == finished.recording == record.recordings[0]
    assert kept[0].peak_deg == pytest.approx(finished.peak_deg, abs=0.5)
    assert kept[1].recording == record.recordings[1]
    assert not list((folders / "data" / "recordings").glob("*.journal"))
    history.close()


@pytest.mark.slow
def test_a_stretch_keeps_its_bouts(start_command):
    out = ended(start_command("stretch", "Anna", "--protocol", "bouts.toml", "--virtual", PLAN))
    assert out[0] == 0, out
    history = open_history()
    (session,) = history.sessions()
    bouts = history.session_bouts(session.id)
    history.close()
    assert session.state is SessionState.FINISHED
    assert [bout.side for bout in bouts] == [Side.LEFT, Side.RIGHT]
    for bout in bouts:
        assert bout.duration_s == pytest.approx(15.0, abs=0.5)
        # The shin lies crossed: far from hanging (90°), near the horizontal.
        assert 0.0 < bout.best_deg < 50.0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["test", "--protocol", "nosuch"], "There is no protocol nosuch."),
        (["test", "--protocol", "gone.toml"], "There is no file gone.toml."),
        (["test", "--virtual", "dot,play=guided,pace=99"], "The setting pace of virtual sensors"),
        (["test", "--resume"], "No session was cut off."),
        (["test", "Nobody", "--resume"], "Nobody"),
        (["test", "--mode", "flying"], "flying"),
        (["stretch", "--protocol", "both.toml"], "is no stretch"),
        (["test", "--protocol", "bouts.toml"], "is no test"),
    ],
)
def test_bad_input_is_one_sentence(start_command, arguments, told):
    status, out, err = ended(start_command(*arguments))
    assert status == 2
    assert told in err
    assert "Traceback" not in err + out


@pytest.mark.slow
def test_ctrl_c_before_anything_was_measured(start_command):
    stopped = start_command("test", "Anna", "--virtual", PLAN)
    assert "Switch the sensors on" in stopped.stdout.readline()
    stopped.send_signal(signal.SIGINT)
    status, _, err = ended(stopped)
    assert status == 130
    assert "Stopped before anything was measured." in err
    history = open_history()
    assert not history.unfinished()
    history.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_key_stops_a_session_in_a_terminal(folders):
    ours, theirs = os.openpty()
    command = [COMMAND, "test", "Anna", "--virtual", PLAN]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folders)
    os.close(theirs)
    seen = b""
    while b"Switch the sensors on" not in seen:
        seen += os.read(ours, 4096)
    os.write(ours, b"q")
    with suppress(OSError):
        while chunk := os.read(ours, 4096):
            seen += chunk
    os.close(ours)
    assert process.wait() == 130
    text = seen.decode("utf-8", "replace")
    assert "Stopped before anything was measured." in text
    # The cursor was hidden and is there again.
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
