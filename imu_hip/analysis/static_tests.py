"""Find and measure the seated, prone and cross-legged tests of a recording."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.analysis.results import Phase
from imu_hip.analysis.spans import LABEL, TestSpans, find_test_spans
from imu_hip.analysis.untwisted import untwisted
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.quaternion import BoolArray
from imu_hip.measures.cross_legged import CrossLeggedTest, measure_cross_legged
from imu_hip.measures.repetitions import (
    TestedLeg,
)
from imu_hip.measures.rotation_test import RotationTest, measure_rotation
from imu_hip.names import Sex, Side, Task
from imu_hip.recording.timeline import Timeline

FEWEST_BAD_REPETITIONS = 3


@dataclass(frozen=True, slots=True)
class StaticTests:
    """Results of the static tests, the legs' angles in them, and what was odd.

    `crossed` tells the samples in which a leg was crossed.
    """

    legs: Mapping[Side, LegSeries]
    results: tuple[RotationTest | CrossLeggedTest, ...]
    crossed: Mapping[Side, BoolArray]
    phases: tuple[Phase, ...]
    warnings: tuple[str, ...]


def measure_static_tests(
    timeline: Timeline,
    legs: Mapping[Side, LegSeries],
    calibration: Mapping[Side, LegCalibration],
    marked: tuple[Phase, ...],
    *,
    excluded: Mapping[Side, BoolArray],
    sex: Sex | None,
) -> StaticTests:
    """Measure every static test, in the marked parts or, without markers, where it is found.

    Parameters
    ----------
    excluded
        For each leg the samples that are no test: knee extensions and gait, shape (n,).
    """
    series = dict(legs)
    results: list[RotationTest | CrossLeggedTest] = []
    warnings: list[str] = []
    crossed: dict[Side, BoolArray] = {}
    phases: list[Phase] = []
    for spans in find_test_spans(timeline, legs, marked, excluded):
        leg = calibration[spans.side]
        if spans.task is not Task.CROSS_LEGGED:
            series[spans.side] = untwisted(timeline, series[spans.side], leg, spans)
        tested = _tested(timeline, series[spans.side], spans.inside)
        result = _measured(tested, spans, leg.uncertainty_deg, sex)
        if spans.task is Task.CROSS_LEGGED:
            crossed[spans.side] = crossed.get(spans.side, False) | spans.inside
        if not result.repetitions and spans.marked:
            warnings.append(_nothing_found(timeline, legs, spans))
        if not _was_attempted(result, spans):
            continue
        results.append(result)
        if not spans.marked:
            first, last = result.repetitions[0], result.repetitions[-1]
            phases.append(Phase(LABEL[spans.task], first.start_s, last.end_s, spans.side))
    return StaticTests(series, tuple(results), crossed, tuple(phases), tuple(warnings))


def _was_attempted(result: RotationTest | CrossLeggedTest, spans: TestSpans) -> bool:
    # Sitting down turns the legs a little, too; that alone is no test that somebody did badly.
    valid = any(repetition.valid for repetition in result.repetitions)
    enough = 1 if spans.marked else FEWEST_BAD_REPETITIONS
    return valid or len(result.repetitions) >= enough


def _measured(
    tested: TestedLeg, spans: TestSpans, calibration_deg: float, sex: Sex | None
) -> RotationTest | CrossLeggedTest:
    if spans.task is Task.CROSS_LEGGED:
        return measure_cross_legged(tested, spans.side, calibration_deg)
    return measure_rotation(tested, spans.task, spans.side, calibration_deg, sex=sex)


def _tested(timeline: Timeline, series: LegSeries, inside: BoolArray) -> TestedLeg:
    index = np.flatnonzero(inside)
    first, last = int(index[0]), int(index[-1]) + 1
    use = inside[first:last]

    def masked(values: np.ndarray) -> np.ndarray:
        return np.where(use, values[first:last], np.nan)

    return TestedLeg(
        time_s=timeline.time_s[first:last],
        rotation_deg=masked(np.where(series.thigh_level, series.rotation_deg, np.nan)),
        thigh_elevation_deg=masked(series.thigh_elevation_deg),
        shin_slope_deg=masked(series.shin_slope_deg),
        knee_flexion_deg=masked(series.knee_flexion_deg),
        sampling_rate_hz=timeline.sampling_rate_hz,
    )


def _nothing_found(timeline: Timeline, legs: Mapping[Side, LegSeries], spans: TestSpans) -> str:
    label = spans.task.value
    other = spans.side.other
    start_s = float(timeline.time_s[np.flatnonzero(spans.inside)[0]])
    where = f"in the part from {start_s:.0f} s that is marked {label} for the {spans.side} leg"
    if other in legs:
        twin = TestSpans(spans.task, other, spans.inside, marked=True)
        if _measured(_tested(timeline, legs[other], twin.inside), twin, 0.0, None).repetitions:
            return (
                f"Suspected wrong side: {where} the {spans.side} leg did not move, but the "
                f"{other} leg did. Check which sensor sits on which leg, and the markers."
            )
    return f"No repetition was found {where}."
