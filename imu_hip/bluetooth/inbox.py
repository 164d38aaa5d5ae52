"""Where notifications wait until somebody reads them."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter_ns
from typing import NamedTuple


class Arrived(NamedTuple):
    """A notification as it came.

    Parameters
    ----------
    arrival_ns
        On the clock of `time.perf_counter_ns`.
    connection
        Which connection of the sensor carried it, counted from 1.
    """

    arrival_ns: int
    connection: int
    uuid: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What an inbox held.

    Parameters
    ----------
    arrived
        In the order in which they came.
    dropped
        How many came before these and were dropped because the inbox was full.
    """

    arrived: tuple[Arrived, ...]
    dropped: int


class Inbox:
    """A bounded queue of one sensor's notifications; the oldest goes where it is full.

    Parameters
    ----------
    capacity
        The default holds more than a minute of one notification a sample at 60 Hz.
    """

    def __init__(self, capacity: int = 4096, clock_ns: Callable[[], int] = perf_counter_ns) -> None:
        self.last_arrival_ns: int | None = None
        self._capacity = capacity
        self._clock_ns = clock_ns
        self._queue: deque[Arrived] = deque()
        self._dropped = 0

    def listener(self, connection: int, uuid: str) -> Callable[[bytes], None]:
        """Make a callback for the notifications of one characteristic over one connection."""
        queue, clock_ns, capacity = self._queue, self._clock_ns, self._capacity

        def arrived(value: bytes) -> None:
            self.last_arrival_ns = now_ns = clock_ns()
            if len(queue) >= capacity:
                queue.popleft()
                self._dropped += 1
            queue.append(Arrived(now_ns, connection, uuid, value))

        return arrived

    def drain(self) -> Batch:
        """Take everything out."""
        batch = Batch(tuple(self._queue), self._dropped)
        self._queue.clear()
        self._dropped = 0
        return batch
