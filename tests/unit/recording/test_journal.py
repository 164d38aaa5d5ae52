"""The journal of a recording: whole batches only, whatever happens to the file."""

import os
import resource
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from imu_hip.errors import OutputError, RecordingError
from imu_hip.names import MarkerLabel, Segment, Side
from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.sidecars import markers_path, write_markers
from imu_hip.recording.journal import JournalEvent, JournalHeader, JournalRow, JournalSensor
from imu_hip.recording.journal_reading import read_journal
from imu_hip.recording.journal_writer import JournalWriter
from imu_hip.recording.recording import Marker, SensorInfo
from imu_hip.recording.recover import (
    finish,
    journal_path,
    remove_if_empty,
    require_at_rest,
    target_of,
)

RATE_HZ = 50.0


def header(*segments):
    sensors = tuple(
        JournalSensor(segment, RATE_HZ, SensorInfo("Movella DOT", f"S{i}", "2.0"), 1e-6)
        for i, segment in enumerate(segments)
    )
    return JournalHeader("2026-11-25T10:00:00+00:00", sensors, "four sensors")


def row(sensor, count, *, epoch=0, latency_s=0.004, clipping=0):
    """A still sensor whose clock began 7 s after the host's."""
    tick = round(count / RATE_HZ * 1e6)
    arrival_ns = round((7.0 + count / RATE_HZ + latency_s) * 1e9)
    return JournalRow(
        sensor,
        epoch,
        tick,
        None,
        arrival_ns,
        (1.0, 0.0, 0.0, 0.0),
        (0.0, 0.0, 9.8 + 0.001 * count),
        None,
        None,
        clipping,
    )


def write(path, batches, *segments):
    with JournalWriter(path, header(*(segments or (Segment.LEFT_SHIN,)))) as journal:
        for batch in batches:
            journal.write(batch)
    return path


@pytest.fixture
def two_seconds(tmp_path):
    batches = [[row(0, count) for count in range(start, start + 50)] for start in (0, 50)]
    return write(tmp_path / "walk.parquet.journal", batches)


def test_what_was_written_is_read(two_seconds):
    journal = read_journal(two_seconds)
    assert journal.header == header(Segment.LEFT_SHIN)
    assert not journal.torn
    rows = journal.rows[0]
    assert rows.tick.tolist() == [20_000 * count for count in range(100)]
    assert rows.arrival_ns[1] - rows.arrival_ns[0] == 20_000_000
    np.testing.assert_array_equal(rows.vectors["acc_mps2"][99], [0.0, 0.0, 9.8 + 0.001 * 99])
    assert rows.vectors.keys() == {"q_earth_sensor", "acc_mps2"}


@pytest.mark.parametrize("cut", [1, 9, 500, 5000])
def test_a_torn_end_costs_only_its_batch(two_seconds, cut):
    os.truncate(two_seconds, two_seconds.stat().st_size - cut)
    journal = read_journal(two_seconds)
    assert journal.torn
    assert len(journal.rows[0].tick) == 50


def test_every_cut_reads_as_whole_batches_or_is_refused(two_seconds):
    size = two_seconds.stat().st_size
    for length in range(size - 1, 0, -97):
        os.truncate(two_seconds, length)
        try:
            rows = read_journal(two_seconds).rows
        except RecordingError:
            continue
        assert sum(len(r.tick) for r in rows.values()) in (0, 50)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for a file's size")
@pytest.mark.parametrize("seed", range(150))
def test_damaged_bytes_are_a_journal_still_or_refused_in_one_sentence(two_seconds, seed):
    rng = np.random.default_rng(seed)
    data = bytearray(two_seconds.read_bytes())
    for at in rng.integers(0, len(data), rng.integers(1, 20)):
        data[at] = rng.integers(0, 256)
    two_seconds.write_bytes(data)
    with suppress(RecordingError):
        assert set(read_journal(two_seconds).rows) <= {0}


@pytest.mark.parametrize(
    "rows", [[row(0, 5), row(0, 4)], [row(0, 5), row(0, 5)], [row(0, 5, epoch=1), row(0, 6)]]
)
def test_a_clock_that_goes_back_is_damage(tmp_path, rows):
    path = write(tmp_path / "walk.parquet.journal", [rows])
    with pytest.raises(RecordingError, match="the clock of sensor number 0 goes back"):
        read_journal(path)


def test_a_sensor_that_the_header_lacks_is_damage(tmp_path):
    path = write(tmp_path / "walk.parquet.journal", [[row(1, 0), row(1, 1)]])
    with pytest.raises(RecordingError, match="no sensor number 1"):
        read_journal(path)


def test_a_full_disk_leaves_whole_batches_and_allows_another_try(tmp_path):
    path = tmp_path / "run.parquet.journal"
    batch = [row(0, count) for count in range(50)]
    with JournalWriter(path, header(Segment.LEFT_SHIN)) as journal:
        journal.write(batch)
        usual = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 1000, usual[1]))
        try:
            with pytest.raises(OutputError, match="Free space"):
                journal.write([row(0, count) for count in range(50, 100)])
            assert len(read_journal(path).rows[0].tick) == 50
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        journal.write([row(0, count) for count in range(50, 100)])
    assert read_journal(path).rows[0].tick.tolist() == [20_000 * i for i in range(100)]


def test_a_full_disk_at_the_beginning_leaves_no_empty_journal(tmp_path):
    path = tmp_path / "run.parquet.journal"
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, usual[1]))
    try:
        with pytest.raises(OutputError, match="Free space"):
            JournalWriter(path, header(Segment.LEFT_SHIN))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    # The next try would else be told to recover a journal that holds nothing.
    assert not path.exists()


def test_a_journal_is_never_written_over(two_seconds):
    before = two_seconds.read_bytes()
    with pytest.raises(OutputError, match="imu-hip recover"):
        JournalWriter(two_seconds, header(Segment.LEFT_SHIN))
    assert two_seconds.read_bytes() == before


@pytest.mark.parametrize("content", [b"x" * 400, b"PAR1" * 100, b"\xff\xff\xff\xff" * 9])
def test_another_file_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "a.journal"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match="is not a journal"):
        read_journal(path)


def test_a_journal_opens_as_a_recording(two_seconds):
    recording = open_recording(two_seconds)
    stream = recording.streams[Segment.LEFT_SHIN]
    # Arrivals all lag by 4 ms, so the sensor's clock is the host's but for a constant.
    np.testing.assert_allclose(stream.time_s, np.arange(100) / RATE_HZ, atol=1e-6)
    assert stream.sensor.serial == "S0"
    assert recording.log[0].step == "recorded"


def test_the_recording_replaces_the_journal_only_when_it_is_whole(two_seconds):
    target = target_of(two_seconds)
    assert journal_path(target) == two_seconds
    recording = finish(two_seconds, target)
    assert not two_seconds.exists()
    reopened = open_recording(target)
    np.testing.assert_array_equal(
        reopened.streams[Segment.LEFT_SHIN].acc_mps2, recording.streams[Segment.LEFT_SHIN].acc_mps2
    )


def test_markers_beside_a_journal_go_into_its_recording(two_seconds):
    target = target_of(two_seconds)
    markers = (Marker(MarkerLabel.SEATED, 0.5, 1.5, Side.LEFT),)
    write_markers(markers, markers_path(target))
    finish(two_seconds, target)
    markers_path(target).unlink()
    assert open_recording(target).markers == markers


def test_an_existing_recording_is_not_written_over(two_seconds):
    target = target_of(two_seconds)
    target.write_bytes(b"precious")
    with pytest.raises(OutputError, match="exists already"):
        finish(two_seconds, target)
    assert target.read_bytes() == b"precious"
    assert two_seconds.exists()


def test_events_and_losses_are_told(tmp_path):
    path = tmp_path / "a.journal"
    with JournalWriter(path, header(Segment.LEFT_SHIN, Segment.RIGHT_SHIN)) as journal:
        kept = [count for count in range(100) if not 30 <= count < 40]
        journal.write(
            [row(0, count, clipping=int(count == 3)) for count in kept],
            # The first sample is at 7.004 s of the host's clock minus a latency of 4 ms.
            [JournalEvent(round(7.65e9), 0, "The left shin lost its link.")],
        )
    recording = open_recording(path)
    said = "\n".join(recording.warnings)
    # 10 of 100 samples are missing.
    assert "The left shin sensor lost 10 of 100 samples (10 %)." in said
    assert "The right shin sensor sent nothing." in said
    assert "At 0.6 s: The left shin lost its link." in said
    assert "left shin sensor reached the end of its range in 1 samples" in said


def test_a_restarted_clock_goes_on_behind_the_gap(tmp_path):
    first = [row(0, count) for count in range(100)]
    # After the reboot at 4 s the sensor counts from 0 again; 5 s pass on the host.
    second = [
        row(0, count, epoch=1)._replace(arrival_ns=row(0, count).arrival_ns + 5_000_000_000)
        for count in range(100)
    ]
    recording = open_recording(write(tmp_path / "a.journal", [first, second]))
    stream = recording.streams[Segment.LEFT_SHIN]
    expected_s = np.concatenate((np.arange(100) / RATE_HZ, 5.0 + np.arange(100) / RATE_HZ))
    np.testing.assert_allclose(stream.time_s, expected_s, atol=1e-4)
    (gap,) = stream.gaps()
    assert gap.duration_s == pytest.approx(3.02, abs=1e-3)


@pytest.mark.parametrize("clock_group", ["", "one"])
def test_a_clock_of_nanoseconds_since_1970_keeps_its_steps(tmp_path, clock_group):
    path = tmp_path / "walk.parquet.journal"
    segments = (Segment.LEFT_THIGH, Segment.LEFT_SHIN)
    info = SensorInfo("SensorStim Capture2Go", "A1B2C3", "1.2.0")
    sensors = tuple(JournalSensor(s, RATE_HZ, info, 1e-9, clock_group) for s in segments)
    with JournalWriter(path, JournalHeader("2026-11-25", sensors, "two sensors")) as journal:
        for count in range(200):
            # 50 Hz are 20 ms; a float of 1.7e9 s has steps of 0.24 us.
            tick = 1_700_000_000_000_000_000 + 20_000_000 * count
            rows = [row(sensor, count)._replace(tick=tick) for sensor in (0, 1)]
            journal.write(rows)
    streams = open_recording(path).streams
    for segment in segments:
        assert np.diff(streams[segment].time_s) == pytest.approx(0.02, abs=1e-9)


def test_a_quantity_that_only_some_samples_have_is_left_out_and_told(tmp_path):
    rows = [row(0, count) for count in range(100)]
    rows[50:] = [one._replace(gyr_dps=(1.0, 0.0, 0.0)) for one in rows[50:]]
    recording = open_recording(write(tmp_path / "walk.parquet.journal", [rows]))
    assert recording.streams[Segment.LEFT_SHIN].gyr_dps is None
    assert recording.warnings == (
        "The angular velocity of the left shin sensor is left out: only some samples have it.",
    )


def test_a_journal_without_samples_says_so(tmp_path):
    path = write(tmp_path / "a.journal", [])
    with pytest.raises(RecordingError, match="holds no samples"):
        open_recording(path)


def test_a_journal_that_grows_is_left_alone(two_seconds):
    # As where a folder knows no locks.
    with two_seconds.open("ab", buffering=0) as file:
        later = threading.Timer(0.1, file.write, [b"more"])
        later.start()
        with pytest.raises(RecordingError, match="being recorded"):
            require_at_rest(two_seconds, 0.4)
        later.join()
        require_at_rest(two_seconds, 0.1)


def test_a_journal_is_left_alone_while_its_recorder_is_paused(tmp_path):
    path = tmp_path / "a.parquet.journal"
    with JournalWriter(path, header(Segment.LEFT_SHIN)) as journal:
        journal.write([row(0, count) for count in range(50)])
        # It has not grown for so long that nobody would watch it.
        os.utime(path, (0, 0))
        with pytest.raises(RecordingError, match="or its program is paused"):
            require_at_rest(path)
        with pytest.raises(RecordingError, match="or its program is paused"):
            finish(path, target_of(path))
        journal.write([row(0, count) for count in range(50, 100)])
    assert len(finish(path, target_of(path)).streams[Segment.LEFT_SHIN].time_s) == 100


def test_a_program_that_died_once_the_recording_was_written_left_only_the_journal(two_seconds):
    target, journal = target_of(two_seconds), two_seconds.read_bytes()
    recording = finish(two_seconds, target)
    two_seconds.write_bytes(journal)
    again = finish(two_seconds, target)
    assert not two_seconds.exists()
    np.testing.assert_array_equal(
        again.streams[Segment.LEFT_SHIN].time_s, recording.streams[Segment.LEFT_SHIN].time_s
    )


@pytest.mark.parametrize("rows", [None, 0, 50])
def test_only_a_journal_in_which_nothing_was_saved_is_removed(tmp_path, rows):
    path = tmp_path / "a.parquet.journal"
    if rows is None:
        path.touch()
    else:
        write(path, [[row(0, count) for count in range(rows)]] if rows else [])
    remove_if_empty(path)
    assert path.exists() == bool(rows)


def test_a_journal_that_begins_just_now_stays_although_it_is_empty(tmp_path):
    path = tmp_path / "a.parquet.journal"
    with JournalWriter(path, header(Segment.LEFT_SHIN)):
        remove_if_empty(path)
        assert path.exists()


def test_what_is_no_journal_is_not_removed(tmp_path):
    path = tmp_path / "a.parquet.journal"
    path.write_text("Dear diary", encoding="utf-8")
    remove_if_empty(path)
    assert path.exists()


def test_an_old_journal_is_not_waited_for(two_seconds):
    os.utime(two_seconds, (0, 0))
    # It would wait for an hour.
    require_at_rest(two_seconds, 3600.0)


def test_the_first_samples_are_saved_as_quickly_as_later_ones(tmp_path):
    """What takes long once, such as an import, is done before the recording begins."""
    program = (
        "import sys; from pathlib import Path; from tests.unit.recording import test_journal as t;"
        "journal = t.JournalWriter(Path(sys.argv[1]), t.header(t.Segment.LEFT_SHIN));"
        "before = set(sys.modules); journal.write([t.row(0, 1)]); journal.close();"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "a.parquet.journal"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
