"""A virtual Movella DOT: the configuration, measurement and battery services of the sensor."""

from collections.abc import Callable, Sequence

from imu_hip.bluetooth.drivers import movella_dot_gatt as gatt
from imu_hip.bluetooth.drivers.movella_dot_control import (
    DEVICE_CONTROL_LAYOUT,
    STREAMING_RATES_HZ,
    Report,
    Visit,
    measurement_write,
    read_device_control,
)
from imu_hip.bluetooth.drivers.movella_dot_modes import PAYLOAD_MODES, PayloadMode
from imu_hip.bluetooth.virtual.clockwork import Clockwork, Sampling
from imu_hip.bluetooth.virtual.dot_configuration import DotConfiguration
from imu_hip.bluetooth.virtual.dot_memory import DotMemory
from imu_hip.bluetooth.virtual.dot_messages import DotMessages
from imu_hip.bluetooth.virtual.dot_streaming import Heading, Streaming, orientation_at
from imu_hip.bluetooth.virtual.dot_sync import SyncAir
from imu_hip.bluetooth.virtual.dot_table import DOT_SERVICES
from imu_hip.bluetooth.virtual.movement import Movement
from imu_hip.bluetooth.virtual.profile import (
    Advertisement,
    AttError,
    AttributeRefusedError,
    Notification,
    Service,
)
from imu_hip.bluetooth.virtual.settings import EMPTY_PERCENT, VirtualSensorSettings
from imu_hip.kinematics.quaternion import FloatArray

REPORT_BYTES = 36

# Which ATT error a real sensor answers with is not documented.
NOT_NOW = AttError.FIRST_OF_APPLICATION


class VirtualDot:
    """A Movella DOT without a sensor: bytes in, bytes out, at imagined times.

    Parameters
    ----------
    settings, movement
        Which sensor it is and what it feels.
    now_s
        True time at which the world begins.
    air
        What the sensors in the room hear of each other; those that share it can synchronise.
    memory, clock
        What it recorded before and the clock that went on since; new where they are not given.
    """

    def __init__(
        self,
        settings: VirtualSensorSettings,
        movement: Movement,
        now_s: float,
        *,
        air: SyncAir | None = None,
        memory: DotMemory | None = None,
        clock: Clockwork | None = None,
    ) -> None:
        self.settings = settings
        self.movement = movement
        self.configuration = DotConfiguration(settings)
        self.messages = DotMessages(
            settings,
            movement,
            clock or Clockwork(now_s, settings.drift_ppm, settings.clock_start_s),
            air=air,
            address=self.configuration.info.radio_address,
            memory=memory,
        )
        self.messages.recording_rate_hz = self.configuration.output_rate_hz
        self._began_s = now_s
        self._mode_number = 2
        self._streaming: Streaming | None = None
        self._heading = Heading()
        self._told_percent = settings.battery_level(0.0)
        self._pending: list[Notification] = []
        self._is_off = False

    @property
    def services(self) -> Sequence[Service]:
        """Its GATT table."""
        return DOT_SERVICES

    @property
    def advertisement(self) -> Advertisement:
        """What it advertises; the tag is only told once it is connected."""
        return Advertisement("Xsens DOT", manufacturer=(gatt.COMPANY_ID, b""))

    def is_lit(self, now_s: float) -> bool:
        """Whether its LED blinks because somebody asked which sensor it is."""
        return now_s < self.configuration.lit_until_s

    def read(self, uuid: str, now_s: float) -> bytes:
        """Answer a read."""
        self._refuse_if_off()
        readable: dict[str, Callable[[], bytes]] = {
            gatt.DEVICE_INFO: self.configuration.info.pack,
            gatt.DEVICE_CONTROL: self.configuration.control.pack,
            gatt.MEASUREMENT_CONTROL: lambda: measurement_write(
                int(self._streaming is not None), self._mode_number
            ),
            gatt.ORIENTATION_RESET: lambda: self._heading.state.value_bytes,
            gatt.ORIENTATION_RESET_RESULT: lambda: bytes([self._heading.succeeded]),
            gatt.BATTERY: lambda: bytes((self._percent(now_s), 0)),
            gatt.MESSAGE_ACKNOWLEDGEMENT: self.messages.acknowledgement,
        }
        if uuid not in readable:
            raise AttributeRefusedError(AttError.READ_NOT_PERMITTED)
        return readable[uuid]()

    def write(self, uuid: str, value: bytes, now_s: float) -> None:
        """Take a write; samples from before it are not changed by it."""
        self._refuse_if_off()
        self._sample(now_s)
        match uuid:
            case gatt.DEVICE_CONTROL:
                self._configure(value, now_s)
            case gatt.MEASUREMENT_CONTROL:
                self._measure(value, now_s)
            case gatt.ORIENTATION_RESET:
                command = int.from_bytes(_exactly(value, 2), "little")
                self._heading.take(command, self._measured_orientation(now_s))
            case gatt.MESSAGE_CONTROL:
                self.messages.write(value, now_s)
            case _:
                raise AttributeRefusedError(AttError.WRITE_NOT_PERMITTED)

    def notifications(self, now_s: float) -> Sequence[Notification]:
        """Everything that became due, in order within each characteristic."""
        if not self._is_off:
            self._sample(now_s)
            self._pending += [
                Notification(gatt.MESSAGE_NOTIFICATION, message)
                for message in self.messages.notifications(now_s)
            ]
            self._tell_battery(now_s)
        said, self._pending = self._pending, []
        return said

    def next_due_s(self, now_s: float) -> float | None:
        """When `notifications` will next have something to say."""
        if self._pending:
            return now_s
        if self._is_off:
            return None
        due_s = [self.messages.next_due_s(now_s), self._next_percent_s()]
        if self._streaming:
            due_s.append(self._streaming.sampling.next_s())
        return min((at_s for at_s in due_s if at_s is not None), default=None)

    def link_lost(self, now_s: float) -> None:
        """A measurement goes on without a link, a recording as well."""
        self.messages.link_lost(now_s)

    def reboot(self, now_s: float) -> None:
        """Measurement and heading are gone and the clock starts at 0; settings and files stay."""
        self._lose_power(now_s)
        self._pending = []
        self._is_off = False

    def _sample(self, now_s: float) -> None:
        if self._streaming:
            self._pending += self._streaming.due(self.messages.clock, self._heading, now_s)

    def _refuse_if_off(self) -> None:
        if self._is_off:
            raise AttributeRefusedError(AttError.UNLIKELY)

    def _configure(self, value: bytes, now_s: float) -> None:
        asked = read_device_control(_exactly(value, DEVICE_CONTROL_LAYOUT.size))
        locked = (
            self._streaming is not None
            or self.messages.is_recording
            or self.messages.is_synchronised
        )
        self.configuration.follow(asked, now_s, locked)
        self.messages.recording_rate_hz = self.configuration.output_rate_hz
        if Visit.POWER in asked.visit and asked.power & 1:
            self._power_off(now_s)

    def _measure(self, value: bytes, now_s: float) -> None:
        kind, action, number = _exactly(value, 3)
        if kind != 1 or action > 1:
            raise AttributeRefusedError(NOT_NOW)
        if action == 0:
            self._streaming = None
        else:
            self._streaming = self._started(_mode_numbered(number), now_s)
            self._mode_number = number
        self.messages.streaming = self._streaming is not None

    def _started(self, mode: PayloadMode, now_s: float) -> Streaming:
        rate_hz = self.configuration.output_rate_hz
        if self.messages.is_recording or rate_hz not in STREAMING_RATES_HZ:
            raise AttributeRefusedError(NOT_NOW)
        return Streaming(mode, self.movement, Sampling(self.messages.clock, rate_hz, now_s))

    def _measured_orientation(self, now_s: float) -> FloatArray | None:
        if self._streaming is None or not self._streaming.mode.has_orientation:
            return None
        return orientation_at(self.movement, now_s)

    def _percent(self, now_s: float) -> int:
        return self.settings.battery_level(now_s - self._began_s)

    def _tell_battery(self, now_s: float) -> None:
        percent = self._percent(now_s)
        if percent != self._told_percent:
            self._told_percent = percent
            self._pending.append(Notification(gatt.BATTERY, bytes((percent, 0))))
        if percent <= EMPTY_PERCENT:
            self._power_off(now_s)

    def _next_percent_s(self) -> float | None:
        """When the battery will have lost the next percent, a moment later."""
        drain = self.settings.battery_drain_percent_per_h
        if drain <= 0:
            return None
        lost = self.settings.battery_percent - (self._told_percent - 0.5)
        return self._began_s + lost * 3600.0 / drain + 1e-3

    def _power_off(self, now_s: float) -> None:
        report = bytes([Report.POWER_OFF]).ljust(REPORT_BYTES, b"\0")
        self._pending.append(Notification(gatt.DEVICE_REPORT, report))
        self._lose_power(now_s)
        self._is_off = True

    def _lose_power(self, now_s: float) -> None:
        self._streaming = None
        self._heading = Heading()
        self.messages.streaming = False
        self.messages.reboot(now_s, Clockwork(now_s, self.settings.drift_ppm))


def _mode_numbered(number: int) -> PayloadMode:
    for mode in PAYLOAD_MODES.values():
        if mode.number == number:
            return mode
    raise AttributeRefusedError(NOT_NOW)


def _exactly(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise AttributeRefusedError(AttError.WRONG_LENGTH)
    return value
