"""Hip joint angles, for recordings with a pelvis sensor."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.vectors import cross, dot


@dataclass(frozen=True, slots=True)
class HipAngles:
    """Angles of the femur in the pelvis, shape (n,): + flexion, adduction, internal rotation."""

    flexion_deg: FloatArray
    adduction_deg: FloatArray
    rotation_deg: FloatArray


def hip_angles(
    pelvis: tuple[FloatArray, FloatArray], femur: tuple[FloatArray, FloatArray], side_sign: int
) -> HipAngles:
    """Grood-Suntay (ZXY) angles of the femur in the pelvis.

    Convention: G. Wu et al., J. Biomechanics 35 (2002) 543-548; on the left side adduction and
    rotation change sign so that both sides read alike.

    Parameters
    ----------
    pelvis, femur
        Axes y and z of each in one earth frame, shape (n, 3).
    side_sign
        +1 right, -1 left.
    """
    (y_pelvis, z_pelvis), (y_femur, z_femur) = pelvis, femur
    flexion = np.arctan2(-dot(cross(y_pelvis, z_pelvis), y_femur), dot(y_pelvis, y_femur))
    adduction = np.arcsin(np.clip(dot(z_pelvis, y_femur), -1.0, 1.0))
    rotation = np.arctan2(-dot(z_pelvis, cross(y_femur, z_femur)), dot(z_pelvis, z_femur))
    return HipAngles(
        flexion_deg=np.rad2deg(flexion),
        adduction_deg=side_sign * np.rad2deg(adduction),
        rotation_deg=side_sign * np.rad2deg(rotation),
    )
