"""A leg built from joint angles, as truth for the tests of the kinematics."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

POSE_PITCH_DEG = {1: 90.0, -1: -90.0}


def _leg(elevation_deg, rotation_deg, knee_deg, side, pose):
    """Orientations of a level thigh and its shin in an upright frame: x forward, y up, z right.

    Turning about z by +90° (hip flexion) brings a standing thigh to sitting, by -90° to lying on
    the front; a raised knee adds to that turn when seated and takes from it when prone. Internal
    rotation turns the right femur about its long axis y by +, the left one by -. Knee flexion
    turns the shin about the common z by -.
    """
    pitch_deg = pose * (90.0 + elevation_deg)
    thigh = Rotation.from_euler("ZY", [pitch_deg, side.sign * rotation_deg], degrees=True)
    return thigh, thigh * Rotation.from_euler("z", -knee_deg, degrees=True)


def _ups(elevation_deg, rotation_deg, knee_deg, side, pose):
    thigh, shin = _leg(elevation_deg, rotation_deg, knee_deg, side, pose)
    return SimpleNamespace(
        thigh=thigh.inv().apply([[0.0, 1.0, 0.0]]),
        shin=shin.inv().apply([[0.0, 1.0, 0.0]]),
        pose=np.array([float(pose)]),
        foot=shin.apply([0.0, -1.0, 0.0]),
    )


@pytest.fixture(scope="session")
def level_leg():
    """Up in thigh and shin, and the direction of the foot, of a leg with a level thigh."""
    return _ups
