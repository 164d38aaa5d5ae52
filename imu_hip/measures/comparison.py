"""Left against right, in degrees and against the smallest difference that can be told."""

from dataclasses import dataclass

import numpy as np

from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.measures.running import GaitTest
from imu_hip.names import Direction, Task

ARC = "total_arc"
Measured = RotationTest | CrossLeggedTest


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
        return abs(self.difference_deg) > self.mdc95_deg


def compare_sides(left: Measured, right: Measured) -> tuple[SideDifference, ...]:
    """Compare the same test of both legs.

    A left-right difference holds the error of two measurements, as the MDC of a repeated test
    does; of the two legs the larger MDC counts. A total arc is a sum of two ranges and so carries
    the error of both.
    """
    mdc95_deg = max(left.uncertainty.mdc95_deg, right.uncertainty.mdc95_deg)
    task = task_of(left)
    return tuple(
        SideDifference(
            task, name, left_deg, right_deg, mdc95_deg * (np.sqrt(2.0) if name == ARC else 1.0)
        )
        for (name, left_deg), (_, right_deg) in zip(_values(left), _values(right), strict=True)
        if left_deg is not None and right_deg is not None
    )


def task_of(measured: Measured | GaitTest) -> Task:
    """The task that a result belongs to."""
    return Task.CROSS_LEGGED if isinstance(measured, CrossLeggedTest) else measured.task


def _values(measured: Measured) -> tuple[tuple[str, float | None], ...]:
    if isinstance(measured, RotationTest):
        return (
            (Direction.INTERNAL.value, measured.internal.mean_deg),
            (Direction.EXTERNAL.value, measured.external.mean_deg),
            (ARC, measured.total_arc_deg),
        )
    return (("shin_slope", measured.shin_slope_deg),)
