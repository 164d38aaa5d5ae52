"""The true angles of a simulated session, as a perfect laboratory would have measured them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, conjugate, multiply, rotate
from imu_hip.names import SHIN, THIGH, Direction, Side
from imu_hip.recording.recording import Recording
from imu_hip.simulation.motion import BodyMotion, q_earth_upright

UPRIGHT_BEYOND_DEG = 60.0
"""Thigh elevation beyond which gravity no longer tells the femur's rotation."""


@dataclass(frozen=True, slots=True)
class TrueRepetition:
    """One repetition as it was performed.

    Parameters
    ----------
    direction
        None in the cross-legged test.
    start_s, end_s
        From the first movement out of rest to the end of the return.
    plateau_start_s, plateau_end_s
        The hold.
    peak_deg
        Mean over the hold: femoral rotation, positive in the repetition's direction; in the
        cross-legged test the slope of the shin over the horizontal.
    thigh_elevation_deg, knee_flexion_deg
        Mean over the hold.
    fault
        Name of the deliberate fault, or None.
    """

    side: Side
    direction: Direction | None
    start_s: float
    end_s: float
    plateau_start_s: float
    plateau_end_s: float
    peak_deg: float
    thigh_elevation_deg: float
    knee_flexion_deg: float
    fault: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """True angles at the sensors' nominal sample times.

    Parameters
    ----------
    time_s
        Shape (n,).
    columns
        Arrays of shape (n,) under names such as `left_femoral_rotation_deg`, which is nan where
        a static session's thigh is too steep for gravity to tell.
    repetitions
        Repetitions in order of time; empty for walking and running.
    events
        Event times, shape (k,), under names such as `left_foot_strike_s`.
    """

    time_s: FloatArray
    columns: Mapping[str, FloatArray]
    repetitions: tuple[TrueRepetition, ...] = ()
    events: Mapping[str, FloatArray] = field(default_factory=dict)

    def __getitem__(self, name: str) -> FloatArray:
        return self.columns[name]


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedSession:
    """A recording and the truth about it."""

    recording: Recording
    truth: Truth


def leg_columns(body: BodyMotion) -> dict[str, FloatArray]:
    """Joint angles, thigh elevation and shin slope of both legs, named by side."""
    columns: dict[str, FloatArray] = {}
    for side, leg in body.legs.items():
        columns[f"{side}_hip_flexion_deg"] = leg.hip_flexion_deg
        columns[f"{side}_hip_adduction_deg"] = leg.hip_adduction_deg
        columns[f"{side}_hip_rotation_deg"] = leg.hip_rotation_deg
        columns[f"{side}_knee_flexion_deg"] = leg.knee_flexion_deg
        columns[f"{side}_tibial_rotation_deg"] = leg.tibial_rotation_deg
        columns[f"{side}_thigh_elevation_deg"] = -_long_axis_slope_deg(
            body.orientation(THIGH[side])
        )
        columns[f"{side}_shin_slope_deg"] = _long_axis_slope_deg(body.orientation(SHIN[side]))
    return {name: np.array(values) for name, values in columns.items()}


def gravity_rotation_deg(body: BodyMotion, side: Side, pose: int) -> FloatArray:
    """Femoral rotation against gravity, shape (n,); nan where the thigh is too steep.

    Parameters
    ----------
    pose
        1 seated, -1 prone.
    """
    up = rotate(conjugate(body.orientation(THIGH[side])), np.array([0.0, 0.0, 1.0]))
    rotation_deg = side.sign * np.rad2deg(np.arctan2(pose * up[:, 2], pose * up[:, 0]))
    steep = np.abs(up[:, 1]) > np.sin(np.deg2rad(UPRIGHT_BEYOND_DEG))
    return np.where(steep, np.nan, rotation_deg)


def upright_rotation_deg(body: BodyMotion, side: Side, heading_deg: FloatArray) -> FloatArray:
    """Femoral rotation against an upright frame that faces `heading_deg`, shape (n,).

    It is the last angle of the sequence ZXY, as if the upright frame were the pelvis.
    """
    q_upright_thigh = multiply(
        conjugate(q_earth_upright(heading_deg)), body.orientation(THIGH[side])
    )
    w, x, y, z = np.moveaxis(q_upright_thigh, -1, 0)
    # The third row of Rz(a) Rx(b) Ry(c) is (-cos b sin c, sin b, cos b cos c).
    third_row_x = 2.0 * (x * z - w * y)
    third_row_z = 1.0 - 2.0 * (x * x + y * y)
    rotation_deg: FloatArray = side.sign * np.rad2deg(np.arctan2(-third_row_x, third_row_z))
    return rotation_deg


def _long_axis_slope_deg(q_earth_segment: FloatArray) -> FloatArray:
    up_along_y = rotate(q_earth_segment, np.array([0.0, 1.0, 0.0]))[:, 2]
    return np.rad2deg(np.arcsin(np.clip(up_along_y, -1.0, 1.0)))
