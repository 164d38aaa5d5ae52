"""Column names and units of our own two formats, Parquet and long CSV."""

from collections.abc import Sequence
from typing import Final

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.recording.recording import Recording, SensorStream

QUATERNION: Final = ("q_w", "q_x", "q_y", "q_z")
ACCELERATION: Final = ("acc_x_mps2", "acc_y_mps2", "acc_z_mps2")
ANGULAR_VELOCITY: Final = ("gyr_x_dps", "gyr_y_dps", "gyr_z_dps")
MAGNETIC_FIELD: Final = ("mag_x_au", "mag_y_au", "mag_z_au")
GROUPS: Final = {
    "q_earth_sensor": QUATERNION,
    "acc_mps2": ACCELERATION,
    "gyr_dps": ANGULAR_VELOCITY,
    "mag_au": MAGNETIC_FIELD,
}
"""Columns of each measured quantity, by the field of `SensorStream` that holds it."""


def measured_columns(recording: Recording) -> list[str]:
    """Columns of the quantities that at least one sensor measured."""
    return [
        name
        for field, names in GROUPS.items()
        for name in names
        if any(getattr(stream, field) is not None for stream in recording.streams.values())
    ]


def stream_columns(stream: SensorStream, columns: Sequence[str]) -> list[FloatArray | None]:
    """Values of one stream in the order of `columns`, None where it lacks the quantity."""
    values: dict[str, FloatArray | None] = {}
    for field, names in GROUPS.items():
        block: FloatArray | None = getattr(stream, field)
        for i, name in enumerate(names):
            values[name] = None if block is None else block[:, i]
    return [values[name] for name in columns]
