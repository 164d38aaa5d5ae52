"""A pelvis and two legs with known joint angles: forward kinematics of the simulated body."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, from_axis_angle, multiply, rotate
from imu_hip.names import SHIN, THIGH, Segment, Side

HIP_OFFSET_M: Final = 0.09
THIGH_LENGTH_M: Final = 0.42
SHIN_LENGTH_M: Final = 0.40
STANDING_PELVIS_HEIGHT_M: Final = 0.90

UPRIGHT_Q_EARTH_PELVIS: Final = (np.sqrt(0.5), np.sqrt(0.5), 0.0, 0.0)
"""Upright and facing earth x: the segment's y is up and its z, the right, is minus earth y."""

_MINIMUM_FINE_RATE_HZ = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class LegAngles:
    """Joint angles of one leg in degrees, each of shape (n,).

    Positive is flexion, adduction and internal rotation on both sides. The rotation sequence is
    ZXY at the hip and at the knee (E. S. Grood and W. J. Suntay, J. Biomech. Eng. 105, 1983).
    """

    hip_flexion_deg: FloatArray
    hip_adduction_deg: FloatArray
    hip_rotation_deg: FloatArray
    knee_flexion_deg: FloatArray
    tibial_rotation_deg: FloatArray
    knee_adduction_deg: FloatArray

    def part(self, rows: slice) -> "LegAngles":
        """The same leg at some of the samples, without copying."""
        return LegAngles(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True, slots=True, eq=False)
class BodyMotion:
    """What the body does, finely and evenly sampled, before any sensor looks at it.

    Parameters
    ----------
    time_s
        Sample times, shape (n,), evenly spaced, from 0.
    sampling_rate_hz
        Rate of `time_s`; several times the rate of the sensors.
    q_earth_pelvis
        Orientation of the pelvis, scalar first, shape (n, 4).
    pelvis_position_m
        Midpoint between the hips in earth, shape (n, 3).
    legs
        Joint angles of both sides.
    strikes_s, strike_strength
        Foot strikes of each side, shape (k,), and their strength as a part of running's.
    neutral_rotation_deg
        Hip rotation of each side at which the skin is not twisted, as when standing; 0 if missing.
    """

    time_s: FloatArray
    sampling_rate_hz: float
    q_earth_pelvis: FloatArray
    pelvis_position_m: FloatArray
    legs: Mapping[Side, LegAngles]
    strikes_s: Mapping[Side, FloatArray] = field(default_factory=dict)
    strike_strength: Mapping[Side, FloatArray] = field(default_factory=dict)
    neutral_rotation_deg: Mapping[Side, float] = field(default_factory=dict)

    def part(self, rows: slice) -> "BodyMotion":
        """The same motion at some of the samples, without copying."""
        return BodyMotion(
            self.time_s[rows],
            self.sampling_rate_hz / (rows.step or 1),
            self.q_earth_pelvis[rows],
            self.pelvis_position_m[rows],
            {side: leg.part(rows) for side, leg in self.legs.items()},
            self.strikes_s,
            self.strike_strength,
            self.neutral_rotation_deg,
        )

    def orientation(self, segment: Segment) -> FloatArray:
        """`q_earth_segment` of one segment, shape (n, 4)."""
        for side, leg in self.legs.items():
            if segment in (THIGH[side], SHIN[side]):
                q_earth_thigh = multiply(self.q_earth_pelvis, q_pelvis_thigh(leg, side))
                if segment is THIGH[side]:
                    return q_earth_thigh
                return multiply(q_earth_thigh, q_thigh_shin(leg, side))
        return self.q_earth_pelvis

    def segment_orientations(self) -> dict[Segment, FloatArray]:
        """`q_earth_segment` of all five segments, each of shape (n, 4)."""
        return {segment: self.orientation(segment) for segment in Segment}

    def origin_m(self, segment: Segment) -> FloatArray:
        """Proximal end of a segment in earth (hip, knee; midpoint of the hips), shape (n, 3)."""
        for side in self.legs:
            if segment in (THIGH[side], SHIN[side]):
                offset = np.array([0.0, 0.0, side.sign * HIP_OFFSET_M])
                hip_m = self.pelvis_position_m + rotate(self.q_earth_pelvis, offset)
                if segment is THIGH[side]:
                    return hip_m
                to_knee = np.array([0.0, -THIGH_LENGTH_M, 0.0])
                return hip_m + rotate(self.orientation(THIGH[side]), to_knee)
        return self.pelvis_position_m

    def ankle_m(self, side: Side) -> FloatArray:
        """Distal end of the shin in earth, shape (n, 3)."""
        to_ankle = np.array([0.0, -SHIN_LENGTH_M, 0.0])
        return self.origin_m(SHIN[side]) + rotate(self.orientation(SHIN[side]), to_ankle)


def oversampling(sampling_rate_hz: float) -> int:
    """How many motion samples a sensor sample needs for differences to be exact enough."""
    return max(2, int(np.ceil(_MINIMUM_FINE_RATE_HZ / sampling_rate_hz)))


def q_from_zxy(z_deg: FloatArray, x_deg: FloatArray, y_deg: FloatArray) -> FloatArray:
    """Quaternions of `Rz * Rx * Ry`, shape (n, 4), multiplied out for speed."""
    cz, sz = _half(z_deg)
    cx, sx = _half(x_deg)
    cy, sy = _half(y_deg)
    w, x, y, z = cz * cx, cz * sx, sz * sx, sz * cx
    return np.stack((w * cy - y * sy, x * cy - z * sy, y * cy + w * sy, z * cy + x * sy), axis=-1)


def _half(angle_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    half_rad = np.deg2rad(0.5 * angle_deg)
    return np.cos(half_rad), np.sin(half_rad)


def q_pelvis_thigh(leg: LegAngles, side: Side) -> FloatArray:
    """Orientation of the thigh in the pelvis, shape (n, 4)."""
    return q_from_zxy(
        leg.hip_flexion_deg, side.sign * leg.hip_adduction_deg, side.sign * leg.hip_rotation_deg
    )


def q_thigh_shin(leg: LegAngles, side: Side) -> FloatArray:
    """Orientation of the shin in the thigh, shape (n, 4)."""
    return q_from_zxy(
        -leg.knee_flexion_deg,
        side.sign * leg.knee_adduction_deg,
        side.sign * leg.tibial_rotation_deg,
    )


def q_earth_upright(heading_deg: FloatArray) -> FloatArray:
    """An upright segment frame facing `heading_deg` from earth x, counter-clockwise from above."""
    turned = from_axis_angle(np.array([0.0, 0.0, 1.0]), np.deg2rad(heading_deg))
    return multiply(turned, np.array(UPRIGHT_Q_EARTH_PELVIS))
