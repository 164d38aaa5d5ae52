"""Refine the axes of a leg in gait: the knee stays a hinge, and thigh and shin tell one story.

Poses and principal axes leave errors of several degrees: a standing leg is not vertical seen from
the front, and a principal axis of gait gyro is pulled off by everything but flexion. Each such
error turns flexion into rotation, by its sine. Two facts of the gait itself tell them apart from
true rotation: the thigh's long axis stays normal to the knee's hinge, and the rotation that the
shin tells through the hinge should be the one that the thigh sensor tells.
"""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.chain_windows import centred
from imu_hip.kinematics.gravity import SegmentAxes, axis_in_earth
from imu_hip.kinematics.heading import shin_to_thigh, turn
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.vectors import cross, dot, mean_in_sensor, normal_to, unit_rows

_ROUNDS = 6
_STEP_RAD = 1e-4
_HEADING_S = 6.0
_MOST_SAMPLES = 1200
"""More samples of some dozen alike strides tell nothing new."""


@dataclass(frozen=True, slots=True)
class AxisPriors:
    """What is known of a leg before its gait is seen, as standard deviations.

    Parameters
    ----------
    lean_deg, lean_sd_deg
        How far the whole leg leans in the pose that gave its long axes, + with the hip outside of
        the foot. Hips are wider apart than feet: the leg's mechanical axis stands at 3° to the
        vertical (J. R. Moreland et al., J. Bone Joint Surg. Am. 69 (1987) 745-749).
    hinge_sd_deg
        Of the hinge about the shin's long axis.
    knee_sd_deg
        Of the angle between thigh and shin seen from the front.
    varus_sd_deg, disagreement_sd_deg
        How far a knee departs from a hinge, and how far thigh and shin tell different rotations:
        skin that hides half of it and a tibia that turns on the femur, 3 to 4° each.
    looks
        How many independent looks a gait offers. Strides repeat the same errors, so it is the
        phases of one stride that count, not the strides.
    """

    lean_deg: float = 3.0
    lean_sd_deg: float = 1.5
    hinge_sd_deg: float = 5.0
    knee_sd_deg: float = 2.0
    varus_sd_deg: float = 3.0
    disagreement_sd_deg: float = 3.5
    looks: float = 6.0


STANDING_PRIORS = AxisPriors()
"""Long axes from quiet standing."""

GAIT_PRIORS = AxisPriors(lean_sd_deg=6.0)
"""Long axes from the mean of gait, whose lean depends on the width of the steps."""


@dataclass(frozen=True, slots=True)
class AxisFit:
    """Refined axes, and what remained over the gait, as RMS.

    `varus_deg` is the knee's departure from a hinge, `disagreement_deg` how far the two sensors
    disagree on rotation.
    """

    thigh: SegmentAxes
    shin: SegmentAxes
    varus_deg: float
    disagreement_deg: float


@dataclass(frozen=True, slots=True)
class _Views:
    """Axes in the thigh sensor's earth frame, shape (n, 3)."""

    y_thigh: FloatArray
    z_thigh: FloatArray
    x_shin: FloatArray
    y_shin: FloatArray
    z_shin: FloatArray


def fit_axes(
    q_thigh: FloatArray,
    q_shin: FloatArray,
    axes: tuple[SegmentAxes, SegmentAxes],
    side_sign: int,
    *,
    sampling_rate_hz: float,
    priors: AxisPriors,
) -> AxisFit:
    """Refine the axes of one leg on a piece of its gait, as the most probable ones.

    Least squares (Gauss-Newton) over four angles: the turn between the sensors' headings, the
    hinge about the shin's long axis, the lean of the leg and the knee's own angle.

    Parameters
    ----------
    q_thigh, q_shin
        Orientations `q_earth_sensor` in gait, shape (n, 4), finite, one piece.
    axes
        First guess of the thigh's and the shin's axes.
    side_sign
        +1 right, -1 left.
    priors
        What is known of the axes before.
    """
    thigh, shin = axes
    views = _views(q_thigh, q_shin, thigh, shin, sampling_rate_hz)
    sd_rad = np.deg2rad((90.0, priors.hinge_sd_deg, priors.lean_sd_deg, priors.knee_sd_deg))
    expected = np.array((0.0, 0.0, np.deg2rad(priors.lean_deg), 0.0))
    weight = np.sqrt(priors.looks / len(views.y_thigh))
    scale = weight / np.deg2rad((priors.varus_sd_deg, priors.disagreement_sd_deg))

    def residuals(angles: FloatArray) -> FloatArray:
        varus, disagreement = _misfit(views, angles, side_sign)
        return np.concatenate(
            (varus * scale[0], disagreement * scale[1], (angles - expected) / sd_rad)
        )

    angles = np.zeros(4)
    for _ in range(_ROUNDS):
        now = residuals(angles)
        jacobian = np.stack(
            [(residuals(angles + _STEP_RAD * one) - now) / _STEP_RAD for one in np.eye(4)], axis=1
        )
        angles = angles - np.linalg.solve(jacobian.T @ jacobian, jacobian.T @ now)
    varus, disagreement = _misfit(views, angles, side_sign)
    hinge, lean_thigh, lean_shin = _tilts(angles, side_sign)
    # The thigh's z becomes the mean of the hinge, so that the chain finds the fitted heading.
    few = q_thigh[_few(len(q_thigh))]
    return AxisFit(
        SegmentAxes.from_y_and_z(
            thigh.y + lean_thigh * thigh.z, mean_in_sensor(few, _hinge(views, angles, side_sign))
        ),
        SegmentAxes.from_y_and_z(
            shin.y + lean_shin * shin.z, shin.z + hinge * shin.x - lean_shin * shin.y
        ),
        varus_deg=_rms_deg(varus),
        disagreement_deg=_rms_deg(disagreement),
    )


def _views(
    q_thigh: FloatArray, q_shin: FloatArray, thigh: SegmentAxes, shin: SegmentAxes, rate_hz: float
) -> _Views:
    z_thigh, z_shin = axis_in_earth(q_thigh, thigh.z), axis_in_earth(q_shin, shin.z)
    # A moving turn first, so that heading drift over a minute is no disagreement.
    into_thigh = shin_to_thigh(z_thigh, z_shin, centred(round(_HEADING_S * rate_hz)))
    few = _few(len(q_thigh))
    turns = into_thigh[few]
    return _Views(
        axis_in_earth(q_thigh[few], thigh.y),
        z_thigh[few],
        turn(axis_in_earth(q_shin[few], shin.x), turns),
        turn(axis_in_earth(q_shin[few], shin.y), turns),
        turn(z_shin[few], turns),
    )


def _tilts(angles: FloatArray, side_sign: int) -> tuple[float, float, float]:
    """Tilt of the shin's z towards x, and of both long axes sideways."""
    _, hinge, lean, knee = (side_sign * float(angle) for angle in angles)
    return hinge, lean + 0.5 * knee, lean - 0.5 * knee


def _hinge(views: _Views, angles: FloatArray, side_sign: int) -> FloatArray:
    """The shin's tilted z in the thigh's earth frame, shape (n, 3)."""
    hinge, _, lean_shin = _tilts(angles, side_sign)
    z = unit_rows(views.z_shin + hinge * views.x_shin - lean_shin * views.y_shin)
    return turn(z, np.full(len(z), np.exp(1j * float(angles[0]))))


def _misfit(views: _Views, angles: FloatArray, side_sign: int) -> tuple[FloatArray, FloatArray]:
    """Departure from a hinge and disagreement on rotation about its mean, shape (n,), radians."""
    _, lean_thigh, _ = _tilts(angles, side_sign)
    y = unit_rows(views.y_thigh + lean_thigh * views.z_thigh)
    z = _hinge(views, angles, side_sign)
    varus = dot(y, z)
    # z of both sensors normal to y, and the angle from one to the other about y.
    shin, thigh = normal_to(z, y), normal_to(views.z_thigh, y)
    disagreement = np.arctan2(dot(cross(thigh, shin), y), dot(thigh, shin))
    return np.arcsin(np.clip(varus, -1.0, 1.0)), disagreement - disagreement.mean()


def _few(n: int) -> slice:
    return slice(None, None, max(n // _MOST_SAMPLES, 1))


def _rms_deg(angle_rad: FloatArray) -> float:
    return float(np.rad2deg(np.sqrt(np.mean(angle_rad**2))))
