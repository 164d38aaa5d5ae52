"""How far two methods agree: bias and limits of agreement, with their intervals."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray

FEWEST_PAIRS = 3
LIMIT_FACTOR = 1.96
"""95 % of normally distributed differences lie within this many standard deviations."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Bland and Altman's limits of agreement; all but `pairs` in the unit of the differences."""

    pairs: int
    bias: Interval
    sd: float
    lower: Interval
    upper: Interval


def limits_of_agreement(differences: FloatArray, effective: float | None = None) -> Agreement:
    """Bias and limits of agreement of paired differences.

    Parameters
    ----------
    differences
        Shape (n,): one method minus the other, one value for each pair.
    effective
        How many independent pairs the differences are worth, at most n; n where they are
        independent.

    Raises
    ------
    ValueError
        Where there are fewer than three independent differences or one is not finite.

    Notes
    -----
    Bland and Altman, Lancet 327 (1986) 307-310; the interval of a limit after their Stat. Methods
    Med. Res. 8 (1999) 135-160: its variance is sd² (1/n + 1.96² / (2 (n - 1))). Where the pairs are
    worth fewer, sd² is their mean square deviation by (1 - 1/effective): they lie closer to their
    own mean than to the true one (G. V. Bayley and J. M. Hammersley, Suppl. J. R. Stat. Soc. 8
    (1946) 184-197).
    """
    from scipy.stats import t  # noqa: PLC0415

    pairs = len(differences)
    n = pairs if effective is None else min(effective, pairs)
    if n < FEWEST_PAIRS or not np.isfinite(differences).all():
        raise ValueError(f"limits of agreement need {FEWEST_PAIRS} finite differences or more")
    bias = float(np.mean(differences))
    sd = float(np.std(differences) / np.sqrt(1.0 - 1.0 / n))
    quantile = float(t.ppf(0.975, n - 1))
    of_bias = quantile * sd / np.sqrt(n)
    # A limit is less sure than the bias: it adds the uncertainty of the spread.
    of_limit = quantile * sd * np.sqrt(1.0 / n + LIMIT_FACTOR**2 / (2.0 * (n - 1)))
    return Agreement(
        pairs,
        _around(bias, of_bias),
        sd,
        _around(bias - LIMIT_FACTOR * sd, of_limit),
        _around(bias + LIMIT_FACTOR * sd, of_limit),
    )


def _around(value: float, half_width: float) -> Interval:
    return Interval(value, value - float(half_width), value + float(half_width))
