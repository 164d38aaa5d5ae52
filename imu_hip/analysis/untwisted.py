"""Correct a seated or prone test for the tibia's twist since the calibration."""

from dataclasses import replace

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.analysis.spans import TestSpans
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.femur import rotation_level_thigh_deg
from imu_hip.kinematics.gravity import up_in_segment
from imu_hip.kinematics.knee import flexion_level_thigh_deg
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.twist import twist_in_rotations
from imu_hip.measures.repetitions import RepetitionParameters, find_excursions
from imu_hip.names import SHIN, THIGH, Side, Task
from imu_hip.recording.timeline import Timeline

MOVING_ABOVE_DPS = 10.0


def untwisted(
    timeline: Timeline,
    series: LegSeries,
    leg: LegCalibration,
    spans: TestSpans,
) -> LegSeries:
    """The angles of a leg, those inside a test computed about the test's own hinge."""
    side, inside = spans.side, spans.inside
    rotations = _rotations(timeline, series, side, inside)
    twist = twist_in_rotations(rotations, leg.shin)
    if not twist.angle_deg:
        return series
    rotation, knee = series.rotation_deg.copy(), series.knee_flexion_deg.copy()
    rotation[inside], knee[inside] = level_angles_deg(
        timeline.q_earth_sensor[THIGH[side]][inside],
        timeline.q_earth_sensor[SHIN[side]][inside],
        replace(leg, shin=twist.shin),
        side,
        spans.task,
    )
    return replace(series, rotation_deg=rotation, knee_flexion_deg=knee)


def level_angles_deg(
    q_thigh: FloatArray, q_shin: FloatArray, leg: LegCalibration, side: Side, task: Task
) -> tuple[FloatArray, FloatArray]:
    """Femoral rotation and knee flexion with the thigh level, shape (n,).

    Parameters
    ----------
    q_thigh, q_shin
        `q_earth_sensor`, shape (n, 4), NaN where missing.
    task
        Tells lying on the front from sitting.
    """
    up_thigh = up_in_segment(q_thigh, leg.thigh)
    up_shin = up_in_segment(q_shin, leg.shin)
    pose = np.full(len(up_shin), -1.0 if task is Task.PRONE else 1.0)
    return (
        rotation_level_thigh_deg(up_thigh, up_shin, pose, side.sign),
        flexion_level_thigh_deg(up_thigh, up_shin, pose),
    )


def while_moving(gyr_dps: FloatArray) -> FloatArray:
    """The rows of an angular velocity, shape (n, 3), that show movement."""
    speed = np.nan_to_num(np.sqrt(np.sum(gyr_dps**2, axis=1)))
    moving: FloatArray = gyr_dps[speed > MOVING_ABOVE_DPS]
    return moving


def _rotations(
    timeline: Timeline, series: LegSeries, side: Side, inside: BoolArray
) -> list[FloatArray]:
    """Angular velocity of the shin in each repetition while it moves."""
    rotation = np.where(inside & series.thigh_level, series.rotation_deg, np.nan)
    gyr_dps = timeline.gyr_dps[SHIN[side]]
    return [
        while_moving(gyr_dps[one.start : one.end])
        for outward in (rotation, -rotation)
        for one in find_excursions(outward, timeline.sampling_rate_hz, RepetitionParameters())
    ]
