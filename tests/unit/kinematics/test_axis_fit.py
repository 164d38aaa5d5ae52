"""Axes that are wrong by some degrees are found again in the gait itself."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.axis_fit import AxisPriors, fit_axes
from imu_hip.kinematics.gravity import SegmentAxes

RATE_HZ = 100.0
LOOSE = AxisPriors(lean_deg=0.0, lean_sd_deg=20.0, hinge_sd_deg=20.0, knee_sd_deg=0.5)
"""Lets the gait speak; thigh and shin are known to be in line, which a hinge cannot tell."""


def gait(shin_heading_deg=0.0, side_sign=1, n=1400):
    """Orientations of a thigh and a shin on a hinge knee, without any tibial rotation."""
    phase = 2 * np.pi * np.arange(n) / 71.0
    hip = 10.0 + 30.0 * np.cos(phase)
    lean = side_sign * 5.0 * np.sin(phase)
    rotation = side_sign * 8.0 * np.cos(phase + 1.0)
    knee = 45.0 - 35.0 * np.cos(2.0 * phase) * np.sin(phase / 2) ** 2
    # The body stands in an earth frame whose z is up: segment y up, x forward, z to the right.
    upright = Rotation.from_matrix([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    thigh = upright * Rotation.from_euler(
        "ZXY", np.column_stack((hip, lean, rotation)), degrees=True
    )
    shin = thigh * Rotation.from_euler("z", -knee[:, None], degrees=True)
    turned = Rotation.from_euler("z", shin_heading_deg, degrees=True) * shin
    return thigh.as_quat(scalar_first=True), turned.as_quat(scalar_first=True)


def tilted(about, angle_deg):
    """Axes whose frame is turned about one of its own directions."""
    r = Rotation.from_euler(about, angle_deg, degrees=True).as_matrix()
    return SegmentAxes(x=r[:, 0], y=r[:, 1], z=r[:, 2])


TRUE = tilted("x", 0.0)


def angle_deg(a, b):
    return np.rad2deg(np.arccos(np.clip(a @ b, -1.0, 1.0)))


@pytest.mark.parametrize("side_sign", [1, -1])
@pytest.mark.parametrize("heading_deg", [0.0, 140.0])
def test_a_hinge_that_is_turned_about_the_shin_is_found(side_sign, heading_deg):
    q_thigh, q_shin = gait(heading_deg, side_sign)
    wrong = tilted("y", 8.0)
    fit = fit_axes(
        q_thigh, q_shin, (TRUE, wrong), side_sign, sampling_rate_hz=RATE_HZ, priors=LOOSE
    )
    # The prior of 20° against six looks of 3° costs less than a twentieth of the 8°.
    assert angle_deg(fit.shin.z, TRUE.z) < 0.4
    assert fit.varus_deg < 0.3


@pytest.mark.parametrize("side_sign", [1, -1])
def test_a_leg_that_leaned_in_the_pose_is_found(side_sign):
    # Standing gave both long axes leaning 6° sideways: the same turn about x of both frames.
    q_thigh, q_shin = gait(70.0, side_sign)
    wrong = tilted("x", 6.0 * side_sign)
    fit = fit_axes(
        q_thigh, q_shin, (wrong, wrong), side_sign, sampling_rate_hz=RATE_HZ, priors=LOOSE
    )
    assert angle_deg(fit.thigh.y, TRUE.y) < 1.0
    assert angle_deg(fit.shin.y, TRUE.y) < 1.0


def test_true_axes_stay():
    q_thigh, q_shin = gait(-50.0)
    fit = fit_axes(q_thigh, q_shin, (TRUE, TRUE), 1, sampling_rate_hz=RATE_HZ, priors=LOOSE)
    for found in (fit.thigh, fit.shin):
        assert angle_deg(found.y, TRUE.y) < 0.1
        assert angle_deg(found.z, TRUE.z) < 0.1
    assert fit.disagreement_deg < 0.1


def test_what_is_known_before_holds_against_little_evidence():
    q_thigh, q_shin = gait()
    firm = replace(LOOSE, hinge_sd_deg=0.01, lean_sd_deg=0.01, knee_sd_deg=0.01, lean_deg=3.0)
    fit = fit_axes(
        q_thigh, q_shin, (TRUE, tilted("y", 8.0)), 1, sampling_rate_hz=RATE_HZ, priors=firm
    )
    # The hinge stays where the pose put it, and the leg leans by the expected 3°.
    assert angle_deg(fit.shin.x, tilted("y", 8.0).x) == pytest.approx(0.0, abs=0.1)
    assert angle_deg(fit.thigh.y, TRUE.y) == pytest.approx(3.0, abs=0.1)
