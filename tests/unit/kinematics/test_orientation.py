"""Orientation from raw samples: timing of the gyroscope, refusal of gaps, blocks."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.orientation import (
    CausalOrientation,
    angular_velocity_dps,
    orient_offline,
)
from imu_hip.names import GRAVITY_MPS2

RATE_HZ = 60.0
PEAK_DPS = 600.0
AXES = {"vertical": np.array([0.0, 0.0, 1.0]), "horizontal": np.array([1.0, 0.0, 0.0])}


def swinging(axis, seconds=12.0, rate_hz=RATE_HZ):
    """Rotation about a constant axis at 600 sin(2π t) °/s: rate, gravity, and the true turn."""
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    rate_dps = PEAK_DPS * np.sin(2 * np.pi * time_s)
    angle_deg = PEAK_DPS / (2 * np.pi) * (1.0 - np.cos(2 * np.pi * time_s))
    truth = Rotation.from_rotvec(np.deg2rad(angle_deg)[:, None] * axis)
    acc_mps2 = truth.inv().apply([0.0, 0.0, GRAVITY_MPS2])
    return rate_dps[:, None] * axis, acc_mps2, truth


def causal(acc_mps2, gyr_dps, rate_hz):
    return CausalOrientation(rate_hz).feed(acc_mps2, gyr_dps)


@pytest.mark.parametrize("orient", [orient_offline, causal])
@pytest.mark.parametrize("axis", AXES)
def test_a_fast_swing_is_followed_without_lead_or_lag(orient, axis):
    # One gyro sample held over the whole step errs by half a step times the rate,
    # 600 / (2 * 60) = 5°. The mean of neighbours is the trapezoidal rule, whose error is
    # step² / 12 * the change of the rate's slope: (1/60)² / 12 * 2 * 600 * 2π = 0.17°.
    gyr_dps, acc_mps2, truth = swinging(AXES[axis])
    found = Rotation.from_quat(np.roll(orient(acc_mps2, gyr_dps, RATE_HZ), -1, axis=1))
    settled = int(2 * RATE_HZ)
    error = (found[settled].inv() * found) * (truth[settled].inv() * truth).inv()
    assert np.rad2deg(error[settled:].magnitude()).max() < 0.5


@pytest.mark.parametrize("orient", [orient_offline, causal])
def test_earth_z_is_up(orient):
    # A sensor at rest whose x axis measures +g has x up; the causal filter is still settling.
    acc_mps2 = np.tile([GRAVITY_MPS2, 0.0, 0.0], (300, 1))
    q = orient(acc_mps2, np.zeros((300, 3)), 100.0)
    up = Rotation.from_quat(np.roll(q, -1, axis=1)).apply([1.0, 0.0, 0.0])
    assert up[-1] == pytest.approx([0.0, 0.0, 1.0], abs=1e-3)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("orient", [orient_offline, causal])
def test_values_that_are_not_finite_are_refused(orient, channel, bad):
    channels = [np.tile([0.0, 0.0, GRAVITY_MPS2], (50, 1)), np.zeros((50, 3))]
    channels[channel][17, 2] = bad
    with pytest.raises(ValueError, match="finite"):
        orient(*channels, 100.0)


def test_a_refused_block_leaves_the_causal_filter_as_it_was():
    gyr_dps, acc_mps2, _ = swinging(AXES["horizontal"], seconds=2.0)
    disturbed = CausalOrientation(RATE_HZ)
    first = disturbed.feed(acc_mps2[:60], gyr_dps[:60])
    with pytest.raises(ValueError, match="finite"):
        disturbed.feed(acc_mps2[60:90], np.full((30, 3), np.nan))
    rest = disturbed.feed(acc_mps2[60:], gyr_dps[60:])
    whole = causal(acc_mps2, gyr_dps, RATE_HZ)
    assert np.concatenate((first, rest)) == pytest.approx(whole, abs=1e-12)


def test_an_empty_block_gives_no_orientation():
    assert CausalOrientation(RATE_HZ).feed(np.empty((0, 3)), np.empty((0, 3))).shape == (0, 4)


@pytest.mark.parametrize("rate_dps", [0.0, 0.001, 30.0, 600.0, 2000.0])
def test_angular_velocity_of_a_steady_turn_is_exact(rate_dps):
    # q(t) = q(0) exp(w t) with w in the sensor frame: central differences of it give w itself.
    axis = np.array([2.0, -1.0, 2.0]) / 3.0
    time_s = np.arange(200) / 100.0
    turn = Rotation.from_rotvec(np.deg2rad(rate_dps) * time_s[:, None] * axis)
    start = Rotation.from_euler("xyz", [0.3, -1.0, 2.0])
    q = np.roll((start * turn).as_quat(), 1, axis=1)
    q[50:120] *= -1.0
    expected = np.tile(rate_dps * axis, (200, 1))
    assert angular_velocity_dps(q, 100.0) == pytest.approx(expected, abs=1e-6)


def test_angular_velocity_undoes_the_filter():
    # The error of a central difference is step² / 6 * the third derivative of the angle:
    # (1/240)² / 6 * 600 (2π)² = 0.07 °/s; the filter's corrections add to that.
    gyr_dps, acc_mps2, _ = swinging(AXES["horizontal"], rate_hz=240.0)
    found = angular_velocity_dps(orient_offline(acc_mps2, gyr_dps, 240.0), 240.0)
    assert found[480:-1] == pytest.approx(gyr_dps[480:-1], abs=1.0)
