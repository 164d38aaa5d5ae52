"""Times of samples that nobody counts, as they arrive."""

import numpy as np
import pytest

from imu_hip.recording.counted_live_clock import CountedLiveClock


def times_of(arrival_s, sampling_rate_hz=50.0):
    clock = CountedLiveClock(sampling_rate_hz)
    return np.array([clock.update(float(one)) for one in arrival_s])


def test_late_packets_do_not_move_samples():
    rng = np.random.default_rng(1)
    true_s = 5.0 + np.arange(500) / 50.0
    arrival_s = np.maximum.accumulate(true_s + 0.01 + rng.exponential(0.004, 500))
    time_s = times_of(arrival_s)
    assert np.all(np.diff(time_s) > 0.0)
    assert np.all(time_s <= arrival_s)
    # Arrivals scatter by 4 ms (the deviation of that exponential); times by far less.
    error_s = time_s[100:] - true_s[100:]
    assert error_s.std() < 0.002


def test_a_pause_in_which_samples_were_lost_is_kept():
    arrival_s = np.concatenate((np.arange(50) / 50.0, 3.0 + np.arange(50) / 50.0))
    time_s = times_of(arrival_s)
    assert time_s[50] == 3.0
    assert time_s[50] - time_s[49] == pytest.approx(3.0 - 49 / 50.0)


def test_samples_that_arrive_together_are_told_apart():
    arrival_s = np.repeat(np.arange(40) * 0.1, 5)
    time_s = times_of(arrival_s)
    assert np.diff(time_s).min() == pytest.approx(0.002)
    # Five samples in 0.1 s: the rate is kept although they come in bursts.
    assert np.median(np.diff(time_s)[100:]) == pytest.approx(0.02, abs=0.002)


def test_a_sensor_that_is_faster_than_it_says_is_followed():
    arrival_s = np.arange(1000) / 51.0
    assert np.abs(times_of(arrival_s)[500:] - arrival_s[500:]).max() < 0.03
