"""What a sensor sends: samples, and bytes that are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Protocol, TypeAlias

Vector: TypeAlias = tuple[float, float, float]
Quaternion: TypeAlias = tuple[float, float, float, float]


class Clipping(IntFlag):
    """Which quantities of a sample reached the end of their range."""

    NONE = 0
    ACCELERATION = 1
    ANGULAR_VELOCITY = 2
    MAGNETIC_FIELD = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample as a sensor sent it; what it did not send is None.

    Parameters
    ----------
    tick
        Reading of the sensor's clock, in the units and with the wrap of its `SensorClock`; None
        where the sensor has no clock.
    sequence
        Count of the sample, with the wrap of its `SensorClock`; None where it counts nothing.
    q_earth_sensor
        Orientation, scalar first, earth z up.
    acc_mps2, gyr_dps, mag_au
        Specific force, angular velocity and magnetic field in the sensor frame.
    """

    tick: int | None
    sequence: int | None = None
    q_earth_sensor: Quaternion | None = None
    acc_mps2: Vector | None = None
    gyr_dps: Vector | None = None
    mag_au: Vector | None = None
    clipping: Clipping = Clipping.NONE


@dataclass(frozen=True, slots=True)
class Skipped:
    """Bytes that are no sample, and why; nothing of them is used."""

    reason: str
    size: int


@dataclass(frozen=True, slots=True)
class SensorClock:
    """How a sensor counts time and samples.

    Parameters
    ----------
    tick_s
        Seconds of one tick of `Sample.tick`; None where the sensor has no clock.
    tick_modulus
        The tick count wraps to 0 here; None where it never does.
    sequence_modulus
        The sample count wraps to 0 here; None where samples are not counted.
    """

    tick_s: float | None
    tick_modulus: int | None = None
    sequence_modulus: int | None = None


class Decoder(Protocol):
    """Turns notifications, in the order in which they came, into samples.

    It never raises, whatever the bytes are, and it holds what a frame that is split over
    notifications needs; one decoder serves one connection of one sensor.
    """

    def feed(self, uuid: str, value: bytes) -> Sequence[Sample | Skipped]:
        """Samples that are complete with this notification, in order."""
