"""Streaming from all sensors of a person at once."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter_ns
from types import TracebackType
from typing import Final, Self

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.drivers.driver import StreamSettings
from imu_hip.bluetooth.errors import NotStreamingError
from imu_hip.bluetooth.events import Event, EventKind
from imu_hip.bluetooth.inbox import Inbox
from imu_hip.bluetooth.intake import CapturedSample, Intake
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.bluetooth.patience import Patience
from imu_hip.bluetooth.sensor_link import LinkState, SensorLink
from imu_hip.bluetooth.status import SensorStatus
from imu_hip.names import Segment

START_S: Final = 30.0
"""Within this time all sensors have to stream; some systems need three seconds to connect one."""

_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Placed:
    """A sensor, the segment that it sits on, and what it is asked to stream."""

    segment: Segment
    sensor: KnownSensor
    settings: StreamSettings


@dataclass(frozen=True, slots=True)
class Captured:
    """What came since the last time.

    Parameters
    ----------
    samples
        By segment, in the order in which the sensor took them; all segments are there.
    events
        In the order of their times.
    """

    samples: Mapping[Segment, Sequence[CapturedSample]]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class _Stream:
    placed: Placed
    inbox: Inbox
    link: SensorLink
    intake: Intake


class Capture:
    """An asynchronous context in which sensors stream.

    It is entered when all of them stream. Within it, `take` has to be called several times a
    second, from one task. A sensor whose link is lost is brought back without being asked for.

    Parameters
    ----------
    rng
        Spreads attempts to connect; given in tests.
    start_s
        Time within which all sensors have to stream.
    inbox_capacity
        Notifications of one sensor that wait between two calls of `take`.
    """

    def __init__(
        self,
        central: Central,
        placed: Sequence[Placed],
        *,
        patience: Patience | None = None,
        rng: random.Random | None = None,
        start_s: float = START_S,
        inbox_capacity: int = 4096,
    ) -> None:
        self._events: list[Event] = []
        self._start_s = start_s
        patience, rng = patience or Patience(), rng or random.Random()
        self._streams = []
        for one in placed:
            inbox = Inbox(inbox_capacity)
            report = partial(self._note, one.segment)
            link = SensorLink(
                central,
                one.sensor,
                one.settings,
                inbox,
                report=report,
                patience=patience,
                rng=rng,
            )
            intake = Intake(one.segment, one.sensor.found.driver, one.settings, inbox)
            self._streams.append(_Stream(one, inbox, link, intake))

    async def __aenter__(self) -> Self:
        """Connect to all sensors and start them.

        Raises
        ------
        NotStreamingError
            Where a sensor refuses, or does not stream in time; all are let go of.
        """
        for stream in self._streams:
            stream.link.begin()
        try:
            await self._all_stream()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Stop all streams and let go of all sensors, within five seconds.

        What came until then can still be taken.
        """
        await asyncio.gather(*(stream.link.stop() for stream in self._streams))

    def take(self) -> Captured:
        """Take what came since the last call, or since the beginning."""
        samples: dict[Segment, Sequence[CapturedSample]] = {}
        events, self._events = self._events, []
        for stream in self._streams:
            samples[stream.placed.segment], noticed = stream.intake.take()
            events += noticed
        return Captured(samples, tuple(sorted(events, key=lambda event: event.arrival_ns)))

    def status(self) -> tuple[SensorStatus, ...]:
        """How each sensor does, as of the last call of `take`."""
        now_ns = perf_counter_ns()
        return tuple(_status(stream, now_ns) for stream in self._streams)

    def _note(self, segment: Segment, kind: EventKind, did: str) -> None:
        self._events.append(Event.of(kind, segment, perf_counter_ns(), did))

    async def _all_stream(self) -> None:
        try:
            async with asyncio.timeout(self._start_s):
                while not all(stream.link.streaming.is_set() for stream in self._streams):
                    self._raise_if_refused()
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            late = [s for s in self._streams if not s.link.streaming.is_set()]
            names = "; ".join(f"{s.placed.segment.words}: {s.link.problem}" for s in late)
            raise NotStreamingError(
                f"Not all sensors streamed within {self._start_s:.0f} s ({names}).",
                "Bring them near the computer, charge them, and try again.",
            ) from None

    def _raise_if_refused(self) -> None:
        for stream in self._streams:
            if stream.link.state is LinkState.REFUSED:
                raise NotStreamingError(
                    f"The {stream.placed.segment.words} sensor would not start: "
                    f"{stream.link.problem}.",
                    "Switch it off and on again; a recording that runs on it has to end first.",
                )


def _status(stream: _Stream, now_ns: int) -> SensorStatus:
    link, intake, counts = stream.link, stream.intake, stream.intake.account.counts
    return SensorStatus(
        segment=stream.placed.segment,
        tag=stream.placed.sensor.label,
        state=link.state.words,
        problem=link.problem,
        rate_hz=intake.rate.rate_hz(now_ns),
        kept=counts.kept,
        lost=counts.lost,
        lost_percent=counts.lost_percent,
        own_lost=counts.own_lost,
        duplicates=counts.duplicates,
        backward=counts.backward,
        reboots=counts.reboots,
        gap_max_s=counts.gap_max_s,
        latency_p95_ms=intake.latency.p95_ms(),
        battery=link.battery,
        reconnects=max(0, link.connections - 1),
        skipped=intake.skipped,
        clipped=intake.clipped,
    )
