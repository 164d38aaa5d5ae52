"""The angles of a whole recording, piece by piece and in the form that fits each piece."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.gravity import elevation_deg, up_in_segment
from imu_hip.kinematics.heading import ComplexArray
from imu_hip.kinematics.orientation import FILTERED_GAP_S
from imu_hip.kinematics.pipeline import ChainParameters, LegAngles, leg_angles
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.windows import runs
from imu_hip.names import SHIN, THIGH, Side
from imu_hip.recording.timeline import Timeline

PART_SAMPLES = 30000
"""Whole hours at once take twice the time: each array is then fetched from memory anew."""


@dataclass(frozen=True, slots=True, eq=False)
class LegSeries:
    """Angles of one leg over the recording, arrays of shape (n,) or (n, 3), NaN where missing.

    The names are those of `LegAngles`.
    """

    rotation_deg: FloatArray
    knee_flexion_deg: FloatArray
    thigh_elevation_deg: FloatArray
    shin_slope_deg: FloatArray
    thigh_level: BoolArray
    y_femur: FloatArray
    z_femur: FloatArray
    mean_heading: ComplexArray


@dataclass(frozen=True, slots=True, eq=False)
class ChainPiece:
    """Samples `[start, end)` that the chain sees with one calibration and one set of windows."""

    start: int
    end: int
    calibration: LegCalibration
    parameters: ChainParameters


def leg_series(timeline: Timeline, side: Side, plan: tuple[ChainPiece, ...]) -> LegSeries:
    """Angles of one leg, each piece of the plan in its own form.

    A piece never reaches across a gap of more than a second, because the headings on its two
    sides have nothing to do with each other.
    """
    n = len(timeline.time_s)
    q_thigh = timeline.q_earth_sensor[THIGH[side]]
    q_shin = timeline.q_earth_sensor[SHIN[side]]
    series = _empty(n)
    present = _without_short_gaps(
        np.isfinite(q_thigh[:, 0]) & np.isfinite(q_shin[:, 0]), timeline.sampling_rate_hz
    )
    for piece in plan:
        for start, end in runs(present[piece.start : piece.end]):
            span = (start + piece.start, end + piece.start)
            for part, seen in _parts(*span, piece.parameters):
                angles = leg_angles(
                    q_thigh[seen],
                    q_shin[seen],
                    piece.calibration,
                    side,
                    piece.parameters,
                )
                own = slice(part.start - seen.start, part.stop - seen.start)
                _fill(series, part, angles.part(own))
        _fill_alone(series, piece, q_thigh, q_shin)
    return series


def _fill_alone(
    series: LegSeries, piece: ChainPiece, q_thigh: FloatArray, q_shin: FloatArray
) -> None:
    # Each sensor tells its own segment's inclination, even while the other one is silent.
    inside = slice(piece.start, piece.end)
    for q, axes, slope, sign in (
        (q_thigh[inside], piece.calibration.thigh, series.thigh_elevation_deg[inside], 1.0),
        (q_shin[inside], piece.calibration.shin, series.shin_slope_deg[inside], -1.0),
    ):
        alone = np.isnan(slope) & np.isfinite(q[:, 0])
        slope[alone] = sign * elevation_deg(up_in_segment(q[alone], axes))


def _parts(start: int, end: int, parameters: ChainParameters) -> list[tuple[slice, slice]]:
    """Parts that fit the processor's cache, each with all that its windows see around it."""
    if not np.isfinite(parameters.reach_s):
        return [(slice(start, end), slice(start, end))]
    # Centred windows see half of what the causal ones see, to each side.
    reach = round(0.5 * parameters.reach_s * parameters.sampling_rate_hz) + 2
    return [
        (
            slice(first, min(first + PART_SAMPLES, end)),
            slice(max(first - reach, start), min(first + PART_SAMPLES + reach, end)),
        )
        for first in range(start, end, PART_SAMPLES)
    ]


def _without_short_gaps(present: BoolArray, rate_hz: float) -> BoolArray:
    filled = present.copy()
    for start, end in runs(~present):
        inside = start > 0 and end < len(present)
        filled[start:end] = inside and end - start < FILTERED_GAP_S * rate_hz
    return filled


def _empty(n: int) -> LegSeries:
    return LegSeries(
        rotation_deg=np.full(n, np.nan),
        knee_flexion_deg=np.full(n, np.nan),
        thigh_elevation_deg=np.full(n, np.nan),
        shin_slope_deg=np.full(n, np.nan),
        thigh_level=np.zeros(n, dtype=np.bool_),
        y_femur=np.full((3, n), np.nan).T,
        z_femur=np.full((3, n), np.nan).T,
        mean_heading=np.full(n, np.nan, dtype=np.complex128),
    )


def _fill(series: LegSeries, piece: slice, angles: LegAngles) -> None:
    series.rotation_deg[piece] = angles.femoral_rotation_deg
    series.knee_flexion_deg[piece] = angles.knee_flexion_deg
    series.thigh_elevation_deg[piece] = angles.thigh_elevation_deg
    series.shin_slope_deg[piece] = angles.shin_slope_deg
    series.thigh_level[piece] = angles.thigh_level
    series.y_femur[piece] = angles.y_femur
    series.z_femur[piece] = angles.z_femur
    series.mean_heading[piece] = angles.mean_heading


def angle_columns(
    legs: Mapping[Side, LegSeries], n: int, not_rotation: Mapping[Side, BoolArray]
) -> dict[str, FloatArray]:
    """Columns of the angles file, shape (n,), in its order.

    `not_rotation` tells where a leg is crossed, which is never reported as femoral rotation but
    as the slope of its shin.
    """
    missing = np.full(n, np.nan)
    columns: dict[str, FloatArray] = {}
    for side in Side:
        rotation = legs[side].rotation_deg if side in legs else missing
        crossed = not_rotation.get(side)
        columns[f"{side}_femoral_rotation_deg"] = (
            rotation if crossed is None else np.where(crossed, np.nan, rotation)
        )
    for side in Side:
        columns[f"{side}_knee_flexion_deg"] = (
            legs[side].knee_flexion_deg if side in legs else missing
        )
    for side in Side:
        columns[f"{side}_thigh_elevation_deg"] = (
            legs[side].thigh_elevation_deg if side in legs else missing
        )
    if not_rotation:
        for side in Side:
            columns[f"{side}_shin_slope_deg"] = (
                legs[side].shin_slope_deg if side in legs else missing
            )
    return columns
