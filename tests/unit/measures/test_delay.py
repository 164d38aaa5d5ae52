"""Delays of movements that are known as formulas."""

import numpy as np
import pytest

from imu_hip.measures.delay import NoDelayError, common_delay
from imu_hip.measures.drift import drift_of
from imu_hip.measures.lagged import MOST_SAMPLES, on_one_grid
from imu_hip.measures.tracks import Pair, Track

DELAY_S = 0.0173
ESTIMATE_S = np.arange(0.0, 20.0, 1 / 60)
REFERENCE_S = np.arange(3.0, 15.0, 1 / 120)


def moved(time_s):
    # A rhythm and a slower one that quickens: it never repeats itself.
    quickening = np.sin(2 * np.pi * (0.1 * time_s + 0.02 * time_s**2))
    return 30.0 * np.sin(2 * np.pi * time_s) + 10.0 * quickening


def pair(delay_s=DELAY_S, gain=1.1, offset=5.0, noise=0.0, seed=0, angle=moved):
    noisy = np.random.default_rng(seed).normal(0.0, 1.0, len(ESTIMATE_S)) * noise
    # What the reference has at t, the estimate has at t + delay.
    estimate = offset + gain * angle(ESTIMATE_S - delay_s) + noisy
    return Pair(Track(ESTIMATE_S, estimate), Track(REFERENCE_S, angle(REFERENCE_S)))


@pytest.mark.parametrize("delay_s", [DELAY_S, -DELAY_S, 0.0, 1.234, -2.5, 6.7])
def test_a_delay_is_found_to_less_than_a_sample_whatever_gain_and_offset(delay_s):
    found = common_delay([pair(delay_s)])
    # Straight lines between samples at 60 Hz lose up to (2 pi / 60)² / 8 = 0.14 % of 30°, alike
    # on both sides of a peak; what remains is far below a tenth of a sample (1.7 ms).
    assert found.delay_s == pytest.approx(delay_s, abs=0.0003)
    assert found.rivals_s == ()
    assert found.correlation > 0.999


def test_the_error_that_is_said_holds_the_true_delay_in_nineteen_of_twenty():
    found = [common_delay([pair(noise=4.0, seed=seed)]) for seed in range(60)]
    away = np.array([abs(delay.delay_s - DELAY_S) for delay in found])
    error = np.array([delay.error_s for delay in found])
    # Binomial(60, 0.05): more than 8 misses have a probability of 0.4 %.
    assert np.count_nonzero(away > error) <= 8
    # Noise of 4° on a slope of 30 * 2 pi = 190°/s RMS 133°/s, of 12 s * 60 Hz = 720 samples:
    # 4 / 133 / sqrt(720) = 1.1 ms; the half width is about 2.1 times that.
    assert 0.001 < np.median(error) < 0.005


def test_several_angles_share_one_delay():
    # One alone tells nothing in its noise; the other one does.
    weak = pair(gain=0.1, noise=15.0, seed=3)
    with pytest.raises(NoDelayError):
        common_delay([weak])
    assert common_delay([weak, pair()]).delay_s == pytest.approx(DELAY_S, abs=0.004)


def test_gaps_and_missing_values_change_nothing():
    whole = pair()
    hole = (ESTIMATE_S > 5.0) & (ESTIMATE_S < 7.5)
    estimate = np.where(hole, np.nan, whole.estimate.angle_deg)
    reference = whole.reference.angle_deg.copy()
    reference[::7] = np.nan
    found = common_delay([Pair(Track(ESTIMATE_S, estimate), Track(REFERENCE_S, reference))])
    assert found.delay_s == pytest.approx(DELAY_S, abs=0.0005)


def periodic(time_s):
    return 30.0 * np.sin(2 * np.pi * time_s)


def test_a_periodic_movement_near_zero_names_its_rivals():
    found = common_delay([pair(0.1, angle=periodic)])
    assert found.delay_s == pytest.approx(0.1, abs=0.001)
    # The period is 1 s, so every whole second beside it fits as well.
    assert found.rivals_s
    np.testing.assert_allclose(np.mod(np.array(found.rivals_s) - 0.1 + 0.5, 1.0), 0.5, atol=0.02)


def test_a_periodic_movement_far_from_zero_is_refused():
    with pytest.raises(NoDelayError, match="repeats itself"):
        common_delay([pair(0.45, angle=periodic)])
    # Where the search is narrower than the period there is only one.
    assert common_delay([pair(0.45, angle=periodic)], 0.5).delay_s == pytest.approx(0.45, abs=0.001)


def unrelated(seed):
    rng = np.random.default_rng(seed)
    kernel = np.hanning(rng.choice([15, 60, 150]))
    return [np.convolve(rng.normal(size=2000), kernel, "same") for _ in range(2)]


def test_movements_without_anything_in_common_have_no_delay():
    for seed in range(30):
        estimate, reference = unrelated(seed)
        time_s = np.arange(2000) / 50
        with pytest.raises(NoDelayError):
            common_delay([Pair(Track(time_s, estimate), Track(time_s, reference))])


def test_the_other_sign_is_no_delay_but_said():
    # Over a search of a quarter second a sine of the other sign never gets its own one.
    with pytest.raises(NoDelayError, match="other way round"):
        common_delay([pair(0.0, gain=-1.0)], 0.2)


def test_a_delay_beyond_the_search_is_refused():
    with pytest.raises(NoDelayError, match="--max-delay"):
        common_delay([pair(0.4)], 0.3)


def test_no_time_in_common_is_refused():
    late = Track(REFERENCE_S + 500.0, moved(REFERENCE_S))
    with pytest.raises(NoDelayError, match="in common"):
        common_delay([Pair(pair().estimate, late)])
    # A search that reaches that far finds it.
    found = common_delay([Pair(pair(0.0).estimate, late)], 510.0)
    assert found.delay_s == pytest.approx(-500.0, abs=0.001)


def test_nothing_that_moves_is_refused():
    still = Track(ESTIMATE_S, np.full(len(ESTIMATE_S), 12.0))
    with pytest.raises(NoDelayError):
        common_delay([Pair(still, pair().reference)])


def on_a_fast_clock(rate_ppm):
    time_s = np.arange(0.0, 60.0, 0.01)
    fast = Track(time_s * (1.0 + 1e-6 * rate_ppm), moved(time_s))
    return [Pair(fast, Track(time_s, moved(time_s)))]


def test_a_clock_that_runs_too_fast_is_told():
    # 1000 ppm are 1 ms a second; between the middles of the outer thirds lie 40 s, so 40 ms.
    pairs = on_a_fast_clock(1000.0)
    found = drift_of(pairs, common_delay(pairs).delay_s)
    assert found.change_s == pytest.approx(0.040, abs=0.002)
    assert found.rate_ppm == pytest.approx(1000.0, rel=0.05)


def test_clocks_that_run_alike_have_no_drift():
    pairs = on_a_fast_clock(0.0)
    assert drift_of(pairs, 0.0) is None
    # 12 s are too short to tell.
    assert drift_of([pair()], DELAY_S) is None


def test_a_short_reference_in_a_day_fits_into_memory():
    # A day at the 500 Hz of the reference would be 43 million samples.
    day_s, part_s = np.arange(0.0, 86_400.0, 10.0), 40_000.0 + np.arange(0.0, 20.0, 0.002)
    pairs = [Pair(Track(day_s, np.sin(day_s)), Track(part_s, np.sin(part_s)))]
    grid = on_one_grid(pairs, np.inf)
    # The estimate reaches over the reference on both sides of the search, and some steps more.
    assert grid.estimate.shape[1] <= MOST_SAMPLES + 10
