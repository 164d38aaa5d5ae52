"""From captured samples to the orientations and angles of both legs, as they come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from imu_hip.bluetooth.capture import Captured
from imu_hip.bluetooth.intake import CapturedSample
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.live_chain import LegChain
from imu_hip.kinematics.live_orientation import LiveOrientation, OrientedBlock
from imu_hip.kinematics.pipeline import ChainParameters, LegAngles
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.live.messages import LegFrame
from imu_hip.names import SHIN, THIGH, Segment, Side
from imu_hip.recording.live_grid import LiveGrid, LiveSamples


@dataclass(frozen=True, slots=True, eq=False)
class LegNews:
    """What is new of one leg, arrays of shape (n,) or (n, 3) and (n, 4) in the blocks.

    `time_s` is on the clock of `time.perf_counter`; `angles` is None before the calibration.
    """

    time_s: FloatArray
    thigh: OrientedBlock
    shin: OrientedBlock
    angles: LegAngles | None

    def frame(self) -> LegFrame:
        """The newest angles."""
        angles = self.angles
        if angles is None:
            return LegFrame(None, None, None, None)
        return LegFrame(
            rotation_deg=_newest(angles.femoral_rotation_deg),
            thigh_elevation_deg=_newest(angles.thigh_elevation_deg),
            knee_flexion_deg=_newest(angles.knee_flexion_deg),
            shin_slope_deg=_newest(angles.shin_slope_deg),
        )


class LegStream:
    """Grid, orientation and, once they are calibrated, angles of the legs that are worn.

    Parameters
    ----------
    segments
        The sensors that stream.
    sampling_rate_hz
        Rate of the grid.
    """

    def __init__(self, segments: Collection[Segment], sampling_rate_hz: float) -> None:
        self.sampling_rate_hz = sampling_rate_hz
        self.sides = tuple(s for s in Side if THIGH[s] in segments and SHIN[s] in segments)
        """The legs with both sensors."""
        self._grid = LiveGrid(segments, sampling_rate_hz)
        self._sensors = {segment: LiveOrientation(sampling_rate_hz) for segment in segments}
        self._chains: dict[Side, LegChain] = {}
        self.calibration: dict[Side, LegCalibration] = {}
        """Of the legs that have angles."""

    def calibrate(self, legs: Mapping[Side, LegCalibration]) -> None:
        """From now on these legs have angles."""
        self.calibration |= legs
        parameters = ChainParameters(self.sampling_rate_hz)
        self._chains |= {side: LegChain(leg, side, parameters) for side, leg in legs.items()}

    def feed(self, captured: Captured) -> dict[Side, LegNews]:
        """What is new, for the legs that have something."""
        samples = {
            segment: live_samples(taken) for segment, taken in captured.samples.items() if taken
        }
        news: dict[Side, LegNews] = {}
        for side, block in self._grid.feed(samples).items():
            thigh = self._sensors[THIGH[side]].feed(block.thigh)
            shin = self._sensors[SHIN[side]].feed(block.shin)
            chain = self._chains.get(side)
            angles = None
            if chain is not None:
                angles = chain.feed(thigh.q_earth_sensor, shin.q_earth_sensor)
            news[side] = LegNews(block.time_s, thigh, shin, angles)
        return news


def live_samples(taken: Sequence[CapturedSample]) -> LiveSamples:
    """Captured samples of one sensor, at least one, as arrays."""
    time_s = np.array([one.host_s for one in taken])
    first = taken[0].sample
    # Raw samples go before the sensor's own orientation, as in a recording.
    if first.acc_mps2 is not None and first.gyr_dps is not None:
        acc = np.array([one.sample.acc_mps2 for one in taken], dtype=np.float64)
        gyr = np.array([one.sample.gyr_dps for one in taken], dtype=np.float64)
        return LiveSamples(time_s, acc_mps2=acc, gyr_dps=gyr)
    q = np.array([one.sample.q_earth_sensor for one in taken], dtype=np.float64)
    return LiveSamples(time_s, q_earth_sensor=q)


def _newest(values: FloatArray) -> float | None:
    value = float(values[-1])
    return value if np.isfinite(value) else None
