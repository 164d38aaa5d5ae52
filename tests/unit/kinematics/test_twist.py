"""Tibial twist since the calibration, found in femoral rotations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.gravity import SegmentAxes
from imu_hip.kinematics.twist import twist_in_rotations

BODY = SegmentAxes(*np.eye(3))
SWING_DPS = 60.0 * np.sin(np.linspace(0.0, 20.0, 400))


def shin_gyr(twist_deg, knee_deg, swing_dps=SWING_DPS):
    """Angular velocity in a shin that a rotating femur carries.

    r_thigh_shin = Rz(-knee) Ry(twist) at a hinge knee below which the tibia is twisted.
    """
    shin_in_thigh = Rotation.from_euler("ZY", [-knee_deg, twist_deg], degrees=True)
    return np.outer(swing_dps, shin_in_thigh.inv().apply([0.0, 1.0, 0.0]))


def hinge(twist_deg):
    """The knee's hinge, the thigh's z, in the twisted shin."""
    return Rotation.from_euler("y", -twist_deg, degrees=True).apply([0.0, 0.0, 1.0])


@pytest.mark.parametrize("knee_deg", [70.0, 90.0, 110.0])
@pytest.mark.parametrize("twist_deg", [-10.0, 0.0, 4.0, 10.0])
def test_a_twist_is_recovered(twist_deg, knee_deg):
    found = twist_in_rotations([shin_gyr(twist_deg, knee_deg)], BODY)
    # A tibia turned by + about y sees the hinge turned by -, and + is z towards x.
    assert found.angle_deg == pytest.approx(-twist_deg, abs=1e-9)
    assert found.shin.z == pytest.approx(hinge(twist_deg), abs=1e-12)
    assert found.shin.y == pytest.approx([0.0, 1.0, 0.0], abs=1e-12)


@given(seed=st.integers(0, 2**32 - 1))
def test_the_mounting_of_the_sensor_does_not_matter(seed):
    r = Rotation.random(rng=np.random.default_rng(seed))
    x, y, z = r.as_matrix().T
    found = twist_in_rotations([r.apply(shin_gyr(8.0, 85.0))], SegmentAxes(x=x, y=y, z=z))
    assert found.shin.z == pytest.approx(r.apply(hinge(8.0)), abs=1e-9)


@pytest.mark.parametrize(
    "gyr_dps",
    [
        pytest.param(shin_gyr(10.0, 15.0), id="knee too straight"),
        pytest.param(shin_gyr(25.0, 90.0), id="implausible twist"),
        pytest.param(
            shin_gyr(10.0, 90.0) + np.outer(np.roll(SWING_DPS, 31), [0.0, 0.0, 0.8]),
            id="knee moving as well",
        ),
        pytest.param(np.outer(SWING_DPS, [0.0, 0.0, 1.0]), id="knee moving only"),
    ],
)
def test_an_unclear_movement_changes_nothing(gyr_dps):
    found = twist_in_rotations([gyr_dps], BODY)
    assert found.angle_deg == 0.0
    assert found.shin is BODY


def test_a_repetition_in_which_the_knee_moved_along_is_outvoted():
    clean = shin_gyr(8.0, 90.0)
    # The knee turns a quarter as fast as the femur: the axis tilts by atan(0.25) = 14°.
    mixed = clean + 0.25 * np.outer(SWING_DPS, hinge(8.0))
    found = twist_in_rotations([clean, clean, mixed], BODY)
    assert found.angle_deg == pytest.approx(-8.0, abs=1e-9)
