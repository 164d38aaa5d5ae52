"""Hip joint angles, for recordings with a pelvis sensor."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray


@dataclass(frozen=True, slots=True)
class HipAngles:
    """Angles of the femur in the pelvis, shape (n,): + flexion, adduction, internal rotation."""

    flexion_deg: FloatArray
    adduction_deg: FloatArray
    rotation_deg: FloatArray


def hip_angles(r_earth_pelvis: FloatArray, r_earth_femur: FloatArray, side_sign: int) -> HipAngles:
    """Grood-Suntay (ZXY) angles of the femur in the pelvis.

    Convention: G. Wu et al., J. Biomechanics 35 (2002) 543-548; on the left side adduction and
    rotation change sign so that both sides read alike.

    Parameters
    ----------
    r_earth_pelvis, r_earth_femur
        Rotation matrices in one earth frame, shape (n, 3, 3).
    side_sign
        +1 right, -1 left.
    """

    def element(row: int, column: int) -> FloatArray:
        product: FloatArray = np.sum(
            r_earth_pelvis[:, :, row] * r_earth_femur[:, :, column], axis=1
        )
        return product

    flexion = np.arctan2(-element(0, 1), element(1, 1))
    adduction = np.arcsin(np.clip(element(2, 1), -1.0, 1.0))
    rotation = np.arctan2(-element(2, 0), element(2, 2))
    return HipAngles(
        flexion_deg=np.rad2deg(flexion),
        adduction_deg=side_sign * np.rad2deg(adduction),
        rotation_deg=side_sign * np.rad2deg(rotation),
    )
