"""What a faultless sensor on a moving segment measures: orientation, rate and specific force."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.kinematics.quaternion import (
    FloatArray,
    conjugate,
    continuous,
    from_axis_angle,
    multiply,
    rotate,
)
from imu_hip.names import GRAVITY_MPS2, SHIN, THIGH, Segment, Side
from imu_hip.simulation.choreography import minimum_jerk
from imu_hip.simulation.motion import BodyMotion
from imu_hip.simulation.sensor_errors import SensorSlip

SIDE_OF: Final = {segment[side]: side for side in Side for segment in (THIGH, SHIN)}
IMPACT_MPS2: Final = {
    **{THIGH[side]: 22.0 for side in Side},
    **{SHIN[side]: 55.0 for side in Side},
}
"""Peak of the foot-strike transient along the long axis at full running strength."""

_IMPACT_RISE_S = 0.008
_IMPACT_DECAY_S = 0.012
_WOBBLE_HZ = 11.0
_WOBBLE_DECAY_S = 0.07


@dataclass(frozen=True, slots=True, eq=False)
class SensorPlacement:
    """Where and how a sensor sits on its segment.

    Parameters
    ----------
    offset_m
        Position from the segment's proximal end in the segment frame, shape (3,).
    q_segment_sensor
        Mounting, shape (4,).
    skin_gain
        Part of the femur's axial rotation that the thigh sensor follows; 1 is rigid.
    neutral_rotation_deg
        Hip rotation at which the skin is not twisted.
    wobble_deg
        Amplitude of the axial soft-tissue oscillation after a full-strength foot strike.
    slips
        Turns of the sensor on its segment, each in place and for good.
    """

    segment: Segment
    offset_m: FloatArray
    q_segment_sensor: FloatArray
    skin_gain: float = 1.0
    neutral_rotation_deg: float = 0.0
    wobble_deg: float = 0.0
    slips: tuple[SensorSlip, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SensorMotion:
    """Faultless signals in the sensor frame, shapes (n, 4), (n, 3) and (n, 3)."""

    q_earth_sensor: FloatArray
    gyr_dps: FloatArray
    acc_mps2: FloatArray


def default_offset_m(segment: Segment) -> FloatArray:
    """Sacrum, mid-thigh lateral or distal shin, from the segment's proximal end, shape (3,)."""
    if segment is Segment.PELVIS:
        return np.array([-0.10, 0.03, 0.0])
    side = SIDE_OF[segment]
    if segment is THIGH[side]:
        return np.array([0.01, -0.21, side.sign * 0.08])
    return np.array([0.02, -0.32, side.sign * 0.04])


def sensor_motion(body: BodyMotion, placement: SensorPlacement) -> SensorMotion:
    """Signals of a sensor at every sample of the motion.

    Rates and accelerations are central differences, so they are instantaneous values, exact to
    second order in the motion's sample period; the two end samples repeat their neighbours'.
    """
    q_earth_sensor, position_m = sensor_pose(body, placement)
    rate_hz = body.sampling_rate_hz
    gyr_dps = _angular_velocity_dps(q_earth_sensor, rate_hz)
    acceleration = np.empty_like(position_m)
    second_difference = position_m[2:] - 2.0 * position_m[1:-1] + position_m[:-2]
    acceleration[1:-1] = second_difference * rate_hz**2
    acceleration[0], acceleration[-1] = acceleration[1], acceleration[-2]
    acceleration[:, 2] += GRAVITY_MPS2
    acc_mps2 = rotate(conjugate(q_earth_sensor), acceleration)
    acc_mps2 += _impact_mps2(body, placement)
    return SensorMotion(q_earth_sensor, gyr_dps, acc_mps2)


def sensor_pose(body: BodyMotion, placement: SensorPlacement) -> tuple[FloatArray, FloatArray]:
    """Orientation `q_earth_sensor`, shape (n, 4), and position in earth, shape (n, 3)."""
    q_earth_skin = body.orientation(placement.segment)
    slip_deg = _skin_slip_deg(body, placement)
    if slip_deg is not None:
        about_y = from_axis_angle(np.array([0.0, 1.0, 0.0]), np.deg2rad(slip_deg))
        q_earth_skin = multiply(q_earth_skin, about_y)
    position_m = body.origin_m(placement.segment) + rotate(q_earth_skin, placement.offset_m)
    return continuous(multiply(q_earth_skin, _mounting(body, placement))), position_m


def _mounting(body: BodyMotion, placement: SensorPlacement) -> FloatArray:
    """`q_segment_sensor` at every sample, shape (n, 4), or once for all, shape (4,)."""
    mounting = placement.q_segment_sensor
    for slip in placement.slips:
        turned = minimum_jerk((body.time_s - slip.at_s) / slip.duration_s)
        turn = from_axis_angle(np.array(slip.axis), np.deg2rad(slip.angle_deg) * turned)
        mounting = multiply(turn, mounting)
    return mounting


def _skin_slip_deg(body: BodyMotion, placement: SensorPlacement) -> FloatArray | None:
    """Rotation of the thigh's skin about the femur's y axis against the bone."""
    side = SIDE_OF.get(placement.segment)
    if side is None or placement.segment is not THIGH[side]:
        return None
    lost = 1.0 - placement.skin_gain
    if lost == 0.0 and placement.wobble_deg == 0.0:
        return None
    followed_deg = body.legs[side].hip_rotation_deg - placement.neutral_rotation_deg
    slip_deg: FloatArray = -side.sign * lost * followed_deg
    since_s, strength = _since_strike(body, side)
    onset = 1.0 - np.exp(-since_s / 0.02)
    wobble = onset * np.exp(-since_s / _WOBBLE_DECAY_S) * np.sin(2 * np.pi * _WOBBLE_HZ * since_s)
    return slip_deg + placement.wobble_deg * strength * wobble


def _since_strike(body: BodyMotion, side: Side) -> tuple[FloatArray, FloatArray]:
    """Time since the side's last foot strike and that strike's strength, 0 before the first."""
    strikes_s = body.strikes_s.get(side, np.empty(0))
    if not len(strikes_s):
        return np.zeros(len(body.time_s)), np.zeros(len(body.time_s))
    last = np.searchsorted(strikes_s, body.time_s, side="right") - 1
    happened = last >= 0
    since_s = np.where(happened, body.time_s - strikes_s[last], 0.0)
    return since_s, np.where(happened, body.strike_strength[side][last], 0.0)


def _impact_mps2(body: BodyMotion, placement: SensorPlacement) -> FloatArray:
    """Short transient along the segment's long axis in the sensor frame, shape (n, 3)."""
    side = SIDE_OF.get(placement.segment)
    if side is None or not body.strikes_s:
        return np.zeros((len(body.time_s), 3))
    since_s, strength = _since_strike(body, side)
    peak_s = _IMPACT_RISE_S
    rise = (since_s / peak_s) * np.exp(1.0 - since_s / peak_s)
    ring = np.cos(2 * np.pi * np.maximum(since_s - peak_s, 0.0) / (4.0 * _IMPACT_DECAY_S))
    along = IMPACT_MPS2[placement.segment] * strength * rise * ring
    y_sensor = rotate(conjugate(_mounting(body, placement)), np.array([0.0, 1.0, 0.0]))
    transient: FloatArray = along[:, None] * y_sensor
    return transient


def _angular_velocity_dps(q_earth_sensor: FloatArray, rate_hz: float) -> FloatArray:
    turned = multiply(conjugate(q_earth_sensor[:-2]), q_earth_sensor[2:])
    turned *= np.where(turned[:, :1] < 0.0, -1.0, 1.0)
    sine = np.linalg.norm(turned[:, 1:], axis=1)
    angle_rad = 2.0 * np.arctan2(sine, turned[:, 0])
    scale = np.where(sine > 1e-12, angle_rad / np.maximum(sine, 1e-12), 2.0)
    gyr_dps = np.empty((len(q_earth_sensor), 3))
    gyr_dps[1:-1] = np.rad2deg(scale * 0.5 * rate_hz)[:, None] * turned[:, 1:]
    gyr_dps[0], gyr_dps[-1] = gyr_dps[1], gyr_dps[-2]
    return gyr_dps
