"""Running the server in the event loop in which its sessions run."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from imu_hip.errors import ImuHipError
from imu_hip.web.incoming import MESSAGE_BYTES

USUAL_PORT: Final = 8765
THIS_COMPUTER: Final = "127.0.0.1"
ALL_ADDRESSES: Final = "0.0.0.0"
MOST_CONNECTIONS: Final = 120
CLOSING_S: Final = 3


class ServerError(ImuHipError):
    """The server cannot be started as it was asked to."""


def listening(address: str, port: int | None) -> socket.socket:
    """A socket that listens; on the usual port or, where it is taken, on a free one.

    Parameters
    ----------
    port
        A port that it must be, None for any.

    Raises
    ------
    ServerError
        Where the port that it must be cannot be had.
    """
    tried = (port,) if port is not None else (USUAL_PORT, 0)
    for number in tried:
        try:
            return socket.create_server((address, number))
        except OSError as error:
            fault = os.strerror(error.errno) if error.errno else str(error)
    raise ServerError(
        f"Port {tried[-1]} cannot be used: {fault}.",
        "Choose another one with --port, or leave --port away.",
    )


def own_address() -> str | None:
    """The address of this computer in its network, None where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            # Nothing is sent: the system only chooses the address it would send from.
            asking.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = str(asking.getsockname()[0])
    return None if address.startswith(("127.", "0.")) else address


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve an application while the context lasts; at its end sessions are saved.

    Raises
    ------
    ServerError
        Where the application cannot be started.
    """
    config = uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=CLOSING_S,
    )
    server = _QuietServer(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not running.done():
            await asyncio.sleep(0.005)
        if running.done():
            raise ServerError("The server did not start.", "See what stands above.")
        yield
    finally:
        server.should_exit = True
        await asyncio.wait({running})
        running.result()


class _QuietServer(uvicorn.Server):
    """Leaves signals to the program that it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
