"""Vector arithmetic on long arrays of shape (n, 3), several times faster than numpy's own."""

import numpy as np

from imu_hip.kinematics.gravity import axis_in_earth
from imu_hip.kinematics.quaternion import FloatArray, columns


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Row by row vector product, shape (n, 3); `np.cross` takes five times as long."""
    ax, ay, az = a.T
    bx, by, bz = b.T
    return columns(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)


def dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """Row by row scalar product, shape (n,)."""
    product: FloatArray = a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2]
    return product


def unit_rows(v: FloatArray) -> FloatArray:
    """Each row scaled to length 1."""
    unit: FloatArray = v / np.sqrt(dot(v, v))[:, None]
    return unit


def normal_to(v: FloatArray, y: FloatArray) -> FloatArray:
    """Unit vectors along the part of `v` that is normal to the unit vectors `y`."""
    return unit_rows(v - dot(v, y)[:, None] * y)


def mean_in_sensor(q_earth_sensor: FloatArray, v_earth: FloatArray) -> FloatArray:
    """Mean direction, shape (3,), of earth vectors as a sensor sees them."""
    axes = [axis_in_earth(q_earth_sensor, axis) for axis in np.eye(3)]
    return np.array([float(dot(axis, v_earth).mean()) for axis in axes])
