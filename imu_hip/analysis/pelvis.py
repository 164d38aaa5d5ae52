"""Hip joint angles for recordings with a pelvis sensor."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.kinematics.calibration import long_axis
from imu_hip.kinematics.chain_windows import centred
from imu_hip.kinematics.gravity import SegmentAxes, segment_in_earth, up_in_sensor
from imu_hip.kinematics.heading import ComplexArray, horizontal, mean_heading, turn, unit
from imu_hip.kinematics.hip import HipAngles, hip_angles
from imu_hip.kinematics.pelvis import facing_from_list
from imu_hip.kinematics.quaternion import FloatArray, IntArray, conjugate, rotate
from imu_hip.measures.strides import Strides
from imu_hip.names import Segment, Side
from imu_hip.recording.timeline import Timeline

FEWEST_STRIDES = 6
LEAST_LIST_DEG = 0.5
"""Healthy pelvises list by 3 to 5° to each side; less than this is sway and skin."""

HEADING_STRIDES = 3.0
ENOUGH_SAMPLES = 20000
PART_SAMPLES = 30000
"""Parts of this length stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class PelvisAlignment:
    """Axes of the pelvis in its sensor, and where and how its earth frame meets the thighs'.

    Parameters
    ----------
    spans
        Half-open sample intervals in which hip angles can be told.
    heading_samples
        Window over which the mean headings of pelvis and femur are taken as one; None where all
        sensors share one earth frame.
    """

    axes: SegmentAxes
    spans: tuple[tuple[int, int], ...]
    heading_samples: int | None


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
    return PelvisAlignment(axes, ((0, len(q)),), None)


def align_by_list(
    timeline: Timeline, strides: Mapping[Side, Strides], standing: slice | None
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
    side = Side.RIGHT if Side.RIGHT in strides else Side.LEFT
    own = strides.get(side)
    if own is None or int(own.counted.sum()) < FEWEST_STRIDES:
        return None
    q = timeline.q_earth_sensor[Segment.PELVIS]
    at, through = _through_strides(own)
    up = up_in_sensor(q[at])
    known = np.isfinite(up[:, 0])
    if not known.any():
        return None
    upright = up if standing is None else up_in_sensor(q[standing])
    y = long_axis(upright[np.isfinite(upright[:, 0])]).axis
    # The left leg is half a stride ahead of the right one.
    right = through if side is Side.RIGHT else through + 0.5
    facing = facing_from_list(up[known], y, right[known])
    if facing.list_deg < LEAST_LIST_DEG:
        return None
    usual = float(np.median((own.end - own.strike)[own.counted]))
    return PelvisAlignment(facing.axes, _spans(own), round(HEADING_STRIDES * usual))


def _through_strides(own: Strides) -> tuple[IntArray, FloatArray]:
    """Samples in the counted strides, and how far each is through its stride."""
    strike, end = own.strike[own.counted], own.end[own.counted]
    step = max(int(np.sum(end - strike)) // ENOUGH_SAMPLES, 1)
    at = np.arange(int(np.ceil(strike[0])), int(end[-1]), step)
    last = np.searchsorted(strike, at, side="right") - 1
    through: FloatArray = (at - strike[last]) / (end[last] - strike[last])
    return at[through < 1.0], through[through < 1.0]


def _spans(own: Strides) -> tuple[tuple[int, int], ...]:
    """Counted strides that follow one another, taken together."""
    strike, end = own.strike[own.counted], own.end[own.counted]
    breaks = np.flatnonzero(strike[1:] - end[:-1] > 1.0) + 1
    first, last = np.r_[0, breaks], np.r_[breaks, len(strike)] - 1
    starts, ends = np.ceil(strike[first]).astype(int), np.ceil(end[last]).astype(int)
    return tuple(zip(starts.tolist(), ends.tolist(), strict=True))


def hip_columns(
    timeline: Timeline, legs: Mapping[Side, LegSeries], pelvis: PelvisAlignment
) -> dict[str, FloatArray]:
    """Hip flexion, adduction and rotation of every leg, named as in the angles file."""
    names = ("rotation", "flexion", "adduction")
    n = len(timeline.time_s)
    found = {f"{side}_hip_{name}_deg": np.full(n, np.nan) for name in names for side in Side}
    reach = (pelvis.heading_samples or 0) // 2 + 1
    window = centred(reach - 1)
    for start, end in pelvis.spans:
        for first in range(start, end, PART_SAMPLES):
            last = min(first + PART_SAMPLES, end)
            seen = slice(max(first - reach, start), min(last + reach, end))
            own = slice(first - seen.start, last - seen.start)
            frame = segment_in_earth(timeline.q_earth_sensor[Segment.PELVIS][seen], pelvis.axes)
            axes, facing = (frame.y[own], frame.z[own]), None
            if pelvis.heading_samples is not None:
                facing = np.conj(mean_heading(frame.z, (window, window)))[own]
            for side, series in legs.items():
                hip = _hip_in(axes, facing, series, slice(first, last), side)
                found[f"{side}_hip_rotation_deg"][first:last] = hip.rotation_deg
                found[f"{side}_hip_flexion_deg"][first:last] = hip.flexion_deg
                found[f"{side}_hip_adduction_deg"][first:last] = hip.adduction_deg
    return found


def _hip_in(
    pelvis: tuple[FloatArray, FloatArray],
    facing: ComplexArray | None,
    series: LegSeries,
    part: slice,
    side: Side,
) -> HipAngles:
    y, z = pelvis
    if facing is not None:
        turns = series.mean_heading[part] * facing
        y, z = turn(y, turns), turn(z, turns)
    return hip_angles((y, z), (series.y_femur[part], series.z_femur[part]), side.sign)
