"""The measurement packets of a Movella (Xsens) DOT, as bytes and as what they mean.

Source: Movella DOT BLE Services Specifications, XD0506P, sections 3.2 to 3.5. All numbers are
little-endian. A packet carries no count and no checksum, so whatever no sensor can have measured
is taken for damage.
"""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

from imu_hip.bluetooth.drivers.movella_dot_gatt import PAYLOAD_SIZES
from imu_hip.bluetooth.drivers.movella_dot_modes import PayloadMode, Quantity
from imu_hip.bluetooth.drivers.samples import Clipping, Quaternion, Sample, Skipped, Vector
from imu_hip.names import GRAVITY_MPS2

UNIT_NORM_TOLERANCE: Final = 0.02
MAGNETIC_FIELD_SCALE: Final = 4096
"""Steps of one arbitrary unit. The specification only says 'fixed point'; the scale is that of
the vendor's DOT Server example."""

# Twice the ranges of 16 g and 2000 degrees/s on each axis (user manual XD0502P): three axes at
# their ends, turned into one and with gravity taken off, stay below.
LARGEST_ACC_MPS2: Final = 32 * GRAVITY_MPS2
LARGEST_GYR_DPS: Final = 4000.0


MAG_IS_NEW: Final = 0x200
ACC_CLIPPED: Final = 0x007
GYR_CLIPPED: Final = 0x038
MAG_CLIPPED: Final = 0x1C0
"""Bits of the status; those of clipping are for the axes x, y and z, the lowest for x."""


class DotStatus(NamedTuple):
    """Flags of a packet, and how many raw samples between two packets were clipped."""

    bits: int
    clipped_acc_count: int = 0
    clipped_gyr_count: int = 0

    @property
    def clipping(self) -> Clipping:
        """Which quantities reached the end of their range."""
        clipping = Clipping.NONE
        if self.bits & ACC_CLIPPED or self.clipped_acc_count:
            clipping |= Clipping.ACCELERATION
        if self.bits & GYR_CLIPPED or self.clipped_gyr_count:
            clipping |= Clipping.ANGULAR_VELOCITY
        if self.bits & MAG_CLIPPED:
            clipping |= Clipping.MAGNETIC_FIELD
        return clipping


@dataclass(frozen=True, slots=True)
class DotPacket:
    """One measurement packet; what its mode does not carry is None.

    Parameters
    ----------
    tick
        The sensor's clock in microseconds, 32 bits.
    free_acc_earth_mps2
        Acceleration without gravity, in the earth frame.
    """

    tick: int
    q_earth_sensor: Quaternion | None = None
    free_acc_earth_mps2: Vector | None = None
    acc_mps2: Vector | None = None
    gyr_dps: Vector | None = None
    mag_au: Vector | None = None
    status: DotStatus | None = None


def pack(mode: PayloadMode, packet: DotPacket) -> bytes:
    """The bytes of a packet, without the zeros that may follow it on air.

    Raises
    ------
    ValueError
        Where the packet lacks a quantity of the mode.
    """
    numbers: list[float] = [packet.tick]
    for quantity in mode.quantities:
        value = getattr(packet, quantity.field)
        if value is None:
            raise ValueError(f"the packet has no {quantity.field}")
        if quantity is Quantity.MAGNETIC_FIELD:
            value = (_fixed_point(component) for component in value)
        numbers.extend(value)
    return mode.layout.pack(*numbers)


def unpack(mode: PayloadMode, value: bytes) -> DotPacket | Skipped:
    """Read a notification; whatever no sensor can have measured is skipped."""
    size, room = mode.layout.size, PAYLOAD_SIZES[mode.characteristic]
    if not size <= len(value) <= room:
        return Skipped(f"{len(value)} bytes where {size} to {room} were expected", len(value))
    if any(value[size:]):
        return Skipped("bytes other than 0 after the packet", len(value))
    numbers = mode.layout.unpack_from(value)
    if not all(map(math.isfinite, numbers)):
        return Skipped("a number that is none", len(value))
    fields: dict[str, tuple[float, ...]] = {}
    at = 1
    for quantity in mode.quantities:
        fields[quantity.field] = _read(quantity, numbers[at : at + quantity.count])
        at += quantity.count
    packet = DotPacket(numbers[0], **fields)  # type: ignore[arg-type]
    fault = _fault(packet)
    return Skipped(fault, len(value)) if fault else packet


def sample_of(packet: DotPacket) -> Sample:
    """What a packet says, with the specific force in the sensor frame."""
    acc_mps2 = packet.acc_mps2
    if packet.free_acc_earth_mps2 and packet.q_earth_sensor:
        acc_mps2 = _specific_force(packet.q_earth_sensor, packet.free_acc_earth_mps2)
    return Sample(
        packet.tick,
        None,
        packet.q_earth_sensor,
        acc_mps2,
        packet.gyr_dps,
        packet.mag_au,
        packet.status.clipping if packet.status else Clipping.NONE,
    )


def _read(quantity: Quantity, numbers: tuple[float, ...]) -> tuple[float, ...]:
    if quantity is Quantity.MAGNETIC_FIELD:
        return tuple(number / MAGNETIC_FIELD_SCALE for number in numbers)
    if quantity is Quantity.STATUS:
        return DotStatus(*map(int, numbers))
    return numbers


def _fixed_point(value: float) -> int:
    return max(-(2**15), min(2**15 - 1, round(value * MAGNETIC_FIELD_SCALE)))


def _fault(packet: DotPacket) -> str:
    """Why no sensor can have measured this, empty where one can."""
    q = packet.q_earth_sensor
    if q and abs(math.hypot(*q) - 1.0) > UNIT_NORM_TOLERANCE:
        return "a quaternion that is no rotation"
    for acc in (packet.free_acc_earth_mps2, packet.acc_mps2):
        if acc and max(map(abs, acc)) > LARGEST_ACC_MPS2:
            return "an acceleration far out of range"
    if packet.gyr_dps and max(map(abs, packet.gyr_dps)) > LARGEST_GYR_DPS:
        return "an angular velocity far out of range"
    return ""


def _specific_force(q_earth_sensor: Quaternion, free_acc_earth_mps2: Vector) -> Vector:
    """The acceleration with gravity, turned from the earth into the sensor frame."""
    w, x, y, z = q_earth_sensor
    a, b, c = free_acc_earth_mps2
    c += GRAVITY_MPS2
    # The quaternion came rounded; dividing by its square keeps the length of the vector.
    twice = 2.0 / (w * w + x * x + y * y + z * z)
    p, q, r = twice * (z * b - y * c), twice * (x * c - z * a), twice * (y * a - x * b)
    return (a + w * p + z * q - y * r, b + w * q + x * r - z * p, c + w * r + y * p - x * q)
