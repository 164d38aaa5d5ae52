"""What makes a stride one that does not count, and how each is seen."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.heading import ComplexArray
from imu_hip.kinematics.quaternion import BoolArray, FloatArray

NEIGHBOURS = 21
"""A stride is compared with some twenty around it, because nobody keeps one pace for an hour."""

SPREAD = 5.0
"""Median absolute deviations that are still usual: 3.4 standard deviations."""

HEADINGS_A_STRIDE = 20
"""Ten of them make the mean heading about a foot strike, which needs no more."""


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
    stride_time
        Smallest and largest limit, as parts of the usual stride time, by which a stride may
        differ; between them it is what is usual for this person. Healthy strides vary by 1 to 3 %.
    swing
        The same for the speed of the shin's swing, which varies by some 5 %.
    unlike, unlike_floor_deg
        A stride is left out where its curve is further from the usual one (RMS) than this many
        times the median, but never within the floor: two and a half times the standard deviation
        of 1.2° between one runner's strides.
    """

    largest_lost: float = 0.2
    largest_turn_deg: float = 25.0
    longest_stop: float = 1.6
    stride_time: tuple[float, float] = (0.1, 0.25)
    swing: tuple[float, float] = (0.2, 0.4)
    unlike: float = 3.0
    unlike_floor_deg: float = 3.0


USUAL_RULES = StrideRules()


def usual_around(values: FloatArray) -> FloatArray:
    """Median of the strides around each one, shape (m,)."""
    if len(values) <= NEIGHBOURS:
        return np.full(len(values), np.median(values))
    padded = np.pad(values, NEIGHBOURS // 2, mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, NEIGHBOURS)
    usual: FloatArray = np.median(around, axis=1)
    return usual


def departs(values: FloatArray, usual: FloatArray, limits: tuple[float, float]) -> BoolArray:
    """Which strides differ by more than is usual, within the smallest and largest limit."""
    away = np.abs(values / usual - 1.0)
    odd: BoolArray = away > np.clip(SPREAD * np.median(away), *limits)
    return odd


def recovers(odd: BoolArray) -> BoolArray:
    """Where one or two odd strides stand between two good ones on each side, shape (m,)."""
    edge = np.ones(3, dtype=np.bool_)
    padded = np.concatenate((edge, odd, edge))
    calm = ~padded[1:] & ~padded[:-1]
    n = len(odd)
    # Both neighbours are calm, or the departing stride has one partner on either side.
    before, after = calm[1 : n + 1], calm[4 : n + 4]
    later_after, earlier_before = calm[5 : n + 5], calm[:n]
    alone = before & after
    pair = (before & later_after) | (earlier_before & after)
    isolated: BoolArray = odd & (alone | pair)
    return isolated


def turn_deg(heading: ComplexArray, start: FloatArray, end: FloatArray) -> FloatArray:
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
