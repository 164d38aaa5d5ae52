"""Files of sensors on one timeline, against clocks whose readings are known."""

import numpy as np
import pytest

from imu_hip.bluetooth.downloaded import one_recording, read_stored, time_error_s
from imu_hip.bluetooth.drivers.capture2go_data import FULL_6D_PACKED, Measured, encode_data
from imu_hip.bluetooth.drivers.movella_dot_export import MOTION_FIELDS, record_type
from imu_hip.bluetooth.drivers.registry import driver_named
from imu_hip.bluetooth.on_sensor_session import OnSensorSession, SessionSensor
from imu_hip.errors import RecordingError
from imu_hip.names import Segment

THIGH, SHIN = Segment.LEFT_THIGH, Segment.LEFT_SHIN
DRIVERS = {name: driver_named(name) for name in ("dot", "capture2go")}
RATE_HZ = 100.0
STEP_US = 10_000


def session(kind="dot", group="dot-1", starts_s=(0.0, 0.0)):
    sensors = tuple(
        SessionSensor(segment, segment.value, kind, started_s=start_s)
        for segment, start_s in zip((THIGH, SHIN), starts_s, strict=True)
    )
    return OnSensorSession("run", 1_764_064_800, RATE_HZ, None, group, sensors)


def dot_file(ticks_us):
    records = np.zeros(len(ticks_us), record_type(MOTION_FIELDS))
    records["timestamp_us"] = np.asarray(ticks_us) % 2**32
    records["q_earth_sensor"][:, 0] = 1.0
    records["acc_mps2"][:, 2] = 9.81
    return records.tobytes()


def steady(first_us, count):
    return first_us + STEP_US * np.arange(count)


def capture_file(first_ns, packages):
    still = [Measured((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 9.81), (0.0, 0.0, 0.0))] * 8
    step_ns = 8 * STEP_US * 1000
    return b"".join(
        encode_data(FULL_6D_PACKED, RATE_HZ, first_ns + i * step_ns, still).encode()
        for i in range(packages)
    )


def joined(a_session, *files):
    stored = [
        read_stored(sensor, DRIVERS[sensor.driver], data)
        for sensor, data in zip(a_session.sensors, files, strict=True)
    ]
    return one_recording(a_session, stored, DRIVERS)


def starts_s(recording):
    return [float(recording.streams[segment].time_s[0]) for segment in (THIGH, SHIN)]


def test_synchronised_sensors_start_when_their_common_clock_says():
    recording = joined(
        session(), dot_file(steady(5_250_000, 300)), dot_file(steady(5_000_000, 300))
    )
    assert starts_s(recording) == pytest.approx([0.25, 0.0], abs=1e-9)
    thigh = recording.streams[THIGH]
    np.testing.assert_allclose(np.diff(thigh.time_s), 0.01, atol=1e-9)
    assert thigh.lost_samples() == 0


def test_a_clock_that_wraps_between_two_starts_is_one_clock():
    # The first sensor begins 0.1 s before the clock wraps to 0, the second 0.2 s after it.
    before, after = 2**32 - 100_000, 200_000
    recording = joined(session(), dot_file(steady(before, 300)), dot_file(steady(after, 300)))
    assert starts_s(recording) == pytest.approx([0.0, 0.3], abs=1e-9)
    # 300 samples at 100 Hz, over the wrap.
    assert recording.streams[THIGH].duration_s == pytest.approx(2.99)


def test_a_run_over_several_wraps_is_one_piece():
    # 88 minutes at a sample a second; a clock of microseconds wraps each 71.6 minutes.
    ticks = 2**32 - 60_000_000 + 1_000_000 * np.arange(88 * 60)
    stored = read_stored(session().sensors[0], DRIVERS["dot"], dot_file(ticks))
    assert stored.sensor_s[-1] == pytest.approx(88 * 60 - 1)
    assert not stored.cut


def test_nanoseconds_since_1970_keep_their_last_digits():
    # As floating point, times of 2026 are 256 ns apart.
    first_ns = 1_795_000_000_123_456_789
    files = capture_file(first_ns, 20), capture_file(first_ns + 1_000_300, 20)
    recording = joined(session("capture2go", "capture2go-1"), *files)
    assert starts_s(recording) == pytest.approx([0.0, 0.0010003], abs=1e-10)
    np.testing.assert_allclose(np.diff(recording.streams[SHIN].time_s), 0.01, atol=1e-9)


@pytest.mark.parametrize("jump_us", [-500_000, 90_000_000])
def test_what_comes_after_a_clock_that_was_set_is_left_out_and_told(jump_us):
    ticks = steady(600_000_000, 400)
    ticks[250:] += jump_us - (2_500_000 if jump_us < 0 else 0)
    recording = joined(session(), dot_file(ticks), dot_file(steady(600_000_000, 400)))
    assert len(recording.streams[THIGH].time_s) == 250
    assert any("left thigh sensor's clock was set or restarted" in w for w in recording.warnings)


def test_a_sensor_that_stopped_early_is_told():
    recording = joined(session(), dot_file(steady(0, 1000)), dot_file(steady(0, 400)))
    assert "The left shin sensor recorded 6 s less than the longest." in recording.warnings
    assert recording.streams[SHIN].duration_s == pytest.approx(3.99)


def test_pieces_without_a_sample_are_told_and_leave_a_gap():
    whole = bytearray(dot_file(steady(0, 300)))
    size = record_type(MOTION_FIELDS).itemsize
    # The orientation of one sample is all zeros, so it is none.
    whole[100 * size + 4 : 100 * size + 20] = bytes(16)
    recording = joined(session(), bytes(whole), dot_file(steady(0, 300)))
    assert recording.streams[THIGH].lost_samples() == 1
    assert any("file holds 1 piece without a sample" in text for text in recording.warnings)


def test_without_a_common_clock_sensors_start_when_they_confirmed_it():
    apart = session(group="", starts_s=(0.0, 1.25))
    # Their clocks say nothing of each other.
    recording = joined(apart, dot_file(steady(7, 300)), dot_file(steady(10**9, 300)))
    assert starts_s(recording) == pytest.approx([0.0, 1.25])
    (told,) = recording.warnings
    # 50 ms at the start and 80 ppm of 2.99 s.
    assert "not synchronised: times of two sensors may differ by 50 ms" in told
    assert recording.log[0].details["time_error_ms"] == pytest.approx(50.24, abs=0.01)


def test_the_stated_error_is_the_makers():
    # 1 ppm up to half an hour, 4 ppm beyond (Movella DOT User Manual XD0502P).
    assert time_error_s(session(), DRIVERS, 600.0) == pytest.approx(0.0006)
    assert time_error_s(session(), DRIVERS, 3600.0) == pytest.approx(0.0144)
    assert time_error_s(session("capture2go", "g"), DRIVERS, 600.0) is None


@pytest.mark.parametrize("count", [0, 1])
def test_a_file_without_two_samples_is_refused(count):
    with pytest.raises(RecordingError, match="left thigh sensor holds fewer than two"):
        read_stored(session().sensors[0], DRIVERS["dot"], dot_file(steady(0, count)))
