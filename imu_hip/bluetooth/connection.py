"""One connection to one sensor: reads, writes and notifications, each with a time limit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final, TypeVar

from bleak import BleakClient
from bleak.args.bluez import BlueZNotifyArgs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import (
    BleakCharacteristicNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from imu_hip.bluetooth.drivers.dialogue import DialogueError, RefusedError
from imu_hip.bluetooth.errors import BluetoothError, LinkLostError

Listener = Callable[[bytes], None]
T = TypeVar("T")

CLOSING_S: Final = 1.5
"""For the system to end a link."""

_logger = logging.getLogger(__name__)


class Connection:
    """A connected client whose errors are of two kinds: refused, or the link is lost.

    Parameters
    ----------
    client
        Connected.
    name
        The sensor's name for messages.
    reply_timeout_s
        Longest wait for one answer.
    notify_options
        As in `Backends`.
    """

    def __init__(
        self,
        client: BleakClient,
        name: str,
        reply_timeout_s: float,
        notify_options: BlueZNotifyArgs | None = None,
    ) -> None:
        self.name = name
        self.lost = asyncio.Event()
        self.on_lost: list[Callable[[], None]] = []
        self._client = client
        self._reply_timeout_s = reply_timeout_s
        self._notify_options: BlueZNotifyArgs = notify_options or {}
        self._listeners: dict[str, list[Listener]] = {}

    def link_lost(self) -> None:
        """Take note that the link ended; called by bleak, also for a requested end."""
        self.lost.set()
        for wake in self.on_lost:
            wake()

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic.

        Raises
        ------
        RefusedError
            Where the sensor refuses or has no such characteristic.
        LinkLostError
            Where the link is lost or no answer comes in time.
        """
        return bytes(await self._answered(self._client.read_gatt_char(uuid)))

    async def write(self, uuid: str, value: bytes, *, response: bool) -> None:
        """Write a characteristic; it raises as `read` does."""
        await self._answered(self._client.write_gatt_char(uuid, value, response=response))

    async def listen(self, uuid: str, listener: Listener) -> None:
        """Hand every notification of a characteristic to one more listener.

        It raises as `read` does. A characteristic is subscribed to once, however many listen.
        """
        uuid = uuid.lower()
        if (listeners := self._listeners.get(uuid)) is not None:
            listeners.append(listener)
            return
        listeners = [listener]

        def arrived(_: BleakGATTCharacteristic, value: bytearray) -> None:
            copy = bytes(value)
            for each in listeners:
                each(copy)

        subscribing = self._client.start_notify(uuid, arrived, bluez=self._notify_options)
        await self._answered(subscribing)
        self._listeners[uuid] = listeners

    async def close(self, timeout_s: float = CLOSING_S) -> None:
        """Disconnect; no error where the link is gone already or does not even end properly."""
        await see_through(self._client.disconnect(), timeout_s)
        self.link_lost()

    async def _answered(self, question: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._reply_timeout_s):
                return await question
        except (BleakGATTProtocolError, BleakCharacteristicNotFoundError) as error:
            raise RefusedError(f"{self.name} refused: {error}") from error
        except (TimeoutError, OSError, EOFError) as error:
            raise LinkLostError(f"{self.name} did not answer") from error
        except BleakError as error:
            if self._client.is_connected and not self.lost.is_set():
                raise RefusedError(f"{self.name} refused: {error}") from error
            raise LinkLostError(f"The link to {self.name} was lost") from error


async def see_through(work: Coroutine[None, None, object], timeout_s: float) -> None:
    """Wait for the last thing that is done to a sensor, whether it succeeds or not.

    It runs in a task of its own to its end or time limit even where the caller is cancelled, and
    is not taken for cancelled where the caller is already: some back-ends ask for that.
    """
    await asyncio.shield(asyncio.create_task(_limited(work, timeout_s)))


async def _limited(work: Coroutine[None, None, object], timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await work
    except (BleakError, BluetoothError, DialogueError, OSError, EOFError) as error:
        # TimeoutError is an OSError.
        _logger.debug("left undone: %r", error)
