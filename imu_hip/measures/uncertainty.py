"""Standard uncertainty of a measured range and the smallest difference it can tell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SENSOR_INCLINATION_DEG = 0.5
"""Inclination error of VQF without magnetometer on the BROAD benchmark (offline variant)."""

REPEATED_TEST_DEG = 1.95
"""Standard error of an active seated rotation repeated by one rater on one day: the minimal
detectable change of 5.4° in Krause et al., Knee Surg. Sports Traumatol. Arthrosc. 23 (2015)
2562-2567, divided by 1.96 √2. It holds what a person does differently each time."""

DIFFERENCE_FACTOR = 1.96 * np.sqrt(2.0)
"""From a standard error to the 95 % minimal detectable change of a difference of two."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Standard uncertainty and minimal detectable change (95 %) of one value, in degrees."""

    sem_deg: float
    mdc95_deg: float

    @property
    def of_arc(self) -> "Uncertainty":
        """That of the sum of two ranges with this uncertainty each."""
        return Uncertainty(float(np.sqrt(2.0) * self.sem_deg), float(np.sqrt(2.0) * self.mdc95_deg))


def of_range(calibration_deg: float, repetition_sd_deg: float, repetitions: int) -> Uncertainty:
    """Uncertainty of the mean of several repetitions.

    Parameters
    ----------
    calibration_deg
        Standard uncertainty of the calibration's zero.
    repetition_sd_deg, repetitions
        Spread and number of the valid repetitions; a single one counts with no spread.
    """
    parts = (
        SENSOR_INCLINATION_DEG,
        REPEATED_TEST_DEG,
        calibration_deg,
        repetition_sd_deg / np.sqrt(max(repetitions, 1)),
    )
    sem_deg = float(np.sqrt(np.sum(np.square(parts))))
    return Uncertainty(sem_deg, float(DIFFERENCE_FACTOR * sem_deg))


def of_movements(calibration_deg: float, *peaks_deg: Sequence[float]) -> Uncertainty:
    """Uncertainty of the ranges of one test, whose movements were repeated together.

    Parameters
    ----------
    calibration_deg
        Standard uncertainty of the calibration's zero.
    peaks_deg
        Peaks of the valid repetitions of each movement. Three give a poor standard deviation, so
        the widest spread and the fewest repetitions hold for all movements.
    """
    spread_deg = max((sd_of(peaks) or 0.0) for peaks in peaks_deg)
    return of_range(calibration_deg, spread_deg, min(len(peaks) for peaks in peaks_deg))


def sd_of(values: Sequence[float]) -> float | None:
    """Standard deviation of a sample, None for fewer than two values."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else None


def mdc95_of_difference(one: Uncertainty, other: Uncertainty) -> float:
    """Smallest difference of two values that can be told from chance in 95 of 100 cases.

    1.96 √(SEM² + SEM²), in degrees; for two values with the same error it is their MDC95.
    """
    return float(np.sqrt(0.5 * (one.mdc95_deg**2 + other.mdc95_deg**2)))
