"""The body of a walker or runner: joint angles, pelvis and foot strikes over time."""

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, multiply
from imu_hip.names import Side
from imu_hip.simulation.choreography import Choreography, smooth_through
from imu_hip.simulation.gait_patterns import GaitPattern
from imu_hip.simulation.gait_plan import GaitPlan, Rhythm, between_strides, rhythm
from imu_hip.simulation.motion import (
    BodyMotion,
    LegAngles,
    oversampling,
    q_earth_upright,
    q_from_zxy,
)
from imu_hip.simulation.static_postures import LEG_CHANNELS

_AMPLITUDE_CV = 0.03
_ROTATION_OFFSET_SD_DEG = 1.0
_ROTATION_GAIN_CV = 0.05


def gait_motion(
    plan: GaitPlan,
    pattern: GaitPattern,
    before: Choreography,
    sampling_rate_hz: float,
    seed: int,
) -> tuple[BodyMotion, Rhythm]:
    """The body and its rhythm, with what is written in `before` ahead of the first step."""
    rng = np.random.default_rng((seed, 1000))
    first_step_s = before.time_s
    rate_hz = sampling_rate_hz * oversampling(sampling_rate_hz)
    time_s: FloatArray = np.arange(int((first_step_s + plan.duration_s) * rate_hz) + 1) / rate_hz
    beat = rhythm(plan, pattern, time_s - first_step_s, rng)
    legs = {side: _leg(plan, pattern, before, time_s, beat, side=side, rng=rng) for side in Side}
    strikes = {side: crossings_s(beat.cycles_of(side), time_s, 0.0) for side in Side}
    strength = {side: np.interp(strikes[side], time_s, beat.strength) for side in Side}
    real = {side: strength[side] > 0.01 for side in Side}
    body = BodyMotion(
        time_s,
        rate_hz,
        _pelvis_orientation(pattern, before, time_s, beat),
        _pelvis_position_m(plan, pattern, before, time_s, beat),
        legs,
        {side: strikes[side][real[side]] for side in Side},
        {side: pattern.impact * strength[side][real[side]] for side in Side},
    )
    return body, beat


def _leg(
    plan: GaitPlan,
    pattern: GaitPattern,
    before: Choreography,
    time_s: FloatArray,
    beat: Rhythm,
    *,
    side: Side,
    rng: np.random.Generator,
) -> LegAngles:
    cycles = beat.cycles_of(side)
    strides = int(cycles[-1]) + 2
    sizes = {"hip_rotation": plan.excursion_deg(side, pattern)}
    if plan.tibial_rotation_excursion_deg is not None:
        sizes["tibial_rotation"] = plan.tibial_rotation_excursion_deg
    offset_deg = plan.rotation_offset_deg + plan.variability * _ROTATION_OFFSET_SD_DEG * (
        smooth_through(between_strides(strides, rng), cycles)
    )
    angles = {}
    for name in LEG_CHANNELS:
        moving_deg = np.zeros(len(time_s))
        if name in pattern.angles:
            curve = pattern.angles[name]
            cv = _ROTATION_GAIN_CV if name == "hip_rotation" else _AMPLITUDE_CV
            swing = smooth_through(between_strides(strides, rng), cycles)
            size = sizes.get(name, curve.range_deg) / curve.range_deg
            amplitude = size * (1.0 + plan.variability * cv * swing)
            moving_deg = curve.mean_deg + amplitude * (curve.at(cycles) - curve.mean_deg)
        if name == "hip_rotation":
            moving_deg = moving_deg + offset_deg
        angles[f"{name}_deg"] = before.play(f"{side}_{name}", time_s) + beat.strength * moving_deg
    return LegAngles(**angles)


def _pelvis_orientation(
    pattern: GaitPattern, before: Choreography, time_s: FloatArray, beat: Rhythm
) -> FloatArray:
    turn = 2.0 * np.pi * beat.cycles
    # The side that swings forward leads, and the side in the air sinks.
    yaw_deg = beat.strength * pattern.pelvis_yaw_deg * np.cos(turn)
    list_deg = -beat.strength * pattern.pelvis_list_deg * np.cos(turn - 0.8)
    pitch_deg = before.play("pitch", time_s) - beat.strength * pattern.pelvis_tilt_deg
    facing = q_earth_upright(beat.heading_deg + yaw_deg)
    return multiply(facing, q_from_zxy(pitch_deg, list_deg, np.zeros(len(time_s))))


def _pelvis_position_m(
    plan: GaitPlan, pattern: GaitPattern, before: Choreography, time_s: FloatArray, beat: Rhythm
) -> FloatArray:
    heading = np.deg2rad(beat.heading_deg)
    ahead = np.stack((np.cos(heading), np.sin(heading)), axis=1)
    velocity = plan.speed_mps * beat.strength[:, None] * ahead
    position = np.zeros((len(time_s), 3))
    steps = 0.5 * (velocity[1:] + velocity[:-1]) * np.diff(time_s)[:, None]
    position[1:, :2] = np.cumsum(steps, axis=0)
    to_right = np.stack((ahead[:, 1], -ahead[:, 0]), axis=1)
    sway_m = beat.strength * pattern.sway_m * np.cos(2.0 * np.pi * (beat.cycles - 0.2))
    position[:, :2] += sway_m[:, None] * to_right
    bounce_m = -pattern.bounce_m * np.cos(4.0 * np.pi * (beat.cycles - pattern.lowest_at))
    position[:, 2] = before.play("height", time_s) + beat.strength * bounce_m
    return position


def crossings_s(cycles: FloatArray, time_s: FloatArray, part: float) -> FloatArray:
    """Times at which a leg passes a part of its stride, shape (k,)."""
    whole = np.arange(np.ceil(max(cycles[0], 0.0) - part), np.floor(cycles[-1] - part) + 1.0)
    return np.interp(whole + part, cycles, time_s)
