"""The cross-legged test: how near to horizontal the shin comes to lie.

The shin's slope mixes flexion, abduction and rotation of the hip, so it is never called femoral
rotation: with the knee 10 to 30° above the hip a horizontal shin means only 75 to 82° of it.
"""

from dataclasses import dataclass, replace

import numpy as np

from imu_hip.measures.repetitions import (
    Excursion,
    Repetition,
    RepetitionParameters,
    TestedLeg,
    find_excursions,
    hold_fault,
    repetition_of,
)
from imu_hip.measures.uncertainty import Uncertainty, of_movements, sd_of
from imu_hip.names import Side

CROSSING = RepetitionParameters(
    smallest_peak_deg=20.0, plateau_within_deg=4.0, shortest_plateau_s=1.0
)
"""A leg is crossed when its shin leaves the vertical by more than 20° for a second or more."""


@dataclass(frozen=True, slots=True)
class CrossLeggedTest:
    """Result of the cross-legged test of one leg; None where no repetition is valid.

    `shin_slope_deg` is the shin's angle from the horizontal, + with the knee above the ankle;
    `thigh_elevation_deg` the thigh's, + with the knee above the hip.
    """

    side: Side
    shin_slope_deg: float | None
    thigh_elevation_deg: float | None
    shin_slope_sd_deg: float | None
    uncertainty: Uncertainty
    repetitions: tuple[Repetition, ...]


def measure_cross_legged(
    leg: TestedLeg,
    side: Side,
    calibration_deg: float,
    rules: RepetitionParameters = CROSSING,
) -> CrossLeggedTest:
    """Find the holds with one leg crossed and measure the shin's slope in them.

    Parameters
    ----------
    leg
        Angles of the crossed leg.
    calibration_deg
        Standard uncertainty that the calibration gives to an inclination.
    """
    found = (
        crossed_repetition(leg, excursion, rules)
        for excursion in find_excursions(90.0 - leg.shin_slope_deg, leg.sampling_rate_hz, rules)
    )
    repetitions = tuple(r for r in found if np.isfinite(r.peak_deg))
    valid = [repetition for repetition in repetitions if repetition.valid]
    slopes = [repetition.peak_deg for repetition in valid]
    elevations = [repetition.thigh_elevation_deg for repetition in valid]
    return CrossLeggedTest(
        side=side,
        shin_slope_deg=float(np.mean(slopes)) if valid else None,
        thigh_elevation_deg=float(np.mean(elevations)) if valid else None,
        shin_slope_sd_deg=sd_of(slopes),
        uncertainty=of_movements(calibration_deg, slopes),
        repetitions=repetitions,
    )


def crossed_repetition(
    leg: TestedLeg, excursion: Excursion, rules: RepetitionParameters
) -> Repetition:
    """The hold with the leg crossed in an excursion, judged by the rules."""
    repetition = repetition_of(leg, leg.shin_slope_deg, excursion, None)
    reasons = (repetition.reason, hold_fault(repetition, rules))
    return replace(repetition, reason="; ".join(filter(None, reasons)))
