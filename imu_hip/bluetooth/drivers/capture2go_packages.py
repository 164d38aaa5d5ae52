"""Commands and replies of a Capture2Go, between payload bytes and values.

Source: Capture2Go Communication Protocol, "Specification of Commands and Data Packages". All
numbers are little-endian, without padding. Data packages are in `capture2go_data`.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

NAME_BYTES: Final = 65
LONGEST_NAME: Final = 64


class Header(IntEnum):
    """What a frame is; replies follow their commands."""

    GET_DEVICE_INFO = 0x0070
    DEVICE_INFO = 0x0071
    SET_MODE = 0x0120
    GET_MODE = 0x0121
    MODE = 0x0122
    SET_RECORDING_CONFIG = 0x0140
    GET_RECORDING_CONFIG = 0x0141
    RECORDING_CONFIG = 0x0142
    START_STREAMING = 0x0150
    STARTED_STREAMING = 0x0151
    STOP_STREAMING = 0x0152
    STOPPED_STREAMING = 0x0153
    START_RECORDING = 0x0154
    STARTED_RECORDING = 0x0155
    STOP_RECORDING = 0x0156
    STOPPED_RECORDING = 0x0157
    STOP_STREAMING_AND_CLEAR = 0x0158
    STOPPED_STREAMING_AND_CLEARED = 0x0159
    SET_TIME = 0x0170
    TIME = 0x0171
    CLOCK_ROUNDTRIP = 0x0172
    SET_LED = 0x0183
    LED = 0x0185
    GET_STATUS = 0x0200
    STATUS = 0x0201
    LIST_FILES = 0x0500
    FILE_COUNT = 0x0501
    FILE = 0x0502
    GET_BYTES = 0x0503
    BYTES = 0x0504
    STOP_GET_BYTES = 0x0505
    STOPPED_GET_BYTES = 0x0506
    GET_SIZE = 0x0507
    SIZE = 0x0508
    DELETE_FILE = 0x0509
    DELETED_FILE = 0x050A
    FORMAT = 0x050D
    FORMATTED = 0x050E
    ERROR = 0xFFFF


class SensorState(IntEnum):
    """What a sensor does."""

    OFF = 0
    IDLE = 1
    STREAMING = 2
    RECORDING = 3


class SyncMode(IntEnum):
    """Part of a sensor in a group that shares one clock."""

    NONE = 0
    SENDER = 1
    RECEIVER = 2


class ErrorCode(IntEnum):
    """Why a sensor refuses a command."""

    NOT_FOUND = 0xF0
    DELETION_FAILED = 0xF1
    FILE_SYSTEM = 0xF2
    EXISTS = 0xF3
    TOO_SHORT = 0xF4
    BAD_NAME = 0xF5
    FULL = 0xF6
    BUSY = 0xF7
    NO_RECORDING_CONFIG = 0xF9
    CALIBRATION_FLASH = 0xFA
    WRONG_STATE = 0xFB
    UNPARSEABLE = 0xFC
    UNKNOWN_COMMAND = 0xFD
    SEND_BUFFER_FULL = 0xFE
    OTHER = 0xFF


RATE_CODES: Final = {1.0: 6, 10.0: 5, 25.0: 4, 50.0: 3, 100.0: 2, 200.0: 1}
"""Code of a sampling rate in Hz; 0 is off."""

RATES_HZ: Final = {code: rate_hz for rate_hz, code in RATE_CODES.items()}
"""The way back."""


def encode_name(name: str) -> bytes:
    """File name, filled with zeros; every byte of a foreign name survives the way back."""
    return name.encode("latin-1", "replace")[:LONGEST_NAME].ljust(NAME_BYTES, b"\0")


def decode_text(raw: bytes) -> str:
    """Text up to the first zero byte."""
    return raw.split(b"\0", 1)[0].decode("latin-1")


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """Who a sensor is."""

    protocol: int
    serial: str
    hardware: str
    firmware_revision: str
    firmware: str
    firmware_date: str

    def encode(self) -> bytes:
        """Payload."""
        texts = (self.hardware, self.firmware_revision, self.firmware, self.firmware_date)
        return _DEVICE_INFO.pack(
            self.protocol, self.serial.encode("latin-1"), *(t.encode("latin-1") for t in texts)
        )

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        protocol, *texts = _DEVICE_INFO.unpack(payload)
        return cls(protocol, *map(decode_text, texts))


@dataclass(frozen=True, slots=True)
class MeasurementMode:
    """What a sensor measures, and its part in a group that shares one clock.

    Parameters
    ----------
    apply_ns
        Time by the sensor's clock from which it holds, 0 is now.
    full_fixed, full_packed, quat_float, quat_fixed, quat_packed
        Codes of the rates at which these packages are made, 0 for none.
    status_interval_s
        0 for no status packages.
    no_mag_data
        Whether full packages go without magnetic field.
    """

    apply_ns: int = 0
    full_float_200hz: bool = False
    full_fixed: int = 0
    full_packed: int = 0
    quat_float: int = 0
    quat_fixed: int = 0
    quat_packed: int = 0
    status_interval_s: int = 0
    calibration: int = 0
    extension: int = 0
    sync_mode: int = 0
    sync_id: int = 0
    no_bias_estimation: bool = False
    no_mag_rejection: bool = False
    no_mag_data: bool = False

    def encode(self) -> bytes:
        """Payload."""
        return _MODE.pack(*(getattr(self, name) for name in self.__dataclass_fields__))

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        return cls(*_MODE.unpack(payload))


@dataclass(frozen=True, slots=True)
class RecordingConfig:
    """Name of the next recording's file, and when it ends by itself; 0 is never."""

    end_ns: int
    end_is_relative: bool
    name: str

    def encode(self) -> bytes:
        """Payload."""
        return _RECORDING_CONFIG.pack(self.end_ns, self.end_is_relative, encode_name(self.name))

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        end_ns, relative, name = _RECORDING_CONFIG.unpack(payload)
        return cls(end_ns, relative, decode_text(name))


@dataclass(frozen=True, slots=True)
class LedMode:
    """When the light flashes; a start of 0 is now, both 0 is off."""

    start_ns: int
    end_ns: int
    end_is_relative: bool

    def encode(self) -> bytes:
        """Payload."""
        return _LED.pack(self.start_ns, self.end_ns, self.end_is_relative)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        return cls(*_LED.unpack(payload))


_DEVICE_INFO: Final = struct.Struct("<H6s8s8s12s11s")
_MODE: Final = struct.Struct("<q?BBBBBBBHBQ???")
_RECORDING_CONFIG: Final = struct.Struct("<q?65s")
_LED: Final = struct.Struct("<qq?")
