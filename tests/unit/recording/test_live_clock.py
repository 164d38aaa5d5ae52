"""A clock followed while it streams never looks ahead and stays near the truth."""

import numpy as np
import pytest

from imu_hip.recording.live_clock import LiveClock
from tests.delays import Link, mixed_links, pairwise_errors_s, simulate_link, simulate_sensors


def test_arrivals_without_delay_give_the_clock_itself():
    sensor_s = np.arange(1000) / 60.0
    assert LiveClock().follow(sensor_s, 50.0 + sensor_s) == pytest.approx(50.0 + sensor_s)


def test_a_sample_is_never_later_than_its_arrival_once_the_first_have_come():
    arrivals = simulate_link(Link(), 60.0, 120.0, np.random.default_rng(1))
    host_s = LiveClock().follow(arrivals.sensor_s, arrivals.arrival_s)
    assert (arrivals.arrival_s - host_s)[60:].min() > -1e-4


def test_between_soon_packets_the_bound_rises_by_the_drift_limit():
    # After a packet without delay come packets 50 ms late: the bound rises by 100 ppm of 1 s.
    clock = LiveClock(drift_limit=100e-6)
    clock.update(0.0, 10.0)
    assert clock.update(1.0, 11.05) == pytest.approx(11.0001)
    assert clock.update(2.0, 12.05) == pytest.approx(12.0002)
    assert clock.update(3.0, 13.0) == pytest.approx(13.0)


def test_a_late_start_is_made_good_and_time_still_rises():
    # The first second arrives in one burst.
    sensor_s = np.arange(300) / 60.0
    host_s = LiveClock().follow(sensor_s, 10.0 + np.maximum(sensor_s, 1.0))
    assert np.diff(host_s).min() > 0.0
    assert host_s[180:] == pytest.approx(10.0 + sensor_s[180:], abs=0.001)


def test_a_stall_of_seconds_does_not_move_the_clock():
    calm = simulate_link(Link(), 60.0, 60.0, np.random.default_rng(2))
    arrival_s = calm.arrival_s.copy()
    held = slice(1800, 1980)
    arrival_s[held] = arrival_s[held.stop]
    host_s = LiveClock().follow(calm.sensor_s, arrival_s)
    assert host_s - calm.true_s - Link().latency_s == pytest.approx(0.0, abs=0.003)


@pytest.mark.parametrize("sensor_s", [1.0, 0.5, np.nan, np.inf])
def test_a_clock_that_does_not_rise_is_refused(sensor_s):
    clock = LiveClock()
    clock.update(1.0, 10.0)
    with pytest.raises(ValueError, match="does not follow"):
        clock.update(sensor_s, 11.0)


def test_memory_stays_bounded_for_hours():
    # At one sample a second, and with ten thousand samples in an instant.
    slow = LiveClock()
    times_s = np.arange(20000.0)
    slow.follow(times_s, times_s + 5.0)
    fast = LiveClock()
    instant_s = np.arange(10000) * 1e-6
    fast.follow(instant_s, instant_s + 5.0)
    for clock in (slow, fast):
        assert len(clock._bounds) <= 150
        assert len(clock._block) <= 4096


def test_live_sensors_with_mixed_intervals_agree_within_three_milliseconds():
    links = mixed_links([0.0075, 0.015, 0.03])
    for seed in range(2):
        arrivals = simulate_sensors(links, 60.0, 600.0, seed)
        host_s = [LiveClock().follow(a.sensor_s, a.arrival_s) for a in arrivals]
        assert np.percentile(pairwise_errors_s(arrivals, host_s), 95) <= 0.003
