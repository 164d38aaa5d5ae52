"""A pelvis sensor's facing is found from the list of the pelvis."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.pelvis import facing_from_list

Y, Z = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])


def up_in_pelvis(right_stride, list_deg, tilt_deg):
    """Up in the pelvis: its right side highest at 20 % of the right stride, tilt twice a stride."""
    lists = -list_deg * np.cos(2 * np.pi * (right_stride - 0.2))
    tilts = tilt_deg * np.cos(4 * np.pi * (right_stride - 0.1))
    # Turning the pelvis about its x (forward) by a negative angle raises its right side.
    pelvis = Rotation.from_euler("zx", np.column_stack((tilts, lists)), degrees=True)
    return pelvis.inv().apply(Y)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("tilt_deg", [0.0, 6.0])
def test_any_mounting_is_found(seed, tilt_deg):
    right_stride = np.linspace(0.0, 20.0, 2001)[:-1]
    mounting = Rotation.random(random_state=seed)
    up = mounting.apply(up_in_pelvis(right_stride, 3.0, tilt_deg))
    found = facing_from_list(up, mounting.apply(Y), right_stride)
    # Tilt squared puts a little into the first harmonic: less than a degree.
    assert found.axes.z @ mounting.apply(Z) > np.cos(np.deg2rad(1.0))
    assert found.list_deg == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("late", [-0.15, 0.15])
def test_a_list_that_comes_early_or_late_gives_the_same_side(late):
    right_stride = np.linspace(0.0, 20.0, 2001)[:-1]
    found = facing_from_list(up_in_pelvis(right_stride - late, 3.0, 2.0), Y, right_stride)
    assert found.axes.z @ Z > 0.99


def test_a_pelvis_that_does_not_list_says_so():
    right_stride = np.linspace(0.0, 20.0, 2001)[:-1]
    found = facing_from_list(up_in_pelvis(right_stride, 0.0, 5.0), Y, right_stride)
    assert found.list_deg < 0.1
