"""A recording accepts what sensors deliver and tells every fault of what they cannot deliver."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import from_axis_angle
from imu_hip.names import MarkerLabel, Segment, Side
from imu_hip.recording.recording import LogEntry, Marker, Recording, SensorStream

N = 200
RATE_HZ = 100.0
TIME_S = np.arange(N) / RATE_HZ


def turning(n=N):
    return from_axis_angle(np.array([0.6, 0.0, 0.8]), np.linspace(0.1, 9.0, n))


def stream(segment=Segment.LEFT_THIGH, time_s=TIME_S, rate_hz=RATE_HZ, **channels):
    if not channels:
        n = len(time_s)
        channels = {"acc_mps2": np.tile([0.0, 9.8, 0.0], (n, 1)), "gyr_dps": np.zeros((n, 3))}
    return SensorStream(segment, time_s, rate_hz, **channels)


def fault_of(**arguments):
    with pytest.raises(RecordingError) as caught:
        stream(**arguments)
    return caught.value


def changed(values, index, value):
    values = values.copy()
    values[index] = value
    return values


def test_raw_samples_or_an_orientation_are_enough():
    assert stream().has_raw
    only_orientation = stream(q_earth_sensor=turning())
    assert not only_orientation.has_raw
    assert only_orientation.acc_mps2 is None
    assert only_orientation.duration_s == pytest.approx(1.99)


@pytest.mark.parametrize(
    ("time_s", "words"),
    [
        (changed(TIME_S, 50, TIME_S[49]), "repeats at 0.490 s, sample 51 (1 such sample)"),
        (changed(TIME_S, 50, 0.3), "runs backward at 0.300 s, sample 51 (1 such sample)"),
        (changed(TIME_S, [20, 50], 0.0), "sample 21 (2 such samples)"),
        (changed(TIME_S, 7, np.nan), "time is not a number at sample 8"),
        (changed(TIME_S, -1, np.inf), "time is not a number at sample 200"),
    ],
)
def test_times_must_increase(time_s, words):
    assert words in fault_of(time_s=time_s).what


@pytest.mark.parametrize("n", [0, 1])
def test_one_sample_is_no_stream(n):
    assert f"{n} sample" in fault_of(time_s=TIME_S[:n]).what


@pytest.mark.parametrize("rate_hz", [0.0, -100.0, np.nan, np.inf])
def test_the_rate_must_be_a_rate(rate_hz):
    assert "sampling rate" in fault_of(rate_hz=rate_hz).what


@pytest.mark.parametrize(
    "channels",
    [
        {"acc_mps2": np.zeros((N, 3))},
        {"gyr_dps": np.zeros((N, 3))},
        {"mag_au": np.zeros((N, 3))},
    ],
)
def test_half_of_the_raw_samples_is_not_enough(channels):
    error = fault_of(**channels)
    assert "neither an orientation nor acceleration with angular velocity" in error.what


RAW = {"acc_mps2": np.zeros((N, 3)), "gyr_dps": np.zeros((N, 3))}
WORDS = {
    "acc_mps2": "acceleration",
    "gyr_dps": "angular velocity",
    "mag_au": "magnetic field",
    "q_earth_sensor": "orientation",
}


@pytest.mark.parametrize("channel", WORDS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_told_with_their_place(channel, bad):
    good = {**RAW, "mag_au": np.zeros((N, 3)), "q_earth_sensor": turning()}
    error = fault_of(**{**good, channel: changed(good[channel], [30, 31], bad)})
    assert f"{WORDS[channel]} is not a number at 0.300 s, sample 31 (2 in all)" in error.what


@pytest.mark.parametrize("channel", WORDS)
def test_channels_must_have_a_row_a_sample(channel):
    width = 4 if channel == "q_earth_sensor" else 3
    error = fault_of(**{**RAW, channel: np.ones((N - 1, width))})
    assert f"{WORDS[channel]} has shape ({N - 1}, {width}) instead of ({N}, {width})" in error.what


@pytest.mark.parametrize(
    ("scale", "length"), [(0.0, "0.000"), (1.05, "1.050"), (0.9, "0.900"), (2.0, "2.000")]
)
def test_an_orientation_must_have_unit_length(scale, length):
    q = turning()
    q[10] *= scale
    error = fault_of(q_earth_sensor=q)
    assert f"orientation has length {length} instead of 1 at 0.100 s, sample 11" in error.what


def test_damaged_numbers_are_refused_without_a_warning():
    # The square of 1e300 is beyond what a double holds.
    damaged = changed(turning(), (50, 1), 1e300)
    assert "orientation has length inf" in fault_of(q_earth_sensor=damaged).what


def test_every_fault_is_told_at_once_with_advice():
    error = fault_of(
        segment=Segment.RIGHT_SHIN,
        time_s=changed(TIME_S, 50, 0.1),
        rate_hz=-1.0,
        acc_mps2=changed(RAW["acc_mps2"], 3, np.nan),
        gyr_dps=np.zeros((5, 3)),
        q_earth_sensor=changed(turning(), 9, 0.0),
    )
    assert error.what.startswith("The right shin sensor cannot be used: ")
    for words in (
        "runs backward",
        "sampling rate",
        "acceleration is not a number",
        "angular velocity has shape",
        "orientation has length 0.000",
    ):
        assert words in error.what
    assert error.what.count(";") == 4
    assert error.advice


def test_rounded_quaternions_become_unit():
    q = np.round(turning(), 3)
    found = stream(q_earth_sensor=q).q_earth_sensor
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-12)
    assert found == pytest.approx(q, abs=2e-3)


def test_flipped_signs_are_made_continuous():
    q = turning()
    flipped = q * np.where(np.arange(N) % 7 < 3, 1.0, -1.0)[:, None]
    assert stream(q_earth_sensor=flipped).q_earth_sensor == pytest.approx(q, abs=1e-15)


def test_good_quaternions_stay_as_they_are_to_the_last_bit():
    q = turning()
    before = q.copy()
    assert np.array_equal(stream(q_earth_sensor=q).q_earth_sensor, before)
    flipped = q * np.where(np.arange(N) < 50, 1.0, -1.0)[:, None]
    assert np.array_equal(np.abs(stream(q_earth_sensor=flipped).q_earth_sensor), np.abs(before))


def test_the_arrays_that_were_given_are_not_changed():
    flipped = np.round(turning(), 3) * np.where(np.arange(N) % 2, 1.0, -1.0)[:, None]
    before = flipped.copy()
    stream(q_earth_sensor=flipped)
    assert np.array_equal(flipped, before)


def test_gaps_and_lost_samples():
    # Samples 50 to 59 (10 of them) and 120 are missing; 60 comes 0.11 s after 49.
    kept = np.delete(np.arange(N), [*range(50, 60), 120])
    holed = stream(time_s=TIME_S[kept])
    first, second = holed.gaps()
    assert (first.start_s, first.end_s) == pytest.approx((0.49, 0.60))
    assert first.duration_s == pytest.approx(0.11)
    assert second.start_s == pytest.approx(1.19)
    assert holed.lost_samples() == 11


def test_jitter_is_no_gap():
    jitter_s = 0.002 * np.sin(np.arange(N))
    assert stream(time_s=TIME_S + jitter_s).gaps() == ()
    assert stream(time_s=TIME_S + jitter_s).lost_samples() == 0


def test_a_recording_sorts_segments_and_markers_and_is_read_only():
    later = Marker(MarkerLabel.SIT, 5.0, 6.0, Side.LEFT)
    first = Marker(MarkerLabel.STAND, 1.0, 2.0)
    streams = {s: stream(s) for s in (Segment.RIGHT_SHIN, Segment.LEFT_THIGH, Segment.PELVIS)}
    recording = Recording(streams, (later, first))
    assert list(recording.streams) == [Segment.PELVIS, Segment.LEFT_THIGH, Segment.RIGHT_SHIN]
    assert recording.markers == (first, later)
    with pytest.raises(TypeError):
        recording.streams[Segment.LEFT_SHIN] = stream(Segment.LEFT_SHIN)
    streams.clear()
    assert len(recording.streams) == 3


def test_start_and_end_are_those_of_all_streams():
    recording = Recording(
        {
            Segment.LEFT_THIGH: stream(time_s=TIME_S + 3.0),
            Segment.LEFT_SHIN: stream(Segment.LEFT_SHIN, TIME_S + 2.5),
        }
    )
    assert recording.start_s == pytest.approx(2.5)
    assert recording.end_s == pytest.approx(4.99)
    assert recording.duration_s == pytest.approx(2.49)


def test_a_recording_needs_a_sensor():
    with pytest.raises(RecordingError, match=r"walk\.csv holds no sensor"):
        Recording({}, source="walk.csv")


def test_a_stream_sits_under_its_own_name():
    with pytest.raises(RecordingError, match="left thigh is filed as right shin"):
        Recording({Segment.RIGHT_SHIN: stream(Segment.LEFT_THIGH)})


@pytest.mark.parametrize("end_s", [5.0, 4.0, np.nan])
def test_a_marker_ends_after_its_start(end_s):
    marker = Marker(MarkerLabel.SEATED, 5.0, end_s)
    with pytest.raises(RecordingError, match="marker seated at 5 s"):
        Recording({Segment.LEFT_THIGH: stream()}, (marker,))


def test_with_log_appends_and_leaves_the_original():
    read = LogEntry("read", "0.1.0", {"file": "a.csv"})
    cut = LogEntry("cut", "0.1.0")
    recording = Recording({Segment.LEFT_THIGH: stream()}, log=(read,))
    assert recording.with_log(cut).log == (read, cut)
    assert recording.log == (read,)


def test_replacing_markers_keeps_the_streams():
    recording = Recording({Segment.LEFT_THIGH: stream()}, source="a", warnings=("w",))
    bare = replace(recording, markers=())
    assert bare.streams == recording.streams
    assert (bare.source, bare.warnings) == ("a", ("w",))
