"""The WebSocket of one tab: what it says is checked, and it is told no more than it takes."""

import asyncio
from contextlib import suppress
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from imu_hip.errors import ImuHipError
from imu_hip.web import outgoing
from imu_hip.web.host import SessionHost
from imu_hip.web.incoming import Drive, Give, Leave, Message, Resume, Start, understood
from imu_hip.web.tabs import Tab, Tabs, TooManyTabsError

MESSAGES_PER_S: Final = 10.0
MESSAGES_AT_ONCE: Final = 30.0
MOST_REFUSED: Final = 10
"""Messages that are not understood, after which a tab is closed."""

STUCK_S: Final = 10.0
"""A tab that takes nothing for so long is given up; its page comes back by itself."""

TRY_LATER: Final = 1013
NOT_ALLOWED: Final = 1008


class RefusedError(ImuHipError):
    """A message that is understood, but not followed."""


class Allowance:
    """How many messages a tab may still send; it grows with time.

    Parameters
    ----------
    time_s
        Now, in seconds that never go back.
    """

    def __init__(self, time_s: float) -> None:
        self._left = MESSAGES_AT_ONCE
        self._time_s = time_s

    def take(self, time_s: float) -> bool:
        """Whether one more message may come now."""
        grown = self._left + (time_s - self._time_s) * MESSAGES_PER_S
        self._left = min(grown, MESSAGES_AT_ONCE) - 1.0
        self._time_s = time_s
        return self._left >= 0.0


class LiveSocket:
    """Connects tabs with the session."""

    def __init__(self, host: SessionHost, tabs: Tabs) -> None:
        self._host = host
        self._tabs = tabs

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one tab until it is closed."""
        await websocket.accept()
        offer = await self._host.offer()
        try:
            tab = self._tabs.join()
        except TooManyTabsError as error:
            await websocket.send_text(outgoing.problem(str(error)))
            await websocket.close(TRY_LATER)
            return
        drives = self._tabs.drives(tab)
        tab.put(outgoing.hello(offer, drives=drives, token=self._host.token))
        for message in self._host.now():
            tab.put(message)
        both = {
            asyncio.create_task(_send(websocket, tab)),
            asyncio.create_task(self._listen(websocket, tab)),
        }
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._tabs.leave(tab)
            for task in both:
                task.cancel()
            await asyncio.wait(both)
        for task in both:
            if not task.cancelled() and (fault := task.exception()) is not None:
                raise fault

    async def _listen(self, websocket: WebSocket, tab: Tab) -> None:
        clock = asyncio.get_running_loop().time
        allowance = Allowance(clock())
        refused = 0
        while (message := await websocket.receive())["type"] == "websocket.receive":
            if not allowance.take(clock()):
                await websocket.close(NOT_ALLOWED, "too many messages")
                return
            try:
                await self._follow(understood(message.get("text") or ""), tab)
            except ImuHipError as error:
                refused += not isinstance(error, RefusedError)
                tab.put(outgoing.problem(str(error)))
            if refused >= MOST_REFUSED:
                await websocket.close(NOT_ALLOWED, "messages that are not understood")
                return

    async def _follow(self, message: Message, tab: Tab) -> None:
        if not self._host.gave(message.token):
            raise RefusedError("The page is older than the server.", "Load the page again.")
        if isinstance(message, Drive):
            self._tabs.drive(tab)
            return
        if not self._tabs.drives(tab):
            raise RefusedError("Another tab leads the session.", "Take over in this one first.")
        match message:
            case Start():
                await self._host.start(message)
            case Resume():
                await self._host.resume(message)
            case Give():
                self._host.tell(message.command)
            case Leave():
                await self._host.leave()


async def _send(websocket: WebSocket, tab: Tab) -> None:
    """Send what waits for a tab until it is gone, or takes nothing for too long."""
    with suppress(WebSocketDisconnect, WebSocketDisconnected, TimeoutError):
        while (message := await tab.next()) is not None:
            async with asyncio.timeout(STUCK_S):
                await websocket.send_text(message)
