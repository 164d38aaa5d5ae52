"""Foot strikes and toe-offs of a leg whose events are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.measures.gait_events import find_foot_strikes, find_gait_events
from tests.legs_in_gait import PATTERNS, pitch_rates_dps, steady

RATE_HZ = 100.0


def inner(position, seconds, rate_hz):
    """Without the first and last 2 s, where a stride may be cut off."""
    return position[(position > 2 * rate_hz) & (position < (seconds - 2) * rate_hz)]


@pytest.mark.parametrize("rate_hz", [50.0, 60.0, 100.0, 120.0, 200.0, 240.0])
@pytest.mark.parametrize(
    ("name", "stride_s"), [("run", 0.62), ("run", 0.81), ("walk", 0.95), ("walk", 1.8)]
)
def test_every_event_is_found_at_every_rate(name, stride_s, rate_hz):
    (shin, thigh), strike, toe_off = steady(PATTERNS[name], stride_s, rate_hz)
    events = find_gait_events(shin, thigh, rate_hz)
    assert events.runs.all() if name == "run" else not events.runs.any()
    for found, true in ((events.foot_strike, strike), (events.toe_off, toe_off)):
        found_s, true_s = (inner(at, 20.0, rate_hz) / rate_hz for at in (found, true))
        assert found_s == pytest.approx(true_s, abs=0.025)


@given(st.floats(0.0, 1.0), st.sampled_from(sorted(PATTERNS)))
def test_events_lie_between_samples(fraction, name):
    # The same leg, sampled a fraction of a sample later.
    pattern = PATTERNS[name]
    stride_s = pattern.stride_s
    later = fraction / (stride_s * RATE_HZ)
    first = find_gait_events(*steady(pattern, stride_s)[0], RATE_HZ)
    second = find_gait_events(*steady(pattern, stride_s, starts_at=0.3 + later)[0], RATE_HZ)
    # At the ends a smoothing window is cut off.
    assert second.foot_strike[1:-1] == pytest.approx(first.foot_strike[1:-1] - fraction, abs=0.1)
    assert second.toe_off[1:-1] == pytest.approx(first.toe_off[1:-1] - fraction, abs=0.2)


@given(st.integers(1, 300))
def test_a_later_start_of_the_recording_shifts_the_events(samples):
    shin, thigh = steady(PATTERNS["walk"], 1.1)[0]
    whole = find_gait_events(shin, thigh, RATE_HZ).foot_strike
    later = find_gait_events(shin[samples:], thigh[samples:], RATE_HZ).foot_strike
    assert later[-8:] + samples == pytest.approx(whole[-8:], abs=1e-6)


def test_a_double_peak_in_one_swing_is_one_strike():
    (shin, _), strike, _ = steady(PATTERNS["run"], 0.8)
    time_s = np.arange(len(shin)) / RATE_HZ
    bumpy = shin + 60.0 * np.sin(2 * np.pi * 8.0 * time_s)
    found, _ = find_foot_strikes(bumpy, RATE_HZ)
    assert len(inner(found, 20.0, RATE_HZ)) == len(inner(strike, 20.0, RATE_HZ))


@pytest.mark.parametrize("rate", [np.zeros(500), np.full(500, -30.0), np.full(500, np.nan)])
def test_a_leg_that_does_not_swing_makes_no_stride(rate):
    events = find_gait_events(rate, rate, RATE_HZ)
    assert len(events.foot_strike) == len(events.toe_off) == len(events.runs) == 0


def test_one_swing_alone_is_a_strike_without_a_stride():
    (shin, thigh), strike, _ = steady(PATTERNS["walk"], 1.1)
    only = slice(int(strike[4]) - 60, int(strike[4]) + 30)
    events = find_gait_events(shin[only], thigh[only], RATE_HZ)
    assert len(events.foot_strike) == 1
    assert len(events.toe_off) == 0


def test_walking_that_becomes_running_is_both():
    # Ten strides of 1.1 s, then twenty of 0.75 s.
    walk, run = PATTERNS["walk"], PATTERNS["run"]
    walks = pitch_rates_dps(walk, np.arange(1100) / 110.0, RATE_HZ)
    runs = pitch_rates_dps(run, np.arange(1500) / 75.0, RATE_HZ)
    shin, thigh = (np.concatenate(pair) for pair in zip(walks, runs, strict=True))
    events = find_gait_events(shin, thigh, RATE_HZ)
    away = np.abs(events.foot_strike[:-1] - 1100) > 250
    assert np.array_equal(events.runs[away], events.foot_strike[:-1][away] > 1100)


@pytest.mark.parametrize("length_s", [0.15, 3.0])
def test_an_event_in_a_hole_is_not_invented(length_s):
    (shin, thigh), strike, _ = steady(PATTERNS["walk"], 1.1)
    half = round(0.5 * length_s * RATE_HZ)
    middle = int(strike[8])
    shin[middle - half : middle + half] = np.nan
    events = find_gait_events(shin, thigh, RATE_HZ)
    for found in (events.foot_strike, events.toe_off[np.isfinite(events.toe_off)]):
        # What follows from a sample before the hole may lie up to 3 % of the stride inside.
        assert not np.any((found > middle - half + 4) & (found < middle + half))
    lost = np.count_nonzero(np.abs(strike - middle) <= half)
    found = inner(events.foot_strike, 20.0, RATE_HZ)
    assert len(found) == len(inner(strike, 20.0, RATE_HZ)) - lost


def test_a_hole_away_from_events_loses_none():
    (shin, thigh), strike, toe_off = steady(PATTERNS["walk"], 1.1)
    middle = int(strike[8]) + 30
    for rate in (shin, thigh):
        rate[middle : middle + 15] = np.nan
    events = find_gait_events(shin, thigh, RATE_HZ)
    assert len(inner(events.foot_strike, 20.0, RATE_HZ)) == len(inner(strike, 20.0, RATE_HZ))
    assert len(inner(events.toe_off, 20.0, RATE_HZ)) == len(inner(toe_off, 20.0, RATE_HZ))


def test_a_silent_thigh_leaves_the_strikes_and_no_toe_off():
    (shin, thigh), strike, _ = steady(PATTERNS["run"], 0.7)
    events = find_gait_events(shin, np.full_like(thigh, np.nan), RATE_HZ)
    assert len(inner(events.foot_strike, 20.0, RATE_HZ)) == len(inner(strike, 20.0, RATE_HZ))
    assert np.isnan(events.toe_off).all()


def test_an_offset_of_the_sensor_hardly_matters():
    (shin, thigh), _, _ = steady(PATTERNS["run"], 0.7)
    plain = find_gait_events(shin, thigh, RATE_HZ)
    biased = find_gait_events(shin + 2.0, thigh - 2.0, RATE_HZ)
    # 2 °/s against a fall of some 10 000 °/s² is a fraction of a millisecond.
    assert biased.foot_strike == pytest.approx(plain.foot_strike, abs=0.1)
    assert biased.toe_off == pytest.approx(plain.toe_off, abs=0.5)
