"""At most as many frames as a display shows."""

import asyncio
from collections.abc import Callable
from typing import Final

from imu_hip.live.messages import LiveFrame
from imu_hip.web import outgoing

FRAME_S: Final = 1.0 / 64.0
"""A display shows 60 frames a second; a little more, so that a clock that is fast never waits."""

EARLY_S: Final = FRAME_S
"""Sensors do not send evenly; a frame that is early by no more than this goes at once."""


class FramePace:
    """Sends the newest frame, at once where it can, and never more than 64 a second for long."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._newest: LiveFrame | None = None
        self._due_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def show(self, frame: LiveFrame) -> None:
        """Send a frame now or soon, unless a newer one comes before."""
        self._newest = frame
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait_s = self._due_s - EARLY_S - loop.time()
        if wait_s <= 0.0:
            self._flush()
        else:
            self._timer = loop.call_later(wait_s, self._flush)

    def stop(self) -> None:
        """Send nothing more until the next frame comes."""
        self._newest = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _flush(self) -> None:
        self._timer = None
        if self._newest is None:
            return
        # What was early makes the next one wait for longer: in the mean the rate holds.
        self._due_s = max(self._due_s, asyncio.get_running_loop().time()) + FRAME_S
        self._send(outgoing.frame(self._newest))
        self._newest = None
