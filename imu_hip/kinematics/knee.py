"""Knee flexion from thigh and shin."""

import numpy as np

from imu_hip.kinematics.gravity import pitch_deg
from imu_hip.kinematics.quaternion import FloatArray


def flexion_level_thigh_deg(
    up_thigh: FloatArray, up_shin: FloatArray, pose: FloatArray
) -> FloatArray:
    """Knee flexion while the thigh is near level, from gravity alone.

    The knee turns "up" about the common z axis, so `(Rz(-k) up_shin).y = up_thigh.y`. Of the two
    roots the pose says which: the thigh's front looks up when seated and down when prone.

    Parameters
    ----------
    up_thigh, up_shin
        Up in segment coordinates, shape (n, 3).
    pose
        +1 seated, -1 prone, shape (n,).

    Returns
    -------
    FloatArray
        Shape (n,), in (-180, 180]; NaN where femur and gravity allow no solution.
    """
    in_plane = np.hypot(up_shin[:, 0], up_shin[:, 1])
    phase = np.arctan2(up_shin[:, 0], up_shin[:, 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.arccos(np.clip(up_thigh[:, 1] / in_plane, -1.0, 1.0))
    flexion = np.rad2deg(pose * root - phase)
    wrapped: FloatArray = (flexion + 180.0) % 360.0 - 180.0
    return wrapped


def flexion_upright_deg(up_thigh: FloatArray, up_shin: FloatArray) -> FloatArray:
    """Knee flexion while upright: the difference of the sagittal inclinations, shape (n,)."""
    difference = pitch_deg(up_thigh) - pitch_deg(up_shin)
    wrapped: FloatArray = (difference + 180.0) % 360.0 - 180.0
    return wrapped
