"""How a sensor sees a stride, and how far it turned on its segment between two of these views.

A sensor that slips sees the same movement from another side: one rotation maps what it measured
before on what it measured after. Movement that changes is no rotation of what was before.
"""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, IntArray

PHASES = 16
"""Points of a stride at which a view is taken; the movement of a leg has some six harmonics."""


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """Rotations that map views on later views, for k pairs.

    Parameters
    ----------
    r_before_after
        From the sensor frame after to the one before, shape (k, 3, 3).
    axis, angle_deg
        Axis in the sensor frame, shape (k, 3), and angle, shape (k,).
    explained
        Part of the squared difference between the views that the rotation takes away, shape (k,).
    """

    r_before_after: FloatArray
    axis: FloatArray
    angle_deg: FloatArray
    explained: FloatArray


def phase_samples(strike: FloatArray, end: FloatArray) -> IntArray:
    """The samples at the phases of strides that begin and end at given ones, shape (m, PHASES)."""
    part = (np.arange(PHASES) + 0.5) / PHASES
    at: IntArray = (strike[:, None] + (end - strike)[:, None] * part + 0.5).astype(np.intp)
    return at


def stride_views(q_earth_sensor: FloatArray, gyr_dps: FloatArray, at: IntArray) -> FloatArray:
    """What a sensor sees of "up" and of angular velocity through each stride.

    Parameters
    ----------
    q_earth_sensor, gyr_dps
        Shapes (n, 4) and (n, 3); NaN where missing.
    at
        Samples at the phases of m strides, shape (m, PHASES).

    Returns
    -------
    FloatArray
        Shape (m, 2 * PHASES, 3): "up", then angular velocity; NaN for strides with holes.
    """
    views = np.empty((len(at), 2 * PHASES, 3))
    w, x, y, z = (q_earth_sensor[:, i].take(at) for i in range(4))
    views[:, :PHASES, 0] = 2 * (x * z - w * y)
    views[:, :PHASES, 1] = 2 * (y * z + w * x)
    views[:, :PHASES, 2] = 1 - 2 * (x * x + y * y)
    # Whole rows come together; taken axis by axis they take five times as long.
    views[:, PHASES:] = gyr_dps.take(at, axis=0)
    if not np.isfinite(views.sum()):
        views[~np.isfinite(views.sum(axis=(1, 2)))] = np.nan
    return views


def scaled(views: FloatArray) -> FloatArray:
    """Views, shape (..., 2 * PHASES, 3), with angular velocity of RMS 1, as long as "up".

    Both halves then weigh the same, and a faster stride of the same form looks the same.
    """
    gyr_dps = views[..., PHASES:, :]
    rms = np.sqrt(3.0 * np.mean(gyr_dps**2, axis=(-2, -1), keepdims=True))
    # A sensor that does not turn at all has nothing to scale.
    return np.concatenate(
        (views[..., :PHASES, :], gyr_dps / np.where(rms > 0.0, rms, 1.0)), axis=-2
    )


def turns_between(before: FloatArray, after: FloatArray) -> Turns:
    """Rotations that map scaled views best on later ones, both of shape (k, 2 * PHASES, 3).

    Least squares over rotations by singular values (W. Kabsch, Acta Cryst. A32, 1976, 922-923).
    """
    left, _, right = np.linalg.svd(np.swapaxes(before, -1, -2) @ after)
    left[..., 2] *= np.sign(np.linalg.det(left @ right))[..., None]
    r = left @ right
    left_over = np.sum((after @ np.swapaxes(r, -1, -2) - before) ** 2, axis=(-2, -1))
    cosine = np.clip(0.5 * (np.trace(r, axis1=-2, axis2=-1) - 1.0), -1.0, 1.0)
    # The axis is the one direction that the symmetric part of a rotation keeps as long as it is.
    _, directions = np.linalg.eigh(r + np.swapaxes(r, -1, -2))
    return Turns(
        r_before_after=r,
        axis=directions[..., 2],
        angle_deg=np.rad2deg(np.arccos(cosine)),
        explained=1.0 - left_over / np.maximum(change(before, after), 1e-12),
    )


def change(before: FloatArray, after: FloatArray) -> FloatArray:
    """Squared difference between views, shape (k,)."""
    apart: FloatArray = np.sum((after - before) ** 2, axis=(-2, -1))
    return apart


def rough_angle_deg(before: FloatArray, after: FloatArray) -> FloatArray:
    """Angles of `turns_between`, shape (k,), five times as fast; too small beyond 60°."""
    moment = np.swapaxes(before, -1, -2) @ after
    own = np.swapaxes(before, -1, -2) @ before
    inertia = np.trace(own, axis1=-2, axis2=-1)[:, None, None] * np.eye(3) - own
    lever = np.stack(
        [moment[:, i, j] - moment[:, j, i] for i, j in ((2, 1), (0, 2), (1, 0))], axis=-1
    )
    turn = np.linalg.solve(inertia, lever[..., None])[..., 0]
    angle_deg: FloatArray = np.rad2deg(np.sqrt(np.sum(turn**2, axis=-1)))
    return angle_deg


def hinge(view: FloatArray) -> FloatArray:
    """Axis about which a leg swings forward in a view, shape (3,): normal to where "up" moves.

    Angular velocity tells it less well, because soft tissue turns about the long axis.
    """
    up = view[:PHASES]
    _, directions = np.linalg.eigh(up.T @ up)
    axis: FloatArray = directions[:, 0]
    return axis


def mean_up(view: FloatArray) -> FloatArray:
    """Mean direction "up" in a view, shape (3,)."""
    up = view[:PHASES].mean(axis=0)
    unit: FloatArray = up / np.linalg.norm(up)
    return unit


def share_of_turn(views: FloatArray, before: FloatArray, after: FloatArray) -> FloatArray:
    """How far each view, shape (m, 2 * PHASES, 3), is on the way from one view to another.

    Returns
    -------
    FloatArray
        Shape (m,): 0 like `before`, 1 like `after`, NaN where the view is missing.
    """
    way = after - before
    share: FloatArray = np.tensordot(views - before, way, axes=2) / np.sum(way**2)
    return share


def ramp(share: FloatArray, clear: int) -> tuple[int, int]:
    """Last stride before a slip and first one after it, from shares of shape (m,).

    The ramp from 0 to 1 that fits best in the sense of least squares, among those that leave
    `clear` strides on each side; a slip within one stride is the steepest of them.
    """
    m = len(share)
    first, last = np.triu_indices(m, 1)
    inside = (first >= clear - 1) & (last <= m - clear)
    first, last = first[inside], last[inside]
    model = np.clip((np.arange(m) - first[:, None]) / (last - first)[:, None], 0.0, 1.0)
    error = np.nansum((share - model) ** 2, axis=1)
    best = int(np.argmin(error))
    return int(first[best]), int(last[best])
