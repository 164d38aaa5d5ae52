"""Tibial twist between calibration and test, found in the test's own movement.

The tibia turns on the femur by ten degrees and more between a straight and a bent knee. A hinge
axis calibrated in knee extensions is then off by that much, and a shin that is not vertical in the
sagittal plane turns half of the error into rotation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.gravity import SegmentAxes
from imu_hip.kinematics.quaternion import FloatArray

LARGEST_TWIST_DEG = 20.0
LARGEST_SCATTER_DEG = 6.0
LARGEST_SPREAD = 0.4
SMALLEST_LEVER = 0.5


@dataclass(frozen=True, slots=True)
class Twist:
    """Twist of the tibia, + turns the hinge's z towards the shin's x, and the axes it gives."""

    angle_deg: float
    shin: SegmentAxes


def twist_in_rotations(gyr_dps: Sequence[FloatArray], shin: SegmentAxes) -> Twist:
    """Find the twist from the angular velocity of the shin in several femoral rotations.

    With the knee held, rotating the femur turns the shin about the femur's long axis, which is
    normal to the hinge whatever the twist. The principal axis p of the shin's angular velocity
    thus gives the hinge: normal to p and to the shin's long axis. Repetitions far from the median,
    in which the knee moved along, are left out.

    Parameters
    ----------
    gyr_dps
        Angular velocity in the shin sensor, shape (n, 3), finite, of each repetition.
    shin
        Calibrated axes.

    Returns
    -------
    Twist
        Zero where no movement is clear enough, the knee too straight or the twist implausible.
    """
    pieces = [one @ shin.r_sensor_segment for one in gyr_dps if len(one) > 3]
    told = [(angle, one) for one in pieces if (angle := _twist_deg(one)) is not None]
    if not told:
        return Twist(0.0, shin)
    usual_deg = np.median([angle for angle, _ in told])
    alike = [one for angle, one in told if abs(angle - usual_deg) < LARGEST_SCATTER_DEG]
    angle_deg = _twist_deg(np.concatenate(alike)) if alike else None
    if angle_deg is None:
        return Twist(0.0, shin)
    z = np.cos(np.deg2rad(angle_deg)) * shin.z + np.sin(np.deg2rad(angle_deg)) * shin.x
    return Twist(angle_deg, SegmentAxes.from_y_and_z(shin.y, z))


def _twist_deg(gyr_segment_dps: FloatArray) -> float | None:
    energy, axes = np.linalg.eigh(gyr_segment_dps.T @ gyr_segment_dps)
    p = axes[:, 2]
    lever = float(np.hypot(p[0], p[2]))
    spread = float(np.sqrt(max(energy[1], 0.0) / max(energy[2], 1e-12)))
    if spread > LARGEST_SPREAD or lever < SMALLEST_LEVER or not p[0]:
        return None
    angle_deg = float(np.rad2deg(np.arctan(-p[2] / p[0])))
    return angle_deg if abs(angle_deg) < LARGEST_TWIST_DEG else None
