"""Recordings that run on the sensors themselves: asking, stopping, listing and erasing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.conversation import Conversation
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.driver import Battery
from imu_hip.bluetooth.drivers.on_sensor import (
    OnSensorRecorder,
    RecorderStatus,
    StoredFile,
)
from imu_hip.bluetooth.errors import BluetoothError, LinkLostError
from imu_hip.bluetooth.synchronise import leave_group
from imu_hip.bluetooth.visit import Worn, persistently, visiting
from imu_hip.names import Segment

USUAL_RATE_HZ: Final = 120.0
"""The fastest at which Movella DOTs record; a stride has time for it."""

VISITS_TO_STOP: Final = 2
VISITS_TO_LIST: Final = 2

Tell = Callable[[str], None]


class OnSensorError(BluetoothError):
    """A recording on the sensors cannot be started, stopped, listed or fetched."""


@dataclass(frozen=True, slots=True)
class SensorReport:
    """What a sensor says of its recorder, or why it says nothing.

    Parameters
    ----------
    trouble
        Why the sensor could not be asked, in words that follow its name; empty where it could.
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
    except LinkLostError:
        return SensorReport(worn, None, None, "is out of reach")
    except DialogueError as error:
        return SensorReport(worn, None, None, f"does not say what it does: {error.what}")


async def stop(central: Central, sensors: Sequence[Worn]) -> Mapping[Segment, str]:
    """Stop all recordings; what came of it in words, by segment.

    A sensor that had stopped by itself is fine. One that is out of reach goes on recording. The
    first sensor may lead the clocks of the others, so it is stopped last.
    """
    outcome = {worn.segment: await _stop(central, worn) for worn in reversed(sensors)}
    return {worn.segment: outcome[worn.segment] for worn in sensors}


async def _stop(central: Central, worn: Worn) -> str:
    async def errand(conversation: Conversation) -> bool:
        return await stop_recorder(conversation, worn)

    try:
        ran = await persistently(central, worn, errand, most_fruitless=VISITS_TO_STOP)
    except LinkLostError:
        return "not stopped: it is out of reach"
    except DialogueError as error:
        return f"not stopped: {error.what}"
    return "stopped" if ran else "had stopped before"


async def stop_recorder(conversation: Conversation, worn: Worn) -> bool:
    """Stop a sensor's recording and let it have its own clock again; False where none ran."""
    ran = await conversation.run(recorder_of(worn).stop())
    await leave_group(conversation, worn)
    return ran


async def files(central: Central, worn: Worn) -> tuple[StoredFile, ...]:
    """List what a sensor's memory holds.

    Raises
    ------
    LinkLostError, DialogueError
        Where it cannot be asked.
    """

    async def errand(conversation: Conversation) -> tuple[StoredFile, ...]:
        return await conversation.run(recorder_of(worn).list())

    return await persistently(central, worn, errand, most_fruitless=VISITS_TO_LIST)


async def erase(central: Central, worn: Worn, file: StoredFile | None) -> None:
    """Erase one file of a sensor, or everything where `file` is None.

    Raises
    ------
    LinkLostError, DialogueError
        Where it cannot be done; a sensor that can only erase everything refuses one file.
    """
    async with visiting(central, worn) as conversation:
        await conversation.run(recorder_of(worn).erase(file))
