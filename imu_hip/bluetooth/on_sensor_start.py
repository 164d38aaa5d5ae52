"""Starting recordings that run on the sensors themselves: on all of them or on none."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.conversation import Conversation
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.on_sensor import RecorderState, RecordingPlan
from imu_hip.bluetooth.errors import BluetoothError, LinkLostError
from imu_hip.bluetooth.on_sensor import (
    OnSensorError,
    SensorReport,
    Tell,
    recorder_of,
    reports,
    stop_recorder,
)
from imu_hip.bluetooth.on_sensor_session import OnSensorSession, SessionSensor, forget, remember
from imu_hip.bluetooth.synchronise import Pause, leave_group, synchronise
from imu_hip.bluetooth.visit import Worn, persistently, visiting

LOWEST_BATTERY_PERCENT: Final = 10
"""Below this a sensor may not last through a run."""

FULLEST_FRACTION: Final = 0.9
"""Movella DOTs end a recording here; with less room, other kinds do not last long either."""

VISITS_TO_UNDO: Final = 3


async def start(
    central: Central,
    sensors: Sequence[Worn],
    plan: RecordingPlan,
    *,
    folder: Path,
    sync: bool,
    tell: Tell,
    pause: Pause = asyncio.sleep,
) -> OnSensorSession:
    """Start a recording on all sensors, or on none of them.

    Parameters
    ----------
    folder
        Where the session is written down: before the first sensor starts, because their files
        tell little, and again once all record. It is forgotten where none does in the end.
    sync
        Synchronise the clocks by the sensors' own radio first, which takes some seconds.
    tell
        Is told what happens, in sentences for people.
    pause
        Lets the sensors have their time to synchronise.

    Raises
    ------
    OnSensorError
        Naming every sensor that cannot record and why; those that had begun are stopped again.
    BluetoothError, DialogueError
        Where the clocks cannot be synchronised; then no sensor was started.
    OutputError
        Where the session cannot be written down; the sensors record if it happens at the end.
    """
    began_s = time.perf_counter()
    _require_ready(await reports(central, sensors), plan)
    group = ""
    if sync:
        group = await synchronise(
            central,
            sensors,
            tell,
            lambda worn: recorder_of(worn).prepare(plan.sampling_rate_hz),
            pause,
        )
    # Half a minute may have passed; files are told apart by when they began.
    late_s = int(time.perf_counter() - began_s)
    plan = replace(plan, started_utc_s=plan.started_utc_s + late_s)
    session = _session(sensors, plan, group)
    await asyncio.to_thread(remember, session, folder)
    begun = _Begun()
    try:
        for worn in sensors:
            await _start_one(central, worn, plan, session, begun)
            tell(f"The {worn.words} records.")
    except (BluetoothError, DialogueError, asyncio.CancelledError) as error:
        going_on = await _undo(central, begun.told)
        if not going_on:
            await asyncio.to_thread(forget, session, folder)
        if isinstance(error, asyncio.CancelledError):
            raise
        raise _not_started(worn, error, going_on) from error
    session = _with_starts(session, begun.started_ns)
    await asyncio.to_thread(remember, session, folder)
    return session


@dataclass(slots=True)
class _Begun:
    """How far a start has come.

    Parameters
    ----------
    told
        Sensors that may have heard the order, even where its answer was lost.
    started_ns
        When each confirmed it, by serial.
    """

    told: list[Worn] = field(default_factory=list)
    started_ns: dict[str, int] = field(default_factory=dict)


async def _start_one(
    central: Central, worn: Worn, plan: RecordingPlan, session: OnSensorSession, begun: _Begun
) -> None:
    async with visiting(central, worn) as conversation:
        if not session.sync_group:
            await leave_group(conversation, worn)
        begun.told.append(worn)
        await conversation.run(recorder_of(worn).start(plan))
        begun.started_ns[worn.sensor.serial] = time.perf_counter_ns()


def _session(sensors: Sequence[Worn], plan: RecordingPlan, group: str) -> OnSensorSession:
    return OnSensorSession(
        plan.name,
        plan.started_utc_s,
        plan.sampling_rate_hz,
        plan.duration_s,
        group,
        tuple(
            SessionSensor(
                worn.segment,
                worn.sensor.serial,
                worn.driver.name,
                worn.identity.model,
                worn.identity.firmware,
                worn.identity.tag,
            )
            for worn in sensors
        ),
    )


def _with_starts(session: OnSensorSession, started_ns: Mapping[str, int]) -> OnSensorSession:
    first_ns = min(started_ns.values())
    sensors = tuple(
        replace(sensor, started_s=1e-9 * (started_ns[sensor.serial] - first_ns))
        for sensor in session.sensors
    )
    return replace(session, sensors=sensors)


def _require_ready(found: Sequence[SensorReport], plan: RecordingPlan) -> None:
    faults = [fault for report in found if (fault := _fault(report, plan))]
    if faults:
        raise OnSensorError(
            f"Nothing was started: {'; '.join(faults)}.",
            "Change what is named, then start again; see also `imu-hip sensor status`.",
        )


def _fault(report: SensorReport, plan: RecordingPlan) -> str:
    """Why a sensor cannot follow a plan, as part of a sentence; empty where it can."""
    words, status = report.worn.words, report.status
    if status is None:
        return f"the {words} {report.trouble}"
    if status.state is not RecorderState.IDLE:
        return f"the {words} is {status.state}"
    if status.trouble:
        return f"the {words} cannot record: {status.trouble}"
    if status.used_fraction is not None and status.used_fraction >= FULLEST_FRACTION:
        return f"the memory of the {words} is {100.0 * status.used_fraction:.0f} % full"
    if report.battery and report.battery.level_percent < LOWEST_BATTERY_PERCENT:
        return f"the battery of the {words} is at {report.battery.level_percent} %"
    return _beyond(report.worn, plan)


def _beyond(worn: Worn, plan: RecordingPlan) -> str:
    able = recorder_of(worn).capabilities
    if plan.sampling_rate_hz not in able.sampling_rates_hz:
        known = ", ".join(f"{rate:g}" for rate in able.sampling_rates_hz)
        return f"the {worn.words} records at {known} Hz, not {plan.sampling_rate_hz:g}"
    longest_s = able.longest_timer_s
    if longest_s is not None and (plan.duration_s or 0.0) > longest_s:
        return (
            f"the {worn.words} can stop by itself after at most {longest_s:.0f} s; without a "
            "duration it records until it is stopped"
        )
    return ""


async def _undo(central: Central, told: Sequence[Worn]) -> tuple[Worn, ...]:
    """Stop what may have begun; those that may still record."""
    going_on = []
    for worn in told:

        async def errand(conversation: Conversation, worn: Worn = worn) -> None:
            await stop_recorder(conversation, worn)

        try:
            await persistently(central, worn, errand, most_fruitless=VISITS_TO_UNDO)
        except (BluetoothError, DialogueError):
            going_on.append(worn)
    return tuple(going_on)


def _not_started(
    worn: Worn, error: BluetoothError | DialogueError, going_on: Sequence[Worn]
) -> OnSensorError:
    reason = "it is out of reach" if isinstance(error, LinkLostError) else error.what.rstrip(".")
    what = f"the {worn.words} did not start: {reason}"
    if going_on:
        names = ", ".join(f"the {each.words}" for each in going_on)
        return OnSensorError(
            f"T{what[1:]}. It is not sure that these were stopped again: {names}.",
            "Bring them near the computer and run: imu-hip sensor stop.",
        )
    advice = "Bring all sensors near the computer and start again."
    if isinstance(error, DialogueError):
        advice = "See what it does with `imu-hip sensor status`, then start again."
    return OnSensorError(f"No sensor records now, because {what}.", advice)
