"""What the knee does through a stride: tells running from walking, and both from other rhythms."""

import numpy as np

from imu_hip.kinematics.quaternion import BoolArray, FloatArray

PARTS = 50
"""Points of a stride at which its knee is looked at, every 2 %."""

LATE_STANCE = slice(12, 23)
"""From 24 to 44 % of the stride the loaded knee is at its straightest, walking or running."""

BENT_AT_OPPOSITE_STRIKE = 0.27
"""Part of the knee's range that it has bent from its straightest in late stance by half a stride,
when the other foot strikes. A walker's foot is still on the ground then, and a knee of 60 to 70°
has bent by 5 to 12°; a runner's leg is in the air and has bent by 25° and more. The limit is in
the middle of 0.10 to 0.19 in walking and 0.34 to 0.48 in running, slow jogging included."""

ALIKE_STRIDES = 5
"""Nobody walks and runs stride by stride: a stride is taken for what most of these five are."""

SMALLEST_KNEE_DEG = 25.0
"""A knee that bends by less in a whole stride neither walks nor runs; stiff walking takes 30°."""

SMALLEST_THIGH_DEG = 10.0
"""A thigh that swings by less makes no step: slow walking takes 17° and more, and
kicking while sitting next to nothing."""

SMALLEST_DOUBLE_BEND = 0.3
"""Second over first harmonic of knee flexion. Gait bends the knee twice in a stride or once and
briefly, which gives 0.5 to 0.9; pedalling bends it in one smooth wave."""

SLOWER_WALK = 1.08
"""Who changes from running to walking takes longer strides, by a quarter as a rule. Where they
stay as long, the knee only looked odd, as when the clocks of two sensors run apart."""

LARGEST_CHANGE = 0.2
"""Part of a stride time by which usual strides differ at most from the one before."""

LARGEST_LIMP = 0.2
"""Feet strike half a stride apart; the strongest limp makes 30 and 70 % of it."""


def stride_angles_deg(
    rate_dps: FloatArray, strike: FloatArray, end: FloatArray, sampling_rate_hz: float
) -> FloatArray:
    """How an angle changes through each stride, shape (m, PARTS + 1), from its rate, shape (n,).

    Each stride starts and ends at 0, so that an offset of the rate does not matter.
    """
    angle_deg = integral(rate_dps) / sampling_rate_hz
    part = np.arange(PARTS + 1) / PARTS
    position = strike[:, None] + (end - strike)[:, None] * part
    curves = np.interp(position, np.arange(len(angle_deg), dtype=np.float64), angle_deg)
    curves -= curves[:, :1]
    level: FloatArray = curves - curves[:, -1:] * part
    return level


def integral(rate: FloatArray) -> FloatArray:
    """Sum of a rate from the first sample on by trapezoids, shape (n,)."""
    # A plain sum would be half a sample late.
    total: FloatArray = np.cumsum(rate) - 0.5 * rate
    return total


def running_strides(knee_deg: FloatArray, duration: FloatArray) -> BoolArray:
    """Which strides are running, shape (m,).

    Running is told from walking by what defines it: whether the leg has left the ground by the
    time that the other foot strikes, half a stride after its own strike.

    Parameters
    ----------
    knee_deg
        From `stride_angles_deg`.
    duration
        Of each stride, in any unit, shape (m,).
    """
    if not len(knee_deg):
        return np.zeros(0, dtype=np.bool_)
    straightest = knee_deg[:, LATE_STANCE].min(axis=1)
    bent = knee_deg[:, PARTS // 2] - straightest
    swings = bent / np.maximum(np.ptp(knee_deg, axis=1), 1e-9)
    around = ALIKE_STRIDES // 2
    padded = np.pad(swings, around, mode="reflect" if len(swings) > around else "edge")
    usual = np.median(np.lib.stride_tricks.sliding_window_view(padded, ALIKE_STRIDES), axis=1)
    running: BoolArray = usual > BENT_AT_OPPOSITE_STRIKE
    if running.any() and not running.all():
        walked, run = np.median(duration[~running]), np.median(duration[running])
        if walked < SLOWER_WALK * run:
            running[:] = np.mean(running) > 0.5
    return running


def moves_like_gait(knee_deg: FloatArray, thigh_deg: FloatArray) -> bool:
    """Whether knee and thigh of some strides, shapes (m, PARTS + 1), move as in walking or running.

    Single strides may do anything; their medians are judged.
    """
    if not len(knee_deg):
        return False
    if np.median(np.ptp(thigh_deg, axis=1)) < SMALLEST_THIGH_DEG:
        return False
    usual = np.median(knee_deg[:, :-1], axis=0)
    first, second = np.abs(np.fft.rfft(usual)[1:3])
    bends_enough = float(np.ptp(usual)) >= SMALLEST_KNEE_DEG
    return bends_enough and bool(second >= SMALLEST_DOUBLE_BEND * first)


def regular(strike: FloatArray) -> bool:
    """Whether most strides take about as long as the one before.

    Healthy strides differ by 1 to 3 %, with many turns by 10 %.
    """
    duration = np.diff(strike)
    if len(duration) < 2:
        return True
    return bool(np.median(np.abs(np.diff(duration))) < LARGEST_CHANGE * np.median(duration))


def alternate(strike: FloatArray, other_strike: FloatArray) -> bool:
    """Whether one foot strikes about half-way between two strikes of the other one, mostly."""
    following = np.searchsorted(other_strike, strike)
    between = (following > 0) & (following < len(other_strike))
    if between.sum() < ALIKE_STRIDES:
        return True
    before, after = (other_strike[following[between] + step] for step in (-1, 0))
    phase = (strike[between] - before) / (after - before)
    return bool(np.mean(np.abs(phase - 0.5) < LARGEST_LIMP) > 0.5)
