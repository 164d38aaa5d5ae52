"""Holding a driver's dialogue with a connected sensor."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from imu_hip.bluetooth.connection import Connection
from imu_hip.bluetooth.drivers.dialogue import (
    Dialogue,
    Expect,
    Keep,
    Pause,
    Read,
    RefusedError,
    Request,
    T,
    Write,
)
from imu_hip.bluetooth.errors import LinkLostError

Keeper = Callable[[Keep], Awaitable[None]]

LONGEST_QUEUE: Final = 4096
"""Notifications of one characteristic that a dialogue may leave unread; older ones go."""


class Conversation:
    """Everything that is said over one connection, one dialogue at a time.

    Parameters
    ----------
    reply_characteristics
        Subscribed to before the first dialogue; those that the sensor lacks are passed over.
    """

    def __init__(self, connection: Connection, reply_characteristics: Sequence[str]) -> None:
        self._connection = connection
        self._unsubscribed = list(dict.fromkeys(uuid.lower() for uuid in reply_characteristics))
        self._turn = asyncio.Lock()
        self._listening = False
        self._heard = _empty_queues()
        self._news = asyncio.Event()
        connection.on_lost.append(self._news.set)

    async def run(self, dialogue: Dialogue[T], keep: Keeper | None = None) -> T:
        """Run a dialogue to its end and return its result.

        Parameters
        ----------
        keep
            Takes the pieces of a stored file; needed where the dialogue hands over any.

        Raises
        ------
        DialogueError
            As the dialogue raises it.
        LinkLostError
            Where the link is lost or the sensor does not answer; the dialogue is closed.
        """
        try:
            async with self._turn:
                await self._subscribe()
                self._heard = _empty_queues()
                self._listening = True
                return await self._hold(dialogue, keep)
        finally:
            self._listening = False
            dialogue.close()

    async def _subscribe(self) -> None:
        while self._unsubscribed:
            uuid = self._unsubscribed[0]
            # Older firmware lacks some; a dialogue that needs it will say what is missing.
            with suppress(RefusedError):
                await self._connection.listen(uuid, partial(self._hear, uuid))
            del self._unsubscribed[0]

    def _hear(self, uuid: str, value: bytes) -> None:
        if self._listening:
            self._heard[uuid].append(value)
            self._news.set()

    async def _hold(self, dialogue: Dialogue[T], keep: Keeper | None) -> T:
        try:
            request = next(dialogue)
            while True:
                try:
                    answer = await self._answer(request, keep)
                except RefusedError as refused:
                    request = dialogue.throw(refused)
                else:
                    request = dialogue.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    async def _answer(self, request: Request, keep: Keeper | None) -> bytes | None:
        match request:
            case Read(uuid):
                return await self._connection.read(uuid)
            case Write(uuid, value, response):
                await self._connection.write(uuid, value, response=response)
            case Expect(uuid, timeout_s):
                return await self._next_heard(uuid.lower(), timeout_s)
            case Pause(duration_s):
                await self._pause(duration_s)
            case Keep():
                if keep is None:
                    raise ValueError("the dialogue hands over pieces that nobody keeps")
                await keep(request)
        return b""

    async def _next_heard(self, uuid: str, timeout_s: float) -> bytes | None:
        queue = self._heard[uuid]
        try:
            async with asyncio.timeout(timeout_s):
                while not queue:
                    self._raise_if_lost()
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None
        return queue.popleft()

    async def _pause(self, duration_s: float) -> None:
        try:
            async with asyncio.timeout(duration_s):
                await self._connection.lost.wait()
        except TimeoutError:
            return
        self._raise_if_lost()

    def _raise_if_lost(self) -> None:
        if self._connection.lost.is_set():
            raise LinkLostError(f"The link to {self._connection.name} was lost")


def _empty_queues() -> defaultdict[str, deque[bytes]]:
    return defaultdict(lambda: deque(maxlen=LONGEST_QUEUE))
