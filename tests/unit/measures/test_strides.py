"""Strides of a synthetic shin whose foot strikes are known."""

import numpy as np
import pytest

from imu_hip.measures.strides import find_foot_strikes, find_strides, normalised_curves

RATE_HZ = 100.0
STRIDE_S = 0.8


def phase_of(time_s, stride_s=STRIDE_S):
    return 2 * np.pi * time_s / stride_s


def shin_rate(phase):
    # Falls through zero at half a cycle only: the slope there is -300 + 200 cos... = -100 < 0,
    # and 300 sin p + 100 sin 2p = sin p (300 + 200 cos p) has no other zero but p = 0, rising.
    return 300.0 * np.sin(phase) + 100.0 * np.sin(2 * phase)


def straight(n):
    """Heading of a leg that always faces the same way."""
    return np.full(n, np.exp(2.5j))


def signals(seconds=20.0, stride_s=STRIDE_S, seed=15):
    """Shin rate, rotation that differs a little from stride to stride, and a constant heading."""
    time_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    phase = phase_of(time_s, stride_s)
    rng = np.random.default_rng(seed)
    knots_s = np.arange(0.0, seconds + 1.0, 0.4)
    wander = np.interp(time_s, knots_s, rng.normal(size=len(knots_s)))
    rotation = 8.0 * np.cos(phase) + 0.5 * wander
    return shin_rate(phase), rotation, straight(len(time_s))


def true_strikes(seconds=20.0, stride_s=STRIDE_S):
    return np.arange(0.5 * stride_s, seconds, stride_s) * RATE_HZ


@pytest.mark.parametrize("stride_s", [0.65, 0.8, 1.1, 1.4])
def test_foot_strikes_are_where_the_swing_ends(stride_s):
    rate, _, _ = signals(stride_s=stride_s)
    found = find_foot_strikes(rate, RATE_HZ)
    expected = true_strikes(stride_s=stride_s)
    # The first sample at or after the crossing: at most one sample late.
    assert found == pytest.approx(expected[: len(found)], abs=1.01)
    assert len(expected) - len(found) <= 1


def test_a_double_peak_in_one_swing_is_one_strike():
    rate, _, _ = signals()
    time_s = np.arange(len(rate)) / RATE_HZ
    bumpy = rate + 60.0 * np.sin(2 * np.pi * 8.0 * time_s)
    assert len(find_foot_strikes(bumpy, RATE_HZ)) in {len(true_strikes()), len(true_strikes()) - 1}


@pytest.mark.parametrize("rate", [np.zeros(500), np.full(500, -30.0), np.full(500, np.nan)])
def test_a_leg_that_does_not_swing_makes_no_stride(rate):
    assert len(find_foot_strikes(rate, RATE_HZ)) == 0
    strides = find_strides(rate, np.zeros(500), straight(500), RATE_HZ)
    assert strides.counted.shape == (0,)


def test_even_strides_all_count():
    strides = find_strides(*signals(), RATE_HZ)
    assert len(strides.strike) in {23, 24}
    assert strides.counted.all()
    assert np.array_equal(strides.strike[1:], strides.end[:-1])
    assert (strides.end - strides.strike) == pytest.approx(STRIDE_S * RATE_HZ, abs=1.01)


def strides_over(strides, first, last):
    return [
        reason
        for start, end, reason in zip(strides.strike, strides.end, strides.reason, strict=True)
        if end > first and start < last
    ]


def test_a_turn_is_left_out():
    rate, rotation, _ = signals()
    # 90° within 1.6 s, two strides: 45° a stride.
    heading_deg = np.interp(np.arange(len(rate)), [800, 960], [120.0, 210.0])
    heading = np.exp(1j * np.deg2rad(heading_deg))
    strides = find_strides(rate, rotation, heading, RATE_HZ)
    assert set(strides_over(strides, 850, 910)) == {"a turn"}
    assert strides_over(strides, 0, 700) == [""] * len(strides_over(strides, 0, 700))
    assert strides_over(strides, 1100, 2000) == [""] * len(strides_over(strides, 1100, 2000))


def test_a_gentle_bend_counts():
    rate, rotation, _ = signals()
    heading = np.exp(1j * np.deg2rad(np.arange(len(rate)) * 10.0 / RATE_HZ))  # 8° a stride
    assert find_strides(rate, rotation, heading, RATE_HZ).counted.all()


def test_a_stop_is_left_out():
    rate, rotation, _ = signals()
    # A strike at 9.2 s, then five seconds of standing.
    cut = 922
    still = np.zeros(500)
    rate = np.concatenate((rate[:cut], still, rate[cut:]))
    rotation = np.concatenate((rotation[:cut], still + rotation[cut], rotation[cut:]))
    strides = find_strides(rate, rotation, straight(len(rate)), RATE_HZ)
    assert strides_over(strides, cut + 100, cut + 400) == ["a stop"]
    assert strides.reason.count("a stop") == 1
    assert strides.counted.sum() == len(strides.strike) - 1


def test_a_stride_with_lost_samples_is_left_out():
    rate, rotation, heading = signals()
    rotation[1030:1033] = np.nan
    strides = find_strides(rate, rotation, heading, RATE_HZ)
    assert strides.reason.count("samples were lost") == 1
    assert strides_over(strides, 1030, 1033) == ["samples were lost"]


def test_an_uneven_step_is_left_out():
    # One stride takes 1.1 s among strides of 0.8 s: 37 % longer, but no stop.
    time_s = np.arange(2000) / RATE_HZ
    cycles = np.interp(time_s, [0.0, 10.0, 11.1, 21.1], [0.0, 12.5, 13.5, 26.0])
    rotation = 8.0 * np.cos(2 * np.pi * cycles) + 0.3 * np.sin(2 * np.pi * 0.37 * time_s)
    strides = find_strides(shin_rate(2 * np.pi * cycles), rotation, straight(2000), RATE_HZ)
    assert strides_over(strides, 1040, 1070) == ["an uneven step"]


def test_a_stride_unlike_the_others_is_left_out():
    rate, rotation, heading = signals()
    odd = slice(1000, 1080)
    rotation[odd] += 25.0 * np.sin(np.linspace(0, 2 * np.pi, 80))
    strides = find_strides(rate, rotation, heading, RATE_HZ)
    assert set(strides_over(strides, 1010, 1070)) == {"unlike the other strides"}
    assert strides.counted.sum() >= len(strides.strike) - 3


def test_curves_run_from_strike_to_strike_without_their_mean():
    angle = np.concatenate((np.linspace(0.0, 10.0, 51), np.linspace(9.0, 5.0, 50)))
    curves = normalised_curves(angle, np.array([0, 10]), np.array([50, 40]))
    assert curves.shape == (2, 101)
    # A ramp of 10° and one of 6°, each about its own mean.
    assert curves[0] == pytest.approx(np.linspace(-5.0, 5.0, 101))
    assert curves[1] == pytest.approx(np.linspace(-3.0, 3.0, 101))
