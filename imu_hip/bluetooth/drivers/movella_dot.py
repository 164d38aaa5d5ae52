"""The driver of the Movella (Xsens) DOT: streaming, identity, battery, light and heading."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import (
    Dialogue,
    DialogueError,
    Pause,
    RefusedError,
    read,
    write,
)
from imu_hip.bluetooth.drivers.driver import Advertised, Battery, Identity, StreamSettings
from imu_hip.bluetooth.drivers.movella_dot_control import (
    STREAMING_RATES_HZ,
    Reset,
    identify_write,
    measurement_write,
    read_device_control,
    read_device_info,
)
from imu_hip.bluetooth.drivers.movella_dot_dialogues import (
    measuring_mode,
    set_output_rate,
)
from imu_hip.bluetooth.drivers.movella_dot_exchange import EXPORTING, meaning, state
from imu_hip.bluetooth.drivers.movella_dot_gatt import (
    BATTERY,
    COMPANY_ID,
    DEVICE_CONTROL,
    DEVICE_INFO,
    MEASUREMENT_CONTROL,
    MESSAGE_NOTIFICATION,
    ORIENTATION_RESET,
    ORIENTATION_RESET_RESULT,
)
from imu_hip.bluetooth.drivers.movella_dot_messages import Result
from imu_hip.bluetooth.drivers.movella_dot_modes import PAYLOAD_MODES, PayloadMode
from imu_hip.bluetooth.drivers.movella_dot_packets import sample_of, unpack
from imu_hip.bluetooth.drivers.movella_dot_recorder import DotRecorder
from imu_hip.bluetooth.drivers.movella_dot_sync import DotSync
from imu_hip.bluetooth.drivers.on_sensor import HardwareSync, OnSensorRecorder
from imu_hip.bluetooth.drivers.samples import Decoder, Sample, SensorClock, Skipped

NAMES: Final = ("xsens dot", "movella dot")
# How long a reset takes is not documented; the result tells whether this was enough.
RESET_SETTLE_S: Final = 0.1
# Older firmware may not know a mode, and what it answers then is not documented.
START_READS: Final = 5
START_PAUSE_S: Final = 0.1

_BUSY: Final = frozenset({Result.RECORDING, Result.ERASING}) | EXPORTING


class MovellaDot:
    """The Movella DOT, also sold as Xsens DOT."""

    @property
    def name(self) -> str:
        """Name for the command line."""
        return "dot"

    @property
    def model(self) -> str:
        """Name for people."""
        return "Movella DOT"

    @property
    def clock(self) -> SensorClock:
        """Microseconds since power-on in 32 bits, which wrap after 71.6 minutes."""
        return SensorClock(tick_s=1e-6, tick_modulus=2**32)

    @property
    def sampling_rates_hz(self) -> tuple[float, ...]:
        """Rates at which it can stream; 120 Hz is for recording on the sensor only."""
        return STREAMING_RATES_HZ

    @property
    def modes(self) -> Mapping[str, str]:
        """What it can stream; the default has flags and the sensor's own fusion at 800 Hz."""
        return {name: mode.description for name, mode in PAYLOAD_MODES.items()}

    @property
    def caveat(self) -> str:
        """Nothing that a person must know."""
        return ""

    @property
    def sync(self) -> HardwareSync | None:
        """How its clocks are synchronised by radio."""
        return DotSync()

    @property
    def recorder(self) -> OnSensorRecorder | None:
        """How it records on its own."""
        return DotRecorder()

    @property
    def reply_characteristics(self) -> tuple[str, ...]:
        """Characteristics whose notifications dialogues wait for."""
        return (MESSAGE_NOTIFICATION,)

    def recognises(self, advertised: Advertised) -> bool:
        """Whether a device is a DOT; a renamed one is still known by its company identifier."""
        return COMPANY_ID in advertised.manufacturer_data or advertised.name.lower().startswith(
            NAMES
        )

    def identify(self) -> Dialogue[Identity]:
        """Ask who the sensor is; its serial is told as it is printed on the back."""
        info = read_device_info((yield from read(DEVICE_INFO)))
        settings = read_device_control((yield from read(DEVICE_CONTROL)))
        return Identity(
            model=self.model,
            serial=info.serial,
            tag=settings.tag,
            firmware=".".join(map(str, info.firmware)),
            radio_address=info.radio_address,
        )

    def battery(self) -> Dialogue[Battery | None]:
        """Ask for the charge."""
        value = yield from read(BATTERY)
        if len(value) < 2:
            return None
        return Battery(level_percent=min(value[0], 100), charging=value[1] == 1)

    def light(self) -> Dialogue[bool]:
        """Let the LED blink red for ten seconds."""
        yield from write(DEVICE_CONTROL, identify_write())
        return True

    def reset_heading(self) -> Dialogue[bool]:
        """Make the present heading the zero; False where it streams no orientation now."""
        running = yield from measuring_mode()
        if running is None or not any(
            mode.number == running and mode.has_orientation for mode in PAYLOAD_MODES.values()
        ):
            return False
        # A heading that was reset before has to be reverted first (XD0506P, 3.6).
        with suppress(RefusedError):
            yield from write(ORIENTATION_RESET, Reset.REVERT.value_bytes)
        yield Pause(RESET_SETTLE_S)
        yield from write(ORIENTATION_RESET, Reset.HEADING.value_bytes)
        yield Pause(RESET_SETTLE_S)
        return (yield from read(ORIENTATION_RESET_RESULT))[:1] == b"\1"

    def stream_characteristics(self, settings: StreamSettings) -> tuple[str, ...]:
        """The payload characteristic of the mode; subscribe to it before `start`."""
        return (_mode(settings).characteristic,)

    def start(self, settings: StreamSettings) -> Dialogue[None]:
        """Set the rate, start to measure and make sure that it does.

        Raises
        ------
        DialogueError
            Where the sensor records on its own, keeps another rate or does not know the mode.
        """
        mode = _mode(settings)
        if settings.sampling_rate_hz not in STREAMING_RATES_HZ:
            raise DialogueError(
                f"a Movella DOT does not stream at {settings.sampling_rate_hz:g} Hz but at "
                f"{', '.join(f'{rate:g}' for rate in STREAMING_RATES_HZ)} Hz"
            )
        busy = yield from state()
        if busy in _BUSY:
            raise DialogueError(f"the sensor cannot stream now: {meaning(busy)}")
        running = yield from measuring_mode()
        if running is not None:
            yield from write(MEASUREMENT_CONTROL, measurement_write(0, running))
        yield from set_output_rate(settings.sampling_rate_hz)
        yield from write(MEASUREMENT_CONTROL, measurement_write(1, mode.number))
        for _ in range(START_READS):
            if (yield from measuring_mode()) == mode.number:
                return
            yield Pause(START_PAUSE_S)
        raise DialogueError(f"the sensor does not start to measure in the mode '{settings.mode}'")

    def resume(self, settings: StreamSettings) -> Dialogue[None]:
        """Go on after a lost link; a DOT goes on measuring without one."""
        running = yield from measuring_mode()
        if running != _mode(settings).number:
            yield from self.start(settings)

    def stop(self) -> Dialogue[None]:
        """Stop to measure; a recording on the sensor goes on."""
        running = yield from measuring_mode()
        # A sensor that records may tell a running measurement, and a stop might end the recording.
        if running is not None and (yield from state()) != Result.RECORDING:
            yield from write(MEASUREMENT_CONTROL, measurement_write(0, running))

    def decoder(self, settings: StreamSettings) -> Decoder:
        """A new decoder for one connection."""
        return DotDecoder(_mode(settings))


@dataclass(frozen=True, slots=True)
class DotDecoder:
    """Reads the notifications of one payload mode, one sample each."""

    mode: PayloadMode

    def feed(self, uuid: str, value: bytes) -> Sequence[Sample | Skipped]:
        """The sample of a notification; nothing where it is of another characteristic."""
        if uuid != self.mode.characteristic:
            return ()
        packet = unpack(self.mode, value)
        return (packet if isinstance(packet, Skipped) else sample_of(packet),)


def _mode(settings: StreamSettings) -> PayloadMode:
    if settings.mode not in PAYLOAD_MODES:
        raise DialogueError(
            f"a Movella DOT has no mode '{settings.mode}' but {', '.join(PAYLOAD_MODES)}"
        )
    return PAYLOAD_MODES[settings.mode]
