"""What gravity says of a segment, in analytic cases."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.gravity import (
    SegmentAxes,
    axis_in_earth,
    elevation_deg,
    pitch_deg,
    up_in_segment,
    up_in_sensor,
)


@pytest.fixture
def random_turns():
    return Rotation.random(100, rng=np.random.default_rng(6))


def quaternions(rotation):
    return np.roll(rotation.as_quat(), 1, axis=-1)


def test_up_in_sensor_is_the_earths_z_seen_from_the_sensor(random_turns):
    expected = random_turns.inv().apply([0.0, 0.0, 1.0])
    assert up_in_sensor(quaternions(random_turns)) == pytest.approx(expected, abs=1e-12)


def test_axis_in_earth_turns_a_sensor_axis(random_turns):
    axis = np.array([0.6, -0.64, 0.48])
    expected = random_turns.apply(axis)
    found = axis_in_earth(quaternions(random_turns), axis)
    assert found == pytest.approx(expected, abs=1e-12)


def test_axes_are_right_handed_and_keep_y_exactly():
    axes = SegmentAxes.from_y_and_z(np.array([0.0, 2.0, 0.0]), np.array([0.0, 0.7, 3.0]))
    assert axes.y == pytest.approx([0.0, 1.0, 0.0])
    assert axes.z == pytest.approx([0.0, 0.0, 1.0])
    assert axes.x == pytest.approx([1.0, 0.0, 0.0])
    assert np.linalg.det(axes.r_sensor_segment) == pytest.approx(1.0)


def test_up_in_segment_undoes_the_mounting(random_turns):
    # r_earth_sensor = r_earth_segment r_segment_sensor, so up in the segment does not
    # depend on how the sensor is mounted.
    mounting = Rotation.from_euler("xyz", [0.4, -1.3, 2.2])
    x, y, z = mounting.inv().as_matrix().T
    axes = SegmentAxes(x=x, y=y, z=z)
    found = up_in_segment(quaternions(random_turns * mounting), axes)
    assert found == pytest.approx(random_turns.inv().apply([0.0, 0.0, 1.0]), abs=1e-12)


@pytest.mark.parametrize("angle_deg", [-170.0, -40.0, 0.0, 30.0, 95.0])
def test_pitch_is_positive_with_the_distal_end_forward(angle_deg):
    # Turning about z, the right, by a moves the distal end (-y) towards +x:
    # up = Rz(-a) (0, 1, 0) = (sin a, cos a, 0).
    a = np.deg2rad(angle_deg)
    distal = Rotation.from_euler("z", a).apply([0.0, -1.0, 0.0])
    assert np.sign(distal[0]) == np.sign(np.sin(a))
    up = np.array([[np.sin(a), np.cos(a), 0.0]])
    assert pitch_deg(up) == pytest.approx(angle_deg)


@pytest.mark.parametrize(
    ("up", "expected_deg"),
    [
        ((0.0, 1.0, 0.0), -90.0),  # standing: distal straight down
        ((1.0, 0.0, 0.0), 0.0),  # seated, level
        ((-1.0, 0.0, 0.0), 0.0),  # prone, level
        ((0.0, 0.0, 1.0), 0.0),  # lying on the side
        ((np.sqrt(0.75), -0.5, 0.0), 30.0),  # knee 30° above the hip
        ((np.sqrt(0.75), 0.5, 0.0), -30.0),
    ],
)
def test_elevation_is_positive_with_the_distal_end_up(up, expected_deg):
    assert elevation_deg(np.array([up])) == pytest.approx(expected_deg)
