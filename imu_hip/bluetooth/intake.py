"""From the notifications of one sensor to samples with a place in its stream."""

from typing import Final, NamedTuple

from imu_hip.bluetooth.accounting import StreamAccount
from imu_hip.bluetooth.counts import Accounted, Verdict
from imu_hip.bluetooth.drivers.driver import Driver, StreamSettings
from imu_hip.bluetooth.drivers.samples import Clipping, Decoder, Sample, Skipped
from imu_hip.bluetooth.events import Event, EventKind
from imu_hip.bluetooth.inbox import Arrived, Inbox
from imu_hip.bluetooth.status import LatencyWindow, RateWindow
from imu_hip.names import Segment
from imu_hip.recording.counted_live_clock import CountedLiveClock
from imu_hip.recording.live_clock import LiveClock
from imu_hip.recording.timeline import BRIDGED_GAP_S

CLIPPING_PAUSE_NS: Final = 5_000_000_000
"""A sensor that keeps reaching the end of a range is reported this often at most."""


class CapturedSample(NamedTuple):
    """A sample and its place in the stream of its sensor.

    Parameters
    ----------
    epoch
        Counts from 0; the sensor's clock started anew at the beginning of each.
    tick
        Unwrapped reading of the sensor's clock, rising within the epoch; None where it has none.
    sequence
        Which sample of the epoch it is, lost ones counted as far as the sensor's count shows them.
    arrival_ns
        On the clock of `time.perf_counter_ns`.
    lost_before
        Samples missing since the one before; None where the sensor does not count.
    host_s
        When it was taken, on the clock of `time.perf_counter`, as well as that is known by now.
    """

    epoch: int
    tick: int | None
    sequence: int
    arrival_ns: int
    sample: Sample
    lost_before: int | None
    host_s: float


class Intake:
    """Reads the inbox of one sensor."""

    def __init__(
        self, segment: Segment, driver: Driver, settings: StreamSettings, inbox: Inbox
    ) -> None:
        self.account = StreamAccount(driver.clock, settings.sampling_rate_hz)
        self.rate = RateWindow(settings.sampling_rate_hz)
        self.latency = LatencyWindow()
        self.skipped = 0
        self.clipped = 0
        self._segment = segment
        self._driver = driver
        self._settings = settings
        self._inbox = inbox
        self._decoder: Decoder = driver.decoder(settings)
        self._connection = 1
        self._samples_a_notification = 1
        self._live_clock = LiveClock()
        self._counted_clock = CountedLiveClock(settings.sampling_rate_hz)
        self._events: list[Event] = []
        self._clipping_told_ns = -CLIPPING_PAUSE_NS

    def take(self) -> tuple[list[CapturedSample], list[Event]]:
        """Decode and place everything that came since the last call."""
        batch = self._inbox.drain()
        self._events = []
        if batch.dropped:
            self.account.dropped(batch.dropped * self._samples_a_notification)
            text = f"lost {batch.dropped} packets in this computer, which was too busy to read them"
            self._tell(EventKind.FULL, batch.arrived[0].arrival_ns, text)
        samples: list[CapturedSample] = []
        for arrived in batch.arrived:
            self._read(arrived, samples)
        return samples, self._events

    def _read(self, arrived: Arrived, samples: list[CapturedSample]) -> None:
        if arrived.connection != self._connection:
            self._connection = arrived.connection
            self._decoder = self._driver.decoder(self._settings)
        decoded = self._decoder.feed(arrived.uuid, arrived.value)
        self._samples_a_notification = max(self._samples_a_notification, len(decoded))
        for item in decoded:
            if isinstance(item, Skipped):
                self.skipped += 1
            elif (captured := self._place(item, arrived)) is not None:
                samples.append(captured)

    def _place(self, sample: Sample, arrived: Arrived) -> CapturedSample | None:
        arrival_ns = arrived.arrival_ns
        placed = self.account.add(sample, arrival_ns, arrived.connection)
        if placed.verdict is not Verdict.KEPT:
            return None
        self.rate.add(arrival_ns)
        if placed.index == 0:
            self._begin_epoch(placed, arrival_ns)
        host_s = self._host_s(placed, 1e-9 * arrival_ns)
        # Shorter gaps are bridged when the recording is made; the counts show them all the same.
        if placed.gap_s is not None and placed.gap_s > BRIDGED_GAP_S:
            self._tell_gap(placed, placed.gap_s, arrival_ns)
        if sample.clipping:
            self._count_clipping(sample.clipping, arrival_ns)
        return CapturedSample(
            placed.epoch, placed.tick, placed.index, arrival_ns, sample, placed.lost_before, host_s
        )

    def _host_s(self, placed: Accounted, arrival_s: float) -> float:
        tick_s = self._driver.clock.tick_s
        if placed.tick is None or tick_s is None:
            return self._counted_clock.update(arrival_s)
        host_s = self._live_clock.update(placed.tick * tick_s, arrival_s)
        self.latency.add(arrival_s - host_s)
        return host_s

    def _begin_epoch(self, placed: Accounted, arrival_ns: int) -> None:
        self._live_clock = LiveClock()
        if placed.epoch:
            text = f"restarted: its clock began anew after {placed.gap_s or 0.0:.1f} s"
            self._tell(EventKind.REBOOTED, arrival_ns, text)

    def _tell_gap(self, placed: Accounted, gap_s: float, arrival_ns: int) -> None:
        if placed.lost_before:
            text = f"lost {placed.lost_before} samples ({gap_s:.2f} s)"
            self._tell(EventKind.LOST, arrival_ns, text)
        elif placed.lost_before is None and gap_s > 5.0 * BRIDGED_GAP_S:
            # Without a count, a shorter pause may be nothing but a late packet.
            self._tell(EventKind.LOST, arrival_ns, f"sent nothing for {gap_s:.2f} s")

    def _count_clipping(self, clipping: Clipping, arrival_ns: int) -> None:
        self.clipped += 1
        if arrival_ns - self._clipping_told_ns >= CLIPPING_PAUSE_NS:
            self._clipping_told_ns = arrival_ns
            names = [(flag.name or "").lower().replace("_", " ") for flag in clipping]
            text = f"reached the end of the range of its {' and '.join(names)}"
            self._tell(EventKind.CLIPPING, arrival_ns, text)

    def _tell(self, kind: EventKind, arrival_ns: int, text: str) -> None:
        self._events.append(Event.of(kind, self._segment, arrival_ns, text))
