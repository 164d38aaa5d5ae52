"""One Bluetooth link between a sensor and the computer: events, queues, misses and losses."""

import asyncio
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_ATT_CHANNEL = b"\x04\x00"
_HANDLE_VALUE_NOTIFICATION = 0x1B

Deliver = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How a link behaves.

    Parameters
    ----------
    connection_interval_s
        Time between two connection events; 0 delivers at once.
    packets_per_event
        How many packets each side sends in one connection event.
    missed_event_fraction
        Probability that a connection event fails; its packets wait for the next one.
    queue_packets
        Notifications that the sensor holds back while it waits for an event; one more is
        dropped, as in the stack of a real sensor. 0 is unbounded.
    lost_fraction
        Probability that a notification is lost without a trace.
    seed
        Seed of the misses, losses and of the phase of the connection events.
    rssi_dbm
        Signal strength at the computer.

    Raises
    ------
    ValueError
        If a value is out of range.
    """

    connection_interval_s: float = 0.0
    packets_per_event: int = 6
    missed_event_fraction: float = 0.0
    queue_packets: int = 0
    lost_fraction: float = 0.0
    seed: int = 0
    rssi_dbm: int = -60

    def __post_init__(self) -> None:
        if not (math.isfinite(self.connection_interval_s) and self.connection_interval_s >= 0):
            raise ValueError(f"connection_interval_s is {self.connection_interval_s}")
        if self.packets_per_event < 1 or self.queue_packets < 0:
            raise ValueError("packets_per_event must be 1 or more and queue_packets 0 or more")
        if not (0 <= self.missed_event_fraction < 1 and 0 <= self.lost_fraction <= 1):
            raise ValueError("missed_event_fraction must be in [0, 1), lost_fraction in [0, 1]")


@dataclass(slots=True)
class NotificationCounts:
    """What became of the notifications of one sensor, over all its links.

    Parameters
    ----------
    sent
        Handed to the radio by the sensor.
    delivered
        Arrived at the computer.
    overflowed
        Dropped because the queue was full.
    lost
        Lost on the air.
    cut_off
        Still queued when the link ended.
    """

    sent: int = 0
    delivered: int = 0
    overflowed: int = 0
    lost: int = 0
    cut_off: int = 0

    @property
    def dropped(self) -> int:
        """Everything that will never arrive."""
        return self.overflowed + self.lost + self.cut_off


def is_notification(pdu: bytes) -> bool:
    """Tell whether an L2CAP packet carries a handle value notification."""
    return pdu[2:4] == _ATT_CHANNEL and len(pdu) > 4 and pdu[4] == _HANDLE_VALUE_NOTIFICATION


class Link:
    """The queues of one link and the timer of its connection events.

    Both directions are first in, first out, so that nothing overtakes. It holds no task, only
    one timer while something waits.
    """

    def __init__(
        self,
        settings: LinkSettings,
        counts: NotificationCounts,
        rng: random.Random,
        to_central: Deliver,
        to_peripheral: Deliver,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._settings = settings
        self._counts = counts
        self._rng = rng
        self._to_central = to_central
        self._to_peripheral = to_peripheral
        self._up: deque[bytes] = deque()
        self._down: deque[bytes] = deque()
        self._notifications_queued = 0
        self._timer: asyncio.Handle | None = None
        self._stalled_until = 0.0
        # Each link has its own phase, as a real central places each peripheral in its own slot.
        self._phase = rng.random()
        self._event = 0

    def send_to_central(self, pdu: bytes) -> None:
        """Queue a packet of the sensor; a notification is dropped where the queue is full."""
        if is_notification(pdu):
            self._counts.sent += 1
            limit = self._settings.queue_packets
            if limit and self._notifications_queued >= limit:
                self._counts.overflowed += 1
                return
            self._notifications_queued += 1
        self._up.append(pdu)
        self._schedule()

    def send_to_peripheral(self, pdu: bytes) -> None:
        """Queue a packet of the computer."""
        self._down.append(pdu)
        self._schedule()

    def configure(self, settings: LinkSettings) -> None:
        """Change how the link behaves; what is queued stays queued, in order."""
        self._settings = settings
        self._cancel_timer()
        self._event = 0
        self._schedule()

    def stall(self, duration_s: float) -> None:
        """Fail all connection events of the coming `duration_s`."""
        self._stalled_until = max(self._stalled_until, self._loop.time() + duration_s)
        self._cancel_timer()
        self._schedule()

    def flush(self, *, from_peripheral: bool) -> None:
        """Deliver now what one side has queued, as before it ends the link itself."""
        queue = self._up if from_peripheral else self._down
        while queue:
            self._transmit(queue)

    def close(self) -> None:
        """End the link; what is queued never arrives."""
        self._cancel_timer()
        self._counts.cut_off += self._notifications_queued
        self._notifications_queued = 0
        self._up.clear()
        self._down.clear()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self) -> None:
        if self._timer is not None or not (self._up or self._down):
            return
        interval_s = self._settings.connection_interval_s
        earliest_s = max(self._loop.time(), self._stalled_until)
        if interval_s:
            next_event = math.floor(earliest_s / interval_s - self._phase) + 1
            # A timer may run a hair before its time; that must not repeat its event.
            self._event = max(self._event + 1, next_event)
            when_s = (self._event + self._phase) * interval_s
            self._timer = self._loop.call_at(when_s, self._on_event)
        elif earliest_s > self._loop.time():
            self._timer = self._loop.call_at(earliest_s, self._deliver_all)
        else:
            self._timer = self._loop.call_soon(self._deliver_all)

    def _deliver_all(self) -> None:
        self._timer = None
        for queue in (self._down, self._up):
            while queue:
                self._transmit(queue)

    def _on_event(self) -> None:
        self._timer = None
        # A missed event delays both ways: the link layer repeats until it is heard.
        if self._rng.random() >= self._settings.missed_event_fraction:
            for queue in (self._down, self._up):
                for _ in range(min(len(queue), self._settings.packets_per_event)):
                    self._transmit(queue)
        self._schedule()

    def _transmit(self, queue: deque[bytes]) -> None:
        pdu = queue.popleft()
        if queue is self._down:
            self._to_peripheral(pdu)
        elif not is_notification(pdu):
            self._to_central(pdu)
        else:
            self._notifications_queued -= 1
            lost_fraction = self._settings.lost_fraction
            if lost_fraction and self._rng.random() < lost_fraction:
                self._counts.lost += 1
            else:
                self._counts.delivered += 1
                self._to_central(pdu)
