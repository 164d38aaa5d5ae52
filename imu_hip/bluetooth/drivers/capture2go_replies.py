"""Times, status, files and errors of a Capture2Go, between payload bytes and values.

Source: Capture2Go Communication Protocol, "Specification of Commands and Data Packages".
"""

import struct
from dataclasses import dataclass
from typing import Final, Self

from imu_hip.bluetooth.drivers.capture2go_packages import (
    NAME_BYTES,
    Header,
    decode_text,
    encode_name,
)

CHUNK_BYTES: Final = 232
"""Bytes of a file in one package, at most."""


@dataclass(frozen=True, slots=True)
class ClockRoundtrip:
    """One question after the sensor's time, all in nanoseconds."""

    host_sent_ns: int
    sensor_received_ns: int = 0
    sensor_sent_ns: int = 0
    host_received_ns: int = 0

    def encode(self) -> bytes:
        """Payload."""
        return _ROUNDTRIP.pack(
            self.host_sent_ns, self.sensor_received_ns, self.sensor_sent_ns, self.host_received_ns
        )

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        return cls(*_ROUNDTRIP.unpack(payload))


@dataclass(frozen=True, slots=True)
class Status:
    """What a sensor does and how it is.

    Parameters
    ----------
    gyr_bias
        Bias that is taken off already, in steps of 2 dps / 32768.
    battery
        Percent, plus 128 while charging.
    """

    clock_ns: int
    state: int
    connection: int
    gyr_bias: tuple[int, int, int]
    synchronized: bool
    battery: int
    free_percent: int

    def encode(self) -> bytes:
        """Payload."""
        return _STATUS.pack(
            self.clock_ns, self.state, self.connection, *self.gyr_bias,
            self.synchronized, self.battery, self.free_percent,
        )  # fmt: skip

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        clock_ns, state, connection, x, y, z, *rest = _STATUS.unpack(payload)
        return cls(clock_ns, state, connection, (x, y, z), *rest)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a list."""

    index: int
    name: str
    size: int

    def encode(self) -> bytes:
        """Payload."""
        return _FILE.pack(self.index, encode_name(self.name), self.size)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        index, name, size = _FILE.unpack(payload)
        return cls(index, decode_text(name), size)


@dataclass(frozen=True, slots=True)
class FileSize:
    """How long a file is."""

    name: str
    size: int

    def encode(self) -> bytes:
        """Payload."""
        return _SIZE.pack(encode_name(self.name), self.size)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        name, size = _SIZE.unpack(payload)
        return cls(decode_text(name), size)


@dataclass(frozen=True, slots=True)
class GetBytes:
    """Which bytes of a file are wanted; an end of 0 is the file's."""

    name: str
    start: int
    end: int

    def encode(self) -> bytes:
        """Payload."""
        return _GET_BYTES.pack(encode_name(self.name), self.start, self.end)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        name, start, end = _GET_BYTES.unpack(payload)
        return cls(decode_text(name), start, end)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file."""

    offset: int
    data: bytes

    def encode(self) -> bytes:
        """Payload."""
        return struct.pack("<I", self.offset) + self.data

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of 4 bytes or more."""
        return cls(int.from_bytes(payload[:4], "little"), payload[4:])


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """A command that the sensor refused, and why."""

    code: int
    command: int

    def encode(self) -> bytes:
        """Payload."""
        return _ERROR.pack(self.code, self.command)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """From a payload of the right size."""
        return cls(*_ERROR.unpack(payload))


_ROUNDTRIP: Final = struct.Struct("<4q")
_STATUS: Final = struct.Struct("<qBB3h?BB")
_FILE: Final = struct.Struct("<H65sI")
_SIZE: Final = struct.Struct("<65sI")
_GET_BYTES: Final = struct.Struct("<65sII")
_ERROR: Final = struct.Struct("<BH")

PAYLOAD_BYTES: Final = {
    Header.DEVICE_INFO: 47,
    Header.SET_MODE: 30,
    Header.MODE: 30,
    Header.SET_RECORDING_CONFIG: 74,
    Header.RECORDING_CONFIG: 74,
    Header.SET_TIME: 8,
    Header.TIME: 8,
    Header.CLOCK_ROUNDTRIP: _ROUNDTRIP.size,
    Header.SET_LED: 17,
    Header.LED: 17,
    Header.STATUS: _STATUS.size,
    Header.FILE_COUNT: 2,
    Header.FILE: _FILE.size,
    Header.GET_BYTES: _GET_BYTES.size,
    Header.GET_SIZE: NAME_BYTES,
    Header.SIZE: _SIZE.size,
    Header.DELETE_FILE: NAME_BYTES,
    Header.DELETED_FILE: NAME_BYTES,
    Header.ERROR: _ERROR.size,
}
"""Size of each payload that has a fixed one and is not empty."""


_KNOWN: Final = frozenset(map(int, Header))


def has_right_size(header: int, payload: bytes) -> bool:
    """Whether a payload can be decoded as what its header says."""
    if header == Header.BYTES:
        # Pieces without bytes would bring a download no further and yet never let it end.
        return len(payload) > 4
    return header in _KNOWN and len(payload) == PAYLOAD_BYTES.get(Header(header), 0)
