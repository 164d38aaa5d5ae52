"""The tabs that look at one session: all see the same, one of them drives."""

import asyncio
from collections import deque
from typing import Final

from imu_hip.errors import ImuHipError
from imu_hip.web import outgoing

MOST_TABS: Final = 12
"""Tabs at once, on all devices together."""

MOST_WAITING: Final = 200
"""Messages that may wait for a tab; one that is slower than this is cut off and comes back."""


class TooManyTabsError(ImuHipError):
    """No further tab can look at the session."""


class Tab:
    """One tab, and what waits to be sent to it.

    Messages keep their order and none is dropped. Of angles and sensors only the newest waits,
    so that a slow tab neither delays others nor takes memory.
    """

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._newest: dict[str, str] = {}
        self._something = asyncio.Event()
        self.is_stuck = False

    def put(self, message: str) -> None:
        """Send a message that must arrive."""
        if len(self._waiting) >= MOST_WAITING:
            self.is_stuck = True
        else:
            self._waiting.append(message)
        self._something.set()

    def put_newest(self, kind: str, message: str) -> None:
        """Send a message that replaces the one of its kind that still waits."""
        self._newest[kind] = message
        self._something.set()

    async def next(self) -> str | None:
        """The next message to send; None where the tab is too slow and must be cut off."""
        while not (self._waiting or self._newest or self.is_stuck):
            self._something.clear()
            await self._something.wait()
        if self.is_stuck:
            return None
        if self._waiting:
            return self._waiting.popleft()
        return self._newest.pop(next(iter(self._newest)))


class Tabs:
    """All open tabs, in the order in which they came."""

    def __init__(self) -> None:
        self._tabs: list[Tab] = []
        self._driver: Tab | None = None

    def __len__(self) -> int:
        return len(self._tabs)

    def join(self) -> Tab:
        """Add a tab; the first one drives.

        Raises
        ------
        TooManyTabsError
            Where there are as many as there may be.
        """
        if len(self._tabs) >= MOST_TABS:
            raise TooManyTabsError(
                f"The page is open in {MOST_TABS} tabs already.", "Close one and load this again."
            )
        tab = Tab()
        self._tabs.append(tab)
        if self._driver is None:
            self._driver = tab
        return tab

    def leave(self, tab: Tab) -> None:
        """Take a tab away; where it drove, the one that has been open longest drives now."""
        self._tabs.remove(tab)
        if tab is self._driver:
            self._driver = None
            if self._tabs:
                self.drive(self._tabs[0])

    def drives(self, tab: Tab) -> bool:
        """Whether a tab drives."""
        return tab is self._driver

    def drive(self, tab: Tab) -> None:
        """Let a tab drive, and tell it and the one that drove."""
        if tab is self._driver:
            return
        if self._driver is not None:
            self._driver.put(outgoing.drives(False))
        self._driver = tab
        tab.put(outgoing.drives(True))

    def show(self, message: str) -> None:
        """Send all tabs a message that must arrive."""
        for tab in self._tabs:
            tab.put(message)

    def show_newest(self, kind: str, message: str) -> None:
        """Send all tabs a message of which only the newest matters."""
        for tab in self._tabs:
            tab.put_newest(kind, message)

    def greet(self, hello: "dict[bool, str]") -> None:
        """Send all tabs the offer anew, in the form for one that drives or does not."""
        for tab in self._tabs:
            tab.put(hello[tab is self._driver])
