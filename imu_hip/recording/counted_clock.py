"""Times for the samples of a sensor without a clock, from their count and their arrivals."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, IntArray
from imu_hip.recording.clocks import ClockArrivals, fit_clock

LARGEST_RATE_ERROR = 0.03
"""Such sensors time their samples with less than a crystal."""

BLOCK_S = 1.0
"""The soonest of the packets of so long a time waited little."""

AHEAD_BLOCKS = 3
"""Bursts may end one block or two; where three in a row are late, something was lost."""

LAG_BLOCKS = 5
"""Most spans of so many blocks must be without loss for the period to be found."""

LOSS = 0.6
"""A lasting delay of more than this part of a period is a lost sample: waits for connection
events change by less, as long as the interval is not a multiple of the period."""

PASSES = 3


@dataclass(frozen=True, slots=True, eq=False)
class CountedFit:
    """Host times of counted samples.

    Parameters
    ----------
    time_s
        Host time of each sample that arrived, shape (n,), strictly increasing.
    lost
        Estimated number of samples that never arrived.
    period_s
        Estimated sample period.
    standard_error_s
        Standard uncertainty of the times. Where samples were lost it holds half a period and the
        spread of the shortest delays, since how many were lost, and which, is a guess.
    """

    time_s: FloatArray
    lost: int
    period_s: float
    standard_error_s: float


def fit_counted(index: IntArray, arrival_s: FloatArray, nominal_rate_hz: float) -> CountedFit:
    """Fit counted samples to the host's clock.

    A lost sample delays all that follow for good, a late burst does not: after it the packets
    arrive as soon as before. Of samples lost in the last seconds,
    or in a recording of few seconds, nothing is seen.

    Parameters
    ----------
    index
        Running count of the samples that arrived, shape (n,), increasing.
    arrival_s
        Their arrival times, shape (n,).
    nominal_rate_hz
        The rate that was asked for; the true one may differ by 3 %.

    Raises
    ------
    ValueError
        Without samples, or where the count does not increase.
    """
    if len(index) == 0 or np.any(np.diff(index) <= 0):
        raise ValueError("the count of samples must increase")
    counted = (index - index[0]).astype(np.float64)
    starts = _blocks(arrival_s)
    period_s = _period(counted, arrival_s, starts, 1.0 / nominal_rate_hz, LAG_BLOCKS)
    lost = np.zeros(len(index))
    # A wrong period looks like losses, and losses like a wrong period; each pass parts them more.
    # In a shorter time the rate is not found, and a slow sensor would seem to lose samples.
    for _ in range(PASSES if len(starts) > LAG_BLOCKS else 0):
        lost = _lost_before(counted, arrival_s, starts, period_s)
        period_s = _period(counted + lost, arrival_s, starts, period_s, max(1, len(starts) // 2))
    sensor_s = (counted + lost) * period_s
    fit = fit_clock(ClockArrivals(sensor_s, arrival_s))
    time_s = fit.host_s(sensor_s)
    low_s = np.minimum.reduceat(arrival_s - time_s, starts)
    guessed_s = np.hypot(period_s / 2, np.median(np.abs(low_s - np.median(low_s))))
    return CountedFit(
        time_s,
        lost=int(lost[-1]),
        period_s=period_s / (1.0 + 1e-6 * fit.rate_ppm),
        standard_error_s=float(np.hypot(fit.standard_error_s, guessed_s if lost[-1] else 0.0)),
    )


def _blocks(arrival_s: FloatArray) -> IntArray:
    number = np.floor((arrival_s - arrival_s[0]) / BLOCK_S)
    return np.flatnonzero(np.concatenate(([True], np.diff(number) > 0)))


def _soonest(
    counted: FloatArray, arrival_s: FloatArray, starts: IntArray, period_s: float
) -> FloatArray:
    """Delay of the soonest packet from each block on, which outlives a late burst."""
    low_s = np.minimum.reduceat(arrival_s - counted * period_s, starts)
    ahead_s = np.append(low_s, np.full(AHEAD_BLOCKS - 1, np.inf))
    windows_s = np.lib.stride_tricks.sliding_window_view(ahead_s, AHEAD_BLOCKS)
    soonest: FloatArray = windows_s.min(axis=1)
    return soonest


def _period(
    position: FloatArray, arrival_s: FloatArray, starts: IntArray, period_s: float, lag: int
) -> float:
    """The period that keeps the soonest packets of blocks `lag` apart at one delay, mostly."""
    if len(starts) <= LAG_BLOCKS:
        return period_s
    low_s = _soonest(position, arrival_s, starts, period_s)
    apart = position[starts[lag:]] - position[starts[:-lag]]
    error_s = float(np.median((low_s[lag:] - low_s[:-lag]) / apart))
    reach_s = LARGEST_RATE_ERROR * period_s
    return period_s + min(max(error_s, -reach_s), reach_s)


def _lost_before(
    counted: FloatArray, arrival_s: FloatArray, starts: IntArray, period_s: float
) -> FloatArray:
    """How many samples were lost before each, shape (n,)."""
    delay_s = arrival_s - counted * period_s
    low_s = _soonest(counted, arrival_s, starts, period_s).tolist()
    lost = np.zeros(len(counted))
    level_s = low_s[0]
    for block in range(1, len(low_s) - AHEAD_BLOCKS + 1):
        missing = round((low_s[block] - level_s) / period_s)
        if missing >= 1 and low_s[block] - level_s >= LOSS * period_s:
            # From the loss on every packet is late, so that the last soon one came before it.
            before_s = delay_s[: starts[block]][starts[block - 1] :]
            soon = np.flatnonzero(before_s < level_s + LOSS * missing * period_s)
            lost[starts[block - 1] + (soon[-1] + 1 if len(soon) else 0) :] += missing
            level_s += missing * period_s
        level_s = min(level_s + 0.1 * (low_s[block] - level_s), low_s[block])
    return lost
