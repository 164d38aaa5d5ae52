"""How much of a leg's passive range a walk or run uses."""

from dataclasses import dataclass

import numpy as np

from imu_hip.measures.bootstrap import NORMAL_95
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.measures.running import GaitTest
from imu_hip.names import Side, Task


@dataclass(frozen=True, slots=True)
class Reserve:
    """Use of one leg's passive range in a walk or run.

    What is used inward and outward counts from the stride's mean. Where `zero_known`, it counts
    from the zero of the passive test instead and can be held against each passive range. Otherwise
    only the arc can: the whole excursion as a share of both passive ranges together, with its 95 %
    interval. None where a passive range was not measured.
    """

    side: Side
    task: Task
    position: Task
    passive_internal_deg: float | None
    passive_external_deg: float | None
    used_internal_deg: float
    used_external_deg: float
    arc_used_percent: float | None
    arc_used_low_percent: float | None
    arc_used_high_percent: float | None
    zero_known: bool


def reserve_of(
    test: GaitTest, passive: RotationTest, stride_mean_deg: float | None = None
) -> Reserve:
    """Use of the passive range of the same leg.

    Parameters
    ----------
    stride_mean_deg
        Mean rotation over the stride from the zero of the passive test. It takes a sensor on the
        pelvis to know it; None where it is not known.
    """
    mean_deg = stride_mean_deg or 0.0
    share = _share(test, passive)
    return Reserve(
        side=test.side,
        task=test.task,
        position=passive.task,
        passive_internal_deg=passive.internal.mean_deg,
        passive_external_deg=passive.external.mean_deg,
        used_internal_deg=float(np.max(test.curve_deg)) + mean_deg,
        used_external_deg=-float(np.min(test.curve_deg)) - mean_deg,
        arc_used_percent=share[0],
        arc_used_low_percent=share[1],
        arc_used_high_percent=share[2],
        zero_known=stride_mean_deg is not None,
    )


def _share(
    test: GaitTest, passive: RotationTest
) -> tuple[float, float, float] | tuple[None, None, None]:
    arc_deg = passive.total_arc_deg
    if arc_deg is None or arc_deg <= 0.0:
        return (None, None, None)
    # The arc is a sum of two ranges and carries the error of both.
    arc_sem_deg = np.sqrt(2.0) * passive.uncertainty.sem_deg
    used = test.excursion_deg / arc_deg
    sem = np.hypot(test.uncertainty.sem_deg, used * arc_sem_deg) / arc_deg
    low, high = used - NORMAL_95 * sem, used + NORMAL_95 * sem
    return (100.0 * used, 100.0 * max(float(low), 0.0), 100.0 * float(high))
