"""A virtual self-built sensor that speaks the open profile."""

from collections.abc import Sequence
from typing import Final

from imu_hip.bluetooth.drivers.open_profile_packets import LARGEST_COUNT, Mode
from imu_hip.bluetooth.drivers.open_profile_values import (
    BATTERY_LEVEL_UUID,
    BATTERY_SERVICE_UUID,
    CONTROL_UUID,
    INFORMATION_UUID,
    RATES_HZ,
    SAMPLES_UUID,
    SERVICE_UUID,
    STATUS_UUID,
    TEXT_BYTES,
    VERSION,
    Command,
    Feature,
    Information,
    Status,
)
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.movement import Movement
from imu_hip.bluetooth.virtual.open_profile_stream import OpenStream
from imu_hip.bluetooth.virtual.profile import (
    Advertisement,
    AttError,
    AttributeRefusedError,
    Characteristic,
    Notification,
    Property,
    Service,
)
from imu_hip.bluetooth.virtual.settings import EMPTY_PERCENT, VirtualSensorSettings

FORGOTTEN_AFTER_S: Final = 600.0
"""How long a stream goes on while no computer is there."""

_MODE_MASK: Final = sum(1 << mode for mode in Mode)
_RATE_MASK: Final = (1 << len(RATES_HZ)) - 1
_PROPERTIES: Final[dict[str, Property]] = {
    INFORMATION_UUID: "read",
    CONTROL_UUID: "write",
    STATUS_UUID: "read",
    SAMPLES_UUID: "notify",
}
_COMMAND_BYTES: Final = {
    Command.START: range(4, 5),
    Command.STOP: range(1, 2),
    Command.LIGHT: range(2, 3),
    Command.RESET_HEADING: range(1, 2),
    Command.SET_TAG: range(1, 2 + TEXT_BYTES),
}
_NEEDED_FEATURE: Final = {
    Command.LIGHT: Feature.LIGHT,
    Command.RESET_HEADING: Feature.RESET_HEADING,
    Command.SET_TAG: Feature.SET_TAG,
}


class VirtualOpenSensor:
    """One self-built sensor; it streams on while the link is lost, so that losses are counted.

    Parameters
    ----------
    movement
        What it feels, at true time.
    now_s
        True time at which it is switched on.
    samples_per_notification
        How many samples it collects before it sends, for stacks that send seldom.
    features
        What it can do besides streaming.

    Attributes
    ----------
    light_until_s
        True time until which its light blinks.
    """

    def __init__(
        self,
        settings: VirtualSensorSettings,
        movement: Movement,
        now_s: float,
        *,
        samples_per_notification: int = 1,
        features: Feature = Feature.LIGHT | Feature.RESET_HEADING | Feature.SET_TAG,
    ) -> None:
        if not 1 <= samples_per_notification <= LARGEST_COUNT:
            raise ValueError(f"samples_per_notification is {samples_per_notification}")
        self.settings = settings
        self.light_until_s = now_s
        self._movement = movement
        self._began_s = now_s
        self._per_notification = samples_per_notification
        self._features = features
        self._clock = Clockwork(now_s, settings.drift_ppm, settings.clock_start_s)
        self._stream = OpenStream(movement, self._clock, samples_per_notification)
        self._alone_since_s: float | None = None
        self._tag = settings.tag

    @property
    def services(self) -> Sequence[Service]:
        """The profile's service and the standard battery service."""
        own = tuple(Characteristic(uuid, frozenset({p})) for uuid, p in _PROPERTIES.items())
        level = Characteristic(BATTERY_LEVEL_UUID, frozenset({"read"}))
        return Service(SERVICE_UUID, own), Service(BATTERY_SERVICE_UUID, (level,))

    @property
    def advertisement(self) -> Advertisement:
        """The service, and a name for people."""
        return Advertisement(f"IMU {self._tag or self.settings.serial[-4:]}", (SERVICE_UUID,))

    def read(self, uuid: str, now_s: float) -> bytes:
        """Answer a read."""
        self._alone_since_s = None
        if uuid == INFORMATION_UUID:
            return self._information().to_bytes()
        if uuid == STATUS_UUID:
            stream = self._stream
            running = stream.mode is not None
            return Status(running, stream.mode or 0, stream.rate_hz).to_bytes()
        if uuid == BATTERY_LEVEL_UUID:
            return bytes([self._charge(now_s)])
        raise AttributeRefusedError(AttError.READ_NOT_PERMITTED)

    def write(self, uuid: str, value: bytes, now_s: float) -> None:
        """Take a command."""
        self._alone_since_s = None
        if uuid != CONTROL_UUID:
            raise AttributeRefusedError(AttError.WRITE_NOT_PERMITTED)
        try:
            command = Command(value[0])
        except (IndexError, ValueError):
            raise AttributeRefusedError(AttError.VALUE_NOT_ALLOWED) from None
        if len(value) not in _COMMAND_BYTES[command]:
            raise AttributeRefusedError(AttError.WRONG_LENGTH)
        needed = _NEEDED_FEATURE.get(command)
        if needed is not None and not needed & self._features:
            raise AttributeRefusedError(AttError.VALUE_NOT_ALLOWED)
        self._obey(command, value[1:], now_s)

    def notifications(self, now_s: float) -> Sequence[Notification]:
        """Packets that became complete since the last call."""
        # Off or idle, it sends nothing of what still waits.
        if self._charge(now_s) <= EMPTY_PERCENT or self._is_forgotten(now_s):
            self._stream.end(now_s)
            self._stream.packets(now_s)
            return []
        return [Notification(SAMPLES_UUID, packet) for packet in self._stream.packets(now_s)]

    def next_due_s(self, now_s: float) -> float | None:
        """When the next sample is due, None where it does not stream."""
        return self._stream.next_due_s(now_s)

    def link_lost(self, now_s: float) -> None:
        """Go on for `FORGOTTEN_AFTER_S`."""
        self._alone_since_s = now_s

    def reboot(self, now_s: float) -> None:
        """Begin anew with clock, count, heading and stream; the tag is kept."""
        self._clock = self._clock.restarted(now_s)
        self._stream = OpenStream(self._movement, self._clock, self._per_notification)
        self._alone_since_s = None
        self.light_until_s = now_s

    def _obey(self, command: Command, argument: bytes, now_s: float) -> None:
        match command:
            case Command.START:
                self._start(argument[0], int.from_bytes(argument[1:], "little"), now_s)
            case Command.STOP:
                self._stream.end(now_s)
            case Command.LIGHT:
                self.light_until_s = now_s + argument[0]
            case Command.RESET_HEADING:
                self._stream.reset_heading(now_s)
            case Command.SET_TAG:
                self._tag = argument.decode(errors="ignore")

    def _start(self, mode: int, rate_hz: int, now_s: float) -> None:
        if mode not in set(Mode) or rate_hz not in RATES_HZ:
            raise AttributeRefusedError(AttError.VALUE_NOT_ALLOWED)
        self._stream.begin(Mode(mode), rate_hz, now_s)

    def _information(self) -> Information:
        return Information(
            VERSION,
            _MODE_MASK,
            _RATE_MASK,
            self._features,
            model="virtual",
            serial=self.settings.serial,
            firmware="1.0",
            tag=self._tag,
        )

    def _charge(self, now_s: float) -> int:
        return self.settings.battery_level(now_s - self._began_s)

    def _is_forgotten(self, now_s: float) -> bool:
        alone_since_s = self._alone_since_s
        return alone_since_s is not None and now_s - alone_since_s > FORGOTTEN_AFTER_S
