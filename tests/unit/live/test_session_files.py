"""The lock, the files and the markers of sessions."""

import subprocess
import sys
from datetime import datetime

import pytest

from imu_hip.errors import OutputError
from imu_hip.live.marker_log import MarkerLog
from imu_hip.live.session_files import finish_interrupted, new_recording, report_path
from imu_hip.live.session_lock import SessionLock, SessionRunsError
from imu_hip.names import MarkerLabel, Side
from imu_hip.recording.recording import Marker

NOW = datetime(2026, 3, 4, 15, 6, 7)
SEATED_LEFT = (MarkerLabel.SEATED, Side.LEFT)


def test_two_sessions_at_a_time_are_refused_in_words(tmp_path):
    with SessionLock(tmp_path), pytest.raises(SessionRunsError, match="Another session is running"):
        SessionLock(tmp_path).__enter__()
    with SessionLock(tmp_path):
        pass


def test_a_killed_program_holds_no_lock(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from imu_hip.live.session_lock import "
        "SessionLock; SessionLock(Path(sys.argv[1])).__enter__(); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    assert killed.returncode != 0
    with SessionLock(tmp_path):
        pass


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Choose a folder"):
        SessionLock(tmp_path / "file" / "folder").__enter__()
    with pytest.raises(OutputError, match="cannot be created"):
        new_recording(tmp_path / "file" / "folder", "seated", NOW)


def test_a_recording_never_has_the_name_of_another(tmp_path):
    first = new_recording(tmp_path / "new", "seated", NOW)
    assert first.name == "2026-03-04_150607_seated.parquet"
    report_path(first).write_text("")
    assert new_recording(tmp_path / "new", "seated", NOW).name.endswith("seated_2.parquet")


@pytest.mark.parametrize("protocol", ["../../etc/passwd", "a" * 300, "Ärzte & Co", "con:"])
def test_a_protocol_of_any_name_stays_in_the_folder(tmp_path, protocol):
    target = new_recording(tmp_path, protocol, NOW)
    assert target.parent == tmp_path
    assert len(target.name) < 100
    target.touch()


def test_recordings_that_are_whole_or_gone_are_left_alone(tmp_path):
    (tmp_path / "whole.parquet").write_bytes(b"whole")
    (tmp_path / "empty.parquet.journal").touch()
    names = [str(tmp_path / f"{name}.parquet") for name in ("whole", "gone", "empty")]
    assert finish_interrupted(tuple(names)) == ()
    assert (tmp_path / "whole.parquet").read_bytes() == b"whole"


def test_a_damaged_journal_is_told_and_kept(tmp_path):
    journal = tmp_path / "a.parquet.journal"
    journal.write_bytes(b"no journal at all")
    (told,) = finish_interrupted((str(tmp_path / "a.parquet"),))
    assert "a.parquet.journal could not be recovered" in told
    assert journal.exists()


def test_markers_follow_what_is_measured():
    log = MarkerLog()
    assert not log.follow(None, 1.0)
    assert log.follow(SEATED_LEFT, 2.0)
    assert not log.follow(SEATED_LEFT, 3.0)
    assert log.until(4.0) == (Marker(MarkerLabel.SEATED, 2.0, 4.0, Side.LEFT),)
    assert log.follow(None, 5.0)
    assert log.until(9.0) == (Marker(MarkerLabel.SEATED, 2.0, 5.0, Side.LEFT),)


def test_a_part_that_has_just_begun_is_no_marker_yet():
    log = MarkerLog()
    log.follow(SEATED_LEFT, 2.0)
    assert log.until(2.0) == ()


def test_calibrating_again_takes_the_place_of_the_first_time():
    log = MarkerLog()
    log.calibrated(Marker(MarkerLabel.STAND, -0.5, 3.0))
    log.calibrated(Marker(MarkerLabel.KNEE_EXTENSION, 4.0, 6.0, Side.LEFT))
    log.calibrated(Marker(MarkerLabel.KNEE_EXTENSION, 7.0, 9.0, Side.RIGHT))
    log.calibrated(Marker(MarkerLabel.KNEE_EXTENSION, 10.0, 12.0, Side.LEFT))
    assert log.until(20.0) == (
        # No marker begins before the recording.
        Marker(MarkerLabel.STAND, 0.0, 3.0),
        Marker(MarkerLabel.KNEE_EXTENSION, 7.0, 9.0, Side.RIGHT),
        Marker(MarkerLabel.KNEE_EXTENSION, 10.0, 12.0, Side.LEFT),
    )
