"""Recordings that run on the sensors themselves: on all of them or on none."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.driver import Battery
from imu_hip.bluetooth.drivers.on_sensor import (
    OnSensorRecorder,
    RecorderState,
    RecorderStatus,
    RecordingPlan,
    StoredFile,
)
from imu_hip.bluetooth.errors import BluetoothError, LinkLostError
from imu_hip.bluetooth.on_sensor_session import OnSensorSession, SessionSensor
from imu_hip.bluetooth.synchronise import synchronise
from imu_hip.bluetooth.visit import Worn, visiting
from imu_hip.names import Segment

LOWEST_BATTERY_PERCENT: Final = 10
"""Below this a sensor may not last through a run."""

USUAL_RATE_HZ: Final = 120.0
"""The fastest at which Movella DOTs record; a stride has time for it."""

Tell = Callable[[str], None]


class OnSensorError(BluetoothError):
    """A recording on the sensors cannot be started, stopped, listed or fetched."""


@dataclass(frozen=True, slots=True)
class SensorReport:
    """What a sensor says of its recorder, or why it says nothing.

    Parameters
    ----------
    trouble
        Why the sensor could not be asked, as a sentence; empty where it could.
    """

    worn: Worn
    status: RecorderStatus | None
    battery: Battery | None
    trouble: str = ""


def recorder_of(worn: Worn) -> OnSensorRecorder:
    """The recorder of a sensor.

    Raises
    ------
    OnSensorError
        Where its kind has none.
    """
    if worn.driver.recorder is None:
        raise OnSensorError(
            f"The {worn.words} is a {worn.driver.model}, which cannot record on its own.",
            "Record it while it is connected: imu-hip record.",
        )
    return worn.driver.recorder


def common_rate_hz(sensors: Sequence[Worn]) -> float:
    """The lowest rate from 120 Hz on at which all can record, else the highest that all have.

    Raises
    ------
    OnSensorError
        Where they have none in common, or one cannot record.
    """
    each = [set(recorder_of(worn).capabilities.sampling_rates_hz) for worn in sensors]
    common_hz = sorted(set.intersection(*each))
    if not common_hz:
        raise OnSensorError(
            "These sensors have no rate in common at which they record.",
            "Use sensors of one kind.",
        )
    fast_hz = [rate for rate in common_hz if rate >= USUAL_RATE_HZ]
    return fast_hz[0] if fast_hz else common_hz[-1]


async def reports(central: Central, sensors: Sequence[Worn]) -> tuple[SensorReport, ...]:
    """Ask every sensor, one after the other; one that is out of reach spoils nothing."""
    return tuple([await _report(central, worn) for worn in sensors])


async def _report(central: Central, worn: Worn) -> SensorReport:
    recorder = recorder_of(worn)
    try:
        async with visiting(central, worn) as conversation:
            status = await conversation.run(recorder.status())
            battery = await conversation.run(worn.driver.battery())
            return SensorReport(worn, status, battery)
    except (LinkLostError, DialogueError) as error:
        return SensorReport(worn, None, None, str(error))


async def start(
    central: Central, sensors: Sequence[Worn], plan: RecordingPlan, *, sync: bool, tell: Tell
) -> OnSensorSession:
    """Start a recording on all sensors, or on none of them.

    Parameters
    ----------
    sync
        Synchronise the clocks by the sensors' own radio first, which takes some seconds.
    tell
        Is told what happens, in sentences for people.

    Raises
    ------
    OnSensorError
        Naming every sensor that cannot record and why; those that had begun are stopped again.
    """
    _require_ready(await reports(central, sensors), plan)
    group = ""
    if sync:
        group = await synchronise(
            central, sensors, tell, lambda worn: recorder_of(worn).prepare(plan.sampling_rate_hz)
        )
    started_ns: dict[str, int] = {}
    try:
        for worn in sensors:
            async with visiting(central, worn) as conversation:
                await conversation.run(recorder_of(worn).start(plan))
                started_ns[worn.sensor.serial] = time.perf_counter_ns()
                tell(f"The {worn.words} records.")
    except (LinkLostError, DialogueError, asyncio.CancelledError) as error:
        await _undo(central, [w for w in sensors if w.sensor.serial in started_ns], tell)
        if isinstance(error, asyncio.CancelledError):
            raise
        raise OnSensorError(
            f"No sensor records now, because the {worn.words} did not start: {error}.",
            "Bring all sensors near the computer and start again.",
        ) from error
    first_ns = min(started_ns.values())
    worn_sensors = tuple(
        _session_sensor(worn, 1e-9 * (started_ns[worn.sensor.serial] - first_ns))
        for worn in sensors
    )
    return OnSensorSession(
        plan.name,
        plan.started_utc_s,
        plan.sampling_rate_hz,
        plan.duration_s,
        group,
        worn_sensors,
    )


def _session_sensor(worn: Worn, started_s: float) -> SessionSensor:
    identity = worn.identity
    return SessionSensor(
        worn.segment,
        worn.sensor.serial,
        worn.driver.name,
        identity.model,
        identity.firmware,
        identity.tag,
        started_s,
    )


def _require_ready(found: Sequence[SensorReport], plan: RecordingPlan) -> None:
    faults = [fault for report in found if (fault := _fault(report, plan))]
    if faults:
        raise OnSensorError(
            f"Nothing was started: {'; '.join(faults)}.",
            "Stop, charge, empty or bring nearer what is named, then start again.",
        )


def _fault(report: SensorReport, plan: RecordingPlan) -> str:
    words = report.worn.words
    if report.status is None:
        return f"the {words} is out of reach ({report.trouble})"
    if report.status.state is not RecorderState.IDLE:
        return f"the {words} is {report.status.state}"
    rates_hz = recorder_of(report.worn).capabilities.sampling_rates_hz
    if plan.sampling_rate_hz not in rates_hz:
        known = ", ".join(f"{rate:g}" for rate in rates_hz)
        return f"the {words} records at {known} Hz, not {plan.sampling_rate_hz:g}"
    if report.battery and report.battery.level_percent < LOWEST_BATTERY_PERCENT:
        return f"the battery of the {words} is at {report.battery.level_percent} %"
    return ""


async def _undo(central: Central, started: Sequence[Worn], tell: Tell) -> None:
    for worn in started:
        try:
            async with visiting(central, worn) as conversation:
                await conversation.run(recorder_of(worn).stop())
        except (LinkLostError, DialogueError):
            tell(f"The {worn.words} still records; stop it with: imu-hip sensor stop.")


async def stop(central: Central, sensors: Sequence[Worn]) -> Mapping[Segment, str]:
    """Stop all recordings; what came of it in words, by segment.

    A sensor that had stopped by itself is fine. One that is out of reach goes on recording.
    """
    outcome: dict[Segment, str] = {}
    for worn in sensors:
        try:
            async with visiting(central, worn) as conversation:
                ran = await conversation.run(recorder_of(worn).stop())
                outcome[worn.segment] = "stopped" if ran else "had stopped before"
        except (LinkLostError, DialogueError) as error:
            outcome[worn.segment] = f"not stopped: {error}"
    return outcome


async def files(central: Central, worn: Worn) -> tuple[StoredFile, ...]:
    """List what a sensor's memory holds.

    Raises
    ------
    LinkLostError, DialogueError
        Where it cannot be asked.
    """
    async with visiting(central, worn) as conversation:
        return await conversation.run(recorder_of(worn).list())


async def erase(central: Central, worn: Worn, file: StoredFile | None) -> None:
    """Erase one file of a sensor, or everything where `file` is None.

    Raises
    ------
    LinkLostError, DialogueError
        Where it cannot be done; a sensor that can only erase everything refuses one file.
    """
    async with visiting(central, worn) as conversation:
        await conversation.run(recorder_of(worn).erase(file))
