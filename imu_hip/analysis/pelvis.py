"""Hip joint angles for recordings with a pelvis sensor."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.kinematics.calibration import long_axis
from imu_hip.kinematics.gravity import SegmentAxes, axis_in_earth, up_in_sensor
from imu_hip.kinematics.heading import ComplexArray, horizontal, turn, unit
from imu_hip.kinematics.hip import hip_angles
from imu_hip.kinematics.quaternion import FloatArray, conjugate, rotate
from imu_hip.names import Segment, Side
from imu_hip.recording.timeline import Timeline


@dataclass(frozen=True, slots=True)
class PelvisAlignment:
    """Axes of the pelvis in its sensor, and the turns of its earth frame into those of the thighs.

    A turn is a unit complex number.
    """

    axes: SegmentAxes
    into_thigh: Mapping[Side, complex]


def facing_at(z_earth: Mapping[Side, FloatArray], standing: slice) -> complex:
    """Heading of the subject's right while standing, from the hinges of both legs."""
    headings = [np.nanmean(unit(horizontal(z[standing]))) for z in z_earth.values()]
    return complex(unit(np.array([np.sum(headings)]))[0])


def axis_facing(q_earth_sensor: FloatArray, standing: slice, facing: complex) -> FloatArray:
    """The sensor-fixed axis, shape (3,), that points along a heading while standing."""
    q = q_earth_sensor[standing]
    q = q[np.isfinite(q[:, 0])]
    direction = np.array([facing.real, facing.imag, 0.0])
    axis: FloatArray = rotate(conjugate(q), direction).mean(axis=0)
    return axis


def align_in_one_earth(timeline: Timeline, standing: slice, facing: complex) -> PelvisAlignment:
    """Align the pelvis where all sensors share one earth frame, from standing alone."""
    q = timeline.q_earth_sensor[Segment.PELVIS]
    up = up_in_sensor(q[standing])
    y = long_axis(up[np.isfinite(up).all(axis=1)]).axis
    axes = SegmentAxes.from_y_and_z(y, axis_facing(q, standing, facing))
    return PelvisAlignment(axes, dict.fromkeys(Side, 1.0 + 0j))


def hip_columns(
    timeline: Timeline, legs: Mapping[Side, LegSeries], pelvis: PelvisAlignment
) -> dict[str, FloatArray]:
    """Hip flexion, adduction and rotation of every leg, named as in the angles file."""
    q = timeline.q_earth_sensor[Segment.PELVIS]
    y, z = axis_in_earth(q, pelvis.axes.y), axis_in_earth(q, pelvis.axes.z)
    missing = np.full(len(timeline.time_s), np.nan)
    names = ("rotation", "flexion", "adduction")
    columns = {f"{side}_hip_{name}_deg": missing for name in names for side in Side}
    for side, series in legs.items():
        turns: ComplexArray = np.full(len(q), pelvis.into_thigh[side])
        r_earth_pelvis = _frame(turn(y, turns), turn(z, turns))
        hip = hip_angles(r_earth_pelvis, _frame(series.y_femur, series.z_femur), side.sign)
        columns[f"{side}_hip_rotation_deg"] = hip.rotation_deg
        columns[f"{side}_hip_flexion_deg"] = hip.flexion_deg
        columns[f"{side}_hip_adduction_deg"] = hip.adduction_deg
    return columns


def _frame(y: FloatArray, z: FloatArray) -> FloatArray:
    return np.stack((np.cross(y, z), y, z), axis=-1)
