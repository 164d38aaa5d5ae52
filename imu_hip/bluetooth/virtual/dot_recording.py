"""The recorder inside a virtual DOT: what it does in time, and what it keeps."""

from dataclasses import dataclass, field
from typing import Final

from imu_hip.bluetooth.drivers.movella_dot_export import DEFAULT_FIELDS
from imu_hip.bluetooth.drivers.movella_dot_messages import Event, Result, encode_event
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.dot_export import Export
from imu_hip.bluetooth.virtual.dot_memory import DotMemory, RunningRecording, StoredRun
from imu_hip.bluetooth.virtual.dot_sensing import Run
from imu_hip.bluetooth.virtual.movement import Movement

ERASE_S: Final = 4.0
CLOSE_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class DotQuirks:
    """How a DOT behaves where its specification is silent or contradicts itself.

    Parameters
    ----------
    swapped_marks
        Flash information as in the worked example instead of the table.
    exports_until_stopped
        Whether it stays in the export state when all is sent, and so can send parts again.
    retransmits
        Whether it sends parts again at all.
    """

    swapped_marks: bool = False
    exports_until_stopped: bool = True
    retransmits: bool = True


@dataclass(slots=True)
class OnBoardRecorder:
    """The recorder inside one sensor.

    Parameters
    ----------
    rate_hz
        Rate of the next recording.
    streaming
        Whether the sensor measures for a host, so that nothing can be recorded or exported.
    fields
        Ids that the next export sends.
    outbox
        Notifications that are due.
    busy_until_s, erased_s
        True time until which memory is busy, and at which an erase is done.
    """

    memory: DotMemory
    movement: Movement
    clock: Clockwork
    export_rate_per_s: float
    quirks: DotQuirks
    rate_hz: float = 60.0
    streaming: bool = False
    fields: bytes = DEFAULT_FIELDS
    export: Export | None = None
    outbox: list[bytes] = field(default_factory=list)
    busy_until_s: float | None = None
    erased_s: float | None = None
    erase_utc_s: int = 0

    @property
    def state(self) -> Result:
        """What it says when it is asked for its state."""
        if self.busy_until_s is not None:
            return Result.FLASH_BUSY
        if self.erased_s is not None:
            return Result.ERASING
        if self.memory.running is not None:
            return Result.RECORDING
        return Result.IDLE if self.export is None else Result.SENDING_DATA

    def notify(self, event: Event, body: bytes = b"") -> None:
        """Put a notification into the outbox."""
        self.outbox.append(encode_event(event, body))

    def advance(self, now_s: float) -> None:
        """Let everything happen that is due."""
        if self.busy_until_s is not None and now_s >= self.busy_until_s:
            self.busy_until_s = None
        if self.erased_s is not None and now_s >= self.erased_s:
            self._finish_erase()
        ends_s = self._ends_s()
        if ends_s is not None and now_s >= ends_s:
            # It ends when it should have, however late anybody looks.
            self.close(ends_s)
            self.advance(now_s)
        if self.export is not None:
            self.outbox.extend(self.export.due(now_s))
            if self.export.is_over and not self.quirks.exports_until_stopped:
                self.export = None

    def next_s(self) -> float | None:
        """True time at which something is next due by itself."""
        sending_s = None if self.export is None else self.export.next_s()
        times_s = (self.busy_until_s, self.erased_s, self._ends_s(), sending_s)
        return min((time_s for time_s in times_s if time_s is not None), default=None)

    def close(self, now_s: float) -> None:
        """End the recording that runs, keeping what it has until now."""
        running = self.memory.running
        if running is None:
            return
        run = Run(self.clock, running.rate_hz, running.began_s)
        count = min(run.samples_until(now_s), self._most_samples(running))
        records = run.records(self.movement, count)
        self.memory.running = None
        self.memory.files.append(StoredRun(running.started_utc_s, running.rate_hz, records))
        self.busy_until_s = now_s + CLOSE_S
        self.notify(Event.STOPPED)

    def link_lost(self, now_s: float) -> None:
        """Nobody listens: an export stands still, everything else goes on."""
        self.advance(now_s)
        self.outbox.clear()
        if self.export is not None:
            self.export.pause()

    def power_lost(self, now_s: float, clock: Clockwork) -> None:
        """Power was off: what was recorded is kept, everything else is forgotten."""
        self.advance(now_s)
        self.close(now_s)
        self.outbox.clear()
        self.export = self.busy_until_s = self.erased_s = None
        self.fields = DEFAULT_FIELDS
        self.streaming = False
        self.clock = clock

    def _finish_erase(self) -> None:
        self.erased_s = None
        self.memory.files.clear()
        self.memory.formatted = True
        self.memory.erased_utc_s = self.erase_utc_s
        self.notify(Event.ERASED)

    def _most_samples(self, running: RunningRecording) -> int:
        """Samples after which a recording ends by itself: its timer, or memory is full."""
        room = self.memory.room_samples
        if running.timer_s is None:
            return room
        return min(room, round(running.timer_s * running.rate_hz))

    def _ends_s(self) -> float | None:
        running = self.memory.running
        if running is None:
            return None
        run = Run(self.clock, running.rate_hz, running.began_s)
        return run.ends_s(self._most_samples(running))
