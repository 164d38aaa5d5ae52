"""The kinds of virtual sensors by the names of their drivers."""

from dataclasses import dataclass, field

from imu_hip.bluetooth.virtual.capture2go import VirtualCapture2Go
from imu_hip.bluetooth.virtual.capture2go_sync import SharedAir
from imu_hip.bluetooth.virtual.dot import VirtualDot
from imu_hip.bluetooth.virtual.dot_sync import SyncAir
from imu_hip.bluetooth.virtual.movement import Movement
from imu_hip.bluetooth.virtual.open_profile import VirtualOpenSensor
from imu_hip.bluetooth.virtual.profile import Profile
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.bluetooth.virtual.witmotion import VirtualWitMotion


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What the sensors of a person hear of each other."""

    dots: SyncAir = field(default_factory=SyncAir)
    captures: SharedAir = field(default_factory=SharedAir)


def make_profile(
    name: str,
    settings: VirtualSensorSettings,
    movement: Movement,
    now_s: float,
    neighbourhood: Neighbourhood,
    address: str,
) -> Profile:
    """A virtual sensor of a kind."""
    match name:
        case "dot":
            return VirtualDot(settings, movement, now_s)
        case "capture2go":
            return VirtualCapture2Go(settings, movement, now_s, neighbourhood.captures)
        case "witmotion":
            return VirtualWitMotion(settings, movement, now_s)
        case "open":
            return VirtualOpenSensor(settings, movement, now_s)
    msg = f"there is no virtual sensor {name}"
    raise ValueError(msg)
