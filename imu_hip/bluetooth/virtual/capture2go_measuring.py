"""What a virtual Capture2Go measures, streams and records, over true time."""

from dataclasses import dataclass, field

from imu_hip.bluetooth.drivers.capture2go_frames import Frame
from imu_hip.bluetooth.drivers.capture2go_packages import (
    ErrorCode,
    Header,
    MeasurementMode,
    RecordingConfig,
    SensorState,
    SyncMode,
)
from imu_hip.bluetooth.drivers.capture2go_replies import Status
from imu_hip.bluetooth.virtual.capture2go_files import CommandError
from imu_hip.bluetooth.virtual.capture2go_memory import Capture2GoMemory, RunningRecording
from imu_hip.bluetooth.virtual.capture2go_sync import SensorTime
from imu_hip.bluetooth.virtual.capture2go_tracks import Track, tracks_of
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.movement import Movement
from imu_hip.bluetooth.virtual.settings import EMPTY_PERCENT, VirtualSensorSettings

BLE_CONNECTED = 2
BLOCK_S = 60.0
"""So much is measured at once of a recording that went on unseen."""


@dataclass(slots=True)
class Measuring:
    """State of a sensor that is on.

    Parameters
    ----------
    began_s
        True time at which the world began, and with it the battery's loss.
    """

    settings: VirtualSensorSettings
    movement: Movement
    memory: Capture2GoMemory
    time: SensorTime
    began_s: float
    state: SensorState = SensorState.IDLE
    mode: MeasurementMode = field(default_factory=MeasurementMode)
    config: RecordingConfig | None = None
    _tracks: list[Track] = field(default_factory=list)
    _next_status_s: float | None = None
    _done_until_s: float = 0.0
    _ends_s: float | None = None

    def advance(self, now_s: float) -> bytes:
        """Measure up to now; returns what is streamed."""
        if self.state is SensorState.RECORDING:
            self._record_until(now_s)
        streamed = b""
        if self.state is SensorState.STREAMING:
            streamed = b"".join(self._frames(now_s))
        if self.battery_percent(now_s) <= EMPTY_PERCENT:
            self.end_recording()
            self.state = SensorState.OFF
        return streamed

    def battery_percent(self, now_s: float) -> int:
        """Charge now."""
        return self.settings.battery_level(now_s - self.began_s)

    def status(self, now_s: float) -> Status:
        """What it says of itself."""
        sends = self.mode.sync_mode == SyncMode.SENDER
        return Status(
            clock_ns=self.time.reading_ns(now_s),
            state=self.state,
            connection=BLE_CONNECTED,
            gyr_bias=(0, 0, 0),
            synchronized=sends or self.time.follows,
            battery=self.battery_percent(now_s),
            free_percent=self.memory.free_percent,
        )

    def next_sample_s(self) -> float | None:
        """True time of the next sample of a stream or recording."""
        return min((track.sampling.next_s() for track in self._tracks), default=None)

    def start_streaming(self, now_s: float) -> None:
        """Measure from now on."""
        self._require(SensorState.IDLE)
        self._measure(SensorState.STREAMING, now_s)

    def stop_streaming(self) -> None:
        """Measure no more."""
        self._require(SensorState.STREAMING)
        self._rest()

    def start_recording(self, now_s: float) -> None:
        """Write what is measured from now on to the file that was chosen."""
        self._require(SensorState.IDLE)
        config = self.config
        if config is None:
            raise CommandError(ErrorCode.NO_RECORDING_CONFIG)
        if not config.name:
            raise CommandError(ErrorCode.BAD_NAME)
        if config.name in self.memory.files:
            raise CommandError(ErrorCode.EXISTS)
        if self.memory.free_percent == 0:
            raise CommandError(ErrorCode.FULL)
        started_ns = self.time.reading_ns(now_s)
        duration_s = None
        if config.end_ns:
            duration_s = (config.end_ns - (0 if config.end_is_relative else started_ns)) * 1e-9
        self.memory.running = RunningRecording(
            config.name, self.mode, now_s, started_ns, duration_s
        )
        self._begin_recording(self.memory.running)

    def stop_recording(self) -> None:
        """Close the file."""
        self._require(SensorState.RECORDING)
        self.end_recording()

    def end_recording(self) -> None:
        """Close the file where one is open."""
        if self.memory.running is not None:
            self.memory.running = None
            self._rest()

    def go_on_recording(self) -> None:
        """Be a sensor that was on and recording while nobody simulated it.

        Its clock showed then what it did; in a group of clocks it has kept pace with true time.
        """
        running = self.memory.running
        if running is None:
            return
        began_s = running.began_s
        self.mode = running.mode
        if running.mode.sync_mode == SyncMode.NONE:
            self.time.set_ns(began_s, running.started_ns)
        else:
            leader = SensorTime(Clockwork(began_s))
            leader.set_ns(began_s, running.started_ns)
            self.time.follow(leader)
        self._begin_recording(running)

    def lose_power(self) -> None:
        """Stop at once; the end of the file that was open is torn."""
        running = self.memory.running
        if running is not None and (data := self.memory.files[running.name]):
            # A reader has to cope with a last frame that is cut.
            del data[-1:]
        self.end_recording()
        self._rest()
        self.mode = MeasurementMode()
        self.config = None

    def _require(self, state: SensorState) -> None:
        if self.state is not state:
            raise CommandError(ErrorCode.WRONG_STATE)

    def _measure(self, state: SensorState, began_s: float) -> None:
        self.state = state
        self._tracks = tracks_of(self.mode, self.time, began_s)
        self._next_status_s = began_s if self.mode.status_interval_s else None

    def _rest(self) -> None:
        self.state = SensorState.IDLE
        self._tracks = []
        self._next_status_s = None

    def _begin_recording(self, running: RunningRecording) -> None:
        began_s = running.began_s
        self.memory.files[running.name] = bytearray()
        self._done_until_s = began_s
        self._ends_s = None if running.duration_s is None else began_s + running.duration_s
        self._measure(SensorState.RECORDING, began_s)

    def _record_until(self, now_s: float) -> None:
        end_s = now_s if self._ends_s is None else min(now_s, self._ends_s)
        while self._done_until_s < end_s and self.memory.running is not None:
            self._done_until_s = min(self._done_until_s + BLOCK_S, end_s)
            self._store(self._frames(self._done_until_s))
        if self._ends_s is not None and now_s >= self._ends_s:
            self.end_recording()

    def _store(self, frames: list[bytes]) -> None:
        running = self.memory.running
        if running is None:
            return
        for frame in frames:
            if not self.memory.append(running.name, frame):
                self.end_recording()
                return

    def _frames(self, now_s: float) -> list[bytes]:
        """Packages that became complete, in the order of their true times."""
        due = [pair for track in self._tracks for pair in track.packages(now_s, self.movement)]
        while self._next_status_s is not None and self._next_status_s <= now_s:
            at_s = self._next_status_s
            due.append((at_s, Frame(Header.STATUS, self.status(at_s).encode()).encode()))
            self._next_status_s = at_s + self.mode.status_interval_s
        return [data for _, data in sorted(due, key=lambda pair: pair[0])]
