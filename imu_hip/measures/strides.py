"""Strides of walking and running, and which of them count."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from imu_hip.kinematics.heading import ComplexArray
from imu_hip.kinematics.quaternion import BoolArray, FloatArray, IntArray
from imu_hip.measures.gait_events import LONGEST_STRIDE_S, GaitEvents

USUAL_FROM = 200
"""A few hundred strides tell the usual curve as well as thousands do."""

NEIGHBOURS = 21
"""A stride is compared with some twenty around it, because nobody keeps one pace for an hour."""

HEADINGS_A_STRIDE = 20
"""Ten of them make the mean heading about a foot strike, which needs no more."""

LOST: Final = "samples were lost"
STOP: Final = "a stop"
TURN: Final = "a turn"
STUMBLE: Final = "a stumble"
UNEVEN: Final = "an uneven step"
UNLIKE: Final = "unlike the other strides"
OTHER_GAIT: Final = {False: "walking", True: "running"}
"""Reason of the strides of the other gait in a recording that holds both."""


@dataclass(frozen=True, slots=True)
class StrideRules:
    """Which strides count.

    Parameters
    ----------
    largest_lost
        Part of a stride that may be missing. A straight line across a fifth of a real stride errs
        by 0.3 to 0.9° (RMS over the stride), less than the 1.2° by which one runner's strides
        differ.
    largest_turn_deg
        Turning of the body from foot strike to foot strike. Straight gait turns by up to 6°, a
        running track by 3° a stride.
    longest_stop
        Times the usual stride time, above which the person stopped.
    stride_time_from, stride_time_to
        Smallest and largest part of the usual stride time by which a stride may differ; between
        them the limit is `spread` times what is usual. Healthy strides vary by 1 to 3 %.
    swing_from, swing_to
        The same for the speed of the shin's swing, which varies by some 5 %.
    spread
        In median absolute deviations; 5 are 3.4 standard deviations.
    unlike, unlike_floor_deg
        A stride is left out where its curve is further from the usual one (RMS) than this many
        times the median, but never within the floor: two and a half times the standard deviation
        of 1.2° between one runner's strides.
    """

    largest_lost: float = 0.2
    largest_turn_deg: float = 25.0
    longest_stop: float = 1.6
    stride_time_from: float = 0.1
    stride_time_to: float = 0.25
    swing_from: float = 0.2
    swing_to: float = 0.4
    spread: float = 5.0
    unlike: float = 3.0
    unlike_floor_deg: float = 3.0


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
    rules: StrideRules = StrideRules(),
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
    usual_s = _usual(duration_s)
    missing = _missing(rotation_deg, start, end)
    stopped = duration_s > np.minimum(rules.longest_stop * usual_s, LONGEST_STRIDE_S)
    # A foot strike that falls into a hole is not seen, and two strides look like a stop.
    lost = (missing > rules.largest_lost) | (stopped & (missing > 0))
    turned = np.abs(_turn_deg(heading, start, end)) > rules.largest_turn_deg
    swing_dps = events.swing_dps[1:]
    uneven = _departs(duration_s, usual_s, rules.stride_time_from, rules.stride_time_to, rules)
    uneven |= _departs(swing_dps, _usual(swing_dps), rules.swing_from, rules.swing_to, rules)
    reason = np.select(
        [lost, stopped, turned, uneven & _recovers(uneven | stopped), uneven],
        [LOST, STOP, TURN, STUMBLE, UNEVEN],
        default="",
    )
    strides = Strides(start, events.toe_off, end, tuple(reason.tolist()))
    return strides.without(_unlike(rotation_deg, strides, rules), UNLIKE)


def bridged(angle_deg: FloatArray) -> FloatArray:
    """An angle with its holes bridged by straight lines, shape (n,).

    For use inside of strides that count, where holes are short.
    """
    if np.isfinite(np.sum(angle_deg)):
        return angle_deg
    known = np.isfinite(angle_deg)
    if not known.any():
        return angle_deg
    at = np.flatnonzero(known)
    filled: FloatArray = np.interp(np.arange(len(angle_deg)), at, angle_deg[at])
    return filled


def _missing(rotation_deg: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """Part of each stride that was not measured, shape (m,)."""
    if np.isfinite(np.sum(rotation_deg)):
        return np.zeros(len(start))
    total = np.concatenate(([0], np.cumsum(~np.isfinite(rotation_deg))))
    first = np.floor(start).astype(np.intp)
    after = np.minimum(np.ceil(end).astype(np.intp) + 1, len(rotation_deg))
    missing: FloatArray = (total[after] - total[first]) / (after - first)
    return missing


def _usual(values: FloatArray) -> FloatArray:
    """Median of the strides around each one, shape (m,)."""
    if len(values) <= NEIGHBOURS:
        return np.full(len(values), np.median(values))
    padded = np.pad(values, NEIGHBOURS // 2, mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, NEIGHBOURS)
    usual: FloatArray = np.median(around, axis=1)
    return usual


def _departs(
    values: FloatArray, usual: FloatArray, smallest: float, largest: float, rules: StrideRules
) -> BoolArray:
    away = np.abs(values / usual - 1.0)
    limit = np.clip(rules.spread * np.median(away), smallest, largest)
    departs: BoolArray = away > limit
    return departs


def _recovers(departs: BoolArray) -> BoolArray:
    """Where one or two strides depart between two on each side that do not, shape (m,)."""
    edge = np.ones(3, dtype=np.bool_)
    padded = np.concatenate((edge, departs, edge))
    calm = ~padded[1:] & ~padded[:-1]
    n = len(departs)
    # Both neighbours are calm, or the departing stride has one partner on either side.
    before, after = calm[1 : n + 1], calm[4 : n + 4]
    later_after, earlier_before = calm[5 : n + 5], calm[:n]
    alone = before & after
    pair = (before & later_after) | (earlier_before & after)
    recovers: BoolArray = departs & (alone | pair)
    return recovers


def _turn_deg(heading: ComplexArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """Change of heading from a stride's foot strike to its end, shape (m,).

    The heading at a foot strike is the mean over a quarter of the stride before and after, the
    same part of the movement at both ends, so that what the leg does within a stride cancels.
    """
    every = max(int(np.median(end - start)) // HEADINGS_A_STRIDE, 1)
    total: ComplexArray = np.concatenate(([0j], np.cumsum(np.nan_to_num(heading[::every]))))
    positions = every * (np.arange(len(total)) - 0.5)
    reach = 0.25 * (end - start)

    def around(position: FloatArray) -> ComplexArray:
        # The sum up to a sample reaches to the middle between it and the next one.
        after, before = (
            np.interp(position + side * reach, positions, total) for side in (1.0, -1.0)
        )
        mean: ComplexArray = after - before
        return mean

    turn: FloatArray = np.rad2deg(np.angle(around(end) * np.conj(around(start))))
    return turn


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
