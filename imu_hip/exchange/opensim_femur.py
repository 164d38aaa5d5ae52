"""Rotation of the femora against the ground from OpenSim's pelvis and hip angles.

Without a pelvis sensor imu_hip measures femoral and not hip rotation, so this is what it must be
compared with.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from imu_hip.exchange.angle_columns import Angle, Key
from imu_hip.kinematics.quaternion import FloatArray, from_axis_angle, multiply, rotate
from imu_hip.names import Side

PELVIS: Final = ("pelvis_tilt", "pelvis_list", "pelvis_rotation")
_HIP: Final = (Angle.HIP_FLEXION, Angle.HIP_ADDUCTION, Angle.HIP_ROTATION)
_LARGEST_TURN_DEG: Final = 60.0
_X, _Y, _Z = np.eye(3)


def pelvis_columns(header: Sequence[str]) -> list[int]:
    """Places of the pelvis's three rotations in the ground; none where one is missing."""
    return [header.index(name) for name in PELVIS] if set(PELVIS) <= set(header) else []


def femoral_rotation(
    name: str, pelvis_deg: FloatArray, hips: Mapping[Key, FloatArray]
) -> tuple[dict[Key, FloatArray], tuple[str, ...]]:
    """The rotation of each femur whose hip has all three angles, and what to say about it.

    It is the third angle of the sequence Z, X, Y in the ground, y up, turned to where the pelvis
    faces on average: against gravity with a level thigh, against the mean heading with an upright
    one, as imu_hip measures it.

    Parameters
    ----------
    pelvis_deg
        Tilt, list and rotation, shape (n, 3), or (n, 0) where the file has none.
    """
    sides = [side for side in Side if all((side, angle) in hips for angle in _HIP)]
    sides = [side for side in sides if (side, Angle.FEMORAL_ROTATION) not in hips]
    if not sides or pelvis_deg.shape[1] < len(PELVIS):
        return {}, ()
    if not np.isfinite(pelvis_deg).all(axis=1).any():
        # Columns that a program keeps for a pelvis that it did not measure.
        return {}, ()
    heading = np.radians(pelvis_deg[:, 2])
    # On the circle, so that a heading about 180° has a mean.
    mean = float(np.angle(np.nanmean(np.exp(1j * heading))))
    turn_deg = np.degrees(np.abs(np.angle(np.exp(1j * (heading - mean)))))
    # A few wrong samples are no turn.
    if np.nanpercentile(turn_deg, 98) > _LARGEST_TURN_DEG:
        return {}, (
            f"The person in {name} turns round, so femoral rotation was not computed from it.",
        )
    facing = np.column_stack((pelvis_deg[:, :2], np.degrees(heading - mean)))
    pelvis = _zxy(facing, 1)
    found: dict[Key, FloatArray] = {}
    for side in sides:
        hip = np.column_stack([hips[(side, angle)] for angle in _HIP])
        femur = multiply(pelvis, _zxy(hip, side.sign))
        x, z = rotate(femur, _X), rotate(femur, _Z)
        found[(side, Angle.FEMORAL_ROTATION)] = side.sign * np.degrees(
            np.arctan2(-x[:, 2], z[:, 2])
        )
    return found, (f"Femoral rotation was computed from the pelvis and hip angles of {name}.",)


def _zxy(angles_deg: FloatArray, sign: int) -> FloatArray:
    """Rotations by angles about z, x and y, each about the axes that the ones before moved."""
    z, x, y = np.radians(angles_deg.T)
    about_z, about_x = from_axis_angle(_Z, z), from_axis_angle(_X, sign * x)
    return multiply(multiply(about_z, about_x), from_axis_angle(_Y, sign * y))
