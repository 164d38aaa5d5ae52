"""Driver of WitMotion's Bluetooth 5 sensors; see `firmware_notes/witmotion.md`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import (
    Dialogue,
    DialogueError,
    Pause,
    RefusedError,
    expect,
    write,
)
from imu_hip.bluetooth.drivers.driver import Advertised, Battery, Identity, StreamSettings
from imu_hip.bluetooth.drivers.on_sensor import HardwareSync, OnSensorRecorder
from imu_hip.bluetooth.drivers.samples import Sample, SensorClock, Skipped
from imu_hip.bluetooth.drivers.witmotion_packets import (
    RATE_CODES,
    REGISTER_BATTERY,
    REGISTER_HEADER,
    REGISTER_RATE,
    REGISTER_SAVE,
    REGISTER_SERIAL,
    REGISTER_UNLOCK,
    REGISTER_VERSION,
    UNLOCK_VALUE,
    Framing,
    charge_percent,
    read_command,
    register_values,
    sample,
    serial_text,
    version_text,
    write_command,
)

_VENDOR_BASE: Final = "-0000-1000-8000-00805f9a34fb"
_SIG_BASE: Final = "-0000-1000-8000-00805f9b34fb"


@dataclass(frozen=True, slots=True)
class Table:
    """UUIDs of one make of sensor; all use the same numbers, on one of two bases."""

    service: str
    notify: str
    write: str


# The vendor's base differs from the Bluetooth SIG's in one digit: 9a34fb, not 9b34fb.
TABLES: Final = tuple(
    Table(f"0000ffe5{base}", f"0000ffe4{base}", f"0000ffe9{base}")
    for base in (_VENDOR_BASE, _SIG_BASE)
)

NAME_PREFIXES: Final = ("WT9", "BWT9")

_TRIES: Final = 3
_REPLY_S: Final = 0.2
# What came during the pause is there already; this only lets the reader look it up.
_NEXT_S: Final = 0.002
_MOST_NOTIFICATIONS: Final = 400
_CLOCK: Final = SensorClock(None)
_NOTIFY_UUIDS: Final = tuple(table.notify for table in TABLES)


@dataclass(slots=True)
class WitMotionDecoder:
    """Sample frames of one connection; replies to register reads pass without a word."""

    _framing: Framing = field(default_factory=Framing)

    def feed(self, uuid: str, value: bytes) -> Sequence[Sample | Skipped]:
        """Samples that are complete with this notification, in order."""
        if uuid not in _NOTIFY_UUIDS:
            return [Skipped("not from the data characteristic", len(value))]
        found: list[Sample | Skipped] = []
        for frame in self._framing.feed(value):
            if isinstance(frame, Skipped):
                found.append(frame)
            elif not frame.startswith(REGISTER_HEADER):
                found.append(sample(frame) or Skipped("pitch beyond 90°", len(frame)))
        return found


class WitMotion:
    """WT901BLE, BWT901BLE5.0 and WT9011DCL. They stream while somebody is subscribed."""

    name: str = "witmotion"
    model: str = "WitMotion BLE"
    clock: SensorClock = _CLOCK
    sampling_rates_hz: tuple[float, ...] = tuple(RATE_CODES)
    modes: Mapping[str, str] = MappingProxyType(
        {"raw": "acceleration and angular velocity; orientation is computed afterwards"}
    )
    caveat: str = (
        "It has no clock and counts nothing: times come from the arrival of its data, several "
        "samples arrive at once, and a lost sample is noticed only as a late one, so its times "
        "are wrong by tens of milliseconds, as the radio is; prefer a sensor with a clock"
    )
    sync: HardwareSync | None = None
    recorder: OnSensorRecorder | None = None
    reply_characteristics: tuple[str, ...] = _NOTIFY_UUIDS

    def recognises(self, advertised: Advertised) -> bool:
        """Whether it advertises the service, which it does not always, or has such a name."""
        services = {table.service for table in TABLES}
        return bool(services & advertised.service_uuids) or advertised.name.startswith(
            NAME_PREFIXES
        )

    def identify(self) -> Dialogue[Identity]:
        """Read serial and version registers; the serial is empty where none was written.

        Raises
        ------
        DialogueError
            Where only the reply with the serial is missing: it must not seem to have none.
        """
        table = yield from self._table()
        serial = yield from self._registers(table, REGISTER_SERIAL)
        version = yield from self._registers(table, REGISTER_VERSION)
        if version and not serial:
            raise DialogueError("it did not tell its serial number")
        return Identity(
            self.model,
            serial_text(serial) if serial else "",
            firmware=version_text(version) if version else "",
        )

    def battery(self) -> Dialogue[Battery | None]:
        """Read the cell's voltage; whether it is charging is not told."""
        table = yield from self._table()
        values = yield from self._registers(table, REGISTER_BATTERY)
        charge = charge_percent(values[0]) if values else None
        return None if charge is None else Battery(charge)

    def light(self) -> Dialogue[bool]:
        """Do nothing: its light cannot be controlled."""
        yield from ()
        return False

    def reset_heading(self) -> Dialogue[bool]:
        """Do nothing: its own orientation is not used."""
        yield from ()
        return False

    def stream_characteristics(self, settings: StreamSettings) -> tuple[str, ...]:
        """The data characteristic on either base; a sensor has one of them."""
        del settings
        return _NOTIFY_UUIDS

    def start(self, settings: StreamSettings) -> Dialogue[None]:
        """Set the rate where it is another one; it is saved, to outlast a reboot.

        A sensor that does not answer reads is set without a check.
        """
        code = RATE_CODES[settings.sampling_rate_hz]
        table = yield from self._table()
        present = yield from self._registers(table, REGISTER_RATE)
        if present and present[0] == code:
            return
        for register, value in (
            (REGISTER_UNLOCK, UNLOCK_VALUE),
            (REGISTER_RATE, code),
            (REGISTER_SAVE, 0),
        ):
            yield from write(table.write, write_command(register, value))
            yield Pause(_REPLY_S)
        # A late reply to an earlier read may still tell the old rate.
        for _ in range(_TRIES):
            now = yield from self._registers(table, REGISTER_RATE)
            if not now or now[0] == code:
                return
        raise DialogueError(f"it does not take a rate of {settings.sampling_rate_hz:g} Hz")

    def resume(self, settings: StreamSettings) -> Dialogue[None]:
        """Make sure of the rate; a subscription is all that streaming needs."""
        yield from self.start(settings)

    def stop(self) -> Dialogue[None]:
        """Do nothing: it stops when the subscription ends."""
        yield from ()

    def decoder(self, settings: StreamSettings) -> WitMotionDecoder:
        """A decoder with nothing held back."""
        del settings
        return WitMotionDecoder()

    def _table(self) -> Dialogue[Table]:
        # A read of the rate changes nothing, and a sensor refuses it on the base it lacks.
        for table in TABLES:
            try:
                yield from write(table.write, read_command(REGISTER_RATE))
            except RefusedError:
                continue
            return table
        raise DialogueError("it has no characteristic that takes WitMotion's commands")

    def _registers(self, table: Table, register: int) -> Dialogue[tuple[int, ...] | None]:
        """Read registers from one on; None where no reply comes among the samples."""
        for _ in range(_TRIES):
            yield from write(table.write, read_command(register))
            # Samples keep coming, so the time is bounded by this pause and not by silence.
            yield Pause(_REPLY_S)
            values = yield from self._reply(table, register)
            if values is not None:
                return values
        return None

    def _reply(self, table: Table, register: int) -> Dialogue[tuple[int, ...] | None]:
        # The last reply counts: those before it may have waited since an earlier read.
        found: tuple[int, ...] | None = None
        framing = Framing()
        for _ in range(_MOST_NOTIFICATIONS):
            value = yield from expect(table.notify, _NEXT_S)
            if value is None:
                break
            for frame in framing.feed(value):
                if isinstance(frame, bytes):
                    found = register_values(frame, register) or found
        return found
