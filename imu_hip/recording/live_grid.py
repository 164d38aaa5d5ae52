"""The newest samples of several sensors onto one time grid a leg, with the least delay."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.live_orientation import ImuBlock, OrientationBlock
from imu_hip.kinematics.quaternion import FloatArray, IntArray, slerp
from imu_hip.names import SHIN, THIGH, Segment, Side
from imu_hip.recording.timeline import BRIDGED_GAP_S

SAME_TIME_S = 1e-7
"""Times that differ by less are the same; floating point leaves about 1e-10 s."""

PATIENCE_S = 0.25
"""A sensor that is this far behind the newest sample of all no longer holds its leg back."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveSamples:
    """The newest samples of one sensor.

    Parameters
    ----------
    time_s
        On the host's clock, shape (n,), rising.
    acc_mps2, gyr_dps
        Specific force and angular velocity in the sensor frame, shape (n, 3), or None.
    q_earth_sensor
        Orientation computed by the sensor, shape (n, 4), or None.
    """

    time_s: FloatArray
    acc_mps2: FloatArray | None = None
    gyr_dps: FloatArray | None = None
    q_earth_sensor: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GridBlock:
    """The next samples of one leg on its grid, shape (n,); may be empty.

    A sensor that sends raw samples has them here, any other its orientation. Rows are NaN where a
    sensor was silent for more than 0.1 s.
    """

    time_s: FloatArray
    thigh: ImuBlock | OrientationBlock
    shin: ImuBlock | OrientationBlock


class LiveGrid:
    """Brings sensors onto one grid a leg, multiples of the period on the host's clock.

    A sample comes out as soon as both sensors of its leg have measured before and after it; the
    legs do not wait for each other. As long as no sensor comes later than `patience_s` after the
    others, how its samples are split into blocks changes nothing.

    Parameters
    ----------
    segments
        The sensors that are worn; the pelvis' only tells the time to the others.
    sampling_rate_hz
        Rate of the grid: that of the fastest sensor.
    patience_s
        A sensor that is this far behind the newest sample of all no longer holds its leg back.
    """

    def __init__(
        self,
        segments: Collection[Segment],
        sampling_rate_hz: float = 60.0,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._rate_hz = sampling_rate_hz
        self._patience_s = patience_s
        self._sensors = {segment: _SensorTail() for segment in segments}
        self._next: dict[Side, int | None] = {
            side: None for side in Side if THIGH[side] in segments and SHIN[side] in segments
        }
        self._newest_s = -math.inf

    @property
    def away(self) -> frozenset[Segment]:
        """Sensors that are further behind the newest sample than the patience."""
        return frozenset(
            segment for segment, sensor in self._sensors.items() if self._is_late(sensor)
        )

    def feed(self, samples: Mapping[Segment, LiveSamples]) -> dict[Side, GridBlock]:
        """Everything that can be placed now, for the legs that have something."""
        for segment, new in samples.items():
            if len(new.time_s):
                self._sensors[segment].add(new)
                self._newest_s = max(self._newest_s, float(new.time_s[-1]))
        blocks: dict[Side, GridBlock] = {}
        for side in self._next:
            block = self._placed(side)
            if block is not None:
                blocks[side] = block
        return blocks

    def _is_late(self, sensor: "_SensorTail") -> bool:
        return sensor.last_s < self._newest_s - self._patience_s

    def _placed(self, side: Side) -> GridBlock | None:
        thigh, shin = self._sensors[THIGH[side]], self._sensors[SHIN[side]]
        first = self._first(side, thigh, shin)
        if first is None:
            return None
        overdue_s = self._newest_s - self._patience_s
        known_s = min(max(thigh.last_s, overdue_s), max(shin.last_s, overdue_s))
        end = math.floor(known_s * self._rate_hz + 1e-6) + 1
        if end <= first:
            return None
        time_s = np.arange(first, end) / self._rate_hz
        self._next[side] = end
        block = GridBlock(time_s, thigh.at(time_s), shin.at(time_s))
        next_s = end / self._rate_hz
        thigh.forget_before(next_s)
        shin.forget_before(next_s)
        return block

    def _first(self, side: Side, thigh: "_SensorTail", shin: "_SensorTail") -> int | None:
        first = self._next[side]
        if first is not None:
            return first
        begun = [sensor.first_s for sensor in (thigh, shin) if sensor.begun]
        waits = len(begun) < 2 and not any(s < self._newest_s - self._patience_s for s in begun)
        if waits:
            return None
        return math.ceil(min(begun) * self._rate_hz - 1e-6)


class _SensorTail:
    """The samples of one sensor that the grid has not passed yet, and the one before them."""

    def __init__(self) -> None:
        self._time_s = np.empty(0)
        self._values: FloatArray = np.empty((0, 4))
        self.first_s = math.inf
        self.last_s = -math.inf

    @property
    def begun(self) -> bool:
        return self.last_s > -math.inf

    def add(self, new: LiveSamples) -> None:
        time_s, values = new.time_s, _values(new)
        if time_s[0] <= self.last_s or (len(time_s) > 1 and np.diff(time_s).min() <= 0.0):
            # What does not follow what was there can no longer be placed.
            before = np.maximum.accumulate(np.concatenate(([self.last_s], time_s)))[:-1]
            follows = time_s > before
            time_s, values = time_s[follows], values[follows]
            if not len(time_s):
                return
        if not self.begun:
            self.first_s = float(time_s[0])
        if values.shape[1] != self._values.shape[1]:
            self._time_s, self._values = np.empty(0), np.empty((0, values.shape[1]))
        self._time_s = np.concatenate((self._time_s, time_s))
        self._values = np.concatenate((self._values, values))
        self.last_s = float(time_s[-1])

    def at(self, time_s: FloatArray) -> ImuBlock | OrientationBlock:
        """Values at the times of the grid, NaN where there are none within the bridged gap."""
        values = self._interpolated(time_s)
        if values.shape[1] == 4:
            return OrientationBlock(values)
        return ImuBlock(values[:, :3], values[:, 3:])

    def _interpolated(self, time_s: FloatArray) -> FloatArray:
        own_s, own = self._time_s, self._values
        placed = np.full((len(time_s), own.shape[1]), np.nan)
        if not len(own_s):
            return placed
        left = np.searchsorted(own_s, time_s + SAME_TIME_S, side="right") - 1
        left = np.clip(left, 0, max(len(own_s) - 2, 0))
        right = np.minimum(left + 1, len(own_s) - 1)
        into_s, span_s = time_s - own_s[left], own_s[right] - own_s[left]
        bridged = (into_s > 0.0) & (into_s < span_s) & (span_s <= BRIDGED_GAP_S)
        sampled = np.minimum(np.abs(into_s), np.abs(span_s - into_s)) <= SAME_TIME_S
        known = bridged | sampled
        fraction = np.clip(into_s / np.where(span_s > 0.0, span_s, 1.0), 0.0, 1.0)
        placed[known] = _between(own, left[known], right[known], fraction[known])
        return placed

    def forget_before(self, time_s: float) -> None:
        first = int(np.searchsorted(self._time_s, time_s, side="right")) - 1
        if first > 0:
            self._time_s, self._values = self._time_s[first:], self._values[first:]


def _values(new: LiveSamples) -> FloatArray:
    """What of the samples is used: raw ones where there are any, else the orientation."""
    if new.acc_mps2 is not None and new.gyr_dps is not None:
        return np.concatenate((new.acc_mps2, new.gyr_dps), axis=1)
    if new.q_earth_sensor is not None:
        return new.q_earth_sensor
    msg = "a sensor must send acceleration and angular velocity, or its orientation"
    raise ValueError(msg)


def _between(
    values: FloatArray, left: IntArray, right: IntArray, fraction: FloatArray
) -> FloatArray:
    if values.shape[1] == 4:
        return slerp(values[left], values[right], fraction)
    part = fraction[:, None]
    linear: FloatArray = (1.0 - part) * values[left] + part * values[right]
    return linear
