"""How well a sensor streams: figures over a short window, and one line of the live table."""

import math
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final

from imu_hip.bluetooth.drivers.driver import Battery
from imu_hip.names import Segment

RATE_WINDOW_S: Final = 2.0
LATENCY_SAMPLES: Final = 600


@dataclass(frozen=True, slots=True)
class SensorStatus:
    """One sensor now.

    Parameters
    ----------
    state
        What its link does, in words.
    problem
        Why it is not streaming, without a full stop; empty where it streams.
    rate_hz
        Samples a second that were kept in the last two seconds.
    kept, lost, lost_percent, duplicates, backward, reboots, gap_max_s
        As in `Counts`; None is what a sensor without a count cannot tell.
    own_lost
        Lost samples that came but were dropped here.
    latency_p95_ms
        95 % of the latest samples arrived within this time after the time that the live clock
        gives them; None where the sensor has no clock. The part that all have is not seen.
    reconnects
        How often the link was made anew.
    skipped
        Packets, or parts of them, that were no samples.
    clipped
        Samples that reached the end of a range.
    """

    segment: Segment
    tag: str
    state: str
    problem: str
    rate_hz: float
    kept: int
    lost: int | None
    lost_percent: float | None
    own_lost: int
    duplicates: int
    backward: int
    reboots: int
    gap_max_s: float
    latency_p95_ms: float | None
    battery: Battery | None
    reconnects: int
    skipped: int
    clipped: int


def since(before: SensorStatus, now: SensorStatus) -> SensorStatus:
    """The status now, with samples kept and lost counted from an earlier one on."""
    kept = now.kept - before.kept
    if now.lost is None:
        return replace(now, kept=kept)
    lost = now.lost - (before.lost or 0)
    percent = 100.0 * lost / (kept + lost) if lost else 0.0
    return replace(now, kept=kept, lost=lost, lost_percent=percent)


@dataclass(slots=True)
class RateWindow:
    """Samples a second of late, counted by arrival."""

    nominal_rate_hz: float
    _arrivals_ns: deque[int] = field(init=False)
    _first_ns: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._arrivals_ns = deque(maxlen=math.ceil(4.0 * RATE_WINDOW_S * self.nominal_rate_hz) + 8)

    def add(self, arrival_ns: int) -> None:
        """Take note of a sample."""
        if self._first_ns is None:
            self._first_ns = arrival_ns
        self._arrivals_ns.append(arrival_ns)

    def rate_hz(self, now_ns: int) -> float:
        """Samples a second in the window that ends now."""
        if self._first_ns is None:
            return 0.0
        window_s = min(RATE_WINDOW_S, max(0.1, 1e-9 * (now_ns - self._first_ns)))
        begin_ns = now_ns - round(1e9 * window_s)
        return sum(arrival_ns > begin_ns for arrival_ns in self._arrivals_ns) / window_s


@dataclass(slots=True)
class LatencyWindow:
    """Latencies of the latest samples."""

    _latencies_s: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCY_SAMPLES))

    def add(self, latency_s: float) -> None:
        """Take note of a sample's latency."""
        self._latencies_s.append(latency_s)

    def p95_ms(self) -> float | None:
        """95th percentile, None before the first sample."""
        if not self._latencies_s:
            return None
        ordered = sorted(self._latencies_s)
        return 1e3 * ordered[math.ceil(0.95 * len(ordered)) - 1]
