"""Clock synchronisation of virtual DOTs: what they hear of each other's clocks."""

import zlib
from dataclasses import dataclass, field, replace
from typing import Final

from imu_hip.bluetooth.drivers.movella_dot_messages import Channel, Message, encode
from imu_hip.bluetooth.drivers.movella_dot_sync_messages import (
    SyncKind,
    SyncResult,
    encode_sync,
    root_address_of,
)
from imu_hip.bluetooth.virtual.clockwork import Clockwork

SYNC_S: Final = 12.0
# The manual states 1 ppm after half an hour between sensors; both sides of a pair may be off.
MOST_DRIFT_PPM: Final = 0.4
MOST_OFFSET_S: Final = 2e-4


@dataclass(slots=True)
class SyncAir:
    """What the sensors in one room know of each other.

    Parameters
    ----------
    clocks
        Clock of each sensor, by its radio address.
    roots
        Which root each sensor was told to follow.
    """

    clocks: dict[str, Clockwork] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)

    def root_clock(self, root: str) -> Clockwork | None:
        """Clock of a root that takes part itself, else None."""
        return self.clocks.get(root) if self.roots.get(root) == root else None


@dataclass(slots=True)
class SyncMember:
    """One sensor's part in a synchronisation.

    Parameters
    ----------
    alone_since_s
        True time since which nobody is connected, once a start was asked for.
    """

    address: str
    clock: Clockwork
    air: SyncAir
    root: str | None = None
    alone_since_s: float | None = None
    synchronised: bool = False
    result: int = SyncResult.NOT_STARTED

    def __post_init__(self) -> None:
        self.air.clocks[self.address] = self.clock

    @property
    def ready_s(self) -> float | None:
        """True time at which it will have been alone for long enough, None while it is not."""
        return None if self.alone_since_s is None else self.alone_since_s + SYNC_S

    def hear(self, message: Message) -> bytes | None:
        """Take a sync message; the notification that answers it, None where none does."""
        match message.kind:
            case SyncKind.START if len(message.body) == 6:
                self.root = root_address_of(message.body)
                self.air.roots[self.address] = self.root
                self.alone_since_s = None
                self.result = SyncResult.NOT_STARTED
            case SyncKind.STOP:
                self.leave()
                return encode_sync(SyncKind.STOPPED, bytes([SyncResult.OK]))
            case SyncKind.STATUS:
                known = SyncResult.SYNCHRONISED if self.synchronised else SyncResult.NOT_STARTED
                return encode_sync(SyncKind.STATUS_IS, bytes([known]))
        return None

    def acknowledgement(self) -> bytes:
        """What is read after a start: how it went so far."""
        return encode(Channel.SYNC, SyncKind.ACK, bytes([self.result]))

    def left_alone(self, now_s: float) -> None:
        """The connection ended."""
        if self.root is not None:
            self.alone_since_s = now_s

    def disturbed(self) -> None:
        """Somebody is connected again: what is not done by now failed."""
        if self.alone_since_s is not None:
            self.alone_since_s = self.root = None

    def advance(self, now_s: float) -> None:
        """Follow the root once it was quiet for long enough."""
        ready_s = self.ready_s
        if self.root is None or ready_s is None or now_s < ready_s:
            return
        root, self.root, self.alone_since_s = self.root, None, None
        clock = self.air.root_clock(root)
        if clock is None:
            return
        if root != self.address:
            self.clock = _following(clock, self.address, now_s)
            self.air.clocks[self.address] = self.clock
        self.result = SyncResult.OK
        self.synchronised = True

    def leave(self) -> None:
        """Go on without the others; the clock stays as it is."""
        self.root = self.alone_since_s = None
        self.synchronised = False
        self.air.roots.pop(self.address, None)

    def restart(self, clock: Clockwork) -> None:
        """Power was off: the clock is another one."""
        self.leave()
        self.clock = self.air.clocks[self.address] = clock
        self.result = SyncResult.NOT_STARTED


def _following(root: Clockwork, address: str, now_s: float) -> Clockwork:
    """The root's clock with the small error that is left; always the same for an address."""
    chance = zlib.crc32(address.encode())
    drift = (chance % 1000) / 999 * 2 - 1
    offset = (chance // 1000 % 1000) / 999 * 2 - 1
    return replace(
        root,
        powered_on_s=now_s,
        start_s=root.reading_s(now_s) + offset * MOST_OFFSET_S,
        drift_ppm=root.drift_ppm + drift * MOST_DRIFT_PPM,
    )
