"""Assigning by light: each sensor blinks, and the person says where it sits."""

import asyncio
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import FileIO

from rich.console import Console

from imu_hip.bluetooth.meeting import KnownSensor, talking_to
from imu_hip.bluetooth.patience import Patience
from imu_hip.errors import ImuHipError
from imu_hip.live.air import Air
from imu_hip.names import Segment


async def by_light(
    air: Air, sensors: Sequence[KnownSensor], wanted: Sequence[Segment], console: Console
) -> dict[Segment, KnownSensor]:
    """Ask where each sensor sits while it blinks.

    Raises
    ------
    ImuHipError
        Where a sensor is lost or nobody answers.
    """
    found: dict[Segment, KnownSensor] = {}
    for sensor in sensors:
        free = [segment for segment in wanted if segment not in found]
        if not free:
            break
        async with talking_to(air.central, sensor.found, Patience().connect_s) as talk:
            lit = await talk.run(sensor.found.driver.light())
            if not lit:
                console.print(f"{sensor.words} has no light.", highlight=False, markup=False)
            console.print(
                f"Where does the {'blinking ' if lit else ''}sensor {sensor.words} sit?\n"
                f"One of {', '.join(free)}; Enter leaves it out.",
                highlight=False,
                markup=False,
            )
            segment = await _chosen(free, console)
        if segment is not None:
            found[segment] = sensor
    return found


async def _chosen(free: Sequence[Segment], console: Console) -> Segment | None:
    while True:
        console.print("> ", end="", highlight=False)
        answer = (await _line()).strip().lower().replace("-", "_").replace(" ", "_")
        if not answer:
            return None
        if answer in free:
            return Segment(answer)
        why = "has a sensor already" if answer in set(Segment) else "is no segment"
        console.print(f"{answer!r} {why}.", highlight=False, markup=False)


async def _line() -> str:
    """The next line of standard input; Ctrl-C ends the waiting.

    Raises
    ------
    ImuHipError
        Where the input has ended.
    """
    loop = asyncio.get_running_loop()
    line: asyncio.Future[bytes] = loop.create_future()

    def take(read: bytes) -> None:
        if not line.done():
            line.set_result(read)

    # A thread of the loop's pool would be waited for at the end, until somebody presses Enter.
    threading.Thread(target=lambda: _tell(loop, take, _read_line()), daemon=True).start()
    read = await line
    if not read:
        raise ImuHipError(
            "Nobody answers: the standard input has ended.",
            "Run this in a terminal, or write SERIAL=SEGMENT; nothing was changed.",
        )
    return read.decode(errors="replace")


def _read_line() -> bytes:
    try:
        # Unbuffered, because a buffer that a waiting thread has locked breaks the program's end.
        with FileIO(sys.stdin.fileno(), closefd=False) as keyboard:
            return keyboard.readline()
    except (OSError, ValueError, AttributeError):
        # Closed, or never there.
        return b""


def _tell(loop: asyncio.AbstractEventLoop, take: Callable[[bytes], None], read: bytes) -> None:
    # Whoever answers after the end answers nobody.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(take, read)
