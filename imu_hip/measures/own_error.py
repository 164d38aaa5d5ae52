"""The measurement error between days that a person's or a clinic's own repeats tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from imu_hip.measures.agreement import Interval
from imu_hip.measures.measured_range import ARC, MeasuredRange
from imu_hip.measures.uncertainty import DIFFERENCE_FACTOR, REPEATED_TEST_DEG
from imu_hip.names import Task

FEWEST_DEGREES_OF_FREEDOM: Final = 10
"""With fewer the upper limit of the error lies above 1.8 times its estimate: no better than to take
the published error, and near to chance."""

FEWEST_PEOPLE_OF_A_CLINIC: Final = 5
"""The error of one or two people is no error of everybody."""

LEAST_REPETITIONS: Final = 3
"""Own errors rest on, and hold for, means of this many repetitions or more."""


@dataclass(frozen=True, slots=True)
class OwnError:
    """Standard error of one measure between days, from own repeated sessions.

    Parameters
    ----------
    person
        Whose it is; None for everybody of this clinic.
    sem_deg
        Standard error of measurement with its 95 % interval.
    degrees_of_freedom, sessions, people
        What it rests on.
    """

    task: Task
    measure: str
    person: str | None
    sem_deg: Interval
    degrees_of_freedom: int
    sessions: int
    people: int

    @property
    def mdc95_deg(self) -> Interval:
        """Minimal detectable change, 1.96 √2 times the standard error, with its interval."""
        return mdc95(self.sem_deg)

    @property
    def safe_mdc95_deg(self) -> float:
        """What a difference must exceed: the upper limit of the interval.

        An estimate that is too small by chance would make differences look sure that are not. The
        upper limit comes down to the estimate as repeats are added: 1.75 times it with 10 degrees
        of freedom, 1.34 times with 30, 1.16 times with 100.
        """
        return self.mdc95_deg.high


OwnErrors = Mapping[tuple[Task, str], OwnError]
"""The own error of each task and measure that has one; a person's stands before a clinic's."""

NO_OWN_ERRORS: Final[OwnErrors] = MappingProxyType({})


def mdc95(sem: Interval) -> Interval:
    """Minimal detectable change (95 %) of a difference of two, from a standard error."""
    factor = float(DIFFERENCE_FACTOR)
    return Interval(factor * sem.value, factor * sem.low, factor * sem.high)


def own_error_for(one: MeasuredRange, other: MeasuredRange, own: OwnErrors) -> OwnError | None:
    """The own error that holds for two values of one measure; None where there is none.

    It was found on means of several repetitions and says nothing about fewer.
    """
    if min(one.repetitions, other.repetitions) < LEAST_REPETITIONS:
        return None
    return own.get((one.task, one.measure))


def own_mdc95_deg(own: OwnError, one: MeasuredRange, other: MeasuredRange) -> float:
    """Smallest difference of two values of different days that own repeats let tell.

    Notes
    -----
    At least what sensors, calibration and spread of these very values give: a session that was
    calibrated worse than usual does not become as good as the usual ones. The part of their error
    that stands for what a person does differently each time (`REPEATED_TEST_DEG`) is left out of
    that, since own repeats hold it.
    """
    # An arc is the sum of two ranges, each with that error.
    shared_deg = REPEATED_TEST_DEG * (np.sqrt(2.0) if own.measure == ARC else 1.0)
    # No part of an error is negative, also where a value is better than usual.
    variances = [max(each.uncertainty.sem_deg**2 - shared_deg**2, 0.0) for each in (one, other)]
    least_deg = float(1.96 * np.sqrt(sum(variances)))
    return max(own.safe_mdc95_deg, least_deg)
