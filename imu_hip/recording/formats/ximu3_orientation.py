"""The orientation of an x-IMU3 in its three forms, turned so that the earth's z is up."""

from typing import Final

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import FloatArray, conjugate, from_matrix, multiply, rotate
from imu_hip.names import GRAVITY_MPS2
from imu_hip.recording.formats.euler import earth_from_roll_pitch_yaw_deg

ORIENTATIONS: Final = ("Quaternion.csv", "RotationMatrix.csv", "EulerAngles.csv")
"""The forms of orientation in the order in which they are taken."""

_NORTH_EAST_DOWN: Final = np.array([0.0, 1.0, 0.0, 0.0])
"""Half a turn about north makes down up."""

_AGREES: Final = 0.7
"""Part of gravity that must be vertical in the mean over a recording, however a leg moves."""

_CLEARLY: Final = 1.1
"""A sensor that hardly tilts tells the same vertical in both directions; then nothing is turned."""


def orientation_in(file: str, values: FloatArray, name: str) -> FloatArray:
    """Quaternions, shape (n, 4), from the values of one of the forms, shape (n, 3, 4 or 9).

    Raises
    ------
    RecordingError
        Where a matrix is no rotation.
    """
    if file == "EulerAngles.csv":
        return earth_from_roll_pitch_yaw_deg(values)
    if file == "RotationMatrix.csv":
        matrix = values.reshape(-1, 3, 3)
        # Files have few digits, so a rotation is only nearly one.
        away = np.abs(matrix @ np.swapaxes(matrix, 1, 2) - np.eye(3)).max(axis=(1, 2))
        if np.any(away > 0.05):
            raise RecordingError(
                f"{name}: the matrix of sample {int(np.argmax(away > 0.05)) + 1} is no rotation.",
                "Remove this row or export the recording again.",
            )
        return from_matrix(matrix)
    return values


def with_z_up(q: FloatArray, acc_mps2: FloatArray, name: str, notes: list[str]) -> FloatArray:
    """The orientation as r_earth_sensor with earth z up, whatever the sensor was set to.

    x-IMU3 sensors report the sensor's orientation in an earth frame of north, west and up, of
    east, north and up, or of north, east and down. Files that passed through other software may
    hold the inverse. Only the right one turns the measured gravity into a vertical.

    Parameters
    ----------
    q
        As the file has it, shape (n, 4).
    acc_mps2
        Specific force in the sensor frame, shape (n, 3).
    notes
        What was done is appended.

    Raises
    ------
    RecordingError
        Where no direction makes gravity vertical.
    """
    vertical = {
        inverse: float(np.mean(rotate(conjugate(q) if inverse else q, acc_mps2)[:, 2]))
        for inverse in (False, True)
    }
    # Over a recording the accelerations of a leg average out, and gravity is left.
    inverse = abs(vertical[True]) > _CLEARLY * abs(vertical[False])
    if abs(vertical[inverse]) < _AGREES * GRAVITY_MPS2:
        raise RecordingError(
            f"{name}: gravity is not vertical in the orientation that the sensor reports.",
            "Remove the file of the orientation; it is then computed from Inertial.csv.",
        )
    if inverse:
        notes.append(f"{name}: the orientation was that of the earth in the sensor; turned round.")
        q = conjugate(q)
    if vertical[inverse] < 0:
        notes.append(f"{name}: the orientation had its vertical pointing down; turned up.")
        q = multiply(_NORTH_EAST_DOWN, q)
    return q
