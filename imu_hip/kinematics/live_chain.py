"""The chain live: blocks of samples in, angles out."""

from collections.abc import Mapping
from dataclasses import dataclass

from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.chain_windows import causal_windows
from imu_hip.kinematics.gravity import SegmentInEarth, mounted_in_earth, mounting
from imu_hip.kinematics.orientation import CausalOrientation
from imu_hip.kinematics.pipeline import ChainParameters, LegAngles, angles_of_segments
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import SHIN, THIGH, Segment, Side


@dataclass(frozen=True, slots=True)
class ImuBlock:
    """The next samples of one sensor: specific force and angular velocity, shape (n, 3)."""

    acc_mps2: FloatArray
    gyr_dps: FloatArray


class AngleChain:
    """The causal chain: blocks of samples in, angles of the same samples out.

    All its memory is the state of the orientation filters and what its windows still see; how a
    stream is split into blocks therefore does not change its angles.

    Parameters
    ----------
    calibration
        Alignment of the legs to follow.
    parameters
        Windows and weights; the windows must be finite.
    """

    def __init__(
        self, calibration: Mapping[Side, LegCalibration], parameters: ChainParameters
    ) -> None:
        self._weights = parameters.weights
        self._mounting: dict[Segment, FloatArray] = {}
        for side, leg in calibration.items():
            self._mounting[THIGH[side]] = mounting(leg.thigh)
            self._mounting[SHIN[side]] = mounting(leg.shin)
        rate_hz = parameters.sampling_rate_hz
        self._filters = {segment: CausalOrientation(rate_hz) for segment in self._mounting}
        self._windows = {side: causal_windows(parameters.samples) for side in calibration}

    def feed(self, blocks: Mapping[Segment, ImuBlock]) -> dict[Side, LegAngles]:
        """Angles of every leg for the next samples; the blocks of a leg have one length.

        Raises
        ------
        ValueError
            Where the blocks of thigh and shin differ in length or hold a value not finite.
        """
        angles: dict[Side, LegAngles] = {}
        for side, windows in self._windows.items():
            thigh, shin = THIGH[side], SHIN[side]
            if len(blocks[shin].acc_mps2) != len(blocks[thigh].acc_mps2):
                msg = f"blocks of the {thigh.words} and {shin.words} differ in length"
                raise ValueError(msg)
            angles[side] = angles_of_segments(
                self._in_earth(thigh, blocks[thigh]),
                self._in_earth(shin, blocks[shin]),
                side,
                self._weights,
                windows,
            )
        return angles

    def _in_earth(self, segment: Segment, block: ImuBlock) -> SegmentInEarth:
        q_earth_sensor = self._filters[segment].feed(block.acc_mps2, block.gyr_dps)
        return mounted_in_earth(q_earth_sensor, self._mounting[segment])
