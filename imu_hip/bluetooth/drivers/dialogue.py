"""Dialogues with a sensor: what to say and what to wait for, as generators that never wait.

A driver writes a dialogue as a generator. It yields requests and is sent their answers; whoever
runs it owns the connection and the time. So a driver needs no asyncio, and a test runs a whole
dialogue against a list of answers.

    def battery() -> Dialogue[int]:
        value = yield Read(BATTERY_UUID)
        return value[0]
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar


@dataclass(frozen=True, slots=True)
class Read:
    """Read a characteristic; the answer is its value."""

    uuid: str


@dataclass(frozen=True, slots=True)
class Write:
    """Write a characteristic; the answer is empty bytes.

    Parameters
    ----------
    response
        Whether the sensor has to confirm the write.
    """

    uuid: str
    value: bytes
    response: bool = True


@dataclass(frozen=True, slots=True)
class Expect:
    """Wait for the next notification; the answer is its value, None after `timeout_s`.

    Notifications that came since the dialogue began are kept in order, so a reply that is faster
    than the request's confirmation is not missed.
    """

    uuid: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Let time pass; the answer is empty bytes."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class Keep:
    """Hand over a piece of a stored file; the answer is empty bytes.

    Parameters
    ----------
    start
        Where the piece begins, in units of `unit_bytes`.
    data
        A whole number of units.
    """

    start: int
    data: bytes
    unit_bytes: int = 1

    @property
    def end(self) -> int:
        """Where the next piece begins."""
        return self.start + len(self.data) // self.unit_bytes


Request: TypeAlias = Read | Write | Expect | Pause | Keep
T = TypeVar("T")
Dialogue: TypeAlias = Generator[Request, bytes | None, T]


class DialogueError(Exception):
    """The sensor answered something that the dialogue cannot go on with.

    Parameters
    ----------
    what
        What the sensor said or did not say, as a sentence for people without a full stop.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class RefusedError(DialogueError):
    """The sensor refused a read or write; thrown into the dialogue by whoever runs it."""


def read(uuid: str) -> Dialogue[bytes]:
    """Read a characteristic."""
    value = yield Read(uuid)
    if value is None:
        raise DialogueError("the sensor sent nothing where a value was read")
    return value


def write(uuid: str, value: bytes, *, response: bool = True) -> Dialogue[None]:
    """Write a characteristic."""
    yield Write(uuid, value, response)


def expect(uuid: str, timeout_s: float) -> Dialogue[bytes | None]:
    """Wait for a notification, None where none came in time."""
    return (yield Expect(uuid, timeout_s))
