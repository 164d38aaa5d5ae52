"""One recording to results: timeline, phases, calibration, angles, tests, comparison."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from imu_hip.analysis.alignment import align
from imu_hip.analysis.angles import angle_columns, leg_series
from imu_hip.analysis.gait_axes import chain_plan, refine_in_gait
from imu_hip.analysis.gait_tests import measure_gait_tests
from imu_hip.analysis.glued import find_seam, longer_part
from imu_hip.analysis.hip import measure_hip
from imu_hip.analysis.movement import Movement, find_movement, moving_parts, speeds_dps
from imu_hip.analysis.phases import FoundMovement, find_leg_movement, marked_phases
from imu_hip.analysis.quality import (
    calibration_quality,
    complete_legs,
    gap_warnings,
    sensor_quality,
)
from imu_hip.analysis.results import Analysis, AngleTable, Phase, Result
from imu_hip.analysis.slips import Slip, find_slips, slipping, without_slips
from imu_hip.analysis.spans import LABEL
from imu_hip.analysis.static_tests import measure_static_tests
from imu_hip.analysis.stride_views import view_strides
from imu_hip.errors import NothingMeasuredError
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.measures.comparison import SideDifference, compare_sides, task_of
from imu_hip.measures.gait_comparison import GaitComparison, compare_gait
from imu_hip.measures.running import GaitTest
from imu_hip.names import MarkerLabel, Segment, Sex, Side, Task
from imu_hip.recording.recording import Recording
from imu_hip.recording.timeline import Timeline, build_timeline

GAIT_LABELS = (MarkerLabel.WALK, MarkerLabel.RUN)


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
    sides, warnings = complete_legs(recording)
    timeline = build_timeline(recording)
    seen = _look(recording, timeline)
    views = view_strides(timeline, seen.gait)
    seam = find_seam(timeline, views)
    if seam is not None:
        part, told = longer_part(recording, seam)
        measured = analyze(part, task, sex)
        return replace(measured, warnings=(told, *measured.warnings))
    slips = find_slips(timeline, views)
    analysis = _measure(
        recording, without_slips(timeline, slips), seen, slips, sides=sides, sex=sex
    )
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
            *recording.warnings,
            *warnings,
            *gap_warnings(recording),
            *(slip.words for slip in slips),
            *analysis.warnings,
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What a recording shows before any sensor is calibrated."""

    speed_dps: Mapping[Segment, FloatArray]
    marked: tuple[Phase, ...]
    movement: Movement
    gait: tuple[tuple[int, int], ...]


def _look(recording: Recording, timeline: Timeline) -> _Seen:
    speed_dps = speeds_dps(timeline)
    marked = marked_phases(recording.markers)
    movement = find_movement(timeline, speed_dps)
    return _Seen(speed_dps, marked, movement, _gait_spans(timeline, marked, movement))


def _measure(
    recording: Recording,
    timeline: Timeline,
    seen: _Seen,
    slips: tuple[Slip, ...],
    *,
    sides: tuple[Side, ...],
    sex: Sex | None,
) -> Analysis:
    """Every test, walk and run; what compares them comes after."""
    marked, gait = seen.marked, seen.gait
    found = {
        side: find_leg_movement(timeline, side, marked, seen.movement, seen.speed_dps)
        for side in sides
    }
    aligned = align(recording, timeline, found)
    walked = moving_parts(gait, seen.movement.gait)
    axes = {side: refine_in_gait(timeline, side, leg, walked) for side, leg in aligned.legs.items()}
    legs = {
        side: leg_series(timeline, side, chain_plan(timeline, leg, axes[side], gait))
        for side, leg in aligned.legs.items()
    }
    static = measure_static_tests(
        timeline, legs, aligned.legs, marked, excluded=_no_test(timeline, found, gait), sex=sex
    )
    slipping_in = {side: slipping(timeline, slips, side) for side in legs}
    strides = measure_gait_tests(
        timeline, legs, axes, gait, task=_gait_task(marked), slipping=slipping_in
    )
    hip = measure_hip(timeline, legs, aligned, strides)
    columns = angle_columns(static.legs, len(timeline.time_s), static.crossed)
    own_phases = [phase for leg in found.values() for phase in leg.phases]
    return Analysis(
        recording=recording,
        task=None,
        sex=sex,
        phases=_in_order([*marked, *own_phases, *static.phases, *strides.phases]),
        angles=AngleTable(timeline.time_s, timeline.sampling_rate_hz, {**columns, **hip.columns}),
        results=(*static.results, *strides.results),
        comparisons=(),
        calibration=calibration_quality(aligned.legs, axes),
        sensors=sensor_quality(recording),
        warnings=(*aligned.warnings, *static.warnings, *strides.warnings, *hip.warnings),
        hip_curves=hip.curves,
    )


def _gait_spans(
    timeline: Timeline, marked: tuple[Phase, ...], movement: Movement
) -> tuple[tuple[int, int], ...]:
    spans = [timeline.span(p.start_s, p.end_s) for p in marked if p.label in GAIT_LABELS]
    if spans:
        return tuple((span.start, span.stop) for span in spans)
    if any(phase.label in LABEL.values() for phase in marked):
        return ()
    return movement.gait


def _gait_task(marked: tuple[Phase, ...]) -> Task | None:
    labels = {phase.label for phase in marked if phase.label in GAIT_LABELS}
    if len(labels) != 1:
        return None
    return Task.WALK if MarkerLabel.WALK in labels else Task.RUN


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
