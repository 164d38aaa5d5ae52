"""Samples without a clock get times from their count, with losses told from late bursts."""

import numpy as np
import pytest

from imu_hip.recording.counted_clock import fit_counted
from tests.delays import Link, simulate_link

RATE_HZ = 49.8
LATENCY_S = Link().latency_s


def counted(link, seed, duration_s=200.0):
    return simulate_link(link, RATE_HZ, duration_s, np.random.default_rng(seed))


def fitted(arrivals, kept=slice(None)):
    arrival_s = arrivals.arrival_s[kept]
    return fit_counted(np.arange(len(arrival_s)), arrival_s, 50.0)


@pytest.mark.parametrize("interval_s", [0.0075, 0.015, 0.03])
def test_the_true_rate_is_found_and_no_loss_invented(interval_s):
    arrivals = counted(Link(interval_s=interval_s), 1)
    fit = fitted(arrivals)
    assert fit.lost == 0
    assert 1.0 / fit.period_s == pytest.approx(RATE_HZ, rel=1e-4)
    assert np.abs(fit.time_s - arrivals.true_s - LATENCY_S).max() < 0.002


@pytest.mark.parametrize("lost", [1, 3, 50])
def test_lost_samples_are_counted_and_those_after_keep_their_times(lost):
    arrivals = counted(Link(), 2)
    kept = np.ones(len(arrivals.true_s), dtype=bool)
    kept[4000 : 4000 + lost] = False
    fit = fitted(arrivals, kept)
    assert fit.lost == lost
    error_s = np.abs(fit.time_s - arrivals.true_s[kept] - LATENCY_S)
    # Only around the loss it is open which samples came before it.
    assert error_s[:3900].max() < 0.002
    assert error_s[4100:].max() < 0.002
    # Half a period is stated as the uncertainty.
    assert fit.standard_error_s == pytest.approx(0.01, rel=0.2)


def test_a_burst_after_a_stall_is_no_loss():
    arrivals = counted(Link(), 3)
    arrivals.arrival_s[4000:4075] = arrivals.arrival_s[4075]
    fit = fitted(arrivals)
    assert fit.lost == 0
    assert np.abs(fit.time_s - arrivals.true_s - LATENCY_S).max() < 0.002


def test_a_stall_at_the_end_is_no_loss():
    arrivals = counted(Link(), 4)
    arrivals.arrival_s[-60:] = arrivals.arrival_s[-1] + 1.0
    assert fitted(arrivals).lost == 0


def test_a_count_that_skips_is_believed():
    arrivals = counted(Link(), 5)
    index = np.arange(len(arrivals.true_s))
    kept = (index < 3000) | (index >= 3010)
    fit = fit_counted(index[kept], arrivals.arrival_s[kept], 50.0)
    assert fit.lost == 0
    assert np.abs(fit.time_s - arrivals.true_s[kept] - LATENCY_S).max() < 0.002


@pytest.mark.parametrize("duration_s", [1.5, 3.5, 4.5, 5.5, 7.5])
@pytest.mark.parametrize("rate_hz", [98.5, 100.0, 101.5])
def test_a_short_recording_at_another_rate_than_asked_for_shows_no_loss(duration_s, rate_hz):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        arrivals = simulate_link(Link(interval_s=0.0075), rate_hz, duration_s, rng)
        fit = fit_counted(np.arange(len(arrivals.arrival_s)), arrivals.arrival_s, 100.0)
        assert fit.lost == 0


@pytest.mark.parametrize("count", [1, 2, 30])
def test_few_samples_are_spaced_by_the_nominal_rate(count):
    index = np.arange(count)
    fit = fit_counted(index, 10.0 + index / 50.0, 50.0)
    assert fit.time_s == pytest.approx(10.0 + index / 50.0)


@pytest.mark.parametrize("index", [[], [0, 1, 1], [1, 0]])
def test_a_count_that_does_not_increase_is_refused(index):
    with pytest.raises(ValueError, match="must increase"):
        fit_counted(np.array(index, dtype=np.int64), np.arange(float(len(index))), 50.0)
