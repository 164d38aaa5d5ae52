"""An angle over time as a file or an analysis gives it, read at other times."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import BoolArray, FloatArray

LONGEST_BRIDGE_S = 0.1
"""Neighbours further apart than this and than two and a half usual steps have a gap in between."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One angle over time: arrays of shape (n,), times strictly increasing, NaN where missing."""

    time_s: FloatArray
    angle_deg: FloatArray

    @property
    def known(self) -> BoolArray:
        """Which samples were measured, shape (n,)."""
        return np.isfinite(self.angle_deg)

    @property
    def step_s(self) -> float:
        """The usual time between two samples."""
        return float(np.median(np.diff(self.time_s)))

    @property
    def span_s(self) -> tuple[float, float]:
        """Times of the first and last measured sample; both NaN where there is none."""
        time_s = self.time_s[self.known]
        return (float(time_s[0]), float(time_s[-1])) if len(time_s) else (np.nan, np.nan)

    def at(self, wanted_s: FloatArray) -> FloatArray:
        """The angle at other times, shape (m,), on straight lines between neighbours.

        NaN before the first and after the last measured sample, and inside gaps.
        """
        known = self.known
        # Single missing samples are bridged; what is long is a gap again below.
        time_s, angle_deg = self.time_s[known], self.angle_deg[known]
        if len(time_s) < 2:
            return np.full(len(wanted_s), np.nan)
        values = np.interp(wanted_s, time_s, angle_deg, left=np.nan, right=np.nan)
        longest_s = max(LONGEST_BRIDGE_S, 2.5 * self.step_s)
        after = np.clip(np.searchsorted(time_s, wanted_s), 1, len(time_s) - 1)
        # Times that are exactly at a measured sample have a value on either side of a gap.
        inside = (time_s[after] - time_s[after - 1] > longest_s) & (
            (wanted_s > time_s[after - 1]) & (wanted_s < time_s[after])
        )
        return np.where(inside, np.nan, values)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """The same angle of the same leg, as it was estimated and as a reference has it."""

    estimate: Track
    reference: Track

    def without_delay(self, delay_s: float) -> "Pair":
        """The same angles, both on the reference's clock: the estimate's shows `delay_s` more."""
        estimate = Track(self.estimate.time_s - delay_s, self.estimate.angle_deg)
        return Pair(estimate, self.reference)
