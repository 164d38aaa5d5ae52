"""A person with virtual sensors on, beside a computer with a virtual Bluetooth adapter."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from imu_hip.bluetooth.virtual.adapter import VirtualAdapter
from imu_hip.bluetooth.virtual.bleak_backend import Backends, make_backends
from imu_hip.bluetooth.virtual.link import LinkSettings
from imu_hip.bluetooth.virtual.movement import Movement, Stage, Staged, played
from imu_hip.bluetooth.virtual.peripheral import VirtualPeripheral
from imu_hip.bluetooth.virtual.plan import Happening, HappeningKind, VirtualPlan, parse_plan
from imu_hip.bluetooth.virtual.profile import Profile
from imu_hip.bluetooth.virtual.profiles import Neighbourhood, make_profile
from imu_hip.bluetooth.virtual.radio import VirtualRadio
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.bluetooth.virtual.stranger import Stranger
from imu_hip.names import Segment, Task
from imu_hip.recording.formats import open_recording
from imu_hip.recording.recording import Recording
from imu_hip.simulation import (
    TYPICAL,
    GaitPlan,
    StaticSession,
    simulate_run,
    simulate_static_session,
    simulate_walk,
)

MOVEMENT_RATE_HZ: Final = 240.0
"""Fine enough for every rate at which a virtual sensor samples."""

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


def movement_recording(play: str, seed: int) -> Recording:
    """The recording that virtual sensors play.

    Parameters
    ----------
    play
        A task's name, or a file with a recording.

    Raises
    ------
    RecordingError
        Where it is neither.
    """
    errors = replace(TYPICAL, orientation=True)
    if play in (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED):
        session = StaticSession(task=Task(play), stand_s=4.5, sit_s=4.5, ramp_s=1.2)
        return simulate_static_session(session, errors, MOVEMENT_RATE_HZ, seed).recording
    if play in (Task.WALK, Task.RUN):
        simulate = simulate_walk if play == Task.WALK else simulate_run
        gait = GaitPlan(duration_s=45.0, standing_s=5.0)
        return simulate(gait, errors, MOVEMENT_RATE_HZ, seed, pelvis_sensor=True).recording
    return open_recording(Path(play))


class VirtualWorld:
    """Virtual sensors, their air and the computer's adapter; use it as an asynchronous context.

    Parameters
    ----------
    plan
        What was asked for.
    recording
        What the sensors feel from `begin` on.
    settings
        Settings that differ from those of the plan, by segment.
    clock
        True time in seconds.
    """

    def __init__(
        self,
        plan: VirtualPlan,
        recording: Recording,
        settings: Mapping[Segment, VirtualSensorSettings] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.plan = plan
        self.duration_s = recording.duration_s
        self.simulated = recording.simulated
        self.stage = Stage()
        self.radio = VirtualRadio(link_settings(plan))
        self.adapter = VirtualAdapter(self.radio)
        self._clock = clock
        self._befalling: set[asyncio.Task[None]] = set()
        neighbourhood = Neighbourhood()
        self.sensors: dict[Segment, VirtualSensor] = {}
        for segment, movement in played(recording).items():
            own = (settings or {}).get(segment) or sensor_settings(plan, segment)
            self.sensors[segment] = self._sensor(segment, own, movement, neighbourhood)
        self._strangers = [
            VirtualPeripheral(self.radio, Stranger(i), _ADDRESS.format("FF", i), clock)
            for i in range(plan.strangers)
        ]
        self._open = AsyncExitStack()

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

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._befalling:
            task.cancel()
        await asyncio.gather(*self._befalling, return_exceptions=True)
        await self._open.aclose()

    def begin(self) -> None:
        """Let the movement begin now, and with it what is to befall the sensors."""
        self.stage.began_s = self._clock()
        for happening in self.plan.happenings:
            if happening.segment in self.sensors:
                task = asyncio.get_running_loop().create_task(self._befall(happening))
                self._befalling.add(task)

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
        profile = make_profile(
            self.plan.profile, settings, staged, self._clock(), neighbourhood, address
        )
        peripheral = VirtualPeripheral(self.radio, profile, address, self._clock)
        return VirtualSensor(segment, settings, profile, peripheral)


def link_settings(plan: VirtualPlan) -> LinkSettings:
    """The links of a plan."""
    return LinkSettings(
        connection_interval_s=1e-3 * plan.interval_ms,
        missed_event_fraction=plan.missed,
        queue_packets=plan.queue,
        lost_fraction=plan.lost,
        seed=plan.seed,
    )


def sensor_settings(plan: VirtualPlan, segment: Segment) -> VirtualSensorSettings:
    """The sensor of a segment in a plan; neighbours drift to opposite sides."""
    index = list(Segment).index(segment)
    return VirtualSensorSettings(
        serial=f"D422CD00{index + 1:04X}",
        tag=segment.value,
        drift_ppm=plan.drift_ppm * (-1.0 if index % 2 else 1.0),
        clock_start_s=3.0 + 7.3 * index,
        battery_percent=plan.battery,
        export_rate_per_s=plan.export_per_s,
    )


@asynccontextmanager
async def open_world(text: str, memories: Path | None = None) -> AsyncIterator[VirtualWorld]:
    """Open the world of a description such as `dot,play=walk`.

    Parameters
    ----------
    memories
        Folder where sensors keep what they recorded on their own from one world to the next.

    Raises
    ------
    VirtualPlanError, RecordingError
        Where the description or the recording that it names cannot be used.
    """
    plan = parse_plan(text)
    world = VirtualWorld(plan, movement_recording(plan.play, plan.seed))
    async with world:
        yield world
