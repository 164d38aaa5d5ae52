"""Which strides count, on foot strikes that are known."""

import numpy as np
import pytest

from imu_hip.measures.gait_events import GaitEvents
from imu_hip.measures.strides import (
    Strides,
    bridged,
    find_strides,
    normalised_curves,
    raw_curves,
)

RATE_HZ = 100.0
STRIDE = 80.0
N = 2000


def events_at(strike, swing_dps=None):
    strike = np.asarray(strike, dtype=np.float64)
    swing = np.full(len(strike), 400.0) if swing_dps is None else swing_dps
    toe_off = strike[:-1] + 0.36 * np.diff(strike)
    return GaitEvents(strike, toe_off, np.ones(max(len(strike) - 1, 0), dtype=np.bool_), swing)


def even():
    """24 strides of 0.8 s."""
    return 20.3 + STRIDE * np.arange(25)


def rotation(seed=15):
    """A rotation that differs a little from stride to stride."""
    at = np.arange(N)
    rng = np.random.default_rng(seed)
    wander = np.interp(at, np.arange(0, N + 40, 40), rng.normal(size=N // 40 + 1))
    return 8.0 * np.cos(2 * np.pi * (at - 20.3) / STRIDE) + 0.5 * wander


def straight():
    """Heading of a leg that always faces the same way."""
    return np.full(N, np.exp(2.5j))


def reasons(strides, first, last):
    """Reasons of the strides that touch the samples `[first, last)`."""
    return [
        reason
        for start, end, reason in zip(strides.strike, strides.end, strides.reason, strict=True)
        if start < last and end > first
    ]


def test_even_strides_all_count():
    strides = find_strides(events_at(even()), rotation(), straight(), RATE_HZ)
    assert len(strides.strike) == 24
    assert strides.counted.all()
    assert np.array_equal(strides.strike[1:], strides.end[:-1])
    assert strides.toe_off == pytest.approx(strides.strike + 0.36 * STRIDE)


@pytest.mark.parametrize("strike", [[], [50.0]])
def test_fewer_than_two_strikes_make_no_stride(strike):
    strides = find_strides(events_at(strike), rotation(), straight(), RATE_HZ)
    assert strides.counted.shape == (0,)


def test_equal_strides_are_not_unlike_each_other():
    # The median distance is about 0 here, and so would three times the median be.
    exact = 8.0 * np.cos(2 * np.pi * (np.arange(N) - 20.3) / STRIDE)
    exact[1000:1080] += 0.5 * np.sin(2 * np.pi * np.arange(80) / 80)
    strides = find_strides(events_at(even()), exact, straight(), RATE_HZ)
    assert strides.counted.all()


def test_only_the_strides_of_a_turn_are_left_out():
    # 150° within two strides, from the strike at sample 820.3 on.
    heading = np.full(N, 30.0)
    heading[820:980] += 75.0 * (1 - np.cos(np.pi * np.arange(160) / 160))
    heading[980:] += 150.0
    strides = find_strides(events_at(even()), rotation(), np.exp(1j * np.deg2rad(heading)), RATE_HZ)
    assert reasons(strides, 830, 970) == ["a turn", "a turn"]
    assert strides.counted.sum() == 22


def test_a_bend_of_the_path_is_no_turn():
    # 180° in 20 s of a running track.
    heading = np.exp(1j * np.deg2rad(np.linspace(0.0, 180.0, N)))
    assert find_strides(events_at(even()), rotation(), heading, RATE_HZ).counted.all()


def test_a_stop_is_left_out():
    strike = np.delete(even(), [10, 11])
    strides = find_strides(events_at(strike), rotation(), straight(), RATE_HZ)
    assert reasons(strides, 900, 950) == ["a stop"]
    assert strides.counted.sum() == len(strides.strike) - 1


def test_a_lost_strike_is_no_stop():
    measured = rotation()
    measured[813:828] = np.nan
    strides = find_strides(events_at(np.delete(even(), 10)), measured, straight(), RATE_HZ)
    assert reasons(strides, 800, 830) == ["samples were lost"]


@pytest.mark.parametrize(("samples", "expected"), [(10, ""), (20, "samples were lost")])
def test_a_short_hole_is_borne(samples, expected):
    # An eighth and a quarter of the stride.
    measured = rotation()
    measured[860 : 860 + samples] = np.nan
    strides = find_strides(events_at(even()), measured, straight(), RATE_HZ)
    assert reasons(strides, 850, 870) == [expected]
    assert strides.counted.sum() == (24 if not expected else 23)


def test_a_stride_that_departs_between_good_ones_is_a_stumble():
    strike = even()
    strike[10:] += 12.0
    strides = find_strides(events_at(strike[:-1]), rotation(), straight(), RATE_HZ)
    assert strides.reason[9] == "a stumble"
    # The rotation of this test goes on evenly, so later strides are out of step, but none stumbles.
    assert strides.reason.count("a stumble") == 1


def test_a_weak_swing_between_good_ones_is_a_stumble_and_the_next_may_recover():
    swing = np.full(25, 400.0)
    swing[10:12] = 250.0
    strides = find_strides(events_at(even(), swing), rotation(), straight(), RATE_HZ)
    assert [i for i, reason in enumerate(strides.reason) if reason] == [9, 10]
    assert set(strides.reason[9:11]) == {"a stumble"}


def test_the_weak_first_and_last_steps_are_uneven():
    swing = np.full(25, 400.0)
    swing[[1, 24]] = 220.0
    strides = find_strides(events_at(even(), swing), rotation(), straight(), RATE_HZ)
    assert [i for i, reason in enumerate(strides.reason) if reason] == [0, 23]
    assert {strides.reason[0], strides.reason[23]} == {"an uneven step"}


def test_a_pace_that_changes_slowly_is_even():
    # From 0.9 to 0.6 s in 40 minutes; neighbours differ by nothing that could be felt.
    strike = np.cumsum(np.linspace(90.0, 60.0, 3000))
    n = int(strike[-1]) + 2
    cycles = np.interp(np.arange(n), strike, np.arange(3000))
    angle = 8.0 * np.cos(2 * np.pi * cycles)
    strides = find_strides(events_at(strike), angle, np.ones(n, dtype=np.complex128), RATE_HZ)
    assert strides.counted.all()


def test_a_stride_unlike_the_others_is_left_out():
    measured = rotation()
    measured[860:900] += 25.0
    strides = find_strides(events_at(even()), measured, straight(), RATE_HZ)
    assert reasons(strides, 860, 899) == ["unlike the other strides"]
    assert strides.counted.sum() == 23


def test_strides_left_out_later_keep_their_first_reason():
    strides = Strides(np.arange(3.0), np.full(3, np.nan), np.arange(1.0, 4.0), ("", "a turn", ""))
    fewer = strides.without(np.array([True, True, False]), "the sensor slipped")
    assert fewer.reason == ("the sensor slipped", "a turn", "")


def test_parts_are_joined_at_their_places():
    part = Strides(np.array([1.5]), np.array([2.0]), np.array([3.5]), ("",))
    joined = Strides.joined([part, part], [0, 100])
    assert joined.strike.tolist() == [1.5, 101.5]
    assert joined.toe_off.tolist() == [2.0, 102.0]
    assert joined.end.tolist() == [3.5, 103.5]
    assert Strides.joined([], []).counted.shape == (0,)


def test_holes_are_bridged_by_lines():
    assert bridged(np.array([0.0, np.nan, 2.0, np.nan])).tolist() == [0.0, 1.0, 2.0, 2.0]
    assert np.isnan(bridged(np.full(3, np.nan))).all()


def test_curves_run_from_strike_to_strike():
    angle = np.arange(200.0)
    strike, end = np.array([10.0, 50.5]), np.array([50.0, 100.5])
    raw = raw_curves(angle, strike, end)
    assert raw.shape == (2, 101)
    assert raw[:, 0] == pytest.approx(strike)
    assert raw[:, -1] == pytest.approx(end)
    assert normalised_curves(angle, strike, end).mean(axis=1) == pytest.approx([0.0, 0.0], abs=1e-9)
