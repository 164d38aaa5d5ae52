"""Means of groups of people and the difference of two, with their 95 % intervals."""

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.agreement import Interval

FEWEST = 3
"""Two people leave a mean open by nine times the distance between them, which says nothing."""


def mean_of(values: FloatArray) -> Interval:
    """Mean of independent values, shape (n,), with Student's interval.

    The interval is NaN for fewer than three values.
    """
    mean, n = float(np.mean(values)), len(values)
    if n < FEWEST:
        return Interval(mean, np.nan, np.nan)
    half = _quantile(n - 1.0) * float(np.std(values, ddof=1)) / np.sqrt(n)
    return Interval(mean, float(mean - half), float(mean + half))


def difference_of_means(values: FloatArray, reference: FloatArray) -> Interval:
    """Mean of one group minus that of another, shapes (n,) and (m,).

    Notes
    -----
    B. L. Welch, Biometrika 34 (1947) 28-35: the groups may spread differently. The interval is NaN
    where a group has fewer than three values.
    """
    difference = float(np.mean(values) - np.mean(reference))
    if min(len(values), len(reference)) < FEWEST:
        return Interval(difference, np.nan, np.nan)
    parts = [float(np.var(v, ddof=1)) / len(v) for v in (values, reference)]
    variance = sum(parts)
    # Otherwise the degrees of freedom would be zero divided by zero.
    if variance == 0.0:
        return Interval(difference, difference, difference)
    sizes = (len(values), len(reference))
    freedom = variance**2 / sum(p**2 / (n - 1) for p, n in zip(parts, sizes, strict=True))
    half = _quantile(freedom) * float(np.sqrt(variance))
    return Interval(difference, difference - half, difference + half)


def _quantile(freedom: float) -> float:
    from scipy.stats import t  # noqa: PLC0415

    return float(t.ppf(0.975, freedom))
