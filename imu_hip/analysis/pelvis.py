"""Hip joint angles for recordings with a pelvis sensor."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.kinematics.calibration import long_axis
from imu_hip.kinematics.gravity import SegmentAxes, axis_in_earth, up_in_sensor
from imu_hip.kinematics.heading import ComplexArray, horizontal, mean_heading, turn, unit
from imu_hip.kinematics.hip import hip_angles
from imu_hip.kinematics.pelvis import facing_from_list
from imu_hip.kinematics.quaternion import FloatArray, conjugate, rotate
from imu_hip.measures.strides import Strides
from imu_hip.names import Segment, Side
from imu_hip.recording.timeline import Timeline

FEWEST_STRIDES = 6
LEAST_LIST_DEG = 0.5
"""Healthy pelvises list by 3 to 5° to each side; less than this is sway and skin."""

HEADING_STRIDES = 3.0


@dataclass(frozen=True, slots=True)
class PelvisAlignment:
    """Axes of the pelvis in its sensor, and the turns of its earth frame into those of the thighs.

    Turns are unit complex numbers, shape (n,).
    """

    axes: SegmentAxes
    into_thigh: Mapping[Side, ComplexArray]


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
    same: ComplexArray = np.ones(len(q), dtype=np.complex128)
    return PelvisAlignment(axes, {side: same for side in Side})  # noqa: C420


def align_by_list(
    timeline: Timeline,
    legs: Mapping[Side, LegSeries],
    strides: Mapping[Side, Strides],
    standing: slice | None,
) -> PelvisAlignment | None:
    """Align a pelvis whose earth frame is its own, from how it lists in walking or running.

    The list shows which way the pelvis faces in its sensor. Its heading against each femur is
    taken as zero in the mean of three strides, so the mean hip rotation of each side is zero by
    construction, and nothing is said outside the strides.

    Returns
    -------
    PelvisAlignment or None
        None where there are too few strides or the pelvis lists too little.
    """
    q = timeline.q_earth_sensor[Segment.PELVIS]
    right_stride = _right_stride(strides, len(q))
    up = up_in_sensor(q)
    use = np.isfinite(right_stride) & np.isfinite(up[:, 0])
    stride_samples = _usual_stride(strides)
    if use.sum() < FEWEST_STRIDES * stride_samples:
        return None
    upright = up[use] if standing is None else up[standing]
    y = long_axis(upright[np.isfinite(upright[:, 0])]).axis
    facing = facing_from_list(up[use], y, right_stride[use])
    if facing.list_deg < LEAST_LIST_DEG:
        return None
    half = round(0.5 * HEADING_STRIDES * stride_samples)
    pelvis = mean_heading(axis_in_earth(q, facing.axes.z), half, half)
    inside = np.where(np.isfinite(right_stride), 1.0, np.nan)
    into_thigh = {
        side: inside * mean_heading(leg.z_femur, half, half) * np.conj(pelvis)
        for side, leg in legs.items()
    }
    return PelvisAlignment(facing.axes, into_thigh)


def _usual_stride(strides: Mapping[Side, Strides]) -> float:
    lengths = [(own.end - own.strike)[own.counted] for own in strides.values()]
    together = np.concatenate(lengths) if lengths else np.empty(0)
    return float(np.median(together)) if len(together) else np.inf


def _right_stride(strides: Mapping[Side, Strides], n: int) -> FloatArray:
    """How far the right leg is through its counted strides, in strides, shape (n,), else NaN."""
    side = Side.RIGHT if Side.RIGHT in strides else Side.LEFT
    if side not in strides:
        return np.full(n, np.nan)
    own = strides[side]
    start, end = own.strike[own.counted], own.end[own.counted]
    if not len(start):
        return np.full(n, np.nan)
    at = np.arange(n, dtype=np.float64)
    last = np.searchsorted(start, at, side="right") - 1
    into = (at - start[last]) / (end[last] - start[last])
    through = np.where((last >= 0) & (into < 1.0), into, np.nan)
    # The left leg is half a stride ahead of the right one.
    return through if side is Side.RIGHT else through + 0.5


def hip_columns(
    timeline: Timeline, legs: Mapping[Side, LegSeries], pelvis: PelvisAlignment
) -> dict[str, FloatArray]:
    """Hip flexion, adduction and rotation of every leg, named as in the angles file."""
    q = timeline.q_earth_sensor[Segment.PELVIS]
    y, z = axis_in_earth(q, pelvis.axes.y), axis_in_earth(q, pelvis.axes.z)
    missing = np.full(len(timeline.time_s), np.nan)
    names = ("rotation", "flexion", "adduction")
    found = {f"{side}_hip_{name}_deg": missing for name in names for side in Side}
    for side, series in legs.items():
        turns = pelvis.into_thigh[side]
        r_earth_pelvis = _frame(turn(y, turns), turn(z, turns))
        hip = hip_angles(r_earth_pelvis, _frame(series.y_femur, series.z_femur), side.sign)
        found[f"{side}_hip_rotation_deg"] = hip.rotation_deg
        found[f"{side}_hip_flexion_deg"] = hip.flexion_deg
        found[f"{side}_hip_adduction_deg"] = hip.adduction_deg
    return found


def _frame(y: FloatArray, z: FloatArray) -> FloatArray:
    return np.stack((np.cross(y, z), y, z), axis=-1)
