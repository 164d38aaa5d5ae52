"""Femoral rotation and hip angles of an upright leg, and the views of the femur's z axis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.femur import FemurWeights, femur_z, rotation_upright_deg
from imu_hip.kinematics.heading import horizontal
from imu_hip.kinematics.hip import hip_angles
from imu_hip.names import Side

EXACT = 1e-9
UPRIGHT = Rotation.from_euler("x", 90.0, degrees=True)
"""Turns an upright frame (x forward, y up, z right) into earth (z up), facing earth x."""

angles_deg = st.floats(-85.0, 85.0)
Y = np.array([0.0, 1.0, 0.0])
Z = np.array([0.0, 0.0, 1.0])


def facing(heading_deg):
    return Rotation.from_euler("z", heading_deg, degrees=True) * UPRIGHT


def femur_of(flexion_deg, adduction_deg, rotation_deg, side):
    """Femur in an upright frame: ZXY, with adduction and rotation mirrored on the left."""
    angles = [flexion_deg, side.sign * adduction_deg, side.sign * rotation_deg]
    return Rotation.from_euler("ZXY", angles, degrees=True)


@given(
    flexion=st.floats(-120.0, 120.0),
    adduction=angles_deg,
    rotation=st.floats(-170.0, 170.0),
    heading=st.floats(-180.0, 180.0),
    side=st.sampled_from(Side),
)
def test_upright_rotation_is_the_third_angle_of_zxy(flexion, adduction, rotation, heading, side):
    femur = femur_of(flexion, adduction, rotation, side)
    earth = facing(heading) * femur
    right = horizontal(facing(heading).apply(Z))
    found_deg = rotation_upright_deg(
        earth.apply(Y)[None], earth.apply(Z)[None], np.array([right]), side.sign
    )
    assert found_deg == pytest.approx(rotation, abs=1e-7)
    assert found_deg == pytest.approx(side.sign * femur.as_euler("ZXY", degrees=True)[2], abs=1e-7)


@given(
    flexion=st.floats(-150.0, 150.0),
    adduction=angles_deg,
    rotation=st.floats(-170.0, 170.0),
    side=st.sampled_from(Side),
    seed=st.integers(0, 2**32 - 1),
)
def test_hip_angles_are_zxy_in_the_pelvis(flexion, adduction, rotation, side, seed):
    pelvis = Rotation.random(rng=np.random.default_rng(seed))
    femur = pelvis * femur_of(flexion, adduction, rotation, side)
    axes = [(r.apply(Y)[None], r.apply(Z)[None]) for r in (pelvis, femur)]
    hip = hip_angles(*axes, side.sign)
    # Near ±85° of adduction the arcsine loses up to eight digits of the sixteen.
    assert hip.flexion_deg == pytest.approx(flexion, abs=1e-6)
    assert hip.adduction_deg == pytest.approx(adduction, abs=1e-6)
    assert hip.rotation_deg == pytest.approx(rotation, abs=1e-6)


@pytest.mark.parametrize("side", Side)
def test_positive_hip_angles_move_the_leg_where_their_names_say(side):
    # In the upright frame the knee moves forward (+x) in flexion and to the midline in adduction;
    # the front of the thigh turns to the midline in internal rotation.
    inward = -side.sign
    assert femur_of(30.0, 0.0, 0.0, side).apply(-Y)[0] > 0
    assert femur_of(0.0, 20.0, 0.0, side).apply(-Y)[2] * inward > 0
    assert femur_of(0.0, 0.0, 20.0, side).apply([1.0, 0.0, 0.0])[2] * inward > 0


def knee(flexion_deg, n=1):
    """Axes of a thigh and of a shin that a hinge joins, in one earth frame, shape (n, 3)."""
    thigh = facing(25.0) * Rotation.from_euler("ZXY", [20.0, 5.0, -8.0], degrees=True)
    shin = thigh * Rotation.from_euler("z", -flexion_deg, degrees=True)
    return [np.tile(v, (n, 1)) for v in (thigh.apply(Y), thigh.apply(Z), shin.apply(Y))]


@pytest.mark.parametrize("flexion_deg", [3.0, 40.0, 90.0, 120.0, 150.0])
def test_the_knee_plane_alone_shows_the_hinge(flexion_deg):
    y_thigh, z_true, y_shin = knee(flexion_deg)
    nonsense = np.array([[1.0, 0.0, 0.0]])
    weights = FemurWeights(thigh=0.0, shin=0.0, knee_plane=1.0)
    assert femur_z(y_thigh, nonsense, y_shin, nonsense, weights) == pytest.approx(z_true, abs=1e-9)


def turned_about(axis, v, angle_deg):
    return Rotation.from_rotvec(np.deg2rad(angle_deg) * axis[0]).apply(v)


def angle_about(axis, reference, v):
    across = np.cross(axis, reference)
    return np.rad2deg(np.arctan2(np.sum(across * v, axis=1), np.sum(reference * v, axis=1)))


@pytest.mark.parametrize("flexion_deg", [0.0, 30.0, 90.0, 120.0])
def test_views_are_blended_by_their_weights(flexion_deg):
    # About the thigh's long axis the thigh's z is at +10°, the shin's at -20° and the plane at 0,
    # so z = 0.5 (cos 10, sin 10) + 2 (cos 20, -sin 20) + 3 s (1, 0) with s the squared sine of
    # flexion, which stays 1 past a right angle.
    y_thigh, z_true, y_shin = knee(flexion_deg)
    z_thigh = turned_about(y_thigh, z_true, 10.0)
    z_shin = turned_about(y_thigh, z_true, -20.0)
    s = np.sin(np.deg2rad(min(flexion_deg, 90.0))) ** 2
    ten, twenty = np.deg2rad([10.0, 20.0])
    expected_deg = np.rad2deg(
        np.arctan2(
            0.5 * np.sin(ten) - 2.0 * np.sin(twenty),
            0.5 * np.cos(ten) + 2.0 * np.cos(twenty) + 3.0 * s,
        )
    )
    z = femur_z(y_thigh, z_thigh, y_shin, z_shin, FemurWeights(0.5, 2.0, 3.0))
    assert np.linalg.norm(z, axis=1) == pytest.approx(1.0)
    assert np.sum(z * y_thigh, axis=1) == pytest.approx(0.0, abs=1e-12)
    assert angle_about(y_thigh, z_true, z) == pytest.approx(expected_deg, abs=1e-9)


def test_a_shin_axis_that_leans_along_the_thigh_is_projected():
    # The shin's z leaning 30° towards the thigh's y must not count less than a thigh's z:
    # normal to y it points the same way, so equal weights give the mean direction.
    y_thigh, z_true, y_shin = knee(0.0)
    leaning = np.cos(np.pi / 6) * turned_about(y_thigh, z_true, 20.0) + 0.5 * y_thigh
    z = femur_z(y_thigh, z_true, y_shin, leaning, FemurWeights(1.0, 1.0, 0.0))
    assert angle_about(y_thigh, z_true, z) == pytest.approx(10.0, abs=1e-9)
