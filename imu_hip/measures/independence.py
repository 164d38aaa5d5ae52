"""What values that resemble their neighbours are worth: intervals and effective numbers."""

from collections.abc import Callable

import numpy as np

from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.windows import likeness
from imu_hip.measures.agreement import Interval

PARTS = 20
SHORTEST_PART_S = 1.0
"""A part is about a stride or longer, so that the errors of two parts have little in common."""

FEWEST_PARTS = 4
"""With fewer parts a spread between them says nothing."""


def effective_number(values: FloatArray) -> float:
    """How many independent values a series is worth for its mean, at most its length.

    Notes
    -----
    n over one plus twice the sum of the autocorrelation, summed over pairs of lags until a pair is
    negative (C. J. Geyer, Stat. Sci. 7 (1992) 473-483).

    Parameters
    ----------
    values
        Shape (n,), finite, in order.
    """
    n = len(values)
    centred = values - np.mean(values)
    alike = likeness(centred[:, None])
    if n < 4 or alike[0] <= 1e-12 * max(float(np.mean(values**2)), 1e-300):
        return float(n)
    # Weighted so that long lags, of which few products are known, count little.
    rho = alike / alike[0] * (1.0 - np.arange(n) / n)
    pairs = rho[: 2 * (n // 2)].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs <= 0.0)
    # Beyond that the autocorrelation is noise, whose sum would be anything.
    last = int(negative[0]) if len(negative) else len(pairs)
    inflation = 2.0 * float(pairs[:last].sum()) - 1.0
    # Differences that alternate would be worth more than their number; nobody should claim it.
    return float(n / max(inflation, 1.0))


def left_out_parts(time_s: FloatArray) -> list[BoolArray]:
    """What is left of the samples when each part is left out; none where there are too few.

    Parameters
    ----------
    time_s
        Times of the samples, shape (n,), rising.
    """
    edges = np.diff(time_s, append=time_s[-1] + float(np.median(np.diff(time_s))))
    # A gap of any length adds no more than one part to what was measured.
    measured_s = float(np.sum(np.minimum(edges, SHORTEST_PART_S)))
    parts = int(min(measured_s / SHORTEST_PART_S, PARTS))
    if parts < FEWEST_PARTS:
        return []
    part = np.arange(len(time_s)) * parts // len(time_s)
    return [part != k for k in range(parts)]


def jackknifed(measure: Callable[[BoolArray | slice], float], parts: list[BoolArray]) -> Interval:
    """A measure with its 95 % interval by the jackknife over parts of a recording.

    Parameters
    ----------
    measure
        Computes the value from the samples that it is given.
    parts
        Of `left_out_parts`; without any the ends of the interval are NaN.
    """
    value = float(measure(slice(None)))
    if not parts:
        return Interval(value, np.nan, np.nan)
    half = jackknife_half_width(np.array([measure(kept) for kept in parts]))
    return Interval(value, value - half, value + half)


def jackknife_half_width(without: FloatArray) -> float:
    """Half of the 95 % interval of a value, from what it is when each part is left out.

    Parameters
    ----------
    without
        Shape (parts,).

    Notes
    -----
    B. Efron and C. Stein, Ann. Stat. 9 (1981) 586-596.
    """
    from scipy.stats import t  # noqa: PLC0415 - takes a third of a second to import

    k = len(without)
    error = np.sqrt((k - 1) / k * np.sum((without - without.mean()) ** 2))
    return float(t.ppf(0.975, k - 1) * error)
