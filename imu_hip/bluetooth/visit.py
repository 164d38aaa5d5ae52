"""A short visit to a sensor: connect, talk, let go."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.conversation import Conversation
from imu_hip.bluetooth.drivers.driver import Driver, Identity
from imu_hip.bluetooth.errors import LinkLostError
from imu_hip.bluetooth.meeting import KnownSensor, talking_to
from imu_hip.bluetooth.patience import Patience
from imu_hip.names import Segment

T = TypeVar("T")

MOST_FRUITLESS_VISITS: Final = 5
"""Visits in a row without any progress after which a sensor is given up."""


@dataclass(frozen=True, slots=True)
class Worn:
    """A sensor whose place on the body is known."""

    segment: Segment
    sensor: KnownSensor

    @property
    def driver(self) -> Driver:
        """How to talk to it."""
        return self.sensor.found.driver

    @property
    def identity(self) -> Identity:
        """Who it says it is."""
        return self.sensor.identity

    @property
    def words(self) -> str:
        """Its name for messages, such as 'left thigh sensor (D422CD000002)'."""
        return f"{self.segment.words} sensor ({self.sensor.serial})"


@asynccontextmanager
async def visiting(
    central: Central, worn: Worn, patience: Patience | None = None
) -> AsyncIterator[Conversation]:
    """Be connected to a sensor for as long as the context lasts.

    It is looked for first: systems forget devices that they have not seen for a while.

    Raises
    ------
    LinkLostError
        Where the sensor cannot be reached.
    """
    patience = patience or Patience()
    found = worn.sensor.found
    device = await central.find_again(found.address, patience.search_s)
    if device is None:
        raise LinkLostError(f"The {worn.words} was not seen in {patience.search_s:.0f} s")
    async with talking_to(central, replace(found, device=device), patience.connect_s) as talk:
        yield talk


async def persistently(
    central: Central,
    worn: Worn,
    errand: Callable[[Conversation], Awaitable[T]],
    progress: Callable[[], int] = lambda: 0,
    patience: Patience | None = None,
    *,
    most_fruitless: int = MOST_FRUITLESS_VISITS,
) -> T:
    """Do an errand that can be taken up again after a lost link, as often as it gets ahead.

    Parameters
    ----------
    errand
        Begins where the last attempt broke off.
    progress
        A number that rises while the errand gets ahead.
    most_fruitless
        Visits in a row without any progress after which it is given up.

    Raises
    ------
    LinkLostError
        Where several attempts in a row brought nothing.
    """
    patience = patience or Patience()
    fruitless = 0
    while True:
        before = progress()
        try:
            async with visiting(central, worn, patience) as conversation:
                return await errand(conversation)
        except LinkLostError:
            fruitless = 0 if progress() > before else fruitless + 1
            if fruitless >= most_fruitless:
                raise
        wait_s = patience.first_backoff_s * 2.0**fruitless
        await asyncio.sleep(min(wait_s, patience.longest_backoff_s))
