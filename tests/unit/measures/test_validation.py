"""Agreement of angles that are known as formulas."""

import numpy as np
import pytest

from imu_hip.errors import NothingMeasuredError
from imu_hip.measures.agreement import limits_of_agreement
from imu_hip.measures.cycles import NO_UNITS, cycles_of, units_of
from imu_hip.measures.independence import effective_number
from imu_hip.measures.tracks import Pair, Track
from imu_hip.measures.validation import agreement_of

TIME_S = np.arange(2000) / 100
# Whole periods of 1 s, 20 in all.
SINE_DEG = 30.0 * np.sin(2 * np.pi * TIME_S)


def agreed(estimate, reference=SINE_DEG, time_s=TIME_S, delay_s=0.0, units=NO_UNITS):
    return agreement_of(Pair(Track(time_s, estimate), Track(TIME_S, reference)), delay_s, units)


def test_a_gap_without_rows_was_not_compared():
    # Two stretches of 10 s at 100 Hz, a hundred seconds apart.
    time_s = np.concatenate([TIME_S[:1000], TIME_S[:1000] + 110.0])
    own, reference = (Track(time_s, SINE_DEG) for _ in range(2))
    found = agreement_of(Pair(own, reference), 0.0, NO_UNITS)
    assert found.compared_s == pytest.approx(20.0)


def test_gain_and_offset_give_what_they_must():
    # e - r = 5 + 0.2 * 30 sin: mean 5, SD 6 / sqrt 2, RMS sqrt(25 + 18), excursion 0.2 * 60.
    found = agreed(5.0 + 1.2 * SINE_DEG)
    assert found.offset_deg.value == pytest.approx(5.0)
    assert found.rms_without_offset_deg.value == pytest.approx(6 / np.sqrt(2))
    assert found.rms_deg.value == pytest.approx(np.sqrt(43.0))
    assert found.correlation.value == pytest.approx(1.0)
    assert found.excursion_error_deg == pytest.approx(12.0)
    assert found.reference_sd_deg == pytest.approx(30 / np.sqrt(2))
    assert found.covered_percent == 100.0
    # Every second is like every other, so leaving one out changes nothing.
    assert found.rms_deg.high - found.rms_deg.low == pytest.approx(0.0, abs=1e-9)


def test_a_delay_is_taken_off():
    later = 30.0 * np.sin(2 * np.pi * (TIME_S - 0.1))
    found = agreed(later, delay_s=0.1)
    assert found.rms_deg.value < 0.05
    # Unaligned: 2 * 30 sin(pi 0.1) / sqrt 2.
    assert agreed(later).rms_deg.value == pytest.approx(60 * np.sin(0.1 * np.pi) / np.sqrt(2), 1e-3)


@pytest.mark.parametrize("rate_hz", [25, 60, 333])
def test_the_rate_of_the_estimate_does_not_matter(rate_hz):
    time_s = np.arange(-1.0, 21.0, 1 / rate_hz)
    found = agreed(3.0 + 30.0 * np.sin(2 * np.pi * time_s), time_s=time_s)
    # Straight lines at 25 Hz cut off up to 30 (2 pi / 25)² / 8 = 0.24°.
    assert found.rms_without_offset_deg.value < 0.24
    assert found.offset_deg.value == pytest.approx(3.0, abs=0.01)


def test_what_is_missing_is_not_compared():
    estimate, reference = SINE_DEG + 1.0, SINE_DEG.copy()
    estimate[500:1000] = 1e6
    estimate[500:1000] = np.nan
    reference[1500:1750] = np.nan
    found = agreed(estimate, reference)
    # 2000 samples, of which the reference has 1750 and both 1250.
    assert found.samples == 1250
    assert found.covered_percent == pytest.approx(100 * 1250 / 1750)
    assert found.rms_deg.value == pytest.approx(1.0)


def test_nothing_at_the_same_time_is_refused():
    with pytest.raises(NothingMeasuredError, match="never measured at the same time"):
        agreed(SINE_DEG, delay_s=100.0)


def test_strides_are_compared_one_by_one():
    # Cycle k has gain 1 + k / 100: its excursion is 60 (1 + k / 100), its top 30 (1 + k / 100).
    cycle = np.floor(TIME_S + 1e-9)
    units = units_of("stride", np.arange(20.0), np.arange(1.0, 21.0))
    found = agreed(SINE_DEG * (1.0 + cycle / 100.0) + 2.0, units=units).units
    assert found.word == "stride"
    np.testing.assert_allclose(found.excursion.difference_deg, 0.6 * np.arange(20), atol=1e-9)
    np.testing.assert_allclose(found.highest.difference_deg, 2.0 + 0.3 * np.arange(20), atol=1e-9)
    np.testing.assert_allclose(found.lowest.difference_deg, 2.0 - 0.3 * np.arange(20), atol=1e-9)
    assert found.excursion.limits.bias.value == pytest.approx(0.6 * 9.5)
    # A drift makes neighbours alike: 20 strides are worth fewer.
    assert found.excursion.effective < 10


def test_strides_that_are_not_covered_do_not_count():
    estimate = SINE_DEG.copy()
    estimate[250:270] = np.nan
    units = units_of("stride", np.arange(20.0), np.arange(1.0, 21.0))
    assert len(agreed(estimate, units=units).units.excursion.estimate_deg) == 19
    assert agreed(SINE_DEG, units=units_of("stride", [0.0, 1.0], [1.0, 2.0])).units is None


def test_limits_of_samples_know_how_few_they_are():
    rng = np.random.default_rng(1)
    # Each error holds for a quarter of a second: 2000 samples are worth about 80.
    found = agreed(SINE_DEG + np.repeat(rng.normal(0.0, 2.0, 80), 25))
    assert 50 < found.effective_samples < 130
    limits = found.sample_limits
    assert limits.pairs == 2000
    # Half width of the bias: t 0.975 of about 80 times 2 / sqrt 80 = 0.45°, not 0.09°.
    assert limits.bias.high - limits.bias.value == pytest.approx(0.45, abs=0.15)


def test_independent_values_are_worth_what_they_are():
    rng = np.random.default_rng(2)
    worth = [effective_number(rng.normal(size=400)) / 400 for _ in range(20)]
    assert 0.75 < np.mean(worth) <= 1.0
    # A first-order process with 0.8: (1 - 0.8) / (1 + 0.8) = 1/9 (Bartlett).
    worth = []
    for _ in range(20):
        x = np.zeros(2000)
        for i, step in enumerate(rng.normal(size=1999), 1):
            x[i] = 0.8 * x[i - 1] + step
        worth.append(effective_number(x) / 2000)
    assert np.mean(worth) == pytest.approx(1 / 9, rel=0.25)


def test_values_that_come_four_times_give_the_limits_of_one_of_each():
    # Repeats add nothing to know: mean square deviation of 1, 2, 3, 4, 5 is 2 with them and
    # without, so the variance is 2 · 5 / 4 = 2.5 either way, and 4 degrees of freedom are left.
    once = limits_of_agreement(np.arange(1.0, 6.0))
    repeated = limits_of_agreement(np.repeat(np.arange(1.0, 6.0), 4), 5.0)
    assert repeated.pairs == 20
    assert repeated.sd == pytest.approx(once.sd)
    for one, other in ((once.bias, repeated.bias), (once.upper, repeated.upper)):
        assert (other.value, other.high) == pytest.approx((one.value, one.high))
    with pytest.raises(ValueError, match="3 finite"):
        limits_of_agreement(np.arange(20.0), 2.0)


def test_limits_of_values_that_resemble_each_other_are_not_too_narrow_on_average():
    # A first-order process with 0.8 and variance 1, 40 values: its mean has the variance
    # (1 + 2 Σ (1 - k/40) 0.8^k) / 40, which is that of 5 independent values.
    rng = np.random.default_rng(5)
    lags = np.arange(1, 40)
    worth = 40 / (1 + 2 * float(np.sum((1 - lags / 40) * 0.8**lags)))
    variances = []
    for _ in range(400):
        x = np.zeros(40)
        x[0] = rng.normal()
        for i, step in enumerate(rng.normal(size=39), 1):
            x[i] = 0.8 * x[i - 1] + 0.6 * step
        variances.append(limits_of_agreement(x, worth).sd ** 2)
    # Each variance has a relative SD of about 0.6, so their mean one of 0.03; without the factor
    # worth / (worth - 1) it would be 0.82.
    assert np.mean(variances) == pytest.approx(1.0, abs=0.1)


def test_cycles_are_found_and_a_stop_is_none():
    moving = 30.0 - 30.0 * np.cos(2 * np.pi * TIME_S)
    found = cycles_of(Track(TIME_S, moving))
    # Peaks at 0.5, 1.5, ..., 19.5 s.
    np.testing.assert_allclose(found.start_s, np.arange(19) + 0.5)
    stopped = np.where((TIME_S >= 8.0) & (TIME_S < 11.0), 0.0, moving)
    found = cycles_of(Track(TIME_S, stopped))
    assert len(found) == 15
    assert not any(start < 9.0 < end for start, end in zip(found.start_s, found.end_s, strict=True))


def test_no_cycles_where_nothing_repeats():
    assert len(cycles_of(Track(TIME_S, np.zeros(2000)))) == 0
    assert len(cycles_of(Track(TIME_S, TIME_S))) == 0
    assert len(cycles_of(Track(TIME_S, np.full(2000, np.nan)))) == 0
