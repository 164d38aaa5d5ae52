"""Sensor-to-segment alignment from poses and movement, for any mounting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.calibration import (
    SOURCE_UNCERTAINTY_DEG,
    CalibrationSource,
    LegCalibration,
    fit_hinge,
    hinge_axis,
    long_axis,
    thigh_axes_from_poses,
    towards_right,
)
from imu_hip.kinematics.gravity import SegmentAxes

X, Y, Z = np.eye(3)
BODY = SegmentAxes(x=X, y=Y, z=Z)
seeds = st.integers(0, 2**32 - 1)


def mounting(seed):
    """A random `r_sensor_segment`."""
    return Rotation.random(rng=np.random.default_rng(seed))


def angle_deg(a, b):
    return np.rad2deg(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))


def pitched(pitch_deg):
    """Up in a segment that leans in the sagittal plane; + is the distal end forward."""
    pitch = np.deg2rad(np.atleast_1d(pitch_deg))
    return np.stack((np.sin(pitch), np.cos(pitch), np.zeros(len(pitch))), axis=1)


def test_long_axis_is_the_mean_of_up_and_tells_the_scatter():
    # Half of the samples lean 3° one way and half 3° the other: the mean is y, the RMS angle 3°.
    found = long_axis(pitched([3.0, -3.0] * 10))
    assert found.axis == pytest.approx(Y, abs=1e-12)
    assert found.residual_deg == pytest.approx(3.0, abs=1e-9)


def test_hinge_axis_is_the_principal_axis_and_tells_the_rest():
    # 10 °/s about z and 1 °/s about x, uncorrelated: tan(residual) = 1 / 10.
    gyr_dps = np.array([(1.0, 0.0, 10.0), (-1.0, 0.0, 10.0), (1.0, 0.0, -10.0), (-1.0, 0.0, -10.0)])
    found = hinge_axis(gyr_dps, Y)
    assert np.abs(found.axis) == pytest.approx(Z, abs=1e-12)
    assert found.residual_deg == pytest.approx(np.rad2deg(np.arctan(0.1)), abs=1e-9)


def test_hinge_axis_is_made_normal_to_the_long_axis():
    tilted = Rotation.from_euler("x", 12.0, degrees=True).apply(Z)
    gyr_dps = np.outer([50.0, -80.0, 20.0], tilted)
    found = hinge_axis(gyr_dps, Y)
    assert np.abs(found.axis) == pytest.approx(Z, abs=1e-12)


@pytest.mark.parametrize("guess", [Z, -Z])
@pytest.mark.parametrize(
    ("raises", "pitch_deg"),
    [
        (True, np.linspace(-5.0, 75.0, 200)),  # straightening the knee while sitting
        (False, np.linspace(20.0, -80.0, 200)),  # the shin of a runner
    ],
)
@given(seed=seeds)
def test_towards_right_finds_the_sign_of_a_hinge(seed, raises, pitch_deg, guess):
    r = mounting(seed)
    found = towards_right(r.apply(guess), r.apply(Y), r.apply(pitched(pitch_deg)), raises=raises)
    assert found == pytest.approx(r.apply(Z), abs=1e-9)


@given(seed=seeds, sitting_elevation_deg=st.floats(-30.0, 30.0))
def test_poses_give_the_axes_of_any_mounting(seed, sitting_elevation_deg):
    r = mounting(seed)
    sitting = pitched(90.0 + sitting_elevation_deg)
    axes = thigh_axes_from_poses(r.apply(pitched(0.0)), r.apply(sitting))
    assert axes.r_sensor_segment == pytest.approx(r.as_matrix(), abs=1e-9)


@pytest.mark.parametrize("source", CalibrationSource)
def test_uncertainty_adds_source_and_scatter_in_squares(source):
    leg = LegCalibration(BODY, BODY, source, pose_residual_deg=4.0, hinge_residual_deg=30.0)
    base_deg = SOURCE_UNCERTAINTY_DEG[source]
    assert leg.uncertainty_deg == pytest.approx((base_deg**2 + 16.0) ** 0.5)


def test_less_evidence_is_never_stated_as_less_uncertain():
    stated = [SOURCE_UNCERTAINTY_DEG[source] for source in CalibrationSource]
    assert stated == sorted(stated)
    assert min(stated) > 0


def gait(turn_deg):
    """Quaternions of a thigh and of a shin joined by a hinge, the shin's earth frame turned."""
    t = np.arange(1500) / 100.0
    hip_deg = np.stack(
        (
            10 + 28 * np.sin(2 * np.pi * t),
            10 * np.sin(2 * np.pi * t + 0.6),
            10 * np.sin(4 * np.pi * t + 0.3),
        ),
        axis=1,
    )
    upright = Rotation.from_euler("x", 90.0, degrees=True)
    thigh = upright * Rotation.from_euler("ZXY", hip_deg, degrees=True)
    knee_deg = 35.0 - 30.0 * np.cos(2 * np.pi * t - 0.9)
    shin = thigh * Rotation.from_euler("z", -knee_deg[:, None], degrees=True)
    turned = Rotation.from_euler("z", -turn_deg, degrees=True) * shin
    return (np.roll(r.as_quat(), 1, axis=1) for r in (thigh, turned))


@pytest.mark.parametrize("tilt_deg", [-9.0, 0.0, 6.0])
@pytest.mark.parametrize("turn_deg", [-150.0, 20.0, 100.0])
def test_fit_hinge_recovers_a_tilt_and_any_heading(tilt_deg, turn_deg):
    # The first guess of the shin's z is off by a turn about its long axis. A weak pull towards
    # the guess leaves about a tenth of that.
    q_thigh, q_shin = gait(turn_deg)
    guess = SegmentAxes.from_y_and_z(Y, Rotation.from_euler("y", tilt_deg, degrees=True).apply(Z))
    fit = fit_hinge(q_thigh, q_shin, Y, guess, slice(0, len(q_thigh)))
    assert angle_deg(fit.z_shin, Z) < 0.1 + 0.15 * abs(tilt_deg)
    assert angle_deg(fit.z_thigh, Z) < 0.1 + 0.15 * abs(tilt_deg)
    assert fit.residual_deg < 1.0


def test_fit_hinge_does_not_call_a_knee_a_hinge_that_is_none():
    # A shin that also leans sideways by 12° within each stride keeps a residual.
    q_thigh, q_shin = gait(0.0)
    t = np.arange(len(q_shin)) / 100.0
    lean = Rotation.from_euler("x", 12.0 * np.sin(6 * np.pi * t)[:, None], degrees=True)
    q_leaning = np.roll((Rotation.from_quat(np.roll(q_shin, -1, axis=1)) * lean).as_quat(), 1, 1)
    fit = fit_hinge(q_thigh, q_leaning, Y, BODY, slice(0, len(q_thigh)))
    assert fit.residual_deg > 3.0
