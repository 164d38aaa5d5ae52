"""Relative headings of thigh and shin, found from the knee's hinge."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from imu_hip.kinematics.chain_windows import CausalMean, centred
from imu_hip.kinematics.heading import (
    hinge_turns,
    horizontal,
    mean_heading,
    shin_to_thigh,
    turn,
    unit,
)

Y, Z = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
TIME_S = np.arange(1000) / 100.0


def gait_leg():
    """A thigh that flexes, adducts and rotates at different rhythms, in earth."""
    upright = Rotation.from_euler("x", 90.0, degrees=True)
    angles_deg = np.stack(
        (
            10 + 30 * np.sin(2 * np.pi * TIME_S),
            6 * np.sin(2 * np.pi * 0.7 * TIME_S),
            8 * np.sin(2 * np.pi * 1.3 * TIME_S),
        ),
        axis=1,
    )
    return upright * Rotation.from_euler("ZXY", angles_deg, degrees=True)


def unit_of(angle_deg):
    return np.exp(1j * np.deg2rad(angle_deg))


def away_deg(a, b):
    return np.abs(np.rad2deg(np.angle(a / b)))


def test_turn_is_counter_clockwise_and_keeps_the_vertical():
    v = np.array([[1.0, 0.0, 3.0], [0.0, 2.0, -1.0]])
    quarter = turn(v, np.full(2, 1j))
    assert quarter == pytest.approx(np.array([[0.0, 1.0, 3.0], [-2.0, 0.0, -1.0]]))


def test_unit_keeps_a_direction_without_length():
    assert unit(np.array([3.0 + 4.0j, 0.0j])) == pytest.approx([0.6 + 0.8j, 0.0])


@pytest.mark.parametrize("turn_deg", [-170.0, -35.0, 0.0, 90.0])
def test_shin_to_thigh_recovers_a_constant_turn(turn_deg):
    z = gait_leg().apply(Z)
    z_in_shin_earth = turn(z, np.full(len(z), np.conj(unit_of(turn_deg))))
    found = shin_to_thigh(z, z_in_shin_earth, CausalMean(300))
    assert away_deg(found, unit_of(turn_deg)).max() < 1e-9
    assert np.abs(found) == pytest.approx(1.0)


def test_shin_to_thigh_follows_drift_and_averages_tibial_rotation_out():
    # The turn drifts by 1 °/s; the tibia rotates by ±10° once a second, which a centred window
    # of whole seconds takes out.
    z = gait_leg().apply(Z)
    drift_deg = 40.0 + TIME_S
    tibia_deg = 10.0 * np.sin(2 * np.pi * TIME_S)
    z_shin = turn(z, np.conj(unit_of(drift_deg)) * unit_of(tibia_deg))
    found = shin_to_thigh(z, z_shin, centred(200))
    middle = slice(110, -110)
    assert away_deg(found, unit_of(drift_deg))[middle].max() < 0.5


def test_mean_heading_lets_no_stride_through_but_follows_a_turn():
    heading_deg = 170.0 + 5.0 * TIME_S + 12.0 * np.sin(2 * np.pi * 1.2 * TIME_S)
    z = np.stack((np.cos(np.deg2rad(heading_deg)), np.sin(np.deg2rad(heading_deg))), axis=1)
    z = np.concatenate((z, np.zeros((len(z), 1))), axis=1)
    found = mean_heading(z, (centred(200), centred(200)))
    expected = unit_of(170.0 + 5.0 * TIME_S)
    assert away_deg(found, expected)[210:-210].max() < 0.5


@pytest.mark.parametrize("turn_deg", [-120.0, 0.0, 33.3, 179.0])
def test_hinge_turns_contain_the_true_turn_and_its_opposite(turn_deg):
    leg = gait_leg()
    y, z = leg.apply(Y), leg.apply(Z)
    better, opposite = hinge_turns(y, turn(z, np.full(len(z), np.conj(unit_of(turn_deg)))))
    assert better == pytest.approx(-opposite)
    # The search has steps of a quarter degree.
    assert min(away_deg(t, unit_of(turn_deg)) for t in (better, opposite)) < 0.13


def test_horizontal_takes_east_and_north():
    assert horizontal(np.array([[1.0, 2.0, 5.0]])) == pytest.approx([1.0 + 2.0j])
