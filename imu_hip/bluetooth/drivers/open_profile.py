"""Driver of the open profile for self-built sensors; see `firmware_notes/open_profile.md`."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError, RefusedError, read, write
from imu_hip.bluetooth.drivers.driver import Advertised, Battery, Identity, StreamSettings
from imu_hip.bluetooth.drivers.on_sensor import HardwareSync, OnSensorRecorder
from imu_hip.bluetooth.drivers.open_profile_packets import (
    SEQUENCE_MODULUS,
    TICK_MODULUS,
    Mode,
    decode,
)
from imu_hip.bluetooth.drivers.open_profile_values import (
    BATTERY_LEVEL_UUID,
    CONTROL_UUID,
    INFORMATION_UUID,
    MODE_NAMES,
    RATES_HZ,
    SAMPLES_UUID,
    SERVICE_UUID,
    STATUS_UUID,
    Command,
    Feature,
    Information,
    Status,
)
from imu_hip.bluetooth.drivers.samples import Sample, SensorClock, Skipped

LIGHT_S: Final = 10

_CLOCK: Final = SensorClock(1e-6, TICK_MODULUS, SEQUENCE_MODULUS)


@dataclass(frozen=True, slots=True)
class OpenDecoder:
    """Packets of one mode; each notification is complete in itself."""

    mode: Mode

    def feed(self, uuid: str, value: bytes) -> Sequence[Sample | Skipped]:
        """Samples of one notification, in order."""
        if uuid != SAMPLES_UUID:
            return [Skipped("not from the samples characteristic", len(value))]
        return decode(value, self.mode)


class OpenProfile:
    """Self-built sensors, such as XIAO nRF52840 Sense or Nano 33 BLE Sense boards."""

    name: str = "open"
    model: str = "open profile"
    clock: SensorClock = _CLOCK
    sampling_rates_hz: tuple[float, ...] = RATES_HZ
    modes: Mapping[str, str] = MappingProxyType(
        {
            "full": "orientation, acceleration and angular velocity",
            "quaternion": "orientation and angular velocity, the shortest packets",
            "raw": "acceleration and angular velocity; orientation is computed afterwards",
        }
    )
    caveat: str = ""
    sync: HardwareSync | None = None
    recorder: OnSensorRecorder | None = None
    reply_characteristics: tuple[str, ...] = ()

    def recognises(self, advertised: Advertised) -> bool:
        """Whether the advertisement carries the profile's service."""
        return SERVICE_UUID in advertised.service_uuids

    def identify(self) -> Dialogue[Identity]:
        """Read the information characteristic."""
        told = yield from self._information()
        if not told.serial:
            raise DialogueError("it tells no serial number")
        return Identity(told.model or self.model, told.serial, told.tag, told.firmware)

    def battery(self) -> Dialogue[Battery | None]:
        """Read the standard battery level, and from the status whether it is charging."""
        try:
            value = yield from read(BATTERY_LEVEL_UUID)
        except RefusedError:
            return None
        # A level that is none is better left out than shown as charge.
        if len(value) != 1 or value[0] > 100:
            return None
        status = yield from self._status()
        return Battery(value[0], status.is_charging)

    def light(self) -> Dialogue[bool]:
        """Let the light blink, where there is one."""
        told = yield from self._information()
        if not told.features & Feature.LIGHT:
            return False
        yield from write(CONTROL_UUID, bytes([Command.LIGHT, LIGHT_S]))
        return True

    def reset_heading(self) -> Dialogue[bool]:
        """Make the present heading the zero, where the sensor can."""
        told = yield from self._information()
        if not told.features & Feature.RESET_HEADING:
            return False
        yield from write(CONTROL_UUID, bytes([Command.RESET_HEADING]))
        return True

    def stream_characteristics(self, settings: StreamSettings) -> tuple[str, ...]:
        """The samples characteristic, in every mode."""
        del settings
        return (SAMPLES_UUID,)

    def start(self, settings: StreamSettings) -> Dialogue[None]:
        """Start, and read the status back: many stacks accept every write."""
        mode, rate_hz = MODE_NAMES[settings.mode], round(settings.sampling_rate_hz)
        told = yield from self._information()
        _check_offer(told, mode, rate_hz)
        yield from write(CONTROL_UUID, struct.pack("<BBH", Command.START, mode, rate_hz))
        status = yield from self._status()
        if not status.fits(settings):
            raise DialogueError(f"it does not stream at {rate_hz} Hz in mode {settings.mode}")

    def resume(self, settings: StreamSettings) -> Dialogue[None]:
        """Start anew only where the stream ended or is another one."""
        status = yield from self._status()
        if not status.fits(settings):
            yield from self.start(settings)

    def stop(self) -> Dialogue[None]:
        """Stop; the sensor takes it in every state."""
        yield from write(CONTROL_UUID, bytes([Command.STOP]))

    def decoder(self, settings: StreamSettings) -> OpenDecoder:
        """A decoder that takes only packets of the wanted mode."""
        return OpenDecoder(MODE_NAMES[settings.mode])

    def _information(self) -> Dialogue[Information]:
        value = yield from read(INFORMATION_UUID)
        return Information.from_bytes(value)

    def _status(self) -> Dialogue[Status]:
        value = yield from read(STATUS_UUID)
        return Status.from_bytes(value)


def _check_offer(told: Information, mode: Mode, rate_hz: int) -> None:
    if not told.mode_mask >> mode & 1:
        offered = [name for name, m in MODE_NAMES.items() if told.mode_mask >> m & 1]
        raise DialogueError(f"it cannot stream this mode, only {', '.join(offered) or 'none'}")
    rates = [rate for bit, rate in enumerate(RATES_HZ) if told.rate_mask >> bit & 1]
    if rate_hz not in rates:
        listed = ", ".join(str(rate) for rate in rates) or "none"
        raise DialogueError(f"it cannot stream at {rate_hz} Hz, only at {listed} Hz")
