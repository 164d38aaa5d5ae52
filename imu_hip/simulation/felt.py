"""What a worn sensor feels, with its errors, before it becomes bytes or a file."""

from dataclasses import dataclass

from imu_hip.kinematics.quaternion import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Felt:
    """What a sensor feels at given times, shapes (n, 4), (n, 3) and (n, 3).

    Quantities are in the sensor frame; earth z is up.
    """

    q_earth_sensor: FloatArray
    acc_mps2: FloatArray
    gyr_dps: FloatArray
