"""Which parts of a recording calibrate a leg: from markers, else found by themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.calibrate import LegMovement
from imu_hip.analysis.movement import Movement, moving_parts
from imu_hip.analysis.posture import LEVEL_THIGH, leg_posture
from imu_hip.analysis.results import Phase
from imu_hip.kinematics.calibration import long_axis
from imu_hip.kinematics.gravity import up_in_sensor
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.windows import bouts, moving_mean
from imu_hip.names import SHIN, THIGH, MarkerLabel, Segment, Side
from imu_hip.recording.recording import Marker
from imu_hip.recording.timeline import Timeline

TRIM_S = 0.3
"""Left out at both ends of a pose: people are not yet, or no longer, still."""

LONGEST_FIT_S = 60.0
EXTENDING_ABOVE_DPS = 20.0
SHORTEST_EXTENSION_S = 0.5
EXTENSION_PAUSE_S = 4.0
SMALLEST_EXTENSION = np.sin(np.deg2rad(25.0))
LARGEST_THIGH_ROLL = 0.2
LARGEST_THIGH_SPEED = 0.35
"""In a knee extension the thigh rests; in a rotation its sensor rolls by about half of it, and in
sitting or lying down it moves as fast as the shin. Parts of the shin's speed."""

SMALLEST_SWING = np.cos(np.deg2rad(50.0))
LARGEST_SWING = np.cos(np.deg2rad(110.0))
"""How far a thigh swings in standing exercises; the roll of a sitting person's stays below 45°."""

SAME_POSTURE = np.cos(np.deg2rad(50.0))

TASK_LABELS = frozenset(
    {
        MarkerLabel.SEATED,
        MarkerLabel.PRONE,
        MarkerLabel.CROSS_LEGGED,
        MarkerLabel.STRETCH,
        MarkerLabel.WALK,
        MarkerLabel.RUN,
    }
)


@dataclass(frozen=True, slots=True)
class FoundMovement:
    """The calibrating samples of one leg and the phases that they make up."""

    samples: LegMovement
    phases: tuple[Phase, ...]


def marked_phases(markers: Iterable[Marker]) -> tuple[Phase, ...]:
    """The markers of a recording as phases."""
    return tuple(Phase(m.label, m.start_s, m.end_s, m.side, marked=True) for m in markers)


def find_leg_movement(
    timeline: Timeline,
    side: Side,
    marked: tuple[Phase, ...],
    movement: Movement,
    speed_dps: Mapping[Segment, FloatArray],
) -> FoundMovement:
    """Find what calibrates one leg: standing, sitting, knee extensions, and other movement."""
    own = tuple(phase for phase in marked if phase.concerns(side))
    phases: list[Phase] = []
    gait = _gait_samples(timeline, own, movement)
    standing = _marked_pose(timeline, side, own, MarkerLabel.STAND)
    if standing is None:
        standing = _first_standing(timeline, side, own, movement, gait=gait, speed_dps=speed_dps)
        _note(phases, timeline, MarkerLabel.STAND, standing, None)
    sitting = extending = None
    if standing is not None:
        sitting = _marked_pose(timeline, side, own, MarkerLabel.SIT)
        if sitting is None:
            sitting = _longest_sitting(timeline, side, standing, movement)
            _note(phases, timeline, MarkerLabel.SIT, sitting, side)
        extending, extension_phase = _extending(timeline, side, own, standing, speed_dps)
        phases.extend(extension_phase)
    moving = gait or _free_movement(timeline, side, standing, movement)
    return FoundMovement(LegMovement(standing, sitting, extending, moving), tuple(phases))


def _note(
    phases: list[Phase],
    timeline: Timeline,
    label: MarkerLabel,
    samples: slice | None,
    side: Side | None,
) -> None:
    if samples is not None:
        times = timeline.time_s[[samples.start, samples.stop - 1]]
        phases.append(Phase(label, float(times[0]), float(times[1]), side))


def _trimmed(timeline: Timeline, start: int, end: int) -> slice:
    trim = round(TRIM_S * timeline.sampling_rate_hz)
    return slice(start + trim, end - trim) if end - start > 3 * trim else slice(start, end)


def _marked_pose(
    timeline: Timeline, side: Side, own: tuple[Phase, ...], label: MarkerLabel
) -> slice | None:
    found = [phase for phase in own if phase.label is label]
    if not found:
        return None
    longest = max(found, key=lambda phase: phase.end_s - phase.start_s)
    span = timeline.span(longest.start_s, longest.end_s)
    if span.stop - span.start < 2:
        return None
    pose = _trimmed(timeline, span.start, span.stop)
    return pose if _present(timeline, side, pose) else None


def _gait_samples(timeline: Timeline, own: tuple[Phase, ...], movement: Movement) -> slice | None:
    spans = [
        (span.start, span.stop)
        for phase in own
        if phase.label in {MarkerLabel.WALK, MarkerLabel.RUN}
        for span in [timeline.span(phase.start_s, phase.end_s)]
    ]
    spans = list(moving_parts(tuple(spans), movement.gait)) or list(movement.gait)
    if not spans:
        return None
    start, end = max(spans, key=lambda span: span[1] - span[0])
    longest = round(LONGEST_FIT_S * timeline.sampling_rate_hz)
    middle = (start + end) // 2
    return slice(max(start, middle - longest // 2), min(end, middle + longest // 2))


def _first_standing(
    timeline: Timeline,
    side: Side,
    own: tuple[Phase, ...],
    movement: Movement,
    *,
    gait: slice | None,
    speed_dps: Mapping[Segment, FloatArray],
) -> slice | None:
    tested = [
        timeline.span(p.start_s, p.end_s)
        for p in own
        if p.label in TASK_LABELS or p.label in {MarkerLabel.SIT, MarkerLabel.KNEE_EXTENSION}
    ]
    for start, end in movement.still:
        pose = _trimmed(timeline, start, end)
        in_a_test = any(pose.start < span.stop and pose.stop > span.start for span in tested)
        if in_a_test or not _present(timeline, side, pose):
            continue
        if gait is None:
            stands = _others_fit_standing(timeline, side, pose, speed_dps)
        else:
            stands = _same_posture(timeline, side, pose, gait)
        if stands:
            return pose
    return None


def _others_fit_standing(
    timeline: Timeline, side: Side, pose: slice, speed_dps: Mapping[Segment, FloatArray]
) -> bool:
    """Whether what the leg does elsewhere makes sense if it stood in this pose.

    In a test the shin moves while the thigh lies level; in standing exercises the thigh swings.
    If the pose was sitting, the shin would move about a thigh that never leaves "upright".
    """
    y_thigh, y_shin = (_mean_up(timeline, s, pose) for s in (THIGH[side], SHIN[side]))
    moving = np.nan_to_num(speed_dps[SHIN[side]]) > EXTENDING_ABOVE_DPS
    posture = leg_posture(timeline, side, y_thigh, y_shin)
    thigh = posture.thigh[moving & np.isfinite(posture.thigh)]
    if not len(thigh):
        return False
    if np.mean(np.abs(thigh) < LEVEL_THIGH) > 0.5:
        return True
    return bool(LARGEST_SWING < np.percentile(thigh, 5) < SMALLEST_SWING)


def _present(timeline: Timeline, side: Side, samples: slice) -> bool:
    return all(
        np.isfinite(timeline.q_earth_sensor[segment][samples]).mean() > 0.5
        for segment in (THIGH[side], SHIN[side])
    )


def _mean_up(timeline: Timeline, segment: Segment, samples: slice) -> FloatArray:
    up = up_in_sensor(timeline.q_earth_sensor[segment][samples])
    return long_axis(up[np.isfinite(up).all(axis=1)]).axis


def _same_posture(timeline: Timeline, side: Side, pose: slice, gait: slice) -> bool:
    # A sitting person's thigh points elsewhere than a walking one's: that is no standing.
    return all(
        float(_mean_up(timeline, segment, pose) @ _mean_up(timeline, segment, gait)) > SAME_POSTURE
        for segment in (THIGH[side], SHIN[side])
    )


def _longest_sitting(
    timeline: Timeline, side: Side, standing: slice, movement: Movement
) -> slice | None:
    posture = leg_posture(
        timeline,
        side,
        _mean_up(timeline, THIGH[side], standing),
        _mean_up(timeline, SHIN[side], standing),
    )
    sitting = [
        (start, end) for start, end in movement.still if posture.sitting[start:end].mean() > 0.9
    ]
    if not sitting:
        return None
    # The first long pose is the calibrating one; later ones are rests between repetitions.
    long_enough = [span for span in sitting if span[1] - span[0] > 2.5 * timeline.sampling_rate_hz]
    start, end = long_enough[0] if long_enough else max(sitting, key=lambda s: s[1] - s[0])
    return _trimmed(timeline, start, end)


def _extending(
    timeline: Timeline,
    side: Side,
    own: tuple[Phase, ...],
    standing: slice,
    speed_dps: Mapping[Segment, FloatArray],
) -> tuple[BoolArray | None, tuple[Phase, ...]]:
    shin_speed = speed_dps[SHIN[side]]
    moving = np.nan_to_num(shin_speed) > EXTENDING_ABOVE_DPS
    marked = [phase for phase in own if phase.label is MarkerLabel.KNEE_EXTENSION]
    if marked:
        inside = np.zeros(len(moving), dtype=np.bool_)
        for phase in marked:
            inside[timeline.span(phase.start_s, phase.end_s)] = True
        extending = _if_enough(timeline, side, standing, inside & moving)
        if extending is not None:
            return extending, ()
    candidates = moving & _looks_like_extension(timeline, side, own, standing, speed_dps)
    # Later knee movement is part of something else: lying down bends the knee in prone, too.
    for start, end in bouts(candidates, EXTENSION_PAUSE_S * timeline.sampling_rate_hz):
        inside = np.zeros(len(moving), dtype=np.bool_)
        inside[start:end] = candidates[start:end]
        extending = _if_enough(timeline, side, standing, inside)
        if extending is not None:
            times = (float(timeline.time_s[start]), float(timeline.time_s[end - 1]))
            return extending, (Phase(MarkerLabel.KNEE_EXTENSION, *times, side),)
    return None, ()


def _looks_like_extension(
    timeline: Timeline,
    side: Side,
    own: tuple[Phase, ...],
    standing: slice,
    speed_dps: Mapping[Segment, FloatArray],
) -> BoolArray:
    thigh_speed, shin_speed = speed_dps[THIGH[side]], speed_dps[SHIN[side]]
    y_thigh = _mean_up(timeline, THIGH[side], standing)
    y_shin = _mean_up(timeline, SHIN[side], standing)
    posture = leg_posture(timeline, side, y_thigh, y_shin)
    roll = np.abs(np.nan_to_num(timeline.gyr_dps[THIGH[side]]) @ y_thigh)
    half = round(0.5 * timeline.sampling_rate_hz)
    shin = np.maximum(moving_mean(np.nan_to_num(shin_speed), half, half), 1.0)
    thigh_rests = (moving_mean(roll, half, half) < LARGEST_THIGH_ROLL * shin) & (
        moving_mean(np.nan_to_num(thigh_speed), half, half) < LARGEST_THIGH_SPEED * shin
    )
    whole = posture.thigh_level & (posture.shin > -0.3) & thigh_rests
    for phase in own:
        if phase.label in TASK_LABELS:
            whole[timeline.span(phase.start_s, phase.end_s)] = False
    return whole


def _if_enough(
    timeline: Timeline, side: Side, standing: slice, extending: BoolArray
) -> BoolArray | None:
    if extending.sum() < SHORTEST_EXTENSION_S * timeline.sampling_rate_hz:
        return None
    up = up_in_sensor(timeline.q_earth_sensor[SHIN[side]][extending])
    up = up[np.isfinite(up).all(axis=1)]
    along = up @ _mean_up(timeline, SHIN[side], standing)
    reach = np.sqrt(np.maximum(1.0 - np.min(along, initial=1.0) ** 2, 0.0))
    return extending if reach > SMALLEST_EXTENSION else None


def _free_movement(
    timeline: Timeline, side: Side, standing: slice | None, movement: Movement
) -> slice | None:
    """Everything after standing, where it bends the knee enough to show its hinge."""
    if standing is None:
        return None
    rest = slice(standing.stop, len(timeline.time_s))
    shin_up = up_in_sensor(timeline.q_earth_sensor[SHIN[side]][rest])
    shin_up = shin_up[np.isfinite(shin_up).all(axis=1)]
    if len(shin_up) < 2 * timeline.sampling_rate_hz:
        return None
    along = shin_up @ _mean_up(timeline, SHIN[side], standing)
    bends = np.percentile(along, 5) < np.cos(np.deg2rad(30.0))
    sits = leg_posture(
        timeline,
        side,
        _mean_up(timeline, THIGH[side], standing),
        _mean_up(timeline, SHIN[side], standing),
    ).thigh_level[rest]
    return rest if bends and sits.mean() < 0.2 else None
