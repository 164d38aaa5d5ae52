"""One measured range as plain numbers: what a history keeps and what comparisons take."""

from dataclasses import dataclass

from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.measures.uncertainty import Uncertainty
from imu_hip.names import Direction, Side, Task

ARC = "total_arc"
SLOPE = "shin_slope"
MEASURES = (*(direction.value for direction in Direction), ARC, SLOPE)

Measured = RotationTest | CrossLeggedTest


@dataclass(frozen=True, slots=True)
class MeasuredRange:
    """One range of one leg.

    Parameters
    ----------
    measure
        One of `MEASURES`.
    sd_deg, repetitions
        Spread of the counted repetitions, None where there is one only, and how many.
    """

    task: Task
    side: Side
    measure: str
    value_deg: float
    sd_deg: float | None
    repetitions: int
    uncertainty: Uncertainty


def ranges_of(test: Measured) -> tuple[MeasuredRange, ...]:
    """The ranges of a test that were measured, in the order of `MEASURES`."""
    valid = [repetition for repetition in test.repetitions if repetition.valid]
    if isinstance(test, CrossLeggedTest):
        slope = (SLOPE, test.shin_slope_deg, test.shin_slope_sd_deg, len(valid), test.uncertainty)
        return _known(Task.CROSS_LEGGED, test.side, slope)
    counts = {d: sum(repetition.direction is d for repetition in valid) for d in Direction}
    ranges = ((d.value, test.range(d), counts[d]) for d in Direction)
    return _known(
        test.task,
        test.side,
        *((name, r.mean_deg, r.sd_deg, count, test.uncertainty) for name, r, count in ranges),
        (ARC, test.total_arc_deg, None, min(counts.values()), test.uncertainty.of_arc),
    )


def _known(
    task: Task, side: Side, *found: tuple[str, float | None, float | None, int, Uncertainty]
) -> tuple[MeasuredRange, ...]:
    return tuple(
        MeasuredRange(task, side, measure, value_deg, sd_deg, count, uncertainty)
        for measure, value_deg, sd_deg, count, uncertainty in found
        if value_deg is not None
    )
