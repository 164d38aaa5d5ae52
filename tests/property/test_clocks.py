"""What must hold for every clock, delay and split of the samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imu_hip.recording.clocks import ClockArrivals, fit_clock
from imu_hip.recording.live_clock import LiveClock
from tests.delays import Link, simulate_link

few_examples = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 10**6)
links = st.builds(
    Link,
    interval_s=st.sampled_from([0.0075, 0.015, 0.02, 0.03, 0.05]),
    jitter_s=st.sampled_from([0.0, 0.0003, 0.003]),
    missed_fraction=st.sampled_from([0.0, 0.02, 0.2]),
    stalled_fraction=st.sampled_from([0.0, 0.003]),
    lost_fraction=st.sampled_from([0.0, 0.1]),
)


def simulated(link, seed, duration_s=40.0):
    rng = np.random.default_rng(seed)
    return simulate_link(link, float(rng.choice([10.0, 50.0, 60.0])), duration_s, rng)


@few_examples
@given(link=links, seed=seeds, shift_s=st.floats(-1000.0, 1e6))
def test_later_arrivals_are_later_samples(link, seed, shift_s):
    arrivals = simulated(link, seed)
    there = fit_clock(ClockArrivals(arrivals.sensor_s, arrivals.arrival_s))
    later = fit_clock(ClockArrivals(arrivals.sensor_s, arrivals.arrival_s + shift_s))
    expected_s = there.host_s(arrivals.sensor_s) + shift_s
    assert later.host_s(arrivals.sensor_s) == pytest.approx(expected_s, abs=1e-5)


@few_examples
@given(link=links, seed=seeds, shift_s=st.floats(-1000.0, 1e6))
def test_where_the_sensors_clock_starts_does_not_matter(link, seed, shift_s):
    arrivals = simulated(link, seed)
    there = fit_clock(ClockArrivals(arrivals.sensor_s, arrivals.arrival_s))
    moved = fit_clock(ClockArrivals(arrivals.sensor_s + shift_s, arrivals.arrival_s))
    expected_s = there.host_s(arrivals.sensor_s)
    assert moved.host_s(arrivals.sensor_s + shift_s) == pytest.approx(expected_s, abs=1e-4)


@few_examples
@given(link=links, seed=seeds)
def test_fitted_and_live_times_rise_and_are_no_later_than_arrivals(link, seed):
    arrivals = simulated(link, seed)
    fit = fit_clock(ClockArrivals(arrivals.sensor_s, arrivals.arrival_s))
    fitted_s = fit.host_s(arrivals.sensor_s)
    live_s = LiveClock().follow(arrivals.sensor_s, arrivals.arrival_s)
    settled = len(live_s) // 4
    for host_s, from_ in ((fitted_s, 0), (live_s, settled)):
        assert np.diff(host_s).min() > 0.0
        assert (arrivals.arrival_s - host_s)[from_:].min() > -0.001


@few_examples
@given(link=links, seed=seeds, fractions=st.lists(st.floats(0.0, 1.0), max_size=20))
def test_live_times_do_not_depend_on_blocks(link, seed, fractions):
    arrivals = simulated(link, seed)
    whole = LiveClock().follow(arrivals.sensor_s, arrivals.arrival_s)
    cuts = sorted(round(f * len(whole)) for f in fractions)
    clock = LiveClock()
    parts = [
        clock.follow(sensor_s, arrival_s)
        for sensor_s, arrival_s in zip(
            np.split(arrivals.sensor_s, cuts), np.split(arrivals.arrival_s, cuts), strict=True
        )
    ]
    assert np.array_equal(np.concatenate(parts), whole)


@few_examples
@given(link=links, seed=seeds, end=st.floats(0.1, 1.0))
def test_live_times_do_not_know_what_comes(link, seed, end):
    arrivals = simulated(link, seed)
    count = max(1, round(end * len(arrivals.sensor_s)))
    whole = LiveClock().follow(arrivals.sensor_s, arrivals.arrival_s)
    part = LiveClock().follow(arrivals.sensor_s[:count], arrivals.arrival_s[:count])
    assert np.array_equal(part, whole[:count])


@few_examples
@given(link=links, seed=seeds, gaps_s=st.lists(st.floats(0.0, 20_000.0), max_size=4))
def test_times_rise_by_what_the_sensor_says_whatever_was_missed(link, seed, gaps_s):
    arrivals = simulated(link, seed)
    # Each gap is a time without link, somewhere in the recording.
    places = np.random.default_rng(seed).integers(0, len(arrivals.sensor_s), len(gaps_s))
    away_s = np.zeros(len(arrivals.sensor_s))
    for place, gap_s in zip(places, gaps_s, strict=True):
        away_s[place:] += gap_s
    sensor_s = arrivals.sensor_s + away_s
    host_s = fit_clock(ClockArrivals(sensor_s, arrivals.arrival_s + away_s)).host_s(sensor_s)
    # No clock is taken to run faster or slower than by 200 ppm; a float of 1e5 s has 1.5e-11 s.
    assert np.diff(host_s) == pytest.approx(np.diff(sensor_s), rel=201e-6, abs=1e-9)
