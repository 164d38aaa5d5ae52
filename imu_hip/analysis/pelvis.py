"""Hip joint angles for recordings with a pelvis sensor."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.kinematics.calibration import long_axis
from imu_hip.kinematics.gravity import SegmentAxes, axis_in_earth, up_in_sensor
from imu_hip.kinematics.heading import ComplexArray, horizontal, mean_heading, turn, unit
from imu_hip.kinematics.hip import hip_angles
from imu_hip.kinematics.quaternion import BoolArray, FloatArray, columns, conjugate, rotate
from imu_hip.kinematics.windows import moving_mean
from imu_hip.names import THIGH, Segment, Side
from imu_hip.recording.recording import Recording
from imu_hip.recording.timeline import Timeline

TURN_WINDOW_S = 30.0
"""Long enough for dozens of strides, short against the heading drift of degrees a minute."""

LEAST_COHERENCE = 0.5
COARSE_HZ = 12.5
"""Rate at which accelerations are compared; a stride has nothing faster to say here."""


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


def align_by_movement(
    recording: Recording,
    timeline: Timeline,
    legs: Mapping[Side, LegSeries],
    standing: slice | None,
    gait: tuple[tuple[int, int], ...],
) -> PelvisAlignment | None:
    """Align a pelvis whose earth frame is its own, from the acceleration that all segments share.

    In walking and running the two thighs swing against each other, so the mean of their
    horizontal accelerations is nearly that of the pelvis. The turn that makes both agree, over
    half a minute, is the turn between their earth frames. The pelvis' z is the mean direction of
    the femurs' z, so the mean hip rotation of both sides is zero by construction.

    Returns
    -------
    PelvisAlignment or None
        None where there is no gait, one leg only, or too little agreement.
    """
    if not gait or len(legs) < len(Side) or recording.streams[Segment.PELVIS].acc_mps2 is None:
        return None
    inside = np.zeros(len(timeline.time_s), dtype=np.bool_)
    for start, end in gait:
        inside[start:end] = True
    few = slice(None, None, max(round(timeline.sampling_rate_hz / COARSE_HZ), 1))
    coarse_hz = timeline.sampling_rate_hz / few.step
    z_left, z_right = (np.where(inside, horizontal(legs[s].z_femur), np.nan)[few] for s in Side)
    right_into_left = _agreement(z_left, z_right, coarse_hz)
    left, right, pelvis = (
        _horizontal_acceleration(recording, timeline, segment, few)
        for segment in (THIGH[Side.LEFT], THIGH[Side.RIGHT], Segment.PELVIS)
    )
    thighs = np.where(inside[few], 0.5 * (left + right * right_into_left), np.nan)
    into_left = _agreement(thighs, pelvis, coarse_hz)
    if _coherence(thighs, pelvis * into_left) < LEAST_COHERENCE:
        return None
    fine = {
        Side.LEFT: _at_every_sample(into_left, few, len(inside)),
        Side.RIGHT: _at_every_sample(into_left * np.conj(right_into_left), few, len(inside)),
    }
    axes = _pelvis_axes(timeline, legs, fine[Side.LEFT], standing, inside)
    return PelvisAlignment(axes, fine)


def _agreement(fixed: ComplexArray, turned: ComplexArray, rate_hz: float) -> ComplexArray:
    """The turn of one set of directions into another, shape (m,), over a moving window."""
    half = round(0.5 * TURN_WINDOW_S * rate_hz)
    turns = unit(moving_mean(fixed * np.conj(turned), half, half))
    known = np.flatnonzero(np.isfinite(turns))
    if not len(known):
        return np.ones(len(turns), dtype=np.complex128)
    angle = np.unwrap(np.angle(turns[known]))
    turned_by: ComplexArray = np.exp(1j * np.interp(np.arange(len(turns)), known, angle))
    return turned_by


def _at_every_sample(turns: ComplexArray, few: slice, n: int) -> ComplexArray:
    angle = np.unwrap(np.angle(turns))
    fine: ComplexArray = np.exp(1j * np.interp(np.arange(n), np.arange(n)[few], angle))
    return fine


def _horizontal_acceleration(
    recording: Recording, timeline: Timeline, segment: Segment, few: slice
) -> ComplexArray:
    stream = recording.streams[segment]
    if stream.acc_mps2 is None:
        return np.full(len(timeline.time_s[few]), np.nan, dtype=np.complex128)
    # The mean of each block keeps impacts from folding back into slow acceleration.
    block = max(round(stream.sampling_rate_hz / COARSE_HZ), 1)
    whole = len(stream.time_s) // block * block
    acc = sum((stream.acc_mps2[i:whole:block] for i in range(block)), start=np.zeros(3)) / block
    time_s = stream.time_s[:whole:block] + 0.5 * (block - 1) / stream.sampling_rate_hz
    at = timeline.time_s[few]
    acc_at = columns(*(np.interp(at, time_s, axis) for axis in acc.T))
    return horizontal(rotate(timeline.q_earth_sensor[segment][few], acc_at))


def _coherence(a: ComplexArray, b: ComplexArray) -> float:
    both = np.isfinite(a) & np.isfinite(b)
    power = np.sqrt(np.sum(np.abs(a[both]) ** 2) * np.sum(np.abs(b[both]) ** 2))
    return float(np.abs(np.sum(a[both] * np.conj(b[both]))) / power) if power > 0 else 0.0


def _pelvis_axes(
    timeline: Timeline,
    legs: Mapping[Side, LegSeries],
    into_left: ComplexArray,
    standing: slice | None,
    inside: BoolArray,
) -> SegmentAxes:
    q = timeline.q_earth_sensor[Segment.PELVIS]
    upright = standing if standing is not None else inside
    up = up_in_sensor(q[upright])
    y = long_axis(up[np.isfinite(up).all(axis=1)]).axis
    half = round(0.5 * TURN_WINDOW_S * timeline.sampling_rate_hz)
    facing = mean_heading(legs[Side.LEFT].z_femur, half, half) * np.conj(into_left)
    use = inside & np.isfinite(facing) & np.isfinite(q[:, 0])
    direction = np.stack((facing[use].real, facing[use].imag, np.zeros(int(use.sum()))), axis=-1)
    return SegmentAxes.from_y_and_z(y, rotate(conjugate(q[use]), direction).mean(axis=0))


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
