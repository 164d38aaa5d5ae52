"""Measure walking and running: strides and the mean curve of each leg."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.analysis.gait_axes import GaitAxes
from imu_hip.analysis.results import Phase
from imu_hip.analysis.spans import LABEL
from imu_hip.kinematics.heading import horizontal
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.running import GaitTest, gait_task, measure_gait
from imu_hip.measures.strides import Strides, find_strides
from imu_hip.names import SHIN, Side, Task
from imu_hip.recording.timeline import Timeline

SMALLEST_LEAN_DEG = 1.0

EXCHANGED_SIDES = (
    "Suspected wrong side: both thighs lean outward when they carry the body and inward when they "
    "swing, as if left and right were exchanged. Check which sensor sits on which leg."
)


@dataclass(frozen=True, slots=True)
class GaitTests:
    """Results of walking and running, the strides of each leg, and what was odd about them."""

    results: tuple[GaitTest, ...]
    strides: Mapping[Side, Strides]
    phases: tuple[Phase, ...]
    warnings: tuple[str, ...]


def measure_gait_tests(
    timeline: Timeline,
    legs: Mapping[Side, LegSeries],
    axes: Mapping[Side, GaitAxes],
    gait: tuple[tuple[int, int], ...],
    task: Task | None,
) -> GaitTests:
    """Strides and curves of every leg over all gait of the recording."""
    if not gait:
        return GaitTests((), {}, (), ())
    results = []
    wrong_side = []
    found: dict[Side, Strides] = {}
    for side, series in legs.items():
        z_shin = axes[side].calibration.shin.z
        strides = _strides(timeline, series, timeline.gyr_dps[SHIN[side]] @ z_shin, gait)
        found[side] = strides
        test = measure_gait(
            timeline.time_s,
            series.rotation_deg,
            series.knee_flexion_deg,
            strides,
            side,
            task=task,
        )
        if test is None:
            continue
        results.append(test)
        wrong_side.append(_leans_outward_in_stance(series, strides, side))
    suspected = len(wrong_side) == len(Side) and all(wrong_side)
    tests = tuple(_same_task(results))
    phases = _phases(timeline, tests, gait) if task is None else ()
    return GaitTests(tests, found, phases, (EXCHANGED_SIDES,) if suspected else ())


def _phases(
    timeline: Timeline, tests: tuple[GaitTest, ...], gait: tuple[tuple[int, int], ...]
) -> tuple[Phase, ...]:
    if not tests:
        return ()
    label = LABEL[tests[0].task]
    return tuple(
        Phase(label, float(timeline.time_s[start]), float(timeline.time_s[end - 1]))
        for start, end in gait
    )


def _same_task(results: list[GaitTest]) -> list[GaitTest]:
    # One person walks or runs with both legs; the leg with more strides decides.
    if len({test.task for test in results}) < 2:
        return results
    decides = max(results, key=lambda test: test.strides)
    task = gait_task(decides.stride_time_s)
    return [replace(test, task=task) for test in results]


def _strides(
    timeline: Timeline,
    series: LegSeries,
    pitch_rate_dps: FloatArray,
    gait: tuple[tuple[int, int], ...],
) -> Strides:
    rate_hz = timeline.sampling_rate_hz
    parts = []
    for start, end in gait:
        piece = slice(start, end)
        parts.append(
            find_strides(
                pitch_rate_dps[piece],
                series.rotation_deg[piece],
                horizontal(series.z_femur[piece]),
                rate_hz,
            )
        )

    def together(name: str) -> FloatArray:
        own = [getattr(part, name) + start for part, (start, _) in zip(parts, gait, strict=True)]
        return np.concatenate(own)

    return Strides(
        strike=together("strike"),
        toe_off=together("toe_off"),
        end=together("end"),
        reason=tuple(reason for part in parts for reason in part.reason),
    )


def _leans_outward_in_stance(series: LegSeries, strides: Strides, side: Side) -> bool:
    """Whether the thigh abducts under load, which only an exchanged leg seems to do.

    The loaded femur adducts and the swinging one abducts in walking and running alike; gravity
    shows it as the sideways lean of the thigh, with no heading involved.
    """
    use = strides.counted
    start = strides.strike[use].astype(np.intp)
    tenth = (strides.end[use].astype(np.intp) - start) // 10
    total = np.concatenate(([0.0], np.cumsum(np.nan_to_num(series.z_femur[:, 2]))))
    stance = (total[start + 4 * tenth] - total[start + 2 * tenth]) / (2 * tenth)
    swing = (total[start + 8 * tenth] - total[start + 6 * tenth]) / (2 * tenth)
    difference_deg = np.rad2deg(np.mean(stance - swing))
    return bool(side.sign * difference_deg > SMALLEST_LEAN_DEG)
