"""The one chain from the orientations of two sensors to the angles of a leg.

Offline, `leg_angles` sees a whole piece of a recording with windows that look both ways. Live,
`AngleChain` feeds the same chain 20 ms blocks with windows that look back only.
"""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.chain_windows import (
    ChainWindows,
    Mean,
    WindowSamples,
    centred_windows,
)
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
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.names import Side

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
    def samples(self) -> WindowSamples:
        """The windows in samples; an infinite one is longer than any recording."""
        rate_hz = self.sampling_rate_hz
        endless = not np.isfinite(self.reference_window_s)
        reference = np.iinfo(np.int32).max if endless else round(self.reference_window_s * rate_hz)
        return WindowSamples(
            heading=round(self.heading_window_s * rate_hz),
            reference=reference,
            posture=round(self.posture_window_s * rate_hz),
            # Half a window twice makes the triangle; whole samples downwards, so that 60 Hz is
            # not smoothed more than 100 Hz.
            smoothing=2 * int(0.25 * self.smoothing_window_s * rate_hz),
        )

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
) -> LegAngles:
    """Angles of one leg from the orientations of its two sensors, with windows to both sides.

    Parameters
    ----------
    q_thigh, q_shin
        `q_earth_sensor` of both sensors on one time grid, shape (n, 4); NaN where missing.
    calibration, side, parameters
        Alignment of the sensors, side of the body, windows and weights.
    """
    thigh = segment_in_earth(q_thigh, calibration.thigh)
    shin = segment_in_earth(q_shin, calibration.shin)
    return angles_of_segments(
        thigh, shin, side, parameters.weights, centred_windows(parameters.samples)
    )


def angles_of_segments(
    thigh: SegmentInEarth,
    shin: SegmentInEarth,
    side: Side,
    weights: FemurWeights,
    windows: ChainWindows,
) -> LegAngles:
    """Angles of one leg from its two segments, over a whole array or the next block of a stream."""
    up_thigh, up_shin = thigh.up, shin.up
    level, pose = _posture(up_thigh, windows.posture)
    y_femur, z_femur = thigh.y, _upright_z(thigh, shin, weights, windows.heading)
    rotation_deg, reference = rotation_against_mean_heading(y_femur, z_femur, side, windows)
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


def rotation_against_mean_heading(
    y_femur: FloatArray, z_femur: FloatArray, side: Side, windows: ChainWindows
) -> tuple[FloatArray, ComplexArray]:
    """Smoothed upright rotation in degrees, and the mean heading it counts from, shape (n,)."""
    reference = mean_heading(z_femur, windows.reference)
    rotation_deg = rotation_upright_deg(y_femur, z_femur, reference, side.sign)
    return _smooth(rotation_deg, windows.smoothing), reference


def _posture(up_thigh: FloatArray, means: tuple[Mean, Mean]) -> tuple[BoolArray, FloatArray]:
    long_axis_up = means[0](np.ascontiguousarray(up_thigh[:, 1]))
    front_up = means[1](np.ascontiguousarray(up_thigh[:, 0]))
    return np.abs(long_axis_up) < LEVEL_SINE, np.where(front_up < 0.0, -1.0, 1.0)


def _upright_z(
    thigh: SegmentInEarth, shin: SegmentInEarth, weights: FemurWeights, mean: Mean
) -> FloatArray:
    into_thigh = shin_to_thigh(thigh.z, shin.z, mean)
    y_shin, z_shin = turn(shin.y, into_thigh), turn(shin.z, into_thigh)
    return femur_z(thigh.y, thigh.z, y_shin, z_shin, weights)


def _smooth(angle_deg: FloatArray, means: tuple[Mean, Mean]) -> FloatArray:
    once, again = means
    smooth = again(once(angle_deg))
    # What was not measured stays so.
    return np.where(np.isfinite(angle_deg), smooth, np.nan)
