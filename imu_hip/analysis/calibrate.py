"""Choose the best calibration that a recording allows, and say how good it is."""

from dataclasses import dataclass

import numpy as np

from imu_hip.errors import CalibrationError
from imu_hip.kinematics.calibration import (
    CalibrationSource,
    LegCalibration,
    fit_hinge,
    hinge_axis,
    long_axis,
    thigh_axes_from_poses,
    towards_right,
)
from imu_hip.kinematics.gravity import SegmentAxes, pitch_deg, up_in_sensor
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.names import SHIN, THIGH, Side
from imu_hip.recording.timeline import Timeline

RUNNING_SHIN_SPAN_DEG = 85.0
"""A running shin swings through about 100°, a walking one through 70°."""


@dataclass(frozen=True, slots=True)
class MeanPitch:
    """Usual mean inclination of thigh and shin over a stride, + with the distal end forward."""

    thigh_deg: float
    shin_deg: float


WALKING_PITCH = MeanPitch(thigh_deg=5.0, shin_deg=-16.0)
RUNNING_PITCH = MeanPitch(thigh_deg=10.0, shin_deg=-40.0)

WHAT_TO_RECORD = (
    "Record 5 s of quiet standing, 5 s of quiet sitting with the knees at 90°, and three "
    "straightenings of each knee before the test."
)


@dataclass(frozen=True, slots=True)
class LegMovement:
    """The samples of one leg that calibrate it; None where the recording has none."""

    standing: slice | None
    sitting: slice | None
    extending: BoolArray | None
    moving: slice | None


def calibrate_leg(timeline: Timeline, side: Side, has: LegMovement) -> LegCalibration:
    """Calibrate one leg with the best that it has.

    Raises
    ------
    CalibrationError
        Where neither poses nor gait allow it, with what to record.
    """
    if has.standing is None:
        if has.moving is None:
            raise CalibrationError(
                f"The {side} leg neither walks or runs nor stands quietly beside other movement "
                "that would tell standing from sitting, so its sensors cannot be calibrated.",
                WHAT_TO_RECORD,
            )
        return _from_gait_alone(timeline, side, has.moving)
    if has.sitting is not None and has.extending is not None:
        return _from_protocol(timeline, side, has.standing, has.sitting, has.extending)
    if has.moving is None:
        raise CalibrationError(
            f"The {side} knee was never straightened while sitting and the leg never walked, so "
            "the direction of its hinge is unknown.",
            WHAT_TO_RECORD,
        )
    return _from_movement(timeline, side, has.standing, has.sitting, has.moving)


def _ups(timeline: Timeline, side: Side, samples: slice) -> tuple[FloatArray, FloatArray]:
    return (
        _present(up_in_sensor(timeline.q_earth_sensor[THIGH[side]][samples])),
        _present(up_in_sensor(timeline.q_earth_sensor[SHIN[side]][samples])),
    )


def _present(rows: FloatArray) -> FloatArray:
    return rows[np.isfinite(rows).all(axis=1)]


def _from_protocol(
    timeline: Timeline, side: Side, standing: slice, sitting: slice, extending: BoolArray
) -> LegCalibration:
    thigh_standing, shin_standing = _ups(timeline, side, standing)
    thigh_sitting, _ = _ups(timeline, side, sitting)
    y_thigh, y_shin = long_axis(thigh_standing), long_axis(shin_standing)
    hinge = hinge_axis(_present(timeline.gyr_dps[SHIN[side]][extending]), y_shin.axis)
    up_extending = _present(up_in_sensor(timeline.q_earth_sensor[SHIN[side]][extending]))
    z_shin = towards_right(hinge.axis, y_shin.axis, up_extending, raises=True)
    return LegCalibration(
        thigh=thigh_axes_from_poses(thigh_standing, thigh_sitting),
        shin=SegmentAxes.from_y_and_z(y_shin.axis, z_shin),
        source=CalibrationSource.PROTOCOL,
        pose_residual_deg=max(y_thigh.residual_deg, y_shin.residual_deg),
        hinge_residual_deg=hinge.residual_deg,
    )


def _from_movement(
    timeline: Timeline, side: Side, standing: slice, sitting: slice | None, moving: slice
) -> LegCalibration:
    thigh_standing, shin_standing = _ups(timeline, side, standing)
    y_thigh, y_shin = long_axis(thigh_standing), long_axis(shin_standing)
    shin = _shin_from_gait(timeline, side, y_shin.axis, moving)
    q_standing = _both_present(timeline, side, standing)
    q_moving = _both_present(timeline, side, moving)
    fit = fit_hinge(
        np.concatenate((q_standing[0], q_moving[0])),
        np.concatenate((q_standing[1], q_moving[1])),
        y_thigh.axis,
        shin,
        neutral=slice(0, len(q_standing[0])),
    )
    if sitting is None:
        thigh = SegmentAxes.from_y_and_z(y_thigh.axis, fit.z_thigh)
        source = CalibrationSource.STANDING_AND_MOVEMENT
    else:
        thigh = thigh_axes_from_poses(thigh_standing, _ups(timeline, side, sitting)[0])
        source = CalibrationSource.POSES_AND_GAIT
    return LegCalibration(
        thigh=thigh,
        shin=SegmentAxes.from_y_and_z(y_shin.axis, fit.z_shin),
        source=source,
        pose_residual_deg=max(y_thigh.residual_deg, y_shin.residual_deg),
        hinge_residual_deg=fit.residual_deg,
    )


def _from_gait_alone(timeline: Timeline, side: Side, moving: slice) -> LegCalibration:
    thigh_up, shin_up = _ups(timeline, side, moving)
    guess = _shin_from_gait(timeline, side, long_axis(shin_up).axis, moving)
    q_thigh, q_shin = _both_present(timeline, side, moving)
    everything = slice(0, len(q_thigh))
    first = fit_hinge(q_thigh, q_shin, long_axis(thigh_up).axis, guess, neutral=everything)
    low, high = np.percentile(pitch_deg(shin_up @ guess.r_sensor_segment), (1.0, 99.0))
    pitch = RUNNING_PITCH if high - low > RUNNING_SHIN_SPAN_DEG else WALKING_PITCH
    thigh = _leaning_back(
        SegmentAxes.from_y_and_z(long_axis(thigh_up).axis, first.z_thigh), pitch.thigh_deg
    )
    shin = _leaning_back(SegmentAxes.from_y_and_z(guess.y, first.z_shin), pitch.shin_deg)
    fit = fit_hinge(q_thigh, q_shin, thigh.y, shin, neutral=everything)
    return LegCalibration(
        thigh=SegmentAxes.from_y_and_z(thigh.y, fit.z_thigh),
        shin=SegmentAxes.from_y_and_z(shin.y, fit.z_shin),
        source=CalibrationSource.GAIT_ALONE,
        pose_residual_deg=0.0,
        hinge_residual_deg=fit.residual_deg,
    )


def _leaning_back(axes: SegmentAxes, mean_pitch_deg: float) -> SegmentAxes:
    # Over a stride the segment leans by its mean pitch, so the mean of "up" is that far from y.
    angle_rad = np.deg2rad(mean_pitch_deg)
    y = np.cos(angle_rad) * axes.y - np.sin(angle_rad) * axes.x
    return SegmentAxes.from_y_and_z(y, axes.z)


def _shin_from_gait(
    timeline: Timeline, side: Side, y_shin: FloatArray, moving: slice
) -> SegmentAxes:
    gyr_dps = _present(timeline.gyr_dps[SHIN[side]][moving])
    hinge = hinge_axis(gyr_dps - gyr_dps.mean(axis=0), y_shin)
    up_moving = _ups(timeline, side, moving)[1]
    return SegmentAxes.from_y_and_z(
        y_shin, towards_right(hinge.axis, y_shin, up_moving, raises=False)
    )


def _both_present(timeline: Timeline, side: Side, samples: slice) -> tuple[FloatArray, FloatArray]:
    q_thigh = timeline.q_earth_sensor[THIGH[side]][samples]
    q_shin = timeline.q_earth_sensor[SHIN[side]][samples]
    present = np.isfinite(q_thigh[:, 0]) & np.isfinite(q_shin[:, 0])
    return q_thigh[present], q_shin[present]
