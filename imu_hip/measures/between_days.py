"""The smallest difference of two values of different days that can be told: own or published."""

import numpy as np

from imu_hip.measures.measured_range import ARC, MeasuredRange
from imu_hip.measures.own_error import OwnError, OwnErrors, own_error_for, own_mdc95_deg
from imu_hip.measures.uncertainty import Uncertainty, mdc95_of_difference

BETWEEN_DAYS_MDC95_DEG = 9.0
"""Published smallest change of a mean of three between days: 8 to 9° (Gradoz et al., J. Sport
Rehabil. 2018: 6.1 to 8.6° for seated and supine rotation), the larger end."""

SINGLE_TRIAL_MDC95_DEG = 16.0
"""The same for a single trial a week apart: 10.9 to 16.4° (Spörk et al., Sports 9 (2021) 148)."""

USUAL_REPETITIONS = 3


def between_days_error(
    one: MeasuredRange, other: MeasuredRange, own: OwnErrors
) -> tuple[float, OwnError | None]:
    """Smallest difference of two values of different days, and the own error that it comes from.

    None where no own error holds for these two, so that the published one does.
    """
    used = own_error_for(one, other, own)
    if used is None:
        return between_days_mdc95_deg(one, other), None
    return own_mdc95_deg(used, one, other), used


def between_days_mdc95_deg(one: MeasuredRange, other: MeasuredRange) -> float:
    """Smallest difference of two values of different days, at least the published one.

    Notes
    -----
    Published values are 8 to 9° for the mean of three repetitions and 10.9 to 16.4° for a single
    trial (sources at the constants above). In between the error of n repetitions is taken to fall
    with √n. A total arc carries the error of two ranges. For the shin's slope in the cross-legged
    test nothing is published; the same values stand in.
    """
    published_deg = published_mdc95_deg(one.measure, min(one.repetitions, other.repetitions))
    # The published error is of good conditions; a badly calibrated session is worse.
    return max(published_deg, mdc95_of_difference(one.uncertainty, other.uncertainty))


def published_mdc95_deg(measure: str, repetitions: int = USUAL_REPETITIONS) -> float:
    """Published smallest difference of two days; see `between_days_mdc95_deg`."""
    published = (
        BETWEEN_DAYS_MDC95_DEG
        if repetitions >= USUAL_REPETITIONS
        else SINGLE_TRIAL_MDC95_DEG / float(np.sqrt(max(repetitions, 1)))
    )
    return Uncertainty(0.0, published).of_arc.mdc95_deg if measure == ARC else published
