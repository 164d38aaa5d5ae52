"""The measured tests of femoral rotation, seated and prone."""

from dataclasses import dataclass, replace

import numpy as np

from imu_hip.measures.deficit import deficit_deg
from imu_hip.measures.norms import norms_for
from imu_hip.measures.repetitions import (
    Excursion,
    Repetition,
    RepetitionParameters,
    TestedLeg,
    find_excursions,
    hold_fault,
    knee_words,
    mean_of_present,
    repetition_of,
)
from imu_hip.measures.uncertainty import Uncertainty, of_movements, sd_of
from imu_hip.names import Direction, Sex, Side, Task


@dataclass(frozen=True, slots=True)
class NormPlace:
    """Where a range stands among published norms: percentile 0 to 100 for one sex."""

    sex: Sex
    percentile: float
    mean_deg: float
    sd_deg: float
    source: str


@dataclass(frozen=True, slots=True)
class Range:
    """One direction of a test: mean and SD of its valid repetitions; None where not measured."""

    direction: Direction
    mean_deg: float | None
    sd_deg: float | None
    deficit_deg: float | None
    norms: tuple[NormPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class RotationTest:
    """Result of a seated or prone test of one leg."""

    task: Task
    side: Side
    internal: Range
    external: Range
    uncertainty: Uncertainty
    repetitions: tuple[Repetition, ...]

    @property
    def total_arc_deg(self) -> float | None:
        """Internal plus external range, None where one is missing."""
        if self.internal.mean_deg is None or self.external.mean_deg is None:
            return None
        return self.internal.mean_deg + self.external.mean_deg

    def range(self, direction: Direction) -> Range:
        """The range of one direction."""
        return self.internal if direction is Direction.INTERNAL else self.external


def measure_rotation(
    angles: TestedLeg,
    task: Task,
    side: Side,
    calibration_deg: float,
    *,
    sex: Sex | None = None,
    parameters: RepetitionParameters | None = None,
) -> RotationTest:
    """Find the repetitions of a seated or prone test and measure their ranges.

    Parameters
    ----------
    angles
        Rotation against gravity, thigh elevation and knee flexion of the tested leg.
    calibration_deg
        Standard uncertainty that the calibration gives to a rotation.
    sex
        For the norms; both sexes where None.
    """
    rules = parameters or RepetitionParameters()
    repetitions: list[Repetition] = []
    for direction in Direction:
        outward = direction.sign * angles.rotation_deg
        repetitions.extend(
            rotation_repetition(angles, excursion, direction, rules)
            for excursion in find_excursions(outward, angles.sampling_rate_hz, rules)
        )
    # What is left of a repetition whose hold was lost tells nothing.
    repetitions = [repetition for repetition in repetitions if np.isfinite(repetition.peak_deg)]
    repetitions.sort(key=lambda repetition: repetition.start_s)
    ranges = {direction: _range(repetitions, task, direction, sex) for direction in Direction}
    peaks = [_valid_peaks(repetitions, direction) for direction in Direction]
    return RotationTest(
        task=task,
        side=side,
        internal=ranges[Direction.INTERNAL],
        external=ranges[Direction.EXTERNAL],
        uncertainty=of_movements(calibration_deg, *peaks),
        repetitions=tuple(repetitions),
    )


def _valid_peaks(repetitions: list[Repetition], direction: Direction) -> list[float]:
    return [r.peak_deg for r in repetitions if r.valid and r.direction is direction]


def _range(
    repetitions: list[Repetition], task: Task, direction: Direction, sex: Sex | None
) -> Range:
    peaks = _valid_peaks(repetitions, direction)
    if not peaks:
        return Range(direction, None, None, None)
    mean_deg = float(np.mean(peaks))
    places = tuple(
        NormPlace(norm.sex, norm.percentile(mean_deg), norm.mean_deg, norm.sd_deg, norm.source)
        for norm in norms_for(task, direction, sex)
    )
    return Range(direction, mean_deg, sd_of(peaks), deficit_deg(mean_deg), places)


def rotation_repetition(
    angles: TestedLeg,
    excursion: Excursion,
    direction: Direction,
    rules: RepetitionParameters,
) -> Repetition:
    """The repetition of a seated or prone test in an excursion, judged by the rules."""
    outward_deg = direction.sign * angles.rotation_deg
    repetition = repetition_of(angles, outward_deg, excursion, direction)
    before = slice(
        max(excursion.start - round(0.5 * angles.sampling_rate_hz), 0), excursion.start + 1
    )
    lift_deg = repetition.thigh_elevation_deg - mean_of_present(angles.thigh_elevation_deg[before])
    return _judged(repetition, lift_deg, rules)


def _judged(repetition: Repetition, lift_deg: float, rules: RepetitionParameters) -> Repetition:
    reasons = [repetition.reason, hold_fault(repetition, rules)]
    if abs(lift_deg) > rules.largest_lift_deg:
        verb = "lifted" if lift_deg > 0 else "sank"
        reasons.append(f"the thigh {verb} by {abs(lift_deg):.0f}°")
    if abs(repetition.thigh_elevation_deg) > rules.level_within_deg:
        reasons.append(f"the thigh was {abs(repetition.thigh_elevation_deg):.0f}° from level")
    low, high = rules.knee_range_deg
    knee_deg = repetition.knee_flexion_deg
    if knee_deg < low or knee_deg > high:
        said = knee_words(knee_deg, rules.knee_range_deg)
        reasons.append(f"the knee was bent {said}, {low:.0f} to {high:.0f}° needed")
    return replace(repetition, reason="; ".join(filter(None, reasons)))
