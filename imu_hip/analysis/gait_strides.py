"""The strides of both legs, where the legs really walk or run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.heading import horizontal
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.windows import bridged
from imu_hip.measures.gait_events import GaitEvents, find_gait_events
from imu_hip.measures.gait_shape import alternate, moves_like_gait, regular, stride_angles_deg
from imu_hip.measures.strides import OTHER_GAIT, UNEVEN, Strides, find_strides
from imu_hip.names import SHIN, THIGH, Side, Task
from imu_hip.recording.timeline import Timeline

FIRST_STEP_S = 0.5
"""The slow first and last steps reach this much beyond the span that the speed of the shins shows.
Their angles are not those of gait, so they are found but do not count."""

FEWEST_TO_JUDGE = 3
"""Fewer strides do not show a rhythm; they are no test either."""

MOST_TO_JUDGE = 200

UPRIGHT_BELOW_DEG = -55.0
"""Mean elevation of the thigh: −80° in walking, −70° in running, −45° on a bicycle, 0 sitting."""

NOT_GAIT = (
    "The legs move in a steady rhythm that is neither walking nor running, such as cycling or "
    "swinging a leg, so no strides are measured there."
)


@dataclass(frozen=True, slots=True, eq=False)
class FoundGait:
    """Strides of each leg, what gait they are, and the sample intervals that hold them.

    `task` is None where there are no strides.
    """

    strides: Mapping[Side, Strides]
    task: Task | None
    spans: tuple[tuple[int, int], ...]
    refused: tuple[tuple[int, int], ...]


def find_gait(
    timeline: Timeline,
    legs: Mapping[Side, LegSeries],
    calibration: Mapping[Side, LegCalibration],
    spans: tuple[tuple[int, int], ...],
    task: Task | None = None,
) -> FoundGait:
    """Find the strides of every leg in the spans that may be gait.

    Parameters
    ----------
    calibration
        Axes of each leg in gait.
    task
        Walking or running where it is known. Otherwise what most strides are is measured, and
        those of the other gait are left out.
    """
    pitch = {side: _pitch_rates_dps(timeline, side, calibration[side]) for side in legs}
    kept: list[tuple[int, int]] = []
    starts: list[int] = []
    refused: list[tuple[int, int]] = []
    parts: dict[Side, list[Strides]] = {side: [] for side in legs}
    runs: dict[Side, list[BoolArray]] = {side: [] for side in legs}
    n = len(timeline.time_s)
    for span, wider in zip(spans, _wider(spans, n, timeline.sampling_rate_hz), strict=True):
        inside = slice(*wider)
        own = {
            side: find_gait_events(shin[inside], thigh[inside], timeline.sampling_rate_hz)
            for side, (shin, thigh) in pitch.items()
        }
        if not _is_gait(own, legs, pitch, inside, timeline.sampling_rate_hz):
            refused.append(span)
            continue
        kept.append(span)
        starts.append(wider[0])
        for side, events in own.items():
            rotation_deg = legs[side].rotation_deg[inside]
            heading = horizontal(legs[side].z_femur[inside])
            part = find_strides(events, rotation_deg, heading, timeline.sampling_rate_hz)
            outside = (part.strike < span[0] - wider[0]) | (part.end > span[1] - wider[0])
            reason = tuple(np.where(outside, UNEVEN, np.array(part.reason, dtype=object)).tolist())
            parts[side].append(replace(part, reason=reason))
            runs[side].append(events.runs)
    joined = {side: Strides.joined(own, starts) for side, own in parts.items()}
    strides, task = _one_gait(joined, runs, task)
    return FoundGait(strides, task, tuple(kept), tuple(refused))


def _wider(
    spans: tuple[tuple[int, int], ...], n: int, sampling_rate_hz: float
) -> list[tuple[int, int]]:
    """The spans with room for a first and a last step, without overlap."""
    room = round(FIRST_STEP_S * sampling_rate_hz)
    ends = (0, *(end for _, end in spans[:-1]))
    starts = (*(start for start, _ in spans[1:]), n)
    return [
        (max(start - room, before), min(end + room, after))
        for (start, end), before, after in zip(spans, ends, starts, strict=True)
    ]


def _pitch_rates_dps(
    timeline: Timeline, side: Side, leg: LegCalibration
) -> tuple[FloatArray, FloatArray]:
    shin_dps: FloatArray = timeline.gyr_dps[SHIN[side]] @ leg.shin.z
    thigh_dps: FloatArray = timeline.gyr_dps[THIGH[side]] @ leg.thigh.z
    return shin_dps, thigh_dps


def _is_gait(
    events: Mapping[Side, GaitEvents],
    legs: Mapping[Side, LegSeries],
    pitch: Mapping[Side, tuple[FloatArray, FloatArray]],
    inside: slice,
    rate_hz: float,
) -> bool:
    for side, own in events.items():
        if len(own.foot_strike) <= FEWEST_TO_JUDGE:
            continue
        spare = max(len(own.foot_strike) - MOST_TO_JUDGE, 0) // 2
        strike = own.foot_strike[spare : len(own.foot_strike) - spare]
        first = inside.start + int(strike[0])
        seen = slice(first, inside.start + int(strike[-1]) + 2)
        shin_dps, thigh_dps = (rate[seen] for rate in pitch[side])
        start = strike + (inside.start - first)
        knee_deg, thigh_deg = (
            stride_angles_deg(bridged(rate_dps), start[:-1], start[1:], rate_hz)
            for rate_dps in (thigh_dps - shin_dps, thigh_dps)
        )
        elevation_deg = legs[side].thigh_elevation_deg[seen]
        # A silent thigh has no mean, and nothing is said against it.
        known_deg = elevation_deg[np.isfinite(elevation_deg)]
        lies = len(known_deg) > 0 and np.mean(known_deg) > UPRIGHT_BELOW_DEG
        if lies or not moves_like_gait(knee_deg, thigh_deg) or not regular(strike):
            return False
    both = [own.foot_strike for own in events.values()]
    return len(both) < len(Side) or alternate(both[0], both[1])


def _one_gait(
    strides: Mapping[Side, Strides], runs: Mapping[Side, list[BoolArray]], task: Task | None
) -> tuple[dict[Side, Strides], Task | None]:
    none = np.zeros(0, dtype=np.bool_)
    runs_of = {side: np.concatenate([none, *own]) for side, own in runs.items()}
    counted = np.concatenate([runs_of[side][own.counted] for side, own in strides.items()])
    if task is not None or not len(counted):
        return dict(strides), task
    running = bool(np.mean(counted) > 0.5)
    one = {
        side: own.without(runs_of[side] != running, OTHER_GAIT[not running])
        for side, own in strides.items()
    }
    return one, Task.RUN if running else Task.WALK
