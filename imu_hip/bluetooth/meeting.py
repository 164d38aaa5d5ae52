"""Getting to know a sensor that a scan found: who it is and how full its battery is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.conversation import Conversation
from imu_hip.bluetooth.discovery import Found
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.driver import Battery, Identity
from imu_hip.bluetooth.errors import LinkLostError


@dataclass(frozen=True, slots=True)
class KnownSensor:
    """A sensor that told who it is."""

    found: Found
    identity: Identity
    battery: Battery | None

    @property
    def serial(self) -> str:
        """What it is remembered by: its serial, or the host's address where it tells none."""
        return self.identity.serial or self.found.address

    @property
    def label(self) -> str:
        """Its tag, or what it advertises."""
        return self.identity.tag or self.found.name

    @property
    def words(self) -> str:
        """How a person can tell it from others, its label, serial, signal strength and charge."""
        charge = "" if self.battery is None else f", battery {self.battery.level_percent} %"
        return f"'{self.label}' (serial {self.serial}, {self.found.rssi_dbm} dBm{charge})"


@asynccontextmanager
async def talking_to(
    central: Central, found: Found, connect_s: float
) -> AsyncIterator[Conversation]:
    """Connect to a sensor for some dialogues and let go of it afterwards, whatever happens.

    Raises
    ------
    LinkLostError
        Where it cannot be reached.
    """
    connection = await central.connect(found.device, found.name, connect_s)
    try:
        yield Conversation(connection, found.driver.reply_characteristics)
    finally:
        await connection.close()


async def meet(central: Central, found: Found, timeout_s: float) -> KnownSensor:
    """Connect to a sensor, ask who it is, and disconnect.

    Raises
    ------
    LinkLostError
        Where it does not answer in time.
    DialogueError
        Where it answers something else.
    """
    try:
        async with asyncio.timeout(timeout_s), talking_to(central, found, timeout_s) as talk:
            identity = await talk.run(found.driver.identify())
            battery = None
            with suppress(DialogueError):
                battery = await talk.run(found.driver.battery())
            return KnownSensor(found, identity, battery)
    except TimeoutError as error:
        raise LinkLostError(f"{found.name} did not answer") from error
