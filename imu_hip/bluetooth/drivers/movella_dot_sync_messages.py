"""Messages by which Movella DOTs are told to synchronise their clocks.

Source: Movella DOT BLE Services Specifications XD0506P rev F, section 5.
"""

from enum import IntEnum

from imu_hip.bluetooth.drivers.movella_dot_messages import Ack, Channel, encode, parse_ack_of
from imu_hip.bluetooth.drivers.samples import Skipped


class SyncKind(IntEnum):
    """Kinds of sync messages: written, notified and, for `ACK`, read."""

    START = 0x01
    STOP = 0x02
    ACK = 0x03
    STATUS = 0x08
    STOPPED = 0x50
    STATUS_IS = 0x51


class SyncResult(IntEnum):
    """How a synchronisation ended, and the two answers to the question for the status."""

    OK = 0x00
    SYNCHRONISED = 0x04
    FEW_SAMPLES = 0x05
    SKEW = 0x07
    START_TIME = 0x08
    NOT_STARTED = 0x09


def encode_sync(kind: SyncKind, body: bytes = b"") -> bytes:
    """Bytes of a sync message."""
    return encode(Channel.SYNC, kind, body)


def parse_sync_ack(raw: bytes) -> Ack | Skipped:
    """Read the result of a synchronisation; the echo is often missing."""
    # The printed example lacks the echo that the layout beside it has.
    return parse_ack_of(raw, Channel.SYNC, SyncKind.ACK)


def sync_start_body(root_address: str) -> bytes:
    """Body of `SyncKind.START`: the root's radio address, last byte first.

    Raises
    ------
    ValueError
        If that is no radio address.
    """
    digits = root_address.replace(":", "").replace("-", "")
    address = bytes.fromhex(digits)
    if len(address) != 6:
        raise ValueError(f"{root_address!r} is no radio address")
    return address[::-1]


def root_address_of(body: bytes) -> str:
    """Radio address in the body of `SyncKind.START`."""
    return ":".join(f"{byte:02X}" for byte in body[::-1])
