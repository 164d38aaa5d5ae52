"""The one chain from samples to angles, fed by blocks.

Offline, `leg_angles` sees a whole piece of a recording with windows that look both ways. Live,
`AngleChain` feeds the same function 20 ms blocks with windows that look back only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.femur import (
    GAIT_WEIGHTS,
    FemurWeights,
    femur_z,
    rotation_level_thigh_deg,
    rotation_upright_deg,
)
from imu_hip.kinematics.gravity import SegmentInEarth, elevation_deg, segment_in_earth
from imu_hip.kinematics.heading import ComplexArray, mean_heading, shin_to_thigh, turn
from imu_hip.kinematics.knee import flexion_level_thigh_deg, flexion_upright_deg
from imu_hip.kinematics.orientation import CausalOrientation
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.kinematics.windows import moving_mean
from imu_hip.names import SHIN, THIGH, Segment, Side

LEVEL_SINE = 0.7
"""A thigh within about 45° of level uses the gravity form, a steeper one the upright form."""


@dataclass(frozen=True, slots=True)
class ChainParameters:
    """Windows and weights of the chain.

    Parameters
    ----------
    sampling_rate_hz
        Rate of the common time grid.
    heading_window_s
        Window over which thigh and shin must agree on the hinge's heading: several strides, so
        that tibial rotation averages out, but short against heading drift.
    reference_window_s
        Window of the mean heading against which upright rotation is measured; infinite for a
        constant reference.
    posture_window_s
        Window over which a thigh counts as level or upright.
    smoothing_window_s
        Triangular window over upright rotation. 0.1 s lets half of the power through at 6 Hz, the
        usual limit for joint angles in gait; what is faster is skin that wobbles.
    weights
        How the views of the femur's z axis are blended in the upright form.
    """

    sampling_rate_hz: float
    heading_window_s: float = 6.0
    reference_window_s: float = 4.0
    posture_window_s: float = 1.0
    smoothing_window_s: float = 0.1
    weights: FemurWeights = GAIT_WEIGHTS

    @property
    def reach_s(self) -> float:
        """How far back, or to each side, an angle depends on the samples."""
        return (
            self.heading_window_s
            + self.reference_window_s
            + self.posture_window_s
            + self.smoothing_window_s
        )


@dataclass(frozen=True, slots=True)
class LegAngles:
    """Angles of one leg, arrays of shape (n,), NaN where not measured.

    `femoral_rotation_deg` is + internal: against gravity where `thigh_level`, else against the
    mean heading. `y_femur`, `z_femur` are the femur's axes in the thigh sensor's earth frame,
    shape (n, 3), and `mean_heading` that of z, as unit complex numbers.
    """

    femoral_rotation_deg: FloatArray
    knee_flexion_deg: FloatArray
    thigh_elevation_deg: FloatArray
    shin_slope_deg: FloatArray
    thigh_level: BoolArray
    y_femur: FloatArray
    z_femur: FloatArray
    mean_heading: ComplexArray

    def part(self, indices: slice) -> "LegAngles":
        """The same angles for a part of the samples."""
        return LegAngles(
            femoral_rotation_deg=self.femoral_rotation_deg[indices],
            knee_flexion_deg=self.knee_flexion_deg[indices],
            thigh_elevation_deg=self.thigh_elevation_deg[indices],
            shin_slope_deg=self.shin_slope_deg[indices],
            thigh_level=self.thigh_level[indices],
            y_femur=self.y_femur[indices],
            z_femur=self.z_femur[indices],
            mean_heading=self.mean_heading[indices],
        )


def leg_angles(
    q_thigh: FloatArray,
    q_shin: FloatArray,
    calibration: LegCalibration,
    side: Side,
    parameters: ChainParameters,
    *,
    causal: bool,
) -> LegAngles:
    """Angles of one leg from the orientations of its two sensors.

    Parameters
    ----------
    q_thigh, q_shin
        `q_earth_sensor` of both sensors on one time grid, shape (n, 4); NaN where missing.
    calibration, side, parameters
        Alignment of the sensors, side of the body, windows and weights.
    causal
        Whether the windows may only look back.
    """
    thigh = segment_in_earth(q_thigh, calibration.thigh)
    shin = segment_in_earth(q_shin, calibration.shin)
    up_thigh, up_shin = thigh.up, shin.up
    level, pose = _posture(up_thigh, _reach(parameters, parameters.posture_window_s, causal))
    y_femur, z_femur = thigh.y, _upright_z(thigh, shin, parameters, causal=causal)
    reference = mean_heading(z_femur, *_reach(parameters, parameters.reference_window_s, causal))
    rotation_deg = _smooth(
        rotation_upright_deg(y_femur, z_femur, reference, side.sign), parameters, causal=causal
    )
    knee_deg = flexion_upright_deg(up_thigh, up_shin)
    if level.any():
        by_gravity_deg = rotation_level_thigh_deg(up_thigh, up_shin, pose, side.sign)
        rotation_deg = np.where(level, by_gravity_deg, rotation_deg)
        knee_deg = np.where(level, flexion_level_thigh_deg(up_thigh, up_shin, pose), knee_deg)
    return LegAngles(
        femoral_rotation_deg=rotation_deg,
        knee_flexion_deg=knee_deg,
        thigh_elevation_deg=elevation_deg(up_thigh),
        shin_slope_deg=-elevation_deg(up_shin),
        thigh_level=level,
        y_femur=y_femur,
        z_femur=z_femur,
        mean_heading=reference,
    )


def _posture(up_thigh: FloatArray, reach: tuple[int, int]) -> tuple[BoolArray, FloatArray]:
    long_axis_up = moving_mean(np.ascontiguousarray(up_thigh[:, 1]), *reach)
    front_up = moving_mean(np.ascontiguousarray(up_thigh[:, 0]), *reach)
    return np.abs(long_axis_up) < LEVEL_SINE, np.where(front_up < 0.0, -1.0, 1.0)


def _upright_z(
    thigh: SegmentInEarth, shin: SegmentInEarth, parameters: ChainParameters, *, causal: bool
) -> FloatArray:
    window = _reach(parameters, parameters.heading_window_s, causal)
    into_thigh = shin_to_thigh(thigh.z, shin.z, *window)
    y_shin, z_shin = turn(shin.y, into_thigh), turn(shin.z, into_thigh)
    return femur_z(thigh.y, thigh.z, y_shin, z_shin, parameters.weights)


def _smooth(angle_deg: FloatArray, parameters: ChainParameters, *, causal: bool) -> FloatArray:
    # Half a window twice makes the triangle; whole samples downwards, so that 60 Hz is not
    # smoothed more than 100 Hz. What was not measured stays so.
    half = int(0.25 * parameters.smoothing_window_s * parameters.sampling_rate_hz)
    reach = (2 * half, 0) if causal else (half, half)
    smooth = moving_mean(moving_mean(angle_deg, *reach), *reach)
    return np.where(np.isfinite(angle_deg), smooth, np.nan)


def _reach(parameters: ChainParameters, window_s: float, causal: bool) -> tuple[int, int]:
    if not np.isfinite(window_s):
        return np.iinfo(np.int32).max, 0 if causal else np.iinfo(np.int32).max
    samples = round(window_s * parameters.sampling_rate_hz)
    return (samples, 0) if causal else (samples // 2, samples // 2)


@dataclass(frozen=True, slots=True)
class ImuBlock:
    """The next samples of one sensor: specific force and angular velocity, shape (n, 3)."""

    acc_mps2: FloatArray
    gyr_dps: FloatArray


class AngleChain:
    """The causal chain: blocks of samples in, angles of the same samples out.

    All its memory is the state of the orientation filters and the last few seconds of
    orientation, as long as the windows reach back; how a stream is split into blocks therefore
    does not change its angles.

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
        self._calibration = calibration
        self._parameters = parameters
        self._memory = round(parameters.reach_s * parameters.sampling_rate_hz) + 3
        self._filters: dict[Segment, CausalOrientation] = {}
        self._past: dict[Segment, FloatArray] = {}
        for side in calibration:
            for segment in (THIGH[side], SHIN[side]):
                self._filters[segment] = CausalOrientation(parameters.sampling_rate_hz)
                self._past[segment] = np.empty((0, 4))

    def feed(self, blocks: Mapping[Segment, ImuBlock]) -> dict[Side, LegAngles]:
        """Angles of every leg for the next samples; the blocks of a leg have one length.

        Raises
        ------
        ValueError
            Where the blocks of thigh and shin differ in length or hold a value not finite.
        """
        angles: dict[Side, LegAngles] = {}
        for side, leg in self._calibration.items():
            thigh, shin = THIGH[side], SHIN[side]
            n = len(blocks[thigh].acc_mps2)
            if len(blocks[shin].acc_mps2) != n:
                msg = f"blocks of the {thigh.words} and {shin.words} differ in length"
                raise ValueError(msg)
            q_thigh = self._remember(thigh, blocks[thigh])
            q_shin = self._remember(shin, blocks[shin])
            whole = leg_angles(q_thigh, q_shin, leg, side, self._parameters, causal=True)
            angles[side] = whole.part(slice(len(q_thigh) - n, None))
        return angles

    def _remember(self, segment: Segment, block: ImuBlock) -> FloatArray:
        q_new = self._filters[segment].feed(block.acc_mps2, block.gyr_dps)
        q = np.concatenate((self._past[segment], q_new))
        self._past[segment] = q[-self._memory :]
        return q
