"""How far sensors turned, about whatever axis, so that it does not matter how they are mounted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, conjugate, multiply

RESTING_DPS: Final = 3.0
"""Slower turning is breathing, tremor and noise, and counts as rest."""

_LONGEST_STEP_S: Final = 0.25
_LEAST_COVERED: Final = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Turning:
    """How fast a sensor turned, about whatever axis.

    Parameters
    ----------
    time_s
        Increasing, shape (n,).
    speed_dps
        Angular speed from each time to the next, shape (n,); the last one is not used.
    """

    time_s: FloatArray
    speed_dps: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class StepMotion:
    """What all sensors did during one step, `[start_s, end_s)`, by serial."""

    start_s: float
    end_s: float
    turning: Mapping[str, Turning]


def turning_from_gyr(time_s: FloatArray, gyr_dps: FloatArray) -> Turning:
    """Turning from angular velocities, shape (n, 3).

    The mean is taken off: legs that go there and back have none, so it is the sensor's own offset.
    """
    finite = gyr_dps[np.isfinite(gyr_dps).all(axis=1)]
    offset_dps = finite.mean(axis=0) if len(finite) else np.zeros(3)
    return Turning(time_s, np.linalg.norm(gyr_dps - offset_dps, axis=1))


def turning_from_orientation(time_s: FloatArray, q_earth_sensor: FloatArray) -> Turning:
    """Turning from orientations, scalar first, shape (n, 4)."""
    step = multiply(conjugate(q_earth_sensor[:-1]), q_earth_sensor[1:])
    angle_rad = 2.0 * np.arctan2(np.linalg.norm(step[:, 1:], axis=1), np.abs(step[:, 0]))
    speed_dps = np.rad2deg(angle_rad) / np.diff(time_s)
    return Turning(time_s, np.concatenate((speed_dps, np.zeros(len(time_s[:1])))))


def turned_deg(motion: StepMotion, serial: str) -> float:
    """Angle that a sensor turned faster than at rest, NaN where it sent too little of the step."""
    turning = motion.turning[serial]
    time_s = turning.time_s
    length_s = np.diff(time_s)
    speed_dps = turning.speed_dps[:-1]
    used = (time_s[:-1] >= motion.start_s) & (time_s[1:] <= motion.end_s)
    used &= (length_s <= _LONGEST_STEP_S) & np.isfinite(speed_dps)
    covered_s = float(length_s[used].sum())
    duration_s = motion.end_s - motion.start_s
    if not covered_s >= _LEAST_COVERED * duration_s:
        return float("nan")
    moving = used & (speed_dps > RESTING_DPS)
    return float(np.sum(speed_dps[moving] * length_s[moving])) * duration_s / covered_s
