"""How well a measure tells people apart: the intraclass correlation of people by sessions."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.agreement import Interval
from imu_hip.measures.reliability import HIGH


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Two-way analysis of variance of `people` by `sessions` with one value in each cell."""

    people: int
    sessions: int
    between_people: float
    between_sessions: float
    error: float

    @property
    def degrees_of_freedom(self) -> int:
        """Those of the error."""
        return (self.people - 1) * (self.sessions - 1)


def mean_squares(table: FloatArray) -> MeanSquares:
    """Two-way analysis of variance without replication.

    Parameters
    ----------
    table
        Shape (people, sessions), two or more of each.

    Raises
    ------
    ValueError
        Where it is smaller, or a value is not finite.
    """
    if table.ndim != 2 or min(table.shape) < 2 or not np.isfinite(table).all():
        raise ValueError("a table of two people and two sessions or more is needed, without gaps")
    n, k = table.shape
    people, sessions = table.mean(axis=1), table.mean(axis=0)
    mean = table.mean()
    rest = table - people[:, None] - sessions[None, :] + mean
    return MeanSquares(
        people=n,
        sessions=k,
        between_people=float(k * np.sum((people - mean) ** 2) / (n - 1)),
        between_sessions=float(n * np.sum((sessions - mean) ** 2) / (k - 1)),
        error=float(np.sum(rest**2) / ((n - 1) * (k - 1))),
    )


def icc_2_1(found: MeanSquares) -> Interval | None:
    """Agreement of single values: ICC(2,1), also written ICC(A,1); None where nothing varies.

    Notes
    -----
    Shrout and Fleiss, Psychol. Bull. 86 (1979) 420-428; the interval with Satterthwaite's degrees
    of freedom after McGraw and Wong, Psychol. Methods 1 (1996) 30-46, table 7.
    """
    from scipy.stats import f  # noqa: PLC0415

    n, k = found.people, found.sessions
    msr, msc, mse = found.between_people, found.between_sessions, found.error
    total = msr + (k - 1) * mse + k * (msc - mse) / n
    # Without any spread the ratio says nothing.
    if total <= 0.0:
        return None
    icc = (msr - mse) / total
    of_sessions = k * icc * msc
    of_error = (n * (1.0 - icc) + k * icc * (n - 1)) * mse
    # Sessions that never differ leave no error, so nothing is uncertain.
    if of_sessions == of_error == 0.0:
        return Interval(icc, icc, icc)
    freedom = (
        (n - 1) * (k - 1) * (of_sessions + of_error) ** 2
        / ((n - 1) * of_sessions**2 + of_error**2)
    )  # fmt: skip
    above, below = f.ppf(HIGH, n - 1, freedom), f.ppf(HIGH, freedom, n - 1)
    others = k * msc + (k * n - k - n) * mse
    low = n * (msr - above * mse) / (above * others + n * msr)
    high = n * (below * msr - mse) / (others + n * below * msr)
    return Interval(icc, float(low), float(high))


def icc_3_k(found: MeanSquares) -> Interval | None:
    """Consistency of the mean of all sessions: ICC(3,k), also ICC(C,k); None where nothing varies.

    Notes
    -----
    Shrout and Fleiss (1979), which is Cronbach's alpha; the interval after McGraw and Wong (1996).
    """
    from scipy.stats import f  # noqa: PLC0415

    msr, mse = found.between_people, found.error
    if msr == 0.0:
        return None
    n_free, freedom = found.people - 1, found.degrees_of_freedom
    ratio = mse / msr
    low = 1.0 - ratio * f.ppf(HIGH, n_free, freedom)
    high = 1.0 - ratio / f.ppf(HIGH, freedom, n_free)
    return Interval(1.0 - ratio, float(low), float(high))
