"""Left against right, in degrees and against the smallest difference that can be told."""

from collections.abc import Sequence
from dataclasses import dataclass

from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.measured_range import Measured, MeasuredRange, ranges_of
from imu_hip.measures.running import GaitTest
from imu_hip.measures.uncertainty import mdc95_of_difference
from imu_hip.names import Task


@dataclass(frozen=True, slots=True)
class SideDifference:
    """One measure of both legs; `difference_deg` is right minus left."""

    task: Task
    measure: str
    left_deg: float
    right_deg: float
    mdc95_deg: float

    @property
    def difference_deg(self) -> float:
        """Right minus left."""
        return self.right_deg - self.left_deg

    @property
    def measurable(self) -> bool:
        """Whether the difference exceeds its measurement error."""
        return exceeds(self.difference_deg, self.mdc95_deg)


def exceeds(difference_deg: float, mdc95_deg: float) -> bool:
    """Whether a difference is larger than its measurement error, either way."""
    return abs(difference_deg) > mdc95_deg


def compare_sides(left: Measured, right: Measured) -> tuple[SideDifference, ...]:
    """Compare the same test of both legs, as `compare_legs` does."""
    return compare_legs(ranges_of(left), ranges_of(right))


def compare_legs(
    left: Sequence[MeasuredRange], right: Sequence[MeasuredRange]
) -> tuple[SideDifference, ...]:
    """Compare the ranges that both legs have, of the same task and measure.

    A left-right difference holds the error of two measurements, one of each leg, as the MDC of a
    repeated test does. A total arc carries the error of both its ranges.
    """
    of_right = {(one.task, one.measure): one for one in right}
    return tuple(
        SideDifference(
            one.task,
            one.measure,
            one.value_deg,
            other.value_deg,
            mdc95_of_difference(one.uncertainty, other.uncertainty),
        )
        for one in left
        if (other := of_right.get((one.task, one.measure)))
    )


def task_of(measured: Measured | GaitTest) -> Task:
    """The task that a result belongs to."""
    return Task.CROSS_LEGGED if isinstance(measured, CrossLeggedTest) else measured.task
