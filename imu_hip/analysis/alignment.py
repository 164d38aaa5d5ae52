"""Align every leg and the pelvis with what a recording offers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from imu_hip.analysis.calibrate import calibrate_leg
from imu_hip.analysis.pelvis import (
    PelvisAlignment,
    align_in_one_earth,
    axis_facing,
    facing_at,
)
from imu_hip.analysis.phases import FoundMovement
from imu_hip.errors import CalibrationError
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.gravity import SegmentAxes, axis_in_earth
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import SHIN, THIGH, Segment, Side
from imu_hip.recording.recording import Recording
from imu_hip.recording.timeline import Timeline

SAME_EARTH_DEG = 30.0
"""Hinges of both legs that point the same way within this, in standing, share one earth frame."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Calibrated legs, the pelvis where standing alone aligns it, and what was odd."""

    legs: Mapping[Side, LegCalibration]
    pelvis: PelvisAlignment | None
    standing: slice | None
    warnings: tuple[str, ...]


def align(
    recording: Recording, timeline: Timeline, found: Mapping[Side, FoundMovement]
) -> Alignment:
    """Calibrate every leg that can be, and the pelvis.

    Raises
    ------
    CalibrationError
        Where no leg can be calibrated.
    """
    legs: dict[Side, LegCalibration] = {}
    failures: list[CalibrationError] = []
    for side, leg in found.items():
        try:
            legs[side] = calibrate_leg(timeline, side, leg.samples)
        except CalibrationError as error:
            failures.append(error)
    if not legs:
        raise failures[0]
    warnings = [str(error) for error in failures]
    pelvis = None
    standing = next((leg.samples.standing for leg in found.values()), None)
    if standing is not None and _reports_orientation_only(recording):
        z_earth = {
            side: axis_in_earth(timeline.q_earth_sensor[SHIN[side]], leg.shin.z)
            for side, leg in legs.items()
        }
        if _one_earth(z_earth, standing):
            facing = facing_at(z_earth, standing)
            legs = {side: _facing(timeline, s, facing, side, standing) for side, s in legs.items()}
            if Segment.PELVIS in recording.streams:
                pelvis = align_in_one_earth(timeline, standing, facing)
    return Alignment(legs, pelvis, standing, tuple(warnings))


def _reports_orientation_only(recording: Recording) -> bool:
    return not any(stream.has_raw for stream in recording.streams.values())


def _one_earth(z_earth: Mapping[Side, FloatArray], standing: slice) -> bool:
    headings = [facing_at({side: z}, standing) for side, z in z_earth.items()]
    spread_deg = np.rad2deg(np.abs(np.angle(np.array(headings) / headings[0])))
    return len(headings) == len(Side) and bool(spread_deg.max() < SAME_EARTH_DEG)


def _facing(
    timeline: Timeline, leg: LegCalibration, facing: complex, side: Side, standing: slice
) -> LegCalibration:
    # Sensors that share one earth frame let both legs vote on where the person faces.
    z = axis_facing(timeline.q_earth_sensor[THIGH[side]], standing, facing)
    return replace(leg, thigh=SegmentAxes.from_y_and_z(leg.thigh.y, z))
