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
    up_thigh = up_in_segment(timeline.q_earth_sensor[THIGH[side]][inside], leg.thigh)
    up_shin = up_in_segment(timeline.q_earth_sensor[SHIN[side]][inside], twist.shin)
    pose = np.full(len(up_shin), -1.0 if spans.task is Task.PRONE else 1.0)
    rotation, knee = series.rotation_deg.copy(), series.knee_flexion_deg.copy()
    rotation[inside] = rotation_level_thigh_deg(up_thigh, up_shin, pose, side.sign)
    knee[inside] = flexion_level_thigh_deg(up_thigh, up_shin, pose)
    return replace(series, rotation_deg=rotation, knee_flexion_deg=knee)


def _rotations(
    timeline: Timeline, series: LegSeries, side: Side, inside: BoolArray
) -> list[FloatArray]:
    """Angular velocity of the shin in each repetition while it moves."""
    rotation = np.where(inside & series.thigh_level, series.rotation_deg, np.nan)
    gyr_dps = timeline.gyr_dps[SHIN[side]]
    found = []
    for outward in (rotation, -rotation):
        for one in find_excursions(outward, timeline.sampling_rate_hz, RepetitionParameters()):
            piece = gyr_dps[one.start : one.end]
            speed = np.nan_to_num(np.sqrt(np.sum(piece**2, axis=1)))
            found.append(piece[speed > MOVING_ABOVE_DPS])
    return found
