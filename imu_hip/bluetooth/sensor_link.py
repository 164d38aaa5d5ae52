"""Keeping one sensor connected and streaming, whatever happens to it."""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from time import perf_counter_ns
from typing import Final

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.connection import Connection, see_through
from imu_hip.bluetooth.conversation import Conversation
from imu_hip.bluetooth.drivers.dialogue import DialogueError, RefusedError
from imu_hip.bluetooth.drivers.driver import Battery, StreamSettings
from imu_hip.bluetooth.errors import BluetoothError, LinkLostError
from imu_hip.bluetooth.events import EventKind
from imu_hip.bluetooth.inbox import Inbox
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.bluetooth.patience import Patience

WATCH_S: Final = 0.25
"""How often a link looks at its sensor; it wakes at once where the link is lost."""

LOW_PERCENT: Final = 15
"""A sensor with less charge than this is reported, once."""

_logger = logging.getLogger(__name__)

Report = Callable[[EventKind, str], None]


class LinkState(Enum):
    """What a link does now, in words for people."""

    CONNECTING = "connecting"
    STARTING = "starting"
    STREAMING = "streaming"
    SILENT = "silent"
    SEARCHING = "link lost, searching"
    STOPPING = "stopping"
    STOPPED = "stopped"
    REFUSED = "refused to start"

    @property
    def words(self) -> str:
        """The state as a person reads it."""
        return self.value


class SensorLink:
    """One task that connects to a sensor, starts it, watches it and brings it back.

    Parameters
    ----------
    report
        Told what a person should know: what kind of thing and a text that follows a segment's
        name, such as 'lost its link'.
    rng
        Spreads the attempts of several sensors.
    """

    def __init__(
        self,
        central: Central,
        sensor: KnownSensor,
        settings: StreamSettings,
        inbox: Inbox,
        *,
        report: Report,
        patience: Patience,
        rng: random.Random,
    ) -> None:
        self.state = LinkState.CONNECTING
        self.problem = ""
        self.battery: Battery | None = sensor.battery
        self.connections = 0
        self.streaming = asyncio.Event()
        self._central = central
        self._sensor = sensor
        self._driver = sensor.found.driver
        self._device = sensor.found.device
        self._settings = settings
        self._inbox = inbox
        self._report = report
        self._patience = patience
        self._rng = rng
        self._wanted = True
        self._wake = asyncio.Event()
        self._failures = 0
        self._told_low = False
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start the task."""
        self._task = asyncio.create_task(self._run(), name=f"link to {self._sensor.label}")

    async def stop(self) -> None:
        """Stop the stream, let go of the sensor and end the task, within a few seconds."""
        self._wanted = False
        self._wake.set()
        if self._task is None:
            return
        # A link that streams ends by itself, so that no request to the sensor is cut short.
        if self.state in {LinkState.STREAMING, LinkState.SILENT}:
            await asyncio.wait({self._task}, timeout=self._patience.stop_s)
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=2.0 * self._patience.stop_s)

    async def _run(self) -> None:
        try:
            while self._wanted:
                try:
                    await self._serve_one_connection()
                except (BluetoothError, DialogueError) as error:
                    self._lost(error.what)
                    if isinstance(error, DialogueError) and not self.streaming.is_set():
                        self.state = LinkState.REFUSED
                        return
                except Exception as error:
                    # A mistake in the program may cost a connection but never the recording.
                    _logger.exception("%s: unexpected error", self._sensor.label)
                    self._lost(f"an unexpected {type(error).__name__}")
                if self._wanted:
                    await self._back_off()
        finally:
            if self.state is not LinkState.REFUSED:
                self.state = LinkState.STOPPED

    def _lost(self, why: str) -> None:
        if self.state in {LinkState.STREAMING, LinkState.SILENT}:
            self._report(EventKind.LINK_LOST, "lost its link")
        self.problem = why.rstrip(".!")
        self.state = LinkState.SEARCHING if self.streaming.is_set() else LinkState.CONNECTING

    async def _back_off(self) -> None:
        patience = self._patience
        wait_s = min(patience.longest_backoff_s, patience.first_backoff_s * 2.0**self._failures)
        self._failures += 1
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s * self._rng.uniform(0.75, 1.25)):
                while self._wanted:
                    self._wake.clear()
                    await self._wake.wait()

    async def _serve_one_connection(self) -> None:
        if self._failures:
            # A fresh scan, because systems forget devices that they have not seen for a while.
            found = await self._central.find_again(self._device.address, self._patience.search_s)
            if found is None:
                raise LinkLostError(f"{self._sensor.label} is not on the air")
            self._device = found
        connection = await self._central.connect(
            self._device, self._sensor.label, self._patience.connect_s
        )
        connection.on_lost.append(self._wake.set)
        conversation = Conversation(connection, self._driver.reply_characteristics)
        try:
            await self._start(connection, conversation)
            await self._watch(connection, conversation)
        except asyncio.CancelledError:
            self._wanted = False
            raise
        finally:
            try:
                if not self._wanted and not connection.lost.is_set():
                    self.state = LinkState.STOPPING
                    stopping = conversation.run(self._driver.stop())
                    await see_through(stopping, self._patience.stop_s)
            finally:
                await connection.close(self._patience.stop_s)

    async def _start(self, connection: Connection, conversation: Conversation) -> None:
        self.state = LinkState.STARTING if not self.streaming.is_set() else LinkState.SEARCHING
        identity = await conversation.run(self._driver.identify())
        if identity.serial != self._sensor.identity.serial:
            raise LinkLostError(f"Another sensor answers in place of {self._sensor.label}")
        self.connections += 1
        if self.streaming.is_set():
            # Said first, because a sensor that streamed on is heard as soon as it is subscribed to.
            self._report(EventKind.BACK, "is connected again")
        # Without a clock, samples at the old rate from before the start look like any others.
        is_timed = self._driver.clock.tick_s is not None
        if is_timed:
            await self._subscribe(connection)
        if self.streaming.is_set():
            await conversation.run(self._driver.resume(self._settings))
        else:
            await conversation.run(self._driver.start(self._settings))
        if not is_timed:
            await self._subscribe(connection)
        self.state = LinkState.STREAMING
        self.streaming.set()
        self.problem = ""

    async def _subscribe(self, connection: Connection) -> None:
        """Listen to the stream; of alternative characteristics a sensor has only some."""
        refusals: list[RefusedError] = []
        uuids = self._driver.stream_characteristics(self._settings)
        for uuid in uuids:
            try:
                await connection.listen(uuid, self._inbox.listener(self.connections, uuid))
            except RefusedError as refused:
                refusals.append(refused)
        if len(refusals) == len(uuids):
            raise refusals[0]

    async def _watch(self, connection: Connection, conversation: Conversation) -> None:
        started_ns = perf_counter_ns()
        battery_due_ns = started_ns
        limit_ns = round(1e9 * max(self._patience.silence_s, 3.0 / self._settings.sampling_rate_hz))
        while self._wanted:
            if connection.lost.is_set():
                raise LinkLostError(f"The link to {self._sensor.label} was lost")
            now_ns = perf_counter_ns()
            heard_ns = self._inbox.last_arrival_ns or 0
            if now_ns - max(started_ns, heard_ns) > limit_ns:
                await self._start_again(conversation)
                started_ns = perf_counter_ns()
            elif heard_ns > started_ns:
                self.state = LinkState.STREAMING
                self._failures = 0
            if now_ns >= battery_due_ns:
                battery_due_ns = now_ns + round(1e9 * self._patience.battery_s)
                await self._look_at_battery(conversation)
            await self._wait(WATCH_S)

    async def _start_again(self, conversation: Conversation) -> None:
        if self.state is LinkState.SILENT:
            raise LinkLostError(f"{self._sensor.label} sends nothing although it is connected")
        self.state = LinkState.SILENT
        self._report(EventKind.SILENT, "sends nothing although it is connected")
        await conversation.run(self._driver.start(self._settings))

    async def _look_at_battery(self, conversation: Conversation) -> None:
        # A sensor that does not tell its charge can still measure.
        with suppress(DialogueError):
            self.battery = await conversation.run(self._driver.battery())
        battery = self.battery
        is_low = battery is not None and battery.level_percent < LOW_PERCENT
        if battery is not None and is_low and not battery.charging and not self._told_low:
            self._told_low = True
            self._report(EventKind.LOW_BATTERY, f"has {battery.level_percent} % battery left")

    async def _wait(self, duration_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(duration_s):
                await self._wake.wait()
        self._wake.clear()
