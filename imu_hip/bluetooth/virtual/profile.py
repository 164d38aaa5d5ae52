"""What a virtual sensor says over GATT, in bytes and times, without any Bluetooth."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

Property = Literal["read", "write", "write-without-response", "notify"]


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One characteristic of a service, by its 128-bit UUID in lower case."""

    uuid: str
    properties: frozenset[Property]


@dataclass(frozen=True, slots=True)
class Service:
    """One GATT service."""

    uuid: str
    characteristics: tuple[Characteristic, ...]


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a sensor tells before it is connected.

    Parameters
    ----------
    manufacturer
        Company identifier and data, or None.
    """

    name: str
    service_uuids: tuple[str, ...] = ()
    manufacturer: tuple[int, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A value that a characteristic sends without being asked."""

    uuid: str
    value: bytes


class AttError(IntEnum):
    """ATT error codes (Bluetooth Core Specification, Vol 3, Part F, 3.4.1.1)."""

    READ_NOT_PERMITTED = 0x02
    WRITE_NOT_PERMITTED = 0x03
    NOT_FOUND = 0x0A
    WRONG_LENGTH = 0x0D
    UNLIKELY = 0x0E
    VALUE_NOT_ALLOWED = 0x13
    FIRST_OF_APPLICATION = 0x80


class AttributeRefusedError(Exception):
    """A read or write that the sensor answers with an ATT error."""

    def __init__(self, code: AttError) -> None:
        super().__init__(f"ATT error 0x{code:02x}")
        self.code = code


class Profile(Protocol):
    """The behaviour of one sensor, driven from outside by bytes and by true time.

    Times are seconds of true time on one clock for all sensors; what the sensor's own clock makes
    of it is its business. A profile never waits: it is asked what it has to say.
    """

    @property
    def services(self) -> Sequence[Service]:
        """Its GATT table."""

    @property
    def advertisement(self) -> Advertisement:
        """What it advertises now."""

    def read(self, uuid: str, now_s: float) -> bytes:
        """Answer a read.

        Raises
        ------
        AttributeRefusedError
            Where the sensor refuses.
        """

    def write(self, uuid: str, value: bytes, now_s: float) -> None:
        """Take a write; what it causes comes out of `notifications`.

        Raises
        ------
        AttributeRefusedError
            Where the sensor refuses.
        """

    def notifications(self, now_s: float) -> Sequence[Notification]:
        """Everything that became due since the last call, in order.

        It is called whether or not somebody listens; what nobody listens to is lost, as in a
        real sensor.
        """

    def next_due_s(self, now_s: float) -> float | None:
        """When `notifications` will next have something to say, None where nothing is planned."""

    def link_lost(self, now_s: float) -> None:
        """The connection ended, for whatever reason."""

    def reboot(self, now_s: float) -> None:
        """Power was off and is on again: volatile state is gone and the clock starts anew."""
