"""In which samples a leg did which static test: marked, or found by posture and movement."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.analysis.results import Phase
from imu_hip.kinematics.quaternion import BoolArray
from imu_hip.kinematics.windows import bouts, runs
from imu_hip.measures.repetitions import Excursion, RepetitionParameters, find_excursions
from imu_hip.names import MarkerLabel, Side, Task
from imu_hip.recording.timeline import Timeline

LABEL = {
    Task.SEATED: MarkerLabel.SEATED,
    Task.PRONE: MarkerLabel.PRONE,
    Task.CROSS_LEGGED: MarkerLabel.CROSS_LEGGED,
    Task.WALK: MarkerLabel.WALK,
    Task.RUN: MarkerLabel.RUN,
}

BOUT_PAUSE_S = 12.0
"""Repetitions further apart than this belong to different exercises."""

SHORTEST_SEAT_S = 8.0
"""A leg that is raised for less is not sitting or lying."""

CROSSED_SLOPE_DEG = 40.0
CROSSED_HOLD_S = 2.0


@dataclass(frozen=True, slots=True)
class TestSpans:
    """The samples of one leg in which one task was done."""

    __test__ = False

    task: Task
    side: Side
    inside: BoolArray
    marked: bool


def find_test_spans(
    timeline: Timeline,
    legs: Mapping[Side, LegSeries],
    marked: tuple[Phase, ...],
    excluded: Mapping[Side, BoolArray],
) -> list[TestSpans]:
    """Every static test of every leg.

    Parameters
    ----------
    excluded
        For each leg the samples that are no test: knee extensions and gait, shape (n,).
    """
    static = [phase for phase in marked if phase.label in set(list(LABEL.values())[:3])]
    found: list[TestSpans] = []
    for side, series in legs.items():
        own = [phase for phase in static if phase.concerns(side)]
        if static:
            found.extend(_marked_spans(timeline, side, series, own))
        elif not any(phase.label in LABEL.values() for phase in marked):
            found.extend(_found_spans(timeline, side, series, excluded[side]))
    return found


def _marked_spans(
    timeline: Timeline, side: Side, series: LegSeries, own: list[Phase]
) -> list[TestSpans]:
    spans = []
    for task in (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED):
        inside = np.zeros(len(timeline.time_s), dtype=np.bool_)
        for phase in own:
            if phase.label is LABEL[task]:
                inside[timeline.span(phase.start_s, phase.end_s)] = True
        if inside.any():
            one_sided = any(p.label is LABEL[task] and p.side is side for p in own)
            spans.append(TestSpans(task, side, inside, marked=one_sided))
    return spans


def _found_spans(
    timeline: Timeline, side: Side, series: LegSeries, excluded: BoolArray
) -> list[TestSpans]:
    """Tests without markers: told apart by posture and by what the leg does in each bout."""
    rate_hz = timeline.sampling_rate_hz
    level = _long_runs(series.thigh_level, SHORTEST_SEAT_S * rate_hz) & ~excluded
    hangs = np.nan_to_num(series.shin_slope_deg) > -10.0
    inside = {
        task: np.zeros(len(level), dtype=np.bool_)
        for task in (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED)
    }
    inside[Task.PRONE] = level & (np.nan_to_num(series.shin_slope_deg) < -20.0)
    seated = level & hangs
    rotation = np.where(seated, series.rotation_deg, np.nan)
    rules = RepetitionParameters()
    internal = _busy(find_excursions(rotation, rate_hz, rules), len(level))
    external = _busy(find_excursions(-rotation, rate_hz, rules), len(level))
    for start, end in bouts(internal | external, BOUT_PAUSE_S * rate_hz):
        bout = slice(max(start - round(rate_hz), 0), end + round(rate_hz))
        is_crossed = not internal[start:end].any() and _lies_low(series, start, end, rate_hz)
        inside[Task.CROSS_LEGGED if is_crossed else Task.SEATED][bout] = True
    return [
        TestSpans(task, side, mask, marked=False) for task, mask in inside.items() if mask.any()
    ]


def _long_runs(mask: BoolArray, shortest: float) -> BoolArray:
    long_runs = np.zeros(len(mask), dtype=np.bool_)
    for start, end in runs(mask):
        long_runs[start:end] = end - start > shortest
    return long_runs


def _busy(excursions: tuple[Excursion, ...], n: int) -> BoolArray:
    busy = np.zeros(n, dtype=np.bool_)
    for excursion in excursions:
        busy[excursion.start : excursion.end] = True
    return busy


def _lies_low(series: LegSeries, start: int, end: int, rate_hz: float) -> bool:
    low = np.nan_to_num(series.shin_slope_deg[start:end], nan=90.0) < CROSSED_SLOPE_DEG
    return any(b - a > CROSSED_HOLD_S * rate_hz for a, b in runs(low))
