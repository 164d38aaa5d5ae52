"""Streams on their own clocks and rates come onto one grid without inventing anything."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.recording import Recording, SensorStream
from imu_hip.recording.timeline import build_timeline

THIGH, SHIN = Segment.LEFT_THIGH, Segment.LEFT_SHIN


def swing(time_s):
    """A swing of ±60° once a second about a level axis."""
    angle = np.deg2rad(60.0) * np.sin(2 * np.pi * time_s)
    return Rotation.from_rotvec(angle[:, None] * np.array([0.8, 0.6, 0.0]))


def oriented(segment, time_s, rate_hz):
    q = np.roll(swing(time_s).as_quat(canonical=True), 1, axis=1)
    return SensorStream(segment, time_s, rate_hz, q_earth_sensor=q)


def raw(segment, time_s, rate_hz, rotation=swing):
    """Ideal raw samples of a rotation, without linear acceleration."""
    step_s = 1e-4
    turn = rotation(time_s - step_s).inv() * rotation(time_s + step_s)
    gyr_dps = np.rad2deg(turn.as_rotvec()) / (2 * step_s)
    acc_mps2 = rotation(time_s).inv().apply([0.0, 0.0, GRAVITY_MPS2])
    return SensorStream(segment, time_s, rate_hz, acc_mps2=acc_mps2, gyr_dps=gyr_dps)


def timeline_of(*streams):
    return build_timeline(Recording({stream.segment: stream for stream in streams}))


def error_deg(timeline, segment):
    q = timeline.q_earth_sensor[segment]
    found = np.isfinite(q[:, 0])
    rotation = Rotation.from_quat(np.roll(q[found], -1, axis=1))
    return np.rad2deg((rotation * swing(timeline.time_s[found]).inv()).magnitude()), found


def inclination_error_deg(timeline, segment):
    q = timeline.q_earth_sensor[segment]
    found = np.isfinite(q[:, 0])
    up = Rotation.from_quat(np.roll(q[found], -1, axis=1)).inv().apply([0.0, 0.0, 1.0])
    true_up = swing(timeline.time_s[found]).inv().apply([0.0, 0.0, 1.0])
    return np.rad2deg(np.arccos(np.clip(np.sum(up * true_up, axis=1), -1.0, 1.0)))


def every(rate_hz, seconds, start_s=0.0):
    return start_s + np.arange(round(seconds * rate_hz) + 1) / rate_hz


def without(time_s, start_s, end_s):
    return time_s[(time_s < start_s) | (time_s > end_s)]


def test_a_shared_regular_grid_is_kept_to_the_last_bit():
    time_s = every(100.0, 10.0)
    streams = [oriented(s, time_s, 100.0) for s in (THIGH, SHIN)]
    timeline = timeline_of(*streams)
    assert timeline.time_s is streams[0].time_s
    assert timeline.sampling_rate_hz == pytest.approx(100.0)
    for stream in streams:
        assert np.array_equal(timeline.q_earth_sensor[stream.segment], stream.q_earth_sensor)


def test_a_shared_grid_tells_its_true_rate_and_keeps_raw_rates():
    # Nominally 60 Hz, in fact 60.5 Hz.
    time_s = np.arange(600) / 60.5
    stream = raw(THIGH, time_s, 60.0)
    timeline = timeline_of(stream, raw(SHIN, time_s, 60.0))
    assert timeline.sampling_rate_hz == pytest.approx(60.5)
    assert np.array_equal(timeline.gyr_dps[THIGH], stream.gyr_dps)


def test_angular_velocity_comes_from_orientation_where_it_was_not_measured():
    # 60° sin(2π t) has a rate of 377 cos(2π t) °/s; central differences of 10 ms miss
    # (2π)² 0.01² / 6 = 0.07 % of it.
    time_s = every(100.0, 5.0)
    timeline = timeline_of(oriented(THIGH, time_s, 100.0), oriented(SHIN, time_s, 100.0))
    rate = timeline.gyr_dps[THIGH] @ np.array([0.8, 0.6, 0.0])
    expected = 60.0 * 2 * np.pi * np.cos(2 * np.pi * time_s)
    assert rate[1:-1] == pytest.approx(expected[1:-1], abs=0.5)


def test_other_clocks_and_rates_are_resampled_by_slerp():
    # Between samples h apart slerp misses at most h² / 8 of the angle's second derivative:
    # (1/60)² / 8 * 60 (2π)² = 0.082°.
    timeline = timeline_of(
        oriented(THIGH, every(100.0, 10.0), 100.0),
        oriented(SHIN, every(60.0, 9.7, start_s=0.133), 60.0),
    )
    assert timeline.sampling_rate_hz == 100.0
    assert np.diff(timeline.time_s) == pytest.approx(0.01)
    thigh_deg, present = error_deg(timeline, THIGH)
    assert present.all()
    assert thigh_deg.max() < 0.03
    shin_deg, present = error_deg(timeline, SHIN)
    assert shin_deg.max() < 0.083
    # Before its first and after its last sample a stream says nothing.
    measured = timeline.time_s[present]
    assert measured[0] == pytest.approx(0.14)
    assert measured[-1] == pytest.approx(9.83)
    assert present.sum() == 970


def test_raw_streams_with_different_clocks_agree_with_the_truth():
    fast_s = every(100.0, 12.0)
    timeline = timeline_of(raw(THIGH, fast_s, 100.0), raw(SHIN, fast_s + 0.0043, 100.0))
    settled = 300
    for segment in (THIGH, SHIN):
        assert inclination_error_deg(timeline, segment)[settled:-1].max() < 0.5


@pytest.mark.parametrize("make", [oriented, raw])
def test_a_gap_of_a_tenth_of_a_second_is_bridged(make):
    # From 5.00 to 5.09 s: 8 samples of 100 a second are missing.
    time_s = every(100.0, 10.0)
    timeline = timeline_of(
        make(THIGH, time_s, 100.0), make(SHIN, without(time_s, 5.005, 5.085), 100.0)
    )
    assert np.isfinite(timeline.q_earth_sensor[SHIN]).all()
    # 0.09² / 8 * 60 (2π)² = 2.4° at most for the straight way.
    near = np.abs(timeline.time_s - 5.045) < 0.06
    assert inclination_error_deg(timeline, SHIN)[near].max() < 2.5


@pytest.mark.parametrize("make", [oriented, raw])
def test_what_was_bridged_is_marked(make):
    # Samples from 5.01 to 5.08 s are missing from the shin: eight times of the grid.
    time_s = every(100.0, 10.0)
    timeline = timeline_of(
        make(THIGH, time_s, 100.0), make(SHIN, without(time_s, 5.005, 5.085), 100.0)
    )
    marked = timeline.time_s[timeline.bridged[SHIN]]
    assert marked == pytest.approx(5.01 + 0.01 * np.arange(8))
    assert not timeline.bridged[THIGH].any()


def test_only_bridged_gaps_are_marked():
    # 50 ms are bridged, 300 ms stay empty; the shin's own times lie between those of the grid.
    time_s = every(100.0, 10.0)
    holed_s = without(without(time_s + 0.004, 2.001, 2.049), 5.0, 5.3)
    timeline = timeline_of(oriented(THIGH, time_s, 100.0), oriented(SHIN, holed_s, 100.0))
    # The neighbours of the short gap are the samples at 1.994 and 2.054 s.
    marked = timeline.time_s[timeline.bridged[SHIN]]
    assert marked == pytest.approx(2.0 + 0.01 * np.arange(6))
    missing = np.isnan(timeline.q_earth_sensor[SHIN][:, 0])
    assert missing.any()
    assert not (missing & timeline.bridged[SHIN]).any()


def test_nothing_is_marked_in_a_piece_that_was_dropped():
    # 0.6 s of raw samples between long gaps are dropped, with the short gap inside.
    time_s = every(100.0, 30.0)
    holed_s = without(without(without(time_s, 10.0, 14.0), 14.6, 20.0), 14.305, 14.345)
    timeline = timeline_of(raw(THIGH, time_s, 100.0), raw(SHIN, holed_s, 100.0))
    assert not timeline.bridged[SHIN].any()


@pytest.mark.parametrize("shin_rate_hz", [100.0, 60.0])
def test_streams_without_gaps_share_one_mark_that_cannot_be_written(shin_rate_hz):
    timeline = timeline_of(
        oriented(THIGH, every(100.0, 10.0), 100.0),
        oriented(SHIN, every(shin_rate_hz, 10.0), shin_rate_hz),
    )
    assert timeline.bridged[SHIN] is timeline.bridged[THIGH]
    assert timeline.bridged[SHIN].shape == timeline.time_s.shape
    assert not timeline.bridged[SHIN].any()
    assert not timeline.bridged[SHIN].flags.writeable


@pytest.mark.parametrize("make", [oriented, raw])
def test_a_longer_gap_stays_empty_and_the_other_sensor_does_not_see_it(make):
    time_s = every(100.0, 10.0)
    whole = timeline_of(make(THIGH, time_s, 100.0), make(SHIN, time_s + 0.001, 100.0))
    holed = timeline_of(
        make(THIGH, time_s, 100.0), make(SHIN, without(time_s + 0.001, 5.0, 5.3), 100.0)
    )
    missing = np.isnan(holed.q_earth_sensor[SHIN]).any(axis=1)
    missing_s = holed.time_s[missing & (holed.time_s > 0.5)]
    assert missing_s[0] == pytest.approx(5.0, abs=0.011)
    assert missing_s[-1] == pytest.approx(5.3, abs=0.011)
    assert len(missing_s) == pytest.approx(30, abs=2)
    assert np.array_equal(holed.q_earth_sensor[THIGH], whole.q_earth_sensor[THIGH])


@pytest.mark.parametrize("make", [oriented, raw])
def test_ten_seconds_of_silence_are_not_bridged(make):
    time_s = every(100.0, 30.0)
    timeline = timeline_of(
        make(THIGH, time_s, 100.0), make(SHIN, without(time_s, 10.0, 20.0), 100.0)
    )
    inside = (timeline.time_s > 10.02) & (timeline.time_s < 19.98)
    assert np.isnan(timeline.q_earth_sensor[SHIN][inside]).all()
    assert np.isnan(timeline.gyr_dps[SHIN][inside]).all()
    assert np.isfinite(timeline.q_earth_sensor[SHIN][~inside][:990]).all()
    assert np.isfinite(timeline.q_earth_sensor[THIGH]).all()
    # On both sides of the silence the inclination is right.
    assert np.median(inclination_error_deg(timeline, SHIN)) < 0.5


@pytest.mark.parametrize(("make", "kept"), [(raw, False), (oriented, True)])
def test_a_short_raw_piece_between_long_gaps_is_dropped(make, kept):
    # 0.6 s of raw samples are too few for an orientation to settle; an orientation that the
    # sensor reports itself needs no time.
    time_s = every(100.0, 30.0)
    holed_s = without(without(time_s, 10.0, 14.0), 14.6, 20.0)
    timeline = timeline_of(make(THIGH, time_s, 100.0), make(SHIN, holed_s, 100.0))
    inside = (timeline.time_s > 14.02) & (timeline.time_s < 14.58)
    assert np.isfinite(timeline.q_earth_sensor[SHIN][inside]).all() == kept
    assert np.isnan(timeline.q_earth_sensor[SHIN][inside]).all() != kept


def test_two_lone_sensors_in_one_gap_do_not_become_neighbours():
    # Slerp across the silence would turn slowly; nothing of that may be invented.
    time_s = every(100.0, 20.0)
    timeline = timeline_of(
        oriented(THIGH, without(time_s, 5.0, 9.0), 100.0),
        oriented(SHIN, without(time_s, 7.0, 12.0), 100.0),
    )
    for segment, start_s, end_s in ((THIGH, 5.0, 9.0), (SHIN, 7.0, 12.0)):
        missing = np.isnan(timeline.q_earth_sensor[segment][:, 0])
        expected = (timeline.time_s > start_s) & (timeline.time_s < end_s)
        assert (missing != expected).sum() <= 2


def test_times_become_samples():
    timeline = timeline_of(oriented(THIGH, every(100.0, 10.0, 2.0), 100.0))
    assert timeline.index(2.0) == 0
    assert timeline.index(5.0) == 300
    assert timeline.index(5.001) == 301
    assert timeline.span(3.0, 4.0) == slice(100, 200)
    assert timeline.span(100.0, 200.0) == slice(1001, 1001)
