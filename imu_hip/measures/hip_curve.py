"""Hip joint angles through the stride, where a sensor on the pelvis tells them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.measures.running import FEWEST_STRIDES
from imu_hip.measures.strides import Strides, raw_curves
from imu_hip.names import Side, Task

if TYPE_CHECKING:
    import pandas as pd

ENOUGH_STRIDES = 500
"""Means of so many strides are known to a twentieth of the SD between strides."""


@dataclass(frozen=True, slots=True, eq=False)
class HipCurve:
    """Mean hip angles of one leg, foot strike to foot strike, and their SD between strides.

    Arrays have shape (101,); + is flexion, adduction and internal rotation. No mean is removed.
    Of a long run some hundred strides, evenly spread, are averaged; `strides` is their number.
    """

    side: Side
    task: Task
    strides: int
    flexion_deg: FloatArray
    flexion_sd_deg: FloatArray
    adduction_deg: FloatArray
    adduction_sd_deg: FloatArray
    rotation_deg: FloatArray
    rotation_sd_deg: FloatArray

    def to_frame(self) -> "pd.DataFrame":
        """One row per percent of the stride."""
        import pandas as pd  # noqa: PLC0415

        return pd.DataFrame(
            {
                "percent": np.arange(len(self.flexion_deg)),
                "flexion_deg": self.flexion_deg,
                "flexion_sd_deg": self.flexion_sd_deg,
                "adduction_deg": self.adduction_deg,
                "adduction_sd_deg": self.adduction_sd_deg,
                "rotation_deg": self.rotation_deg,
                "rotation_sd_deg": self.rotation_sd_deg,
            }
        )


def hip_curve(
    flexion_deg: FloatArray,
    adduction_deg: FloatArray,
    rotation_deg: FloatArray,
    strides: Strides,
    side: Side,
    *,
    task: Task,
) -> HipCurve | None:
    """Mean hip angles over the strides that count; None where too few have all three angles.

    Parameters
    ----------
    flexion_deg, adduction_deg, rotation_deg
        Shape (n,), NaN where not measured.
    """
    counted = np.flatnonzero(strides.counted)
    use = counted[:: max(len(counted) // ENOUGH_STRIDES, 1)]
    strike, end = strides.strike[use], strides.end[use]
    if not len(strike):
        return None
    curves = [
        raw_curves(angle, strike, end) for angle in (flexion_deg, adduction_deg, rotation_deg)
    ]
    known = np.all([np.isfinite(curve.sum(axis=1)) for curve in curves], axis=0)
    if int(known.sum()) < FEWEST_STRIDES:
        return None
    mean = [curve[known].mean(axis=0) for curve in curves]
    sd = [curve[known].std(axis=0, ddof=1) for curve in curves]
    return HipCurve(
        side=side,
        task=task,
        strides=int(known.sum()),
        flexion_deg=mean[0],
        flexion_sd_deg=sd[0],
        adduction_deg=mean[1],
        adduction_sd_deg=sd[1],
        rotation_deg=mean[2],
        rotation_sd_deg=sd[2],
    )
