"""The nominal sampling rate behind a row of time stamps."""

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray

WHOLE_HZ_TOLERANCE = 0.01
"""Written time stamps are rounded, 0.00833 s for 120 Hz; closer than this a whole rate is meant."""

PERIOD_TOLERANCE = 0.15
REGULAR_PART = 0.95


def sampling_rate_hz(time_s: FloatArray) -> float:
    """Estimate the nominal rate from the median step, also where most samples were lost.

    Where half of the samples are lost the median step spans two or three periods; then nearly all
    steps are whole multiples of a half or a third of it.

    Parameters
    ----------
    time_s
        Time stamps, shape (n,).

    Returns
    -------
    float
        In Hz, NaN where no two time stamps are in order.
    """
    steps = np.diff(time_s)
    steps = steps[steps > 0]
    if not len(steps):
        return float("nan")
    median = float(np.median(steps))
    period = median
    for parts in (1, 2, 3):
        multiples = steps * parts / median
        whole = np.abs(multiples - np.round(multiples)) < PERIOD_TOLERANCE
        if np.mean(whole & (multiples > 0.5)) >= REGULAR_PART:
            period = median / parts
            break
    multiples = np.round(steps / period)
    near = (multiples >= 1) & (multiples <= 3)
    rate_hz = float(np.sum(multiples[near]) / np.sum(steps[near]))
    return snapped(rate_hz)


def snapped(rate_hz: float) -> float:
    """The whole number of Hz within 1 % of a rate, else the rate itself."""
    whole = round(rate_hz)
    near = whole > 0 and abs(rate_hz - whole) <= WHOLE_HZ_TOLERANCE * whole
    return float(whole) if near else rate_hz
