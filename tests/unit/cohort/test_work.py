"""What a worker says of a recording: rows or a reason, and never an exception."""

import shutil
from pathlib import Path

import pytest

from imu_hip import __version__
from imu_hip.cohort.work import Job, measure_recording
from imu_hip.names import Task

RECORDED = Path(__file__).parents[3] / "recordings" / "simulated_seated.parquet"


def measured(path, task=None, contents=None):
    return measure_recording(Job(1, str(path), task, contents))


def test_a_recording_gives_rows_and_the_version_that_made_them():
    outcome = measured(RECORDED)
    assert outcome.reason == ""
    assert outcome.final
    assert outcome.version == __version__
    assert {row.side for row in outcome.rows} == {"left", "right"}


def test_what_was_sent_along_is_measured_like_a_file():
    contents = {"a.parquet": RECORDED.read_bytes()}
    assert measured("memory:///a.parquet", contents=contents) == measured(RECORDED)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "is empty"), (b"PAR1", "is damaged"), (b"a,b\n1,2\n", "known")]
)
def test_a_bad_file_is_told_and_not_tried_again(tmp_path, content, reason):
    (tmp_path / "a.parquet").write_bytes(content)
    outcome = measured(tmp_path / "a.parquet")
    assert outcome.rows == ()
    assert reason in outcome.reason
    assert outcome.final


def test_a_task_that_was_not_done_is_told():
    outcome = measured(RECORDED, Task.RUN)
    assert "holds no run that can be measured" in outcome.reason
    assert outcome.final


@pytest.mark.parametrize("name", ["nowhere.parquet", "memory:///nowhere.parquet"])
def test_what_is_not_there_is_told_and_tried_again_next_time(tmp_path, name):
    outcome = measured(name if "://" in name else tmp_path / name)
    assert "nowhere.parquet" in outcome.reason
    assert not outcome.final


def test_markers_beside_a_recording_without_any_test_leave_nothing_to_measure(tmp_path):
    shutil.copy(RECORDED, tmp_path / "a.parquet")
    (tmp_path / "a.markers.csv").write_text("label,side,start_s,end_s\nstretch,,0.0,1.0\n")
    outcome = measured(tmp_path / "a.parquet")
    assert bool(outcome.rows) != bool(outcome.reason)
