"""The quaternion kernel agrees with scipy's Rotation."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from imu_hip.kinematics.quaternion import (
    conjugate,
    continuous,
    from_axis_angle,
    from_matrix,
    interpolate,
    matrix,
    multiply,
    normalise,
    rotate,
)

EXACT = 1e-12
"""A few dozen roundings of double precision."""


def scipy_of(q):
    return Rotation.from_quat(np.roll(q, -1, axis=-1))


def kernel_of(rotation):
    return np.roll(rotation.as_quat(), 1, axis=-1)


def assert_same_rotation(q, expected):
    assert np.abs(np.sum(q * expected, axis=-1)) == pytest.approx(1.0, abs=EXACT)
    assert matrix(q) == pytest.approx(matrix(expected), abs=EXACT)


@pytest.fixture
def random_pair():
    rotations = Rotation.random(400, rng=np.random.default_rng(1))
    return rotations[:200], rotations[200:]


def test_multiply_composes_as_scipy_does(random_pair):
    a, b = random_pair
    assert_same_rotation(multiply(kernel_of(a), kernel_of(b)), kernel_of(a * b))


def test_multiply_is_hamiltons_product():
    # i j = k, and the order counts: j i = -k.
    i, j, k = np.eye(4)[1:]
    assert multiply(i, j) == pytest.approx(k)
    assert multiply(j, i) == pytest.approx(-k)


def test_multiply_broadcasts_one_rotation_over_many(random_pair):
    a, b = random_pair
    assert_same_rotation(multiply(kernel_of(a)[0], kernel_of(b)), kernel_of(a[0] * b))


def test_conjugate_inverts(random_pair):
    a, _ = random_pair
    assert_same_rotation(conjugate(kernel_of(a)), kernel_of(a.inv()))


def test_rotate_and_matrix_turn_vectors_as_scipy_does(random_pair):
    a, _ = random_pair
    v = np.random.default_rng(2).normal(size=(200, 3))
    expected = a.apply(v)
    assert rotate(kernel_of(a), v) == pytest.approx(expected, abs=EXACT)
    assert np.einsum("nij,nj->ni", matrix(kernel_of(a)), v) == pytest.approx(expected, abs=EXACT)


def test_rotate_counts_counter_clockwise():
    # 90° about z brings x to y.
    quarter = from_axis_angle(np.array([0.0, 0.0, 1.0]), np.array(np.pi / 2))
    assert rotate(quarter, np.array([1.0, 0.0, 0.0])) == pytest.approx([0.0, 1.0, 0.0])


def test_from_matrix_recovers_random_rotations(random_pair):
    a, _ = random_pair
    assert_same_rotation(from_matrix(a.as_matrix()), kernel_of(a))


@pytest.mark.parametrize("angle_deg", [0.0, 1e-6, 90.0, 179.0, 180.0 - 1e-6, 180.0])
@pytest.mark.parametrize(
    "axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (0, 1, -1), (-1, 2, 3), (1, 1, 1)]
)
def test_from_matrix_is_precise_up_to_half_a_turn(axis, angle_deg):
    # At half a turn w is 0 and the formula that divides by w would lose every digit.
    axis = normalise(np.array(axis, dtype=float))
    rotation = Rotation.from_rotvec(np.deg2rad(angle_deg) * axis)
    q = from_matrix(rotation.as_matrix())
    assert np.linalg.norm(q) == pytest.approx(1.0, abs=EXACT)
    assert_same_rotation(q, kernel_of(rotation))


def test_from_axis_angle_agrees_with_rotation_vectors():
    rng = np.random.default_rng(3)
    axes = normalise(rng.normal(size=(100, 3)))
    angles = rng.uniform(-7.0, 7.0, size=100)
    expected = kernel_of(Rotation.from_rotvec(angles[:, None] * axes))
    assert_same_rotation(from_axis_angle(axes, angles), expected)


def test_interpolate_agrees_with_slerp():
    rng = np.random.default_rng(4)
    keys = Rotation.random(20, rng=rng)
    index = rng.integers(0, 19, size=300)
    fraction = rng.uniform(size=300)
    fraction[:2] = 0.0, 1.0
    q = continuous(kernel_of(keys))
    expected = Slerp(np.arange(20.0), keys)(index + fraction)
    assert_same_rotation(interpolate(q, index, fraction), kernel_of(expected))


@pytest.mark.parametrize("angle_deg", [0.0, 1e-7, 0.05, 0.2, 0.3, 5.0])
def test_interpolate_changes_formula_without_a_jump(angle_deg):
    # A third of the way is a third of the angle, on both sides of the switch near 0.2°.
    z = np.array([0.0, 0.0, 1.0])
    q = from_axis_angle(z, np.deg2rad([0.0, angle_deg]))
    third = interpolate(q, np.array([0]), np.array([1 / 3]))[0]
    found_deg = np.rad2deg(2 * np.arctan2(third[3], third[0]))
    assert found_deg == pytest.approx(angle_deg / 3, abs=1e-6)


def test_interpolate_takes_the_short_way_between_opposite_signs():
    z = np.array([0.0, 0.0, 1.0])
    q = from_axis_angle(z, np.deg2rad([10.0, 30.0])) * np.array([[1.0], [-1.0]])
    halfway = interpolate(q, np.array([0]), np.array([0.5]))
    assert_same_rotation(halfway[0], from_axis_angle(z, np.deg2rad(np.array(20.0))))


def test_continuous_undoes_any_flips_and_keeps_the_first_sign():
    rng = np.random.default_rng(5)
    smooth = from_axis_angle(np.array([0.0, 1.0, 0.0]), np.linspace(-0.5, 12.0, 300))
    flips = np.where(rng.uniform(size=300) < 0.5, -1.0, 1.0)
    flips[0] = -1.0
    assert np.array_equal(continuous(smooth * flips[:, None]), -smooth)


@pytest.mark.parametrize("n", [0, 1])
def test_continuous_keeps_a_sequence_without_neighbours(n):
    q = np.full((n, 4), 0.5)
    assert np.array_equal(continuous(q), q)


def test_normalise_scales_along_the_last_axis():
    assert normalise(np.array([[3.0, 4.0], [0.0, -2.0]])) == pytest.approx(
        np.array([[0.6, 0.8], [0.0, -1.0]])
    )
