"""When and where a simulated person walks or runs: rhythm, stops, turns and variability."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Side
from imu_hip.simulation.choreography import minimum_jerk, smooth_through
from imu_hip.simulation.gait_patterns import GaitPattern

START_UP_S = 2.0
"""Time from standing to full strides and back."""

_STRIDE_MEMORY = 0.6
_STRIDE_TIME_CV = 0.012


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn to the left by `angle_deg`; times count from the first step."""

    start_s: float
    angle_deg: float
    duration_s: float = 3.0


@dataclass(frozen=True, slots=True)
class StandingBreak:
    """Standing still from `start_s` on, counted from the first step, slowing down included."""

    start_s: float
    duration_s: float = 10.0


@dataclass(frozen=True, slots=True)
class GaitPlan:
    """A walk or a run.

    Parameters
    ----------
    duration_s
        From the first step to the last.
    standing_s
        Standing still before; 0 starts in full stride.
    calibration
        Whether the person also sits and straightens each knee three times before.
    stride_s, rotation_excursion_deg
        Stride time and range of hip rotation over a stride; None takes the gait's usual one.
    excursion_difference_deg
        Range of hip rotation, right minus left; the mean of both stays.
    rotation_offset_deg
        Added to the hip rotation of both sides while moving.
    tibial_rotation_excursion_deg
        Range of the tibia's rotation against the femur; None takes the usual one.
    speed_mps
        0 on a treadmill.
    turns, breaks
        In order of time, not overlapping.
    variability
        Factor on all differences between strides; 0 makes every stride the same.
    """

    duration_s: float = 60.0
    standing_s: float = 7.0
    calibration: bool = False
    stride_s: float | None = None
    rotation_excursion_deg: float | None = None
    excursion_difference_deg: float = 0.0
    rotation_offset_deg: float = 0.0
    tibial_rotation_excursion_deg: float | None = None
    speed_mps: float = 0.0
    turns: tuple[Turn, ...] = ()
    breaks: tuple[StandingBreak, ...] = ()
    variability: float = 1.0

    def excursion_deg(self, side: Side, pattern: GaitPattern) -> float:
        """Range of hip rotation of one side over an average stride."""
        mean_deg = self.rotation_excursion_deg
        if mean_deg is None:
            mean_deg = pattern.rotation_excursion_deg
        return mean_deg + 0.5 * side.sign * self.excursion_difference_deg


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """How far and how strongly the stride has gone at each time, shape (n,).

    Parameters
    ----------
    cycles
        Strides of the right leg since the first step; whole numbers are its foot strikes.
    strength
        0 standing, 1 full strides.
    heading_deg
        Counter-clockwise from earth x.
    """

    cycles: FloatArray
    strength: FloatArray
    heading_deg: FloatArray

    def cycles_of(self, side: Side) -> FloatArray:
        """Strides of one leg; the left one is half a stride ahead."""
        return self.cycles if side is Side.RIGHT else self.cycles + 0.5


def rhythm(
    plan: GaitPlan, pattern: GaitPattern, since_s: FloatArray, rng: np.random.Generator
) -> Rhythm:
    """The rhythm of a plan at times since the first step, shape (n,), evenly spaced."""
    stride_s = plan.stride_s or pattern.stride_s
    strides = int(plan.duration_s / stride_s) + 3
    pace = 1.0 + plan.variability * _STRIDE_TIME_CV * between_strides(strides, rng)
    frequency_hz = smooth_through(pace, since_s / stride_s) / stride_s
    steps = 0.5 * (frequency_hz[1:] + frequency_hz[:-1]) * np.diff(since_s)
    cycles = np.concatenate(([0.0], np.cumsum(steps)))
    cycles -= np.interp(0.0, since_s, cycles)
    heading_deg = np.zeros(len(since_s))
    for turn in plan.turns:
        done = minimum_jerk((since_s - turn.start_s) / turn.duration_s)
        heading_deg += turn.angle_deg * done
    return Rhythm(cycles, _strength(plan, since_s), heading_deg)


def between_strides(count: int, rng: np.random.Generator) -> FloatArray:
    """Correlated deviations of successive strides with unit standard deviation, shape (count,)."""
    fresh = rng.normal(size=count)
    deviations = np.empty(count)
    last = fresh[0]
    for index, new in enumerate(fresh):
        if index:
            last = _STRIDE_MEMORY * last + np.sqrt(1.0 - _STRIDE_MEMORY**2) * new
        deviations[index] = last
    return deviations


def _strength(plan: GaitPlan, since_s: FloatArray) -> FloatArray:
    strength = np.ones(len(since_s))
    if plan.standing_s > 0.0 or plan.calibration:
        strength = minimum_jerk(since_s / START_UP_S)
    strength -= minimum_jerk((since_s - plan.duration_s + START_UP_S) / START_UP_S)
    for stop in plan.breaks:
        again_s = stop.start_s + stop.duration_s
        strength -= minimum_jerk((since_s - stop.start_s) / START_UP_S)
        strength += minimum_jerk((since_s - again_s) / START_UP_S)
    return np.clip(strength, 0.0, 1.0)
