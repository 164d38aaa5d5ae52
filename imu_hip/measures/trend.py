"""How one range changes over weeks, and whether that can be told from chance."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.comparison import exceeds
from imu_hip.measures.uncertainty import DIFFERENCE_FACTOR

FEWEST_DAYS = 3
SHORTEST_SPAN_DAYS = 7.0
"""Stretching gains more than the measurement error in weeks, not in days."""

DAYS_A_WEEK = 7.0


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through the values of several days.

    Parameters
    ----------
    slope_deg_per_week, low_deg_per_week, high_deg_per_week
        Slope and its 95 % interval.
    start_deg
        The line on the first day.
    span_days
        From the first to the last day.
    mdc95_deg
        Smallest change between two days that can be told.
    """

    slope_deg_per_week: float
    low_deg_per_week: float
    high_deg_per_week: float
    start_deg: float
    span_days: float
    mdc95_deg: float

    @property
    def change_deg(self) -> float:
        """Change of the line from the first day to the last."""
        return self.slope_deg_per_week * self.span_days / DAYS_A_WEEK

    @property
    def steady(self) -> bool:
        """Whether the interval of the slope leaves out zero."""
        return self.low_deg_per_week > 0.0 or self.high_deg_per_week < 0.0

    @property
    def measurable(self) -> bool:
        """Whether the change exceeds the measurement error and its direction is sure."""
        return self.steady and exceeds(self.change_deg, self.mdc95_deg)


def fit_trend(time_days: FloatArray, value_deg: FloatArray, mdc95_deg: float) -> Trend | None:
    """Fit a line by least squares; None where three days over a week are not there.

    Parameters
    ----------
    time_days, value_deg
        Shape (n,): when, a day beginning at each whole number, and what was measured; several
        values of one day count as they are.
    mdc95_deg
        Smallest change between two days that can be told.

    Notes
    -----
    Few points say little of their own scatter, so the error of one value is the larger of what
    they scatter about the line and the published error between days, MDC95 / (1.96 √2).
    """
    if len(np.unique(np.floor(time_days))) < FEWEST_DAYS:
        return None
    span_days = float(np.ptp(time_days))
    if span_days < SHORTEST_SPAN_DAYS:
        return None
    centred = time_days - time_days.mean()
    square_sum = float(np.sum(centred**2))
    slope = float(np.sum(centred * value_deg)) / square_sum
    rest = value_deg - value_deg.mean() - slope * centred
    scatter_deg = float(np.sqrt(np.sum(rest**2) / (len(rest) - 2)))
    # Plain numbers: comparisons of numpy's own give truth values that JSON does not know.
    error_deg = max(scatter_deg, mdc95_deg / float(DIFFERENCE_FACTOR))
    half = 1.96 * error_deg / float(np.sqrt(square_sum))
    return Trend(
        slope_deg_per_week=DAYS_A_WEEK * slope,
        low_deg_per_week=DAYS_A_WEEK * (slope - half),
        high_deg_per_week=DAYS_A_WEEK * (slope + half),
        start_deg=float(value_deg.mean() + slope * (time_days.min() - time_days.mean())),
        span_days=span_days,
        mdc95_deg=mdc95_deg,
    )
