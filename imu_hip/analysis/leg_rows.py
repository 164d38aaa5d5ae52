"""What the two sensors of a leg sent for a while, kept as a recording of them would be."""

import numpy as np

from imu_hip.kinematics.calibration import long_axis
from imu_hip.kinematics.gravity import up_in_sensor
from imu_hip.kinematics.live_orientation import OrientedBlock
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import SHIN, THIGH, Segment, Side
from imu_hip.recording.recording import Recording, SensorStream
from imu_hip.recording.timeline import Timeline, build_timeline


class LegRows:
    """The samples of one leg, as they come.

    Parameters
    ----------
    side, sampling_rate_hz
        The leg and the rate of its grid.
    """

    def __init__(self, side: Side, sampling_rate_hz: float) -> None:
        self._rate_hz = sampling_rate_hz
        self._time_s: list[FloatArray] = []
        self._blocks: dict[Segment, list[OrientedBlock]] = {THIGH[side]: [], SHIN[side]: []}

    @property
    def empty(self) -> bool:
        """Whether nothing has been kept yet."""
        return not self._time_s

    def add(self, time_s: FloatArray, blocks: tuple[OrientedBlock, OrientedBlock]) -> None:
        """Keep the next samples of the thigh and the shin."""
        self._time_s.append(time_s)
        for kept, block in zip(self._blocks.values(), blocks, strict=True):
            kept.append(block)

    def mean_up(self, segment: Segment, start_s: float, end_s: float) -> FloatArray:
        """Mean of "up" in a sensor over `[start_s, end_s)`, shape (3,); NaN where it was silent."""
        time_s = np.concatenate(self._time_s)
        inside = (time_s >= start_s) & (time_s < end_s)
        q = np.concatenate([block.q_earth_sensor for block in self._blocks[segment]])[inside]
        q = q[np.isfinite(q[:, 0])]
        return long_axis(up_in_sensor(q)).axis if len(q) else np.full(3, np.nan)

    def timeline(self) -> Timeline:
        """All samples as an analysis sees them: raw ones are oriented anew, looking both ways."""
        time_s = np.concatenate(self._time_s)
        streams = {
            segment: self._stream(segment, time_s, blocks)
            for segment, blocks in self._blocks.items()
        }
        return build_timeline(Recording(streams))

    def _stream(
        self, segment: Segment, time_s: FloatArray, blocks: list[OrientedBlock]
    ) -> SensorStream:
        if all(block.raw is None for block in blocks):
            q = np.concatenate([block.q_earth_sensor for block in blocks])
            there = np.isfinite(q[:, 0])
            return SensorStream(segment, time_s[there], self._rate_hz, q_earth_sensor=q[there])
        acc = np.concatenate([_or_missing(block, "acc_mps2") for block in blocks])
        gyr = np.concatenate([_or_missing(block, "gyr_dps") for block in blocks])
        there = np.isfinite(acc[:, 0]) & np.isfinite(gyr[:, 0])
        return SensorStream(
            segment, time_s[there], self._rate_hz, acc_mps2=acc[there], gyr_dps=gyr[there]
        )


def _or_missing(block: OrientedBlock, name: str) -> FloatArray:
    if block.raw is None:
        return np.full((len(block.q_earth_sensor), 3), np.nan)
    values: FloatArray = getattr(block.raw, name)
    return values
