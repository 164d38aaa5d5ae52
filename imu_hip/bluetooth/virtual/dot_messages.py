"""The message service of a virtual DOT: recording and clock sync, as bytes over true time."""

from collections.abc import Iterable, Sequence

from imu_hip.bluetooth.drivers.movella_dot_export import MOTION_FIELDS
from imu_hip.bluetooth.drivers.movella_dot_messages import (
    CHARACTERISTIC_BYTES,
    Channel,
    Message,
    Result,
    encode_ack,
    parse,
)
from imu_hip.bluetooth.drivers.movella_dot_sync_messages import SyncKind
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.dot_commands import answer
from imu_hip.bluetooth.virtual.dot_memory import DotMemory
from imu_hip.bluetooth.virtual.dot_recording import DotQuirks, OnBoardRecorder
from imu_hip.bluetooth.virtual.dot_sync import SyncAir, SyncMember
from imu_hip.bluetooth.virtual.movement import Movement
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings


class DotMessages:
    """What a virtual DOT does with its message service.

    Parameters
    ----------
    clock
        The sensor's clock; after a synchronisation `clock` is another one.
    air, address
        What the sensors in the room hear of each other, and this one's radio address.
    memory
        What the sensor recorded before; empty where it is not given.
    quirks
        What it does where the specification is silent.
    """

    def __init__(
        self,
        settings: VirtualSensorSettings,
        movement: Movement,
        clock: Clockwork,
        *,
        air: SyncAir | None = None,
        address: str = "",
        memory: DotMemory | None = None,
        quirks: DotQuirks | None = None,
    ) -> None:
        self.memory = DotMemory(settings.memory_bytes) if memory is None else memory
        self.recording_rate_hz = 60.0
        self.streaming = False
        self._sync = SyncMember(address, clock, SyncAir() if air is None else air)
        self._recorder = OnBoardRecorder(
            self.memory,
            movement,
            clock,
            settings.export_rate_per_s,
            DotQuirks() if quirks is None else quirks,
        )
        self._ack = b""
        self._sync_was_started_last = False

    @property
    def clock(self) -> Clockwork:
        """The sensor's clock now."""
        return self._sync.clock

    @property
    def is_recording(self) -> bool:
        """Whether it records on its own, as far as time was let pass."""
        return self.memory.running is not None

    @property
    def is_synchronised(self) -> bool:
        """Whether it follows a common clock."""
        return self._sync.synchronised

    def stored(self, index: int, fields: Iterable[int] = MOTION_FIELDS) -> bytes:
        """Exactly the samples of a recording, counted from 1, as an export sends them."""
        return self.memory.stored(index, fields)

    def write(self, value: bytes, now_s: float) -> None:
        """Take a message; one that is none is ignored."""
        self._advance(now_s)
        message = parse(value)
        if not isinstance(message, Message):
            return
        # Whoever writes is connected, and sensors synchronise only while nobody is.
        self._sync.disturbed()
        if message.channel == Channel.SYNC:
            self._hear_sync(message)
        elif message.channel == Channel.RECORDING:
            result = answer(self._recorder, message, now_s)
            self._ack = encode_ack(result, message.data)
            self._sync_was_started_last = False

    def acknowledgement(self) -> bytes:
        """What a read of the acknowledgement gives: the last one, padded with zeros."""
        ack = self._sync.acknowledgement() if self._sync_was_started_last else self._ack
        return ack.ljust(CHARACTERISTIC_BYTES, b"\0")

    def notifications(self, now_s: float) -> Sequence[bytes]:
        """Everything that became due since the last call, in order."""
        self._advance(now_s)
        due, self._recorder.outbox = self._recorder.outbox, []
        return due

    def next_due_s(self, now_s: float) -> float | None:
        """When there will next be something to say, None where nothing is planned."""
        if self._recorder.outbox:
            return now_s
        times_s = (self._recorder.next_s(), self._sync.ready_s)
        return min((time_s for time_s in times_s if time_s is not None), default=None)

    def link_lost(self, now_s: float) -> None:
        """The connection ended: a recording goes on, an export stands still."""
        self._advance(now_s)
        self._recorder.link_lost(now_s)
        self._sync.left_alone(now_s)

    def reboot(self, now_s: float, clock: Clockwork) -> None:
        """Power was off and is on again: memory is kept, the rest is as new."""
        self._advance(now_s)
        self._recorder.power_lost(now_s, clock)
        self._sync.restart(clock)
        self.streaming = False
        self._ack = b""
        self._sync_was_started_last = False

    def _advance(self, now_s: float) -> None:
        self._sync.advance(now_s)
        self._recorder.clock = self._sync.clock
        self._recorder.rate_hz = self.recording_rate_hz
        self._recorder.streaming = self.streaming
        self._recorder.advance(now_s)

    def _hear_sync(self, message: Message) -> None:
        if message.kind == SyncKind.START:
            if self.streaming or self._recorder.state != Result.IDLE:
                return
            self._sync_was_started_last = True
        reply = self._sync.hear(message)
        if reply is not None:
            self._recorder.outbox.append(reply)
