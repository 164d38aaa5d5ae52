"""The chain live: blocks of samples in, angles out."""

import itertools
from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.chain_windows import causal_windows
from imu_hip.kinematics.gravity import mounted_in_earth, mounting
from imu_hip.kinematics.live_orientation import ImuBlock, LiveOrientation, OrientationBlock
from imu_hip.kinematics.orientation import FILTERED_GAP_S
from imu_hip.kinematics.pipeline import ChainParameters, LegAngles, angles_of_segments
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.windows import runs
from imu_hip.names import SHIN, THIGH, Segment, Side


class LegChain:
    """Angles of one leg from the orientations of its two sensors, block by block.

    All its memory is what its windows still see; how a stream is split into blocks therefore does
    not change its angles. After more than a second without a whole leg the windows start anew,
    because the headings before and after have nothing to do with each other.

    Parameters
    ----------
    calibration, side
        Alignment and side of the leg.
    parameters
        Windows and weights; the windows must be finite.
    """

    def __init__(
        self, calibration: LegCalibration, side: Side, parameters: ChainParameters
    ) -> None:
        self._side = side
        self._parameters = parameters
        self._thigh, self._shin = mounting(calibration.thigh), mounting(calibration.shin)
        self._windows = causal_windows(parameters.samples)
        self._longest = round(FILTERED_GAP_S * parameters.sampling_rate_hz)
        self._missing = 0

    def feed(self, q_thigh: FloatArray, q_shin: FloatArray) -> LegAngles:
        """Angles of the next samples.

        Parameters
        ----------
        q_thigh, q_shin
            `q_earth_sensor` of both sensors, shape (n, 4), NaN where missing.

        Raises
        ------
        ValueError
            Where the two differ in length.
        """
        if len(q_thigh) != len(q_shin):
            msg = (
                f"blocks of the {THIGH[self._side].words} and {SHIN[self._side].words} "
                "differ in length"
            )
            raise ValueError(msg)
        whole = np.isfinite(q_thigh[:, 0]) & np.isfinite(q_shin[:, 0])
        if self._missing == 0 and whole.all():
            return self._angles(q_thigh, q_shin)
        bounds = [0, *self._new_beginnings(whole), len(whole)]
        parts = []
        for start, end in itertools.pairwise(bounds):
            if start:
                self._windows = causal_windows(self._parameters.samples)
            parts.append(self._angles(q_thigh[start:end], q_shin[start:end]))
        return parts[0] if len(parts) == 1 else _joined(parts)

    def _new_beginnings(self, whole: BoolArray) -> list[int]:
        """The samples after a long gap, at which the windows start anew."""
        beginnings, at = [], 0
        for start, end in runs(whole):
            self._missing += start - at
            if self._missing > self._longest:
                if start:
                    beginnings.append(start)
                else:
                    self._windows = causal_windows(self._parameters.samples)
            self._missing, at = 0, end
        self._missing += len(whole) - at
        return beginnings

    def _angles(self, q_thigh: FloatArray, q_shin: FloatArray) -> LegAngles:
        return angles_of_segments(
            mounted_in_earth(q_thigh, self._thigh),
            mounted_in_earth(q_shin, self._shin),
            self._side,
            self._parameters.weights,
            self._windows,
        )


class AngleChain:
    """The causal chain: blocks of samples in, angles of the same samples out.

    Sensors may send raw samples or only an orientation, and rows of NaN where they were silent.
    Rotation and knee flexion are NaN where one of a leg's sensors is. How a stream is split into
    blocks does not change its angles.

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
        self._legs = {side: LegChain(leg, side, parameters) for side, leg in calibration.items()}
        self._sensors = {
            segment: LiveOrientation(parameters.sampling_rate_hz)
            for side in calibration
            for segment in (THIGH[side], SHIN[side])
        }

    def feed(
        self, blocks: Mapping[Segment, ImuBlock] | Mapping[Segment, ImuBlock | OrientationBlock]
    ) -> dict[Side, LegAngles]:
        """Angles of every leg for the next samples; the blocks of a leg have one length.

        Raises
        ------
        ValueError
            Where the blocks of thigh and shin differ in length.
        """
        q = {
            segment: sensor.feed(blocks[segment]).q_earth_sensor
            for segment, sensor in self._sensors.items()
        }
        return {side: leg.feed(q[THIGH[side]], q[SHIN[side]]) for side, leg in self._legs.items()}


def _joined(parts: list[LegAngles]) -> LegAngles:
    return LegAngles(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(LegAngles)
        }
    )
