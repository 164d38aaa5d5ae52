"""Frames and registers of WitMotion's Bluetooth 5 sensors; see `firmware_notes/witmotion.md`.

Source: WitMotion's own SDK (github.com/WITMOTION/WitBluetooth_BWT901BLE5_0) and the
communication protocol of its manuals. Frames carry no checksum, so they are only plausible: each
starts with one of two headers, the next one follows at once, and pitch is within ±90°.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from imu_hip.bluetooth.drivers.samples import Clipping, Sample, Skipped
from imu_hip.names import GRAVITY_MPS2

SAMPLE_HEADER: Final = b"\x55\x61"
REGISTER_HEADER: Final = b"\x55\x71"
FRAME_BYTES: Final = 20
READ_REGISTERS: Final = 8
"""How many registers a reply carries, whatever was asked."""

ACC_PER_COUNT_MPS2: Final = 16.0 * GRAVITY_MPS2 / 32768
GYR_PER_COUNT_DPS: Final = 2000.0 / 32768
ANGLE_PER_COUNT_DEG: Final = 180.0 / 32768

REGISTER_SAVE: Final = 0x00
REGISTER_RATE: Final = 0x03
REGISTER_VERSION: Final = 0x2E
REGISTER_BATTERY: Final = 0x64
REGISTER_UNLOCK: Final = 0x69
REGISTER_SERIAL: Final = 0x7F
UNLOCK_VALUE: Final = 0xB588
SERIAL_REGISTERS: Final = 6

RATE_CODES: Final = {1.0: 3, 5.0: 5, 10.0: 6, 20.0: 7, 50.0: 8, 100.0: 9, 200.0: 11}
"""Value of the rate register by rate in Hz."""

# Voltage of the sensor's lithium cell and charge in percent, as the vendor's SDK takes it.
_CHARGE_BY_VOLT: Final = (
    (3.40, 0),
    (3.50, 5),
    (3.68, 10),
    (3.70, 15),
    (3.73, 20),
    (3.77, 30),
    (3.79, 40),
    (3.82, 50),
    (3.87, 60),
    (3.93, 75),
    (3.96, 90),
    (3.99, 100),
)
_PLAUSIBLE_VOLT: Final = (2.5, 5.0)

_NUMBERS: Final = struct.Struct("<9h")
_REGISTERS: Final = struct.Struct("<H8H")
_FULL_SCALE: Final = 32767
_RIGHT_ANGLE: Final = 16384


def read_command(register: int) -> bytes:
    """Ask for `READ_REGISTERS` registers from one on."""
    return struct.pack("<BBBH", 0xFF, 0xAA, 0x27, register)


def write_command(register: int, value: int) -> bytes:
    """Set a register; most take it only within 10 s of the unlock command."""
    return struct.pack("<BBBH", 0xFF, 0xAA, register, value)


def register_values(frame: bytes, register: int) -> tuple[int, ...] | None:
    """Unsigned registers of a reply that begins with one; None where it is no such reply."""
    if len(frame) != FRAME_BYTES or frame[:2] != REGISTER_HEADER:
        return None
    first, *values = _REGISTERS.unpack_from(frame, 2)
    return tuple(values) if first == register else None


def charge_percent(hundredths_volt: int) -> int | None:
    """Charge from the battery register, None where its value is no cell's voltage."""
    volt = hundredths_volt / 100.0
    if not _PLAUSIBLE_VOLT[0] <= volt <= _PLAUSIBLE_VOLT[1]:
        return None
    for (low, charge), (high, more) in pairwise(_CHARGE_BY_VOLT):
        if volt < high:
            part = max(0.0, (volt - low) / (high - low))
            return round(charge + part * (more - charge))
    return 100


def hundredths_volt(charge: float) -> int:
    """Battery register of a sensor with a charge in percent."""
    for (low, less), (high, more) in pairwise(_CHARGE_BY_VOLT):
        if charge <= more:
            return round(100.0 * (low + (high - low) * (charge - less) / (more - less)))
    return round(100.0 * _CHARGE_BY_VOLT[-1][0])


def serial_text(values: Sequence[int]) -> str:
    """Serial number of its registers, two characters each; empty where they hold no text."""
    # Flash that was never written is all ones.
    raw = struct.pack("<6H", *values[:SERIAL_REGISTERS]).strip(b"\0 \xff")
    text = raw.decode("ascii", errors="replace")
    return text if text.isprintable() and text.isascii() else ""


def version_text(values: Sequence[int]) -> str:
    """Firmware version of its two registers.

    With the top bit of the second set, 17, 6 and 8 bits hold three numbers, else the first
    register alone is the version.
    """
    number = values[0] | values[1] << 16
    if not number >> 31:
        return str(values[0])
    return f"{number >> 14 & 0x1FFFF}.{number >> 8 & 0x3F}.{number & 0xFF}"


def sample(frame: bytes) -> Sample | None:
    """Read a sample frame; None where its angles cannot be.

    Its Euler angles only serve that check. The orientation is computed from acceleration and
    angular velocity afterwards: the angles have a gimbal lock and an unknown filter, and in the
    9-axis setting follow the magnetometer.
    """
    ax, ay, az, gx, gy, gz, _, pitch, _ = _NUMBERS.unpack_from(frame, 2)
    if abs(pitch) > _RIGHT_ANGLE:
        return None
    clipping = Clipping.NONE
    # The negative end is one count farther away than the positive.
    if max(abs(ax), abs(ay), abs(az)) >= _FULL_SCALE:
        clipping |= Clipping.ACCELERATION
    if max(abs(gx), abs(gy), abs(gz)) >= _FULL_SCALE:
        clipping |= Clipping.ANGULAR_VELOCITY
    return Sample(
        tick=None,
        acc_mps2=(ax * ACC_PER_COUNT_MPS2, ay * ACC_PER_COUNT_MPS2, az * ACC_PER_COUNT_MPS2),
        gyr_dps=(gx * GYR_PER_COUNT_DPS, gy * GYR_PER_COUNT_DPS, gz * GYR_PER_COUNT_DPS),
        clipping=clipping,
    )


@dataclass(slots=True)
class Framing:
    """Cuts a stream of bytes into frames, whole or in pieces, and finds back after damage."""

    _held: bytearray = field(default_factory=bytearray)

    def feed(self, value: bytes) -> list[bytes | Skipped]:
        """Frames that are complete with these bytes, and what had to be left out, in order."""
        found: list[bytes | Skipped] = []
        held = self._held
        held += value
        at = skipped = 0
        while len(held) - at >= FRAME_BYTES:
            if self._is_frame(at):
                if skipped:
                    found.append(Skipped("no frame begins here", skipped))
                    skipped = 0
                found.append(bytes(held[at : at + FRAME_BYTES]))
                at += FRAME_BYTES
            else:
                at += 1
                skipped += 1
        # What cannot be the beginning of a frame need not wait for more.
        while at < len(held) and not _may_begin(held[at : at + 2]):
            at += 1
            skipped += 1
        if skipped:
            found.append(Skipped("no frame begins here", skipped))
        del held[:at]
        return found

    def _is_frame(self, at: int) -> bool:
        following = self._held[at + FRAME_BYTES : at + FRAME_BYTES + 2]
        return _may_begin(self._held[at : at + 2]) and _may_begin(following)


def _may_begin(two: bytearray) -> bool:
    begun = bytes(two)
    return SAMPLE_HEADER.startswith(begun) or REGISTER_HEADER.startswith(begun)
