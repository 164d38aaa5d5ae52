"""A person with virtual sensors on, beside a computer with a virtual Bluetooth adapter."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from imu_hip.bluetooth.virtual.adapter import VirtualAdapter
from imu_hip.bluetooth.virtual.bleak_backend import Backends, make_backends
from imu_hip.bluetooth.virtual.memories import (
    Memories,
    damaged,
    memories_path,
    read_memories,
    write_memories,
)
from imu_hip.bluetooth.virtual.movement import Movement, Stage, Staged, movements
from imu_hip.bluetooth.virtual.peripheral import VirtualPeripheral
from imu_hip.bluetooth.virtual.plan import Happening, HappeningKind, VirtualPlan, parse_plan
from imu_hip.bluetooth.virtual.profile import Profile
from imu_hip.bluetooth.virtual.profiles import (
    DamagedMemoryError,
    Neighbourhood,
    is_recording,
    kept_of,
    make_profile,
    serial_of,
)
from imu_hip.bluetooth.virtual.radio import VirtualRadio
from imu_hip.bluetooth.virtual.scenes import link_settings, sensor_settings, worn_by
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.bluetooth.virtual.stranger import Stranger
from imu_hip.names import Direction, Doing, Segment, Side
from imu_hip.recording.recording import Recording
from imu_hip.simulation.live_person import LivePerson

_ADDRESS: Final = "D4:22:CD:00:{}:{:02X}"


@dataclass(frozen=True, slots=True)
class VirtualSensor:
    """One virtual sensor of a world."""

    segment: Segment
    settings: VirtualSensorSettings
    profile: Profile
    peripheral: VirtualPeripheral

    @property
    def address(self) -> str:
        """Its Bluetooth address."""
        return self.peripheral.address

    @property
    def serial(self) -> str:
        """The serial that it tells."""
        return serial_of(self.profile, self.settings)


class VirtualWorld:
    """Virtual sensors, their air and the computer's adapter; use it as an asynchronous context.

    Parameters
    ----------
    plan
        What was asked for.
    wearer
        What the sensors feel from `begin` on: a recording, or a person who does what is asked.
    settings
        Settings that differ from those of the plan, by segment.
    memories
        What the sensors keep from an earlier world.
    clock
        True time, in seconds since 1970; it never goes back.
    """

    def __init__(
        self,
        plan: VirtualPlan,
        wearer: Recording | LivePerson,
        settings: Mapping[Segment, VirtualSensorSettings] | None = None,
        memories: Memories | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.plan = plan
        self.person = wearer if isinstance(wearer, LivePerson) else None
        self.duration_s = None if isinstance(wearer, LivePerson) else wearer.duration_s
        self.simulated = isinstance(wearer, LivePerson) or wearer.simulated
        self.memories = memories or Memories({})
        self.stage = Stage(self.memories.movement_began_s or np.inf)
        self.radio = VirtualRadio(link_settings(plan))
        self.adapter = VirtualAdapter(self.radio)
        self._clock = clock or steady_utc_clock()
        self._befalling: set[asyncio.Task[None]] = set()
        neighbourhood = Neighbourhood()
        self.sensors: dict[Segment, VirtualSensor] = {}
        for segment, movement in movements(wearer).items():
            own = (settings or {}).get(segment) or sensor_settings(plan, segment)
            self.sensors[segment] = self._sensor(segment, own, movement, neighbourhood)
        self._strangers = [
            VirtualPeripheral(self.radio, Stranger(i), _ADDRESS.format("FF", i), self._clock)
            for i in range(plan.strangers)
        ]
        self._open = AsyncExitStack()

    @property
    def assigned(self) -> dict[str, Segment]:
        """Where the sensors sit, by serial; some kinds have no tag that could say it."""
        return {sensor.serial: segment for segment, sensor in self.sensors.items()}

    @property
    def backends(self) -> Backends:
        """What bleak needs to use the adapter."""
        return make_backends(self.adapter)

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self.adapter)
        for sensor in self.sensors.values():
            await self._open.enter_async_context(sensor.peripheral)
        for stranger in self._strangers:
            await self._open.enter_async_context(stranger)
        return self

    async def __aexit__(self, *_how_it_ended: object) -> None:
        for task in self._befalling:
            task.cancel()
        await asyncio.gather(*self._befalling, return_exceptions=True)
        await self._open.aclose()

    def begin(self) -> None:
        """Let the movement begin now, and with it what is to befall the sensors.

        A person on whom a sensor records already goes on with what it records, and one who does
        what is asked does not begin anew.
        """
        goes_on = self.person is not None and np.isfinite(self.stage.began_s)
        if not goes_on and not any(is_recording(s.profile) for s in self.sensors.values()):
            self.stage.began_s = self._clock()
        for happening in self.plan.happenings:
            if happening.segment in self.sensors:
                task = asyncio.get_running_loop().create_task(self._befall(happening))
                self._befalling.add(task)

    def ask(
        self, doing: Doing, side: Side | None = None, direction: Direction | None = None
    ) -> None:
        """Ask the person for something, as `LivePerson.ask`; a recording that is played is deaf.

        What is asked before `begin` is done after it.
        """
        if self.person is not None:
            now_s = float(self.stage.since_s(np.array([self._clock()]))[0])
            self.person.ask(doing, side, direction, at_s=now_s)

    def kept(self) -> Memories:
        """What the sensors keep, for a later world."""
        now_s = self._clock()
        kept = {}
        for segment, sensor in self.sensors.items():
            # A sensor measures when it is asked, so ask once more before its memory is kept.
            sensor.profile.notifications(now_s)
            if (memory := kept_of(sensor.profile)) is not None:
                kept[segment] = memory
        records = any(is_recording(sensor.profile) for sensor in self.sensors.values())
        return Memories(kept, self.stage.began_s if records else None)

    async def _befall(self, happening: Happening) -> None:
        sensor = self.sensors[happening.segment]
        await asyncio.sleep(happening.at_s)
        match happening.kind:
            case HappeningKind.REBOOT:
                await sensor.peripheral.reboot(happening.duration_s)
            case HappeningKind.STALL:
                self.radio.stall(sensor.address, happening.duration_s)
            case HappeningKind.AWAY:
                self.radio.out_of_range(sensor.address, True)
                await asyncio.sleep(happening.duration_s)
                self.radio.out_of_range(sensor.address, False)

    def _sensor(
        self,
        segment: Segment,
        settings: VirtualSensorSettings,
        movement: Movement,
        neighbourhood: Neighbourhood,
    ) -> VirtualSensor:
        address = _ADDRESS.format("00", list(Segment).index(segment) + 1)
        staged = Staged(movement, self.stage)
        kept = self.memories.sensors.get(segment)
        profile = make_profile(
            self.plan.profile,
            settings,
            staged,
            self._clock(),
            neighbourhood=neighbourhood,
            kept=kept,
        )
        peripheral = VirtualPeripheral(self.radio, profile, address, self._clock)
        return VirtualSensor(segment, settings, profile, peripheral)


def steady_utc_clock() -> Callable[[], float]:
    """A clock that shows the time of day now and then runs on whatever is done to that."""
    zero_s = time.time() - time.perf_counter()
    return lambda: zero_s + time.perf_counter()


@asynccontextmanager
async def open_world(text: str, folder: Path | None = None) -> AsyncIterator[VirtualWorld]:
    """Open the world of a description such as `dot,play=walk`.

    Parameters
    ----------
    folder
        Where sensors keep what they recorded on their own from one world to the next.

    Raises
    ------
    VirtualPlanError, RecordingError
        Where the description or the recording that it names cannot be used.
    """
    plan = parse_plan(text)
    wearer = worn_by(plan)
    path = None if folder is None else memories_path(folder, plan.profile)
    world = _remembering(plan, wearer, path)
    try:
        async with world:
            yield world
    finally:
        kept = world.kept()
        if path is not None and (kept.sensors or path.exists()):
            write_memories(kept, path)


def _remembering(
    plan: VirtualPlan, wearer: Recording | LivePerson, path: Path | None
) -> VirtualWorld:
    if path is None:
        return VirtualWorld(plan, wearer)
    try:
        return VirtualWorld(plan, wearer, memories=read_memories(path))
    except DamagedMemoryError as error:
        raise damaged(path) from error
