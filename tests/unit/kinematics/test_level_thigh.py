"""Femoral rotation and knee flexion against gravity, with a thigh near level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.kinematics.femur import rotation_level_thigh_deg
from imu_hip.kinematics.gravity import elevation_deg
from imu_hip.kinematics.knee import flexion_level_thigh_deg, flexion_upright_deg
from imu_hip.names import Side

EXACT = 1e-9
POSES = (1, -1)


@given(
    elevation=st.floats(-60.0, 60.0),
    rotation=st.floats(-80.0, 80.0),
    knee=st.floats(20.0, 140.0),
    side=st.sampled_from(Side),
    pose=st.sampled_from(POSES),
)
def test_rotation_knee_and_elevation_are_exact(level_leg, elevation, rotation, knee, side, pose):
    up = level_leg(elevation, rotation, knee, side, pose)
    found_deg = rotation_level_thigh_deg(up.thigh, up.shin, up.pose, side.sign)
    assert found_deg == pytest.approx(rotation, abs=EXACT)
    assert flexion_level_thigh_deg(up.thigh, up.shin, up.pose) == pytest.approx(knee, abs=EXACT)
    assert elevation_deg(up.thigh) == pytest.approx(elevation, abs=EXACT)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("pose", POSES)
def test_internal_rotation_moves_the_foot_outward(level_leg, side, pose):
    # z points to the subject's right, which is outward for the right leg only.
    up = level_leg(5.0, 30.0, 90.0, side, pose)
    assert rotation_level_thigh_deg(up.thigh, up.shin, up.pose, side.sign) > 0
    assert side.sign * up.foot[2] == pytest.approx(np.sin(np.deg2rad(30.0)), abs=1e-12)


@pytest.mark.parametrize("pose", POSES)
def test_a_knee_pushed_past_straight_is_negative(level_leg, pose):
    up = level_leg(0.0, 10.0, -5.0, Side.RIGHT, pose)
    assert flexion_level_thigh_deg(up.thigh, up.shin, up.pose) == pytest.approx(-5.0, abs=EXACT)


def test_the_thighs_own_roll_does_not_count(level_leg):
    # Skin lets the thigh sensor follow half of the rotation: only its elevation is used.
    true, skin = (level_leg(12.0, roll, 90.0, Side.LEFT, 1) for roll in (40.0, 20.0))
    found_deg = rotation_level_thigh_deg(skin.thigh, true.shin, true.pose, Side.LEFT.sign)
    assert found_deg == pytest.approx(40.0, abs=EXACT)


def test_inclinations_that_no_leg_can_have_stay_within_a_right_angle():
    # Noise: the shin's z is steeper than the thigh's elevation allows.
    up_thigh = np.array([[0.6, 0.8, 0.0]])
    up_shin = np.array([[0.0, np.sqrt(0.5), np.sqrt(0.5)]])
    found_deg = rotation_level_thigh_deg(up_thigh, up_shin, np.ones(1), 1)
    assert found_deg == pytest.approx(90.0)


@pytest.mark.parametrize("thigh_pitch_deg", [-60.0, 0.0, 35.0])
@pytest.mark.parametrize("knee_deg", [-5.0, 0.0, 60.0, 150.0])
def test_upright_knee_flexion_is_the_difference_of_pitches(thigh_pitch_deg, knee_deg):
    # A bent knee brings the foot back: pitch of the shin = pitch of the thigh - flexion.
    def up(pitch_deg):
        return np.array([[np.sin(np.deg2rad(pitch_deg)), np.cos(np.deg2rad(pitch_deg)), 0.0]])

    found_deg = flexion_upright_deg(up(thigh_pitch_deg), up(thigh_pitch_deg - knee_deg))
    assert found_deg == pytest.approx(knee_deg, abs=EXACT)
