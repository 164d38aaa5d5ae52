"""What one leg does in walking or running as single values, each with its uncertainty."""

from dataclasses import dataclass

import numpy as np

from imu_hip.measures.bootstrap import NORMAL_95
from imu_hip.measures.gait_comparison import method_mdc95
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.independence import effective_number
from imu_hip.measures.running import GaitTest
from imu_hip.measures.stride_statistics import StrideStatistic
from imu_hip.measures.uncertainty import DIFFERENCE_FACTOR

EVENT_ERROR_S = 0.02
"""Standard error of a foot strike or toe-off, the same in all strides of a leg: against force
plates the medians of five legs were 6 to 23 ms."""

MEDIAN_FACTOR = np.sqrt(0.5 * np.pi)
"""The standard error of a median is this many times that of a mean (normal distribution)."""


@dataclass(frozen=True, slots=True)
class GaitValue:
    """One quantity of one leg.

    Parameters
    ----------
    measure, unit
        A `GaitQuantity`, or `stride_time`, `cadence` or `stance`, and its unit.
    sem, mdc95
        Standard uncertainty of the value and the smallest difference of two such values that can
        be told from chance in 95 of 100 cases, both in `unit`.
    """

    measure: str
    value: float
    unit: str
    sem: float
    mdc95: float


def gait_values(test: GaitTest) -> tuple[GaitValue, ...]:
    """Rhythm and rotation of one leg; what was not found is left out.

    The uncertainty of a quantity joins the error of the method with that of the mean of the
    strides. The variability has only the latter: what sensors add to it is not known.
    """
    found = [*_rhythm(test), *(_quantity(test, one) for one in test.statistics.values())]
    return tuple(one for one in found if np.isfinite(one.value) and np.isfinite(one.sem))


def _rhythm(test: GaitTest) -> tuple[GaitValue, ...]:
    # The time of an event errs alike in all strides, so that it does not change the stride's time.
    # Strides are as long as those before them for a while, and so are worth fewer than they are.
    worth = effective_number(test.table.end_s - test.table.strike_s)
    stride_time_error_s = MEDIAN_FACTOR * test.stride_time_sd_s / np.sqrt(worth)
    relative = stride_time_error_s / test.stride_time_s
    stance_error = 100.0 * np.sqrt(2.0) * EVENT_ERROR_S / test.stride_time_s
    return (
        _valued("stride_time", test.stride_time_s, "s", stride_time_error_s),
        _valued("cadence", test.cadence_spm, "steps a minute", test.cadence_spm * relative),
        _valued("stance", 100.0 * test.stance_fraction, "% of the stride", stance_error),
    )


def _quantity(test: GaitTest, found: StrideStatistic) -> GaitValue:
    # Half of a 95 % interval is this many standard errors; the interval knows that strides are
    # alike, which the spread of few strides does not.
    from_strides = (found.high - found.mean) / NORMAL_95
    if not np.isfinite(from_strides):
        from_strides = found.sd / np.sqrt(test.strides)
    # A leg against itself: the smallest difference that the method can tell has its error twice.
    method = 0.0
    if found.quantity is not GaitQuantity.VARIABILITY:
        method = method_mdc95(found.quantity, test, test) / DIFFERENCE_FACTOR
    error = float(np.hypot(method, from_strides))
    return _valued(found.quantity.value, found.mean, found.quantity.unit, error)


def _valued(measure: str, value: float, unit: str, error: float) -> GaitValue:
    return GaitValue(measure, float(value), unit, float(error), float(DIFFERENCE_FACTOR * error))
