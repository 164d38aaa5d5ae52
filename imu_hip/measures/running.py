"""Femoral rotation through the stride of walking or running."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.strides import Strides, normalised_curves
from imu_hip.measures.uncertainty import DIFFERENCE_FACTOR, Uncertainty
from imu_hip.names import Side, Task

RUNNING_STRIDE_S = 0.92
"""Strides shorter than this are running: jogging takes 0.65 to 0.85 s, walking 1.0 to 1.3 s."""

FEWEST_STRIDES = 4

CURVE_ERROR_DEG = 2.8
"""RMS error of the curve against optical motion capture of a runner, the worse side."""


@dataclass(frozen=True, slots=True)
class GaitTest:
    """Femoral rotation of one leg through the stride, each stride's mean removed.

    `curve_deg` and `curve_sd_deg` have shape (101,), foot strike to foot strike.
    """

    task: Task
    side: Side
    strides: int
    left_out: tuple[tuple[str, int], ...]
    stride_time_s: float
    cadence_spm: float
    excursion_deg: float
    excursion_sd_deg: float
    curve_deg: FloatArray
    curve_sd_deg: FloatArray
    uncertainty: Uncertainty
    start_s: float
    end_s: float


def gait_task(stride_time_s: float) -> Task:
    """Walking or running, told from the stride time."""
    return Task.RUN if stride_time_s < RUNNING_STRIDE_S else Task.WALK


def measure_gait(
    time_s: FloatArray,
    rotation_deg: FloatArray,
    strides: Strides,
    side: Side,
    task: Task | None = None,
) -> GaitTest | None:
    """Mean curve and excursion of the strides that count; None where there are too few.

    Parameters
    ----------
    time_s, rotation_deg
        Shape (n,).
    task
        Walking or running where it is known; otherwise told from the stride time.
    """
    use = strides.counted
    if int(use.sum()) < FEWEST_STRIDES:
        return None
    start, end = strides.strike[use], strides.end[use]
    samples = np.arange(len(time_s))
    start_s, end_s = np.interp(start, samples, time_s), np.interp(end, samples, time_s)
    curves = normalised_curves(rotation_deg, start, end)
    excursions = np.ptp(curves, axis=1)
    stride_time_s = float(np.median(end_s - start_s))
    sd_deg = float(np.std(excursions, ddof=1))
    sem_deg = float(np.hypot(CURVE_ERROR_DEG, sd_deg / np.sqrt(len(start))))
    reasons = sorted({reason for reason in strides.reason if reason})
    mean_curve = curves.mean(axis=0)
    return GaitTest(
        task=task or gait_task(stride_time_s),
        side=side,
        strides=len(start),
        left_out=tuple((reason, strides.reason.count(reason)) for reason in reasons),
        stride_time_s=stride_time_s,
        cadence_spm=120.0 / stride_time_s,
        excursion_deg=float(np.ptp(mean_curve)),
        excursion_sd_deg=sd_deg,
        curve_deg=mean_curve,
        curve_sd_deg=curves.std(axis=0, ddof=1),
        uncertainty=Uncertainty(sem_deg, float(DIFFERENCE_FACTOR * sem_deg)),
        start_s=float(start_s[0]),
        end_s=float(end_s[-1]),
    )
