"""From the counted repetitions of a session to its results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from imu_hip.measures.measured_range import ARC, SLOPE, MeasuredRange
from imu_hip.measures.uncertainty import of_movements, sd_of
from imu_hip.names import Direction, Side, Task


@dataclass(frozen=True, slots=True)
class CountedPeak:
    """Peak of one repetition that counts; `direction` is None for a crossed leg's slope."""

    task: Task
    side: Side
    direction: Direction | None
    peak_deg: float


def session_results(
    peaks: Sequence[CountedPeak], calibration_deg: Mapping[Side, float]
) -> tuple[MeasuredRange, ...]:
    """Every range of a session with its error, by task and side.

    Parameters
    ----------
    peaks
        Counted repetitions in any order; those of a retest are a call of their own.
    calibration_deg
        Standard uncertainty that each measured leg's calibration gives to a rotation.

    Raises
    ------
    KeyError
        Where a leg with a peak has no calibration.

    Notes
    -----
    A result is the mean of its peaks, with the error of a test in a recording
    (`uncertainty.of_movements`). A total arc is the sum of two ranges and carries the error of
    both.
    """
    found: list[MeasuredRange] = []
    for task in Task:
        for side in Side:
            of_leg = [peak for peak in peaks if peak.task is task and peak.side is side]
            if of_leg:
                found += _leg_results(task, side, of_leg, calibration_deg[side])
    return tuple(found)


def _leg_results(
    task: Task, side: Side, peaks: Sequence[CountedPeak], calibration_deg: float
) -> list[MeasuredRange]:
    if task is Task.CROSS_LEGGED:
        movements = {SLOPE: [peak.peak_deg for peak in peaks]}
    else:
        movements = {
            d.value: [peak.peak_deg for peak in peaks if peak.direction is d] for d in Direction
        }
    uncertainty = of_movements(calibration_deg, *movements.values())
    results = [
        MeasuredRange(
            task, side, measure, float(np.mean(of_one)), sd_of(of_one), len(of_one), uncertainty
        )
        for measure, of_one in movements.items()
        if of_one
    ]
    if len(results) == len(Direction):
        arc_deg = sum(result.value_deg for result in results)
        fewest = min(result.repetitions for result in results)
        results.append(MeasuredRange(task, side, ARC, arc_deg, None, fewest, uncertainty.of_arc))
    return results
