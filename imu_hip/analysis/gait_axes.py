"""How the chain sees each part of a recording: gait with refined axes, the rest as calibrated."""

from dataclasses import dataclass, replace

import numpy as np

from imu_hip.analysis.angles import ChainPiece
from imu_hip.kinematics.axis_fit import GAIT_PRIORS, STANDING_PRIORS, fit_axes
from imu_hip.kinematics.calibration import CalibrationSource, LegCalibration
from imu_hip.kinematics.femur import FREE_WEIGHTS
from imu_hip.kinematics.pipeline import ChainParameters
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.windows import likeness, peaks
from imu_hip.measures.gait_events import LONGEST_STRIDE_S, SHORTEST_STRIDE_S
from imu_hip.names import SHIN, THIGH, Side
from imu_hip.recording.timeline import Timeline

LONGEST_FIT_S = 60.0
USUAL_STRIDE_S = 1.0
SHORTEST_FIT_S = 4.0

REFERENCE_STRIDES = 3.0
"""The mean heading is taken over about three strides: enough that none of a stride's own turning
gets into it, short enough to follow a path that bends."""


@dataclass(frozen=True, slots=True, eq=False)
class GaitAxes:
    """The calibration of one leg in gait, and the usual stride time there.

    `disagreement_deg` is how far thigh and shin tell different rotations (RMS); None where there
    is too little gait to refine anything on.
    """

    calibration: LegCalibration
    disagreement_deg: float | None
    stride_s: float


def refine_in_gait(
    timeline: Timeline, side: Side, leg: LegCalibration, gait: tuple[tuple[int, int], ...]
) -> GaitAxes:
    """Refine the axes of a leg on the middle of its longest gait, where that is long enough."""
    unrefined = GaitAxes(leg, None, USUAL_STRIDE_S)
    if not gait:
        return unrefined
    rate_hz = timeline.sampling_rate_hz
    start, end = max(gait, key=lambda span: span[1] - span[0])
    middle, half = (start + end) // 2, round(0.5 * LONGEST_FIT_S * rate_hz)
    inside = slice(max(start, middle - half), min(end, middle + half))
    q_thigh = timeline.q_earth_sensor[THIGH[side]][inside]
    q_shin = timeline.q_earth_sensor[SHIN[side]][inside]
    present = np.isfinite(q_thigh[:, 0]) & np.isfinite(q_shin[:, 0])
    if present.sum() < SHORTEST_FIT_S * rate_hz:
        return unrefined
    alone = leg.source is CalibrationSource.GAIT_ALONE
    fit = fit_axes(
        q_thigh[present],
        q_shin[present],
        (leg.thigh, leg.shin),
        side.sign,
        sampling_rate_hz=rate_hz,
        priors=GAIT_PRIORS if alone else STANDING_PRIORS,
    )
    swing_dps = np.nan_to_num(timeline.gyr_dps[SHIN[side]][inside] @ fit.shin.z)
    refined = replace(leg, thigh=fit.thigh, shin=fit.shin, hinge_residual_deg=fit.varus_deg)
    return GaitAxes(refined, fit.disagreement_deg, period_s(swing_dps, rate_hz))


def period_s(rate_dps: FloatArray, sampling_rate_hz: float) -> float:
    """Period of a shin's swing, shape (n,): where it is most like itself, from its spectrum."""
    alike = likeness((rate_dps - rate_dps.mean())[:, None])
    first, last = (round(s * sampling_rate_hz) for s in (SHORTEST_STRIDE_S, LONGEST_STRIDE_S))
    inside = alike[first : last + 2]
    found = peaks(inside)
    # Two strides are as alike as one, so the first of the high peaks counts.
    high = found[inside[found] > 0.8 * inside.max()] if len(found) else np.array([inside.argmax()])
    return float(first + high[0]) / sampling_rate_hz


def chain_plan(
    timeline: Timeline,
    leg: LegCalibration,
    in_gait: GaitAxes,
    gait: tuple[tuple[int, int], ...],
) -> tuple[ChainPiece, ...]:
    """Pieces that cover all samples: gait in the gait form, everything else in the free form."""
    n, sampling_rate_hz = len(timeline.time_s), timeline.sampling_rate_hz
    free = ChainParameters(sampling_rate_hz, reference_window_s=np.inf, weights=FREE_WEIGHTS)
    walking = ChainParameters(
        sampling_rate_hz, reference_window_s=REFERENCE_STRIDES * in_gait.stride_s
    )
    pieces: list[ChainPiece] = []
    at = 0
    for start, end in sorted(gait):
        if start > at:
            pieces.append(ChainPiece(at, start, leg, free))
        pieces.append(ChainPiece(max(start, at), end, in_gait.calibration, walking))
        at = end
    if at < n:
        pieces.append(ChainPiece(at, n, leg, free))
    return tuple(piece for piece in pieces if piece.end > piece.start)
