"""A virtual SensorStim Capture2Go."""

from collections.abc import Sequence

from imu_hip.bluetooth.drivers.capture2go_frames import RX, SERVICE, TX, Frame
from imu_hip.bluetooth.drivers.capture2go_packages import Header, SensorState
from imu_hip.bluetooth.virtual.capture2go_commands import Commands
from imu_hip.bluetooth.virtual.capture2go_files import FileServer
from imu_hip.bluetooth.virtual.capture2go_measuring import Measuring
from imu_hip.bluetooth.virtual.capture2go_memory import Capture2GoMemory
from imu_hip.bluetooth.virtual.capture2go_sync import SensorTime, SharedAir
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.movement import Movement
from imu_hip.bluetooth.virtual.profile import (
    Advertisement,
    AttError,
    AttributeRefusedError,
    Characteristic,
    Notification,
    Service,
)
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings

NOTIFICATION_BYTES = 244
"""What fits into one packet of the radio with the largest MTU of 247."""

COLLECTS_S = 0.02
"""Samples wait so long for others before they are sent together."""

RECORDS_EVERY_S = 1.0
"""A recording says nothing, but what was recorded when power is lost must be known."""

_STREAM_ONLY = b"\xff"
_SERVICES = (
    Service(
        SERVICE,
        (
            Characteristic(RX, frozenset({"write", "write-without-response"})),
            Characteristic(TX, frozenset({"notify"})),
        ),
    ),
)


class VirtualCapture2Go:
    """The profile.

    It streams on without a link, as the protocol document suggests; what waits to be sent and a
    file on its way are lost with the link, because nothing is said about them.

    Parameters
    ----------
    settings
        Its serial is cut to the last six characters, which are all that fit.
    movement
        What it feels at true times.
    now_s
        True time at which its world begins, in seconds since 1970.
    air
        Shared by sensors that can hear each other's clocks.
    memory
        What it has recorded before. A recording that runs goes on since its beginning; it is
        measured when the sensor is first asked for something.
    """

    def __init__(
        self,
        settings: VirtualSensorSettings,
        movement: Movement,
        now_s: float,
        air: SharedAir | None = None,
        *,
        memory: Capture2GoMemory | None = None,
    ) -> None:
        self.serial = settings.serial[-6:]
        self.memory = Capture2GoMemory(settings.memory_bytes) if memory is None else memory
        self._settings = settings
        self._air = air or SharedAir()
        self._time = SensorTime(Clockwork(now_s, settings.drift_ppm, settings.clock_start_s))
        self._measuring = Measuring(settings, movement, self.memory, self._time, now_s)
        self._files = FileServer(self.memory)
        self._out = bytearray()
        self._slot_s = now_s
        self._commands = Commands(self.serial, self._measuring, self._files, self._air)
        self._measuring.go_on_recording()

    @property
    def services(self) -> Sequence[Service]:
        """One service: a characteristic to write to and one that notifies."""
        return _SERVICES

    @property
    def advertisement(self) -> Advertisement:
        """Its service, and a name that holds the serial."""
        return Advertisement(f"IMU_{self.serial}", (SERVICE,))

    @property
    def light_until_s(self) -> float:
        """True time until which its light flashes."""
        return self._commands.light_until_s

    def read(self, uuid: str, now_s: float) -> bytes:
        """Nothing can be read."""
        raise AttributeRefusedError(AttError.READ_NOT_PERMITTED)

    def write(self, uuid: str, value: bytes, now_s: float) -> None:
        """Take one frame and queue its reply behind everything that waits."""
        if uuid != RX:
            raise AttributeRefusedError(AttError.WRITE_NOT_PERMITTED)
        self._advance(now_s)
        if self._measuring.state is SensorState.OFF:
            return
        was_sending = self._files.is_sending
        replies = self._commands.answer(value, now_s)
        # The document warns that this may cut a frame that was sent in part.
        if Frame(Header.STOPPED_STREAMING_AND_CLEARED) in replies:
            self._out.clear()
        if self._files.is_sending and not was_sending:
            self._slot_s = now_s
        self._out += b"".join(reply.encode() for reply in replies)

    def notifications(self, now_s: float) -> Sequence[Notification]:
        """What waits, in packets; while a file is sent, in the pace of its export."""
        self._advance(now_s)
        sent = []
        while self._out or self._files.is_sending:
            if self._files.is_sending:
                if self._slot_s > now_s:
                    break
                self._slot_s += 1.0 / self._settings.export_rate_per_s
                while len(self._out) < NOTIFICATION_BYTES and self._files.is_sending:
                    self._out += self._files.next_chunk()
            value = _STREAM_ONLY + bytes(self._out[: NOTIFICATION_BYTES - 1])
            del self._out[: NOTIFICATION_BYTES - 1]
            sent.append(Notification(TX, value))
        return sent

    def next_due_s(self, now_s: float) -> float | None:
        """When samples, replies or pieces of a file will be sent."""
        if self._files.is_sending:
            return self._slot_s
        if self._out:
            return now_s
        if self._measuring.state is SensorState.RECORDING:
            return now_s + RECORDS_EVERY_S
        sample_s = self._measuring.next_sample_s()
        return None if sample_s is None else sample_s + COLLECTS_S

    def link_lost(self, now_s: float) -> None:
        """Forget what waits to be sent; streams and recordings go on."""
        self._advance(now_s)
        self._files.stop()
        self._out.clear()

    def reboot(self, now_s: float) -> None:
        """Lose everything but the memory; a recording ends where power was lost."""
        self._air.leave(self._time, now_s)
        self._measuring.lose_power()
        self._time.reboot(now_s)
        self._files.stop()
        self._out.clear()

    def _advance(self, now_s: float) -> None:
        self._out += self._measuring.advance(now_s)
        self._air.settle(now_s)
