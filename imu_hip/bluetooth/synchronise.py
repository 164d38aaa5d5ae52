"""Giving sensors one clock by their own radio."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.conversation import Conversation
from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError
from imu_hip.bluetooth.drivers.on_sensor import HardwareSync, SyncGroup
from imu_hip.bluetooth.errors import BluetoothError, LinkLostError
from imu_hip.bluetooth.visit import Worn, visiting

FURTHER_LOOKS = 4
"""After settling, sensors that are not ready yet are asked this often again."""

LOOK_AGAIN_S = 5.0

Pause = Callable[[float], Awaitable[None]]


class SyncError(BluetoothError):
    """The sensors' clocks could not be made one."""


async def synchronise(
    central: Central,
    sensors: Sequence[Worn],
    tell: Callable[[str], None],
    prepare: Callable[[Worn], Dialogue[None]],
    pause: Pause = asyncio.sleep,
) -> str:
    """Give sensors one clock; returns the name of their group.

    The first sensor leads, the others follow it by radio. Some kinds need the host to let go of
    them meanwhile.

    Parameters
    ----------
    prepare
        What has to be said to a sensor before, because it can be said no more afterwards.
    pause
        Lets the sensors have their time.

    Raises
    ------
    SyncError
        Naming the sensors that did not follow and why.
    LinkLostError, DialogueError
        Where a sensor cannot be reached or refuses.
    """
    ports = [_port(worn, sensors) for worn in sensors]
    group = SyncGroup(sensors[0].identity.radio_address, secrets.randbits(64))
    for worn, port in zip(sensors, ports, strict=True):
        async with visiting(central, worn) as conversation:
            if await conversation.run(port.is_synchronised()):
                await conversation.run(port.stop())
            await conversation.run(prepare(worn))
            await conversation.run(port.start(group, worn.identity.radio_address))
    settle_s = max(port.settle_s for port in ports)
    tell(f"The sensors agree on one clock; this takes {settle_s:.0f} s. Keep them close together.")
    await pause(settle_s)
    reasons: dict[str, str] = {}
    for worn, port in zip(sensors, ports, strict=True):
        if reason := await _result(central, worn, port, pause):
            reasons[worn.words] = reason
    if reasons:
        told = "; ".join(f"the {words}: {reason}" for words, reason in reasons.items())
        raise SyncError(
            f"The clocks could not be synchronised ({told}).",
            "Lay all sensors side by side and try again, or start with --no-sync and accept a "
            "larger time error.",
        )
    return f"{sensors[0].driver.name}-{group.group_id:016x}"


async def leave_group(conversation: Conversation, worn: Worn) -> None:
    """Let a sensor have its own clock again: a common one costs battery and locks its rate.

    It does no harm to a recording that has ended, so a sensor that refuses keeps its clock.
    """
    if worn.driver.sync is None:
        return
    with suppress(DialogueError):
        if await conversation.run(worn.driver.sync.is_synchronised()):
            await conversation.run(worn.driver.sync.stop())


def _port(worn: Worn, sensors: Sequence[Worn]) -> HardwareSync:
    if worn.driver.sync is None or worn.driver.name != sensors[0].driver.name:
        kinds = ", ".join(sorted({each.driver.model for each in sensors}))
        raise SyncError(
            f"Sensors of the kind {kinds} cannot share one clock.",
            "Start with --no-sync and accept a larger time error.",
        )
    return worn.driver.sync


async def _result(central: Central, worn: Worn, port: HardwareSync, pause: Pause) -> str:
    reason = ""
    for look in range(1 + FURTHER_LOOKS):
        if look:
            await pause(LOOK_AGAIN_S)
        try:
            async with visiting(central, worn) as conversation:
                reason = await conversation.run(port.result())
        except DialogueError as error:
            reason = error.what
        except LinkLostError:
            reason = "it is out of reach"
        if not reason:
            return ""
    return reason
