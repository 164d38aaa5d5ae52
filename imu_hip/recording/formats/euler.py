"""Euler angles of Xsens and Movella sensors."""

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, from_axis_angle, multiply

_X, _Y, _Z = np.eye(3)


def earth_from_roll_pitch_yaw_deg(angles_deg: FloatArray) -> FloatArray:
    """`q_earth_sensor`, shape (n, 4), from roll, pitch and yaw, shape (n, 3), in degrees.

    Yaw about z, then pitch about the new y, then roll about the new x.
    """
    roll, pitch, yaw = np.radians(angles_deg).T
    heading = from_axis_angle(_Z, yaw)
    return multiply(multiply(heading, from_axis_angle(_Y, pitch)), from_axis_angle(_X, roll))
