"""The angles of a whole recording, piece by piece and in the form that fits each piece."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.femur import FREE_WEIGHTS
from imu_hip.kinematics.gravity import elevation_deg, up_in_segment
from imu_hip.kinematics.pipeline import ChainParameters, LegAngles, leg_angles
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.windows import runs
from imu_hip.names import SHIN, THIGH, Side
from imu_hip.recording.timeline import FILTERED_GAP_S, Timeline

PART_SAMPLES = 30000
"""Whole hours at once take twice the time: each array is then fetched from memory anew."""


@dataclass(frozen=True, slots=True, eq=False)
class LegSeries:
    """Angles of one leg over the recording, arrays of shape (n,) or (n, 3), NaN where missing."""

    rotation_deg: FloatArray
    knee_flexion_deg: FloatArray
    thigh_elevation_deg: FloatArray
    shin_slope_deg: FloatArray
    thigh_level: BoolArray
    y_femur: FloatArray
    z_femur: FloatArray


def leg_series(
    timeline: Timeline,
    side: Side,
    calibration: LegCalibration,
    gait: tuple[tuple[int, int], ...],
) -> LegSeries:
    """Angles of one leg: the gait form inside `gait`, the free form outside.

    A piece never reaches across a gap of more than a second, because the headings on its two
    sides have nothing to do with each other.
    """
    n = len(timeline.time_s)
    q_thigh = timeline.q_earth_sensor[THIGH[side]]
    q_shin = timeline.q_earth_sensor[SHIN[side]]
    series = _empty(n)
    rate_hz = timeline.sampling_rate_hz
    in_gait = ChainParameters(rate_hz)
    elsewhere = ChainParameters(rate_hz, reference_window_s=np.inf, weights=FREE_WEIGHTS)
    present = np.isfinite(q_thigh[:, 0]) & np.isfinite(q_shin[:, 0])
    for start, end in _pieces(present, gait, rate_hz):
        parameters = in_gait if any(a <= start and end <= b for a, b in gait) else elsewhere
        for part, seen in _parts(start, end, parameters):
            angles = leg_angles(
                q_thigh[seen], q_shin[seen], calibration, side, parameters, causal=False
            )
            _fill(series, part, angles.part(slice(part.start - seen.start, part.stop - seen.start)))
    # Each sensor tells its own segment's inclination, even while the other one is silent.
    for q, axes, slope in (
        (q_thigh, calibration.thigh, series.thigh_elevation_deg),
        (q_shin, calibration.shin, series.shin_slope_deg),
    ):
        alone = np.isnan(slope) & np.isfinite(q[:, 0])
        sign = 1.0 if axes is calibration.thigh else -1.0
        slope[alone] = sign * elevation_deg(up_in_segment(q[alone], axes))
    return series


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


def _pieces(
    present: BoolArray, gait: tuple[tuple[int, int], ...], rate_hz: float
) -> list[tuple[int, int]]:
    """Half-open pieces without long gaps, cut where gait begins and ends."""
    filled = present.copy()
    for start, end in runs(~present):
        inside = start > 0 and end < len(present)
        filled[start:end] = inside and end - start < FILTERED_GAP_S * rate_hz
    cuts = sorted({index for span in gait for index in span})
    pieces: list[tuple[int, int]] = []
    for start, end in runs(filled):
        pieces.extend(pairwise((start, *(cut for cut in cuts if start < cut < end), end)))
    return pieces


def _empty(n: int) -> LegSeries:
    return LegSeries(
        rotation_deg=np.full(n, np.nan),
        knee_flexion_deg=np.full(n, np.nan),
        thigh_elevation_deg=np.full(n, np.nan),
        shin_slope_deg=np.full(n, np.nan),
        thigh_level=np.zeros(n, dtype=np.bool_),
        y_femur=np.full((3, n), np.nan).T,
        z_femur=np.full((3, n), np.nan).T,
    )


def _fill(series: LegSeries, piece: slice, angles: LegAngles) -> None:
    series.rotation_deg[piece] = angles.femoral_rotation_deg
    series.knee_flexion_deg[piece] = angles.knee_flexion_deg
    series.thigh_elevation_deg[piece] = angles.thigh_elevation_deg
    series.shin_slope_deg[piece] = angles.shin_slope_deg
    series.thigh_level[piece] = angles.thigh_level
    series.y_femur[piece] = angles.y_femur
    series.z_femur[piece] = angles.z_femur


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
