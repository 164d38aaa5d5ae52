"""What a Movella (Xsens) DOT says of itself and what it is told, as bytes.

Source: Movella DOT BLE Services Specifications, XD0506P, sections 2, 3.1, 3.6 and 4.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import DialogueError

DEVICE_INFO_LAYOUT: Final = struct.Struct("<6s3BH5BIQ6s")
DEVICE_CONTROL_LAYOUT: Final = struct.Struct("<7BB16sHB5x")
LONGEST_TAG: Final = 16

STREAMING_RATES_HZ: Final = (1.0, 4.0, 10.0, 12.0, 15.0, 20.0, 30.0, 60.0)
RECORDING_RATES_HZ: Final = (*STREAMING_RATES_HZ, 120.0)

_ADDRESS_PREFIXES: Final = (bytes.fromhex("d422cd"), bytes.fromhex("d4ca6e"))


class Visit(IntFlag):
    """Which fields of the device control a write is meant for."""

    NOTHING = 0
    IDENTIFY = 1
    POWER = 2
    POWER_SAVING = 4
    TAG = 8
    OUTPUT_RATE = 16
    FILTER_PROFILE = 32


class Reset(IntEnum):
    """What the orientation reset is told, and what it says of itself."""

    HEADING = 1
    REVERT = 7
    DEFAULT = 8

    @property
    def value_bytes(self) -> bytes:
        """The two bytes on air."""
        return self.value.to_bytes(2, "little")


class Report(IntEnum):
    """First byte of a device report."""

    POWER_OFF = 1
    POWER_SAVING = 4
    BUTTON = 5


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """Who a sensor is.

    Parameters
    ----------
    radio_address
        Such as `D4:22:CD:00:A6:D6`.
    built
        Year, month, day, hour, minute and second of the firmware.
    serial_number
        The vendor prints it on the sensor as 16 hexadecimal digits.
    product_code
        `XS-T01` or `XS-T02`: first or second generation.
    """

    radio_address: str
    firmware: tuple[int, int, int]
    built: tuple[int, int, int, int, int, int]
    soft_device: int
    serial_number: int
    product_code: str

    @property
    def serial(self) -> str:
        """The serial number as it is printed on the sensor."""
        return f"{self.serial_number:016X}"

    def pack(self) -> bytes:
        """The 34 bytes on air."""
        address = bytes.fromhex(self.radio_address.replace(":", ""))[::-1]
        return DEVICE_INFO_LAYOUT.pack(
            address,
            *self.firmware,
            *self.built,
            self.soft_device,
            self.serial_number,
            self.product_code.encode("ascii"),
        )


@dataclass(frozen=True, slots=True)
class DeviceControl:
    """The settings of a sensor; all but `identifying` and `power` outlive a reboot.

    Parameters
    ----------
    visit
        Which of them a write is meant for; whatever else it holds is ignored.
    advertising_timeout, connected_timeout
        Minutes and seconds until the sensor sleeps; zeros are never.
    """

    visit: Visit = Visit.NOTHING
    identifying: int = 0
    power: int = 0
    advertising_timeout: tuple[int, int] = (0, 0)
    connected_timeout: tuple[int, int] = (0, 0)
    tag: str = ""
    output_rate_hz: int = 0
    filter_profile: int = 0

    def pack(self) -> bytes:
        """The 32 bytes on air."""
        tag = self.tag.encode("utf-8")
        return DEVICE_CONTROL_LAYOUT.pack(
            self.visit,
            self.identifying,
            self.power,
            *self.advertising_timeout,
            *self.connected_timeout,
            len(tag),
            tag,
            self.output_rate_hz,
            self.filter_profile,
        )


def identify_write() -> bytes:
    """What lets the LED blink red for ten seconds."""
    return DeviceControl(Visit.IDENTIFY, identifying=1).pack()


def rate_write(rate_hz: float) -> bytes:
    """What sets the output rate of streaming and recording."""
    return DeviceControl(Visit.OUTPUT_RATE, output_rate_hz=round(rate_hz)).pack()


def measurement_write(action: int, mode: int) -> bytes:
    """What starts (1) or stops (0) a measurement in a payload mode."""
    return bytes((1, action, mode))


def read_device_info(value: bytes) -> DeviceInfo:
    """Read the device info.

    Raises
    ------
    DialogueError
        Where it is too short.
    """
    if len(value) < DEVICE_INFO_LAYOUT.size:
        raise DialogueError(f"the sensor told {len(value)} bytes of itself instead of 34")
    numbers = DEVICE_INFO_LAYOUT.unpack_from(value)
    return DeviceInfo(
        radio_address=_address(numbers[0]),
        firmware=numbers[1:4],
        built=numbers[4:10],
        soft_device=numbers[10],
        serial_number=numbers[11],
        product_code=_text(numbers[12]),
    )


def read_device_control(value: bytes) -> DeviceControl:
    """Read the device control.

    Raises
    ------
    DialogueError
        Where it is too short.
    """
    if len(value) < DEVICE_CONTROL_LAYOUT.size:
        raise DialogueError(f"the sensor told {len(value)} bytes of its settings instead of 32")
    numbers = DEVICE_CONTROL_LAYOUT.unpack_from(value)
    return DeviceControl(
        visit=Visit(numbers[0] & 0x3F),
        identifying=numbers[1],
        power=numbers[2],
        advertising_timeout=numbers[3:5],
        connected_timeout=numbers[5:7],
        tag=_text(numbers[8][: min(numbers[7], LONGEST_TAG)]),
        output_rate_hz=numbers[9],
        filter_profile=numbers[10],
    )


def _address(value: bytes) -> str:
    # Everything is little-endian by the specification; a vendor's prefix in front says otherwise.
    order = value if value[:3] in _ADDRESS_PREFIXES else value[::-1]
    return order.hex(":").upper()


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("utf-8", "replace")
