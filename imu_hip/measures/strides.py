"""Strides of walking and running, and which of them count."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from imu_hip.kinematics.heading import ComplexArray
from imu_hip.kinematics.quaternion import BoolArray, FloatArray, IntArray
from imu_hip.kinematics.windows import bridged
from imu_hip.measures.gait_events import LONGEST_STRIDE_S, GaitEvents
from imu_hip.measures.stride_rules import (
    USUAL_RULES,
    StrideRules,
    departs,
    recovers,
    turn_deg,
    usual_around,
)

USUAL_FROM = 200
"""A few hundred strides tell the usual curve as well as thousands do."""

LOST: Final = "samples were lost"
STOP: Final = "a stop"
TURN: Final = "a turn"
STUMBLE: Final = "a stumble"
UNEVEN: Final = "an uneven step"
UNLIKE: Final = "unlike the other strides"
OTHER_GAIT: Final = {False: "walking", True: "running"}
"""Reason of the strides of the other gait in a recording that holds both."""


@dataclass(frozen=True, slots=True, eq=False)
class Strides:
    """Strides of one leg as fractional sample positions, shape (m,), and why some are left out.

    Parameters
    ----------
    strike, end
        The foot strike that begins a stride and the next one of the same leg, which ends it.
    toe_off
        In between; NaN where it was not found.
    reason
        Empty where a stride counts.
    """

    strike: FloatArray
    toe_off: FloatArray
    end: FloatArray
    reason: tuple[str, ...]

    @property
    def counted(self) -> BoolArray:
        """Which strides count, shape (m,)."""
        return np.array([not reason for reason in self.reason], dtype=np.bool_)

    def without(self, which: BoolArray, reason: str) -> "Strides":
        """The same strides with some more left out; those left out before keep their reason."""
        pairs = zip(self.reason, which.tolist(), strict=True)
        return replace(self, reason=tuple(own or (reason if out else "") for own, out in pairs))

    @classmethod
    def joined(cls, parts: Sequence["Strides"], starts: Sequence[int]) -> "Strides":
        """Strides of several parts of a recording, each counted from its own first sample."""

        def together(name: str) -> FloatArray:
            pairs = zip(parts, starts, strict=True)
            return np.concatenate([np.empty(0), *(getattr(part, name) + at for part, at in pairs)])

        return cls(
            strike=together("strike"),
            toe_off=together("toe_off"),
            end=together("end"),
            reason=tuple(reason for part in parts for reason in part.reason),
        )


def find_strides(
    events: GaitEvents,
    rotation_deg: FloatArray,
    heading: ComplexArray,
    sampling_rate_hz: float,
    rules: StrideRules = USUAL_RULES,
) -> Strides:
    """Strides from foot strike to foot strike, each with the reason if it does not count.

    Parameters
    ----------
    rotation_deg
        Femoral rotation, shape (n,), NaN where not measured.
    heading
        Heading of the leg as complex numbers, shape (n,).
    """
    if len(events.foot_strike) < 2:
        empty = np.empty(0)
        return Strides(empty, empty, empty, ())
    start, end = events.foot_strike[:-1], events.foot_strike[1:]
    duration_s = (end - start) / sampling_rate_hz
    usual_s = usual_around(duration_s)
    missing = part_marked(~np.isfinite(rotation_deg), start, end)
    stopped = duration_s > np.minimum(rules.longest_stop * usual_s, LONGEST_STRIDE_S)
    # A foot strike that falls into a hole is not seen, and two strides look like a stop.
    lost = (missing > rules.largest_lost) | (stopped & (missing > 0))
    turned = np.abs(turn_deg(heading, start, end)) > rules.largest_turn_deg
    swing_dps = events.swing_dps[1:]
    uneven = departs(duration_s, usual_s, rules.stride_time)
    uneven |= departs(swing_dps, usual_around(swing_dps), rules.swing)
    reason = np.select(
        [lost, stopped, turned, uneven & recovers(uneven | stopped), uneven],
        [LOST, STOP, TURN, STUMBLE, UNEVEN],
        default="",
    )
    strides = Strides(start, events.toe_off, end, tuple(reason.tolist()))
    return strides.without(_unlike(rotation_deg, strides, rules), UNLIKE)


def part_marked(marked: BoolArray, strike: FloatArray, end: FloatArray) -> FloatArray:
    """Part of the samples of each stride that is marked, shape (m,), from a mask of shape (n,)."""
    total = np.concatenate(([0], np.cumsum(marked)))
    first = np.floor(strike).astype(np.intp)
    after = np.minimum(np.ceil(end).astype(np.intp) + 1, len(marked))
    part: FloatArray = (total[after] - total[first]) / (after - first)
    return part


def _unlike(rotation_deg: FloatArray, strides: Strides, rules: StrideRules) -> BoolArray:
    unlike = np.zeros(len(strides.strike), dtype=np.bool_)
    use = np.flatnonzero(strides.counted)
    if len(use) < 3:
        return unlike
    # Every 4 % shows what differs: nothing in a rotation is faster than 6 Hz.
    curves = raw_curves(bridged(rotation_deg), strides.strike[use], strides.end[use], points=26)
    curves -= curves.mean(axis=1, keepdims=True)
    usual = np.median(curves[:: max(len(curves) // USUAL_FROM, 1)], axis=0)
    away = np.sqrt(np.mean((curves - usual) ** 2, axis=1))
    unlike[use] = away > max(rules.unlike * float(np.median(away)), rules.unlike_floor_deg)
    return unlike


def raw_curves(
    angle_deg: FloatArray,
    strike: FloatArray | IntArray,
    end: FloatArray | IntArray,
    points: int = 101,
) -> FloatArray:
    """Each stride at even `points` from 0 to 100 %, shape (m, points)."""
    part = np.linspace(0.0, 1.0, points)
    position = strike[:, None] + (end - strike)[:, None] * part
    before = np.minimum(position.astype(np.intp), len(angle_deg) - 2)
    fraction = position - before
    curves: FloatArray = (1.0 - fraction) * angle_deg[before] + fraction * angle_deg[before + 1]
    return curves


def normalised_curves(
    angle_deg: FloatArray, strike: FloatArray | IntArray, end: FloatArray | IntArray
) -> FloatArray:
    """Each stride at 0 to 100 % with its own mean removed, shape (m, 101)."""
    curves = raw_curves(angle_deg, strike, end)
    centred: FloatArray = curves - curves.mean(axis=1, keepdims=True)
    return centred
