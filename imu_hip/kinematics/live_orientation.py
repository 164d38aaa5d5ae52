"""The orientation of one sensor while it streams, over its gaps, raw or computed by the sensor."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.orientation import (
    FILTERED_GAP_S,
    SHORTEST_PIECE_S,
    CausalOrientation,
    turning_dps,
)
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.windows import runs


@dataclass(frozen=True, slots=True, eq=False)
class ImuBlock:
    """The next samples of one sensor: specific force and angular velocity, shape (n, 3).

    Rows of NaN are samples that are missing.
    """

    acc_mps2: FloatArray
    gyr_dps: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class OrientationBlock:
    """The next samples of a sensor that computes its orientation itself, shape (n, 4).

    Rows of NaN are samples that are missing.
    """

    q_earth_sensor: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class OrientedBlock:
    """Orientation, shape (n, 4), and angular velocity, shape (n, 3), of one sensor.

    Rows are NaN where the sensor was silent or its orientation has not settled again. `raw` is
    what the orientation was made of; None where the sensor computed it.
    """

    q_earth_sensor: FloatArray
    gyr_dps: FloatArray
    raw: ImuBlock | None = None


class LiveOrientation:
    """Orientation of one sensor, block by block; any split gives the same numbers.

    Over gaps of up to a second the filter runs on with interpolated samples, as it does over a
    recording. After a longer one it starts anew with the bias that it had learnt, and its
    orientation is missing until it has settled.

    Parameters
    ----------
    sampling_rate_hz
        Rate of the common time grid.
    """

    def __init__(self, sampling_rate_hz: float) -> None:
        self._rate_hz = sampling_rate_hz
        self._longest = round(FILTERED_GAP_S * sampling_rate_hz)
        self._settling = 0
        self._missing = 0
        self._filter: CausalOrientation | None = None
        self._last_raw: FloatArray | None = None
        self._last_q: FloatArray | None = None

    def feed(self, block: ImuBlock | OrientationBlock) -> OrientedBlock:
        """Orientation and angular velocity of the next n samples."""
        if isinstance(block, OrientationBlock):
            return self._given(block.q_earth_sensor)
        present = np.isfinite(block.acc_mps2.sum(axis=1) + block.gyr_dps.sum(axis=1))
        if self._missing == 0 and self._settling == 0 and present.all():
            q_earth_sensor = self._filtered(block.acc_mps2, block.gyr_dps)
            return OrientedBlock(q_earth_sensor, block.gyr_dps, block)
        return self._with_gaps(block, present)

    def _given(self, q_earth_sensor: FloatArray) -> OrientedBlock:
        last = np.full(4, np.nan) if self._last_q is None else self._last_q
        if len(q_earth_sensor):
            self._last_q = q_earth_sensor[-1].copy()
        before = np.concatenate((last[None], q_earth_sensor[:-1]))[: len(q_earth_sensor)]
        return OrientedBlock(q_earth_sensor, turning_dps(before, q_earth_sensor, self._rate_hz))

    def _with_gaps(self, block: ImuBlock, present: BoolArray) -> OrientedBlock:
        q = np.full((len(present), 4), np.nan)
        gyr = np.where(present[:, None], block.gyr_dps, np.nan)
        at = 0
        for start, end in runs(present):
            self._missing += start - at
            acc_mps2, gyr_dps = block.acc_mps2[start:end], block.gyr_dps[start:end]
            self._resume(acc_mps2[0], gyr_dps[0])
            unsettled = min(self._settling, end - start)
            self._settling -= unsettled
            q[start + unsettled : end] = self._filtered(acc_mps2, gyr_dps)[unsettled:]
            at = end
        self._missing += len(present) - at
        return OrientedBlock(q, gyr, block)

    def _resume(self, acc_mps2: FloatArray, gyr_dps: FloatArray) -> None:
        """Let the filter meet the first sample after a gap."""
        if self._missing and self._filter is not None and self._last_raw is not None:
            if self._missing > self._longest:
                self._filter = self._filter.anew()
                self._settling = round(SHORTEST_PIECE_S * self._rate_hz)
            else:
                part = (np.arange(1, self._missing + 1) / (self._missing + 1))[:, None]
                between = (1.0 - part) * self._last_raw + part * np.concatenate((acc_mps2, gyr_dps))
                self._filter.feed(between[:, :3], between[:, 3:])
        self._missing = 0

    def _filtered(self, acc_mps2: FloatArray, gyr_dps: FloatArray) -> FloatArray:
        if self._filter is None:
            self._filter = CausalOrientation(self._rate_hz)
        if len(acc_mps2):
            self._last_raw = np.concatenate((acc_mps2[-1], gyr_dps[-1]))
        return self._filter.feed(acc_mps2, gyr_dps)
