"""Running the asynchronous part of a command, and ending it when it is asked to."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.errors import ImuHipError

T = TypeVar("T")


def run_async(work: Coroutine[None, None, T]) -> T:
    """Run the asynchronous part of a command.

    Raises
    ------
    ImuHipError
        Also where a sensor says something that nobody expected.
    """
    try:
        return asyncio.run(work)
    except DialogueError as error:
        raise ImuHipError(
            f"A sensor did not do what was asked: {error.what}.",
            "Switch it off and on again and repeat the command.",
        ) from error


@contextmanager
def stopping_on_interrupt(stop: asyncio.Event) -> Iterator[None]:
    """Turn the first Ctrl-C, or a request to terminate, into a clean stop.

    A second one ends the program as usual.
    """
    loop = asyncio.get_running_loop()
    before = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def asked(number: int, _: FrameType | None) -> None:
        signal.signal(number, before[number])
        loop.call_soon_threadsafe(stop.set)

    for number in before:
        signal.signal(number, asked)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
