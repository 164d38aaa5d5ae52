"""What tells walking, running and other rhythms apart."""

import numpy as np
import pytest

from imu_hip.measures.gait_shape import (
    PARTS,
    alternate,
    moves_like_gait,
    regular,
    running_strides,
    stride_angles_deg,
)
from tests.legs_in_gait import PATTERNS

PHASE = np.arange(PARTS + 1) / PARTS


def knees(curve_deg, strides=10):
    return np.tile(curve_deg - curve_deg[0], (strides, 1))


def knee_of(name):
    return PATTERNS[name].angles["knee_flexion"].at(PHASE)


def pedalling(phase):
    """From 110° with the pedal up to 35° with the pedal down, a little slower at the top."""
    return 72.5 + 37.5 * np.cos(2 * np.pi * phase) + 3.0 * np.cos(4 * np.pi * phase)


def test_running_is_told_from_walking_stride_by_stride():
    assert running_strides(knees(knee_of("run")), np.full(10, 80.0)).all()
    assert not running_strides(knees(knee_of("walk")), np.full(10, 80.0)).any()
    assert running_strides(np.empty((0, PARTS + 1)), np.empty(0)).shape == (0,)


def test_a_change_of_gait_changes_the_stride_time():
    both = np.concatenate([knees(knee_of("walk"), 12), knees(knee_of("run"), 20)])
    changed = running_strides(both, np.repeat([100.0, 80.0], [12, 20]))
    assert np.array_equal(changed, np.arange(32) >= 12)
    # The same knees at one pace: most of them decide.
    assert running_strides(both, np.full(32, 80.0)).all()


def test_one_odd_stride_does_not_change_the_gait():
    strides = knees(knee_of("walk"))
    strides[4] = knees(knee_of("run"), 1)
    assert not running_strides(strides, np.full(10, 110.0)).any()


def thigh_of(name):
    return PATTERNS[name].angles["hip_flexion"].at(PHASE)


@pytest.mark.parametrize("name", PATTERNS)
def test_gait_bends_the_knee_twice_and_swings_the_thigh(name):
    assert moves_like_gait(knees(knee_of(name)), knees(thigh_of(name)))


@pytest.mark.parametrize(
    ("knee_deg", "thigh_deg"),
    [
        (pedalling(PHASE), 45.0 + 25.0 * np.cos(2 * np.pi * PHASE)),
        # Kicking from 90° to straight while sitting, with a rest between.
        (90.0 - 80.0 * np.clip(1.3 * np.sin(2 * np.pi * PHASE) - 0.3, 0.0, 1.0), 0.0 * PHASE),
        # A straight leg that swings bends its knee by a few degrees.
        (
            8.0 * np.cos(2 * np.pi * PHASE) + 6.0 * np.cos(4 * np.pi * PHASE),
            30.0 * np.cos(2 * np.pi * PHASE),
        ),
    ],
    ids=["pedalling", "kicking", "swinging a straight leg"],
)
def test_other_rhythms_do_not(knee_deg, thigh_deg):
    assert not moves_like_gait(knees(knee_deg), knees(thigh_deg))


def test_no_strides_are_no_gait():
    none = np.empty((0, PARTS + 1))
    assert not moves_like_gait(none, none)


def test_an_angle_through_the_stride_needs_no_offset():
    # 20° sin of the cycle, as a rate with an offset of 5 °/s.
    rate_hz, stride = 100.0, 80.0
    cycles = np.arange(1000) / stride
    rate_dps = 20.0 * 2 * np.pi * np.cos(2 * np.pi * cycles) * rate_hz / stride + 5.0
    start = np.array([80.0, 160.0])
    curves = stride_angles_deg(rate_dps, start, start + stride, rate_hz)
    assert curves == pytest.approx(np.tile(20.0 * np.sin(2 * np.pi * PHASE), (2, 1)), abs=0.5)


def test_strides_of_about_one_time_are_regular():
    assert regular(np.array([0.0, 100.0, 203.0, 300.0, 405.0]))
    assert not regular(np.array([0.0, 100.0, 240.0, 310.0, 470.0, 550.0]))
    assert regular(np.array([0.0, 100.0]))


@pytest.mark.parametrize(("phase", "expected"), [(0.5, True), (0.36, True), (0.05, False)])
def test_legs_alternate_half_a_stride_apart(phase, expected):
    strike = 100.0 * np.arange(20)
    assert alternate(strike, strike + 100.0 * phase) is expected


def test_two_strikes_do_not_show_whether_legs_alternate():
    assert alternate(np.array([0.0, 100.0]), np.array([1.0, 101.0]))
