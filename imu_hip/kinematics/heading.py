"""Headings: the part of orientation that gravity cannot see.

Without magnetometer each sensor's heading starts anywhere and drifts. Horizontal directions are
complex numbers here (x + iy), so that a mean direction is a plain mean and a rotation a product.
"""

import numpy as np
from numpy.typing import NDArray

from imu_hip.kinematics.chain_windows import Mean
from imu_hip.kinematics.quaternion import FloatArray, columns

ComplexArray = NDArray[np.complex128]


def horizontal(v_earth: FloatArray) -> ComplexArray:
    """Horizontal part of earth vectors, shape (n, 3), as complex numbers, shape (n,)."""
    return v_earth[..., 0] + 1j * v_earth[..., 1]


def turn(v_earth: FloatArray, turn_unit: ComplexArray) -> FloatArray:
    """Turn earth vectors, shape (n, 3), about the vertical by unit complex numbers, shape (n,)."""
    turned = horizontal(v_earth) * turn_unit
    return columns(turned.real, turned.imag, v_earth[..., 2])


def unit(direction: ComplexArray) -> ComplexArray:
    """Scale to length 1; a direction without length stays 0."""
    # Not np.abs, which guards against overflow and takes three times as long.
    length = np.sqrt(direction.real * direction.real + direction.imag * direction.imag)
    scaled: ComplexArray = direction / np.where(length > 0, length, 1.0)
    return scaled


def shin_to_thigh(z_thigh_earth: FloatArray, z_shin_earth: FloatArray, mean: Mean) -> ComplexArray:
    """Turn that brings the shin's earth frame into the thigh's, over a moving window.

    The hinge makes both z axes one direction, so over a window of a few seconds their mean
    horizontal directions must agree; a long window keeps tibial rotation and skin motion out.

    Parameters
    ----------
    z_thigh_earth, z_shin_earth
        Hinge axes, each in its own sensor's earth frame, shape (n, 3).
    mean
        The window.

    Returns
    -------
    ComplexArray
        Unit complex numbers, shape (n,).
    """
    return unit(mean(horizontal(z_thigh_earth) * np.conj(horizontal(z_shin_earth))))


def mean_heading(z_earth: FloatArray, means: tuple[Mean, Mean]) -> ComplexArray:
    """Mean direction of a z axis, shape (n, 3), as unit complex numbers, shape (n,).

    A moving mean of a moving mean: its triangular window lets much less of the stride through
    than a box does when the window is not a whole number of strides.
    """
    once, again = means
    return unit(again(once(unit(horizontal(z_earth)))))


def hinge_turns(y_thigh_earth: FloatArray, z_shin_earth: FloatArray) -> tuple[complex, complex]:
    """The two constant turns that make the thigh's long axis normal to the shin's hinge axis.

    With `p` and `s` the horizontal parts and `v` the verticals, the hinge wants
    `Re(p conj(s t)) + v_p v_s = 0` for the turn t. Least squares over all samples is a quadratic
    in (Re t, Im t) on the unit circle; its two minima lie half a turn apart, and which one is
    meant follows from the movement (a knee bends one way).

    Parameters
    ----------
    y_thigh_earth, z_shin_earth
        Thigh long axis and shin hinge axis, each in its own earth frame, shape (n, 3), finite.

    Returns
    -------
    tuple of complex
        The better and the opposite turn, unit complex numbers.
    """
    k = horizontal(y_thigh_earth) * np.conj(horizontal(z_shin_earth))
    rows = np.stack((k.real, k.imag), axis=1)
    quadratic = rows.T @ rows
    linear = -rows.T @ (y_thigh_earth[:, 2] * z_shin_earth[:, 2])
    angle = np.deg2rad(np.arange(0.0, 360.0, 0.25))
    circle = np.stack((np.cos(angle), np.sin(angle)))
    cost = np.einsum("in,ij,jn->n", circle, quadratic, circle) - 2.0 * linear @ circle
    best = angle[int(np.argmin(cost))]
    return complex(np.exp(1j * best)), complex(-np.exp(1j * best))
