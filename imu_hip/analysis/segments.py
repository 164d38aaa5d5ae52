"""Orientations of the body segments themselves, where a pelvis sensor tells how all of them face.

The angles of a recording do not need these, and an hour of them takes much memory, so they are
computed only where something asks for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.analysis.hip import NO_HIP_ANGLES
from imu_hip.analysis.pelvis import PelvisAlignment, align_by_list
from imu_hip.analysis.prepared import follow_legs, gait_of, prepare
from imu_hip.errors import NothingMeasuredError
from imu_hip.kinematics.chain_windows import centred
from imu_hip.kinematics.gravity import segment_in_earth
from imu_hip.kinematics.heading import ComplexArray, mean_heading, turn
from imu_hip.kinematics.quaternion import (
    BoolArray,
    FloatArray,
    continuous,
    from_axis_angle,
    from_matrix,
    multiply,
)
from imu_hip.kinematics.vectors import cross
from imu_hip.names import SHIN, THIGH, Segment
from imu_hip.recording.recording import Recording
from imu_hip.recording.timeline import Timeline


@dataclass(frozen=True, slots=True, eq=False)
class SegmentOrientations:
    """`q_earth_segment` of the pelvis and of each measured leg, all in the pelvis' earth frame.

    Parameters
    ----------
    time_s, sampling_rate_hz
        The timeline of the recording, shape (n,).
    q_earth_segment
        Shape (n, 4), scalar first; NaN where the segment was not measured. The shin is a hinge on
        the femur, bent by the measured knee flexion.
    """

    time_s: FloatArray
    sampling_rate_hz: float
    q_earth_segment: Mapping[Segment, FloatArray]


def segment_orientations(recording: Recording) -> SegmentOrientations:
    """Follow pelvis, femurs and shins through a recording.

    Raises
    ------
    RecordingError
        Where no leg has both of its sensors.
    CalibrationError
        Where no leg can be calibrated.
    NothingMeasuredError
        Without a pelvis sensor, or where nothing tells how the pelvis faces.
    """
    if Segment.PELVIS not in recording.streams:
        raise NothingMeasuredError(
            f"{recording.source or 'The recording'} has no pelvis sensor, and without one nothing "
            "tells how the legs face against each other.",
            "Export the sensors' own orientations, or record with a fifth sensor on the pelvis.",
        )
    prepared = prepare(recording)
    followed = follow_legs(prepared)
    timeline = prepared.timeline
    strides = gait_of(prepared, followed).strides
    pelvis = followed.aligned.pelvis or align_by_list(timeline, strides, followed.aligned.standing)
    if pelvis is None:
        raise NothingMeasuredError(NO_HIP_ANGLES, "Record some walking as well.")
    into_pelvis, q_pelvis = _pelvis(timeline, pelvis)
    found = {Segment.PELVIS: q_pelvis}
    for side, series in followed.legs.items():
        femur = _femur(series, into_pelvis)
        found[THIGH[side]] = femur
        found[SHIN[side]] = _on_hinge(femur, series.knee_flexion_deg)
    return SegmentOrientations(timeline.time_s, timeline.sampling_rate_hz, found)


def _pelvis(timeline: Timeline, pelvis: PelvisAlignment) -> tuple[ComplexArray | None, FloatArray]:
    """Mean heading of the pelvis, None where all share one earth, and its orientation."""
    frame = segment_in_earth(timeline.q_earth_sensor[Segment.PELVIS], pelvis.axes)
    known = np.zeros(len(timeline.time_s), dtype=np.bool_)
    heading = None
    if pelvis.heading_samples is not None:
        heading = np.full(len(known), np.nan, dtype=np.complex128)
    for start, end in pelvis.spans:
        known[start:end] = True
        if heading is not None and pelvis.heading_samples is not None:
            # The same window as that of the hip angles, so that both say the same.
            window = centred(pelvis.heading_samples // 2)
            heading[start:end] = mean_heading(frame.z[start:end], (window, window))
    return heading, _orientation(frame.y, frame.z, known)


def _femur(series: LegSeries, into_pelvis: ComplexArray | None) -> FloatArray:
    y, z = series.y_femur, series.z_femur
    if into_pelvis is not None:
        turns = into_pelvis * np.conj(series.mean_heading)
        y, z = turn(y, turns), turn(z, turns)
    return _orientation(y, z, np.ones(len(y), dtype=np.bool_))


def _orientation(y: FloatArray, z: FloatArray, known: BoolArray) -> FloatArray:
    """Quaternions of frames with these axes, shape (n, 4), NaN where an axis is."""
    q = np.full((len(y), 4), np.nan)
    whole = known & np.isfinite(y.sum(axis=1) + z.sum(axis=1))
    if whole.any():
        y, z = y[whole], z[whole]
        q[whole] = continuous(from_matrix(np.stack((cross(y, z), y, z), axis=-1)))
    return q


def _on_hinge(q_femur: FloatArray, knee_flexion_deg: FloatArray) -> FloatArray:
    """The shin, turned backward about the femur's z by the flexion of the knee."""
    axis = np.array([0.0, 0.0, -1.0])
    return multiply(q_femur, from_axis_angle(axis, np.deg2rad(knee_flexion_deg)))
