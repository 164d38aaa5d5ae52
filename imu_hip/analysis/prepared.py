"""What every look at a recording begins with: a timeline, its phases, and calibrated legs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from imu_hip.analysis.alignment import Alignment, align
from imu_hip.analysis.angles import LegSeries, leg_series
from imu_hip.analysis.gait_axes import GaitAxes, chain_plan, refine_in_gait
from imu_hip.analysis.gait_tests import GaitTests, measure_gait_tests
from imu_hip.analysis.glued import find_seam, longer_part
from imu_hip.analysis.movement import Movement, find_movement, moving_parts, speeds_dps
from imu_hip.analysis.phases import FoundMovement, find_leg_movement, marked_phases
from imu_hip.analysis.quality import complete_legs
from imu_hip.analysis.results import Phase
from imu_hip.analysis.slips import Slip, find_slips, slipping, without_slips
from imu_hip.analysis.spans import LABEL
from imu_hip.analysis.stride_views import view_strides
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import MarkerLabel, Segment, Side, Task
from imu_hip.recording.recording import Recording
from imu_hip.recording.timeline import Timeline, build_timeline

GAIT_LABELS = (MarkerLabel.WALK, MarkerLabel.RUN)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a recording shows before any sensor is calibrated."""

    speed_dps: Mapping[Segment, FloatArray]
    marked: tuple[Phase, ...]
    movement: Movement
    gait: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A recording on one timeline, without the samples in which a sensor slipped.

    `recording` is the longer part where two recordings were glued together; `told` says so.
    `warnings` are those of legs that cannot be measured.
    """

    recording: Recording
    sides: tuple[Side, ...]
    timeline: Timeline
    seen: Seen
    slips: tuple[Slip, ...]
    told: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Calibrated legs and their movement through the recording."""

    found: Mapping[Side, FoundMovement]
    aligned: Alignment
    axes: Mapping[Side, GaitAxes]
    legs: Mapping[Side, LegSeries]


def prepare(recording: Recording) -> Prepared:
    """Timeline, phases and slips of a recording.

    Raises
    ------
    RecordingError
        Where no leg has both of its sensors.
    """
    sides, warnings = complete_legs(recording)
    timeline = build_timeline(recording)
    seen = _look(recording, timeline)
    views = view_strides(timeline, seen.gait)
    seam = find_seam(timeline, views)
    if seam is not None:
        part, told = longer_part(recording, seam)
        prepared = prepare(part)
        return replace(prepared, told=(told, *prepared.told))
    slips = find_slips(timeline, views)
    return Prepared(
        recording, sides, without_slips(timeline, slips), seen, slips, (), tuple(warnings)
    )


def follow_legs(prepared: Prepared) -> Followed:
    """Calibrate every leg and follow it through the recording.

    Raises
    ------
    CalibrationError
        Where no leg can be calibrated.
    """
    timeline, seen = prepared.timeline, prepared.seen
    found = {
        side: find_leg_movement(timeline, side, seen.marked, seen.movement, seen.speed_dps)
        for side in prepared.sides
    }
    aligned = align(prepared.recording, timeline, found)
    walked = moving_parts(seen.gait, seen.movement.gait)
    axes = {side: refine_in_gait(timeline, side, leg, walked) for side, leg in aligned.legs.items()}
    legs = {
        side: leg_series(timeline, side, chain_plan(timeline, leg, axes[side], seen.gait))
        for side, leg in aligned.legs.items()
    }
    return Followed(found, aligned, axes, legs)


def gait_of(prepared: Prepared, followed: Followed) -> GaitTests:
    """Strides and results of everything that is walked or run."""
    slipping_in = {
        side: slipping(prepared.timeline, prepared.slips, side) for side in followed.legs
    }
    return measure_gait_tests(
        prepared.timeline,
        followed.legs,
        followed.axes,
        prepared.seen.gait,
        task=_gait_task(prepared.seen.marked),
        slipping=slipping_in,
    )


def _look(recording: Recording, timeline: Timeline) -> Seen:
    speed_dps = speeds_dps(timeline)
    marked = marked_phases(recording.markers)
    movement = find_movement(timeline, speed_dps)
    return Seen(speed_dps, marked, movement, _gait_spans(timeline, marked, movement))


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
