"""An application that is served while a browser, which waits in the main thread, looks at it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from imu_hip.web.server import listening, serving


async def _nothing() -> None:
    pass


@contextmanager
def served_in_a_thread(
    app: ASGIApp, leave: Callable[[], Awaitable[None]] = _nothing
) -> Iterator[tuple[str, asyncio.AbstractEventLoop]]:
    """Serve in a thread of its own; the address, and the loop in which the application runs.

    Parameters
    ----------
    leave
        What is done in that loop before the server ends.
    """
    loops: list[asyncio.AbstractEventLoop] = []
    ready, stop = threading.Event(), asyncio.Event()
    listener = listening("127.0.0.1", 0)

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        async with serving(app, listener):
            ready.set()
            await stop.wait()
            await leave()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", loops[0]
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join(10)
