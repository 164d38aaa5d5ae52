"""One recording to results: timeline, phases, calibration, angles, tests, comparison."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from imu_hip.analysis.angles import angle_columns
from imu_hip.analysis.hip import measure_hip
from imu_hip.analysis.phases import FoundMovement
from imu_hip.analysis.prepared import Prepared, follow_legs, gait_of, prepare
from imu_hip.analysis.quality import calibration_quality, gap_warnings, sensor_quality
from imu_hip.analysis.results import Analysis, AngleTable, Phase, Result
from imu_hip.analysis.static_tests import measure_static_tests
from imu_hip.errors import NothingMeasuredError
from imu_hip.kinematics.quaternion import BoolArray
from imu_hip.measures.comparison import SideDifference, compare_sides, task_of
from imu_hip.measures.gait_comparison import GaitComparison, compare_gait
from imu_hip.measures.running import GaitTest
from imu_hip.names import Sex, Side, Task
from imu_hip.recording.recording import Recording
from imu_hip.recording.timeline import Timeline


def analyze(recording: Recording, task: Task | None = None, sex: Sex | None = None) -> Analysis:
    """Measure everything that a recording holds, or one task of it.

    Parameters
    ----------
    recording
        Sensors on the thigh and shin of one or both legs, and perhaps on the pelvis.
    task
        Measure only this; None finds out what was done.
    sex
        For the norms; both sexes are shown where None.

    Raises
    ------
    RecordingError
        Where no leg has both of its sensors.
    CalibrationError
        Where no leg can be calibrated on what was recorded.
    NothingMeasuredError
        Where a task was asked for and the recording does not hold it.
    """
    prepared = prepare(recording)
    recording = prepared.recording
    analysis = _measure(prepared, sex)
    results = tuple(result for result in analysis.results if task in {None, task_of(result)})
    if task is not None and not results:
        raise NothingMeasuredError(
            f"{recording.source or 'The recording'} holds no {task.words} that can be measured.",
            "Let the task be found with --task auto, or mark it in NAME.markers.csv.",
        )
    return replace(
        analysis,
        task=task,
        results=results,
        comparisons=_comparisons(results),
        gait_comparisons=_gait_comparisons(results),
        warnings=(
            *prepared.told,
            *recording.warnings,
            *prepared.warnings,
            *gap_warnings(recording),
            *(slip.words for slip in prepared.slips),
            *analysis.warnings,
        ),
    )


def _measure(prepared: Prepared, sex: Sex | None) -> Analysis:
    """Every test, walk and run; what compares them comes after."""
    timeline, seen = prepared.timeline, prepared.seen
    followed = follow_legs(prepared)
    found, aligned, axes, legs = followed.found, followed.aligned, followed.axes, followed.legs
    excluded = _no_test(timeline, found, seen.gait)
    static = measure_static_tests(
        timeline, legs, aligned.legs, seen.marked, excluded=excluded, sex=sex
    )
    strides = gait_of(prepared, followed)
    hip = measure_hip(timeline, legs, aligned, strides)
    columns = angle_columns(static.legs, len(timeline.time_s), static.crossed)
    own_phases = [phase for leg in found.values() for phase in leg.phases]
    return Analysis(
        recording=prepared.recording,
        task=None,
        sex=sex,
        phases=_in_order([*seen.marked, *own_phases, *static.phases, *strides.phases]),
        angles=AngleTable(timeline.time_s, timeline.sampling_rate_hz, {**columns, **hip.columns}),
        results=(*static.results, *strides.results),
        comparisons=(),
        calibration=calibration_quality(aligned.legs, axes),
        sensors=sensor_quality(prepared.recording),
        warnings=(*aligned.warnings, *static.warnings, *strides.warnings, *hip.warnings),
        hip_curves=hip.curves,
    )


def _no_test(
    timeline: Timeline, found: Mapping[Side, FoundMovement], gait: tuple[tuple[int, int], ...]
) -> dict[Side, BoolArray]:
    excluded: dict[Side, BoolArray] = {}
    for side, leg in found.items():
        mask = np.zeros(len(timeline.time_s), dtype=np.bool_)
        for start, end in gait:
            mask[start:end] = True
        if leg.samples.extending is not None:
            mask |= leg.samples.extending
        excluded[side] = mask
    return excluded


def _comparisons(results: tuple[Result, ...]) -> tuple[SideDifference, ...]:
    static = [result for result in results if not isinstance(result, GaitTest)]
    pairs = [
        (left, right)
        for left in static
        for right in static
        if left.side is Side.LEFT and right.side is Side.RIGHT and task_of(left) is task_of(right)
    ]
    return tuple(difference for pair in pairs for difference in compare_sides(*pair))


def _gait_comparisons(results: tuple[Result, ...]) -> tuple[GaitComparison, ...]:
    legs = {result.side: result for result in results if isinstance(result, GaitTest)}
    return (compare_gait(legs[Side.LEFT], legs[Side.RIGHT]),) if len(legs) == len(Side) else ()


def _in_order(phases: list[Phase]) -> tuple[Phase, ...]:
    """Phases by time, each once; one that both legs share at the same time has no side."""
    unique = list(dict.fromkeys(phases))
    both = {
        replace(phase, side=None)
        for phase in unique
        if phase.side is Side.LEFT and replace(phase, side=Side.RIGHT) in unique
    }
    single = [phase for phase in unique if replace(phase, side=None) not in both]
    return tuple(sorted((*single, *both), key=lambda phase: (phase.start_s, phase.end_s)))
