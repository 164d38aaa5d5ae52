"""What must hold for any two measurements of one movement."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from imu_hip.measures.cycles import cycles_of
from imu_hip.measures.delay import common_delay
from imu_hip.measures.independence import effective_number
from imu_hip.measures.tracks import Pair, Track
from imu_hip.measures.validation import agreement_of

FEW = settings(deadline=None, max_examples=30)
DELAYS = st.floats(-3.0, 3.0)
GAINS = st.floats(0.3, 3.0)
OFFSETS = st.floats(-40.0, 40.0)
RATES = st.sampled_from([50.0, 60.0, 100.0, 148.0, 240.0])


def moved(time_s):
    quickening = np.sin(2 * np.pi * (0.1 * time_s + 0.03 * time_s**2))
    return 25.0 * np.sin(2 * np.pi * 0.9 * time_s) + 12.0 * quickening


def pair(delay_s=0.0, gain=1.0, offset=0.0, rate_hz=100.0, reference_hz=100.0):
    own_s = np.arange(-4.0, 18.0, 1 / rate_hz)
    reference_s = np.arange(0.0, 12.0, 1 / reference_hz)
    estimate = Track(own_s, offset + gain * moved(own_s - delay_s))
    return Pair(estimate, Track(reference_s, moved(reference_s)))


@FEW
@given(DELAYS, GAINS, OFFSETS, RATES, RATES)
def test_any_delay_is_found_at_any_rates(delay_s, gain, offset, rate_hz, reference_hz):
    found = common_delay([pair(delay_s, gain, offset, rate_hz, reference_hz)])
    assert abs(found.delay_s - delay_s) < 0.001


@FEW
@given(DELAYS, st.floats(-1e5, 1e5))
def test_turning_both_clocks_changes_nothing(delay_s, by_s):
    one = pair(delay_s)
    other = Pair(*(Track(t.time_s + by_s, t.angle_deg) for t in (one.estimate, one.reference)))
    first, second = common_delay([one]), common_delay([other])
    assert abs(first.delay_s - second.delay_s) < 1e-5
    same = [agreement_of(p, delay_s, cycles_of(p.reference)) for p in (one, other)]
    assert np.isclose(same[0].rms_deg.value, same[1].rms_deg.value, atol=1e-5)
    assert np.isclose(same[0].rms_deg.high, same[1].rms_deg.high, atol=1e-4)


@FEW
@given(GAINS, OFFSETS)
def test_gain_and_offset_show_where_they_belong(gain, offset):
    one = pair(0.0, gain, offset)
    found = agreement_of(one, 0.0, cycles_of(one.reference))
    sd = found.reference_sd_deg
    mean = float(np.mean(one.reference.angle_deg))
    assert np.isclose(found.offset_deg.value, offset + (gain - 1.0) * mean, atol=1e-6)
    assert np.isclose(found.rms_without_offset_deg.value, abs(gain - 1.0) * sd, atol=1e-6)
    assert np.isclose(found.correlation.value, 1.0)
    whole = found.rms_without_offset_deg.value**2 + found.offset_deg.value**2
    assert np.isclose(found.rms_deg.value**2, whole)
    excursion = found.units.excursion
    assert np.allclose(excursion.estimate_deg, gain * excursion.reference_deg, atol=1e-6)
    # An offset moves peaks and leaves excursions.
    assert np.allclose(
        found.units.highest.difference_deg - found.units.lowest.difference_deg,
        excursion.difference_deg,
        atol=1e-6,
    )


@FEW
@given(st.integers(0, 2**32 - 1), st.integers(5, 300))
def test_values_are_worth_between_one_and_all(seed, count):
    values = np.cumsum(np.random.default_rng(seed).normal(size=count))
    for series in (values, np.diff(values), np.ones(count)):
        assert 0.0 < effective_number(series) <= len(series)
