"""Sensor-to-segment alignment: how each sensor sits on its segment, from poses and movement.

Any mounting works and the facing direction does not matter: long axes come from gravity in
standing, the thigh's front from gravity in sitting, the knee's hinge from the shin's movement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from imu_hip.kinematics.gravity import SegmentAxes, axis_in_earth, pitch_deg, up_in_segment
from imu_hip.kinematics.heading import hinge_turns, horizontal, turn
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.vectors import mean_in_sensor

CLEAR_SWING = 0.5
"""A forward swing above this tells the thigh's front from its back."""


class CalibrationSource(StrEnum):
    """What a calibration rests on, best first."""

    PROTOCOL = "standing, sitting and knee extensions"
    POSES_AND_GAIT = "standing, sitting and gait"
    STANDING_AND_MOVEMENT = "standing and movement"
    GAIT_ALONE = "gait alone"


SOURCE_UNCERTAINTY_DEG: Mapping[CalibrationSource, float] = {
    CalibrationSource.PROTOCOL: 1.0,
    CalibrationSource.POSES_AND_GAIT: 2.0,
    CalibrationSource.STANDING_AND_MOVEMENT: 3.0,
    CalibrationSource.GAIT_ALONE: 6.0,
}
"""Standard uncertainty of the rotation's zero by source: how well a person repeats the pose and
how well the movement shows the hinge (soft tissue and tibial rotation included)."""


@dataclass(frozen=True, slots=True)
class AxisEstimate:
    """A sensor-fixed axis, unit vector of shape (3,), and how far the data scatter about it."""

    axis: FloatArray
    residual_deg: float


@dataclass(frozen=True, slots=True)
class LegCalibration:
    """Segment axes of one leg in sensor coordinates, with their quality."""

    thigh: SegmentAxes
    shin: SegmentAxes
    source: CalibrationSource
    pose_residual_deg: float
    hinge_residual_deg: float

    @property
    def uncertainty_deg(self) -> float:
        """Standard uncertainty that the calibration gives to a rotation."""
        return float(np.hypot(SOURCE_UNCERTAINTY_DEG[self.source], self.pose_residual_deg))


def long_axis(up_sensor: FloatArray) -> AxisEstimate:
    """Long axis of a segment that stands still: the mean of "up", shape (n, 3)."""
    mean = up_sensor.mean(axis=0)
    axis = mean / np.linalg.norm(mean)
    away = np.rad2deg(np.arccos(np.clip(up_sensor @ axis, -1.0, 1.0)))
    return AxisEstimate(axis, float(np.sqrt(np.mean(away**2))))


def hinge_axis(gyr_dps: FloatArray, y_sensor: FloatArray) -> AxisEstimate:
    """Hinge axis of a moving shin: the principal axis of its angular velocity, shape (n, 3).

    The result is made normal to the long axis, so that the vertical shin keeps rotation zero. The
    residual is the angle whose tangent is the ratio of the second to the first principal speed.
    The sign is arbitrary; see `towards_right`.
    """
    moment = gyr_dps.T @ gyr_dps
    energy, axes = np.linalg.eigh(moment)
    z = axes[:, 2] - (axes[:, 2] @ y_sensor) * y_sensor
    residual = np.rad2deg(np.arctan(np.sqrt(max(energy[1], 0.0) / max(energy[2], 1e-12))))
    return AxisEstimate(z / np.linalg.norm(z), float(residual))


def towards_right(
    z_sensor: FloatArray, y_sensor: FloatArray, up_shin_sensor: FloatArray, *, raises: bool
) -> FloatArray:
    """The sign of a hinge axis that points to the subject's right.

    Extending the knee of a sitting person raises the shin's front; bending it in standing,
    walking or running raises its back. `up_shin_sensor`, shape (n, 3), shows which side of the
    shin looked up most.
    """
    forward = up_shin_sensor @ np.cross(y_sensor, z_sensor)
    low, high = np.percentile(forward, [2.0, 98.0])
    front_looked_up = abs(high) > abs(low)
    return z_sensor if front_looked_up is np.bool_(raises) else -z_sensor


def thigh_axes_from_poses(up_standing: FloatArray, up_sitting: FloatArray) -> SegmentAxes:
    """Thigh axes from "up" in standing (its y) and in sitting (its x), shapes (n, 3)."""
    y = long_axis(up_standing).axis
    front = up_sitting.mean(axis=0)
    x = front - (front @ y) * y
    return SegmentAxes.from_y_and_z(y, np.cross(x, y))


@dataclass(frozen=True, slots=True)
class HingeFit:
    """A knee hinge found in movement: the shin's z, the thigh's z and how well they agree."""

    z_shin: FloatArray
    z_thigh: FloatArray
    residual_deg: float


def fit_hinge(
    q_thigh: FloatArray,
    q_shin: FloatArray,
    y_thigh: FloatArray,
    shin: SegmentAxes,
    neutral: slice | FloatArray,
) -> HingeFit:
    """Refine the shin's hinge axis so that the knee stays a hinge, and hand it to the thigh.

    A hinge knee keeps the thigh's long axis normal to the shin's z. The turn between the two
    earth frames and a small turn of z about the shin's long axis are fitted to that by
    Gauss-Newton. The thigh's z is then the mean direction of the shin's over `neutral`.

    Parameters
    ----------
    q_thigh, q_shin
        Orientations `q_earth_sensor` while moving, shape (n, 4), finite.
    y_thigh
        Long axis of the thigh in its sensor, shape (3,).
    shin
        First guess of the shin's axes.
    neutral
        The samples in which thigh and shin are taken to face the same way.
    """
    y_earth = axis_in_earth(q_thigh, y_thigh)
    x_shin, z_shin = axis_in_earth(q_shin, shin.x), axis_in_earth(q_shin, shin.z)
    candidates = [
        _refine_turn(y_earth, x_shin, z_shin, first) for first in hinge_turns(y_earth, z_shin)
    ]
    fits: list[tuple[float, float, HingeFit]] = []
    for turn_unit, tilt_rad, residual_deg in candidates:
        z_sensor = np.cos(tilt_rad) * shin.z + np.sin(tilt_rad) * shin.x
        z_earth = turn(axis_in_earth(q_shin, z_sensor), np.full(len(q_shin), turn_unit))
        z_in_thigh = mean_in_sensor(q_thigh[neutral], z_earth[neutral])
        thigh = SegmentAxes.from_y_and_z(y_thigh, z_in_thigh)
        tilted = SegmentAxes.from_y_and_z(shin.y, z_sensor)
        pitches = pitch_deg(up_in_segment(q_thigh, thigh)), pitch_deg(up_in_segment(q_shin, tilted))
        fit = HingeFit(z_sensor, thigh.z, residual_deg)
        fits.append((_forward_swing(*pitches), _knee_span(*pitches), fit))
    if max(swing for swing, _, _ in fits) > CLEAR_SWING:
        return max(fits, key=lambda fit: fit[0])[2]
    return min(fits, key=lambda fit: fit[1])[2]


def _refine_turn(
    y_thigh: FloatArray, x_shin: FloatArray, z_shin: FloatArray, first: complex
) -> tuple[complex, float, float]:
    heading_rad, tilt_rad = float(np.angle(first)), 0.0
    y_h = horizontal(y_thigh)
    for _ in range(8):
        z = np.cos(tilt_rad) * z_shin + np.sin(tilt_rad) * x_shin
        dz = np.cos(tilt_rad) * x_shin - np.sin(tilt_rad) * z_shin
        turned = horizontal(z) * np.exp(1j * heading_rad)
        turned_dz = horizontal(dz) * np.exp(1j * heading_rad)
        residual = (y_h * np.conj(turned)).real + y_thigh[:, 2] * z[:, 2]
        by_heading = (y_h * np.conj(1j * turned)).real
        by_tilt = (y_h * np.conj(turned_dz)).real + y_thigh[:, 2] * dz[:, 2]
        jacobian = np.stack((by_heading, by_tilt), axis=1)
        # A weak pull towards the first guess keeps the tilt still where movement cannot show it.
        normal = jacobian.T @ jacobian + np.diag((0.0, 0.0025 * len(residual)))
        gradient = jacobian.T @ residual + np.array((0.0, 0.0025 * len(residual) * tilt_rad))
        step = np.linalg.solve(normal, -gradient)
        heading_rad += float(step[0])
        tilt_rad = float(np.clip(tilt_rad + step[1], -0.35, 0.35))
    residual_deg = float(np.rad2deg(np.sqrt(np.mean(residual**2))))
    return complex(np.exp(1j * heading_rad)), tilt_rad, residual_deg


def _forward_swing(pitch_thigh: FloatArray, pitch_shin: FloatArray) -> float:
    """How fast the thigh swings forward while the shin leans back most, against its usual speed.

    In walking and running that is when the leg begins its swing, 1 to 2 for true axes and as much
    below zero for a thigh whose front is taken for its back. In other movement it is near zero.
    """
    speed = np.diff(pitch_thigh)
    # A jump where two pieces meet is no speed.
    speed = np.clip(speed, *np.percentile(speed, (1.0, 99.0)))
    leans_back = pitch_shin[1:] < np.percentile(pitch_shin, 10.0)
    usual = float(np.std(speed))
    return float(np.mean(speed[leans_back])) / usual if usual > 0 and leans_back.any() else 0.0


def _knee_span(pitch_thigh: FloatArray, pitch_shin: FloatArray) -> float:
    # Half a turn between the frames would make the knee bend forward and its range too wide.
    low, high = np.percentile(pitch_thigh - pitch_shin, [2.0, 98.0])
    return float(high - low)
