"""The payload modes of a Movella (Xsens) DOT: what it can stream, and in which order.

Source: Movella DOT BLE Services Specifications, XD0506P, tables 13 to 17. Left out are the modes
of Euler angles and increments, which tell less, and those that only the vendor's program reads.
"""

import struct
from enum import Enum
from typing import Final

from imu_hip.bluetooth.drivers.movella_dot_gatt import (
    LONG_PAYLOAD,
    MEDIUM_PAYLOAD,
    SHORT_PAYLOAD,
)


class Quantity(Enum):
    """What a packet is made of: field of `DotPacket`, layout and count of numbers."""

    QUATERNION = ("q_earth_sensor", "4f", 4)
    FREE_ACCELERATION = ("free_acc_earth_mps2", "3f", 3)
    ACCELERATION = ("acc_mps2", "3f", 3)
    ANGULAR_VELOCITY = ("gyr_dps", "3f", 3)
    MAGNETIC_FIELD = ("mag_au", "3h", 3)
    STATUS = ("status", "HBB", 3)

    def __init__(self, field: str, layout: str, count: int) -> None:
        self.field = field
        self.layout = layout
        self.count = count


class PayloadMode:
    """One payload mode: its number in the measurement control, and how its packets are laid out.

    Parameters
    ----------
    characteristic
        UUID of the characteristic that notifies it.
    """

    def __init__(
        self, number: int, description: str, characteristic: str, *quantities: Quantity
    ) -> None:
        self.number = number
        self.description = description
        self.characteristic = characteristic
        self.quantities = quantities
        self.layout = struct.Struct("<I" + "".join(quantity.layout for quantity in quantities))

    @property
    def has_orientation(self) -> bool:
        """Whether it tells an orientation, which is when a heading can be reset."""
        return Quantity.QUATERNION in self.quantities


# Mode 6 is not the quaternion, for which programs have taken it, but free acceleration.
PAYLOAD_MODES: Final = {
    "extended-quaternion": PayloadMode(
        2,
        "orientation and acceleration, with flags where the range was left",
        MEDIUM_PAYLOAD,
        Quantity.QUATERNION,
        Quantity.FREE_ACCELERATION,
        Quantity.STATUS,
    ),
    "complete-quaternion": PayloadMode(
        3,
        "orientation and acceleration",
        MEDIUM_PAYLOAD,
        Quantity.QUATERNION,
        Quantity.FREE_ACCELERATION,
    ),
    "quaternion": PayloadMode(5, "orientation", SHORT_PAYLOAD, Quantity.QUATERNION),
    "rate-quantities-mag": PayloadMode(
        20,
        "acceleration, angular velocity and magnetic field, no orientation",
        MEDIUM_PAYLOAD,
        Quantity.ACCELERATION,
        Quantity.ANGULAR_VELOCITY,
        Quantity.MAGNETIC_FIELD,
    ),
    "rate-quantities": PayloadMode(
        21,
        "acceleration and angular velocity, no orientation",
        MEDIUM_PAYLOAD,
        Quantity.ACCELERATION,
        Quantity.ANGULAR_VELOCITY,
    ),
    "quaternion-gyr": PayloadMode(
        24,
        "orientation and angular velocity",
        MEDIUM_PAYLOAD,
        Quantity.QUATERNION,
        Quantity.ANGULAR_VELOCITY,
    ),
    "quaternion-acc-gyr": PayloadMode(
        26,
        "orientation, acceleration and angular velocity; needs firmware of 2023 or later",
        LONG_PAYLOAD,
        Quantity.QUATERNION,
        Quantity.ACCELERATION,
        Quantity.ANGULAR_VELOCITY,
    ),
}
"""By name; the first is the default."""
