"""Saving beside the event loop: in order, one after the other, and again where it failed."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

from imu_hip.errors import ImuHipError

AGAIN_S: Final = 1.0
"""So long after a failure the same is tried again."""

LAST_TRIES: Final = 3

_logger = logging.getLogger(__name__)


class Saver:
    """Does blocking work in another thread while a session goes on.

    Work that fails, as on a full disk, is kept and tried again, and what comes after it waits, so
    that nothing overtakes. `run` has to be running.

    Parameters
    ----------
    on_trouble
        Told what keeps work from being done, as a sentence, and an empty text when it is done.
    """

    def __init__(self, on_trouble: Callable[[str], None] = lambda _: None) -> None:
        self._on_trouble = on_trouble
        self._work: deque[Callable[[], object]] = deque()
        self._more = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._problem: Exception | None = None
        self._failures = 0

    @property
    def busy(self) -> bool:
        """Whether something is being saved; not where saving fails, since that may take long."""
        return not self._idle.is_set() and self._problem is None

    def do(self, work: Callable[[], object]) -> None:
        """Do this after everything that was asked for before."""
        self._work.append(work)
        self._idle.clear()
        self._more.set()

    async def run(self) -> None:
        """Do what is asked for, until cancelled."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._work:
                await self._try(self._work[0])
            self._idle.set()

    async def drained(self) -> None:
        """Wait until everything is done.

        Raises
        ------
        Exception
            That of the work which failed several times since this was asked.
        """
        self._failures = 0
        while not self._idle.is_set():
            if self._problem is not None and self._failures >= LAST_TRIES:
                raise self._problem
            await asyncio.sleep(0.01)

    async def _try(self, work: Callable[[], object]) -> None:
        try:
            # A cancelled session must not lose what its thread is writing, nor write it twice.
            await asyncio.shield(asyncio.ensure_future(asyncio.to_thread(work)))
        except Exception as error:
            # A mistake in the program may delay what is saved, but never end the session.
            if not isinstance(error, ImuHipError):
                _logger.exception("a session could not be saved")
            self._problem = error
            self._failures += 1
            self._on_trouble(f"Not saved yet, will be tried again: {error}")
            await asyncio.sleep(AGAIN_S)
            return
        self._work.popleft()
        if self._problem is not None:
            self._problem = None
            self._on_trouble("")
