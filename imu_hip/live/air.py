"""The air that a session or a command talks over: this computer's Bluetooth, or virtual sensors."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imu_hip.bluetooth.assignment import (
    Assigned,
    Assignments,
    assignments_path,
    read_assignments,
    write_assignments,
)
from imu_hip.bluetooth.backends import Backends
from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.drivers.driver import Driver
from imu_hip.bluetooth.drivers.registry import known_drivers
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.bluetooth.on_sensor_session import data_folder
from imu_hip.bluetooth.roster import find_wanted
from imu_hip.bluetooth.visit import Worn
from imu_hip.bluetooth.wanted import Wanted
from imu_hip.errors import ImuHipError
from imu_hip.names import Segment

if TYPE_CHECKING:
    from imu_hip.bluetooth.virtual.world import VirtualWorld

LEGS = tuple(segment for segment in Segment if segment is not Segment.PELVIS)


@dataclass(frozen=True, slots=True)
class Air:
    """What is talked over.

    Parameters
    ----------
    world
        The virtual sensors and who wears them, None for real ones.
    assignments
        Sensors that are remembered; of virtual ones it is known where they sit.
    drivers
        Kinds of sensors to look for.
    """

    central: Central
    world: "VirtualWorld | None"
    assignments: Assignments
    drivers: Sequence[Driver]

    @property
    def is_simulated(self) -> bool:
        """Whether what is recorded is no person; a recording that is played again is one."""
        return self.world is not None and self.world.simulated

    def wanted(self, segments: Sequence[Segment]) -> Wanted:
        """Segments that need a sensor, with the sensors that are known to sit there."""
        assigned = {serial: a.segment for serial, a in self.assignments.sensors.items()}
        # Virtual sensors of one kind may be remembered while those of another are used.
        if self.world is not None and not assigned.keys() & self.world.assigned.keys():
            assigned = self.world.assigned
        return Wanted(frozenset(segments), assigned)

    async def find(self, segments: Sequence[Segment]) -> tuple[Worn, ...]:
        """Find the sensors of segments.

        Raises
        ------
        BluetoothError
            Where Bluetooth cannot be used, or a sensor is missing or claimed twice.
        """
        found = await find_wanted(self.central, self.drivers, self.wanted(segments))
        return tuple(Worn(segment, sensor) for segment, sensor in found.items())

    def usual_segments(self) -> tuple[Segment, ...]:
        """The segments that have a remembered sensor, else both legs.

        Of a virtual person those segments of the legs that have a sensor, else all that have one.
        """
        if self.world is not None:
            worn = tuple(self.world.sensors)
            return tuple(segment for segment in worn if segment in LEGS) or worn
        remembered = {a.segment for a in self.assignments.sensors.values()}
        return tuple(segment for segment in Segment if segment in remembered) or LEGS

    def worn_segments(self) -> tuple[Segment, ...]:
        """The segments that have a sensor, as far as is known: the pelvis may be among them."""
        return self.usual_segments() if self.world is None else tuple(self.world.sensors)

    def begin(self) -> None:
        """Let the virtual person begin to move."""
        if self.world is not None:
            self.world.begin()


@asynccontextmanager
async def on_air(virtual: str | None) -> AsyncIterator[Air]:
    """Open the air.

    Parameters
    ----------
    virtual
        A description of virtual sensors, None for this computer's Bluetooth.

    Raises
    ------
    ImuHipError
        Where the description cannot be understood or virtual sensors are not installed.
    """
    # Other packages are looked for in files, which must not hold up what is running already.
    drivers = await asyncio.to_thread(known_drivers)
    if virtual is None:
        yield Air(Central(Backends()), None, read_assignments(assignments_file(None)), drivers)
        return
    try:
        from imu_hip.bluetooth.virtual.world import open_world  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ImuHipError(
            f"Virtual sensors need the package {error.name}, which is not installed.",
            "Install it from imu_hip's folder with: pip install '.[virtual]'.",
        ) from error
    async with open_world(virtual, virtual_folder()) as world:
        backends = Backends(world.backends.scanner, world.backends.client)
        yield Air(Central(backends), world, read_assignments(assignments_file(virtual)), drivers)


def assignments_file(virtual: str | None) -> Path:
    """Where sensors are remembered; virtual ones apart, so that they displace no real ones."""
    return assignments_path() if virtual is None else virtual_folder() / "sensors.toml"


def remember(found: Mapping[Segment, KnownSensor], path: Path) -> None:
    """Remember by their serials where sensors sit.

    Raises
    ------
    ImuHipError
        Where the file of remembered sensors is damaged or cannot be written.
    """
    known = read_assignments(path)
    for segment, sensor in found.items():
        assigned = Assigned(segment, sensor.identity.model, sensor.identity.tag)
        known = known.set(sensor.serial, assigned)
    write_assignments(known, path)


def virtual_folder() -> Path:
    """Where virtual sensors keep their memories between commands."""
    return data_folder() / "virtual_sensors"


def chosen_segments(text: str | None, usual: Sequence[Segment]) -> tuple[Segment, ...]:
    """Segments that a person wrote, such as `left_thigh,left_shin`; `usual` where none.

    Raises
    ------
    ImuHipError
        Naming a segment that does not exist.
    """
    if text is None:
        return tuple(usual)
    names = [name.strip().replace("-", "_") for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Segment)]
    if unknown or not names:
        raise ImuHipError(
            f"There is no segment {unknown[0] if unknown else text!r}.",
            f"Choose from {', '.join(Segment)}, separated by commas.",
        )
    return tuple(segment for segment in Segment if segment in names)
