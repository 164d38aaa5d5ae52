"""Femoral rotation through the stride of walking or running."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.bootstrap import NORMAL_95
from imu_hip.measures.gait_quantities import (
    EXCURSION_ERROR_DEG,
    GaitQuantity,
    peak_places,
    read_quantities,
)
from imu_hip.measures.stride_statistics import (
    FEWEST_FOR_VERDICT,
    StrideChange,
    StrideStatistic,
    StrideTable,
    summarise,
)
from imu_hip.measures.strides import Strides, normalised_curves
from imu_hip.measures.uncertainty import DIFFERENCE_FACTOR, Uncertainty
from imu_hip.names import Side, Task

if TYPE_CHECKING:
    import pandas as pd

RUNNING_STRIDE_S = 0.92
"""Strides shorter than this are running: jogging takes 0.65 to 0.85 s, walking 1.0 to 1.3 s."""

FEWEST_STRIDES = 4

ENOUGH_FOR_CORRELATION = 300
"""Strides that tell the correlation of two angles to about 0.01."""


@dataclass(frozen=True, slots=True)
class RejectedStride:
    """A stride that does not count, and why."""

    start_s: float
    end_s: float
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class GaitTest:
    """Femoral rotation of one leg through the stride, each stride's mean removed.

    Arrays have shape (101,), foot strike to foot strike. `excursion_deg` is that of the mean
    curve; `excursion_sd_deg` and `curve_sd_deg` are between strides. The band holds the whole mean
    curve with 95 % confidence, as far as the strides tell; it is NaN where they are too few.
    `flexion_correlation` is that of the rotation with knee flexion, both without their stride
    means. `excursion_error_deg` is the standard error of the method in the excursion; `uncertainty`
    holds that and the strides'.
    """

    task: Task
    side: Side
    strides: int
    left_out: tuple[tuple[str, int], ...]
    rejected: tuple[RejectedStride, ...]
    stride_time_s: float
    stride_time_sd_s: float
    cadence_spm: float
    stance_fraction: float
    excursion_deg: float
    excursion_sd_deg: float
    curve_deg: FloatArray
    curve_sd_deg: FloatArray
    band_low_deg: FloatArray
    band_high_deg: FloatArray
    statistics: Mapping[GaitQuantity, StrideStatistic]
    changes: tuple[StrideChange, ...]
    table: StrideTable
    flexion_correlation: float
    excursion_error_deg: float
    uncertainty: Uncertainty
    start_s: float
    end_s: float

    @property
    def enough(self) -> bool:
        """Whether there are strides enough to judge."""
        return self.strides >= FEWEST_FOR_VERDICT

    def to_frame(self) -> "pd.DataFrame":
        """The mean curve with its spread and band, one row per percent of the stride."""
        import pandas as pd  # noqa: PLC0415

        return pd.DataFrame(
            {
                "percent": np.arange(len(self.curve_deg)),
                "mean_deg": self.curve_deg,
                "sd_deg": self.curve_sd_deg,
                "band_low_deg": self.band_low_deg,
                "band_high_deg": self.band_high_deg,
            }
        )


def gait_task(stride_time_s: float) -> Task:
    """Walking or running, told from the stride time."""
    return Task.RUN if stride_time_s < RUNNING_STRIDE_S else Task.WALK


def measure_gait(
    time_s: FloatArray,
    rotation_deg: FloatArray,
    knee_flexion_deg: FloatArray,
    strides: Strides,
    side: Side,
    *,
    task: Task | None = None,
    excursion_error_deg: float = EXCURSION_ERROR_DEG,
) -> GaitTest | None:
    """Mean curve, quantities and intervals of the strides that count; None where too few.

    Parameters
    ----------
    time_s, rotation_deg, knee_flexion_deg
        Shape (n,).
    task
        Walking or running where it is known; otherwise told from the stride time.
    excursion_error_deg
        Standard error of the method in the excursion, which depends on the calibration.
    """
    use = strides.counted
    if int(use.sum()) < FEWEST_STRIDES:
        return None
    table = _table(time_s, rotation_deg, strides)
    summary = summarise(table)
    duration_s = table.end_s - table.strike_s
    stride_time_s = float(np.median(duration_s))
    stance = table.toe_off_percent[np.isfinite(table.toe_off_s)]
    reasons = sorted({reason for reason in strides.reason if reason})
    excursion = summary.statistics[GaitQuantity.CYCLE_EXCURSION]
    return GaitTest(
        task=task or gait_task(stride_time_s),
        side=side,
        strides=len(duration_s),
        left_out=tuple((reason, strides.reason.count(reason)) for reason in reasons),
        rejected=_rejected(time_s, strides),
        stride_time_s=stride_time_s,
        stride_time_sd_s=float(np.std(duration_s, ddof=1)),
        cadence_spm=120.0 / stride_time_s,
        stance_fraction=float(stance.mean()) / 100.0 if len(stance) else np.nan,
        excursion_deg=excursion.mean,
        excursion_sd_deg=excursion.sd,
        curve_deg=summary.curve_deg,
        curve_sd_deg=table.curves_deg.std(axis=0, ddof=1),
        band_low_deg=summary.curve_deg - summary.band_half_deg,
        band_high_deg=summary.curve_deg + summary.band_half_deg,
        statistics=summary.statistics,
        changes=summary.changes,
        table=table,
        flexion_correlation=_flexion_correlation(table, knee_flexion_deg, strides),
        excursion_error_deg=excursion_error_deg,
        uncertainty=_uncertainty(excursion, len(duration_s), excursion_error_deg),
        start_s=float(table.strike_s[0]),
        end_s=float(table.end_s[-1]),
    )


def _table(time_s: FloatArray, rotation_deg: FloatArray, strides: Strides) -> StrideTable:
    use = strides.counted
    samples = np.arange(len(time_s), dtype=np.float64)
    strike, toe_off, end = strides.strike[use], strides.toe_off[use], strides.end[use]
    curves_deg = normalised_curves(rotation_deg, strike, end)
    toe_off_percent = 100.0 * (toe_off - strike) / (end - strike)
    mean_deg = curves_deg.mean(axis=0)
    values = read_quantities(curves_deg, toe_off_percent, peak_places(mean_deg))
    values[GaitQuantity.VARIABILITY] = np.sqrt(np.mean((curves_deg - mean_deg) ** 2, axis=1))
    return StrideTable(
        strike_s=np.interp(strike, samples, time_s),
        toe_off_s=np.interp(toe_off, samples, time_s),
        end_s=np.interp(end, samples, time_s),
        curves_deg=curves_deg,
        values=values,
    )


def _rejected(time_s: FloatArray, strides: Strides) -> tuple[RejectedStride, ...]:
    out = np.flatnonzero(~strides.counted)
    samples = np.arange(len(time_s))
    start_s = np.interp(strides.strike[out], samples, time_s)
    end_s = np.interp(strides.end[out], samples, time_s)
    return tuple(
        RejectedStride(start, end, strides.reason[i])
        for i, start, end in zip(out.tolist(), start_s.tolist(), end_s.tolist(), strict=True)
    )


def _flexion_correlation(
    table: StrideTable, knee_flexion_deg: FloatArray, strides: Strides
) -> float:
    every = max(len(table.strike_s) // ENOUGH_FOR_CORRELATION, 1)
    some = np.flatnonzero(strides.counted)[::every]
    flexion = normalised_curves(knee_flexion_deg, strides.strike[some], strides.end[some])
    known = np.isfinite(flexion).all(axis=1)
    rotation, flexion = table.curves_deg[::every][known], flexion[known]
    size = np.sqrt(np.sum(rotation**2) * np.sum(flexion**2))
    return float(np.sum(rotation * flexion) / size) if size > 0.0 else np.nan


def _uncertainty(excursion: StrideStatistic, strides: int, error_deg: float) -> Uncertainty:
    from_strides = (excursion.high - excursion.mean) / NORMAL_95
    if not np.isfinite(from_strides):
        from_strides = excursion.sd / np.sqrt(strides)
    sem_deg = float(np.hypot(error_deg, from_strides))
    return Uncertainty(sem_deg, float(DIFFERENCE_FACTOR * sem_deg))
