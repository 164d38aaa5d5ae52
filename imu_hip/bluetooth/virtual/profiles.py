"""The kinds of virtual sensors by the names of their drivers, and what they keep."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from imu_hip.bluetooth.virtual.capture2go import VirtualCapture2Go
from imu_hip.bluetooth.virtual.capture2go_memory import Capture2GoMemory
from imu_hip.bluetooth.virtual.capture2go_sync import SharedAir
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.dot import VirtualDot
from imu_hip.bluetooth.virtual.dot_memory import DotMemory
from imu_hip.bluetooth.virtual.dot_sync import SyncAir
from imu_hip.bluetooth.virtual.movement import Movement
from imu_hip.bluetooth.virtual.open_profile import VirtualOpenSensor
from imu_hip.bluetooth.virtual.profile import Profile
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.bluetooth.virtual.witmotion import VirtualWitMotion

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What the sensors of a person hear of each other."""

    dots: SyncAir = field(default_factory=SyncAir)
    captures: SharedAir = field(default_factory=SharedAir)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a virtual sensor has in its memory, as text, and the clock that runs on meanwhile."""

    memory: str
    clock: Clockwork | None = None


class DamagedMemoryError(ValueError):
    """What a virtual sensor is said to have kept cannot be read."""


def make_profile(
    name: str,
    settings: VirtualSensorSettings,
    movement: Movement,
    now_s: float,
    *,
    neighbourhood: Neighbourhood,
    kept: Kept | None = None,
) -> Profile:
    """A virtual sensor of a kind.

    Parameters
    ----------
    now_s
        True time, in seconds since 1970.
    kept
        From an earlier world, for kinds that record on their own.

    Raises
    ------
    DamagedMemoryError
        Where `kept` is not of this kind.
    ValueError
        Where there is no such kind.
    """
    match name:
        case "dot":
            memory = _remembered(DotMemory.from_json, kept)
            clock = kept.clock if kept else None
            air = neighbourhood.dots
            return VirtualDot(settings, movement, now_s, air=air, memory=memory, clock=clock)
        case "capture2go":
            files = _remembered(Capture2GoMemory.from_json, kept)
            captures = neighbourhood.captures
            return VirtualCapture2Go(settings, movement, now_s, captures, memory=files)
        case "witmotion":
            return VirtualWitMotion(settings, movement, now_s)
        case "open":
            return VirtualOpenSensor(settings, movement, now_s)
    msg = f"there is no virtual sensor {name}"
    raise ValueError(msg)


def _remembered(read: Callable[[str], T], kept: Kept | None) -> T | None:
    try:
        return None if kept is None else read(kept.memory)
    except ValueError as error:
        raise DamagedMemoryError(str(error)) from error


def kept_of(profile: Profile) -> Kept | None:
    """What a virtual sensor keeps, None for kinds without memory."""
    if isinstance(profile, VirtualDot):
        return Kept(profile.messages.memory.to_json(), profile.messages.clock)
    if isinstance(profile, VirtualCapture2Go):
        return Kept(profile.memory.to_json())
    return None


def is_recording(profile: Profile) -> bool:
    """Whether a virtual sensor records on its own now."""
    if isinstance(profile, VirtualDot):
        return profile.messages.is_recording
    return isinstance(profile, VirtualCapture2Go) and profile.memory.running is not None


def serial_of(profile: Profile, settings: VirtualSensorSettings) -> str:
    """The serial that a virtual sensor tells of itself."""
    if isinstance(profile, VirtualDot):
        return profile.configuration.info.serial
    return profile.serial if isinstance(profile, VirtualCapture2Go) else settings.serial
