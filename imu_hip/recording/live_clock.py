"""A sensor's clock onto the host's while it streams: each sample as it arrives, none held back."""

import math
from dataclasses import dataclass, field

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.recording.clock_bounds import BLOCK_S, BLOCK_SAMPLES, ClockBounds, find_bounds, joined
from imu_hip.recording.clock_lines import LARGEST_DRIFT, OffsetLine, band_line

REMEMBERED_BLOCKS = 150
"""Ten minutes: enough for a line, too little for the wander of a clock to bend it."""

LONGEST_BLOCK = 4096
"""More samples than any sensor sends in a block."""

SLOWEST = 0.1
"""While the estimate goes back, as after late first packets, time still rises at this rate."""


@dataclass(slots=True)
class LiveClock:
    """Host times of one sensor's samples as they arrive; one object an epoch.

    A sample is no later than its arrival, and no later than an earlier sample's bound allows a
    clock to drift. Where the arrivals show the grid of connection events, a line fitted every
    few seconds to the last minutes goes amid the bounds. Memory and work are bounded.

    Parameters
    ----------
    drift_limit
        Fastest that the host's clock can run against the sensor's, less one.
    """

    drift_limit: float = LARGEST_DRIFT
    _block: list[tuple[float, float]] = field(default_factory=list, init=False, repr=False)
    _bounds: list[ClockBounds] = field(default_factory=list, init=False, repr=False)
    _line: OffsetLine | None = field(default=None, init=False, repr=False)
    _sensor_s: float = field(default=-math.inf, init=False, repr=False)
    _upper_s: float = field(default=math.inf, init=False, repr=False)
    _host_s: float = field(default=-math.inf, init=False, repr=False)

    def update(self, sensor_s: float, arrival_s: float) -> float:
        """Host time of a sample, later than that of every sample before.

        Raises
        ------
        ValueError
            Where the sensor's clock does not rise: a repeated packet, or a new epoch.
        """
        if not self._sensor_s < sensor_s < math.inf:
            raise ValueError(f"sensor time {sensor_s} s does not follow {self._sensor_s} s")
        if self._block_is_full(sensor_s):
            self._close_block()
        step_s = sensor_s - self._sensor_s if self._block or self._bounds else 0.0
        self._block.append((sensor_s, arrival_s))
        # An earlier bound still holds, loosened by what the clocks can have drifted since.
        self._upper_s = min(self._upper_s + self.drift_limit * step_s, arrival_s - sensor_s)
        offset_s = self._upper_s
        if self._line is not None:
            offset_s = min(offset_s, self._line.at(sensor_s))
        # A time that was given out cannot be taken back, so the estimate may only slow time down.
        self._host_s = max(sensor_s + offset_s, self._host_s + SLOWEST * step_s)
        self._sensor_s = sensor_s
        return self._host_s

    def follow(self, sensor_s: FloatArray, arrival_s: FloatArray) -> FloatArray:
        """Host times of a block of samples, shape (n,): the same as one by one."""
        samples = zip(sensor_s.tolist(), arrival_s.tolist(), strict=True)
        return np.array([self.update(sample_s, at_s) for sample_s, at_s in samples])

    def _block_is_full(self, sensor_s: float) -> bool:
        count = len(self._block)
        long = count > 0 and sensor_s - self._block[0][0] >= BLOCK_S
        return (long and count >= BLOCK_SAMPLES) or count >= LONGEST_BLOCK

    def _close_block(self) -> None:
        sensor_s, arrival_s = np.array(self._block).T
        self._block.clear()
        slope = 0.0 if self._line is None else self._line.slope
        self._bounds.append(find_bounds(sensor_s, arrival_s, slope))
        del self._bounds[:-REMEMBERED_BLOCKS]
        bounds = joined(self._bounds)
        self._line = None
        if bounds.two_sided:
            first_s, last_s = bounds.sensor_s[[0, -1]].tolist()
            self._line = band_line(bounds, first_s, last_s)
