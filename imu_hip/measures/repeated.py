"""The same measure twice: one leg on two occasions, and one leg's two directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from imu_hip.errors import ImuHipError
from imu_hip.measures.between_days import between_days_error
from imu_hip.measures.comparison import exceeds
from imu_hip.measures.measured_range import MeasuredRange
from imu_hip.measures.own_error import NO_OWN_ERRORS, OwnError, OwnErrors
from imu_hip.measures.uncertainty import mdc95_of_difference
from imu_hip.names import Direction, Side, Task

SMALLEST_FOR_PERCENT_DEG = 20.0
"""Below this a percentage of the larger side inflates a few degrees."""


class NotComparableError(ImuHipError):
    """Two results are not of the same kind, or have nothing in common."""


class Apart(StrEnum):
    """How far apart two measurements of one leg were taken."""

    SAME_DAY = "same day"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one leg on two occasions; `difference_deg` is later minus earlier.

    Parameters
    ----------
    own
        Where `mdc95_deg` comes from, where it is an own error and no published one.
    """

    task: Task
    side: Side
    measure: str
    earlier_deg: float
    later_deg: float
    mdc95_deg: float
    apart: Apart
    own: OwnError | None = None

    @property
    def difference_deg(self) -> float:
        """Later minus earlier."""
        return self.later_deg - self.earlier_deg

    @property
    def measurable(self) -> bool:
        """Whether the difference exceeds its measurement error."""
        return exceeds(self.difference_deg, self.mdc95_deg)


@dataclass(frozen=True, slots=True)
class Balance:
    """Internal minus external range of one leg, and what the difference must exceed."""

    task: Task
    side: Side
    difference_deg: float
    error95_deg: float

    @property
    def measurable(self) -> bool:
        """Whether the difference exceeds its measurement error."""
        return exceeds(self.difference_deg, self.error95_deg)


def changes_on_one_day(
    earlier: Sequence[MeasuredRange], later: Sequence[MeasuredRange]
) -> tuple[Change, ...]:
    """Changes between two measurements of one day, such as before and after a stretch.

    The smallest change that can be told follows from the errors of both values.
    """
    return tuple(
        _change(one, other, Apart.SAME_DAY, mdc95_of_difference(one.uncertainty, other.uncertainty))
        for one, other in _pairs(earlier, later)
    )


def changes_between_days(
    earlier: Sequence[MeasuredRange],
    later: Sequence[MeasuredRange],
    own: OwnErrors = NO_OWN_ERRORS,
) -> tuple[Change, ...]:
    """Changes between two days.

    Sensors put on anew and another day's body add to the errors of the values, so the smallest
    change that can be told is the own one where there is one, else at least the published one
    (`between_days_error`).
    """
    found = []
    for one, other in _pairs(earlier, later):
        mdc95_deg, used = between_days_error(one, other, own)
        found.append(_change(one, other, Apart.DAYS, mdc95_deg, used))
    return tuple(found)


def balances(ranges: Sequence[MeasuredRange]) -> tuple[Balance, ...]:
    """Internal minus external range of each leg and task that has both.

    Both ranges count from one calibrated zero: an error of it makes one range larger and the
    other smaller. How much of the errors that is, the values do not say, so the error of the
    difference is taken as the most it can be, the sum of both.
    """
    found = {(one.task, one.side, one.measure): one for one in ranges}
    return tuple(
        Balance(
            one.task,
            one.side,
            one.value_deg - other.value_deg,
            1.96 * (one.uncertainty.sem_deg + other.uncertainty.sem_deg),
        )
        for one in ranges
        if one.measure == Direction.INTERNAL
        and (other := found.get((one.task, one.side, Direction.EXTERNAL.value)))
    )


def percent_of_larger(one_deg: float, other_deg: float) -> float | None:
    """The smaller value as percent of the larger; None where the larger is below 20°."""
    # Whichever leg is meant, so that the percentage never exceeds 100.
    smaller, larger = sorted((one_deg, other_deg))
    if larger < SMALLEST_FOR_PERCENT_DEG or smaller < 0.0:
        return None
    return 100.0 * smaller / larger


def require_same_mode(one: str | None, other: str | None) -> None:
    """Refuse to compare ranges that were reached in different ways.

    Parameters
    ----------
    one, other
        Who moved the leg, in words; None where that is not known.

    Raises
    ------
    NotComparableError
        Where both are known and differ.
    """
    if one is not None and other is not None and one != other:
        raise NotComparableError(
            f"One range is {one}, the other {other}; a leg that is moved by someone reaches "
            "farther than one that moves by itself.",
            "Compare sessions of the same mode.",
        )


def require_common(one: Sequence[MeasuredRange], other: Sequence[MeasuredRange]) -> None:
    """Refuse to compare results that share no task and measure.

    Raises
    ------
    NotComparableError
        Naming the positions where they differ.
    """
    kinds = [{(found.task, found.measure) for found in ranges} for ranges in (one, other)]
    if kinds[0] & kinds[1]:
        return
    tasks = [[task for task in Task if task in {t for t, _ in kind}] for kind in kinds]
    if all(tasks) and not set(tasks[0]) & set(tasks[1]):
        names = [" and ".join(task.words for task in of_one) for of_one in tasks]
        raise NotComparableError(
            f"One holds the {names[0]}, the other the {names[1]}; ranges in different positions "
            "are not compared.",
            "Name two sessions in the same position.",
        )
    raise NotComparableError(
        "The two have no measured range in common.", "Name two sessions that measured the same."
    )


def _pairs(
    earlier: Sequence[MeasuredRange], later: Sequence[MeasuredRange]
) -> list[tuple[MeasuredRange, MeasuredRange]]:
    of_later = {(one.task, one.side, one.measure): one for one in later}
    pairs = ((one, of_later.get((one.task, one.side, one.measure))) for one in earlier)
    return [(one, other) for one, other in pairs if other is not None]


def _change(
    one: MeasuredRange,
    other: MeasuredRange,
    apart: Apart,
    mdc95_deg: float,
    own: OwnError | None = None,
) -> Change:
    values_deg = one.value_deg, other.value_deg
    return Change(one.task, one.side, one.measure, *values_deg, mdc95_deg, apart, own)
