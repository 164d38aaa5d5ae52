"""Tibial twist between calibration and test, found in the test's own movement.

The tibia turns on the femur by ten degrees and more between a straight and a bent knee. A hinge
axis calibrated in knee extensions is then off by that much, and a shin that is not vertical in the
sagittal plane turns half of the error into rotation.
"""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.gravity import SegmentAxes
from imu_hip.kinematics.quaternion import FloatArray

LARGEST_TWIST_DEG = 20.0
LARGEST_SPREAD = 0.4
SMALLEST_LEVER = 0.5


@dataclass(frozen=True, slots=True)
class Twist:
    """Twist of the tibia, + turns the hinge's z towards the shin's x, and the axes it gives."""

    angle_deg: float
    shin: SegmentAxes


def twist_in_rotation(gyr_dps: FloatArray, shin: SegmentAxes) -> Twist:
    """Find the twist from the angular velocity of the shin in femoral rotations.

    With the knee held, rotating the femur turns the shin about the femur's long axis, which is
    normal to the hinge whatever the twist. The principal axis p of the shin's angular velocity
    thus gives the hinge: normal to p and to the shin's long axis.

    Parameters
    ----------
    gyr_dps
        Angular velocity in the shin sensor during rotations, shape (n, 3), finite.
    shin
        Calibrated axes.

    Returns
    -------
    Twist
        Zero where the movement is too mixed, the knee too straight or the twist implausible.
    """
    along = gyr_dps @ shin.r_sensor_segment
    energy, axes = np.linalg.eigh(along.T @ along)
    p = axes[:, 2]
    lever = float(np.hypot(p[0], p[2]))
    spread = float(np.sqrt(max(energy[1], 0.0) / max(energy[2], 1e-12)))
    angle_rad = float(np.arctan(-p[2] / p[0])) if p[0] else np.pi
    clear = spread < LARGEST_SPREAD and lever > SMALLEST_LEVER
    if not clear or abs(np.rad2deg(angle_rad)) > LARGEST_TWIST_DEG:
        return Twist(0.0, shin)
    z = np.cos(angle_rad) * shin.z + np.sin(angle_rad) * shin.x
    return Twist(float(np.rad2deg(angle_rad)), SegmentAxes.from_y_and_z(shin.y, z))
