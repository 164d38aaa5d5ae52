"""Since when both sensors of a leg have been still, sample by sample."""

import math
from collections import deque

from imu_hip.analysis.movement import STILL_BELOW_DPS
from imu_hip.analysis.phases import TRIM_S
from imu_hip.names import Segment

SWAY = 1.5
"""Stillness that has begun ends only with clearly more movement, so that sway does not end it."""

LOOK_BACK_S = 0.5


class Stillness:
    """Since when both sensors of a leg have been still."""

    def __init__(self, segments: tuple[Segment, Segment], sampling_rate_hz: float) -> None:
        count = max(round(LOOK_BACK_S * sampling_rate_hz), 2)
        self._lately: dict[Segment, deque[float]] = {s: deque(maxlen=count) for s in segments}
        self._since_s: float | None = None
        self._now_s = 0.0

    def begin(self) -> None:
        """Count from now on."""
        self._since_s = None

    def step(self, time_s: float, speeds_dps: tuple[float, float]) -> None:
        """Take the next sample's speeds of thigh and shin."""
        for lately, speed_dps in zip(self._lately.values(), speeds_dps, strict=True):
            lately.append(speed_dps)
        self._now_s = time_s
        if self.moving() is not None or self.silent() is not None:
            self._since_s = None
        elif self._since_s is None:
            # All of the look-back was still; its last part makes up for what will be trimmed.
            self._since_s = time_s - TRIM_S

    def moving(self) -> Segment | None:
        """The segment that moves most, None where both are still."""
        means = {segment: _mean_of_present(lately) for segment, lately in self._lately.items()}
        fastest = max(means, key=lambda segment: means[segment])
        limit_dps = STILL_BELOW_DPS * (1.0 if self._since_s is None else SWAY)
        return fastest if means[fastest] >= limit_dps else None

    def silent(self) -> Segment | None:
        """A segment whose sensor has sent less than half of its samples lately."""
        for segment, lately in self._lately.items():
            if 2 * sum(not math.isnan(speed) for speed in lately) < (lately.maxlen or 0):
                return segment
        return None

    @property
    def span_s(self) -> tuple[float, float] | None:
        """From when to when the leg has been still; both ends are yet to be trimmed."""
        return None if self._since_s is None else (self._since_s, self._now_s)

    @property
    def lasted_s(self) -> float:
        """For how long the leg has surely been still."""
        return 0.0 if self._since_s is None else self._now_s - self._since_s - TRIM_S


def _mean_of_present(values: deque[float]) -> float:
    present = [value for value in values if not math.isnan(value)]
    return sum(present) / len(present) if present else 0.0
