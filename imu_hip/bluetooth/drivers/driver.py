"""The port that each sensor's driver fills."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Protocol

from imu_hip.bluetooth.drivers.dialogue import Dialogue
from imu_hip.bluetooth.drivers.on_sensor import HardwareSync, OnSensorRecorder
from imu_hip.bluetooth.drivers.samples import Decoder, SensorClock
from imu_hip.names import printable


@dataclass(frozen=True, slots=True)
class Advertised:
    """What a scan saw of a device.

    Parameters
    ----------
    manufacturer_data
        By company identifier.
    service_uuids
        128-bit UUIDs in lower case.
    """

    name: str
    manufacturer_data: Mapping[int, bytes] = field(default_factory=dict)
    service_uuids: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        # Anybody nearby can advertise any bytes, and the name is shown in a terminal.
        object.__setattr__(self, "name", printable(self.name))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a sensor is, as it says itself once it is connected.

    Parameters
    ----------
    serial
        Stays the same for good and on every operating system; sensors are remembered by it.
    tag
        Name that a person gave to the sensor, may be empty.
    radio_address
        Bluetooth address by the sensor's own account; macOS hides it from programs.
    """

    model: str
    serial: str
    tag: str = ""
    firmware: str = ""
    radio_address: str = ""

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, printable(getattr(self, each.name)))


@dataclass(frozen=True, slots=True)
class Battery:
    """Charge of a sensor."""

    level_percent: int
    charging: bool = False


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """What a sensor is asked to stream.

    Parameters
    ----------
    mode
        One of the driver's `modes`.
    """

    sampling_rate_hz: float
    mode: str


class Driver(Protocol):
    """One kind of sensor: how to know it, talk to it and read it. Stateless."""

    @property
    def name(self) -> str:
        """Name for the command line, such as `dot`."""

    @property
    def model(self) -> str:
        """Name for people, such as 'Movella DOT'."""

    @property
    def clock(self) -> SensorClock:
        """How the sensor counts time and samples."""

    @property
    def sampling_rates_hz(self) -> tuple[float, ...]:
        """Rates at which it can stream, ascending."""

    @property
    def modes(self) -> Mapping[str, str]:
        """What it can stream: name and description; the first is the default."""

    @property
    def caveat(self) -> str:
        """What a person must know about its data, as a sentence; empty where there is nothing."""

    @property
    def sync(self) -> HardwareSync | None:
        """How its clocks are synchronised by radio, None where they cannot be."""

    @property
    def recorder(self) -> OnSensorRecorder | None:
        """How it records on its own, None where it cannot."""

    @property
    def reply_characteristics(self) -> tuple[str, ...]:
        """Characteristics whose notifications dialogues wait for."""

    def recognises(self, advertised: Advertised) -> bool:
        """Whether a device that was seen in a scan is of this kind."""

    def identify(self) -> Dialogue[Identity]:
        """Ask who the sensor is."""

    def battery(self) -> Dialogue[Battery | None]:
        """Ask for the charge, None where the sensor does not tell."""

    def light(self) -> Dialogue[bool]:
        """Let the sensor blink for some seconds; False where it has no light to control."""

    def reset_heading(self) -> Dialogue[bool]:
        """Make the present heading the zero; False where the sensor cannot."""

    def stream_characteristics(self, settings: StreamSettings) -> tuple[str, ...]:
        """Characteristics to subscribe to before `start`."""

    def start(self, settings: StreamSettings) -> Dialogue[None]:
        """Start to stream, whatever the sensor did before, but never end a recording on it.

        Raises
        ------
        DialogueError
            Where the sensor refuses or is recording on its own.
        """

    def resume(self, settings: StreamSettings) -> Dialogue[None]:
        """Go on after a lost link, leaving alone what still runs."""

    def stop(self) -> Dialogue[None]:
        """Stop to stream; no error where nothing runs."""

    def decoder(self, settings: StreamSettings) -> Decoder:
        """A new decoder for one connection."""
