"""What the counted repetitions amount to so far, until the final results are there."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from imu_hip.guidance.events import Calibrated
from imu_hip.guidance.plan import Progress
from imu_hip.guidance.session_state import SessionState
from imu_hip.guidance.view import ResultView
from imu_hip.measures.session_results import CountedPeak, session_results
from imu_hip.names import Side

UNKNOWN_CALIBRATION_DEG: Final = 2.0
"""For a leg whose calibration is not known, as of one measured before a crash."""


def provisional_results(state: SessionState) -> tuple[ResultView, ...]:
    """Every range with a counted repetition, of the retest once that has begun."""
    return _results(state.progress, state.calibrated)


def calibration_errors_deg(known_deg: Mapping[Side, float]) -> dict[Side, float]:
    """What the calibration gives to a rotation of each leg, also where that is not known."""
    errors_deg = {side: known_deg.get(side, UNKNOWN_CALIBRATION_DEG) for side in Side}
    return {
        side: error_deg if math.isfinite(error_deg) else UNKNOWN_CALIBRATION_DEG
        for side, error_deg in errors_deg.items()
    }


@lru_cache(maxsize=8)
def _results(progress: Progress, calibrated: tuple[Calibrated, ...]) -> tuple[ResultView, ...]:
    # Views are looked at many times between two repetitions.
    errors_deg = calibration_errors_deg({c.side: c.uncertainty_deg for c in calibrated})
    peaks = [
        CountedPeak(r.task, r.side, r.direction, r.peak_deg)
        for r in progress.repetitions
        if r.counted and r.peak_deg is not None and r.retest is progress.retest
    ]
    return tuple(
        ResultView(
            one.task,
            one.side,
            one.measure,
            one.value_deg,
            one.uncertainty.sem_deg,
            one.uncertainty.mdc95_deg,
            one.repetitions,
        )
        for one in session_results(peaks, errors_deg)
    )
