"""Messages of the Movella DOT's message service 0x7000: recording on the sensor and clock sync.

Every message is `MID | LEN | DATA[LEN] | CHECKSUM`; all its bytes sum to 0 modulo 256, integers
are little-endian. DATA begins with what kind of message it is. Source: Movella DOT BLE Services
Specifications XD0506P rev F, section 5.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from imu_hip.bluetooth.drivers.samples import Skipped

CHARACTERISTIC_BYTES: Final = 160
MOST_DATA_BYTES: Final = CHARACTERISTIC_BYTES - 3
UNTIMED: Final = 0xFFFF
ACK: Final = 0x01


class Channel(IntEnum):
    """First byte of a message: whom it is for."""

    RECORDING = 0x01
    SYNC = 0x02


class Command(IntEnum):
    """Kinds of recording messages that are written."""

    GET_STATE = 0x02
    ERASE = 0x30
    START = 0x40
    STOP = 0x41
    RECORDING_TIME = 0x42
    FLASH_INFO = 0x50
    FILE_INFO = 0x60
    FILE_DATA = 0x70
    STOP_EXPORT = 0x73
    SELECT_FIELDS = 0x74
    RETRANSMIT = 0x75


class Event(IntEnum):
    """Kinds of recording messages that are notified."""

    FLASH_BUSY = 0x03
    ERASED_ALSO = 0x31  # section 5.2.4 prints both numbers, table 5.4.1 only the next
    ERASED = 0x33
    FLASH_FULL = 0x34
    FORMAT_INVALID = 0x35
    STOPPED = 0x41
    RECORDING_TIME = 0x43
    FLASH_INFO = 0x51
    FLASH_INFO_DONE = 0x52
    FILE_INFO = 0x61
    FILE_INFO_DONE = 0x62
    NO_FILE = 0x63
    DATA = 0x71
    DATA_DONE = 0x72
    EXPORT_STOPPED = 0x73
    DAMAGED_DATA = 0x76


class Result(IntEnum):
    """Result byte of an acknowledgement; from `IDLE` on it is a state."""

    SUCCESS = 0x00
    INVALID = 0x02
    FLASH_BUSY = 0x03
    IDLE = 0x06
    ERASING = 0x30
    RECORDING = 0x40
    SENDING_FLASH_INFO = 0x50
    SENDING_FILE_INFO = 0x60
    SENDING_DATA = 0x70


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `data` has at least the byte that says its kind."""

    channel: int
    data: bytes

    @property
    def kind(self) -> int:
        """What kind of message it is."""
        return self.data[0]

    @property
    def body(self) -> bytes:
        """What follows the kind."""
        return self.data[1:]


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement: the result and the command that it answers, empty where not said."""

    result: int
    echoed: bytes

    def answers(self, kind: int, body: bytes) -> bool:
        """Whether it belongs to a command; what it does not echo is not held against it."""
        # An echo that is cut short may still be ours, one of something else is not.
        return (bytes([kind]) + body).startswith(self.echoed)


@dataclass(frozen=True, slots=True)
class RecordingTime:
    """Since when a recording runs and how long it will; None where it has no timer."""

    started_utc_s: int
    total_s: int | None
    remaining_s: int | None


@dataclass(frozen=True, slots=True)
class DataPacket:
    """One exported sample, `number` counted from 0 within its file."""

    number: int
    record: bytes


def encode(channel: int, kind: int, body: bytes = b"") -> bytes:
    """Bytes of a message, without padding.

    Raises
    ------
    ValueError
        If the body does not fit.
    """
    if len(body) + 1 > MOST_DATA_BYTES:
        raise ValueError(f"{len(body)} bytes do not fit into a message")
    head = bytes([channel, len(body) + 1, kind]) + body
    return head + bytes([-sum(head) & 0xFF])


def encode_command(kind: Command, body: bytes = b"") -> bytes:
    """Bytes of a recording command."""
    return encode(Channel.RECORDING, kind, body)


def encode_event(kind: Event, body: bytes = b"") -> bytes:
    """Bytes of a notification of the recorder."""
    return encode(Channel.RECORDING, kind, body)


def encode_ack(result: int, echoed: bytes) -> bytes:
    """Bytes of the acknowledgement of a recording command."""
    return encode(Channel.RECORDING, ACK, bytes([result]) + echoed)


def parse(raw: bytes) -> Message | Skipped:
    """Read a message; what follows it is padding and is ignored."""
    if len(raw) < 2 or len(raw) < raw[1] + 3:
        wanted = raw[1] + 3 if len(raw) >= 2 else 3
        return Skipped(
            f"cut off, {len(raw)} of {wanted} bytes arrived: the link carries too short packets",
            len(raw),
        )
    size = raw[1]
    if not 1 <= size <= MOST_DATA_BYTES:
        return Skipped(f"{size} is no length of a message", len(raw))
    # Eight bits miss one damage in 256: kinds, lengths and numbers are checked as well.
    if sum(raw[: size + 3]) & 0xFF:
        return Skipped("the checksum is wrong", len(raw))
    return Message(raw[0], bytes(raw[2 : size + 2]))


def parse_ack(raw: bytes) -> Ack | Skipped:
    """Read the acknowledgement of a recording command."""
    return parse_ack_of(raw, Channel.RECORDING, ACK)


def parse_ack_of(raw: bytes, channel: Channel, kind: int) -> Ack | Skipped:
    """Read an acknowledgement on one channel, where its kind is `kind`."""
    message = parse(raw)
    if isinstance(message, Skipped):
        return message
    if message.channel != channel or message.kind != kind or not message.body:
        return Skipped("no acknowledgement", len(raw))
    return Ack(message.body[0], message.body[1:])


def encode_recording_time(time: RecordingTime) -> bytes:
    """Body of `Event.RECORDING_TIME`."""
    total = UNTIMED if time.total_s is None else time.total_s
    remaining = UNTIMED if time.remaining_s is None else time.remaining_s
    return struct.pack("<IHH", time.started_utc_s, total, remaining)


def parse_recording_time(body: bytes) -> RecordingTime | Skipped:
    """Read the body of `Event.RECORDING_TIME`."""
    if len(body) != 8:
        return Skipped("no recording time", len(body))
    started_utc_s, total, remaining = struct.unpack("<IHH", body)
    return RecordingTime(
        started_utc_s,
        None if total == UNTIMED else total,
        None if remaining == UNTIMED else remaining,
    )


def parse_data(body: bytes) -> DataPacket | Skipped:
    """Read the body of `Event.DATA`."""
    if len(body) < 5:
        return Skipped("no sample in an exported packet", len(body))
    return DataPacket(int.from_bytes(body[:4], "little"), body[4:])


def start_body(started_utc_s: int, timer_s: int | None) -> bytes:
    """Body of `Command.START`."""
    return struct.pack("<IH", started_utc_s, UNTIMED if timer_s is None else timer_s)
