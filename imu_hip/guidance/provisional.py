"""What the counted repetitions amount to so far, until the final results are there."""

import math
from collections.abc import Iterator
from statistics import fmean, stdev

from imu_hip.guidance.entering import protocol_of
from imu_hip.guidance.protocol import TestPart
from imu_hip.guidance.session_state import SessionState
from imu_hip.guidance.steps import Turn, counted
from imu_hip.guidance.view import ResultView
from imu_hip.measures.uncertainty import Uncertainty, of_range
from imu_hip.names import Side


def provisional_results(state: SessionState) -> tuple[ResultView, ...]:
    """Mean and uncertainty of each movement with a counted repetition, and the total arcs."""
    return tuple(
        result
        for part in protocol_of(state).parts
        for side in state.plan.tested_sides
        for result in _of_leg(state, part, side)
    )


def _of_leg(state: SessionState, part: TestPart, side: Side) -> Iterator[ResultView]:
    peaks_deg = {}
    for movement in part.movements:
        turn = Turn(part, side, movement, state.progress.retest)
        if peaks := counted(turn, state.progress):
            peaks_deg[movement.direction] = peaks
    if not peaks_deg:
        return
    fewest = min(len(peaks) for peaks in peaks_deg.values())
    spread_deg = max(stdev(p) if len(p) > 1 else 0.0 for p in peaks_deg.values())
    error = of_range(_calibration_deg(state, side), spread_deg, fewest)
    means_deg = {direction: fmean(peaks) for direction, peaks in peaks_deg.items()}
    for direction, mean_deg in means_deg.items():
        name = "shin_slope" if direction is None else direction.value
        yield _result(part, side, name, mean_deg, error, len(peaks_deg[direction]))
    if len(means_deg) == 2:
        both = Uncertainty(error.sem_deg * math.sqrt(2.0), error.mdc95_deg * math.sqrt(2.0))
        yield _result(part, side, "total_arc", sum(means_deg.values()), both, fewest)


def _calibration_deg(state: SessionState, side: Side) -> float:
    # A resumed session that had nothing left to do was not calibrated anew.
    known = (c.uncertainty_deg for c in state.calibrated if c.side is side)
    return next((deg for deg in known if math.isfinite(deg)), 0.0)


def _result(
    part: TestPart, side: Side, name: str, value_deg: float, error: Uncertainty, count: int
) -> ResultView:
    return ResultView(part.task, side, name, value_deg, error.sem_deg, error.mdc95_deg, count)
