"""Femoral rotation, in its two observable forms.

Level thigh (seated, prone): rotation about the femur tilts the knee hinge against gravity.
Upright thigh (standing, walking, running): the same rotation is a heading.
"""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.heading import ComplexArray
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.vectors import cross, dot, normal_to


def rotation_level_thigh_deg(
    up_thigh: FloatArray, up_shin: FloatArray, pose: FloatArray, side_sign: int
) -> FloatArray:
    """Femoral rotation against gravity while the thigh is near level.

    The hinge axis z is common to femur and shin. Up has the femur components
    `(cos e cos r, -sin e, cos e sin r)` for thigh elevation e and rotation r, so with the thigh's
    `up.y` and the shin's `up.z` the rotation follows for any knee angle and any elevation:
    `sin r = up_shin.z / cos e`. The thigh sensor's own roll is not used: skin shows half of it
    (Wren et al., Gait & Posture 27 (2008) 530-534).

    Parameters
    ----------
    up_thigh, up_shin
        Up in segment coordinates, shape (n, 3).
    pose
        +1 seated, -1 prone, shape (n,).
    side_sign
        +1 right, -1 left.

    Returns
    -------
    FloatArray
        + internal, shape (n,), within ±90°; 0 is the shin vertical.
    """
    cosine = np.sqrt(np.maximum(1.0 - up_thigh[:, 1] ** 2, 1e-12))
    sine = np.clip(up_shin[:, 2] / cosine, -1.0, 1.0)
    return side_sign * pose * np.rad2deg(np.arcsin(sine))


@dataclass(frozen=True, slots=True)
class FemurWeights:
    """How much each view of the femur's z axis counts in the upright form.

    Parameters
    ----------
    thigh
        The thigh sensor's own z: sees about half of the rotation through the skin.
    shin
        The shin's hinge axis: sees all of it, and the tibia's own rotation too.
    knee_plane
        The normal of the plane of thigh and shin, times the squared sine of knee flexion: exact
        for a bent hinge knee, undefined for a straight one.
    """

    thigh: float
    shin: float
    knee_plane: float


GAIT_WEIGHTS = FemurWeights(thigh=0.3, shin=1.0, knee_plane=1.0)
"""For walking and running, chosen on all reference recordings together."""

FREE_WEIGHTS = FemurWeights(thigh=1.0, shin=0.0, knee_plane=0.0)
"""For other upright movement: with a straight knee the tibia's rotation cannot be told from the
femur's, so only the thigh sensor counts, as in the usual joint angle."""


def femur_z(
    y_thigh: FloatArray,
    z_thigh: FloatArray,
    y_shin: FloatArray,
    z_shin: FloatArray,
    weights: FemurWeights,
) -> FloatArray:
    """Estimate the femur's z axis in earth coordinates, normal to the thigh's long axis.

    All axes in one earth frame, shape (n, 3); returns unit vectors, shape (n, 3).
    """
    # The normal has the length of the sine of knee flexion. An error of the long axes tilts it by
    # one over that sine, so its weight is the sine squared; beyond a right angle the sine falls
    # again, although the plane is still well defined.
    normal = cross(y_shin, y_thigh)
    sine = np.sqrt(dot(normal, normal))
    bent_past_90 = dot(y_shin, y_thigh) < 0.0
    gain = np.where(bent_past_90, 1.0 / np.maximum(sine, 1e-6), sine)
    z = weights.thigh * z_thigh + weights.shin * normal_to(z_shin, y_thigh)
    z += (weights.knee_plane * gain)[:, None] * normal
    return normal_to(z, y_thigh)


def rotation_upright_deg(
    y_femur: FloatArray, z_femur: FloatArray, reference: ComplexArray, side_sign: int
) -> FloatArray:
    """Rotation of the femur against an upright frame whose z axis has a given heading.

    The third angle of the Grood-Suntay (ZXY) sequence, as recommended by the ISB: G. Wu et al.,
    J. Biomechanics 35 (2002) 543-548.

    Parameters
    ----------
    y_femur, z_femur
        Axes of the femur in earth coordinates, shape (n, 3).
    reference
        Heading of the reference's z axis (the subject's right), unit complex, shape (n,).
    side_sign
        +1 right, -1 left.

    Returns
    -------
    FloatArray
        + internal, shape (n,).
    """
    x_femur = cross(y_femur, z_femur)
    along_x = reference.real * x_femur[:, 0] + reference.imag * x_femur[:, 1]
    along_z = reference.real * z_femur[:, 0] + reference.imag * z_femur[:, 1]
    return side_sign * np.rad2deg(np.arctan2(-along_x, along_z))
