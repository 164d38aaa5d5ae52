"""Measure walking and running: strides and the mean curve of each leg."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from imu_hip.analysis.angles import LegSeries
from imu_hip.analysis.gait_axes import GaitAxes
from imu_hip.analysis.gait_strides import NOT_GAIT, find_gait
from imu_hip.analysis.results import Phase
from imu_hip.analysis.spans import LABEL
from imu_hip.kinematics.calibration import CalibrationSource
from imu_hip.kinematics.quaternion import BoolArray
from imu_hip.kinematics.windows import bridged
from imu_hip.measures.gait_quantities import (
    EXCURSION_ERROR_DEG,
    UNCALIBRATED_EXCURSION_ERROR_DEG,
)
from imu_hip.measures.running import GaitTest, measure_gait
from imu_hip.measures.strides import Strides, part_marked
from imu_hip.names import Side, Task
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
    *,
    task: Task | None,
    slipping: Mapping[Side, BoolArray],
) -> GaitTests:
    """Strides and curves of every leg over all gait of the recording."""
    if not gait:
        return GaitTests((), {}, (), ())
    calibration = {side: own.calibration for side, own in axes.items()}
    found = find_gait(timeline, legs, calibration, gait, task)
    results = []
    wrong_side = []
    for side, series in legs.items():
        strides = _without_slipping(found.strides[side], slipping[side])
        test = measure_gait(
            timeline.time_s,
            bridged(series.rotation_deg),
            bridged(series.knee_flexion_deg),
            strides,
            side,
            task=found.task,
            excursion_error_deg=_excursion_error_deg(axes[side]),
        )
        if test is None:
            continue
        results.append(test)
        wrong_side.append(_leans_outward_in_stance(series, strides, side))
    suspected = len(wrong_side) == len(Side) and all(wrong_side)
    warnings = (NOT_GAIT,) * bool(found.refused) + (EXCHANGED_SIDES,) * suspected
    phases = _phases(timeline, tuple(results), found.spans) if task is None else ()
    return GaitTests(tuple(results), found.strides, phases, warnings)


def _without_slipping(strides: Strides, during: BoolArray) -> Strides:
    """The same strides without those that hold a sample in which a sensor slipped.

    What slipped was left empty, but "samples were lost" would be only half of the reason.
    """
    slipped = (part_marked(during, strides.strike, strides.end) > 0.0).tolist()
    pairs = zip(strides.reason, slipped, strict=True)
    reason = tuple("the sensor slipped" if out else own for own, out in pairs)
    return replace(strides, reason=reason)


def _excursion_error_deg(axes: GaitAxes) -> float:
    alone = axes.calibration.source is CalibrationSource.GAIT_ALONE
    return UNCALIBRATED_EXCURSION_ERROR_DEG if alone else EXCURSION_ERROR_DEG


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
